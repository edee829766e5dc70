"""The DCAT and VoID description: complete, true, and in the words of the vocabularies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Final

import pyoxigraph as ox
import pytest
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, VOID

from poem_kg.errors import KnowledgeError
from poem_kg.export.contents import knowledge_triples
from poem_kg.export.description import (
    CATALOG,
    SERVICE,
    Dataset,
    File,
    dataset_iri,
    describe,
)
from poem_kg.export.formats import DATASETS, FILE_SUFFIXES, MEDIA_TYPES
from poem_kg.export.nanopubs import FILE
from poem_kg.export.release import Release, release_of
from poem_kg.export.sssom import known_prefixes
from poem_kg.knowledge import as_quads
from poem_kg.namespaces import BASE, POEMKG, PREFIXES
from tests.export.files import example_advice, knowledge_base

ENDPOINT: Final = "https://example.org/sparql"
DCAT_3: Final = {
    "version",
    "isVersionOf",
    "hasVersion",
    "hasCurrentVersion",
    "previousVersion",
}
"""What DCAT 3 has and rdflib's DCAT does not know yet (Recommendation of 2024, section 11)."""
SPDX: Final = {"Checksum", "checksum", "algorithm", "checksumValue"}


def triples_of(name: str) -> tuple[ox.Triple, ...]:
    if name == "advice":
        return tuple(dict.fromkeys(t for advice in example_advice() for t in advice.graph))
    return knowledge_triples(name, knowledge_base())


def release() -> Release:
    return release_of(knowledge_base().knowledge)


def datasets() -> list[Dataset]:
    made = {"ontology": "turtle rdfxml", "alignments": "sssom", "statements": "csv nanopub trig"}
    return [
        Dataset(
            name=name,
            triples=triples_of(name),
            files=tuple(
                File(
                    name=FILE if format == "nanopub" else name + FILE_SUFFIXES[format],
                    format=format,
                    size=9,
                    sha256="ab" * 32,
                )
                for format in made.get(name, "ntriples").split()
            ),
        )
        for name in DATASETS
    ]


@cache
def described() -> ox.Store:
    return stored(
        describe(release(), datasets(), endpoint=ENDPOINT, terminologies=known_prefixes())
    )


def stored(triples: Sequence[ox.Triple]) -> ox.Store:
    store = ox.Store()
    store.extend(as_quads(triples))
    return store


def rows(query: str, store: ox.Store | None = None) -> list[tuple[str, ...]]:
    """The plain values that a query finds, sorted."""
    found = (store or described()).query(query, prefixes=dict(PREFIXES))
    assert isinstance(found, ox.QuerySolutions)
    return sorted(tuple("" if t is None else t.value for t in row) for row in found)


REQUIRED: Final = {
    "dcat:Catalog": "dcterms:title dcterms:description dcterms:license dcterms:publisher "
    "dcat:version dcterms:created dcterms:language dcat:dataset dcat:service",
    "dcat:Dataset": "dcterms:title dcterms:description dcterms:publisher dcat:version "
    "dcterms:created dcterms:language dcat:distribution",
    "dcat:Distribution": "dcterms:title dcat:mediaType dcat:accessURL dcat:downloadURL "
    "dcat:byteSize "
    "spdx:checksum",
    "dcat:DataService": "dcterms:title dcat:endpointURL dcat:servesDataset dcterms:license "
    "dcterms:conformsTo dcterms:publisher dcat:endpointDescription",
    "void:Linkset": "void:linkPredicate void:subjectsTarget void:objectsTarget void:triples",
    "spdx:Checksum": "spdx:algorithm spdx:checksumValue",
    "foaf:Agent": "foaf:name",
}


@pytest.mark.parametrize("kind", REQUIRED)
def test_every_thing_of_a_kind_has_what_it_must_have(kind: str) -> None:
    assert rows(f"SELECT ?thing {{ ?thing a {kind} }}"), f"no {kind}"
    for prop in REQUIRED[kind].split():
        lacking = rows(
            f"SELECT ?thing {{ ?thing a {kind} FILTER NOT EXISTS {{ ?thing {prop} ?value }} }}"
        )
        assert lacking == [], f"a {kind} has no {prop}"


