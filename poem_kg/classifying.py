"""What each edition of a classification says of a patient's studies.

Nothing is decided here: the derive queries read the swallows and figures of a study, and say of
every pattern whether it is met, not met or unknown. Where editions differ, both are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import NamedNode

from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.model import Advice, ClassifiedStudy, EditionReading, NamedTerm, Notice, PatternResult
from poem_kg.namespaces import POEMKG, PROV
from poem_kg.statements import TYPE, statements_of

_TRUTHS: Final = ("met", "unknown", "not-met")


def classified_studies(knowledge: Knowledge, advice: Advice) -> tuple[ClassifiedStudy, ...]:
    """Return every study that an edition reads, by IRI, and those that were left unread.

    Editions stand in their order; within one, what is met comes before what is unknown, and that
    before what is not met, then by statement IRI.

    Args:
        knowledge: what the advice was derived from.
        advice: a conforming advice.
    """
    reader = _Reader(knowledge, advice)
    return tuple(reader.studies())


def study_notices(knowledge: Knowledge, advice: Advice) -> tuple[Notice, ...]:
    """Return the notices of an advice that are about its studies, in their order.

    Args:
        knowledge: tells which statements belong to a classification.
        advice: a conforming advice.
    """
    index = Index(knowledge.ontology)
    return tuple(
        notice
        for notice in advice.notices
        if notice.statement
        and notice.kind != "interpretation"
        and (
            index.one(notice.statement, POEMKG + "edition")
            or index.having(POEMKG + "notReadNotice", notice.statement)
        )
    )


class _Reader:
    def __init__(self, knowledge: Knowledge, advice: Advice) -> None:
        self._knowledge = knowledge
        self._told = statements_of(knowledge)
        self._ontology = Index(knowledge.ontology)
        self._advice = advice
        self._index = Index(advice.graph)
        self._read = {
            t.subject.value
            for t in knowledge.prepared
            if t.predicate.value == POEMKG + "readByEdition" and isinstance(t.subject, NamedNode)
        }

    def studies(self) -> Iterable[ClassifiedStudy]:
        results: dict[str, list[str]] = {}
        for node in self._index.having(TYPE, POEMKG + "Classification"):
            results.setdefault(self._get(node, "ofStudy"), []).append(node)
        unread = {
            fact: notice
            for notice in study_notices(self._knowledge, self._advice)
            if self._ontology.having(POEMKG + "notReadNotice", notice.statement or "")
            for fact in notice.facts
            if self._get(fact, "concept") in self._read
        }
        for study in sorted(results.keys() | unread.keys()):
            notice = unread.get(study)
            yield ClassifiedStudy(
                study=study,
                test=self._get(study, "concept"),
                label=self._told.label(self._get(study, "concept")),
                date=self._index.one(study, POEMKG + "date"),
                classified=study in results,
                reason=notice.text if notice else None,
                editions=self._editions(results.get(study, [])),
            )

    def _editions(self, nodes: Iterable[str]) -> tuple[EditionReading, ...]:
        by_edition: dict[str, list[str]] = {}
        for node in nodes:
            by_edition.setdefault(self._get(node, "edition"), []).append(node)
        ordered = sorted(
            by_edition, key=lambda e: int(self._ontology.one(e, POEMKG + "order") or 0)
        )
        return tuple(
            EditionReading(
                edition=edition,
                label=self._told.label(edition),
                results=tuple(
                    sorted(
                        map(self._result, by_edition[edition]),
                        key=lambda r: (_TRUTHS.index(r.truth), r.statement),
                    )
                ),
            )
            for edition in ordered
        )

    def _result(self, node: str) -> PatternResult:
        statement = self._get(node, "statement")
        outcome = self._get(node, "outcomeOfStudy")
        tests = self._ontology.all(statement, POEMKG + "settlingTest")
        return PatternResult(
            statement=statement,
            label=self._told.label(statement),
            outcome=outcome,
            outcome_label=self._told.label(outcome),
            truth=self._knowledge.notation(self._get(node, "truth")),
            unknown=self._named(self._index.all(node, POEMKG + "openOn")),
            against=self._named(self._index.all(node, POEMKG + "refutedBy")),
            facts=self._index.all(node, PROV + "wasDerivedFrom"),
            settled_by=self._named(tests),
            source=self._told.source(statement),
        )

    def _named(self, terms: Iterable[str]) -> tuple[NamedTerm, ...]:
        return tuple(NamedTerm(term=term, label=self._told.label(term)) for term in terms)

    def _get(self, node: str, prop: str) -> str:
        return self._index.one(node, POEMKG + prop) or ""
