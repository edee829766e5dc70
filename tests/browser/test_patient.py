"""A patient worked through in the browser: the page says what the Python API says."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visits
from tests.browser.filling import (
    EXAMPLES,
    SCENARIOS,
    Fact,
    expected,
    fill,
    fill_all,
    reach,
    settled,
    shown,
)

S3A = EXAMPLES / "S3a-type-iii.ttl"


def tried(*always: str) -> list[Any]:
    """All scenarios as parameters; what is named is tried each time, make slow tries all."""
    return [
        pytest.param(path, id=path.stem, marks=() if name in always else pytest.mark.slow)
        for path in SCENARIOS
        for name in [path.stem.partition("-")[0]]
    ]


DROP = """([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name));
  for (const kind of ['dragenter', 'dragover', 'drop'])
    document.querySelector('#patient').dispatchEvent(
      new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: files }));
}"""


@pytest.fixture
def patient(visits: Visits) -> Page:
    """The page of a patient, empty."""
    return visits.page("patient")


def test_there_is_a_scenario_of_each_number() -> None:
    numbers = {int(path.stem[1:].partition("-")[0].rstrip("abcd")) for path in SCENARIOS}

    assert numbers == set(range(1, 13))


@pytest.mark.parametrize("path", tried("S10"))
def test_a_scenario_through_the_form(path: Path, patient: Page) -> None:
    fill_all(patient, path)

    assert shown(patient) == expected(path)
    assert "?" not in patient.url, "something of a patient stands in the address"


@pytest.mark.parametrize("path", tried("S2"))
def test_a_scenario_as_a_file_that_is_chosen(path: Path, patient: Page) -> None:
    patient.locator("#file").set_input_files(path)
    settled(patient)

    assert shown(patient) == expected(path)


@pytest.mark.parametrize("path", tried("S7"))
def test_a_scenario_as_a_file_that_is_dropped(path: Path, patient: Page) -> None:
    patient.evaluate(DROP, [path.name, path.read_text(encoding="utf-8")])
    settled(patient)

    assert shown(patient) == expected(path)


@pytest.mark.parametrize("path", tried("S8b"))
def test_a_scenario_without_script(path: Path, visits: Visits) -> None:
    page = visits.page("patient", java_script_enabled=False)
    fill_all(page, path, script=False)

    assert shown(page) == expected(path)


@pytest.mark.slow
def test_type_iii_as_a_new_user_would(visits: Visits) -> None:
    page = visits.page("")
    page.locator("main a[href$='patient']").first.click()
    fill_all(page, S3A)

    is_blocked_by_a_new_operator(page)


def test_type_iii_as_an_example_that_is_tried(visits: Visits) -> None:
    page = visits.page("")
    page.locator("main a[href$='patient']").first.click()
    reach(page, f"a[href$='example={S3A.stem}']").click()
    settled(page)

    is_blocked_by_a_new_operator(page)


def is_blocked_by_a_new_operator(page: Page) -> None:
    """POEM comes first; held, and with an operator who did few, it is blocked."""
    first = page.locator("article.option").first
    expect(first.locator("h3")).to_contain_text("per-oral endoscopic myotomy")
    assert shown(page)[0][2:] == ("preferred", "ready")

    page.get_by_role("button", name="Hold this patient").click()
    settled(page)
    fill(page, Fact("PoemProcedureCount", "8", ""))

    changed = page.locator("article.option", has_text="per-oral endoscopic myotomy").first
    expect(changed.locator("header .badge").nth(1)).to_have_text("blocked")
    expect(page.locator("table.changes")).to_contain_text("blocked")

    page.get_by_role("button", name="Back to the held patient").click()
    settled(page)
    assert shown(page) == expected(S3A)


def test_what_is_typed_while_an_answer_is_on_its_way_is_kept(patient: Page) -> None:
    first, second = (reach(patient, f"#f-{name}") for name in ("EckardtScore", "MyotomyLength"))
    patient.route("**/patient", later)
    first.fill("7")
    second.click()
    second.press_sequentially("8", delay=10)
    settled(patient)

    expect(second).to_be_focused()
    second.press("Tab")
    settled(patient)

    assert patient.locator("#known .field").evaluate_all("all => all.map(f => f.id)") == [
        "f-EckardtScore-field",
        "f-MyotomyLength-field",
    ]
    assert second.input_value() == "8"


def test_the_next_click_finds_what_was_below_the_last_one(patient: Page) -> None:
    names = ("Dysphagia", "Regurgitation", "ChestPain")
    reach(patient, "#f-Dysphagia")
    patient.evaluate("window.scrollTo(0, document.body.scrollHeight / 2)")
    for name in names:
        field = patient.locator(f"#sections #f-{name}-field")
        field.scroll_into_view_if_needed()
        below = field.locator("xpath=following-sibling::div").first
        selector = f"[id='{below.get_attribute('id')}'] > *"
        before = patient.locator(selector).first.bounding_box()
        field.locator("label", has=patient.locator("[value=present]")).click()
        settled(patient)
        after = patient.locator(selector).first.bounding_box()
        assert before is not None and after is not None
        # The hint of the field itself may come between.
        assert abs(before["y"] - after["y"]) < 90, name

    assert patient.locator("#known .field").count() == len(names)


def later(route: Route) -> None:
    """Let a request wait, as on a slow line."""
    time.sleep(0.3)
    route.continue_()
