"""A whole patient without a mouse: from the first page to the printed advice."""

from __future__ import annotations

from playwright.sync_api import Page, expect

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


def test_a_whole_patient_by_keyboard_alone(visits: Visits) -> None:
    page = visits.page("")
    stop_at(page, "main a[href$='/patient']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/patient")

    for fact in facts(S6A):
        answer(page, fact)

    assert shown(page) == expected(S6A)

    page.evaluate("addEventListener('beforeprint', () => { document.title = 'printed' })")
    stop_at(page, "[data-print]")
    page.keyboard.press("Enter")
    page.wait_for_function("document.title === 'printed'")

    stop_at(page, "article.option h3 a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ontology/*")
    expect(page.locator("h1")).to_be_visible()
