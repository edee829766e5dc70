"""The steps that read studies construct the same triples on pyoxigraph, rdflib and ARQ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

import pyoxigraph as ox
import pytest

from tests.classification.generate import complete_studies, incomplete_studies, summarised
from tests.classification.studies import recorded
from tests.derivation.view import example, knowledge
from tests.engines.arq import Arq
from tests.engines.compare import Engine, Triple, normal_triples
from tests.engines.oxigraph import Oxigraph
from tests.engines.rdflib_engine import Rdflib

FIRST, LAST = "derive/154", "derive/200"
WHOLE = complete_studies()
STUDIES = {
    "few": (WHOLE[0], summarised(WHOLE[180]), *incomplete_studies(4)),
    "many": (
        *WHOLE[::120],
        *(summarised(study) for study in WHOLE[60::120]),
        *incomplete_studies(8),
    ),
}
"""rdflib takes four times as long for twice as many; few reach every step as well."""


@cache
def raw_graph(number: str) -> str:
    """The prepared knowledge, some generated studies and S13, before any derive step."""
    triples = [*knowledge().ontology, *knowledge().prepared]
    triples += [t for name in ("S13a", "S13b") for t in example(name)]
    triples += [t for study in STUDIES[number] for t in recorded(study)]
    return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()


def run(engine: Engine, number: str) -> dict[str, set[Triple]]:
    """Run every step up to the derived diagnoses and return what each constructed."""
    engine.load(raw_graph(number))
    found: dict[str, set[Triple]] = {}
    for step in knowledge().derive:
        if step.name >= LAST:
            break
        triples = engine.construct(step.text)
        if step.name >= FIRST:
            found[step.name] = normal_triples(triples)
        engine.add(triples)
    return found


@cache
def ours(number: str) -> dict[str, set[Triple]]:
    """Return what pyoxigraph constructs."""
    return run(Oxigraph(), number)


@pytest.fixture(scope="module", params=["rdflib", "arq"])
def theirs(request: pytest.FixtureRequest) -> Iterator[Callable[[str], dict[str, set[Triple]]]]:
    """Return how another engine is asked about few or many studies."""
    if request.param == "rdflib":
        yield partial(run, Rdflib())
        return
    with Arq() as engine:
        yield partial(run, engine)


@pytest.mark.parametrize("number", ["few", pytest.param("many", marks=pytest.mark.slow)])
def test_every_step_gives_the_same_triples(
    number: str, theirs: Callable[[str], dict[str, set[Triple]]]
) -> None:
    own, other = ours(number), theirs(number)
    assert {name for name in own if own[name] != other[name]} == set()


@pytest.mark.parametrize("number", STUDIES)
def test_the_studies_reach_every_step_that_reads_one(number: str) -> None:
    beside = {
        "155-unread-studies",
        "196-contradicted-diagnoses",
        "198-study-cautions",
        "199-left-out-patterns",
    }
    silent = {name.removeprefix("derive/") for name, triples in ours(number).items() if not triples}
    assert len(ours(number)) == 46
    assert silent == beside
