"""What the SPARQL endpoint says of itself (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import DATASET, RDF, XSD
from poem_kg.service.published import Published

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_ENTAILMENT: Final = "http://www.w3.org/ns/entailment/Simple"
_VOID: Final = "http://rdfs.org/ns/void#"
_TYPE: Final = ox.NamedNode(RDF + "type")
_WRITTEN: Final = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "JSON-LD",
    "RDF_XML",
)
"""Names of https://www.w3.org/ns/formats/, one for each format that answers are written in."""


def description_of_endpoint(published: Published, endpoint: str) -> list[ox.Triple]:
    """Return the service description: what is supported, and which graphs are stored.

    Args:
        published: the dataset.
        endpoint: the IRI of the endpoint; nodes of the description begin with it.
    """
    return list(_triples(published, endpoint))


def _triples(published: Published, endpoint: str) -> Iterator[ox.Triple]:
    service = ox.NamedNode(f"{endpoint}#service")
    dataset = ox.NamedNode(f"{endpoint}#dataset")
    default = ox.NamedNode(f"{endpoint}#default-graph")

    def has(subject: ox.NamedNode, name: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
        return ox.Triple(subject, ox.NamedNode(SD + name), value)

    yield ox.Triple(service, _TYPE, ox.NamedNode(SD + "Service"))
    yield has(service, "endpoint", ox.NamedNode(endpoint))
    yield has(service, "supportedLanguage", ox.NamedNode(SD + "SPARQL11Query"))
    yield has(service, "defaultEntailmentRegime", ox.NamedNode(_ENTAILMENT))
    for name in _WRITTEN:
        yield has(service, "resultFormat", ox.NamedNode(_FORMATS + name))
    yield has(service, "defaultDataset", dataset)
    yield has(service, "availableGraphs", dataset)
    yield ox.Triple(dataset, _TYPE, ox.NamedNode(SD + "Dataset"))
    yield ox.Triple(dataset, _TYPE, ox.NamedNode(SD + "GraphCollection"))
    yield ox.Triple(
        dataset, ox.NamedNode("http://purl.org/dc/terms/isPartOf"), ox.NamedNode(DATASET)
    )
    yield has(dataset, "defaultGraph", default)
    yield ox.Triple(default, _TYPE, ox.NamedNode(SD + "Graph"))
    yield _size(default, published.count(None))
    for place, graph in enumerate(published.graphs, start=1):
        named = ox.NamedNode(f"{endpoint}#named-graph-{place}")
        content = ox.NamedNode(f"{endpoint}#graph-{place}")
        yield has(dataset, "namedGraph", named)
        yield ox.Triple(named, _TYPE, ox.NamedNode(SD + "NamedGraph"))
        yield has(named, "name", ox.NamedNode(graph))
        yield has(named, "graph", content)
        yield ox.Triple(content, _TYPE, ox.NamedNode(SD + "Graph"))
        yield _size(content, published.count(graph))


def _size(graph: ox.NamedNode, count: int) -> ox.Triple:
    number = ox.Literal(str(count), datatype=ox.NamedNode(XSD + "integer"))
    return ox.Triple(graph, ox.NamedNode(_VOID + "triples"), number)
