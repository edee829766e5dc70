"""Three engines, one answer: every prepare and derive step gives the same triples on each.

All example patients stand in one graph, so one pass over the steps covers them all. What rdflib
derives for them takes it long; `make test` asks it for the prepare steps, and for what a few
generated patients get in `test_generated.py`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.catalogue import Query, read_queries
from poem_kg.derivation import derive
from poem_kg.knowledge import load_knowledge
from poem_kg.reading import read_graph
from poem_kg.resources import data_dir
from tests.engines.compare import Engine, Triple, normal_triples
from tests.engines.oxigraph import Oxigraph
from tests.engines.rdflib_engine import Rdflib

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("S*.ttl"))


def steps() -> tuple[Query, ...]:
    """The steps in the order in which they run."""
    queries = data_dir("queries")
    return read_queries(queries / "prepare") + read_queries(queries / "derive")


@cache
def raw_graph() -> str:
    """The ontology and all example patients, before any step."""
    triples = [*load_knowledge().ontology]
    for path in EXAMPLES:
        triples += read_graph(path).triples
    return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()


def run(engine: Engine, some: tuple[Query, ...] = ()) -> dict[str, set[Triple]]:
    """Run the first steps on an engine, by default all, and return what each constructed."""
    engine.load(raw_graph())
    found: dict[str, set[Triple]] = {}
    for step in some or steps():
        triples = engine.construct(step.text)
        found[step.name] = normal_triples(triples)
        engine.add(triples)
    return found


@pytest.fixture(scope="module")
def ours() -> dict[str, set[Triple]]:
    return run(Oxigraph())


@pytest.fixture(scope="module", params=[pytest.param("rdflib", marks=pytest.mark.slow), "arq"])
def theirs(request: pytest.FixtureRequest) -> dict[str, set[Triple]]:
    return run(Rdflib() if request.param == "rdflib" else request.getfixturevalue("arq"))


def test_every_step_gives_the_same_triples(
    ours: dict[str, set[Triple]], theirs: dict[str, set[Triple]]
) -> None:
    different = {name for name in ours if ours[name] != theirs[name]}
    assert not different, f"steps that differ: {sorted(different)}"
    assert len(ours) == len(steps()) > 180


def test_every_prepare_step_gives_the_same_triples_on_rdflib(
    ours: dict[str, set[Triple]],
) -> None:
    theirs = run(Rdflib(), read_queries(data_dir("queries") / "prepare"))

    different = {name for name in theirs if ours[name] != theirs[name]}
    assert not different, f"steps that differ: {sorted(different)}"
    assert len(theirs) > 40


def test_the_examples_reach_nearly_every_step(ours: dict[str, set[Triple]]) -> None:
    """A step that no example reaches is compared on nothing; the derivation tests reach it."""
    reached = [name for name, triples in ours.items() if triples]
    assert len(reached) > 0.75 * len(ours)


def test_a_patient_alone_gets_the_advice_that_it_gets_among_others() -> None:
    knowledge = load_knowledge()
    graphs = [read_graph(path).triples for path in EXAMPLES]
    together = set(derive(knowledge, [t for graph in graphs for t in graph]).advice)
    alone = {t for graph in graphs for t in derive(knowledge, graph).advice}
    assert alone == together
