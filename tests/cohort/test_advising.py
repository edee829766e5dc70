"""Advice in a batch is the advice of `recommend`, whoever else is in the batch."""

from __future__ import annotations

import random
from datetime import date

import pytest

from benchmarks.patients import draw
from poem_kg.cohort.model import Block
from tests.cli.test_contract import EXAMPLES
from tests.cohort.alone import alone, block, block_of, example, together
from tests.cohort.damage import damaged
from tests.generated.batches import in_batches
from tests.generated.patients import random_patients

SOME = 12
SEED = 9
ALL = 1000
CHUNK = 20


def cohort(count: int, *, seed: int) -> list[Block]:
    return [block(drawn.data, drawn.iri) for drawn in draw(count, seed=seed)]


def check(blocks: list[Block], *, as_of: date | None = None) -> tuple[int, int]:
    """Compare each patient with `recommend`; return how many were advised, and rejected."""
    advised = rejected = 0
    for batch in in_batches(blocks, CHUNK):
        for one, found in zip(batch, together(batch, as_of=as_of), strict=True):
            assert found == alone(one, as_of=as_of), one.name
            advised += found.triples is not None
            rejected += found.triples is None
    return advised, rejected


def test_some_patients_of_a_clinic_are_advised_as_recommend_advises_them() -> None:
    advised, rejected = check(cohort(SOME, seed=SEED))

    assert advised > 0.9 * SOME and rejected > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_thousand_patients_of_a_clinic_are_advised_as_recommend_advises_them(seed: int) -> None:
    advised, rejected = check(cohort(ALL // 4, seed=100 + seed))

    assert advised > 0.9 * ALL // 4 and rejected > 0


@pytest.mark.parametrize("count", [18, pytest.param(36, marks=pytest.mark.slow)])
def test_damaged_patients_are_told_what_validate_tells_them(count: int) -> None:
    rng = random.Random(13)
    drawn = draw(count, seed=600)
    blocks = [block(damaged(p.data, rng, times=rng.randint(1, 3)), p.iri) for p in drawn]

    advised, rejected = check(blocks)

    assert advised > count / 12 and rejected > count / 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_many_damaged_patients_are_told_what_validate_tells_them(seed: int) -> None:
    rng = random.Random(seed)
    drawn = draw(300, seed=700 + seed)

    check([block(damaged(p.data, rng, times=rng.randint(1, 4)), p.iri) for p in drawn])


def test_some_examples_are_advised_as_recommend_advises_them() -> None:
    advised, _ = check([example(path) for path in EXAMPLES[::3]])

    assert advised == len(EXAMPLES[::3]) > 6


@pytest.mark.slow
def test_the_examples_are_advised_as_recommend_advises_them() -> None:
    advised, _ = check([example(path) for path in EXAMPLES])

    assert advised == len(EXAMPLES) > 20


@pytest.mark.slow
def test_random_patients_are_advised_as_recommend_advises_them() -> None:
    drawn = [block_of(p.triples(), p.iri.value) for p in random_patients(60, seed=11)]

    advised, _ = check(drawn)

    assert advised > 50


@pytest.mark.parametrize("count", [6, pytest.param(20, marks=pytest.mark.slow)])
def test_a_day_to_advise_for_counts_for_each_patient(count: int) -> None:
    blocks = [block_of(p.triples(), p.iri.value) for p in random_patients(count, seed=12)]
    day = date(2026, 3, 1)

    check(blocks, as_of=day)

    assert together(blocks[:5], as_of=day) != together(blocks[:5])
