"""Every query gives the same rows in the same order on Oxigraph, rdflib and Jena ARQ.

The check queries run on a graph with every defect of `defects` planted: on the ontology as it
stands they find nothing, and three empty answers would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.engines.arq import Arq
from tests.engines.compare import Engine, Row, normal_term, triples_of
from tests.engines.oxigraph import Oxigraph
from tests.engines.rdflib_engine import Rdflib
from tests.queries.files import ASK, CHECK, REPORT, QueryFile
from tests.queries.graphs import (
    DEFECTS,
    alignments_graph,
    defective_graph,
    knowledge_graph,
    mappings,
    patient_graph,
)

GRAPHS: dict[str, Callable[[], str]] = {
    "knowledge": knowledge_graph,
    "alignments": alignments_graph,
    "patient": patient_graph,
    "defective": lambda: defective_graph(*DEFECTS),
}
RUNS = [
    *sorted(
        ((query.graph, query, call) for query in (*ASK, *REPORT) for call in query.calls),
        # The graph with the mappings is that of the knowledge with some more in it.
        key=lambda run: ("knowledge", "alignments", "patient").index(run[0]),
    ),
    *(("defective", query, "") for query in CHECK),
]
SLOW = {
    "ask/conclusions-that-fall-with.source",
    "ask/editions-apart",
    "ask/provenance",
    "ask/study-patterns",
    "ask/what-falls-with",
}
"""Calls that take an engine seconds; `make test` asks all three the other call of the query."""
LONG_ON_RDFLIB = {"check/closed-lists", "check/dangling-references", "check/undeclared-terms"}
"""Queries without parameters that take rdflib seconds; `make test` asks the other two engines."""


class Loaded:
    """The three engines, each with one graph, which is loaded when a query needs another one."""

    def __init__(self, arq: Arq) -> None:
        self._engines: dict[str, Engine] = {"Oxigraph": Oxigraph(), "rdflib": Rdflib(), "ARQ": arq}
        self._graph = ""

    def on(self, graph: str) -> dict[str, Engine]:
        if (self._graph, graph) == ("knowledge", "alignments"):
            more = triples_of(mappings())
            for engine in self._engines.values():
                engine.add(more)
        elif graph != self._graph:
            for engine in self._engines.values():
                engine.load(GRAPHS[graph]())
        self._graph = graph
        return self._engines


@pytest.fixture(scope="module")
def loaded() -> Iterator[Loaded]:
    with Arq() as arq:
        yield Loaded(arq)


def rows(engine: Engine, query: QueryFile, call: str) -> list[Row]:
    found = engine.select(query.text, query.calls[call])
    return [tuple(normal_term(term) for term in row) for row in found]


def called(query: QueryFile, call: str) -> str:
    return f"{query.name}{call}"


@pytest.mark.parametrize(
    ("graph", "query", "call"),
    [
        pytest.param(
            *run,
            id=f"{run[0]}-{called(*run[1:])}",
            marks=[pytest.mark.slow] if called(*run[1:]) in SLOW | LONG_ON_RDFLIB else [],
        )
        for run in RUNS
    ],
)
def test_the_engines_agree(loaded: Loaded, graph: str, query: QueryFile, call: str) -> None:
    answers = {name: rows(engine, query, call) for name, engine in loaded.on(graph).items()}

    assert answers["Oxigraph"], "no row to compare"
    assert len(answers["Oxigraph"]) == len(set(answers["Oxigraph"])), "a row stands twice"
    assert answers["rdflib"] == answers["Oxigraph"]
    assert answers["ARQ"] == answers["Oxigraph"]


@pytest.mark.parametrize(
    ("graph", "query", "call"),
    [
        pytest.param(*run, id=f"{run[0]}-{called(*run[1:])}")
        for run in RUNS
        if called(*run[1:]) in LONG_ON_RDFLIB
    ],
)
def test_the_two_fast_engines_agree(
    loaded: Loaded, graph: str, query: QueryFile, call: str
) -> None:
    engines = loaded.on(graph)
    ours, arq = (rows(engines[name], query, call) for name in ("Oxigraph", "ARQ"))

    assert ours, "no row to compare"
    assert len(ours) == len(set(ours)), "a row stands twice"
    assert arq == ours


def test_what_make_test_leaves_out_has_another_call_that_it_compares() -> None:
    every = {called(query, call): query for _, query, call in RUNS}
    asked = {query.name for run, query in every.items() if run not in SLOW}

    assert {every[run].name for run in SLOW} <= asked
    assert every.keys() >= LONG_ON_RDFLIB
