"""Mutants of statements and criteria, and who notices: advice, shapes, checks or answers."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pyoxigraph as ox

from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import CRITERION, OWL, POEMKG, RDF, RDFS, SKOS, STATEMENT
from poem_kg.validation import validate_statements
from tests.knowledge.foundations import foundations
from tests.mutation.bench import Caught, Triples, by_conclusion, deriving, preparing
from tests.mutation.kinds import Siblings
from tests.mutation.replay import Change
from tests.queries.files import ASK, CHECK, REPORT

SAMPLE = 300
"""How many mutants of each group are tried unless all are asked for."""

_TYPE = ox.NamedNode(RDF + "type")
_NUMBERS = re.compile(r"-?\d+(\.\d+)?")
_WORD = re.compile(r"\w+")
_ANY_PREDICATE = re.compile(r"\?\w+ \?\w+ \S+ ")
_WORDS = (RDFS, SKOS)
_TWO_KINDS = {
    POEMKG + "AllOfCriterion": "AnyOfCriterion",
    POEMKG + "AnyOfCriterion": "AllOfCriterion",
}


@dataclass(frozen=True)
class TripleMutant:
    """One triple of a statement or criterion dropped or changed.

    Attributes:
        group: "statements" or "criteria".
        name: subject, predicate and object by local names, and what was done.
        change: of the ontology.
    """

    group: str
    name: str
    change: Change = field(repr=False)


def triple_mutants(knowledge: Knowledge, *, sample: int | None = SAMPLE) -> list[TripleMutant]:
    """Return mutants of both groups, in the order of their names.

    Every triple of a statement or criterion is tried but its words (labels, definitions, notes) and
    its OWL axioms, which tests of their own compare.

    Args:
        knowledge: whose ontology is changed.
        sample: how many of each group, the same ones each time; None for all.
    """
    siblings, known = Siblings(knowledge), frozenset(knowledge.ontology)
    by_group: dict[str, list[TripleMutant]] = {"statements": [], "criteria": []}
    for triple in sorted(knowledge.ontology, key=str):
        group = _group(triple)
        if group:
            found = _mutants(group, triple, siblings)
            by_group[group] += [m for m in found if m.change.added.isdisjoint(known)]
    rng = random.Random(1)
    picked = []
    for mutants in by_group.values():
        some = sample is not None and sample < len(mutants)
        picked += rng.sample(mutants, sample or 0) if some else mutants
    return sorted(picked, key=lambda mutant: (mutant.group, mutant.name))


def _group(triple: ox.Triple) -> str | None:
    subject, told = str(triple.subject), triple.predicate.value
    if told.startswith(_WORDS) or str(triple.object).startswith("<" + OWL):
        return None
    if subject.startswith("<" + STATEMENT):
        return "statements"
    return "criteria" if subject.startswith("<" + CRITERION) else None


def _mutants(group: str, triple: ox.Triple, siblings: Siblings) -> Iterator[TripleMutant]:
    gone = frozenset({triple})
    said = " ".join(_local(part) for part in (triple.subject, triple.predicate, triple.object))
    yield TripleMutant(group, f"{said}: dropped", Change(removed=gone))
    for other in _others(triple.object, siblings):
        new = frozenset({ox.Triple(triple.subject, triple.predicate, other)})
        yield TripleMutant(group, f"{said}: {_local(other)}", Change(added=new, removed=gone))


def _others(value: object, siblings: Siblings) -> Iterator[ox.NamedNode | ox.Literal]:
    if isinstance(value, ox.NamedNode):
        kind = _TWO_KINDS.get(value.value)
        other = POEMKG + kind if kind else siblings.of(value.value)
        if other:
            yield ox.NamedNode(other)
    elif isinstance(value, ox.Literal) and _NUMBERS.fullmatch(value.value):
        step = Decimal("0.1") if "." in value.value else Decimal(1)
        for number in (Decimal(value.value) + step, Decimal(value.value) - step):
            yield ox.Literal(str(number), datatype=value.datatype)


def try_triples(
    knowledge: Knowledge, patients: Mapping[str, Triples], mutants: Sequence[TripleMutant]
) -> dict[str, Caught]:
    """Return who notices each mutant that is noticed, by the name of the mutant."""
    prepare = preparing(knowledge)
    whole = {m.name: prepare.follow(m.change).net for m in mutants}
    caught: dict[str, Caught] = {}
    for recorded in deriving(knowledge, patients):
        for mutant in mutants:
            if mutant.name not in caught:
                told = recorded.follow(whole[mutant.name]).told
                if told:
                    caught[mutant.name] = by_conclusion(told)
    judge = Judge(knowledge)
    for mutant in mutants:
        if mutant.name not in caught and (found := judge.by(mutant.change, whole[mutant.name])):
            caught[mutant.name] = found
    return caught


class Judge:
    """The tests of the knowledge itself: shapes, check queries and the approved answers."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._store = knowledge.store()
        self._asked = [
            (query, frozenset(_WORD.findall(query.text)))
            for query in (*CHECK, *ASK, *REPORT)
            if query.graph == "knowledge"
        ]
        self._answers = {query.name: self._answer(query.text) for query, _ in self._asked}

    def by(self, change: Change, whole: Change) -> Caught | None:
        """Return who notices a change of the ontology, with what it changes in the prepared."""
        if foundations(change.removed) or foundations(change.added):
            return Caught(by="foundations", what=str(next(iter(change.removed))))
        ontology = tuple(t for t in self._knowledge.ontology if t not in change.removed)
        prepared = tuple(t for t in self._knowledge.prepared if t not in whole.removed)
        changed = replace(self._knowledge, ontology=(*ontology, *whole.added), prepared=prepared)
        findings = validate_statements(changed, engine="shacl").findings
        if findings:
            return Caught(by="shapes", what=findings[0].shape)
        return self.by_answers(whole)

    def by_answers(self, whole: Change) -> Caught | None:
        """Return which check or answer notices a change of ontology or prepared knowledge."""
        told = {_local(t.predicate).rsplit("#", 1)[-1] for t in (*whole.added, *whole.removed)}
        told |= {"a"} if "type" in told else set()
        for triple in whole.removed:
            self._store.remove(_quad(triple))
        self._store.extend(map(_quad, whole.added))
        try:
            for query, asked in self._asked:
                touched = told & asked or _ANY_PREDICATE.search(query.text)
                if touched and self._answer(query.text) != self._answers[query.name]:
                    return Caught(by="answers", what=query.name)
            return None
        finally:
            for triple in whole.added:
                self._store.remove(_quad(triple))
            self._store.extend(map(_quad, whole.removed))

    def _answer(self, text: str) -> list[str]:
        rows = self._store.query(text)
        assert isinstance(rows, ox.QuerySolutions)
        return [str(row) for row in rows]


def _quad(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object)


def _local(node: object) -> str:
    text = node.value if isinstance(node, ox.NamedNode | ox.Literal) else str(node)
    return text.rsplit("/", 1)[-1] if isinstance(node, ox.NamedNode) else text
