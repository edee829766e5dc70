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


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_opens_and_has_no_barrier(kind: str, visits: Visits) -> None:
    page = visits.page()
    answer = page.goto(visits.url + KINDS[kind])
    assert answer is not None and answer.status == 200
    assert page.title().endswith(" · poem-kg")
    assert page.locator("h1").count() == 1

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == "", scheme


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_fits_a_phone(kind: str, visits: Visits) -> None:
    page = visits.page(KINDS[kind], viewport=PHONE, is_mobile=True, has_touch=True)

    assert page.evaluate(_WIDER) == []
    assert violations(page) == ""
