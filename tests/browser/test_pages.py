"""Every kind of page, at a desk and on a phone, in light and in dark: it opens, and all can use it.

What a page must never do while it is open is watched by the fixtures.
"""

from __future__ import annotations

import pytest

from tests.browser.axe import violations
from tests.browser.chromium import PHONE
from tests.browser.conftest import Visits
from tests.browser.kinds import KINDS

_WIDER = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  return [...document.querySelectorAll('body *')]
    .filter(element => element.getBoundingClientRect().right > page.clientWidth + 0.5
      && ![...ancestors(element)].some(scrolls))
    .map(element => element.outerHTML.slice(0, 120));
  function* ancestors(element) {
    for (let e = element.parentElement; e; e = e.parentElement) yield e;
  }
  function scrolls(element) {
    return getComputedStyle(element).overflowX !== 'visible';
  }
}"""
"""The elements for which a page scrolls sideways."""
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe-core about colours."""
NARROW = ("home", "search", "evidence", "editor", "patient", "statement", "source", "answer")
"""Laid out in ways of their own: forms, wide tables, plots, drawings. The others are of headings,
lists and links as these are, and make slow tries them."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_opens_and_has_no_barrier(kind: str, visits: Visits) -> None:
    page = visits.page()
    answer = page.goto(visits.url + KINDS[kind])
    assert answer is not None and answer.status == 200
    assert page.title().endswith(" · poem-kg")
    assert page.locator("h1").count() == 1

    assert violations(page) == ""
    # The same page, but for its colours; make slow asks all rules.
    page.emulate_media(color_scheme="dark")
    assert violations(page, *COLOURS) == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.slow
def test_a_page_in_the_dark_has_no_barrier(kind: str, visits: Visits) -> None:
    page = visits.page(KINDS[kind], color_scheme="dark")

    assert violations(page) == ""


@pytest.mark.parametrize(
    "kind",
    [kind if kind in NARROW else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS],
)
def test_a_page_fits_a_phone(kind: str, visits: Visits) -> None:
    page = visits.page(KINDS[kind], viewport=PHONE, is_mobile=True, has_touch=True)

    assert page.evaluate(_WIDER) == []
    assert violations(page) == ""
