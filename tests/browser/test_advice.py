"""The advice in a browser: its picture is walked with keys and lit by the mouse, and it prints."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Visits

S3A = "patient?example=S3a-type-iii"
FOCUSED = "document.activeElement.textContent.trim().replace(/\\s+/g, ' ')"


def picture(page: Page) -> Locator:
    return page.locator("svg.walk").first


def walked(page: Page, *keys: str) -> list[str]:
    """What has the focus after each key."""
    found = []
    for key in keys:
        page.keyboard.press(key)
        found.append(page.evaluate(FOCUSED))
    return found


def test_arrow_keys_walk_from_a_record_to_the_therapy_and_back(visits: Visits) -> None:
    page = visits.page(S3A)
    picture(page).locator("a.node").first.focus()

    there = walked(page, "ArrowRight", "ArrowRight", "ArrowRight")
    back = walked(page, "ArrowLeft", "ArrowLeft", "ArrowLeft")

    assert there[0].endswith(": no") and there[1].startswith("• ruled out: ")
    assert there[2].startswith("1. ")
    assert back[0].startswith("• ") and " recorded as " in back[2]


def test_up_and_down_stay_in_a_column_and_tab_leaves_the_picture(visits: Visits) -> None:
    page = visits.page(S3A)
    picture(page).locator("a.node").first.focus()

    first = page.evaluate(FOCUSED)
    down, up = walked(page, "ArrowDown", "ArrowUp")
    page.keyboard.press("Tab")

    assert up == first != down
    expect(picture(page).locator("a.node:focus")).to_have_count(0)
    expect(picture(page).locator("a.node[tabindex='0']")).to_have_count(1)


def test_a_node_lights_its_way_to_both_ends(visits: Visits) -> None:
    page = visits.page(S3A)
    node = picture(page).locator("a.node[href$='droracle2025-C16']").first
    node.hover()

    lit = picture(page).locator("a.node.on")
    texts = [" ".join(text.split()) for text in lit.all_text_contents()]
    assert "achalasia type III recorded as present on 2026-03-02" in texts
    assert any(text.startswith("1. ") for text in texts)
    assert any(text.startswith("From: ") for text in texts)
    assert 3 < lit.count() < picture(page).locator("a.node").count() / 2
    expect(picture(page).locator(".edges .on")).not_to_have_count(0)

    page.mouse.move(0, 0)
    expect(lit).to_have_count(0)


def test_a_node_is_a_link_to_its_page_or_its_field(visits: Visits) -> None:
    page = visits.page(S3A)
    picture(page).locator("a.node").first.click()
    expect(page.locator(page.evaluate("location.hash"))).to_have_count(1)

    picture(page).locator("a.node[href$='droracle2025-C16']").first.click()
    expect(page.locator("h1")).to_contain_text("preferred in type III")


def test_the_picture_of_a_later_answer_can_be_walked_too(visits: Visits) -> None:
    page = visits.page(S3A)
    page.evaluate("document.querySelector('svg.walk').classList.add('old')")
    page.evaluate("document.querySelector('#patient').requestSubmit()")
    expect(page.locator("svg.walk.old")).to_have_count(0)
    picture(page).locator("a.node").first.focus()

    assert walked(page, "ArrowRight")[0].endswith(": no")


def test_all_is_open_on_paper_and_closed_again(visits: Visits) -> None:
    page = visits.page(S3A)
    closed = page.locator(".advice details:not([open])")
    before = closed.count()

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(closed).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(closed).to_have_count(before)
    assert before > 10
    expect(page.get_by_role("button", name="Print")).to_be_visible()


def test_without_script_there_is_no_print_button_and_links_are_links(visits: Visits) -> None:
    page = visits.page(S3A, java_script_enabled=False)

    expect(page.locator("[data-print]")).to_be_hidden()
    expect(page.locator("[data-walk]")).to_be_hidden()
    picture(page).locator("a.node[href$='droracle2025-C16']").first.click()
    expect(page.locator("h1")).to_contain_text("preferred in type III")


def test_what_is_folded_has_no_barrier_either(visits: Visits) -> None:
    page = visits.page(S3A)
    page.evaluate("for (const d of document.querySelectorAll('.advice details')) d.open = true")

    assert violations(page) == ""
