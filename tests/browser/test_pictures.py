"""The main pages look as they were approved; and what is not as approved is seen."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from playwright.sync_api import Page

from tests.browser.comparing import difference
from tests.browser.conftest import Visits
from tests.browser.pictures import FOLDER, SHOTS, approved, packed, take

BROKEN = {
    "no style at all": "document.querySelector('link[rel=stylesheet]').remove()",
    "a heading in another size": "document.querySelector('h1').style.fontSize = '4rem'",
    "a part that is not there": "document.querySelector('nav ul').style.visibility = 'hidden'",
    "white on white": "document.querySelector('main').style.color = 'white'",
}


@pytest.mark.parametrize("name", SHOTS)
def test_a_page_looks_as_approved(name: str, visits: Visits) -> None:
    assert difference(take(visits, name), approved(name)) == ""


def test_every_approved_picture_is_of_a_page_and_small() -> None:
    files = sorted(FOLDER.glob("*"))

    assert [file.name for file in files] == sorted(f"{name}.png" for name in SHOTS)
    assert max(file.stat().st_size for file in files) < 200_000


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_page_is_seen(what: str, visits: Visits) -> None:
    page = visits.page("")
    before = shot(page)
    assert difference(shot(page), before) == ""

    page.evaluate(BROKEN[what])

    assert difference(shot(page), before) != ""
    visits.watch(page).notes.clear()  # the policy has something against it, as it should


def test_how_letters_are_drawn_does_not_matter(visits: Visits) -> None:
    before = shot(visits.page(""))
    softer = before.filter(ImageFilter.GaussianBlur(0.8))
    moved = ImageChops.offset(before, 1, 1)

    assert difference(softer, before) == difference(moved, before) == ""


def test_packing_a_picture_does_not_change_how_it_looks(visits: Visits) -> None:
    before = shot(visits.page(""))

    assert difference(opened(packed(before)), before) == ""


def test_something_small_that_is_missing_is_seen(visits: Visits) -> None:
    before = shot(visits.page(""))
    after = before.copy()
    box = visits.pages[0].locator("nav a").first.bounding_box()
    assert box is not None
    left, top = int(box["x"]), int(box["y"])
    size = (left, top, left + int(box["width"]), top + int(box["height"]))
    ImageDraw.Draw(after).rectangle(size, fill="white")

    assert difference(after, before) != ""


def shot(page: Page) -> Image.Image:
    return opened(page.screenshot(full_page=True, animations="disabled", caret="hide"))


def opened(data: bytes) -> Image.Image:
    from tests.browser.comparing import picture

    return picture(data)
