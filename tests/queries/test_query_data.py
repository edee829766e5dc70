"""The catalogue as data says of each query what its file says, and its texts give its answers."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import defaultdict
from functools import cache
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.asking import catalogue
from poem_kg.catalogue import Query, read_queries
from poem_kg.derivation import derive
from poem_kg.errors import KnowledgeError
from poem_kg.export.formats import WHAT
from poem_kg.knowledge import as_quads, parse_module
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import BASE, DCTERMS, PREFIXES, RDF, RDFS, SH, SKOS, XSD
from poem_kg.query_data import catalogue_triples, examples, query_triples
from poem_kg.serialise import RDF_FORMATS, serialise
from tests.queries.files import ASK, EVERY, QUERIES, QueryFile, term
from tests.queries.graphs import EXAMPLES, alignments_graph, knowledge, knowledge_graph

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
FORMS = ("select", "ask", "construct")
STEPS = [*read_queries(QUERIES / "prepare"), *read_queries(QUERIES / "derive")]
SCHEMA_TERMS = {PREFIXES["schema"] + name for name in ("keywords", "target")}
"""What the SPARQL examples of SIB use of schema.org, as of their commit 734ad93."""
PATIENT = "S3a-type-iii"

every = pytest.mark.parametrize("query", EVERY, ids=lambda q: q.name)
every_ask = pytest.mark.parametrize("query", ASK, ids=lambda q: q.name)


@cache
def data() -> dict[str, dict[str, list[Term]]]:
    """Subject to property to values."""
    said: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for triple in catalogue_triples():
        assert isinstance(triple.subject, ox.NamedNode)
        said[triple.subject.value][triple.predicate.value].append(triple.object)
    return said


def about(query: QueryFile) -> dict[str, list[Term]]:
    return data()[BASE + "query/" + query.name.replace("/", "-")]


def one(values: list[Term]) -> str:
    (value,) = values
    assert isinstance(value, ox.NamedNode | ox.Literal)
    return value.value


def text_of(query: QueryFile) -> str:
    return one([value for form in FORMS for value in about(query).get(SH + form, [])])


def datasets_of(query: QueryFile) -> set[str]:
    return {one([v]).removeprefix(BASE + "dataset/") for v in about(query)[DCTERMS + "requires"]}


@cache
def store_of(names: frozenset[str]) -> ox.Store:
    """The datasets of an export with these names, in one graph."""
    store = ox.Store()
    if "knowledge" in names:
        store.load(knowledge_graph().encode(), format=ox.RdfFormat.N_TRIPLES)
    if "alignments" in names:
        store.load(alignments_graph().encode(), format=ox.RdfFormat.N_TRIPLES)
    if "advice" in names:
        store.extend(as_quads(KnowledgeBase(knowledge()).recommend(_patient()).graph))
    return store


def _patient() -> Path:
    return EXAMPLES / f"{PATIENT}.ttl"


@cache
def own_graph(graph: str) -> ox.Store:
    """The graph that the front matter of a query names."""
    if graph == "patient":
        return derive(knowledge(), parse_module(_patient())).store
    return store_of(frozenset({graph, "knowledge"}))


def rows(store: ox.Store, text: str) -> list[str]:
    found = store.query(text)
    assert isinstance(found, ox.QuerySolutions)
    return [str(row) for row in found]


def test_the_catalogue_holds_every_query_once() -> None:
    held = [one([part]) for part in data()[BASE + "query/"][DCTERMS + "hasPart"]]

    assert len(held) >= 90
    assert sorted(held) == sorted(query.iri for query in catalogue())
    assert {iri.removeprefix(BASE + "query/") for iri in held} == {
        query.name.replace("/", "-") for query in EVERY
    }


@every
def test_a_query_is_an_executable_of_its_form_with_its_whole_text(query: QueryFile) -> None:
    types = {one([t]) for t in about(query)[RDF + "type"]}

    assert types == {SH + "SPARQLExecutable", SH + "SPARQLSelectExecutable"}
    assert text_of(query) == query.text
    assert one(about(query)[RDFS + "label"]) == query.name
    assert one(about(query)[RDFS + "comment"]) == query.one("summary")
    checksum = data()[one(about(query)[PREFIXES["spdx"] + "checksum"])]
    expected = hashlib.sha256(query.text.encode()).hexdigest()
    assert one(checksum[PREFIXES["spdx"] + "checksumValue"]) == expected


@every
def test_the_text_gives_the_answer_of_the_file_on_the_datasets_it_requires(
    query: QueryFile,
) -> None:
    names = datasets_of(query)

    assert names <= set(WHAT)
    assert rows(store_of(frozenset(names)), text_of(query)) == rows(
        own_graph(query.graph), (QUERIES / f"{query.name}.rq").read_text(encoding="utf-8")
    )


@every
def test_only_what_is_not_about_a_patient_has_the_endpoint_as_its_target(query: QueryFile) -> None:
    targets = [one([t]) for t in about(query)[PREFIXES["schema"] + "target"]]

    assert targets == ([] if query.graph == "patient" else [BASE + "sparql"])


@every_ask
def test_the_parameters_are_those_of_the_file_in_their_order(query: QueryFile) -> None:
    nodes = [data()[one([node])] for node in about(query)[SH + "parameter"]]
    iri = BASE + "query/" + query.name.replace("/", "-")
    found = {}
    for node in sorted(nodes, key=lambda node: int(one(node[SH + "order"]))):
        name = one(node[SH + "name"])
        assert one(node[SH + "path"]) == f"{iri}#{name}"
        assert one(node[SH + "optional"]) == "true"
        assert node[SH + "description"]
        kinds = [one([k]) for key in ("nodeKind", "datatype") for k in node.get(SH + key, [])]
        found[name] = one([ox.Literal(kind) for kind in kinds])

    expected = {
        name: SH + "IRI" if kind == "iri" else XSD + kind for name, kind in query.params.items()
    }
    assert list(found.items()) == list(expected.items())


@every_ask
def test_an_example_is_a_term_of_the_declared_type_that_gives_rows(query: QueryFile) -> None:
    expected = {
        name: term(value, query.params[name])
        for name, _, value in (line.partition("=") for line in query.all("example"))
    }
    found = {}
    for node in (data()[one([node])] for node in about(query)[SH + "parameter"]):
        for value in node.get(SKOS + "example", []):
            assert isinstance(value, ox.NamedNode | ox.Literal)
            assert isinstance(value, ox.NamedNode) == (SH + "nodeKind" in node)
            if isinstance(value, ox.Literal):
                assert value.datatype.value == one(node[SH + "datatype"])
            name = one(node[SH + "name"])
            found[name] = str(value)
            # The rows for the patient of the approved answers are tested there.
            if query.graph != "patient":
                store = store_of(frozenset(datasets_of(query)))
                bound = store.query(text_of(query), substitutions={ox.Variable(name): value})
                assert isinstance(bound, ox.QuerySolutions)
                assert list(bound)

    assert found == expected


def test_the_steps_of_a_derivation_are_executables_too() -> None:
    triples = catalogue_triples(STEPS)

    forms = [t for t in triples if t.object == ox.NamedNode(SH + "SPARQLConstructExecutable")]
    texts = {t.object.value for t in triples if t.predicate.value == SH + "construct"}  # type: ignore[union-attr]

    assert len(STEPS) > 200
    assert len(forms) == len(STEPS)
    assert texts == {query.text for query in STEPS}


def test_every_term_of_shacl_and_schema_org_exists() -> None:
    source = files("pyshacl") / "assets" / "shacl.ttl"
    shacl = {q.subject for q in ox.parse(source.read_bytes(), format=ox.RdfFormat.TURTLE)}
    used = {
        node
        for triple in (*catalogue_triples(), *catalogue_triples(STEPS))
        for node in (triple.predicate, triple.object)
        if isinstance(node, ox.NamedNode)
    }

    assert len({n for n in used if n.value.startswith(SH)}) > 15
    assert {n for n in used if n.value.startswith(SH)} <= shacl
    assert {n.value for n in used if n.value.startswith("http") and "schema.org" in n.value} == (
        SCHEMA_TERMS
    )


def test_every_prefix_that_a_query_uses_is_declared_for_it() -> None:
    declared = {}
    for node in data()[BASE + "query/prefixes"][SH + "declare"]:
        said = data()[one([node])]
        declared[one(said[SH + "prefix"])] = one(said[SH + "namespace"])

    assert declared.items() <= PREFIXES.items()
    for query in EVERY:
        assert one(about(query)[SH + "prefixes"]) == BASE + "query/prefixes"
        for line in query.text.splitlines():
            if line.startswith("PREFIX "):
                _, prefix, namespace = line.split()
                assert declared[prefix.rstrip(":")] == namespace.strip("<>")


def test_there_is_no_blank_node_and_nothing_is_named_that_is_not_there() -> None:
    subjects = set(data())
    for triple in catalogue_triples():
        assert not isinstance(triple.object, ox.BlankNode)
        node = triple.object
        if isinstance(node, ox.NamedNode) and node.value.startswith(BASE + "query/"):
            assert node.value in subjects or triple.predicate.value == SH + "path"


@pytest.mark.parametrize("format", RDF_FORMATS)
def test_the_catalogue_survives_every_format(format: str) -> None:
    triples = set(catalogue_triples())
    formats = {
        "turtle": ox.RdfFormat.TURTLE,
        "ntriples": ox.RdfFormat.N_TRIPLES,
        "nquads": ox.RdfFormat.N_QUADS,
        "trig": ox.RdfFormat.TRIG,
        "jsonld": ox.RdfFormat.JSON_LD,
        "rdfxml": ox.RdfFormat.RDF_XML,
    }

    back = {quad.triple for quad in ox.parse(serialise(triples, format), format=formats[format])}

    assert back == triples


def _with(query: Query, line: str) -> Query:
    return dataclasses.replace(query, text=line + "\n" + query.text)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("#+ example: nothing=1", "the example nothing is no parameter; declare it"),
        ("#+ param: many number how many", "number is no type of a parameter; write one of iri"),
        ("#+ example: therapy=a b", "therapy=a b is no IRI; correct it"),
    ],
)
def test_front_matter_that_says_too_little_is_refused(line: str, cause: str) -> None:
    gates = next(query for query in catalogue() if query.name == "ask/gates")

    with pytest.raises(KnowledgeError, match=cause):
        query_triples(_with(gates, line))


def test_a_text_that_is_no_query_is_refused() -> None:
    gates = next(query for query in catalogue() if query.name == "ask/gates")

    with pytest.raises(KnowledgeError, match="correct the query"):
        query_triples(dataclasses.replace(gates, text=gates.text + "}"))


def test_examples_are_given_with_their_parameters() -> None:
    find = next(query for query in catalogue() if query.name == "ask/find-a-term")

    assert [(p.name, value) for p, value in examples(find)] == [
        ("text", ox.Literal("JACKHAMMER")),
        ("term", ox.NamedNode(BASE + "ontology/PerOralEndoscopicMyotomy")),
    ]
