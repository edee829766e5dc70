"""What is left out is left out alike on Oxigraph, rdflib and Jena ARQ, step by step."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from poem_kg.catalogue import Query, read_queries
from poem_kg.namespaces import POEMKG
from poem_kg.resources import data_dir
from tests.classification.studies import Manometry, graph, untreated
from tests.derivation.patients import Patient
from tests.derivation.view import example, knowledge
from tests.engines.arq import Arq
from tests.engines.compare import Engine, Triple, normal_triples
from tests.engines.oxigraph import Oxigraph
from tests.engines.rdflib_engine import Rdflib

MARKS = """
@prefix criterion: <https://w3id.org/poem-kg/criterion/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .
@prefix source: <https://w3id.org/poem-kg/source/> .
@prefix stmt: <https://w3id.org/poem-kg/statement/> .
stmt:droracle2025-C02 dcterms:isReplacedBy stmt:droracle2025-C16 .
stmt:droracle2025-C21 dcterms:isReplacedBy stmt:droracle2025-C16 .
stmt:droracle2025-C29 dcterms:isReplacedBy stmt:droracle2025-C16 .
stmt:droracle2025-C30 dcterms:isReplacedBy stmt:droracle2025-C16 .
stmt:poem-kg-I07 dcterms:isReplacedBy stmt:poem-kg-I08 .
stmt:poem-kg-I10 dcterms:isReplacedBy stmt:poem-kg-I08 .
stmt:poem-kg-I04 dcterms:isReplacedBy stmt:poem-kg-I08 .
source:chicago4-2021 dcterms:isReplacedBy source:chicago2012 .
source:aga2017 poemkg:retracted true .
stmt:only-in-type-i
    a poemkg:Exclusion ;
    poemkg:disorder poemkg:AchalasiaTypeI ;
    poemkg:excludedBy criterion:opioid-use ;
    poemkg:therapy poemkg:AchalasiaTherapy .
"""
ONLY = ox.Triple(ox.NamedNode(POEMKG), ox.NamedNode(POEMKG + "approvedOnly"), ox.Literal(True))
STORIES = ("S1b", "S2", "S3a", "S4b", "S8b", "S9")
NEW = {
    "prepare/47-left-out",
    "prepare/48-resting-on-left-out",
    "prepare/65-left-out-arguments",
    "prepare/66-left-out-conditions",
    "derive/199-left-out-patterns",
    "derive/316-doubted-requirements",
    "derive/317-doubted-exclusions",
    "derive/520-lacking-left-out",
    "derive/521-refuted-left-out",
    "derive/522-left-out",
    "derive/523-left-out-open",
    "derive/524-left-out-provisional",
    "derive/525-left-out-patterns",
    "derive/526-left-out-lines",
    "derive/527-lacking-exclusions",
    "derive/528-exclusions-of-left-out",
    "derive/529-open-exclusions-of-left-out",
}
"""The steps that say what is left out."""


def steps() -> tuple[Query, ...]:
    queries = data_dir("queries")
    return read_queries(queries / "prepare") + read_queries(queries / "derive")


def patients() -> list[ox.Triple]:
    base = untreated()
    study = Manometry(base).both_raised()
    study.swallows(10, "supine", dci=40, latency=6, pressurization=40)
    study.swallows(5, "upright", dci=40)
    refuted = Patient("refuted").has("AbsentContractility").absent("DeemedAchalasia")
    built = (
        Patient("open").has("AbsentContractility"),
        refuted,
        Patient("suspected").provisional("DistalOesophagealSpasm"),
        Patient("excluded").has("Achalasia").has("OpioidUse"),
    )
    found = [t for story in STORIES for t in example(story)]
    found += [t for patient in built for t in patient.triples()]
    return [*found, *graph(base, study)]


def run(engine: Engine, *, approved_only: bool) -> dict[str, set[Triple]]:
    """Run every step and return what each constructed."""
    marks = [q.triple for q in ox.parse(MARKS.encode(), format=ox.RdfFormat.TURTLE)]
    triples = [*knowledge().ontology, *marks, *patients()]
    triples += [ONLY] * approved_only
    engine.load((ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode())
    found: dict[str, set[Triple]] = {}
    for step in steps():
        constructed = engine.construct(step.text)
        found[step.name] = normal_triples(constructed)
        engine.add(constructed)
    return found


@pytest.fixture(params=[pytest.param("rdflib", marks=pytest.mark.slow), "arq"])
def theirs(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "rdflib":
        yield Rdflib()
        return
    with Arq() as engine:
        yield engine


def test_every_step_gives_the_same_triples(theirs: Engine) -> None:
    ours = run(Oxigraph(), approved_only=False)
    found = run(theirs, approved_only=False)
    assert not [name for name in ours if ours[name] != found[name]]
    assert {name for name in NEW if ours[name]} == NEW, "every new step is compared on something"


@pytest.mark.slow
def test_so_it_is_of_approved_statements_alone(theirs: Engine) -> None:
    ours = run(Oxigraph(), approved_only=True)
    found = run(theirs, approved_only=True)
    assert not [name for name in ours if ours[name] != found[name]]
    assert not any(ours["prepare/50-standing-applications"])
