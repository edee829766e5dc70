"""The pages that are about no IRI: each has a name, and something that answers for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from poem_kg.service.addresses import etag
from poem_kg.service.model import Answer, Call, Refusal

HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Site:
    """Answers calls for pages.

    Attributes:
        pages: the name of a page to what answers for it.
    """

    pages: Mapping[str, Callable[[Call], Answer]]

    def answer(self, call: Call) -> Answer:
        """Return the page that the path names.

        Raises:
            Refusal: there is no such page, or it cannot be had.
        """
        page = self.pages.get(call.path)
        if page is None:
            raise Refusal(404, "there is no such page")
        return page(call)


def public_page(body: bytes) -> Answer:
    """Return a page that is the same for everybody until the knowledge changes."""
    headers = (("ETag", etag(body)), ("Cache-Control", "public, no-cache"))
    return Answer(media_type=HTML, body=body, headers=headers)


def private_page(body: bytes, *, status: int = 200) -> Answer:
    """Return a page about a person, of which nothing may be kept."""
    answer = Answer(status=status, media_type=HTML, body=body)
    return dataclasses.replace(answer, headers=(("Cache-Control", "no-store"),))
