"""Every invariant on a sample of each kind of patient; `make invariants` checks all of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest

from poem_kg.derivation import derive
from tests.derivation.view import knowledge, local, see_all
from tests.generated.patients import draw_patients
from tests.invariants.checking import Subject, Tally, batches, check, facts_of
from tests.invariants.composition import Composition
from tests.invariants.enumeration import (
    ABSENT,
    DECIDING,
    OUTFLOW,
    coupled_choices,
    disorder_choices,
    factor_choices,
    random_choices,
)
from tests.invariants.factors import Choice, choice, factors
from tests.invariants.full_run import describe, sample
from tests.invariants.independence import coupled
from tests.invariants.outcome import Outcome, read_outcomes
from tests.invariants.page import SEED
from tests.invariants.registry import INVARIANTS
from tests.invariants.twins import made_ready, without_weak

EACH = 60


def checked(subjects: Iterable[Subject]) -> Tally:
    """Return what came of checking patients."""
    whole = Tally()
    for batch in batches(subjects):
        whole.add(check(batch))
    return whole


@pytest.mark.parametrize(
    "subjects",
    [disorder_choices, factor_choices, coupled_choices],
    ids=["disorders", "factors", "coupled"],
)
def test_the_invariants_hold_on_a_sample_of_the_enumerated_patients(
    subjects: Callable[[], Iterable[Choice]],
) -> None:
    tally = checked(sample(subjects(), size=EACH))
    assert [(name, describe(subject)) for name, subject in tally.broken] == []


def test_the_invariants_hold_on_random_patients() -> None:
    patients: list[Subject] = [*random_choices(EACH, seed=SEED + 1)]
    patients += draw_patients(EACH, seed=SEED + 1)
    tally = checked(patients)
    assert [(name, describe(subject)) for name, subject in tally.broken] == []


def test_there_are_enough_invariants() -> None:
    assert len(INVARIANTS) >= 18


@pytest.mark.parametrize("number", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_a_random_patient_is_what_its_parts_predict(number: int) -> None:
    subjects = [*random_choices(number, seed=SEED + 2)]
    composition = Composition()
    for subject, shown in checked(one for s in subjects for one in parts(s)).summaries:
        assert isinstance(subject, Choice)
        composition.learn(subject, shown)
    assert composition.conflicts == []
    for subject, shown in check(subjects).summaries:
        assert isinstance(subject, Choice)
        assert composition.predict(subject) == shown, describe(subject)


def parts(subject: Choice) -> Iterable[Choice]:
    """Yield the enumerated patients from which the advice on a patient is predicted."""
    yield choice("disorders", {name: subject.value(name) for name in DECIDING})
    for under in (OUTFLOW, ABSENT):
        for name in factors():
            if name not in DECIDING:
                yield choice("factors", {**under, name: subject.value(name)})
        for first, second in coupled():
            if not {first, second} <= set(DECIDING):
                pair = {name: subject.value(name) for name in (first, second)}
                yield choice("coupled", {**under, **pair})


def test_a_composition_notices_a_gate_whose_state_depends_on_something_else() -> None:
    one, other = (choice("factors", {"hernia": value}) for value in ("present", "absent"))
    composition = Composition()
    ((_, shown),) = check([one]).summaries
    composition.learn(one, shown)
    therapy, (stands, readiness, requirements) = next(iter(shown.items()))
    changed = {key: "unknown" if state == "met" else "met" for key, state in requirements.items()}
    composition.learn(other, {therapy: (stands, readiness, changed)})
    assert composition.conflicts


def test_weak_records_make_nothing_ready() -> None:
    drawn = [*draw_patients(EACH, seed=SEED + 3)]
    shown = check([one for d in drawn for one in (d, without_weak(d))]).summaries
    for (subject, as_recorded), (_, firm) in zip(shown[::2], shown[1::2], strict=True):
        assert made_ready(as_recorded, firm) == [], describe(subject)


def test_the_quick_reading_of_conclusions_is_that_of_the_advice() -> None:
    patients = [drawn.patient() for drawn in draw_patients(6, seed=SEED + 4)]
    patients += [c.patient(f"p{n}") for n, c in enumerate(random_choices(6, seed=SEED + 4))]
    derived = derive(knowledge(), [t for p in patients for t in p.triples()])
    quick = read_outcomes(derived.advice, [p.iri.value for p in patients])
    for view, told in zip(see_all(patients), quick, strict=True):
        assert set(view.options) == set(told.options)
        assert set(view.questions) == set(told.questions)
        assert set(view.tests) == {(test, local(s)) for test, s in told.tests}
        assert len(view.no_statement) == len(told.silent)
        assert len(view.notices) == len(told.notices)
        for name, option in view.options.items():
            assert_same(option, told, name)


def assert_same(option: object, told: Outcome, name: str) -> None:
    """Check one option of the advice against the quick reading."""
    quick = told.options[name]
    assert getattr(option, "rank", None) == quick.rank
    assert getattr(option, "readiness", "").replace("-", "") == quick.readiness.lower()
    assert getattr(option, "standing", "") == quick.standing.removesuffix("Standing")
    requirements = getattr(option, "requirements", ())
    states = {(local(r.criterion), r.state.replace("-", "")) for r in requirements}
    assert states == {(r.criterion, r.state.lower()) for r in quick.requirements}


def test_facts_know_what_counts() -> None:
    (subject,) = draw_patients(1, seed=SEED)
    facts = facts_of(subject)
    assert all(e.status != "enteredInError" for e in facts.counting)
    assert set(facts.latest) <= set(facts.counting) <= set(facts.entries)


def test_a_sample_spreads_over_all() -> None:
    subjects = [choice("", {"age": value}) for value in factors()["age"].values]
    random.Random(1).shuffle(subjects)
    assert len(sample(subjects, size=4)) == 4
