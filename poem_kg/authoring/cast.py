"""A patient in whom a statement shows, and one much like it in whom it does not.

Nothing about a therapy or a disorder is decided here. The facts come from what the statement names
and from the criteria it names; whether they are the right ones is found by deriving the advice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, product
from typing import Final

import pyoxigraph as ox

from poem_kg.authoring.facts import Facts, Ways, flat, joined
from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, PREFIXES, RDF, RDFS
from poem_kg.tracing.appearing import Appearance, appearances
from poem_kg.turtle import write_turtle
from poem_kg.validation import PatientValidator
from poem_kg.whatif.answers import ABSENT, PRESENT, Answers
from poem_kg.whatif.dependencies import Dependencies
from poem_kg.whatif.recording import Fact, Recorder, below, term

_MADE_UP: Final = "https://example.org/poem-kg/"
"""Below this are the IRIs of patients that do not exist."""

_TRIES: Final = 24
_DAY: Final = "2026-01-02"
_DAY_BEFORE: Final = "2026-01-01"
_REQUIREMENT: Final = "Requirement"
_TEST: Final = "TestFirst"


@dataclass(frozen=True, kw_only=True)
class Player:
    """A patient made for a statement.

    Attributes:
        text: the patient as canonical Turtle.
        shows: how the statement shows in the advice; empty: not at all.
    """

    text: str
    shows: tuple[Appearance, ...]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The patient in whom a statement shows and the one in whom it does not."""

    shown: Player
    not_shown: Player


