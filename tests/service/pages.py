"""A page read by an HTML parser that follows the standard, as a browser does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from time import process_time
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


def seconds(make: Callable[[], object]) -> float:
    """What it takes of the processor to make a page once more, at best: others may be at work."""
    taken = []
    make()
    for _ in range(3):
        begun = process_time()
        make()
        taken.append(process_time() - begun)
    return min(taken)


def assert_sound(found: Page, where: str) -> None:
    """Hold a page to what the standard and a screen reader ask of every one."""
    assert found.errors == [], where
    (html,) = found.all("html")
    assert html.get("lang") == "en"
    for landmark in ("h1", "main", "footer"):
        assert len(list(found.all(landmark))) == 1, (where, landmark)
    assert len(found.having("class", "site")) == 1, where
    assert found.text("title")[0].startswith(found.text("h1")[0][:20]), where
    ids = [e.get("id") for e in found.all() if e.get("id")]
    assert len(set(ids)) == len(ids), where
    named = (e.get(name) for e in found.all() for name in ("aria-labelledby", "aria-describedby"))
    labelled = {one for names in named for one in (names or "").split()}
    assert labelled | {e.get("for") for e in found.all("label")} <= set(ids), where
    places = [e.get("aria-label") for e in found.all("nav")]
    assert all(places) and len(set(places)) == len(places), where
    headings = [int(e.tag[1]) for e in found.all() if re.fullmatch("h[1-6]", str(e.tag))]
    assert headings[0] == 1, where
    assert all(after <= before + 1 for before, after in pairwise(headings)), where
    assert sum(1 for e in found.all() if e.get("aria-current") in ("page", "true")) <= 1, where
