"""The tables of `docs/conformance.md`: the figures, and each deviation with its reason.

They are written from the expectations, so they say what the tests hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.conformance.expectations import Deviation, deviations, passing, refusals, suites

PAGE: Final = Path(__file__).parents[2] / "docs" / "conformance.md"

_TABLE: Final = re.compile(r"(<!-- (\w+), from \S+ -->\n).*?(<!-- end -->\n)", re.DOTALL)


def current(page: str) -> str:
    """Return the page with its tables as they should be."""
    found = _TABLE.findall(page)
    assert sorted(name for _, name, _ in found) == sorted(TABLES), "the page lacks a table"
    return _TABLE.sub(lambda m: f"{m[1]}\n{''.join(TABLES[m[2]]())}\n{m[3]}", page)


def _figures() -> Iterator[str]:
    yield "| suite | cases | pass | goal |\n|---|---|---|---|\n"
    for suite in suites().values():
        yield f"| {suite.title} | {suite.cases} | {passing(suite.name)} | {suite.goal} |\n"


def _listed(listed: Callable[[str], tuple[Deviation, ...]]) -> Iterator[str]:
    yield "| suite | cases | reason |\n|---|---|---|\n"
    for suite in suites().values():
        for deviation in listed(suite.name):
            cases = ", ".join(f"`{case}`" for case in deviation.cases)
            yield f"| {suite.title} | {cases} | {deviation.reason} |\n"


TABLES: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "figures": _figures,
    "refusals": lambda: _listed(refusals),
    "deviations": lambda: _listed(deviations),
}
"""Name of a table to what writes it."""
