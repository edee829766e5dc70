"""Whatever a decision rests on is named, so no other change moves it; what-if rests on that."""

from __future__ import annotations

import random

import pytest

from poem_kg.derivation import derive
from poem_kg.namespaces import POEMKG
from poem_kg.whatif.dependencies import Settled
from poem_kg.whatif.hypotheses import DECIDED_BEFORE, ChangeSet, Hypotheses
from poem_kg.whatif.variants import NOT_OFFERED
from tests.derivation.patients import Patient
from tests.derivation.view import example, knowledge
from tests.generated.patients import random_patients
from tests.whatif.drawn import dependencies, derived, opened

DECISIONS = ("hasRequirement", "state", "bringsReadiness", "readiness", "standing", "line", "meets")
"""What the steps before DECIDED_BEFORE construct and no later one does."""

Step = tuple[ChangeSet, ChangeSet]


def _steps(hypotheses: Hypotheses, rng: random.Random, count: int) -> list[Step]:
    """Random sets of changes, each with a larger one by one change."""
    steps = []
    for _ in range(count):
        facts = rng.sample(hypotheses.facts, min(rng.randint(1, 8), len(hypotheses.facts)))
        changes = [rng.choice(fact.changes) for fact in facts]
        steps.append((frozenset(changes[1:]), frozenset(changes)))
    return steps


def _moved_otherwise(hypotheses: Hypotheses, steps: list[Step]) -> tuple[int, list[str]]:
    """The conclusions that moved, and those among them that the change was not said to bear on."""
    patients, rests = derived(hypotheses), dependencies()
    patients.after([s for step in steps for s in step])
    moved, surprises = 0, []
    for before, after in steps:
        (change,) = after - before
        fact = hypotheses.of(change)
        used = {c.concept for c in before}
        old, new = patients.after([before, after])
        fixed = {
            criterion
            for criterion in rests.pivots
            if all(
                f.concept in used or f.touches.isdisjoint(rests.state(criterion))
                for f in hypotheses.facts
            )
        }
        settled = Settled(met=old.met & fixed, failed=old.failed & fixed)
        for therapy in rests.therapies:
            was, now = (v.states.get(therapy, NOT_OFFERED) for v in (old, new))
            standing = rests.standing(therapy, settled=settled)
            if (was.outcome.standing, was.outcome.line) != (now.outcome.standing, now.outcome.line):
                moved += 1
                if fact.touches.isdisjoint(standing):
                    surprises.append(f"{change.key} moved the standing of {therapy}")
            if NOT_OFFERED in (was, now):
                continue
            for key in was.there:
                gone = key not in now.there
                brings = [{b for b in state.brought if b[:2] == key} for state in (was, now)]
                if gone or brings[0] != brings[1]:
                    moved += 1
                    if fact.touches.isdisjoint(rests.requirement(therapy, *key, settled=settled)):
                        surprises.append(f"{change.key} moved {key} of {therapy}")
            for criterion, kind, readiness in now.brought:
                if (criterion, kind) not in was.there:
                    moved += 1
                    named = rests.bringing(therapy, readiness, was.there, settled=settled)
                    if fact.touches.isdisjoint(named):
                        surprises.append(f"{change.key} brought {criterion} to {therapy}")
    return moved, surprises


@pytest.mark.parametrize("audience", ["clinician", "researcher"])
@pytest.mark.parametrize("story", ["S1b", "S4a", "S5", "S6a", "S10", "S12"])
def test_a_change_moves_only_what_is_said_to_rest_on_it(story: str, audience: str) -> None:
    hypotheses = opened(example(story), audience=audience)

    moved, surprises = _moved_otherwise(hypotheses, _steps(hypotheses, random.Random(story), 40))

    assert moved > 0
    assert surprises == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_change_moves_only_what_is_said_to_rest_on_it_in_random_patients(seed: int) -> None:
    moved = 0
    for patient in random_patients(10, seed=seed):
        hypotheses = opened(patient.triples(), audience="researcher")
        count, surprises = _moved_otherwise(hypotheses, _steps(hypotheses, random.Random(seed), 60))
        moved += count
        assert surprises == []

    assert moved > 0


def test_no_step_decides_after_those_that_what_if_runs() -> None:
    def decided(before: str | None) -> set[str]:
        patients = [
            *(p.triples() for p in random_patients(20, seed=3)),
            Patient("bare").has("AchalasiaTypeII").provisional("OpioidUse").triples(),
        ]
        graph = [triple for triples in patients for triple in triples]
        store = derive(knowledge(), graph, before=before).store
        names = {POEMKG + name for name in DECISIONS}
        return {str(q.triple) for q in store if q.predicate.value in names}

    partly = decided(DECIDED_BEFORE)

    assert len(partly) > 1000
    assert partly == decided(None)
