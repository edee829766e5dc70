"""The words of a summary: labels, closed lists in their order, and what stands on every advice."""

from __future__ import annotations

from functools import cached_property

from poem_kg.cohort.summary.counting import Standing
from poem_kg.cohort.summary.model import Word
from poem_kg.index import Index
from poem_kg.knowledge import Knowledge, parse_module
from poem_kg.namespaces import POEMKG, RDF, RDFS, SKOS
from poem_kg.resources import data_dir


class SummaryWords:
    """What the ontology and the shapes call things.

    Args:
        knowledge: where the words come from.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._index = Index(knowledge.ontology)
        self.readiness = self._closed_list("Readiness")
        self.standings = self._closed_list("Standing")

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of readiness, from the least ready on."""
        return tuple(word.code for word in self.readiness)

    def label(self, iri: str) -> str:
        """Return the label of a term."""
        return self.knowledge.label(iri)

    def standing(self, standing: Standing) -> str:
        """Return the code of a standing, with the number of the line where it has one."""
        code, line = standing
        return code if line is None else f"{code} {line}"

    def place(self, standing: Standing) -> tuple[int, int, str]:
        """Return where a standing stands among others, the strongest first."""
        code, line = standing
        codes = [word.code for word in self.standings]
        return codes.index(code) if code in codes else len(codes), line or 0, code

    @cached_property
    def notices(self) -> tuple[str, ...]:
        """What stands on every advice, in the order in which an advice has it."""
        on_advice = POEMKG + "noticeOnAdvice"
        found = [
            (self._order(kind), statement, self._definition(statement))
            for kind in self._index.having(RDF + "type", POEMKG + "NoticeKind")
            for statement in self._index.having(on_advice, kind)
        ]
        return tuple(text for _, _, text in sorted(found))

    @cached_property
    def _shapes(self) -> Index:
        files = sorted(data_dir("shapes").glob("*.ttl"))
        return Index(triple for path in files for triple in parse_module(path))

    def shape(self, iri: str) -> str:
        """Return the label of a shape, or the end of its IRI where it has none."""
        return self._shapes.one(iri, RDFS + "label") or self.label(iri)

    def _closed_list(self, name: str) -> tuple[Word, ...]:
        members = self._index.having(RDF + "type", POEMKG + name)
        return tuple(
            Word(
                list=self.label(POEMKG + name),
                code=self.knowledge.notation(member),
                definition=self._definition(member),
            )
            for member in sorted(members, key=lambda member: (self._order(member), member))
        )

    def _order(self, iri: str) -> int:
        return int(self._index.one(iri, POEMKG + "order") or 0)

    def _definition(self, iri: str) -> str:
        return self._index.one(iri, SKOS + "definition") or ""
