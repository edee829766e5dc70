"""Which examples the quick tests take where a test goes through all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet

QUICK = "S1a S2 S3b S4a S5 S7 S9 S10 S12 S13c".split()
"""Together they take every branch of what reads, explains and shows an advice, and hold every
standing, readiness and kind of requirement that an example holds; the others are the same code on
other data."""


def each(stories: Iterable[str], *more: Sequence[str]) -> list[ParameterSet]:
    """Return the cases of a test of every story, those that are not of `QUICK` marked slow.

    Args:
        stories: names as "S3a" or "S3a-type-iii".
        more: what each story is combined with, as the audiences.
    """
    cases: list[tuple[str, ...]] = [(story,) for story in stories]
    for values in more:
        cases = [(*case, value) for case in cases for value in values]
    return [
        pytest.param(*case, marks=() if case[0].partition("-")[0] in QUICK else pytest.mark.slow)
        for case in cases
    ]
