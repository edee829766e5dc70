"""Terms and results in one spelling, so that the answers of different engines can be compared.

A term is its N-Triples text; `None` is an unbound variable. Queries under comparison mint IRIs:
labels of blank nodes are never the same in two engines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol

import pyoxigraph as ox

Row = tuple[str | None, ...]
Triple = tuple[str, str, str]

XSD = "http://www.w3.org/2001/XMLSchema#"
_EXACT = frozenset(
    XSD + name
    for name in (
        "decimal integer nonNegativeInteger nonPositiveInteger positiveInteger negativeInteger "
        "long int short byte unsignedLong unsignedInt unsignedShort unsignedByte"
    ).split()
)
_FLOATING = frozenset((XSD + "double", XSD + "float"))
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)\Z")


class Engine(Protocol):
    """A default graph and the SPARQL 1.1 queries that run on it."""

    def load(self, ntriples_text: str) -> None:
        """Replace the graph."""

    def select(self, query: str, bindings: Mapping[str, str] | None = None) -> list[Row]:
        """Return the rows in the engine's order, columns as projected; ASK is one row of one.

        Args:
            query: SELECT or ASK.
            bindings: variable name to N-Triples term; only variables that are projected.
        """

    def construct(self, query: str) -> set[Triple]:
        """Return the triples of a CONSTRUCT."""

    def add(self, triples: Iterable[Triple]) -> None:
        """Add triples to the graph."""


def insert(engine: Engine, query: str) -> int:
    """Run a CONSTRUCT as a derivation step: add what it yields; return how many triples it has."""
    triples = engine.construct(query)
    engine.add(triples)
    return len(triples)


def parse_term(term: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return the term that an N-Triples text stands for."""
    line = f"<urn:s> <urn:p> {term} ."
    found = next(iter(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))).object
    assert isinstance(found, ox.NamedNode | ox.BlankNode | ox.Literal)
    return found


def triples_of(ntriples: str | bytes) -> set[Triple]:
    """Return the triples of an N-Triples text."""
    quads = ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES)
    return {(str(q.subject), str(q.predicate), str(q.object)) for q in quads}


def ntriples_of(triples: Iterable[Triple]) -> str:
    """Return triples as N-Triples text."""
    return "".join(f"{s} {p} {o} .\n" for s, p, o in triples)


def same_strings(ntriples_text: str) -> str:
    """Return the text with every "x"^^xsd:string written "x": RDF 1.0 engines keep them apart."""
    return ntriples_of(
        (str(q.subject), str(q.predicate), str(q.object))
        for q in ox.parse(ntriples_text, format=ox.RdfFormat.N_TRIPLES)
    )


def normal_term(term: str | None) -> str | None:
    """Return one spelling for all literals of a value.

    Integers and decimals of whatever type become the shortest xsd:decimal, doubles and floats the
    shortest xsd:double, and booleans true or false. What is not well formed stays as it is.
    """
    if term is None or not term.startswith('"'):
        return term
    literal = parse_term(term)
    assert isinstance(literal, ox.Literal)
    datatype, value = literal.datatype.value, literal.value.strip()
    if datatype in _EXACT and _NUMBER.match(value):
        plain = format(Decimal(value), "f")
        if "." in plain:
            plain = plain.rstrip("0").rstrip(".")
        return f'"{"0" if plain in ("-0", "") else plain}"^^<{XSD}decimal>'
    if datatype in _FLOATING:
        try:
            number = float(value.replace("INF", "inf"))
        except ValueError:
            return term
        return f'"{number!r}"^^<{XSD}double>'
    if datatype == XSD + "boolean" and value in ("0", "1"):
        return f'"{"true" if value == "1" else "false"}"^^<{XSD}boolean>'
    return str(literal)


def normal_rows(rows: Iterable[Row]) -> Counter[Row]:
    """Return rows as a bag, each term in its normal spelling."""
    return Counter(tuple(normal_term(term) for term in row) for row in rows)


def normal_triples(triples: Iterable[Triple]) -> set[Triple]:
    """Return triples with each term in its normal spelling."""
    return {(s, p, normal_term(o) or o) for s, p, o in triples}
