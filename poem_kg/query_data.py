"""The query catalogue as data: each query as a SHACL SPARQL executable with its parameters.

The model is that of the SPARQL examples of SIB (sib-swiss/sparql-examples): a query is a
`sh:SPARQLExecutable` with its text, an `rdfs:comment` that says what it answers, `schema:keywords`
and, as `schema:target`, the endpoint that answers it. Added are the parameters, as SHACL declares
those of a function, with the values of the examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from poem_kg.asking import Parameter, catalogue, parameters
from poem_kg.catalogue import Query
from poem_kg.errors import KnowledgeError
from poem_kg.namespaces import (
    BASE,
    DATASET,
    DCTERMS,
    OWL,
    PREFIXES,
    QUERY,
    RDF,
    RDFS,
    SH,
    SKOS,
    XSD,
)

Term = ox.NamedNode | ox.Literal

LICENCE: Final = "https://www.apache.org/licenses/LICENSE-2.0"
"""The licence of queries, as of all that is neither ontology nor shapes."""
CATALOGUE: Final = QUERY
"""The IRI of the catalogue, which has every query as a part."""
PREFIX_LIST: Final = QUERY + "prefixes"
"""The IRI under which the prefixes are declared that the queries use."""
ENDPOINT: Final = BASE + "sparql"
"""The IRI of the SPARQL endpoint that answers what is not about a patient."""

_SCHEMA: Final = PREFIXES["schema"]
_SPDX: Final = PREFIXES["spdx"]
_DATATYPES: Final = {
    "string": XSD + "string",
    "integer": XSD + "integer",
    "decimal": XSD + "decimal",
    "date": XSD + "date",
}
DATASETS: Final = {
    "ontology": ("ontology",),
    "knowledge": ("knowledge",),
    "alignments": ("knowledge", "alignments"),
    "patient": ("knowledge", "advice"),
}
"""What `graph` of the front matter stands for, as the names of datasets of an export."""
_DECLARED: Final = re.compile(r"^PREFIX\s+(\w+):\s+<([^>]*)>", re.MULTILINE)
_EXAMPLE: Final = re.compile(r"^#\+ example: *(\w+)=(.*)$", re.MULTILINE)
_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def catalogue_triples(queries: Iterable[Query] | None = None) -> tuple[ox.Triple, ...]:
    """Return the catalogue, the prefixes that its queries use, and what is said of each query.

    Args:
        queries: what the catalogue holds; without it the queries of `asking.catalogue`.

    Raises:
        KnowledgeError: a query cannot be parsed, or has an example without its parameter.
    """
    held = tuple(queries) if queries is not None else catalogue()
    return tuple(dict.fromkeys(_catalogue_triples(held)))


def query_triples(query: Query) -> tuple[ox.Triple, ...]:
    """Return what is said of one query: text, question, parameters, examples, data and digest.

    There are no blank nodes: a parameter is `QUERY#parameter-NAME` with the path `QUERY#NAME`.

    Raises:
        KnowledgeError: the query cannot be parsed, or has an example without its parameter.
    """
    return tuple(_query_triples(query))


def examples(query: Query) -> tuple[tuple[Parameter, Term], ...]:
    """Return the parameters of a query for which its front matter has a value, with that value.

    Each is a line `example: NAME=VALUE`; an IRI is written in full. Each stands for one call with
    that parameter alone.

    Raises:
        KnowledgeError: an example names no parameter of the query, or its value is no IRI.
    """
    declared = {parameter.name: parameter for parameter in parameters(query)}
    found = []
    for name, value in _EXAMPLE.findall(query.text):
        if name not in declared:
            raise KnowledgeError(f"{query.path}: the example {name} is no parameter; declare it")
        parameter = declared[name]
        try:
            term: Term = (
                ox.NamedNode(value)
                if parameter.type == "iri"
                else ox.Literal(value, datatype=ox.NamedNode(_datatype(query, parameter)))
            )
        except ValueError:
            raise KnowledgeError(f"{query.path}: {name}={value} is no IRI; correct it") from None
        found.append((parameter, term))
    return tuple(found)


def graph_of(query: Query) -> str:
    """Return on which graph a query runs: "ontology", "knowledge", "alignments" or "patient"."""
    folder = query.name.split("/")[0]
    steps = {"prepare": "ontology", "derive": "patient"}
    return query.front_matter.get("graph") or steps.get(folder, "knowledge")


def _catalogue_triples(queries: tuple[Query, ...]) -> Iterator[ox.Triple]:
    yield _triple(CATALOGUE, RDF + "type", PREFIXES["dcat"] + "Dataset")
    yield _triple(CATALOGUE, RDFS + "label", _english("query catalogue of poem-kg"))
    yield _triple(CATALOGUE, DCTERMS + "license", LICENCE)
    used: dict[str, str] = {}
    for query in queries:
        yield _triple(CATALOGUE, DCTERMS + "hasPart", query.iri)
        yield from _query_triples(query)
        used.update(_DECLARED.findall(query.text))
    yield _triple(PREFIX_LIST, RDF + "type", OWL + "Ontology")
    yield _triple(PREFIX_LIST, RDFS + "label", _english("prefixes that the queries use"))
    for prefix, namespace in sorted(used.items()):
        declaration = f"{PREFIX_LIST}#{prefix}"
        yield _triple(PREFIX_LIST, SH + "declare", declaration)
        yield _triple(declaration, RDF + "type", SH + "PrefixDeclaration")
        yield _triple(declaration, SH + "prefix", ox.Literal(prefix))
        uri = ox.Literal(namespace, datatype=ox.NamedNode(XSD + "anyURI"))
        yield _triple(declaration, SH + "namespace", uri)


def _query_triples(query: Query) -> Iterator[ox.Triple]:
    iri, graph = query.iri, graph_of(query)
    kind, text = _form(query)
    yield _triple(iri, RDF + "type", SH + "SPARQLExecutable")
    yield _triple(iri, RDF + "type", SH + kind)
    yield _triple(iri, RDFS + "label", ox.Literal(query.name))
    yield _triple(iri, RDFS + "comment", _english(query.summary))
    yield _triple(iri, SH + "prefixes", PREFIX_LIST)
    yield _triple(iri, SH + text, ox.Literal(query.text))
    yield _triple(iri, DCTERMS + "isPartOf", CATALOGUE)
    for dataset in DATASETS[graph]:
        yield _triple(iri, DCTERMS + "requires", DATASET + dataset)
    if graph in ("knowledge", "alignments"):
        yield _triple(iri, _SCHEMA + "target", ENDPOINT)
    for keyword in _keywords(query, graph):
        yield _triple(iri, _SCHEMA + "keywords", ox.Literal(keyword))
    checksum = iri + "#checksum"
    yield _triple(iri, _SPDX + "checksum", checksum)
    yield _triple(checksum, RDF + "type", _SPDX + "Checksum")
    yield _triple(checksum, _SPDX + "algorithm", _SPDX + "checksumAlgorithm_sha256")
    yield _triple(
        checksum, _SPDX + "checksumValue", ox.Literal(query.digest.removeprefix("sha256:"))
    )
    for order, parameter in enumerate(parameters(query), 1):
        yield from _parameter_triples(query, parameter, order)
    for parameter, value in examples(query):
        yield _triple(_parameter_iri(query, parameter), SKOS + "example", value)


def _parameter_triples(query: Query, parameter: Parameter, order: int) -> Iterator[ox.Triple]:
    node = _parameter_iri(query, parameter)
    yield _triple(query.iri, SH + "parameter", node)
    yield _triple(node, RDF + "type", SH + "Parameter")
    # The name of a parameter is the local name of its path (SHACL, section 6.2.1).
    yield _triple(node, SH + "path", f"{query.iri}#{parameter.name}")
    yield _triple(node, SH + "name", ox.Literal(parameter.name))
    yield _triple(node, SH + "description", _english(parameter.description))
    yield _triple(node, SH + "optional", _typed("true", "boolean"))
    yield _triple(node, SH + "order", _typed(str(order), "integer"))
    if parameter.type == "iri":
        yield _triple(node, SH + "nodeKind", SH + "IRI")
    else:
        yield _triple(node, SH + "datatype", _datatype(query, parameter))


def _parameter_iri(query: Query, parameter: Parameter) -> str:
    return f"{query.iri}#parameter-{parameter.name}"


def _datatype(query: Query, parameter: Parameter) -> str:
    try:
        return _DATATYPES[parameter.type]
    except KeyError:
        known = ", ".join(("iri", *_DATATYPES))
        raise KnowledgeError(
            f"{query.path}: {parameter.type} is no type of a parameter; write one of {known}"
        ) from None


def _form(query: Query) -> tuple[str, str]:
    """The class of the executable and the property that holds its text, without their prefix."""
    try:
        result = ox.Store().query(query.text)
    except SyntaxError as error:
        raise KnowledgeError(f"{query.path}: {error}; correct the query") from None
    if isinstance(result, ox.QueryTriples):
        return "SPARQLConstructExecutable", "construct"
    if isinstance(result, ox.QueryBoolean):
        return "SPARQLAskExecutable", "ask"
    return "SPARQLSelectExecutable", "select"


def _keywords(query: Query, graph: str) -> tuple[str, ...]:
    """The folder, the graph, and what the query can be narrowed to, in words."""
    narrowed = (" ".join(_WORDS.findall(p.name)).lower() for p in parameters(query))
    return tuple(dict.fromkeys((query.name.split("/")[0], graph, *narrowed)))


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _typed(value: str, datatype: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(XSD + datatype))


def _triple(subject: str, predicate: str, value: str | Term) -> ox.Triple:
    object_ = ox.NamedNode(value) if isinstance(value, str) else value
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), object_)
