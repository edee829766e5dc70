"""The part of a page that shows an advice, rendered by itself and read as a browser does."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.model import Advice
from poem_kg.reading import SourceGraph
from poem_kg.service.advice_parts import AdviceView
from poem_kg.service.advice_view import advice_view
from poem_kg.service.model import Answer
from poem_kg.service.pages import Pages
from tests.service.documents import documents, published
from tests.service.pages import Page, read

EXAMPLES = Path(__file__).parents[2] / "examples"
STORIES = sorted(path.stem for path in EXAMPLES.glob("S*.ttl"))
_PAGE = (
    "<!DOCTYPE html><html lang='en'><head><title>x</title></head><body><h1>x</h1>"
    '{% from "_advice.html" import advice %}<form id="patient"></form>{{ advice(view) }}'
    "</body></html>"
)


def kb() -> KnowledgeBase:
    return published().kb


@cache
def source(story: str) -> SourceGraph:
    return kb().read(EXAMPLES / f"{story}.ttl")


@cache
def advice(story: str) -> Advice:
    return kb().recommend(source(story))


@cache
def view(story: str) -> AdviceView:
    return advice_view(kb(), source(story), advice(story), documents().pages)


def rendered(shown: AdviceView, pages: Pages) -> bytes:
    """The macro in a page of its own, by the environment of the pages."""
    return pages._environment.from_string(_PAGE).render(view=shown).encode()


def parsed(shown: AdviceView, pages: Pages) -> Page:
    body = rendered(shown, pages)
    return read(Answer(media_type="text/html; charset=utf-8", body=body))


@cache
def page(story: str) -> Page:
    return parsed(view(story), documents().pages)


def text(element: Element) -> str:
    """The text of an element, spaces put together."""
    return " ".join("".join(element.itertext()).split())


def within(element: Element, name: str) -> list[Element]:
    """The elements of a class within another."""
    return [e for e in element.iter() if name in (e.get("class") or "").split()]


def one(element: Element, name: str) -> Element:
    (found,) = within(element, name)
    return found


def hrefs(element: Element) -> list[str]:
    """Where the links of an element lead, in their order."""
    return [e.get("href") or "" for e in element.iter("a")]


def local(iri: str) -> str:
    return iri.rstrip("/").rsplit("/", 1)[-1]
