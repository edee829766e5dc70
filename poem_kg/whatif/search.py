"""The smallest sets of changes that would change how a therapy stands, exactly.

For a therapy and a goal (a standing with its line, not being offered, or a readiness) the search
finds every smallest set of changes, at most one for each open fact, after which the derivation
reaches the goal and the patient violates no shape. It builds sets from the empty one. Where a set
misses the goal, the derivation tells why: the therapy stands otherwise, a requirement brings a
worse readiness, or none brings a readiness so bad. What a reason rests on is read from the prepared
knowledge (`dependencies`), so a larger set can only reach the goal if it also changes one of the
facts that bear on that reason; the search goes on with each of those and with no other. A goal set
is therefore reached by a chain of its own subsets. Reasons that share no fact need a change each,
which bounds from below how many are missing; sets are taken in the order of that bound. When a set
is found, all of that size have been found once the bound passes it. Nothing makes up for a record
that stays and speaks for what must not be there. Running out of sets proves that there is none.
Only the number of patients derived is limited; where that ends the search, the result says up to
which size nothing was found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.explain.why_not import Therapies
from poem_kg.knowledge import Knowledge
from poem_kg.model import Shown
from poem_kg.namespaces import POEMKG, RDF
from poem_kg.whatif.answers import Answers
from poem_kg.whatif.dependencies import Dependencies, Settled
from poem_kg.whatif.hypotheses import Change, ChangeSet, Hypotheses
from poem_kg.whatif.open_facts import open_facts
from poem_kg.whatif.variants import NOT_OFFERED, Outcome, Variant, Variants

PATIENTS: Final = 1000
"""How many hypothetical patients one answer may take; four to ten milliseconds each."""

SHARE: Final = 4
"""One goal may take one part in so many of them."""

SHOWN: Final = 6
"""How many sets of changes are given for one goal; their number is told in full."""

STANDING: Final = "standing"
READINESS: Final = "readiness"
_NOTHING: Final[ChangeSet] = frozenset()
_BATCH: Final = 100


@dataclass(frozen=True, kw_only=True)
class Way:
    """One set of changes, and how the therapy stands after it."""

    changes: tuple[Change, ...]
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What it takes to reach one goal.

    Attributes:
        aspect: "standing" or "readiness".
        standing: the standing to reach, or None: no longer offered.
        size: how many changes it takes; None where no set was found.
        number: how many sets of that size were found.
        ways: the first of them.
        complete: whether the search ended by itself: all sets of that size were found or, without
            a size, none of any size reaches the goal.
        none_up_to: where it did not: no set with so many changes or fewer reaches the goal.
    """

    aspect: str
    standing: str | None
    line: int | None
    readiness: str | None
    size: int | None
    number: int
    ways: tuple[Way, ...]
    complete: bool
    none_up_to: int | None


@dataclass(frozen=True, kw_only=True)
class TherapyWhatIf:
    """How one therapy stands now, and what would change that."""

    therapy: str
    label: str
    now: Outcome
    reaches: tuple[Reach, ...]


@dataclass(frozen=True, kw_only=True)
class WhatIf(Shown):
    """What would change the advice for a patient.

    Attributes:
        audience: for a "researcher" what is recorded could change as well.
        facts: how many facts are open.
        derived: how many hypothetical patients the answer rests on.
    """

    patient: str
    audience: str
    facts: int
    derived: int
    therapies: tuple[TherapyWhatIf, ...]


def what_if(
    knowledge: Knowledge,
    triples: Iterable[ox.Triple],
    *,
    patient: str,
    therapy: str | None = None,
    audience: str = "clinician",
    patients: int = PATIENTS,
) -> WhatIf:
    """Return the smallest sets of changes that would change standing or readiness.

    Args:
        knowledge: the ontology and what was prepared from it.
        triples: one valid patient, with `poemkg:asOf` where a day was asked for.
        patient: the IRI of the patient.
        therapy: only this one, by IRI, local name or label; by default all with a statement.
        audience: for a "researcher" what is recorded can change too.
        patients: how many hypothetical patients to derive at most.

    Raises:
        InputError: no statement gives a therapy of that name a standing.
    """
    dependencies = Dependencies(knowledge)
    answers = Answers(knowledge, dependencies)
    hypotheses = open_facts(
        knowledge, answers, dependencies, triples, patient=patient, audience=audience
    )
    search = Search(knowledge, dependencies, hypotheses, patients=patients)
    chosen = _chosen(therapy, dependencies.therapies, knowledge)
    return WhatIf(
        patient=patient,
        audience=audience,
        facts=len(hypotheses.facts),
        therapies=search.therapies(chosen),
        derived=search.variants.derived,
    )


