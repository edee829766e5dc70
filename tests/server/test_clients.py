"""Clients that others wrote ask the running service: SPARQLWrapper, rdflib's SPARQLStore, curl."""

from __future__ import annotations

import csv
import io
import json
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
import rdflib
import SPARQLWrapper as wrapper
from rdflib.compare import isomorphic
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from poem_kg.asking import catalogue, needs_patient
from poem_kg.namespaces import BASE, POEMKG, PREFIXES
from tests.conformance.endpoint import Endpoint
from tests.server.running import Running
from tests.service.documents import published

ROOT: Final = Path(__file__).parents[2]
QUESTIONS: Final = [query for query in catalogue() if not needs_patient(query)]
PREFIX: Final = f"PREFIX poemkg: <{POEMKG}>\nPREFIX rdfs: <{PREFIXES['rdfs']}>\n"
GAPS: Final = PREFIX + "SELECT ?gap { ?gap a poemkg:EvidenceGap } ORDER BY ?gap"
LABELS: Final = PREFIX + (
    "CONSTRUCT { ?gap rdfs:label ?label } { ?gap a poemkg:EvidenceGap ; rdfs:label ?label }"
)
DESCRIBED: Final = f"DESCRIBE <{POEMKG}EvidenceGap>"
DISORDERS: Final = f"{BASE}ontology/module/disorders"


def sparql(service: Running, query: str, format: str, method: str = "GET") -> Any:
    """What SPARQLWrapper makes of an answer."""
    client = wrapper.SPARQLWrapper(f"{service.url}sparql", returnFormat=format)
    client.setMethod("POST" if method != "GET" else "GET")
    client.setRequestMethod("postdirectly" if method == "body" else "urlencoded")
    client.setQuery(query)
    return client.queryAndConvert()


def here(query: str) -> Any:
    """What comes of a query without a service."""
    return published().store.query(query)


def as_graph(triples: ox.QueryTriples) -> rdflib.Graph:
    """Triples as a graph of rdflib."""
    data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=data, format="nt")


def gaps() -> list[str]:
    """The IRIs that `GAPS` asks for."""
    return [row["gap"].value for row in here(GAPS)]


def term(value: dict[str, str]) -> ox.NamedNode | ox.Literal:
    """A term as results in JSON write it."""
    if value["type"] == "uri":
        return ox.NamedNode(value["value"])
    if "xml:lang" in value:
        return ox.Literal(value["value"], language=value["xml:lang"])
    datatype = value.get("datatype")
    return ox.Literal(value["value"], datatype=ox.NamedNode(datatype) if datatype else None)


@pytest.mark.parametrize("query", QUESTIONS, ids=lambda query: query.name)
def test_sparqlwrapper_gets_every_row_of_a_catalogue_query(query: Any, service: Running) -> None:
    expected = here(query.text)
    names = [variable.value for variable in expected.variables]

    found = sparql(service, query.text, wrapper.JSON, "body")

    assert found["head"]["vars"] == names
    rows = [[row.get(name) for name in names] for row in found["results"]["bindings"]]
    assert [[value and term(value) for value in row] for row in rows] == [
        [row[name] for name in names] for row in expected
    ]


@pytest.mark.parametrize("method", ["GET", "form", "body"])
def test_sparqlwrapper_may_send_a_query_in_each_way(method: str, service: Running) -> None:
    found = sparql(service, GAPS, wrapper.JSON, method)["results"]["bindings"]

    assert [row["gap"]["value"] for row in found] == gaps() != []


def test_sparqlwrapper_reads_rows_in_every_format(service: Running) -> None:
    xml = sparql(service, GAPS, wrapper.XML)
    comma = sparql(service, GAPS, wrapper.CSV)
    tab = sparql(service, GAPS, wrapper.TSV)

    assert [node.firstChild.data for node in xml.getElementsByTagName("uri")] == gaps()
    assert [line[0] for line in csv.reader(io.StringIO(comma.decode()))] == ["gap", *gaps()]
    assert tab.decode().splitlines() == ["?gap", *(f"<{iri}>" for iri in gaps())]


@pytest.mark.parametrize(
    ("pattern", "answer"), [("?gap a poemkg:EvidenceGap", True), ("<urn:x> ?p ?o", False)]
)
def test_sparqlwrapper_reads_yes_and_no(pattern: str, answer: bool, service: Running) -> None:
    query = f"{PREFIX}ASK {{ {pattern} }}"

    assert sparql(service, query, wrapper.JSON)["boolean"] is answer
    (node,) = sparql(service, query, wrapper.XML).getElementsByTagName("boolean")
    assert node.firstChild.data == str(answer).lower()


