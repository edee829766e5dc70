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


Kept = dict[str, tuple[BrowserContext, Watch]]
"""Contexts without a page, by their options."""


@dataclass(eq=False)
class Visits:
    """Opens pages of the service, each in a context of its own, and watches them.

    Making a context and filling its cache takes Chromium longer than most pages do. So a context
    whose pages left nothing behind, which is looked at after each test, serves the next test too.

    Attributes:
        browser: where they are opened.
        url: the address of the service, with a slash at its end.
        kept: contexts of tests before; those of this one are put there. Not of tests that failed.
    """

    browser: Browser
    url: str
    kept: Kept = field(default_factory=dict)
    _open: list[tuple[BrowserContext, Watch]] = field(default_factory=list)
    _clean: Kept = field(default_factory=dict)

    def page(self, path: str | None = None, *, fresh: bool = False, **options: Any) -> Page:
        """Return a page in a context that has no other.

        Args:
            path: what it opens, without a slash at the beginning; None for nothing yet.
            fresh: with nothing in the cache, as for somebody who was never here.
            options: those of `Browser.new_context`.
        """
        options = {"viewport": DESK, "locale": "en-GB", "reduced_motion": "reduce", **options}
        name = repr(sorted(options.items()))
        held = None if fresh else self.kept.pop(name, None)
        context, watch = held or self._context(options)
        watch.forget()
        self._open.append((context, watch))
        self._clean.setdefault(name, (context, watch))
        page = context.new_page()
        if path is not None:
            page.goto(self.url + path)
        return page

    def _context(self, options: dict[str, Any]) -> tuple[BrowserContext, Watch]:
        context = self.browser.new_context(**options)
        context.set_default_timeout(SECONDS * 1000)
        watch = Watch(self.url.rstrip("/"))
        watch.attach(context)
        return context, watch

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

    def keep(self) -> None:
        """Close the pages, which did nothing wrong, and leave their contexts to the next test."""
        for name, held in self._clean.items():
            if name not in self.kept:
                for page in held[0].pages:
                    page.close()
                self.kept[name] = held
                self._open.remove(held)


@contextmanager
def visits_to(browser: Browser, url: str, kept: Kept | None = None) -> Iterator[Visits]:
    """Open pages, look at them once all is done, and close them in any case.

    Args:
        browser: where they are opened.
        url: the address of the service, with a slash at its end.
        kept: contexts of visits before, which take those of these visits.
    """
    visits = Visits(browser, url, {} if kept is None else kept)
    try:
        yield visits
        visits.check()
        if kept is not None:
            visits.keep()
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


@pytest.fixture(scope="package")
def kept(browser: Browser) -> Kept:
    """Contexts of tests before, which close with the browser."""
    return {}


@pytest.fixture
def visits(browser: Browser, service: Running, kept: Kept) -> Iterator[Visits]:
    """Pages of the service; at the end of the test each is looked at."""
    with visits_to(browser, service.url, kept) as visits:
        yield visits


@pytest.fixture
def page(visits: Visits) -> Page:
    """One page at a desk, which has opened nothing yet."""
    return visits.page()
