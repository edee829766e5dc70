"""A trace as a table and as a graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from poem_kg.export.csv_text import cell, cell_of, csv_text
from poem_kg.namespaces import POEMKG, RDF, RDFS, XSD
from poem_kg.tracing.model import Trace, TracedPassage, TracedStatement
from poem_kg.turtle import write_turtle

COLUMNS: Final = (
    "source",
    "ordinal",
    "place",
    "state",
    "reason",
    "claim",
    "statement",
    "label",
    "kind",
    "review",
    "criteria",
    "patients",
    "passage",
)
"""The columns of the table; several values of a cell are parted by |."""


def trace_csv(trace: Trace) -> bytes:
    """Return a trace as CSV: one row a passage and statement, and a row for each without other."""
    return csv_text(COLUMNS, _rows(trace))


def trace_turtle(trace: Trace) -> bytes:
    """Return a trace as Turtle: passages, statements, criteria, and the patients by their IRIs.

    Where the ontology names no source, or something that has no IRI, no triple says so.
    """
    return write_turtle(_triples(trace)).encode()


def _rows(trace: Trace) -> Iterator[tuple[str, ...]]:
    statements = {statement.iri: statement for statement in trace.statements}
    for passage in trace.passages:
        told = [statements[iri] for iri in passage.statements if iri in statements]
        yield from (_row(passage, statement) for statement in told)
        if not told:
            yield _row(passage, None)
    for statement in trace.statements:
        if not statement.passages:
            yield _row(None, statement)


def _row(passage: TracedPassage | None, statement: TracedStatement | None) -> tuple[str, ...]:
    about = ("", "", "", "", "", "", "")
    if statement is not None:
        about = (
            cell(statement.claim),
            cell(statement.iri),
            cell(statement.label),
            cell(statement.kind),
            cell(statement.review),
            cell_of(f"{c.use} {c.label}" for c in statement.criteria),
            cell_of(e.name for e in statement.exercises),
        )
    if passage is None:
        assert statement is not None
        return (cell(statement.source), "", cell(statement.locator), "", "", *about, "")
    place = (str(passage.ordinal), cell(passage.locator), passage.state, cell(passage.reason))
    return (cell(passage.source), *place, *about, cell(passage.iri))


def _triples(trace: Trace) -> Iterator[ox.Triple]:
    for passage in trace.passages:
        node = ox.NamedNode(passage.iri)
        yield ox.Triple(node, _term(RDF + "type"), _ours("Passage"))
        yield from _to(node, "ofSource", passage.source)
        yield ox.Triple(node, _ours("locator"), ox.Literal(passage.locator))
        number = ox.Literal(str(passage.ordinal), datatype=_term(XSD + "integer"))
        yield ox.Triple(node, _ours("ordinal"), number)
        yield ox.Triple(node, _ours("textDigest"), ox.Literal(passage.digest))
        for statement in passage.statements:
            yield from _to(node, "modelledBy", statement)
        if passage.reason:
            yield ox.Triple(node, _ours("notModelledBecause"), ox.Literal(passage.reason))
    for told in trace.statements:
        node = ox.NamedNode(told.iri)
        yield ox.Triple(node, _term(RDFS + "label"), ox.Literal(told.label, language="en"))
        yield from _to(node, "source", told.source)
        yield ox.Triple(node, _ours("locator"), ox.Literal(told.locator))
        if told.claim:
            yield ox.Triple(node, _ours("claim"), ox.Literal(told.claim))
        for criterion in told.criteria:
            yield from _to(node, criterion.name, criterion.iri)
        for exercise in told.exercises:
            patient = ox.NamedNode(exercise.patient)
            yield ox.Triple(node, _ours("exercisedBy"), patient)
            label = ox.Literal(exercise.label, language="en")
            yield ox.Triple(patient, _term(RDFS + "label"), label)


def _to(node: ox.NamedNode, name: str, iri: str) -> Iterator[ox.Triple]:
    """The triple that leads to an IRI; none where the ontology has a text there, or nothing."""
    try:
        named = ox.NamedNode(iri)
    except ValueError:
        return
    yield ox.Triple(node, _ours(name), named)


def _term(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _ours(name: str) -> ox.NamedNode:
    return ox.NamedNode(POEMKG + name)
