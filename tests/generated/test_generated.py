"""Random patients are deterministic, differ by name, are let in, and cover what they promise."""

from __future__ import annotations

from collections import Counter

import pytest

from poem_kg.validation import PatientValidator
from tests.derivation.view import knowledge
from tests.generated.draws import FACTORS
from tests.generated.patients import draw_patients, random_patients
from tests.invariants.independence import mentioned, prepared


def test_the_same_seed_gives_the_same_patients() -> None:
    first, again = ([p.triples() for p in random_patients(20, seed=3)] for _ in range(2))
    assert first == again
    assert first != [p.triples() for p in random_patients(20, seed=4)]


def test_each_patient_has_a_name_of_its_own() -> None:
    names = [p.iri for seed in (1, 2) for p in random_patients(50, seed=seed)]
    assert len(set(names)) == 100


def test_they_are_let_in_by_the_shapes() -> None:
    validator = PatientValidator(knowledge())
    patients = [p.triples() for p in random_patients(150, seed=11)]
    refused = sum(not validator.validate(triples).conforms for triples in patients)
    assert refused <= 1, f"{refused} of {len(patients)} are refused"


def test_every_criterion_that_advice_depends_on_is_drawn() -> None:
    entries = [e for drawn in draw_patients(400, seed=5) for e in drawn.entries()]
    names = {name for e in entries for name in (e.concept, e.result) if name}
    assert not mentioned(prepared()) - prepared().reached(names)


@pytest.mark.parametrize("factor", sorted({*FACTORS} - {"age"}))
def test_each_factor_has_every_status_and_dates_of_every_kind(factor: str) -> None:
    parts = [drawn.parts[factor] for drawn in draw_patients(900, seed=6)]
    statuses = Counter(e.status for part in parts for e in part)
    assert {"present", "absent", "provisional", "enteredInError"} <= set(statuses)
    assert len({e.date for part in parts for e in part}) >= 3
    assert any(not part for part in parts) or factor == "disorder"


def test_some_dates_are_asked_for() -> None:
    assert {drawn.as_of for drawn in draw_patients(200, seed=7)} > {""}
