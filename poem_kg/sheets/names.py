"""Whether a cell names something that there is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import BASE, OWL, PREFIXES, RDF, RDFS, XSD
from poem_kg.sheets.cells import BadCell, Column, Value, column_of, term_text
from poem_kg.sheets.statements import Statements

_BUILTIN: Final[dict[str, tuple[Column, ...]]] = {
    RDF + "type": (Column(predicate=RDF + "type"),),
    RDFS + "seeAlso": (Column(predicate=RDFS + "seeAlso"),),
    **{
        RDFS + name: (
            Column(predicate=RDFS + name, datatype=RDF + "langString", language="en"),
            Column(predicate=RDFS + name, datatype=XSD + "string"),
        )
        for name in ("label", "comment")
    },
}
"""Properties that need no declaration, with the columns that each can have."""


class Names:
    """The terms that the ontology describes or uses.

    Args:
        statements: the statements of the ontology.
    """

    def __init__(self, statements: Statements) -> None:
        self._described = set(statements.described())
        self._used = set(statements.known())
        self._statements = statements
        self._used_as: dict[str, set[Column]] = {}
        self._types: dict[str, set[str]] = {}
        self._ranges: dict[str, set[str]] = {}
        kinds = {RDF + "type": self._types, RDFS + "range": self._ranges}
        for triples in statements.triples.values():
            for triple in triples:
                used = column_of(triple)
                if used is not None:
                    self._used_as.setdefault(used.predicate, set()).add(used)
                known = kinds.get(triple.predicate.value)
                if known is not None and isinstance(triple.object, ox.NamedNode):
                    subject = triple.subject
                    if isinstance(subject, ox.NamedNode):
                        known.setdefault(subject.value, set()).add(triple.object.value)

    def also(self, iris: Iterable[str]) -> None:
        """Take these for known, too."""
        self._described |= set(iris)

    def check(self, values: Iterable[Value]) -> None:
        """Refuse a term that the ontology does not know.

        Of a namespace of ours a term must have a block; of another that has a prefix here, it must
        be used somewhere; any other IRI is only an address.

        Raises:
            BadCell: there is no such term.
        """
        for value in values:
            iri = value.value
            if isinstance(value, ox.Literal):
                continue
            ours = iri.startswith(BASE)
            if iri in self._described or (iri in self._used and not ours):
                continue
            if ours or any(iri.startswith(space) for space in PREFIXES.values()):
                word = term_text(iri)
                near = self._near(word, self._described if ours else self._used)
                advice = (
                    f"did you mean {near}?" if near else "the sheet “terms” lists what there is"
                )
                raise BadCell(f"{word} is no term of the ontology", advice)

    def check_column(self, column: Column) -> None:
        """Refuse a column whose property the ontology does not have, or not of that kind.

        Raises:
            BadCell: the values of the property are of another kind.
        """
        if any(column in row.values for row in self._statements.rows.values()):
            return
        word = term_text(column.predicate)
        if column.predicate in _BUILTIN:
            self._check_as_used(column)
            return
        types = self._types.get(column.predicate, set())
        kinds = {t.removeprefix(OWL) for t in types if t.startswith(OWL)}
        properties = {
            iri
            for iri, found in self._types.items()
            if any(t.startswith(OWL) and t.endswith("Property") for t in found)
        }
        if not any(kind.endswith("Property") for kind in kinds):
            near = self._near(word, properties)
            advice = f"did you mean {near}?" if near else "declare it in schema.ttl first"
            raise BadCell(f"{word} is no property of the ontology", advice)
        if "ObjectProperty" in kinds and column.datatype:
            raise BadCell(f"{word} takes terms, no text or number", f"write the header {word}")
        ranges = self._ranges.get(column.predicate, set())
        if "DatatypeProperty" in kinds and (
            not column.datatype or (len(ranges) == 1 and column.datatype not in ranges)
        ):
            wanted = sorted(
                Column(predicate=column.predicate, datatype=datatype).header for datatype in ranges
            )
            advice = f"write the header {wanted[0]}" if wanted else f"write the header {word} text"
            raise BadCell(f"{word} takes no such values", advice)
        if "AnnotationProperty" in kinds:
            self._check_as_used(column)

    def _check_as_used(self, column: Column) -> None:
        """Refuse values of another kind than the property, which has no range, has elsewhere."""
        used = self._used_as.get(column.predicate) or _BUILTIN.get(column.predicate, ())
        if used and _kind(column) not in {_kind(other) for other in used}:
            wanted = min(other.header for other in used)
            raise BadCell(f"{column.header} is no column", f"write the header {wanted}")

    def near_statement(self, word: str) -> str | None:
        """Return the statement whose name is most like a word, or None."""
        return self._near(word, self._statements.rows)

    @staticmethod
    def _near(word: str, iris: Iterable[str]) -> str | None:
        near = difflib.get_close_matches(word, [term_text(iri) for iri in sorted(iris)], n=1)
        return near[0] if near else None


def _kind(column: Column) -> str:
    """The datatype of the values, where texts in a language are texts as well."""
    return XSD + "string" if column.language else column.datatype
