"""Drawn patients: let in, unlike each other, close to ready, and about what the versions say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from poem_kg.changes.drawing import Drawn, draw
from poem_kg.changes.recordable import Recordable
from poem_kg.changes.running import cases_of
from poem_kg.changes.trying import Trial
from poem_kg.knowledge import load_knowledge
from poem_kg.namespaces import CRITERION, POEMKG, STATEMENT
from poem_kg.whatif.recording import Fact
from tests.derivation.test_litmus import with_invented_guideline
from tests.derivation.view import knowledge

COUNT = 200


@pytest.fixture(scope="module")
def version() -> Recordable:
    return Recordable(knowledge())


@pytest.fixture(scope="module")
def drawn(version: Recordable) -> list[Drawn]:
    return list(draw(COUNT, seed=1, versions=[version, version]))


def test_no_two_are_alike_and_each_has_facts(drawn: list[Drawn]) -> None:
    assert len({patient.facts for patient in drawn}) == COUNT
    assert all(patient.facts for patient in drawn)


def test_they_are_let_in_and_meet_every_readiness(version: Recordable, drawn: list[Drawn]) -> None:
    cases = {number: text for number, text, _ in cases_of(drawn, version, version)}
    outcomes = Trial(knowledge()).of_drawn(cases).values()
    assert sum(bool(outcome.refused) for outcome in outcomes) <= COUNT // 100
    found = Counter(o.value("readiness") for outcome in outcomes for o in outcome.options.values())
    names = ("ready", "needsAction", "needsInformation", "blocked", "withheld")
    assert {name for name in names if found[POEMKG + name]} == set(names)
    assert found[POEMKG + "ready"] > COUNT // 10
    standings = {o.value("standing") for outcome in outcomes for o in outcome.options.values()}
    assert len(standings) == 4


def test_every_criterion_that_a_record_can_meet_is_met_by_somebody(
    version: Recordable, drawn: list[Drawn]
) -> None:
    met = {c for patient in drawn for fact in patient.facts for c in version.meets(fact)}
    assert not {c for c in version.meeting if c not in met}


def test_what_a_record_settles_is_found_out_by_deriving_it(version: Recordable) -> None:
    child = CRITERION + "child"
    assert {f.value for f in version.meeting[child]} == {"17"}
    assert {f.value for f in version.failing[child]} == {"18"}
    absent = Fact(POEMKG + "AchalasiaTypeI", "absent")
    assert CRITERION + "achalasia-type-i" in version.fails(absent)
    assert version.meets(Fact(POEMKG + "AchalasiaTypeI", "provisional")) == frozenset()


def test_every_other_patient_is_drawn_around_what_differs(tmp_path: Path) -> None:
    new = Recordable(load_knowledge(ontology=with_invented_guideline(tmp_path)))
    old = Recordable(knowledge())
    focus = {STATEMENT + "litmus-preference"}
    patients = list(draw(100, seed=1, versions=[old, new], focus=focus))
    around = Counter(patient.around in focus for patient in patients)
    assert around[True] >= 20, "half of them, where the new version is drawn from"
    glass = [p for p in patients if any("GlassOesophagus" in f.concept for f in p.facts)]
    before, after = zip(*((b, a) for _, b, a in cases_of(glass, old, new)), strict=True)
    assert not any(b"GlassOesophagus" in text for text in before), "the old one lacks the word"
    assert all(b"GlassOesophagus" in text for text in after)


def test_nothing_is_drawn_where_nothing_is_said(version: Recordable) -> None:
    assert list(draw(5, seed=1, versions=[])) == []
