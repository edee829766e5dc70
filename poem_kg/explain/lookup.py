"""What a derivation holds of facts, criteria, statements and queries, looked up to be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from poem_kg.derivation import Derivation
from poem_kg.explain.model import CriterionState, Fact, ToldStatement
from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.model import Advice
from poem_kg.namespaces import POEMKG, PROV, QUERY, RDFS
from poem_kg.statements import statements_of

_READ: Final = (
    "application basis beside bringsReadiness concept criterion date derivedBy disorder "
    "evidenceAgainst evidenceFor excludes fact fails gate holds inPatient kind latest lineDisorder "
    "meets needs openTest presenceOf raisedBy requirement result statement status suggests "
    "supports suspects triggers value via"
).split()


class Lookup:
    """The derivation of one patient, by subject and property.

    Args:
        knowledge: what the advice was derived from.
        advice: says which patient, and which queries ran.
        derivation: the derivation of that patient.
    """

    def __init__(self, knowledge: Knowledge, advice: Advice, derivation: Derivation) -> None:
        self._knowledge = knowledge
        self._patient = advice.patient
        self._statements = statements_of(knowledge)
        predicates = [POEMKG + name for name in _READ]
        predicates += [PROV + "wasDerivedFrom", RDFS + "label"]
        self.index = Index(
            quad.triple
            for predicate in predicates
            for quad in derivation.store.quads_for_pattern(None, ox.NamedNode(predicate), None)
        )
        self.records = frozenset(
            record
            for prop in ("holds", "fact", "latest")
            for record in self.all(advice.patient, prop)
        )
        self._queries = {q.iri: q for q in advice.provenance.queries}

    def criterion(self, criterion: str) -> CriterionState:
        """Return a criterion, what it is for the patient, and the facts that bear on it."""
        patient = self._patient
        state = "unknown"
        for word, prop in (("met", "meets"), ("not-met", "fails")):
            if criterion in self.all(patient, prop):
                state = word
        suspicions = [
            suspicion
            for suspicion in self.index.having(POEMKG + "suspects", criterion)
            if self.one(suspicion, "inPatient") == patient
        ]
        raising = {r for s in suspicions for r in self.all(s, "raisedBy")}
        return CriterionState(
            criterion=criterion,
            label=self._statements.label(criterion),
            state=state,
            speaks_for=self._bearing("evidenceFor", criterion),
            speaks_against=self._bearing("evidenceAgainst", criterion),
            raised_by=tuple(
                sorted(
                    raising.intersection(self.records)
                    | {*self._bearing("triggers", criterion)}
                    | self._behind_derived(criterion)
                )
            ),
            presence_of=self.one(criterion, "presenceOf"),
        )

    def fact(self, record: str) -> Fact:
        """Return a record about the patient, the operator or the centre."""
        concept = self.one(record, "concept") or self.one(record, "disorder") or ""
        result = self.one(record, "result")
        return Fact(
            record=record,
            concept=concept,
            label=self._knowledge.label(concept),
            status=self.code(self.one(record, "status")) or "",
            value=self.one(record, "value"),
            unit=self._knowledge.unit(concept),
            result=result,
            result_label=self._knowledge.label(result) if result else None,
            date=self.one(record, "date"),
        )

    def statement(self, statement: str) -> ToldStatement:
        """Return a statement with its place in the source."""
        told = self._statements
        return ToldStatement(
            statement=statement,
            claim=told.claim(statement),
            label=told.label(statement),
            says=told.text(statement),
            kind=told.kind(statement),
            direction=told.code(statement, "direction"),
            strength=told.code(statement, "strength"),
            certainty=told.code(statement, "certainty"),
            verified=told.code(statement, "verified"),
            source=told.source(statement),
            estimate=told.estimate(statement),
            **told.reviewed(statement),
        )

    def concluded(self, nodes: Iterable[str]) -> tuple[str, ...]:
        """Return the names of the queries that concluded some nodes, sorted."""
        iris = {q for node in nodes for q in self.all(node, "derivedBy")}
        known = [self._queries[q].name for q in iris if q in self._queries]
        return tuple(sorted(known or (q.removeprefix(QUERY) for q in iris)))

    def code(self, member: str | None) -> str | None:
        """Return the short code of a member of a closed list; None for None."""
        return self._knowledge.notation(member) if member else None

    def one(self, node: str, prop: str) -> str | None:
        """Return the value of a property of ours, or None."""
        return self.index.one(node, POEMKG + prop)

    def all(self, node: str, prop: str) -> tuple[str, ...]:
        """Return every value of a property of ours, sorted."""
        return self.index.all(node, POEMKG + prop)

    def _behind_derived(self, criterion: str) -> set[str]:
        """The diagnoses that were derived from studies and suggest a criterion, and their facts."""
        derived = {node for node in self._bearing("suggests", criterion) if self.one(node, "basis")}
        return derived | {f for d in derived for f in self.index.all(d, PROV + "wasDerivedFrom")}

    def _bearing(self, prop: str, criterion: str) -> tuple[str, ...]:
        found = self.index.having(POEMKG + prop, criterion)
        return tuple(record for record in found if record in self.records)
