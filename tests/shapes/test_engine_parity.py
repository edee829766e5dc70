"""The fast engine and the reference engine find the same."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

from poem_kg.errors import ToolMissing
from poem_kg.validation import PatientValidator, validate_patient, validate_statements
from tests.shapes.support import (
    DEFECTS,
    EXAMPLES,
    PATIENTS,
    Case,
    knowledge,
    read,
    validator,
    with_defect,
)

SAMPLE_IDS = """
    contradiction-exclusive/1-two-types disagreement/3-two-results known-property/1-misspelt
    part-missing/4-share-of-no-study patient-age-agrees/1-six-years-apart
    record-value-number/1-double swallow-study/2-of-two-studies swallow-value-number/3-a-node
    value-sum/1-does-not-add-up
""".split()
"""Some in which the engines once differed, or that ask for what no other case asks for.

Every other case is compared by `make slow`.
"""
SAMPLE = [case for case in PATIENTS if case.id in SAMPLE_IDS]


@cache
def _reference() -> PatientValidator:
    return PatientValidator(knowledge(), engine="pyshacl")


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: case.id)
def test_both_engines_agree_on_a_sample_of_the_cases(case: Case) -> None:
    triples = case.triples()
    assert _reference().validate(triples).findings == validator().validate(triples).findings


@pytest.mark.slow
@pytest.mark.parametrize("case", PATIENTS, ids=lambda case: case.id)
def test_both_engines_agree_on_every_case(case: Case) -> None:
    triples = case.triples()
    assert _reference().validate(triples).findings == validator().validate(triples).findings


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_both_engines_agree_on_every_example(path: Path) -> None:
    triples = read(path)
    assert _reference().validate(triples).findings == validator().validate(triples).findings


def test_the_sample_is_whole() -> None:
    assert len(SAMPLE) == len(SAMPLE_IDS)


@pytest.mark.slow
def test_both_engines_agree_on_the_knowledge_with_every_defect_at_once() -> None:
    broken = knowledge()
    for case in DEFECTS:
        broken = with_defect(case, broken)
    fast = validate_statements(broken, engine="shacl").findings
    assert len({f.shape for f in fast}) > 40
    assert validate_statements(broken, engine="pyshacl").findings == fast


def test_without_the_fast_engine_the_reference_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shacl", None)
    report = validate_patient(knowledge(), SAMPLE[0].triples())
    assert report.engine == "pyshacl"
    assert not report.conforms


def test_an_engine_that_was_asked_for_and_is_missing_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "shacl", None)
    with pytest.raises(ToolMissing, match="shacl is not installed; pip install shacl"):
        validate_patient(knowledge(), (), engine="shacl")
