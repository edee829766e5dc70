"""Swallows are counted and limits applied as an independent oracle does it.

What is said of the complete studies is compared in `test_hermit`, which asks for it too.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.classification.generate import complete_studies, incomplete_studies
from tests.classification.oracle import expected
from tests.classification.readings import Said, said_of
from tests.classification.studies import Study

COMPLETE = complete_studies()
INCOMPLETE = tuple(incomplete_studies(400))


def differences(studies: tuple[Study, ...], found: dict[str, Said]) -> list[str]:
    """Return where the steps and the oracle differ."""
    return [
        f"{study.name}: {pattern} is {found[study.name].get(pattern)}, expected {truth}"
        for study in studies
        for pattern, truth in expected(study).items()
        if found[study.name].get(pattern) is not truth
    ]


def test_what_is_left_open_stays_open_as_by_the_oracle() -> None:
    assert differences(INCOMPLETE, said_of(INCOMPLETE)) == []


def test_nothing_else_is_said_than_the_oracle_knows_of() -> None:
    study = COMPLETE[0]
    assert said_of([study])[study.name].keys() == expected(study).keys()


@pytest.fixture(scope="module")
def every_expectation() -> list[Said]:
    return [expected(study) for study in (*COMPLETE, *INCOMPLETE)]


def test_every_pattern_is_met_by_some_studies_and_open_in_some(
    every_expectation: list[Said],
) -> None:
    met = Counter(p for said in every_expectation for p, truth in said.items() if truth)
    left = Counter(p for said in every_expectation for p, truth in said.items() if truth is None)
    assert [p for p in every_expectation[0] if met[p] < 5 or left[p] < 5] == []
