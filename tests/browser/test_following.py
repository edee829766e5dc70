"""From an argument to its statement, its source and its query; the evidence; no script at all."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.filling import reach

S3A = "patient?example=S3a-type-iii"


def test_an_argument_leads_to_its_statement_and_its_source(visits: Visits) -> None:
    page = visits.page(S3A)
    argument = page.locator("article.option").first.locator(".arguments .what a")
    argument.filter(has_text="preferred in type III").first.click()
    page.wait_for_url("**/statement/droracle2025-C16*")
    expect(page.locator("main")).to_contain_text("C16")

    page.locator("main a[href*='/source/droracle2025']").first.click()
    page.wait_for_url("**/source/droracle2025*")
    expect(page.locator("main")).to_contain_text("Dr.Oracle")

    turtle = page.locator("main a[href$='.ttl']").first
    answer = page.request.get(
        page.url.rpartition("/source")[0] + (turtle.get_attribute("href") or "")
    )
    assert answer.ok and "droracle2025" in answer.text()


def test_an_argument_leads_to_the_query_behind_it(visits: Visits) -> None:
    page = visits.page(S3A)
    behind = page.locator("article.option").first.locator("details.behind").first
    reach(page, "article.option details.behind >> nth=0")
    behind.locator("summary").click()
    behind.locator("a[href*=editor]").last.click()
    page.wait_for_url(re.compile(r"/editor\?name="))

    expect(page.locator("main")).to_contain_text("SELECT")


def test_a_fact_in_the_advice_leads_to_its_field(visits: Visits) -> None:
    page = visits.page(S3A)
    link = page.locator("#advice .diagnoses a[href*='#f-']").first
    link.click()

    name = (link.get_attribute("href") or "").rpartition("#")[2]
    expect(page.locator(f"[id='{name}']")).to_be_in_viewport()


@pytest.mark.parametrize("path", ["evidence"])
def test_the_evidence_is_drawn_from_its_tables(path: str, visits: Visits) -> None:
    page = visits.page(path)
    plots = page.locator("figure.plot")
    assert plots.count() >= 3
    drawn = page.locator("figure.plot canvas, figure.plot svg, figure.plot [role=img]")
    expect(drawn.first).to_be_visible()
    assert page.locator("figure.plot table").count() == plots.count()


def without_script(visits: Visits, path: str) -> Page:
    return visits.page(path, java_script_enabled=False)


def test_one_can_search_without_script(visits: Visits) -> None:
    page = without_script(visits, "browse")
    page.locator("[name=q]").fill("type III")
    with page.expect_navigation():
        page.locator("[name=q]").press("Enter")
    page.locator("#found a").filter(has_text="achalasia type III").first.click()

    expect(page.locator("h1")).to_contain_text("achalasia type III")


def test_the_evidence_is_told_without_script(visits: Visits) -> None:
    page = without_script(visits, "evidence")

    assert page.locator("main table tbody tr").count() > 50


def test_the_plain_editor_answers_without_script(visits: Visits) -> None:
    page = without_script(visits, "editor?name=evidence-gaps")
    with page.expect_navigation():
        page.locator("#plain button").click()

    assert page.locator("main table tbody tr").count() >= 5