def test_every_dataset_has_a_licence_but_advice_which_is_not_public() -> None:
    unlicensed = rows(
        "SELECT ?set { ?set a dcat:Dataset FILTER NOT EXISTS { ?set dcterms:license ?l } }"
    )
    closed = rows(
        "SELECT ?set { ?set a dcat:Dataset ; dcterms:accessRights ?r "
        "FILTER (STRENDS(STR(?r), 'NON_PUBLIC')) }"
    )
    advice = [(dataset_iri("advice", release().version),), (dataset_iri("advice"),)]
    assert unlicensed == closed == advice
    served = rows(f"SELECT ?set {{ <{SERVICE}> dcat:servesDataset ?set }}")
    assert served == [(dataset_iri(name),) for name in sorted(DATASETS) if name != "advice"]


def test_each_dataset_names_its_version_and_each_version_its_dataset() -> None:
    version = release().version
    pairs = [(dataset_iri(name), dataset_iri(name, version)) for name in sorted(DATASETS)]
    for prop in ("dcat:hasVersion", "dcat:hasCurrentVersion", "owl:versionIRI",
                 "^dcat:isVersionOf", "^prov:specializationOf"):  # fmt: skip
        assert rows(f"SELECT ?set ?version {{ ?set {prop} ?version }}") == pairs
    assert rows("SELECT ?set { ?set a dcat:Dataset ; dcat:version ?v }") == sorted(
        (iri,) for pair in pairs for iri in pair
    )
    assert rows("SELECT DISTINCT ?v { ?set dcat:version ?v }") == [(version,)]
    assert rows("SELECT ?earlier { ?set dcat:previousVersion ?earlier }") == []


def test_a_version_names_the_one_before_where_the_ontology_does() -> None:
    knowledge = knowledge_base().knowledge
    prior = ox.Triple(
        ox.NamedNode(POEMKG),
        ox.NamedNode(PREFIXES["owl"] + "priorVersion"),
        ox.NamedNode(POEMKG + "0.0.9/"),
    )
    later = release_of(replace(knowledge, ontology=(*knowledge.ontology, prior)))
    assert later.previous == "0.0.9"

    store = stored(describe(later, datasets()[:1]))

    expected = [(dataset_iri("ontology", release().version), dataset_iri("ontology", "0.0.9"))]
    for prop in ("dcat:previousVersion", "prov:wasRevisionOf"):
        assert rows(f"SELECT ?one ?other {{ ?one {prop} ?other }}", store) == expected


def test_a_header_without_a_licence_is_a_fault_of_the_ontology() -> None:
    knowledge = knowledge_base().knowledge
    bare = tuple(t for t in knowledge.ontology if not t.predicate.value.endswith("license"))
    with pytest.raises(KnowledgeError, match="license"):
        release_of(replace(knowledge, ontology=bare))


@pytest.mark.parametrize("name", DATASETS)
def test_the_counts_are_those_that_sparql_counts(name: str) -> None:
    store, version = stored(triples_of(name)), dataset_iri(name, release().version)
    counts = {
        "void:triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "void:distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
        "void:distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
        "void:properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
        "void:classes": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s a ?o FILTER ISIRI(?o) }",
    }
    for prop, query in counts.items():
        assert rows(f"SELECT ?n {{ <{version}> {prop} ?n }}") == rows(query, store), prop
    ours = f"FILTER (STRSTARTS(STR(?x), '{POEMKG}'))"
    partitions = {
        "void:classPartition ?part . ?part void:class ?x ; void:entities ?n": "?s a ?x",
        "void:propertyPartition ?part . ?part void:property ?x ; void:triples ?n": "?s ?x ?o",
    }
    for told, pattern in partitions.items():
        expected = rows(f"SELECT ?x (COUNT(*) AS ?n) {{ {pattern} {ours} }} GROUP BY ?x", store)
        assert rows(f"SELECT ?x ?n {{ <{version}> {told} }}") == expected
        assert expected or name == "alignments", "mappings use no word of ours"


