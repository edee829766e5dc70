"""The linked data of the package, asked as the service asks it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox

from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import BASE
from poem_kg.service.linked import Documents
from poem_kg.service.model import Answer, Call, Refusal
from poem_kg.service.published import Published, publish

FORMATS = {
    ".ttl": ("text/turtle", ox.RdfFormat.TURTLE),
    ".jsonld": ("application/ld+json", ox.RdfFormat.JSON_LD),
    ".rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    ".nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
}
"""Suffix to media type and parser, of the forms that are RDF."""


@cache
def published() -> Published:
    return publish(KnowledgeBase.load())


@cache
def documents() -> Documents:
    return Documents(published())


def ask(path: str, accept: str = "", *, of: Documents | None = None, method: str = "GET") -> Answer:
    """What a path answers; a refusal is an answer too."""
    path, _, question = path.partition("?")
    pairs = (piece.partition("=") for piece in question.split("&") if piece)
    call = Call(
        kind="document",
        path=path,
        method=method,
        accept=accept,
        parameters=tuple((name, value) for name, _, value in pairs),
    )
    try:
        return (of or documents()).answer(call)
    except Refusal as refusal:
        return refusal.answer()


def header(answer: Answer, name: str) -> str:
    """The value of a header that is there once."""
    (value,) = (value for key, value in answer.headers if key == name)
    return value


def parsed(answer: Answer, suffix: str) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(answer.body, format=FORMATS[suffix][1])}


def canonical(triples: Iterable[ox.Triple]) -> set[str]:
    """The triples with blank nodes labelled by RDFC-1.0, so that equal sets are equal graphs."""
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def all_triples() -> set[ox.Triple]:
    """All that is told about things of ours: ontology, alignments, shapes and queries."""
    whole = published()
    return {*whole.kb.knowledge.ontology, *whole.alignments, *whole.shapes, *whole.queries}


def things() -> list[str]:
    """Every IRI of ours that something is said about, less what is named after a "#"."""
    subjects = {t.subject.value for t in all_triples() if isinstance(t.subject, ox.NamedNode)}
    return sorted(iri for iri in subjects if iri.startswith(BASE) and "#" not in iri)
