"""The main pages look as they were approved; and what is not as approved is seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from playwright.sync_api import Browser, Page

from tests.browser.comparing import difference
from tests.browser.conftest import Visits, visits_to
from tests.browser.pictures import FOLDER, SHOTS, approved, packed, take
from tests.server.running import Running

BROKEN = {
    "no style at all": "document.querySelector('link[rel=stylesheet]').remove()",
    "a heading in another size": "document.querySelector('h1').style.fontSize = '4rem'",
    "a part that is not there": "document.querySelector('nav ul').style.visibility = 'hidden'",
    "white on white": "document.querySelector('main').style.color = 'white'",
}


def each(names: Iterable[str], *slow: str) -> list[Any]:
    """All as parameters; what is named is tried by make slow, since a twin is tried each time."""
    return [pytest.param(n, marks=pytest.mark.slow) if n in slow else n for n in names]


@pytest.fixture(scope="module")
def before(browser: Browser, service: Running) -> Image.Image:
    """The first page as it is."""
    with visits_to(browser, service.url) as visits:
        return shot(visits.page(""))


@pytest.mark.parametrize("name", each(SHOTS, "home-phone", "patient-dark"))
def test_a_page_looks_as_approved(name: str, visits: Visits) -> None:
    assert difference(take(visits, name), approved(name)) == ""


def test_every_approved_picture_is_of_a_page_and_small() -> None:
    files = sorted(FOLDER.glob("*"))

    assert [file.name for file in files] == sorted(f"{name}.png" for name in SHOTS)
    assert max(file.stat().st_size for file in files) < 200_000


@pytest.mark.parametrize("what", each(BROKEN, "a heading in another size", "white on white"))
def test_a_broken_page_is_seen(what: str, visits: Visits, before: Image.Image) -> None:
    page = visits.page("")
    assert difference(shot(page), before) == ""

    page.evaluate(BROKEN[what])

    assert difference(shot(page), before) != ""
    visits.watch(page).notes.clear()  # the policy has something against it, as it should


def test_how_letters_are_drawn_does_not_matter(before: Image.Image) -> None:
    softer = before.filter(ImageFilter.GaussianBlur(0.8))
    moved = ImageChops.offset(before, 1, 1)

    assert difference(softer, before) == difference(moved, before) == ""


def test_packing_a_picture_does_not_change_how_it_looks(before: Image.Image) -> None:
    assert difference(opened(packed(before)), before) == ""


def test_something_small_that_is_missing_is_seen(visits: Visits, before: Image.Image) -> None:
    visits.page("")
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
