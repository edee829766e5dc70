"""Patients drawn so that what the two versions say is exercised, the same for a seed.

Each is drawn around one statement of either version: its population, what it asks for and what
its therapies require are mostly put in place, so that many patients come close to being ready;
something else is recorded besides. Every other patient is drawn around something that differs
between the versions. How often something is met here says nothing about real patients.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from poem_kg.changes.recordable import PROVISIONAL, Recordable
from poem_kg.namespaces import POEMKG, RDF, RDFS
from poem_kg.whatif.answers import ABSENT, PRESENT
from poem_kg.whatif.recording import Fact

_CARE: Final = (0.2, 0.8, 0.95)
_BESIDES: Final = (0, 0, 1, 2, 3, 6)
_DATES: Final = ("2024-01-10", "2025-06-01", "2026-02-01")
_STATUSES: Final = (PRESENT, PRESENT, ABSENT, ABSENT, PROVISIONAL, "enteredInError")
_ABOUT: Final = ("better", "disorder", "therapy", "worse")
_ASKS: Final = ("when", "trigger", "requires", "excludedBy", "consider", "passedBy")
"""Properties of a statement that lead to criteria."""
_BARS: Final = "excludedBy"
"""The one of them whose criteria stand in the way when they are met."""
_SUBCLASS: Final = RDFS + "subClassOf"
_TRIES: Final = 40
"""How often another patient is drawn in place of one that was drawn before."""


@dataclass(frozen=True)
class Drawn:
    """A drawn patient.

    Attributes:
        number: from 1 on.
        around: the statement around which it was drawn.
        facts: sorted.
    """

    number: int
    around: str
    facts: tuple[Fact, ...]


def draw(
    count: int, *, seed: int, versions: Sequence[Recordable], focus: Collection[str] = ()
) -> Iterator[Drawn]:
    """Yield patients of whom no two are alike, as far as so many can be drawn.

    Args:
        count: how many.
        seed: the same seed gives the same patients for the same versions.
        versions: the facts and statements to draw from.
        focus: terms around which every other patient is drawn.
    """
    plans = [_Plan(version, frozenset(focus)) for version in versions]
    plans = [plan for plan in plans if plan.targets]
    if not plans:
        return
    seen: set[tuple[Fact, ...]] = set()
    for number in range(1, count + 1):
        rng = random.Random(f"{seed}/{number}")
        for _ in range(_TRIES):
            # What is new should be met more often than what is gone.
            plan = plans[-1] if rng.random() < 0.6 else plans[0]
            around, facts = plan.patient(rng, focused=number % 2 == 1)
            if facts not in seen:
                break
        seen.add(facts)
        yield Drawn(number, around, facts)


class _Plan:
    """One version as something to draw from."""

    def __init__(self, version: Recordable, focus: frozenset[str]) -> None:
        self._version = version
        self._index = version.index
        self._concepts = tuple(version.facts)
        self._offering = self._offers()
        kinds = self._kinds_of_statement()
        self.targets = tuple(
            sorted(
                statement
                for kind in kinds
                for statement in self._index.having(RDF + "type", kind)
                if any(self._all(statement, name) for name in (*_ABOUT, *_ASKS))
            )
        )
        self._focused = tuple(s for s in self.targets if s in focus)
        self._criteria = tuple(sorted(version.criteria & focus))

    def patient(self, rng: random.Random, *, focused: bool) -> tuple[str, tuple[Fact, ...]]:
        """Return the statement around which a patient is drawn, and the facts."""
        care = rng.choice(_CARE)
        facts: dict[str, Fact] = {}
        target = rng.choice(self._focused if focused and self._focused else self.targets)
        if focused and self._criteria:
            self._settle(rng.choice(self._criteria), rng.random() < 0.6, facts, rng)
        self._put_in_place(target, care, facts, rng)
        therapies = self._therapies(target)
        if therapies:
            self._offer(rng.choice(therapies), target, care, facts, rng)
        for _ in range(rng.choice(_BESIDES)):
            self._anything(rng.choice(self._concepts), facts, rng)
        return target, tuple(sorted(facts.values()))

    def _offer(
        self, therapy: str, target: str, care: float, facts: dict[str, Fact], rng: random.Random
    ) -> None:
        """Put in place what brings a therapy in, and what it requires."""
        offering = self._offering[therapy]
        if target not in offering:
            self._put_in_place(rng.choice(offering), care, facts, rng)
        silences = self._all(therapy, "hasSilence")
        gates = [*self._all(therapy, "hasGate"), *silences]
        rng.shuffle(gates)  # where two contradict each other, another one holds another time
        spoilt = gates[:1] if rng.random() < 0.5 else []
        for gate in gates:
            barred = gate in silences or "true" in self._all(gate, "excludes")
            for criterion in self._all(gate, "gateCriterion"):
                if gate in spoilt:
                    self._settle(criterion, barred, facts, rng)
                else:
                    self._mostly(criterion, not barred, care, facts, rng)

    def _put_in_place(
        self, statement: str, care: float, facts: dict[str, Fact], rng: random.Random
    ) -> None:
        disorders = self._all(statement, "disorder")
        if disorders:
            criteria = self._index.having(POEMKG + "onClass", rng.choice(disorders))
            plain = [c for c in criteria if not self._all(c, "requiresResult")]
            if plain:
                self._settle(plain[0], True, facts, rng)
        for name in _ASKS:
            for criterion in self._all(statement, name):
                self._mostly(criterion, name != _BARS, care, facts, rng)

    def _mostly(
        self, criterion: str, wanted: bool, care: float, facts: dict[str, Fact], rng: random.Random
    ) -> None:
        """Settle a criterion as wanted, or where less care is taken in any way or not at all."""
        if rng.random() < care:
            self._settle(criterion, wanted, facts, rng)
        elif rng.random() < 0.6:
            self._settle(criterion, rng.random() < 0.5, facts, rng)

    def _settle(
        self, criterion: str, wanted: bool, facts: dict[str, Fact], rng: random.Random
    ) -> None:
        ways = (self._version.meeting if wanted else self._version.failing).get(criterion)
        if ways:
            self._add(rng.choice(ways), facts, rng)
            return
        for part in self._all(criterion, "part"):
            self._settle(part, wanted, facts, rng)

    def _anything(self, concept: str, facts: dict[str, Fact], rng: random.Random) -> None:
        sure = rng.choice(self._version.facts[concept])
        status = rng.choice(_STATUSES)
        if sure.value or status in (PRESENT, ABSENT):
            self._add(sure, facts, rng)
        else:
            self._add(Fact(concept, status), facts, rng)

    def _add(self, fact: Fact, facts: dict[str, Fact], rng: random.Random) -> None:
        """Record a fact unless it, or what contradicts it, is recorded."""
        if fact.concept in facts:
            return
        met, failed = self._version.meets(fact), self._version.fails(fact)
        for other in facts.values():
            if met & self._version.fails(other) or failed & self._version.meets(other):
                return
        date = rng.choice(_DATES) if rng.random() < 0.3 else ""
        facts[fact.concept] = Fact(fact.concept, fact.status, fact.result, fact.value, date)

    def _therapies(self, statement: str) -> list[str]:
        """The therapies that a statement is about; else those offered in its disorder; else all."""
        named = {t for n in ("therapy", "better", "worse") for t in self._all(statement, n)}
        own = [t for t in self._offering if not named.isdisjoint(self._all(t, "isKindOf"))]
        if own or named:
            return own
        disorders = set(self._all(statement, "disorder"))
        return [
            therapy
            for therapy, offers in self._offering.items()
            if not disorders
            or any(not disorders.isdisjoint(self._all(o, "disorder")) for o in offers)
        ]

    def _offers(self) -> dict[str, list[str]]:
        """Therapy to the statements that give it a standing, both sorted."""
        found: dict[str, set[str]] = {}
        for application in self._index.having(POEMKG + "bearsStanding", "true"):
            for therapy in self._all(application, "onTherapy"):
                found.setdefault(therapy, set()).update(self._all(application, "ofStatement"))
        return {therapy: sorted(found[therapy]) for therapy in sorted(found) if found[therapy]}

    def _kinds_of_statement(self) -> tuple[str, ...]:
        below = {POEMKG + "Statement"}
        waiting = list(below)
        while waiting:
            for name in self._index.having(_SUBCLASS, waiting.pop()):
                if name not in below:
                    below.add(name)
                    waiting.append(name)
        return tuple(sorted(below))

    def _all(self, subject: str, name: str) -> tuple[str, ...]:
        return self._index.all(subject, POEMKG + name)
