"""A value meets a measure criterion within its bounds, fails it beyond the others, else neither.

Every bound that a criterion can have is tried alone and with each of its other side, on values
below, at, between and above them.
"""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from poem_kg.knowledge import Knowledge
from tests.derivation.patients import Patient
from tests.derivation.view import changed_knowledge, see_all
from tests.queries.test_bounds import MET, NOT_MET

LOW, HIGH = 4.0, 5.0
LOWER = [m for m in MET if m in ("metFrom", "metAbove")]
BANDS = [
    {lower: LOW, upper: HIGH}
    for lower, upper in itertools.product(LOWER, [m for m in MET if m not in LOWER])
]
SIDES = [
    {met: HIGH if met in LOWER else LOW, unmet: LOW if met in LOWER else HIGH}
    for met, unmet in itertools.product(MET, NOT_MET)
    if (met in LOWER) == (unmet in ("notMetBelow", "notMetUpTo"))
]
CRITERIA = {"-".join(bounds): bounds for bounds in (*SIDES, *BANDS)}
VALUES = (3.9, LOW, 4.5, HIGH, 5.1)


@cache
def bounded() -> Knowledge:
    """The knowledge with a criterion for each set of bounds."""
    text = "".join(
        f"criterion:{name} a poemkg:MeasureCriterion ; poemkg:onMeasure poemkg:DistalLatency"
        + "".join(f" ; poemkg:{bound} {value}" for bound, value in bounds.items())
        + " .\n"
        for name, bounds in CRITERIA.items()
    )
    text += """criterion:of-texts a poemkg:MeasureCriterion ;
        poemkg:onMeasure poemkg:DistalLatency ; poemkg:metFrom "4.0" ; poemkg:notMetBelow "4.0" .
"""
    with TemporaryDirectory() as folder:
        return changed_knowledge(Path(folder), files={"criteria.ttl": text})


def expected(bounds: dict[str, float], value: float) -> str:
    """What the bounds make of a value, tried on the value."""
    if any(NOT_MET[name](value, bound) for name, bound in bounds.items() if name in NOT_MET):
        return "not met"
    met = all(MET[name](value, bound) for name, bound in bounds.items() if name in MET)
    return "met" if met else "unknown"


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, float], str]:
    """What each value comes to by each criterion."""
    patients = [Patient(str(n)).measure("DistalLatency", v) for n, v in enumerate(VALUES)]
    views = zip(VALUES, see_all(patients, known=bounded()), strict=True)
    names = (*CRITERIA, "of-texts")
    return {(name, value): view.truth(name) for value, view in views for name in names}


@pytest.mark.parametrize("name", CRITERIA)
def test_every_bound_is_read(found: dict[tuple[str, float], str], name: str) -> None:
    assert [found[name, value] for value in VALUES] == [
        expected(CRITERIA[name], value) for value in VALUES
    ]


def test_what_no_number_compares_with_decides_nothing(found: dict[tuple[str, float], str]) -> None:
    assert {found["of-texts", value] for value in VALUES} == {"unknown"}
