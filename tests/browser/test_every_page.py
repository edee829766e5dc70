"""Every page that the service has, opened and looked at."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visits
from tests.service.documents import documents

PARTS = 9
"""So many groups of pages, for as many processes as there are."""


def pages() -> list[str]:
    """Every path below which there is a page."""
    return sorted({path for path in documents().paths if not path.startswith("dataset/0")})


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_opens_and_does_nothing_that_it_must_not(part: int, visits: Visits) -> None:
    page = visits.page()
    opened = 0
    for path in pages()[part::PARTS]:
        answer = page.request.get(visits.url + path, headers={"Accept": "text/html"})
        assert answer.ok, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        page.goto(visits.url + path, wait_until="domcontentloaded")
        visits.watch(page).look(page)
        assert page.locator("h1").count() == 1, path
        opened += 1
    assert opened > 50
