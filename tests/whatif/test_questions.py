"""What next: the questions of the advice, what each answer changes, how long asking takes."""

from __future__ import annotations

from itertools import islice

import pytest

from benchmarks.questions import MOST, patients
from poem_kg.advice import Conclusions
from poem_kg.derivation import derive
from poem_kg.whatif.questions import WhatNext, what_next
from tests.derivation.patients import Patient
from tests.derivation.view import HELLER, POEM, knowledge, local, see


def _next(patient: Patient) -> WhatNext:
    triples, iri = patient.triples(), patient.iri.value
    questions = Conclusions(knowledge(), derive(knowledge(), triples), iri).questions()
    return what_next(knowledge(), triples, questions, patient=iri)


def _ready_for_poem(**known: bool) -> Patient:
    patient = Patient().has("AchalasiaTypeIII").in_place_without_operator()
    return patient.operator(120, trained=known.get("trained"))


def test_the_questions_are_those_of_the_advice_in_its_order() -> None:
    patient = Patient().has("AchalasiaTypeII", date="2026-03-02").provisional("GastricCancer")

    asked = [local(question.criterion) for question in _next(patient).questions]

    assert asked == see(patient).questions
    assert len(asked) > 5


def test_an_answer_tells_what_it_changes() -> None:
    (first, *_) = _next(_ready_for_poem()).questions

    effects = {
        answer.change.status: {local(e.therapy): e.after.readiness for e in answer.effects}
        for answer in first.answers
    }

    assert local(first.criterion) == "specialised-training"
    assert effects == {"present": {POEM: "ready"}, "absent": {POEM: "blocked"}}


def test_an_exclusion_is_asked_first_and_withholds_everything() -> None:
    patient = Patient().has("AchalasiaTypeIII").in_place_without_mimics()

    (first, *_) = _next(patient).questions

    assert (first.rank, first.kind) == (1, "exclusion")
    (present,) = (
        a
        for a in first.answers
        if (local(a.change.concept), a.change.status) == ("AchalasiaMimic", "present")
    )
    after = {local(e.therapy): e.after.readiness for e in present.effects}
    assert after == {POEM: "withheld", HELLER: "withheld"}


def test_a_question_that_decides_nothing_has_no_answers() -> None:
    questions = _next(_ready_for_poem(trained=True)).questions

    assert [q.kind for q in questions if not q.answers] == ["selection-factor"] * len(questions)
    assert questions


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_no_order_needs_fewer_questions_than_the_best(seed: int) -> None:
    lengths = [asking.length() for asking in islice(patients(knowledge(), seed=seed), 2)]

    for length in lengths:
        assert 2 <= length.facts <= MOST
        assert 0 < length.best <= length.ours <= length.facts
        assert length.best <= length.random
