"""Alignments to upper and medical ontologies name terms that exist, on both sides.

`alignments.tsv` lists every foreign term that they name, with the label and the version of the
source in which it was looked up. A term that is not in it has not been looked up.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.knowledge import load_knowledge, module_files, parse_module, read_catalog
from poem_kg.namespaces import MODULE, OWL, POEMKG, PREFIXES, RDF, RDFS, SKOS
from poem_kg.owl.reasoning import examine

HERE = Path(__file__).parent
ONTOLOGY = HERE.parents[1] / "ontology"
NAMES = ("bfo-ogms", "fhir", "schema-org")
LOOKED_UP = list(
    csv.DictReader(
        (HERE / "alignments.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"
    )
)
MATCHES = {SKOS + f"{name}Match" for name in ("close", "related", "broad", "narrow")}
SUBCLASS = RDFS + "subClassOf"
WELL_FORMED = {
    "bfo-ogms": r"http://purl\.obolibrary\.org/obo/(?:BFO|IAO|OBI|OGMS)_[0-9]{7}",
    "schema-org": r"https://schema\.org/[A-Za-z]+",
    "fhir": r"http://hl7\.org/fhir/(?:[A-Z][A-Za-z]+|event-status#[a-z-]+)"
    r"|http://terminology\.hl7\.org/CodeSystem/condition-ver-status#[a-z-]+",
}

every = pytest.mark.parametrize("name", NAMES)


@cache
def triples(name: str) -> tuple[ox.Triple, ...]:
    return parse_module(ONTOLOGY / "alignments" / f"{name}.ttl")


@cache
def declared() -> set[str]:
    """Everything of ours that the ontology gives a type."""
    return {
        t.subject.value
        for t in load_knowledge().ontology
        if t.predicate.value == RDF + "type" and isinstance(t.subject, ox.NamedNode)
    }


def iris(name: str) -> set[str]:
    nodes = {node for t in triples(name) for node in (t.subject, t.object)}
    return {node.value for node in nodes if isinstance(node, ox.NamedNode)}


def foreign(name: str) -> set[str]:
    """The terms of the other ontology in an alignment."""
    known = (PREFIXES["poemkg"], OWL, SKOS, "https://creativecommons.org/")
    return {iri for iri in iris(name) if not iri.startswith(known)}


@every
def test_every_aligned_term_of_ours_exists(name: str) -> None:
    aligned = {
        t.subject.value
        for t in triples(name)
        if isinstance(t.subject, ox.NamedNode)
        and t.subject.value.startswith(POEMKG)
        and not t.subject.value.startswith(MODULE)
    }

    assert len(aligned) >= 15
    assert aligned <= declared()


@every
def test_every_foreign_term_was_looked_up_and_is_well_formed(name: str) -> None:
    looked_up = {row["iri"] for row in LOOKED_UP if row["file"] == name}

    assert foreign(name) == looked_up
    assert all(re.fullmatch(WELL_FORMED[name], iri) for iri in looked_up)
    assert all(row["label"] and row["source"] for row in LOOKED_UP)


@every
def test_a_foreign_class_has_the_label_of_its_source(name: str) -> None:
    labels = {row["iri"]: row["label"] for row in LOOKED_UP}
    found = {
        t.subject.value: t.object.value
        for t in triples(name)
        if t.predicate.value == SKOS + "prefLabel"
        and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.Literal)
    }

    assert found.items() <= labels.items()
    supers = {t.object.value for t in triples(name) if t.predicate.value == SUBCLASS}  # type: ignore[union-attr]
    assert supers <= set(found), "a class that is subclassed is declared, with its label"


@every
def test_our_terms_are_related_by_subclasses_and_careful_matches_only(name: str) -> None:
    used = {
        t.predicate.value
        for t in triples(name)
        if isinstance(t.subject, ox.NamedNode)
        and t.subject.value in declared()
        and not t.subject.value.startswith(OWL)
    } - {SKOS + "editorialNote", RDF + "type", RDFS + "label"}

    assert used <= MATCHES | {SUBCLASS}


@every
def test_an_alignment_says_how_careful_it_is_and_is_in_the_catalogue(name: str) -> None:
    header = ox.NamedNode(f"{MODULE}alignment-{name}")
    notes = [
        t
        for t in triples(name)
        if t.subject == header and t.predicate.value == SKOS + "editorialNote"
    ]
    catalog = read_catalog(ONTOLOGY)
    path = (ONTOLOGY / "alignments" / f"{name}.ttl").resolve()

    assert len(notes) >= 3
    assert any("November 2026" in str(note.object) for note in notes)
    assert catalog[header.value] == path
    assert catalog[header.value.replace("/module/", "/0.1.0/module/")] == path
    assert path not in module_files(ONTOLOGY), "the root imports no alignment"


APART = (("Therapy", "Statement"), ("Patient", "Record"), ("Procedure", "Patient"))


def of_both(one: str, other: str) -> list[ox.Triple]:
    """Return an individual of two classes."""
    node, type_ = ox.NamedNode(f"urn:{one}-{other}"), ox.NamedNode(RDF + "type")
    return [ox.Triple(node, type_, ox.NamedNode(POEMKG + name)) for name in (one, other)]


@pytest.fixture(scope="module")
def consistent() -> dict[str, bool]:
    """Return of which ontologies the reasoner finds a model, from one start of Java."""
    ours = load_knowledge().ontology
    every = [triple for pair in APART for triple in of_both(*pair)]
    graphs = {
        "aligned": [*ours, *triples("bfo-ogms")],
        "not aligned, with each pair": [*ours, *every],
        **{"-".join(p): [*ours, *triples("bfo-ogms"), *of_both(*p)] for p in APART},
    }
    found = {}
    for name, report in zip(graphs, examine(graphs.values(), reason_seconds=0), strict=True):
        assert report.result is not None, report.refusals
        found[name] = report.result.consistent
    return found


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_is_a_process_is_no_information_and_no_person(
    one: str, other: str, consistent: dict[str, bool]
) -> None:
    assert consistent["aligned"]
    assert not consistent[f"{one}-{other}"]


def test_without_the_alignment_nothing_says_so(consistent: dict[str, bool]) -> None:
    assert consistent["not aligned, with each pair"]
