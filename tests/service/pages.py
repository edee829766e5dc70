"""A page read by an HTML parser that follows the standard, as a browser does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import html5rdf

from poem_kg.service.model import Answer


@dataclass(frozen=True)
class Page:
    """The tree of a page."""

    root: Element
    errors: list[Any]

    def all(self, tag: str | None = None) -> Iterator[Element]:
        """Yield the elements with a tag, or all of them."""
        for element in self.root.iter():
            if isinstance(element.tag, str) and tag in (None, element.tag):
                yield element

    def text(self, tag: str) -> list[str]:
        """The text of each element with a tag, spaces put together."""
        return [" ".join("".join(found.itertext()).split()) for found in self.all(tag)]

    def having(self, name: str, value: str) -> list[Element]:
        """The elements with that value of an attribute."""
        return [element for element in self.all() if element.get(name) == value]


def read(answer: Answer) -> Page:
    """The page in an answer."""
    assert answer.media_type == "text/html; charset=utf-8"
    parser = html5rdf.HTMLParser(namespaceHTMLElements=False)
    return Page(parser.parse(answer.body, transport_encoding="utf-8"), parser.errors)
