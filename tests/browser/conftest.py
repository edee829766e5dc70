"""One service and one browser for the folder, and pages that are watched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import DESK, chromium
from tests.browser.watching import Watch
from tests.server.running import Running

SECONDS = 10.0
"""How long anything may take before a test gives up, on a machine with much else to do."""


@dataclass(eq=False)
class Visits:
    """Opens pages of the service, each in a context of its own, and watches them.

    Attributes:
        browser: where they are opened.
        url: the address of the service, with a slash at its end.
    """

    browser: Browser
    url: str
    _open: list[tuple[BrowserContext, Watch]] = field(default_factory=list)

    def page(self, path: str | None = None, **options: Any) -> Page:
        """Return a page in a new context.

        Args:
            path: what it opens, without a slash at the beginning; None for nothing yet.
            options: those of `Browser.new_context`.
        """
        context = self.browser.new_context(
            **{"viewport": DESK, "locale": "en-GB", "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(SECONDS * 1000)
        watch = Watch(self.url.rstrip("/"))
        watch.attach(context)
        self._open.append((context, watch))
        page = context.new_page()
        if path is not None:
            page.goto(self.url + path)
        return page

    @property
    def pages(self) -> list[Page]:
        """All pages that are open."""
        return [page for context, _ in self._open for page in context.pages]

    def watch(self, page: Page) -> Watch:
        """Return what watches a page."""
        return next(watch for context, watch in self._open if context is page.context)

    def close(self) -> None:
        """Close all without a look at them."""
        while self._open:
            self._open.pop()[0].close()

    def check(self) -> None:
        """Fail where one of the pages did what it must not."""
        for context, watch in self._open:
            watch.check(context)


@contextmanager
def visits_to(browser: Browser, url: str) -> Iterator[Visits]:
    """Open pages, look at them once all is done, and close them in any case."""
    visits = Visits(browser, url)
    try:
        yield visits
        visits.check()
    finally:
        visits.close()


# Both are ended when the last test of this folder has run, not at the end of the session: while
# Playwright is open, no other test in the same process could use asyncio.


@pytest.fixture(scope="package")
def service() -> Iterator[Running]:
    """A service as the command line starts it."""
    with Running() as running:
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The browser."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def visits(browser: Browser, service: Running) -> Iterator[Visits]:
    """Pages of the service; at the end of the test each is looked at."""
    with visits_to(browser, service.url) as visits:
        yield visits


@pytest.fixture
def page(visits: Visits) -> Page:
    """One page at a desk, which has opened nothing yet."""
    return visits.page()
