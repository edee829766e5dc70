"""What is said about one thing, as a graph that can be read alone."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import DCTERMS, PREFIXES, RDF, RDFS
from poem_kg.service.triples import Graph

_FOAF: Final = PREFIXES["foaf"]
_TYPE: Final = ox.NamedNode(RDF + "type")
_DOCUMENT: Final = ox.NamedNode(_FOAF + "Document")
_PRIMARY_TOPIC: Final = ox.NamedNode(_FOAF + "primaryTopic")
_IS_PART_OF: Final = ox.NamedNode(DCTERMS + "isPartOf")
_LICENCE: Final = ox.NamedNode(DCTERMS + "license")
_DEFINED_BY: Final = ox.NamedNode(RDFS + "isDefinedBy")


def describe(graph: Graph, iri: str) -> set[ox.Triple]:
    """Return all that the graph says about a thing, and what it takes to read that.

    These are the triples about it and about what is named inside its document (`IRI#...`), the
    triples of other things that lead to it, all with the blank nodes in them, and the labels of
    all these things: a concise bounded description in both directions.

    Args:
        graph: where to look.
        iri: the thing.
    """
    node = ox.NamedNode(iri)
    kept: set[ox.Triple] = set()
    for subject in (node, *graph.fragments(iri)):
        for triple in graph.about(subject):
            kept.update(graph.whole(triple))
        for triple in graph.named_toward(subject):
            kept.update(graph.whole(triple))
    kept.update(_labels(graph, kept))
    return kept


def _labels(graph: Graph, triples: set[ox.Triple]) -> set[ox.Triple]:
    named = {
        term
        for triple in triples
        for term in (triple.subject, triple.object)
        if isinstance(term, ox.NamedNode)
    }
    return {found for term in named if (found := graph.naming(term)) is not None}


def document_triples(
    document: str, *, topic: str, part_of: str, licence: str | None, defined_by: str | None
) -> set[ox.Triple]:
    """Return what is said about the description itself.

    Args:
        document: its IRI.
        topic: the thing that it describes.
        part_of: the version that it was taken from.
        licence: the licence, or None.
        defined_by: the module that describes the thing, or None.
    """
    itself, thing = ox.NamedNode(document), ox.NamedNode(topic)
    triples = {
        ox.Triple(itself, _TYPE, _DOCUMENT),
        ox.Triple(itself, _PRIMARY_TOPIC, thing),
        ox.Triple(itself, _IS_PART_OF, ox.NamedNode(part_of)),
    }
    if licence:
        triples.add(ox.Triple(itself, _LICENCE, ox.NamedNode(licence)))
    if defined_by:
        triples.add(ox.Triple(thing, _DEFINED_BY, ox.NamedNode(defined_by)))
    return triples
