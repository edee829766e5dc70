"""Knowledge is browsed by keyboard, and searched as one types or by the form alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visits


def typed(page: Page, text: str) -> None:
    page.get_by_label("Search").press_sequentially(text, delay=20)


def test_what_is_found_changes_as_one_types_and_the_address_follows(visits: Visits) -> None:
    page = visits.page("browse")

    typed(page, "esophageal spasm")

    told = page.get_by_role("status")
    expect(told).to_contain_text("found for esophageal spasm")
    expect(page.locator("#found h2").first).to_contain_text("Terms")
    expect(page.locator("#found a").first).to_have_text("distal oesophageal spasm")
    expect(page.locator("#found mark").first).to_have_text("oesophageal")
    expect(page).to_have_url(visits.url + "browse?q=esophageal%20spasm")
    expect(page.get_by_label("Search")).to_be_focused()


def test_an_empty_search_brings_the_tree_back(visits: Visits) -> None:
    page = visits.page("browse?q=C16")

    page.get_by_label("Search").fill("")

    expect(page.locator("#terms")).to_be_visible()
    expect(page).to_have_url(visits.url + "browse")


def test_the_way_back_leads_to_what_was_found(visits: Visits) -> None:
    page = visits.page("browse")
    typed(page, "C16")
    expect(page.get_by_role("status")).to_have_text("1 found for C16.")
    page.locator("#found a").first.click()
    expect(page).to_have_url(visits.url + "statement/droracle2025-C16.html")

    page.go_back(wait_until="commit")

    expect(page.get_by_role("status")).to_have_text("1 found for C16.")
    expect(page.get_by_label("Search")).to_have_value("C16")


def test_the_last_word_typed_counts_even_if_an_earlier_answer_is_late(visits: Visits) -> None:
    page = visits.page("browse")

    def late(route: Route) -> None:
        page.wait_for_timeout(600)
        route.continue_()

    page.route("**/browse?q=reflux", late)
    typed(page, "reflux")
    page.wait_for_timeout(300)
    typed(page, " hernia")

    expect(page.get_by_role("status")).to_contain_text("found for reflux hernia")
    page.wait_for_timeout(700)
    expect(page.get_by_role("status")).to_contain_text("found for reflux hernia")


def test_a_search_that_does_not_answer_says_so(visits: Visits) -> None:
    page = visits.page("browse")
    page.route("**/browse?q=*", lambda route: route.abort())

    typed(page, "reflux")

    expect(page.get_by_role("status")).to_contain_text("did not answer")
    expect(page.locator("#terms")).to_be_visible()
    visits.watch(page).notes.clear()  # the browser tells of the request that was not let through


@pytest.mark.parametrize("enter", [True, False], ids=["enter", "button"])
def test_the_form_searches_without_script(enter: bool, visits: Visits) -> None:
    page = visits.page("browse", java_script_enabled=False)
    page.get_by_label("Search").fill("hiatal hernia")

    if enter:
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="Search").click()

    expect(page).to_have_url(visits.url + "browse?q=hiatal+hernia")
    expect(page.locator("#found a").first).to_have_text("hiatal hernia")


def test_the_tree_opens_by_keyboard(visits: Visits) -> None:
    page = visits.page("browse")
    inner = page.locator(".tree details details").first
    expect(inner).not_to_have_attribute("open", "")

    inner.locator("> summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(inner).to_have_attribute("open", "")
    expect(inner.locator("a").first).to_be_focused()
