"""Debian's Chromium without a window, which reaches loopback and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, sync_playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
PHONE: Final = {"width": 390, "height": 844}
DESK: Final = {"width": 1280, "height": 900}
_ARGUMENTS: Final = (
    # Chromium has errands of its own; whatever they are, no name but the service's is found.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    # Text looks the same on every machine that has the same font.
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--force-color-profile=srgb",
)


def executable() -> str:
    """Return the path of the browser.

    Raises:
        AssertionError: there is none.
    """
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "no Chromium here; install Debian's package chromium"
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser, and end it with all its processes.

    While it is open, the event loop of Playwright runs in this thread: asyncio cannot be used.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(),
            args=list(_ARGUMENTS),
            # Back shows the page as it was left, as it does for everybody.
            ignore_default_args=["--disable-back-forward-cache"],
            # As root Chromium starts only without its sandbox.
            chromium_sandbox=os.geteuid() != 0,
        )
        try:
            yield browser
        finally:
            browser.close()
