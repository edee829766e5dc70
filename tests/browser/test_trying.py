"""Changes to try on a patient, and what stands there while there is no advice for the answers."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visits
from tests.browser.filling import EXAMPLES, Fact, expected, fill, reach, settled, shown

S6A = EXAMPLES / "S6a-type-ii-treatment-naive.ttl"
OUTDATED = "no advice for what stands in the form now"


def opened(visits: Visits) -> Page:
    page = visits.page("patient")
    page.locator("#file").set_input_files(S6A)
    settled(page)
    return page


def test_what_would_change_a_therapy_is_found_and_tried(visits: Visits) -> None:
    page = opened(visits)
    page.locator("#therapy").select_option(label="pneumatic dilation")
    page.get_by_role("button", name="Find out").click()
    settled(page)

    way = page.locator(".switches li").first
    said = way.inner_text()
    way.get_by_role("button").click()
    settled(page)

    expect(page.locator("table.changes")).to_contain_text("pneumatic dilation")
    assert "achalasia mimic" in said
    page.get_by_role("button", name="Back to the held patient").click()
    settled(page)
    assert shown(page) == expected(S6A)


def test_without_an_answer_no_advice_for_other_answers_is_left(visits: Visits) -> None:
    page = opened(visits)
    visits.watch(page).allow(503)

    def refuse(route: Route) -> None:
        route.fulfill(status=503, content_type="text/plain", body="Too much to do; try again.")

    page.route("**/patient", refuse)
    fill(page, Fact("AchalasiaMimic", "absent", ""))

    expect(page.locator("#error")).to_have_text("Too much to do; try again.")
    expect(page.locator("#advice")).to_contain_text(OUTDATED)
    assert shown(page) == []

    page.unroute("**/patient")
    page.get_by_role("button", name="Ask for advice").last.click()
    settled(page)
    assert [option[3] for option in shown(page)] == ["ready", "needs information", "ready"]
    assert page.locator("#error").count() == 0


def test_beside_an_answer_that_cannot_be_no_advice_is_left(visits: Visits) -> None:
    page = opened(visits)
    field = reach(page, "#f-EckardtScore")
    field.fill("99")
    field.blur()

    expect(page.locator("#advice")).to_contain_text(OUTDATED)
    assert shown(page) == []

    fill(page, Fact("EckardtScore", "7", ""))
    assert shown(page) == expected(S6A)
