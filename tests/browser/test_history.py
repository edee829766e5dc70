"""Back, forward and reload at the page of a patient; paper; and who wants less motion."""

from __future__ import annotations

from io import BytesIO

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Visits
from tests.browser.filling import EXAMPLES, Fact, expected, fill, settled, shown

S3A = EXAMPLES / "S3a-type-iii.ttl"
SOME = (Fact("AchalasiaTypeIII", "present", ""), Fact("EckardtScore", "7", ""))


def begun(visits: Visits) -> Page:
    page = visits.page("patient")
    for fact in SOME:
        fill(page, fact)
    return page


def is_filled(page: Page) -> None:
    """The answers are there, and the advice is that for them."""
    expect(page.locator("#f-EckardtScore")).to_have_value("7")
    expect(page.locator("#f-AchalasiaTypeIII input[value=present]")).to_be_checked()
    expect(page.locator("article.option").first).to_be_visible()


def test_the_answers_are_there_after_a_link_and_back(visits: Visits) -> None:
    page = begun(visits)
    before = shown(page)
    page.locator("article.option h3 a").first.click()
    page.wait_for_url("**/ontology/*", wait_until="commit")
    page.go_back(wait_until="commit")
    settled(page)

    is_filled(page)
    assert shown(page) == before

    page.go_forward(wait_until="commit")
    page.wait_for_url("**/ontology/*", wait_until="commit")


def test_a_reload_asks_nothing_and_breaks_nothing(visits: Visits) -> None:
    page = begun(visits)
    page.reload()
    settled(page)

    expect(page.locator("#patient")).to_be_visible()
    fill(page, SOME[0])
    assert shown(page)


def test_a_file_is_still_there_after_back(visits: Visits) -> None:
    page = visits.page("patient")
    page.locator("#file").set_input_files(S3A)
    settled(page)
    page.locator("article.option h3 a").first.click()
    page.wait_for_url("**/ontology/*", wait_until="commit")
    page.go_back(wait_until="commit")
    settled(page)

    assert shown(page) == expected(S3A)


def test_the_advice_prints(visits: Visits) -> None:
    page = visits.page("patient?example=S3a-type-iii")
    printed = page.pdf(format="A4")
    text = " ".join(
        " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(printed)).pages).split()
    )

    for said in ("per-oral endoscopic myotomy", "preferred", "ready", "not a clinical clearance"):
        assert said in text, said
    assert "POEM preferred in type III achalasia" in text
    for control in ("Next question", "Find a field", "Ask for advice", "Examples"):
        assert control not in text, control


def test_nothing_moves_for_who_wants_less_motion(visits: Visits) -> None:
    page = visits.page("patient?example=S3a-type-iii", reduced_motion="reduce")

    moving = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(e => {
          const style = getComputedStyle(e);
          const seconds = text => Math.max(...text.split(',').map(parseFloat));
          return seconds(style.transitionDuration) > 0.01 || style.animationName !== 'none'
            && seconds(style.animationDuration) > 0.01 || style.scrollBehavior === 'smooth';
        }).map(e => e.outerHTML.slice(0, 100))"""
    )

    assert moving == []
