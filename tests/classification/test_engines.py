"""The steps that read studies construct the same triples on pyoxigraph, rdflib and ARQ."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

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
STUDIES = (
    *WHOLE[::120],
    *(summarised(study) for study in WHOLE[60::120]),
    *incomplete_studies(8),
)


@cache
def raw_graph() -> str:
    """The prepared knowledge, some generated studies and S13, before any derive step."""
    triples = [*knowledge().ontology, *knowledge().prepared]
    triples += [t for name in ("S13a", "S13b") for t in example(name)]
    triples += [t for study in STUDIES for t in recorded(study)]
    return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()


def run(engine: Engine) -> dict[str, set[Triple]]:
    """Run every step up to the derived diagnoses and return what each constructed."""
    engine.load(raw_graph())
    found: dict[str, set[Triple]] = {}
    for step in knowledge().derive:
        if step.name >= LAST:
            break
        triples = engine.construct(step.text)
        if step.name >= FIRST:
            found[step.name] = normal_triples(triples)
        engine.add(triples)
    return found


@pytest.fixture(scope="module")
def ours() -> dict[str, set[Triple]]:
    return run(Oxigraph())


@pytest.fixture(scope="module", params=["rdflib", "arq"])
def theirs(request: pytest.FixtureRequest) -> Iterator[dict[str, set[Triple]]]:
    if request.param == "rdflib":
        yield run(Rdflib())
        return
    with Arq() as engine:
        yield run(engine)


def test_every_step_gives_the_same_triples(
    ours: dict[str, set[Triple]], theirs: dict[str, set[Triple]]
) -> None:
    assert {name for name in ours if ours[name] != theirs[name]} == set()


def test_the_studies_reach_every_step_that_reads_one(ours: dict[str, set[Triple]]) -> None:
    beside = {
        "155-unread-studies",
        "196-contradicted-diagnoses",
        "198-study-cautions",
        "199-left-out-patterns",
    }
    silent = {name.removeprefix("derive/") for name, triples in ours.items() if not triples}
    assert len(ours) == 46
    assert silent == beside
