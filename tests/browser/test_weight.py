"""What the main pages weigh on the wire. How fast they are stands in benchmarks/pages.py."""

from __future__ import annotations

import pytest
from playwright.sync_api import Request

from tests.browser.conftest import Visits

MOST = 200_000
ICON = 1_000
"""More than the icon takes, which a browser asks for by itself."""


@pytest.mark.parametrize("path", ["", "browse", "statement/droracle2025-C16.html"])
def test_a_page_to_begin_at_is_light(path: str, visits: Visits) -> None:
    page = visits.page(fresh=True)
    done: list[Request] = []
    page.on("requestfinished", lambda request: done.append(request))
    page.goto(visits.url + path, wait_until="networkidle")

    sizes = [request.sizes() for request in done]
    wire = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)

    assert len(done) >= 2, "the page and its sheet"
    assert 10_000 < wire + ICON < MOST
