"""What is said of an incomplete study holds however its gaps are filled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.classification.completions import completions
from tests.classification.generate import incomplete_studies
from tests.classification.oracle import expected
from tests.classification.readings import Said, said_of
from tests.classification.studies import Pressure, Study

AT_MOST = 60
"""Completions of one study."""


def without_statements(study: Study) -> Study:
    """Leave out the reader's own counts, and yes or no beside a value, which may contradict it."""
    pressures = {
        position: p if p.value is None else Pressure(p.value, p.limit)
        for position, p in study.pressures.items()
    }
    return replace(study, shares={}, pressures=pressures)


STUDIES = tuple(without_statements(s) for s in incomplete_studies(150, seed=11) if s.swallows)


@pytest.fixture(scope="module")
def found() -> dict[str, Said]:
    return said_of(STUDIES)


def test_no_completion_contradicts_what_is_said(found: dict[str, Said]) -> None:
    wrong = []
    for study in STUDIES:
        for whole in completions(study, AT_MOST):
            truths = expected(whole)
            wrong += [
                f"{study.name}: {pattern} is {truth}, but {truths[pattern]} in {whole}"
                for pattern, truth in found[study.name].items()
                if truth is not None and truths[pattern] is not truth
            ]
    assert wrong[:3] == []


def test_there_is_something_to_contradict(found: dict[str, Said]) -> None:
    truths = [truth for said in found.values() for truth in said.values()]
    assert truths.count(True) > 30
    assert truths.count(False) > 1000
    assert truths.count(None) > 400
    assert sum(len(list(completions(study, AT_MOST))) for study in STUDIES) > 3000
