"""Pictures of the main pages: shown in docs/pages.md, and what the pages are held to.

    python -m tests.browser.pictures [NAME ...]

takes them anew, all or those that are named. Look at each before it is committed: they are what
the pages are to look like from then on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import FloatRect, Page

from tests.browser.chromium import DESK, PHONE, chromium
from tests.browser.comparing import picture
from tests.browser.conftest import Visits, visits_to
from tests.server.running import Running

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "docs" / "pictures"
COLOURS: Final = 96
"""More than a page has, few enough for a small file."""
MOST_TALL: Final = 1800
"""What lies further down is left out."""
WIDE: Final = 10_000
"""Wider than any page."""


@dataclass(frozen=True)
class Shot:
    """A picture to take.

    Attributes:
        path: the page.
        options: how it is opened.
        prepare: what is done with the page before the picture is taken.
    """

    path: str
    options: dict[str, Any] = field(default_factory=lambda: {"viewport": DESK})
    prepare: Callable[[Page], None] = lambda page: None


SHOTS: Final[dict[str, Shot]] = {
    "home": Shot(""),
    "home-dark": Shot("", {"color_scheme": "dark"}),
    "home-phone": Shot("", {"viewport": PHONE}),
    "knowledge": Shot("browse"),
    "therapy": Shot("ontology/PerOralEndoscopicMyotomy.html"),
    "statement": Shot("statement/droracle2025-C16.html"),
    "evidence": Shot("evidence"),
    "patient": Shot("patient?example=S3a-type-iii"),
    "patient-dark": Shot("patient?example=S3a-type-iii", {"color_scheme": "dark"}),
    "patient-phone": Shot("patient?example=S3a-type-iii", {"viewport": PHONE}),
    "editor": Shot("editor?name=outcomes-over-time"),
}


def take(visits: Visits, name: str) -> Image.Image:
    """Return the picture of a page as it is."""
    shot = SHOTS[name]
    page = visits.page(shot.path, device_scale_factor=1, **shot.options)
    shot.prepare(page)
    page.evaluate("document.fonts.ready")
    # All of its width, so that a page that is too wide is noticed; the clip ends where it does.
    clip: FloatRect = {"x": 0, "y": 0, "width": WIDE, "height": MOST_TALL}
    return picture(page.screenshot(full_page=True, clip=clip, animations="disabled", caret="hide"))


def approved(name: str) -> Image.Image:
    """Return the picture that a page is held to."""
    return picture((FOLDER / f"{name}.png").read_bytes())


def packed(image: Image.Image) -> bytes:
    """Return a picture as a small PNG."""
    few = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    into = BytesIO()
    few.save(into, "PNG", optimize=True)
    return into.getvalue()


def main(names: list[str]) -> None:
    """Take pictures and write them where the approved ones are."""
    FOLDER.mkdir(exist_ok=True)
    with Running() as service, chromium() as browser:
        for name in names or SHOTS:
            with visits_to(browser, service.url) as visits:
                data = packed(take(visits, name))
            (FOLDER / f"{name}.png").write_bytes(data)
            print(f"docs/pictures/{name}.png  {len(data) // 1000} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
