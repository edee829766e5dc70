"""A whole patient without a mouse: from the first page to the printed advice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
from playwright.sync_api import Page, expect

from poem_kg.namespaces import POEMKG
from tests.browser.conftest import Visits
from tests.browser.filling import EXAMPLES, Fact, expected, facts, settled, shown

S6A = EXAMPLES / "S6a-type-ii-treatment-naive.ttl"
MOST = 400
"""More stops than the longest page has."""
STOPS = "selector => document.activeElement.matches(selector)"
BEFORE = """selector => !!(document.activeElement.compareDocumentPosition(
  document.querySelector(selector)) & Node.DOCUMENT_POSITION_PRECEDING)"""
SEEN = """() => {
  const here = document.activeElement;
  const seen = here.type === 'radio' ? here.nextElementSibling : here;
  return here.matches(':focus-visible') && getComputedStyle(seen).outlineStyle !== 'none';
}"""


def stop_at(page: Page, selector: str) -> None:
    """Press Tab, or Shift and Tab to go back, until something has the focus; see that it shows."""
    back = page.evaluate(BEFORE, selector)
    for _ in range(MOST):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate(STOPS, selector):
            assert page.evaluate(SEEN), f"nothing shows that {selector} has the focus"
            return
    raise AssertionError(f"no Tab leads to {selector}")


def answer(page: Page, fact: Fact) -> None:
    """Fill in one field, after opening what it is folded into."""
    name = f"f.{fact.field}"
    folded = page.locator(f"[name='{name}']").first.locator("xpath=ancestor::details[not(@open)]")
    if folded.count():
        stop_at(page, f"[id='{folded.first.get_attribute('id')}'] > summary")
        page.keyboard.press("Enter")
    stop_at(page, f"[name='{name}']")
    kind = page.evaluate("document.activeElement.type")
    if kind == "number":
        page.keyboard.type(fact.answer)
        page.keyboard.press("Tab")
        settled(page)
        return
    key, chosen = ("ArrowRight", ":checked") if kind == "radio" else ("ArrowDown", "")
    for _ in range(80):
        page.keyboard.press(key)
        settled(page)
        if page.locator(f"[name='{name}']{chosen}").input_value() == fact.answer:
            return
    raise AssertionError(f"no key chooses {fact.answer} of {name}")


def some(path: Path, said: Sequence[Fact], folder: Path) -> Path:
    """Write the file of a patient of whom no more is recorded than is said, and return its path."""
    triples = list(ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE))
    names = {POEMKG + fact.field for fact in said}
    other = {
        triple.subject
        for triple in triples
        if triple.predicate.value == POEMKG + "concept" and triple.object.value not in names
    }
    kept = [t for t in triples if t.subject not in other and t.object not in other]
    ox.serialize(kept, folder / path.name, format=ox.RdfFormat.TURTLE)
    return folder / path.name


@pytest.mark.parametrize("count", [5, pytest.param(None, marks=pytest.mark.slow)])
def test_a_patient_by_keyboard_alone(count: int | None, visits: Visits, tmp_path: Path) -> None:
    """The first answers are of each kind that there is; make slow gives all."""
    said = facts(S6A)[:count]
    page = visits.page("")
    stop_at(page, "main a[href$='/patient']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/patient")

    for fact in said:
        answer(page, fact)

    assert shown(page) == expected(some(S6A, said, tmp_path))

    page.evaluate("addEventListener('beforeprint', () => { document.title = 'printed' })")
    stop_at(page, "[data-print]")
    page.keyboard.press("Enter")
    page.wait_for_function("document.title === 'printed'")

    stop_at(page, "article.option h3 a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ontology/*")
    expect(page.locator("h1")).to_be_visible()