def test_linksets_are_counted_and_say_what_they_join() -> None:
    store = stored(triples_of("alignments"))
    found = rows(
        "SELECT ?predicate ?space ?n { ?set a void:Linkset ; void:linkPredicate ?predicate ; "
        "void:objectsTarget/void:uriSpace ?space ; void:triples ?n }"
    )
    assert len(found) > 20
    for predicate, space, number in found:
        counted = rows(
            f"SELECT (COUNT(*) AS ?n) {{ ?s <{predicate}> ?o FILTER ISIRI(?o) "
            f"FILTER STRSTARTS(STR(?s), '{BASE}') FILTER STRSTARTS(STR(?o), '{space}') }}",
            store,
        )
        assert counted == [(number,)]
    version = dataset_iri("alignments", release().version)
    subsets = rows(f"SELECT ?set {{ <{version}> void:subset ?set }}")
    assert subsets == rows("SELECT ?set { ?set a void:Linkset }")
    mondo = rows(f"SELECT ?title {{ <{version}#MONDO> dcterms:title ?title }}")
    assert mondo == [("MONDO",)]


def test_examples_are_in_the_data() -> None:
    for name in DATASETS:
        version = dataset_iri(name, release().version)
        examples = rows(f"SELECT ?x {{ <{version}> void:exampleResource ?x }}")
        subjects = {
            t.subject.value for t in triples_of(name) if isinstance(t.subject, ox.NamedNode)
        }
        assert len(examples) <= 1
        assert {one for (one,) in examples} <= subjects
        if name != "advice":
            assert examples, name


def test_vocabularies_are_namespaces_of_what_is_used() -> None:
    version = dataset_iri("statements", release().version)
    told = {one for (one,) in rows(f"SELECT ?x {{ <{version}> void:vocabulary ?x }}")}
    used = {t.predicate.value for t in triples_of("statements")}
    assert all(any(iri.startswith(space) for space in told) for iri in used)
    assert POEMKG in told


def test_files_are_told_as_what_they_are() -> None:
    version = release().version
    for dataset in datasets():
        for file in dataset.files:
            iri = dataset_iri(file.name, version)
            (media,) = rows(f"SELECT ?m {{ <{iri}> dcat:mediaType ?m }}")
            assert media[0].endswith("/assignments/media-types/" + MEDIA_TYPES[file.format])
            owners = rows(f"SELECT ?set {{ ?set dcat:distribution <{iri}> }}")
            assert owners == sorted(
                [(dataset_iri(dataset.name),), (dataset_iri(dataset.name, version),)]
            )
            dumps = rows(f"SELECT ?set {{ ?set void:dataDump <{iri}> }}")
            assert bool(dumps) is (file.format not in ("csv", "sssom", "nanopub"))


def test_what_is_not_known_is_not_told() -> None:
    bare = Dataset(name="ontology", triples=(), files=(File(name="a.ttl", format="turtle"),))

    store = stored(describe(release(), [bare]))

    assert rows("SELECT ?x { ?x spdx:checksum|dcat:byteSize|void:sparqlEndpoint ?y }", store) == []
    assert rows("SELECT ?x { ?x a dcat:DataService }", store) == []
    assert rows("SELECT ?x { ?x void:exampleResource ?y }", store) == []
    assert rows("SELECT ?x { ?x a dcat:Distribution }", store) != []


def test_the_words_are_in_the_vocabularies() -> None:
    """A misspelt term of another vocabulary means nothing and nobody notices."""
    known = {str(ns): ns for ns in (DCAT, DCTERMS, FOAF, OWL, PROV, RDF, VOID)}
    terms = {t.predicate.value for t in described()}
    terms |= {t.object.value for t in described() if t.predicate.value == str(RDF.type)
              and isinstance(t.object, ox.NamedNode)}  # fmt: skip
    for term in terms:
        space, local = re.fullmatch(r"(.*[/#])([^/#]+)", term).groups()  # type: ignore[union-attr]
        if space == PREFIXES["spdx"]:
            assert local in SPDX
        elif not (space == str(DCAT) and local in DCAT_3):
            assert term in known[space], term


def test_nothing_has_a_blank_node_and_everything_hangs_together() -> None:
    assert not any(isinstance(t, ox.BlankNode) for q in described() for t in (q.subject, q.object))
    reached = rows(
        f"SELECT DISTINCT ?x {{ <{CATALOG}> (dcat:dataset|dcat:service|dcat:hasVersion|"
        "dcat:distribution|spdx:checksum|void:subset|void:objectsTarget|void:classPartition|"
        "void:propertyPartition|dcterms:publisher)* ?x . ?x ?p ?y }"
    )
    subjects = rows("SELECT DISTINCT ?x { ?x ?p ?y }")
    assert reached == subjects