@pytest.mark.parametrize("format", ["turtle", "xml", "rdf+xml", "json-ld", "n3"])
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("query", [LABELS, DESCRIBED], ids=["construct", "describe"])
def test_sparqlwrapper_reads_a_graph(format: str, query: str, service: Running) -> None:
    expected = as_graph(here(query))

    found = sparql(service, query, format, "form")

    graph = found if isinstance(found, rdflib.Graph) else rdflib.Graph().parse(data=found)
    assert len(graph) > 0 and isomorphic(graph, expected)


def test_a_refusal_reaches_the_user_of_sparqlwrapper(service: Running) -> None:
    with pytest.raises(wrapper.SPARQLExceptions.QueryBadFormed, match="something is missing"):
        sparql(service, "SELECT * {", wrapper.JSON)


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("format", ["json", "xml", "csv"])
def test_rdflib_queries_the_service_as_its_store(
    method: str, format: str, service: Running
) -> None:
    store = SPARQLStore(f"{service.url}sparql", returnFormat=format, method=method)
    graph = rdflib.Graph(store)

    assert [str(row["gap"]) for row in list[Any](graph.query(GAPS))] == gaps()


def test_rdflib_looks_the_service_through_as_a_graph(service: Running) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{service.url}sparql"))
    gap = rdflib.URIRef(gaps()[0])
    label = here(f"{PREFIX}SELECT ?l {{ <{gap}> rdfs:label ?l }}")

    assert (gap, rdflib.RDF.type, rdflib.URIRef(POEMKG + "EvidenceGap")) in graph
    assert str(graph.value(gap, rdflib.RDFS.label)) == next(label)["l"].value
    assert bool(graph.query(f"{PREFIX}ASK {{ ?s a poemkg:EvidenceGap }}").askAnswer)
    labels = graph.query(LABELS).graph
    assert labels is not None and isomorphic(labels, as_graph(here(LABELS)))


def test_rdflib_finds_one_module_by_its_name(service: Running) -> None:
    module = rdflib.Graph(SPARQLStore(f"{service.url}sparql"), rdflib.URIRef(DISORDERS))

    assert len(module) == published().count(DISORDERS) > 0


def curl(*arguments: str) -> bytes:
    """What curl writes."""
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail", "--max-time", "30", *arguments],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_curl_follows_an_advice_to_the_statement_behind_it(service: Running) -> None:
    advice = json.loads(
        curl(
            f"{service.url}api/recommend",
            *("--header", "Content-Type: text/turtle"),
            *("--data-binary", "@examples/S3a-type-iii.ttl"),
        )
    )
    statement = advice["options"][0]["standings"][0]["statement"]
    address = statement.replace(BASE, service.url)

    described = curl("--location", address, "--header", "Accept: text/turtle")

    graph = rdflib.Graph().parse(data=described, format="turtle")
    assert statement.startswith(BASE)
    source = graph.value(rdflib.URIRef(statement), rdflib.URIRef(POEMKG + "source"))
    assert str(source) == advice["options"][0]["standings"][0]["source"]["iri"]


def test_curl_asks_a_query_and_is_told_what_is_wrong(service: Running) -> None:
    endpoint = f"{service.url}sparql"

    rows = curl(endpoint, "--data-urlencode", f"query={GAPS}", "--header", "Accept: text/csv")
    told = curl(
        *(endpoint, "--no-fail", "--write-out", "%{http_code}"),
        *("--data-urlencode", "query=ASK { SERVICE <http://localhost/> {} }"),
    )

    assert rows.decode().split() == ["gap", *gaps()]
    assert b"SERVICE" in told and told.endswith(b".\n400")


def test_a_kept_connection_answers_at_once(service: Running) -> None:
    endpoint = Endpoint(f"{service.url}sparql")
    seconds = []

    for number in range(20):
        begun = time.perf_counter()
        assert endpoint.ask(f"ASK {{}} # {number}").status == 200
        seconds.append(time.perf_counter() - begun)

    endpoint.close()
    print(f"median {1000 * statistics.median(seconds):.1f} ms")
    assert min(seconds) < 0.03, "40 ms are the delay of TCP for small packets; see listening_socket"
