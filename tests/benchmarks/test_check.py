"""The time of a check is that of a check which ran."""

from __future__ import annotations

import pytest

from benchmarks.check import measured


@pytest.mark.slow
def test_a_check_takes_longer_than_the_start_and_with_the_reasoner_longer_still() -> None:
    figures = measured(1)

    assert figures["start"]["starts"] == 1
    assert 1 < figures["without reasoner"]["starts"] < figures["whole"]["starts"]
