"""What can be recorded of a patient by one version of the knowledge, and what each record settles.

Nothing is listed here: the concepts and their values are those that the criteria of the version
name, and which criteria a record meets or fails is found out by deriving it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from itertools import count
from typing import Final

import pyoxigraph as ox

from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, RDF
from poem_kg.whatif.answers import ABSENT, Answers, Place
from poem_kg.whatif.dependencies import Dependencies
from poem_kg.whatif.recording import Fact, Recorder, term

PROVISIONAL: Final = "provisional"
_STATES_KNOWN_BEFORE: Final = "derive/154"
_TRIAL: Final = "urn:poem-kg:trial:"
_NAMES_A_CRITERION: Final = ("onClass", "onMeasure", "part", "test")
_TYPE: Final = ox.NamedNode(RDF + "type")


class _EveryCriterion(Dependencies):
    """The same relations, where every criterion counts and not only those that decide."""

    @cached_property
    def criteria(self) -> frozenset[str]:
        return frozenset(
            triple.subject.value
            for triple in self._triples
            if isinstance(triple.subject, ox.NamedNode)
            and triple.predicate.value.removeprefix(POEMKG) in _NAMES_A_CRITERION
        )


class Recordable:
    """The facts that bear on a criterion of one version.

    Args:
        knowledge: the version.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._dependencies = _EveryCriterion(knowledge)
        self._answers = Answers(knowledge, self._dependencies)
        self.index = self._dependencies.index

    @cached_property
    def criteria(self) -> frozenset[str]:
        """Every criterion on which a record can bear, and what is composed of such."""
        return self._dependencies.criteria

    @cached_property
    def words(self) -> frozenset[str]:
        """Every IRI of which the version says something."""
        return frozenset(
            t.subject.value for t in self._knowledge.ontology if isinstance(t.subject, ox.NamedNode)
        )

    @cached_property
    def facts(self) -> dict[str, tuple[Fact, ...]]:
        """Concept to what can be recorded of it with certainty, both sorted."""
        found = {}
        for concept in self._answers.criteria:
            place = self.place(concept)
            if place is None:
                continue
            given = {Fact(concept, a.status, a.result, a.value) for a in self._answers.of(concept)}
            if not any(fact.value for fact in given):
                given |= {Fact(concept), Fact(concept, ABSENT)}
            found[concept] = tuple(sorted(given))
        return found

    def place(self, concept: str) -> Place | None:
        """Return where a record of a concept stands, or None where no record is for it."""
        return self._answers.place(concept)

    def sayable(self, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        """Return those of some facts for which the version has words."""
        return tuple(
            fact
            for fact in facts
            if fact.concept in self.words
            and (not fact.result or fact.result in self.words)
            and self.place(fact.concept) is not None
        )

    def meets(self, fact: Fact) -> frozenset[str]:
        """Return the criteria that a fact meets by itself."""
        return self._settled.get(fact.undated(), (frozenset(), frozenset()))[0]

    def fails(self, fact: Fact) -> frozenset[str]:
        """Return the criteria that a fact rules out by itself."""
        return self._settled.get(fact.undated(), (frozenset(), frozenset()))[1]

    @cached_property
    def meeting(self) -> dict[str, tuple[Fact, ...]]:
        """Criterion to the facts of which each meets it alone."""
        return _turned({fact: met for fact, (met, _) in self._settled.items()})

    @cached_property
    def failing(self) -> dict[str, tuple[Fact, ...]]:
        """Criterion to the facts of which each rules it out alone."""
        return _turned({fact: failed for fact, (_, failed) in self._settled.items()})

    @cached_property
    def _settled(self) -> dict[Fact, tuple[frozenset[str], frozenset[str]]]:
        trials = [fact for facts in self.facts.values() for fact in facts]
        graph = [
            triple
            for number, fact in enumerate(trials)
            for triple in self.written((fact,), f"{_TRIAL}{number}")
        ]
        store = derive(self._knowledge, graph, before=_STATES_KNOWN_BEFORE).store

        def said(number: int, name: str) -> frozenset[str]:
            node = ox.NamedNode(f"{_TRIAL}{number}")
            quads = store.quads_for_pattern(node, ox.NamedNode(POEMKG + name), None)
            return frozenset(q.object.value for q in quads if isinstance(q.object, ox.NamedNode))

        return {
            fact: (said(number, "meets"), said(number, "fails"))
            for number, fact in enumerate(trials)
        }

    def written(self, facts: tuple[Fact, ...], name: str) -> list[ox.Triple]:
        """Return a patient with some facts.

        Args:
            facts: those of which the version has words.
            name: the IRI of the patient; the other nodes are called by it, a colon and a number.
        """
        patient = ox.NamedNode(name)
        triples = [ox.Triple(patient, _TYPE, term("Patient"))]
        names = (f"{name}:{number}" for number in count(1))
        holders: dict[str, ox.NamedNode] = {}

        def holder(prop: str) -> str:
            holders[prop] = ox.NamedNode(next(names))
            return holders[prop].value

        recorder = Recorder(patient, self._answers.ranges, holder, holders)
        for fact in facts:
            place = self.place(fact.concept)
            if place is not None:
                value = self._answers.literal(fact.concept, fact.value) if fact.value else None
                triples += recorder.record(fact, place, value, next(names))
        return triples


def _turned(settled: dict[Fact, frozenset[str]]) -> dict[str, tuple[Fact, ...]]:
    found: dict[str, set[Fact]] = defaultdict(set)
    for fact, criteria in settled.items():
        for criterion in criteria:
            found[criterion].add(fact)
    return {criterion: tuple(sorted(facts)) for criterion, facts in sorted(found.items())}