def _chosen(name: str | None, therapies: tuple[str, ...], knowledge: Knowledge) -> tuple[str, ...]:
    if name is None:
        return therapies
    named = Therapies(knowledge).named(name, argument="--option")
    chosen = tuple(therapy for therapy in therapies if therapy in named)
    if not chosen:
        known = ", ".join(knowledge.label(t) for t in therapies)
        raise InputError(
            f"--option {name}", "has no statement in these sources", f"choose: {known}"
        )
    return chosen


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What a therapy is to become, in one aspect."""

    therapy: str
    aspect: str
    outcome: Outcome

    def reached(self, outcome: Outcome) -> bool:
        """Return whether an outcome is what is wanted."""
        if self.aspect == READINESS:
            return outcome.readiness == self.outcome.readiness
        return (outcome.standing, outcome.line) == (self.outcome.standing, self.outcome.line)


class Search:
    """The search for smallest sets of changes; hypothetical patients are shared by all goals.

    Args:
        knowledge: what to derive with.
        dependencies: what decisions rest on.
        hypotheses: the patient and the open facts.
        patients: how many hypothetical patients to derive at most.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        dependencies: Dependencies,
        hypotheses: Hypotheses,
        *,
        patients: int = PATIENTS,
    ) -> None:
        self._knowledge = knowledge
        self._dependencies = dependencies
        self._facts = hypotheses.facts
        self._bearing = {
            criterion: {
                f.concept
                for f in hypotheses.facts
                if not f.touches.isdisjoint(dependencies.state(criterion))
            }
            for criterion in dependencies.pivots
        }
        self._limit = patients
        self._lasting = hypotheses.lasting
        self.variants = Variants(knowledge, hypotheses)
        members = dependencies.index.having(RDF + "type", POEMKG + "Readiness")
        orders = {m: int(dependencies.index.one(m, POEMKG + "order") or 0) for m in members}
        self._readiness = dict(sorted(orders.items(), key=lambda item: item[1]))
        self._codes = {knowledge.notation(m): m for m in self._readiness}

    def therapies(self, therapies: Sequence[str]) -> tuple[TherapyWhatIf, ...]:
        """Return how therapies stand and what each other standing and readiness takes."""
        goals = [goal for therapy in therapies for goal in self.goals(therapy)]
        # What is asked for most comes first, in case the patients do not suffice for all.
        self.variants.after([frozenset({c}) for f in self._facts for c in f.changes])
        urgent = sorted(goals, key=lambda g: (g.aspect != STANDING, self._badness(g)))
        reached = {goal: self.reach(goal) for goal in urgent}
        now = self.variants.outcomes(_NOTHING)
        return tuple(
            TherapyWhatIf(
                therapy=therapy,
                label=self._knowledge.label(therapy),
                now=now.get(therapy, Outcome()),
                reaches=tuple(reached[goal] for goal in goals if goal.therapy == therapy),
            )
            for therapy in therapies
        )

    def goals(self, therapy: str) -> Iterator[Goal]:
        """Yield what a therapy could become: other standings, then readiness, best first.

        Of a therapy that is not offered it is asked only how it would be, and be ready.
        """
        now = self.variants.outcomes(_NOTHING).get(therapy, Outcome())
        possible = sorted(self._dependencies.standings(therapy), key=str)
        standings = [(self._knowledge.notation(s), line) for s, line in possible]
        for standing, line in [*standings, (None, None)]:
            outcome = Outcome(standing=standing, line=line)
            if (standing, line) != (now.standing, now.line):
                yield Goal(therapy=therapy, aspect=STANDING, outcome=outcome)
        best = next(reversed(self._codes))
        for code in reversed(self._codes):
            if code != now.readiness and (now.readiness or code == best):
                yield Goal(therapy=therapy, aspect=READINESS, outcome=Outcome(readiness=code))

    def reach(self, goal: Goal) -> Reach:
        """Return every smallest set of changes that reaches a goal."""
        waiting: dict[int, list[ChangeSet]] = defaultdict(list, {0: [_NOTHING]})
        seen = {_NOTHING}
        found: list[ChangeSet] = []
        allowed = min(self.variants.derived + self._limit // SHARE, self._limit)
        bound, complete = 0, True
        while waiting and complete and not found:
            bound = min(waiting)
            stack = waiting.pop(bound)
            while stack:
                batch, stack = stack[-_BATCH:], stack[:-_BATCH]
                if self.variants.derived >= allowed and self.variants.missing(batch):
                    complete = False
                    break
                for changes, variant in zip(batch, self.variants.after(batch), strict=True):
                    if goal.reached(variant.states.get(goal.therapy, NOT_OFFERED).outcome):
                        if self.variants.consistent(changes):
                            found.append(changes)
                        continue
                    needed, branch = self._missing(goal, variant, changes)
                    if needed is None:
                        continue
                    if len(changes) + needed > bound:
                        waiting[len(changes) + needed].append(changes)
                        continue
                    children = [c for x in branch if (c := changes | {x}) not in seen]
                    seen.update(children)
                    stack += children
        return self._reach(goal, found, none_up_to=None if complete else max(0, bound - 1))

    def _missing(
        self, goal: Goal, variant: Variant, changes: ChangeSet
    ) -> tuple[int | None, tuple[Change, ...]]:
        """How many changes are missing at least, None where none will do, and one set to try."""
        used = {change.concept for change in changes}
        reasons = [
            [f for f in self._facts if f.concept not in used and not f.touches.isdisjoint(criteria)]
            for criteria in self._reasons(goal, variant, self._settled(variant, used))
        ]
        reasons.sort(
            key=lambda facts: (sum(len(f.changes) for f in facts), [f.concept for f in facts])
        )
        if not reasons[0]:
            return None, ()
        taken: set[str] = set()
        apart = 0
        for facts in reasons:
            if taken.isdisjoint(f.concept for f in facts):
                apart += 1
                taken.update(f.concept for f in facts)
        return apart, tuple(change for fact in reasons[0] for change in fact.changes)

    def _badness(self, goal: Goal) -> int:
        code = goal.outcome.readiness
        return -self._readiness[self._codes[code]] if code else 0

    def _settled(self, variant: Variant, used: set[str]) -> Settled:
        """The criteria that decide what can matter and that no further change bears on."""
        fixed = {c for c, facts in self._bearing.items() if facts <= used}
        return Settled(met=variant.met & fixed, failed=variant.failed & fixed)

    def _reasons(self, goal: Goal, variant: Variant, settled: Settled) -> list[frozenset[str]]:
        """Why a goal is missed: for each reason the criteria that it rests on."""
        rests, therapy = self._dependencies, goal.therapy
        state = variant.states.get(therapy, NOT_OFFERED)
        if goal.aspect == STANDING or state == NOT_OFFERED:
            return [rests.standing(therapy, settled=settled)]
        wanted = self._codes[goal.outcome.readiness or ""]
        worse = [b for b in state.brought if self._readiness[b[2]] < self._readiness[wanted]]
        barring = rests.barring(therapy)
        if any(
            criterion in self._lasting and (criterion, k) in barring for criterion, k, _ in worse
        ):
            return [frozenset()]
        reasons = [
            rests.requirement(therapy, criterion, kind, settled=settled)
            for criterion, kind, _ in worse
        ]
        brought = {readiness for _, _, readiness in state.brought}
        if wanted not in brought and wanted in self._dependencies.brought:
            reasons.append(rests.bringing(therapy, wanted, state.there, settled=settled))
        return reasons

    def _reach(self, goal: Goal, found: list[ChangeSet], *, none_up_to: int | None) -> Reach:
        ordered = sorted(
            (tuple(sorted(changes, key=lambda c: c.key)) for changes in found),
            key=lambda changes: [c.key for c in changes],
        )
        ways = [
            Way(
                changes=changes,
                outcome=self.variants.outcomes(frozenset(changes)).get(goal.therapy, Outcome()),
            )
            for changes in ordered[:SHOWN]
        ]
        return Reach(
            aspect=goal.aspect,
            standing=goal.outcome.standing,
            line=goal.outcome.line,
            readiness=goal.outcome.readiness,
            size=len(ordered[0]) if ordered else None,
            number=len(ordered),
            ways=tuple(ways),
            complete=none_up_to is None,
            none_up_to=none_up_to,
        )
