"""A patient file filled into the form by hand, and the advice read off the page.

The file is read here without the code of the form: what each of its records says is looked up as
somebody would who has the file in front of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from playwright.sync_api import Locator, Page, expect

from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.model import Advice
from poem_kg.namespaces import POEMKG

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
DAY: Final = "2026-03-02"
"""The day of most records of the examples."""
SCENARIOS: Final = sorted(
    (path for path in EXAMPLES.glob("S*.ttl") if not path.stem.startswith("S13")),
    key=lambda path: (int(re.findall(r"\d+", path.stem)[0]), path.stem),
)
"""The files of S1 to S12, each of which the form can hold in full."""
Option = tuple[str, str, str, str]
"""Rank, therapy, standing, readiness, as the page words them."""


@dataclass(frozen=True)
class Fact:
    """What a file says: the field, what is chosen or written there, and the day, or ""."""

    field: str
    answer: str
    day: str


@cache
def knowledge() -> KnowledgeBase:
    """Return the knowledge of the package."""
    return KnowledgeBase.load()


def facts(path: Path) -> tuple[Fact, ...]:
    """Return what a file of a patient says, in the order of the file."""
    said: dict[str, dict[str, str]] = {}
    for triple in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
        name = triple.predicate.value.removeprefix(POEMKG)
        said.setdefault(triple.subject.value, {})[name] = triple.object.value
    return tuple(_facts(said))


def _facts(said: dict[str, dict[str, str]]) -> Iterator[Fact]:
    for about in said.values():
        if "age" in about:
            yield Fact("Age", about["age"], "")
        if "concept" not in about:
            continue
        answer = about.get("value")
        if answer is None:
            status = about["status"].removeprefix(POEMKG)
            result = about.get("result", "").removeprefix(POEMKG)
            answer = f"{status}:{result}" if result else status
        yield Fact(about["concept"].removeprefix(POEMKG), answer, about.get("date", ""))


def expected(path: Path) -> list[Option]:
    """Return the options that the file has by the Python API."""
    return worded(knowledge().recommend(path))


def worded(advice: Advice) -> list[Option]:
    """Return the options of an advice as the page words them."""
    return [
        (
            str(option.rank),
            option.label,
            option.standing.replace("-", " ") + ("" if option.line is None else f" {option.line}"),
            option.readiness.replace("-", " "),
        )
        for option in advice.options
    ]


def shown(page: Page) -> list[Option]:
    """Return the options that the page shows as cards."""
    return [_card(card) for card in page.locator("article.option").all()]


def _card(card: Locator) -> Option:
    rank = card.locator(".rank").first.inner_text().strip(" .\n")
    badges = card.locator("header .badge").all_inner_texts()
    assert len(badges) == 2, badges
    standing = re.sub(r" \(.*\)$", "", badges[0])
    return rank, card.locator("h3 a").inner_text(), standing, badges[1]


def settled(page: Page) -> None:
    """Wait until the page has its answer."""
    expect(page.locator("body")).not_to_have_class(re.compile(r"\bbusy\b"), timeout=15_000)


def reach(page: Page, selector: str) -> Locator:
    """Return a part of the form, once what it is folded into is open."""
    found = page.locator(selector)
    folded = found.locator("xpath=ancestor::details[not(@open)]")
    while folded.count():
        folded.first.locator("xpath=./summary").click()
    return found


def fill(page: Page, fact: Fact) -> None:
    """Fill in one field."""
    field = reach(page, f"#f-{fact.field}")
    kind = field.evaluate("field => field.localName")
    if kind == "fieldset":
        choice = page.locator(f"input[value='{fact.answer}']")
        field.locator("label", has=choice).click()
    elif kind == "select":
        field.select_option(fact.answer)
    else:
        field.fill(fact.answer)
        field.blur()
    settled(page)


def date(page: Page, fact: Fact) -> None:
    """Fill in the day of an answer that was not given on the day of the others."""
    if fact.day not in ("", DAY):
        reach(page, f"#f-{fact.field}-day").fill(fact.day)
        settled(page)


def fill_all(page: Page, path: Path, *, script: bool = True) -> None:
    """Fill in all that a file says; `page` shows an empty form. Without script a button sends it.

    The day of an answer can be filled in once there is an answer.
    """
    reach(page, "#on").fill(DAY)
    for fact in facts(path):
        fill(page, fact)
    if not script:
        send(page)
    for fact in facts(path):
        date(page, fact)
    if not script:
        send(page)


def send(page: Page) -> None:
    """Press the button at the end of the form, without script."""
    with page.expect_navigation():
        page.get_by_role("button", name="Ask for advice").last.click()
