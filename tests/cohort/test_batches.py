"""What one patient is told does not depend on who else is in the batch, to the byte."""

from __future__ import annotations

import pytest

from benchmarks.patients import draw
from poem_kg.cohort.advising import Adviser
from poem_kg.cohort.model import Block
from poem_kg.knowledge import load_knowledge


@pytest.mark.parametrize("count", [14, pytest.param(60, marks=pytest.mark.slow)])
def test_the_size_of_a_batch_changes_no_byte(count: int) -> None:
    adviser = Adviser(load_knowledge())
    blocks = [Block(patient.iri, patient.data) for patient in draw(count, seed=4)]

    together = adviser.advise(blocks)

    for size in (1, 7):
        starts = range(0, len(blocks), size)
        parts = [r for start in starts for r in adviser.advise(blocks[start : start + size])]
        assert parts == together
