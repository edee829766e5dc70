"""What-if finds every smallest set of changes: held against deriving every set there is."""

from __future__ import annotations

import pytest

from poem_kg.whatif.hypotheses import ChangeSet, Hypotheses
from poem_kg.whatif.search import SHOWN, Goal, Reach, Search
from poem_kg.whatif.variants import Outcome, Variants
from tests.derivation.view import knowledge, local
from tests.whatif.drawn import dependencies, derived, every_set, few_open


def _smallest(goal: Goal, sets: list[ChangeSet], patients: Variants) -> list[ChangeSet]:
    """The smallest sets that reach a goal, by looking at every one."""
    found: list[ChangeSet] = []
    for changes, variant in zip(sets, patients.after(sets), strict=True):
        if found and len(changes) > len(found[0]):
            break
        state = variant.states.get(goal.therapy)
        outcome = state.outcome if state else Outcome()
        if goal.reached(outcome) and patients.consistent(changes):
            found.append(changes)
    return found


def _told(reach: Reach) -> tuple[int | None, int, set[ChangeSet]]:
    return reach.size, reach.number, {frozenset(way.changes) for way in reach.ways}


def _compare(hypotheses: Hypotheses) -> int:
    """Hold every goal of a patient against brute force; return how many were reached."""
    search = Search(knowledge(), dependencies(), hypotheses, patients=10**6)
    sets = every_set(hypotheses)
    patients = derived(hypotheses)
    reached = 0
    for therapy in search.therapies(dependencies().therapies):
        goals = list(search.goals(therapy.therapy))
        for goal, reach in zip(goals, therapy.reaches, strict=True):
            smallest = _smallest(goal, sets, patients)
            size, number, shown = _told(reach)
            what = f"{hypotheses.patient}: {local(goal.therapy)} {goal.aspect} {goal.outcome}"
            assert reach.complete, what
            assert size == (len(smallest[0]) if smallest else None), what
            assert number == len(smallest), what
            assert shown <= set(smallest), what
            assert len(shown) == min(SHOWN, number), what
            reached += bool(smallest)
    return reached


# Each makes such a patient at once, where the knowledge is as it was when they were picked; one
# draw in fifty does.
LUCKY = (369, 467, 947, 1167, 1265, 1486)


def test_what_if_equals_brute_force() -> None:
    reached = [_compare(h) for seed in LUCKY for h in few_open(1, seed=seed, most=120)]

    assert sum(reached) > 8


@pytest.mark.slow
def test_what_if_equals_brute_force_with_up_to_8_open_facts() -> None:
    patients = list(few_open(12, seed=12, most=800))

    reached = [_compare(h) for h in patients]

    assert sum(reached) > 12
    assert 4 < max(len(h.facts) for h in patients) <= 8
