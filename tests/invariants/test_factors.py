"""The factors cover what advice depends on, and what follows from the knowledge about them."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import pytest

from poem_kg.validation import PatientValidator
from tests.derivation.view import knowledge
from tests.invariants.checking import outcomes
from tests.invariants.composition import gates
from tests.invariants.enumeration import DECIDING, UNDER, gate_factors
from tests.invariants.factors import Factor, choice, factors
from tests.invariants.independence import (
    bearing_on,
    coupled,
    mentioned,
    offers,
    prepared,
    reach,
    reaching,
)


def test_every_criterion_that_advice_depends_on_is_reached_by_a_factor() -> None:
    reached = frozenset(chain.from_iterable(map(reach, factors().values())))
    missing = sorted(mentioned(prepared()) - reached)
    assert not missing, f"tests/invariants/factors.py has no factor for {missing}"


@pytest.mark.parametrize("factor", factors().values(), ids=factors())
def test_every_factor_changes_something_that_advice_depends_on(factor: Factor) -> None:
    assert reach(factor) & mentioned(prepared())


@pytest.mark.parametrize("factor", factors().values(), ids=factors())
def test_every_value_is_let_in_by_the_shapes(factor: Factor) -> None:
    validator = PatientValidator(knowledge())
    refused = [
        value
        for value in factor.values
        if not validator.validate(choice("", {factor.name: value}).patient("p").triples()).conforms
    ]
    assert not refused


def test_no_two_values_of_a_factor_are_the_same_records() -> None:
    for factor in factors().values():
        twice = [e for e, n in Counter(factor.values.values()).items() if n > 1]
        assert not twice, f"{factor.name}: {twice}"


def test_at_the_background_everything_about_poem_is_ready() -> None:
    ((_, told),) = outcomes([choice("", {})])
    assert {o.therapy for o in told.options.values() if o.readiness == "ready"} == {
        "LaparoscopicHellerMyotomy",
        "PerOralEndoscopicMyotomy",
        "PneumaticDilation",
    }


def test_a_gate_is_reached_by_at_most_two_factors() -> None:
    crowded = {key: reaching(key[0]) for key in gates() if len(reaching(key[0])) > 2}
    assert not crowded, f"pairs of factors are not enough for {crowded}"


def test_the_disorders_bring_in_every_gate() -> None:
    brought = set()
    for _, told in outcomes([choice("", under) for under in UNDER]):
        for option in told.options.values():
            brought |= {(r.criterion, r.kind) for r in option.requirements}
    lacking = {key for key, gate in gates().items() if not gate.silent} - brought
    assert {kind for _, kind in lacking} <= {"diagnosisGate"}, lacking


def test_tests_and_therapies_meet_because_a_therapy_makes_tests_stale() -> None:
    assert ("support tests", "therapies") in coupled()
    assert ("mimics and imaging", "therapies") in coupled()


def test_what_an_operator_has_done_does_not_go_stale() -> None:
    assert reaching("procedure-count-floor") == ("experience",)


def test_findings_on_which_data_are_lacking_reach_no_gate() -> None:
    findings = {"hernia", "sigmoid", "diverticulum", "dilation"}
    assert not findings & {*gate_factors(), *DECIDING}


@pytest.mark.parametrize(("disorder", "therapy"), offers())
def test_the_disorder_always_bears_on_its_therapies(disorder: str, therapy: str) -> None:
    assert bearing_on(disorder, therapy)["disorder"] == "readiness"
