"""The knowledge with other review states and other marks, without a copy of it on disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge, prepared_from
from poem_kg.namespaces import POEMKG, PREFIXES, RDF
from tests.derivation.view import EXAMPLES, View, knowledge, read, viewed

STORIES = tuple(sorted(EXAMPLES.glob("S*.ttl")))
HEADER = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
TYPE, PATIENT = ox.NamedNode(RDF + "type"), ox.NamedNode(POEMKG + "Patient")
REVIEW = ox.NamedNode(POEMKG + "review")
APPROVED = ox.NamedNode(POEMKG + "approved")


@cache
def statements() -> tuple[str, ...]:
    """Every statement that has a review state, sorted."""
    found = {_iri(t) for t in knowledge().ontology if t.predicate == REVIEW}
    return tuple(sorted(found))


def approving(approved: Iterable[str]) -> Knowledge:
    """The knowledge of approved statements alone, where those of some IRIs are approved."""
    chosen = set(approved)
    triples = (
        ox.Triple(t.subject, REVIEW, APPROVED) if t.predicate == REVIEW and _iri(t) in chosen else t
        for t in knowledge().ontology
    )
    return replace(knowledge(), ontology=tuple(triples)).only_approved()


@cache
def adding(marks: str) -> Knowledge:
    """The knowledge with more Turtle in it."""
    quads = ox.parse((HEADER + marks).encode(), format=ox.RdfFormat.TURTLE)
    ontology = (*knowledge().ontology, *(q.triple for q in quads))
    prepared = prepared_from(ontology, knowledge().prepare)
    return replace(knowledge(), ontology=ontology, prepared=prepared)


def advised(known: Knowledge, paths: Iterable[Path] = STORIES) -> dict[Path, View]:
    """What follows for each of some stories, derived all at once as a cohort is."""
    graphs = {path: read(path) for path in paths}
    derivation = derive(known, [t for graph in graphs.values() for t in graph])
    return {path: viewed(known, derivation, _patient(graph)) for path, graph in graphs.items()}


@cache
def stories() -> dict[Path, View]:
    """What follows for each story from the knowledge of the checkout."""
    return advised(knowledge())


def as_it_stands(story: str) -> View:
    """What follows from the knowledge of the checkout for a story such as "S3a"."""
    (path,) = (path for path in STORIES if path.stem.startswith(f"{story}-"))
    return stories()[path]


def _patient(graph: Iterable[ox.Triple]) -> str:
    (found,) = {t.subject for t in graph if t.predicate == TYPE and t.object == PATIENT}
    assert isinstance(found, ox.NamedNode)
    return found.value


def _iri(triple: ox.Triple) -> str:
    return str(triple.subject).strip("<>")
