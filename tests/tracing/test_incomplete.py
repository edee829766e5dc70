"""What an ontology under way does not say yet, or says wrongly, breaks no trace."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pyoxigraph as ox
import pytest

from poem_kg import KnowledgeBase
from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, SOURCE, STATEMENT
from poem_kg.tracing.formats import trace_csv, trace_turtle
from poem_kg.tracing.holding import held_against
from poem_kg.tracing.html import trace_html
from poem_kg.tracing.model import Trace
from poem_kg.tracing.tracing import trace

C01 = STATEMENT + "droracle2025-C01"
FIRST = SOURCE + "droracle2025-passage-001"


@pytest.fixture(scope="module")
def whole() -> Knowledge:
    return KnowledgeBase.load().knowledge


def saying(whole: Knowledge, subject: str, name: str, *values: ox.NamedNode | ox.Literal) -> Trace:
    """A trace without patients, where one property of a term has other values, or none."""
    return trace(KnowledgeBase(said(whole, subject, name, *values)), [])


def said(
    whole: Knowledge, subject: str, name: str, *values: ox.NamedNode | ox.Literal
) -> Knowledge:
    term, told = ox.NamedNode(subject), ox.NamedNode(POEMKG + name)
    kept = [t for t in whole.ontology if (t.subject, t.predicate) != (term, told)]
    return replace(whole, ontology=(*kept, *(ox.Triple(term, told, v) for v in values)))


def values(graph: bytes, subject: str, name: str) -> list[str]:
    triples = [q.triple for q in ox.parse(graph, format=ox.RdfFormat.TURTLE)]
    about = (ox.NamedNode(subject), ox.NamedNode(POEMKG + name))
    return [t.object.value for t in triples if (t.subject, t.predicate) == about]


def test_a_statement_without_a_source_is_told_without_one(whole: Knowledge) -> None:
    found = saying(whole, C01, "source")

    graph = trace_turtle(found)
    assert values(graph, C01, "source") == [] and len(values(graph, C01, "claim")) == 1
    rows = csv.DictReader(io.StringIO(trace_csv(found).decode(), newline=""))
    assert {r["claim"] for r in rows if r["statement"] == C01} == {"C01"}
    assert "<h2>without a source: statements</h2>" in trace_html(found).decode()


@pytest.mark.parametrize(
    ("subject", "name"), [(C01, "source"), (C01, "passedBy"), (FIRST, "ofSource")]
)
def test_a_text_where_an_iri_belongs_leads_nowhere(
    whole: Knowledge, subject: str, name: str
) -> None:
    graph = trace_turtle(saying(whole, subject, name, ox.Literal("a text")))

    assert values(graph, subject, name) == []


def test_a_place_that_is_no_number_is_one_line(whole: Knowledge) -> None:
    wrong = KnowledgeBase(said(whole, FIRST, "ordinal", ox.Literal("one")))
    told = (
        '^source:droracle2025-passage-001: has the poemkg:ordinal "one", which is no whole number; '
        "correct it in the ontology$"
    )

    with pytest.raises(KnowledgeError, match=told):
        trace(wrong, [])
    with pytest.raises(KnowledgeError, match=told):
        held_against("An invented sentence.\n", wrong)