class Cast:
    """Makes patients for the statements of a knowledge.

    Args:
        knowledge: the ontology with the statements.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._dependencies = Dependencies(knowledge)
        self._answers = Answers(knowledge, self._dependencies)
        self._ways = Ways(self._dependencies, self._answers)
        self._index = self._dependencies.index

    def pair(self, statement: str) -> Pair | None:
        """Return a patient in whom a statement shows and one in whom it does not, or None.

        A requirement, an exclusion and a test show where they stand in the way, and do not where
        they are fulfilled or not asked for.

        Args:
            statement: the IRI of the statement.

        Returns:
            None where no patient could be made, as for a statement about a page.
        """
        for facts in islice(self._positives(statement), _TRIES):
            shown = self._shows(statement, facts, "shown")
            if not shown:
                continue
            for others in islice(self._negatives(statement, facts), _TRIES):
                if self._shows(statement, others, "not-shown") == frozenset():
                    return Pair(
                        shown=self._player(statement, facts, "shown"),
                        not_shown=self._player(statement, others, "not-shown"),
                    )
        return None

    def _shows(self, statement: str, facts: Facts, role: str) -> frozenset[Appearance] | None:
        """How a statement bears on a patient with these facts; None where they do not conform."""
        graph = self._graph(statement, facts, role)
        if not self._validator.validate(graph).conforms:
            return None
        found = self._appearances(statement, graph)
        if not self._all_kinds(statement, "gateKind"):
            return found
        in_the_way = any(
            a.conclusion == _TEST or (a.conclusion == _REQUIREMENT and a.truth != "met")
            for a in found
        )
        return found if in_the_way else frozenset()

    def _appearances(self, statement: str, graph: list[ox.Triple]) -> frozenset[Appearance]:
        advice = derive(self._knowledge, graph).advice
        return appearances(advice).get(statement, frozenset())

    def _positives(self, statement: str) -> Iterator[Facts]:
        """Sets of facts in which the statement could show, the likeliest first."""
        disorders: list[Facts] = [(Fact(d),) for d in self._disorders(statement)]
        needed: list[list[Facts]] = [disorders or [()]]
        for criterion in self._all(statement, "when"):
            needed.append(self._ways.meeting(criterion))
        for criterion in self._all(statement, "excludedBy"):
            needed.append(self._ways.meeting(criterion))
        for criterion in self._all(statement, "requires"):
            needed.append([*self._ways.failing(criterion), ()])
        for therapy in self._all(statement, "followUpAfter"):
            results = [a.result for a in self._answers.of(therapy) if a.status == PRESENT]
            needed.append([(Fact(therapy, result=r),) for r in results or [""]])
        yield from (joined(ways) for ways in product(*needed))
        # What bears on a therapy shows only where another statement offers that therapy.
        for offer in self._offers(statement):
            told = self._all(offer, "ofStatement")
            met = [self._ways.meeting(c) for said in told for c in self._all(said, "when")]
            if met:
                yield from (joined(ways) for ways in product(*needed, *met))

    def _negatives(self, statement: str, facts: Facts) -> Iterator[Facts]:
        """The same patient with one thing otherwise, what is particular to the statement first."""
        criteria = [
            *self._all(statement, "when"),
            *self._all(statement, "excludedBy"),
        ]
        for criterion in criteria:
            concepts = {f.concept for f in flat(self._ways.meeting(criterion))}
            rest = tuple(f for f in facts if f.concept not in concepts)
            yield from (joined((rest, others)) for others in self._ways.failing(criterion))
        required = self._all(statement, "requires")
        concepts = {f.concept for c in required for f in flat(self._ways.failing(c))}
        rest = tuple(f for f in facts if f.concept not in concepts)
        if required:
            ways = [self._ways.meeting(c) or [()] for c in required]
            yield from (joined((rest, *others)) for others in islice(product(*ways), _TRIES))
        for fact in facts:
            turned = Fact(fact.concept, ABSENT)
            if not fact.value:
                yield tuple(turned if f == fact else f for f in facts)

    def _disorders(self, statement: str) -> list[str]:
        """Disorders in which it can show: its own, or those in which its therapy is offered."""
        own = self._all(statement, "disorder")
        if own:
            return list(own)
        offers = self._offers(statement)
        return sorted({d for offer in offers for d in self._all(offer, "forDisorder")})

    def _offers(self, statement: str) -> list[str]:
        """Where its therapy is offered, in one of its disorders if it names any."""
        names = ("therapy", "better", "worse")
        wanted = {t for name in names for t in self._all(statement, name)}
        own = set(self._all(statement, "disorder"))
        return [
            offer
            for offer in self._index.having(POEMKG + "bearsStanding", "true")
            if wanted & {k for t in self._all(offer, "onTherapy") for k in self._kinds(t)}
            and (not own or own & set(self._all(offer, "forDisorder")))
        ]

    def _player(self, statement: str, facts: Facts, role: str) -> Player:
        graph = self._graph(statement, facts, role)
        shows = self._appearances(statement, graph)
        label = self._knowledge.label(statement)
        told = f"{label}: {'shows' if role == 'shown' else 'does not show'}"
        patient = _patient(statement, role)
        named = ox.Triple(patient, ox.NamedNode(RDFS + "label"), ox.Literal(told, language="en"))
        prefixes = {**PREFIXES, "ex": patient.value.removesuffix("patient")}
        return Player(
            text=write_turtle([*graph, named], prefixes=prefixes), shows=tuple(sorted(shows))
        )

    def _graph(self, statement: str, facts: Facts, role: str) -> list[ox.Triple]:
        """A patient with these facts; therapies lie before tests, so that these are not stale."""
        patient = _patient(statement, role)
        base = patient.value.removesuffix("patient")
        recorder = Recorder(patient, self._answers.ranges, below(base))
        made = [ox.Triple(patient, ox.NamedNode(RDF + "type"), term("Patient"))]
        for number, fact in enumerate(facts, 1):
            place = self._answers.place(fact.concept)
            if place is not None:
                stale = self._dependencies.goes_stale(fact.concept)
                dated = replace(fact, date=_DAY if stale else _DAY_BEFORE)
                value = self._answers.literal(fact.concept, fact.value) if fact.value else None
                made += recorder.record(dated, place, value, f"{base}record-{number}")
        return list(dict.fromkeys(made))

    @cached_property
    def _validator(self) -> PatientValidator:
        return PatientValidator(self._knowledge)

    def _all(self, subject: str, name: str) -> tuple[str, ...]:
        return self._index.all(subject, POEMKG + name)

    def _all_kinds(self, subject: str, name: str) -> bool:
        return any(self._all(kind, name) for kind in self._index.all(subject, RDF + "type"))

    def _kinds(self, term: str) -> tuple[str, ...]:
        return self._dependencies.kinds(term)


def _patient(statement: str, role: str) -> ox.NamedNode:
    return ox.NamedNode(f"{_MADE_UP}{statement.rsplit('/', 1)[-1]}/{role}/patient")
