"""How statements, sources and estimates of the ontology are told in results."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypedDict

from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.model import Estimate, LeftOut, SourceReference
from poem_kg.namespaces import DCTERMS, POEMKG, PREFIXES, RDF, SKOS

TYPE: Final = RDF + "type"
_DOI: Final = PREFIXES["bibo"] + "doi"
_LEFT_OUT: Final = (POEMKG + "leftOutFor", POEMKG + "leftOutBy")


class Reviewed(TypedDict):
    """How far people have reviewed a statement, and why it is left out where it is."""

    review: str | None
    reviewed_by: str | None
    reviewed_on: str | None
    left_out: LeftOut | None


class Statements:
    """Statements of the ontology by IRI.

    Args:
        knowledge: the ontology that holds them.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._index = Index(knowledge.ontology)
        self._left_out = Index(t for t in knowledge.prepared if t.predicate.value in _LEFT_OUT)
        self._governing = set(self._index.having(POEMKG + "governing", "true"))

    def label(self, iri: str) -> str:
        """Return the label of a term or statement."""
        return self._knowledge.label(iri)

    def text(self, statement: str) -> str | None:
        """Return the definition of a statement: what it says, in one sentence."""
        return self._index.one(statement, SKOS + "definition")

    def claim(self, statement: str) -> str | None:
        """Return the claim number, or None where the statement is no claim of the page."""
        return self._index.one(statement, POEMKG + "claim")

    def kind(self, statement: str) -> str:
        """Return the code of the kind of statement, such as "recommendation".

        A statement may also be an interpretation of ours; then its other kind is told.
        """
        codes = [
            code
            for kind in self._index.all(statement, TYPE)
            if (code := self._index.one(kind, SKOS + "notation"))
        ]
        return next((c for c in codes if c != "interpretation"), "interpretation")

    def code(self, statement: str, prop: str) -> str | None:
        """Return the code of a closed-list value of a statement, such as its direction."""
        value = self._index.one(statement, POEMKG + prop)
        return self._index.one(value, SKOS + "notation") if value else None

    def reviewed(self, statement: str) -> Reviewed:
        """Return the review state of a statement, who gave it and when, and why it is left out."""
        return Reviewed(
            review=self.code(statement, "review"),
            reviewed_by=self._index.one(statement, POEMKG + "reviewedBy"),
            reviewed_on=self._index.one(statement, POEMKG + "reviewedOn"),
            left_out=self.left_out(statement),
        )

    def left_out(self, statement: str) -> LeftOut | None:
        """Return why a statement no longer speaks for anything, or None where it does."""
        found = self._left_out.all(statement, POEMKG + "leftOutFor")
        grounds = sorted(found, key=self.order)
        if not grounds:
            return None
        return LeftOut(
            grounds=tuple(self._knowledge.notation(ground) for ground in grounds),
            label="; ".join(self.label(ground) for ground in grounds),
            by=self._left_out.all(statement, POEMKG + "leftOutBy"),
        )

    def order(self, member: str) -> int:
        """Return the place of a member of a closed list among the others, 0 where it has none."""
        return int(self._index.one(member, POEMKG + "order") or 0)

    def question_kind(self, rank: str) -> str:
        """Return the kind of question of a rank, "" where there is none."""
        return next(iter(self._index.having(POEMKG + "questionRank", rank)), "")

    def precedence(self, statement: str) -> tuple[bool, str]:
        """Return a sort key: statements of the governing source first, then by IRI."""
        source = self._index.one(statement, POEMKG + "source")
        return (source not in self._governing, statement)

    def source(self, statement: str) -> SourceReference:
        """Return where a statement stands."""
        iri = self._index.one(statement, POEMKG + "source") or ""
        marker = self._index.one(statement, POEMKG + "cites")
        return SourceReference(
            iri=iri,
            label=self.label(iri),
            title=self._index.one(iri, DCTERMS + "title") or self.label(iri),
            doi=self._index.one(iri, _DOI),
            locator=self._index.one(statement, POEMKG + "locator"),
            marker=self._index.one(marker, POEMKG + "printed") if marker else None,
        )

    def estimate(self, statement: str) -> Estimate | None:
        """Return the estimate that a statement gives, or None."""

        def get(prop: str) -> str | None:
            return self._index.one(statement, POEMKG + prop)

        def name(prop: str) -> str | None:
            iri = get(prop)
            return self.label(iri) if iri else None

        outcome = get("outcome")
        if outcome is None:
            return None
        return Estimate(
            outcome=outcome,
            value=get("value"),
            baseline=get("baselineValue"),
            unit=get("unit"),
            statistic=get("statistic"),
            time_point=get("timePoint"),
            population=name("population"),
            n=get("sampleSize"),
            scheme=name("severityScheme"),
            severity=get("severity"),
        )

    def compared(self, statement: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the better and the worse therapies of a comparison."""
        return (
            self._index.all(statement, POEMKG + "better"),
            self._index.all(statement, POEMKG + "worse"),
        )


@lru_cache(maxsize=4)
def statements_of(knowledge: Knowledge) -> Statements:
    """Return the statements of a knowledge, indexed once.

    Args:
        knowledge: the ontology that holds them.
    """
    return Statements(knowledge)
