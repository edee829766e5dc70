"""The query operation: what is asked, of which graphs, and in what form the answer comes."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from poem_kg.limits import Limits
from poem_kg.service.model import Answer, Call
from poem_kg.service.sparql import BOOLEAN_TYPES, GRAPH_TYPES, RESULT_TYPES
from tests.service.calls import published, service, sparql

ROWS = "SELECT ?x WHERE { VALUES ?x { 1 2 3 } } ORDER BY ?x"
GRAPH = "CONSTRUCT WHERE { <https://w3id.org/poem-kg/ontology/> ?p ?o }"
DISORDERS = "https://w3id.org/poem-kg/ontology/module/disorders"


def sentence(answer: Answer) -> str:
    """The one sentence of a refusal."""
    text = answer.body.decode()
    assert answer.media_type.startswith("text/plain")
    assert text.endswith((".\n", "?\n")) and text.count("\n") == 1
    return text


def xs(answer: Answer) -> list[str]:
    rows = json.loads(answer.body)["results"]["bindings"]
    return [row["x"]["value"] for row in rows]


@pytest.mark.parametrize("accept", RESULT_TYPES)
def test_rows_come_in_every_type_of_result(accept: str) -> None:
    answer = sparql(ROWS, accept=accept)

    assert answer.status == 200 and answer.media_type.startswith(accept)
    if RESULT_TYPES[accept] != "csv":
        format = {
            "json": ox.QueryResultsFormat.JSON,
            "xml": ox.QueryResultsFormat.XML,
            "tsv": ox.QueryResultsFormat.TSV,
        }[RESULT_TYPES[accept]]
        rows = ox.parse_query_results(answer.body, format)
        assert isinstance(rows, ox.QuerySolutions)
        assert [row["x"].value for row in rows] == ["1", "2", "3"]
    else:
        assert answer.body == b"x\r\n1\r\n2\r\n3\r\n"


@pytest.mark.parametrize("accept", GRAPH_TYPES)
def test_graphs_come_in_every_type_of_rdf(accept: str) -> None:
    answer = sparql(GRAPH, accept=accept)

    formats = {
        "turtle": "TURTLE",
        "ntriples": "N_TRIPLES",
        "jsonld": "JSON_LD",
        "rdfxml": "RDF_XML",
    }
    format = getattr(ox.RdfFormat, formats[GRAPH_TYPES[accept]])
    read = {quad.triple for quad in ox.parse(answer.body, format)}
    asked = published().store.query(GRAPH)
    assert isinstance(asked, ox.QueryTriples)
    assert answer.media_type.startswith(accept)
    assert read == set(asked)


def test_yes_and_no_come_in_json_and_xml_only() -> None:
    assert json.loads(sparql("ASK {}").body)["boolean"] is True
    assert b"<boolean>true</boolean>" in sparql("ASK {}", accept="application/xml").body
    refused = sparql("ASK {}", accept="text/csv")
    assert refused.status == 406 and all(name in sentence(refused) for name in BOOLEAN_TYPES)


def test_what_is_liked_more_is_taken() -> None:
    answer = sparql(ROWS, accept="text/csv;q=0.4, application/sparql-results+xml;q=0.9, */*;q=0.1")

    assert answer.media_type == "application/sparql-results+xml"


def test_the_default_graph_is_what_the_questions_run_on() -> None:
    count = "SELECT (COUNT(*) AS ?x) WHERE { ?s ?p ?o }"
    everything = int(xs(sparql(count))[0])

    assert everything == published().count(None) > 15_000
    assert int(xs(sparql(count, default=[DISORDERS]))[0]) == published().count(DISORDERS)


def test_dataset_parameters_take_the_place_of_from() -> None:
    query = f"SELECT (COUNT(*) AS ?x) FROM <{published().graphs[0]}> WHERE {{ ?s ?p ?o }}"

    assert xs(sparql(query, default=[DISORDERS])) == [str(published().count(DISORDERS))]


def test_named_graphs_are_those_that_are_named() -> None:
    query = "SELECT DISTINCT ?x WHERE { GRAPH ?x { ?s ?p ?o } }"

    assert set(xs(sparql(query))) == set(published().graphs)
    assert xs(sparql(query, named=[DISORDERS])) == [DISORDERS]
    assert xs(sparql(query, default=[DISORDERS])) == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <http://127.0.0.1:1/x> WHERE { ?s ?p ?o }",
        "PREFIX p: <http://127.0.0.1:1/> SELECT * FROM NAMED p:x WHERE { GRAPH ?g { ?s ?p ?o } }",
        "BASE <http://127.0.0.1:1/> SELECT * FROM <x> WHERE { ?s ?p ?o }",
        "SELECT * \\u0046ROM <http://127.0.0.1:1/x> WHERE { ?s ?p ?o }",
    ],
)
def test_a_graph_that_is_not_stored_is_refused_rather_than_empty(query: str) -> None:
    answer = sparql(query)

    assert answer.status == 400
    assert "<http://127.0.0.1:1/x>, which is not stored here" in sentence(answer)


def test_a_graph_that_is_no_iri_is_refused() -> None:
    assert "is no IRI" in sentence(sparql(ROWS, default=["not an iri"]))


@pytest.mark.parametrize(
    "query",
    [
        "ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "ASK { \\u0053ERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { { SELECT * { OPTIONAL { sErViCe ?x { ?s ?p ?o } } } } }",
        "ASK { SER\\u0056ICE <http://127.0.0.1:1/> { } }",
        "ASK { SERVICE <http://127.0.0.1:1/> { SERVICE <http://127.0.0.1:1/> { } } }",
    ],
)
def test_service_is_refused(query: str) -> None:
    answer = sparql(query)

    assert answer.status == 400 and "SERVICE" in sentence(answer)


def test_relative_iris_are_relative_to_the_endpoint() -> None:
    here = "https://kg.example/"

    assert xs(sparql("SELECT ?x { VALUES ?x { <sparql> </a> } }")) == [f"{here}sparql", f"{here}a"]
    assert f"<{here}a>" in sentence(sparql("ASK FROM </a> { ?s ?p ?o }"))
    assert xs(sparql("BASE <http://b/> SELECT ?x { VALUES ?x { <a> } }")) == ["http://b/a"]


def test_the_word_service_is_no_offence() -> None:
    query = 'SELECT ?x WHERE { VALUES ?x { "a service from us" } } # SERVICE'

    assert xs(sparql(query)) == ["a service from us"]


@pytest.mark.parametrize(
    ("parameters", "status", "why"),
    [
        ((("query", "ASK {}"), ("query", "ASK {}")), 400, "more than one query"),
        ((("x", "y"),), 400, "there is no query"),
        ((("update", "CLEAR ALL"),), 403, "read-only"),
        ((("query", "# x\nPREFIX a: <urn:a> clear ALL"),), 400, "an update"),
        ((("query", "SELECT * {"),), 400, "something is missing"),
        ((("query", "ASK {\n x:y ?p ?o }"),), 400, "query:2: is no SPARQL query"),
    ],
)
def test_what_is_no_single_query_is_refused(
    parameters: tuple[tuple[str, str], ...], status: int, why: str
) -> None:
    answer = service().answer(Call(kind="sparql", parameters=parameters))

    assert answer.status == status and why.lower() in sentence(answer).lower()


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "application/xml"])
def test_rows_are_all_there_or_refused(accept: str) -> None:
    limits = Limits(rows=3)
    more = ROWS.replace("3 }", "3 4 }")

    assert sparql(ROWS, accept=accept, limits=limits).status == 200
    refused = sparql(more, accept=accept, limits=limits)
    assert refused.status == 422 and "more than 3 rows" in sentence(refused)


def test_triples_are_all_there_or_refused() -> None:
    query = "CONSTRUCT { ?x ?x ?y } WHERE { VALUES (?x ?y) { (<urn:a> 1) (<urn:a> 2) } }"

    assert sparql(query, limits=Limits(rows=2)).status == 200
    assert sparql(query, limits=Limits(rows=1)).status == 422


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "text/turtle"])
def test_bytes_are_all_there_or_refused(accept: str) -> None:
    query = ROWS if accept != "text/turtle" else GRAPH
    largest = len(sparql(query, accept="application/json, text/turtle").body)

    fits = sparql(query, accept=accept, limits=Limits(result_bytes=largest))
    refused = sparql(query, accept=accept, limits=Limits(result_bytes=largest - 1))
    assert fits.status == 200
    assert refused.status == 422 and "comes to more than" in sentence(refused)


def test_a_query_may_be_as_long_as_the_limit() -> None:
    limits = Limits(query_bytes=100)
    query = "ASK {}".ljust(100)

    assert sparql(query, limits=limits).status == 200
    assert sparql(query + " ", limits=limits).status == 413


def test_the_endpoint_describes_itself() -> None:
    answer = service().answer(Call(kind="sparql", accept="application/n-triples"))

    store = ox.Store()
    store.load(answer.body, format=ox.RdfFormat.N_TRIPLES)
    described = store.query(
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> "
        "PREFIX void: <http://rdfs.org/ns/void#> "
        "SELECT ?endpoint ?name ?count WHERE { ?service sd:endpoint ?endpoint ; "
        "sd:supportedLanguage sd:SPARQL11Query ; sd:defaultDataset/sd:namedGraph ?graph . "
        "?graph sd:name ?name ; sd:graph/void:triples ?count }"
    )
    assert isinstance(described, ox.QuerySolutions)
    rows = {(r["endpoint"].value, r["name"].value, int(r["count"].value)) for r in described}
    assert rows == {
        ("https://kg.example/sparql", graph, published().count(graph))
        for graph in published().graphs
    }
