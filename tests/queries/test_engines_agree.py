"""Every query gives the same rows in the same order on Oxigraph, rdflib and Jena ARQ.

The check queries run on a graph with every defect of `defects` planted: on the ontology as it
stands they find nothing, and three empty answers would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.engines.arq import Arq
from tests.engines.compare import Engine, Row, normal_term
from tests.engines.oxigraph import Oxigraph
from tests.engines.rdflib_engine import Rdflib
from tests.queries.files import ASK, CHECK, REPORT, QueryFile
from tests.queries.graphs import (
    DEFECTS,
    alignments_graph,
    defective_graph,
    knowledge_graph,
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
        key=lambda run: run[0],
    ),
    *(("defective", query, "") for query in CHECK),
]


class Loaded:
    """The three engines, each with one graph, which is loaded when a query needs another one."""

    def __init__(self, arq: Arq) -> None:
        self._engines: dict[str, Engine] = {"Oxigraph": Oxigraph(), "rdflib": Rdflib(), "ARQ": arq}
        self._graph = ""

    def on(self, graph: str) -> dict[str, Engine]:
        if graph != self._graph:
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


@pytest.mark.parametrize(
    ("graph", "query", "call"),
    RUNS,
    ids=[f"{graph}-{query.name}{call}" for graph, query, call in RUNS],
)
def test_the_engines_agree(loaded: Loaded, graph: str, query: QueryFile, call: str) -> None:
    answers = {name: rows(engine, query, call) for name, engine in loaded.on(graph).items()}

    assert answers["Oxigraph"], "no row to compare"
    assert len(answers["Oxigraph"]) == len(set(answers["Oxigraph"])), "a row stands twice"
    assert answers["rdflib"] == answers["Oxigraph"]
    assert answers["ARQ"] == answers["Oxigraph"]
