"""How long the main pages take to open in a browser, beside a plain file of the same service.

Run with `python -m benchmarks.pages [--runs N] [--json]`. Each page is opened by a browser that
knows nothing of it yet, in turn with the file. It counts from the click to the end of loading, with
the style sheet and the scripts; bytes are those on the wire.
"""

from __future__ import annotations

import argparse
import json
import statistics
from typing import Any, Final

from playwright.sync_api import Browser, Request

from tests.browser.chromium import DESK, chromium
from tests.server.running import Running

PLAIN: Final = "static/icon.svg"
"""A file of the service that brings nothing along."""
PAGES: Final = {
    "home": "",
    "knowledge": "browse",
    "a therapy": "ontology/PerOralEndoscopicMyotomy.html",
    "a statement": "statement/droracle2025-C16.html",
    "evidence": "evidence",
    "a patient, empty": "patient",
    "a patient with advice": "patient?example=S3a-type-iii",
    "query": "editor",
}
_TIMES: Final = """() => new Promise(resolve => {
  const look = () => {
    const [page] = performance.getEntriesByType('navigation');
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    if (page.loadEventEnd && (paint || !PAINTED)) resolve([page.loadEventEnd, paint?.startTime]);
    else setTimeout(look, 5);
  };
  look();
})"""


def opened(browser: Browser, url: str, *, painted: bool) -> tuple[float, float, int]:
    """Return the milliseconds to the end of loading and to the first text, and the bytes.

    Args:
        browser: where it is opened.
        url: the page.
        painted: whether to wait for a first text; a file without one has none, and gets 0.
    """
    with browser.new_context(viewport=DESK) as context:
        page = context.new_page()
        done: list[Request] = []
        page.on("requestfinished", lambda request: done.append(request))
        page.goto(url)
        loaded, first = page.evaluate(_TIMES.replace("PAINTED", json.dumps(painted)))
        sizes = [request.sizes() for request in done]
        wire = sum(s["responseBodySize"] + s["responseHeadersSize"] for s in sizes)
    return loaded, first or 0.0, wire


def measure(runs: int) -> list[dict[str, Any]]:
    """Return one row for each page: medians, and the median of the ratios."""
    rows = []
    with Running() as service, chromium() as browser:
        for name, path in PAGES.items():
            opened(
                browser, service.url + path, painted=True
            )  # the first one makes what the service keeps
            pairs = [
                (
                    opened(browser, service.url + path, painted=True),
                    opened(browser, service.url + PLAIN, painted=False),
                )
                for _ in range(runs)
            ]
            rows.append(
                {
                    "page": name,
                    "loaded_ms": statistics.median(page[0] for page, _ in pairs),
                    "first_text_ms": statistics.median(page[1] for page, _ in pairs),
                    "plain_ms": statistics.median(plain[0] for _, plain in pairs),
                    "ratio": statistics.median(page[0] / plain[0] for page, plain in pairs),
                    "bytes": pairs[0][0][2],
                }
            )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = measure(arguments.runs)
    if arguments.json:
        print(json.dumps(rows))
        return
    print(f"{'page':24}{'loaded':>10}{'first text':>12}{'plain file':>12}{'ratio':>8}{'kB':>8}")
    for row in rows:
        print(
            f"{row['page']:24}{row['loaded_ms']:7.0f} ms{row['first_text_ms']:9.0f} ms"
            f"{row['plain_ms']:9.0f} ms{row['ratio']:8.1f}{row['bytes'] / 1000:8.0f}"
        )


if __name__ == "__main__":
    main()
