"""The site in a browser, under the headers of the service: whole, searchable, for everybody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from poem_kg.server.protocol import HEADERS
from tests.browser.axe import violations
from tests.browser.chromium import DESK, PHONE, chromium
from tests.docs.site import Site

pytestmark = pytest.mark.slow
PAGES = (
    "index",
    "authors-guide",
    "cookbook",
    "pictures",
    "commands",
    "ontology/index",
    "ontology/disorders",
    "python/poem_kg-knowledge_base",
)


def _size(of: dict[str, int]) -> ViewportSize:
    return {"width": of["width"], "height": of["height"]}


class Handler(SimpleHTTPRequestHandler):
    """Serves files with the headers that every answer of the service has."""

    def end_headers(self) -> None:
        for name, value in HEADERS:
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def url(site: Site) -> Iterator[str]:
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Handler, directory=str(site.folder))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """A page that may not complain, fail or ask elsewhere."""
    opened = browser.new_page(viewport=_size(DESK), reduced_motion="reduce")
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("requestfailed", lambda request: said.append(f"failed {request.url}"))
    opened.on("request", lambda r: None if r.url.startswith(url) else said.append(f"to {r.url}"))
    yield opened
    opened.close()
    assert said == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_a_complaint(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}{name}.html")
    page.locator("h1").wait_for()

    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    assert violations(page) == ""


def test_the_search_finds_a_term(page: Page, url: str) -> None:
    page.goto(url)
    page.locator("[data-md-component=search-query]").fill("hypercontractile")

    found = page.locator(".md-search-result__item", has_text="hypercontractile")
    found.first.wait_for()


def test_it_can_be_dark(page: Page, url: str) -> None:
    page.goto(url)
    page.locator("label[for=__palette_1]").first.click()

    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    page.goto(f"{url}cookbook.html")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_it_without_moving_sideways(page: Page, url: str, name: str) -> None:
    page.set_viewport_size(_size(PHONE))
    page.goto(f"{url}{name}.html")

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
