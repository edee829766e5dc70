"""The checks find nothing in the ontology, and each finds the defects that are planted for it.

A defect is a Turtle file of the name of its check: its triples are added to the knowledge graph,
and the triples of its lines "# remove:" are taken away.
"""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.engines.oxigraph import Oxigraph
from tests.queries.files import CHECK, QueryFile
from tests.queries.graphs import DEFECTS, defective_graph, knowledge_graph, named, ntriples

PLANTED = {f"check/{path.stem}": path for path in DEFECTS}
USES = """
    consider countsSwallows excludedBy passedBy readsUnless requires trigger unless when
""".split()
"""Properties by which a statement, a share or an edition uses a criterion."""
every_check = pytest.mark.parametrize("query", CHECK, ids=lambda q: q.name)


@pytest.fixture(scope="module")
def ontology() -> Oxigraph:
    engine = Oxigraph()
    engine.load(knowledge_graph())
    return engine


def problems(query: QueryFile) -> set[str]:
    """Every problem that a check can name, as it stands in its text."""
    return set(re.findall(r'BIND\(("[^"]+") AS \?problem\)', query.text))


def planted(query: QueryFile) -> Path:
    return PLANTED[query.name]


def test_every_check_has_a_defect() -> None:
    assert sorted(PLANTED) == sorted(query.name for query in CHECK)


@every_check
def test_the_ontology_passes(ontology: Oxigraph, query: QueryFile) -> None:
    assert ontology.select(query.text) == []


@every_check
def test_each_problem_is_found_where_it_was_planted(query: QueryFile) -> None:
    path = planted(query)
    engine = Oxigraph()
    engine.load(defective_graph(path))

    rows = engine.select(query.text)

    assert {row[1] for row in rows} == problems(query)
    assert {row[0] for row in rows} <= named(path)


@pytest.mark.parametrize("use", USES)
def test_a_criterion_that_is_used_in_one_way_or_in_a_part_is_not_unused(use: str) -> None:
    check = next(query for query in CHECK if query.name == "check/unused-criteria")
    ours, kind = "https://w3id.org/poem-kg/ontology/", "http://www.w3.org/2002/07/owl#"
    typed = "<{}> a p:Criterion , o:NamedIndividual . "
    text = (
        f"@prefix p: <{ours}> . @prefix o: <{kind}> . "
        + "".join(typed.format(name) for name in ("urn:used", "urn:part", "urn:other"))
        + f"<urn:used> p:part <urn:part> . <urn:statement> p:{use} <urn:used> ."
    )
    engine = Oxigraph()
    engine.load(ntriples(q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE)))

    assert [row[0] for row in engine.select(check.text)] == ["<urn:other>"]


@pytest.mark.parametrize("name", ['"One name"@en', '" one name "@en', '"one name"@en-GB'])
def test_a_name_is_the_same_in_capitals_between_spaces_and_in_a_kind_of_english(name: str) -> None:
    check = next(query for query in CHECK if query.name == "check/duplicate-labels")
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    kind = "<http://www.w3.org/2002/07/owl#Class>"
    text = f'<urn:a> a {kind} ; {label} "one name"@en . <urn:b> a {kind} ; {label} {name} .'
    engine = Oxigraph()
    engine.load(ntriples(q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE)))

    assert [row[0] for row in engine.select(check.text)] == ["<urn:a>"]


@pytest.mark.parametrize(
    ("size", "found"),
    [("many", True), ("0", True), ("20", False), ("not reported (as printed)", False)],
)
def test_a_number_of_patients_is_a_number_or_not_reported(size: str, found: bool) -> None:
    check = next(query for query in CHECK if query.name == "check/incomplete-estimates")
    ours = "https://w3id.org/poem-kg/ontology/"
    text = f'<urn:e> a <{ours}Estimate> ; <{ours}sampleSize> "{size}" .'
    engine = Oxigraph()
    engine.load(ntriples(q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE)))

    rows = engine.select(check.text)

    assert ('"has a number of patients that is no number"' in {row[1] for row in rows}) is found
