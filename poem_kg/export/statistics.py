"""How much of what a graph holds, as VoID counts it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import BASE, OWL, POEMKG, RDF, RDFS, SKOS, STATEMENT

_TYPE: Final = RDF + "type"
LINK_PREDICATES: Final = frozenset(
    [SKOS + f"{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")]
    + [RDFS + name for name in ("subClassOf", "subPropertyOf")]
    + [OWL + name for name in ("equivalentClass", "equivalentProperty", "sameAs")]
)
"""The properties by which a term of ours is mapped to one of another vocabulary."""

_OBO: Final = re.compile(r"http://purl\.obolibrary\.org/obo/(?P<name>[A-Za-z]+)_")


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """The counts of VoID, section 4.6, and what else can be told by counting.

    Attributes:
        triples: number of triples.
        subjects: number of distinct subjects.
        objects: number of distinct objects.
        properties: number of distinct predicates.
        classes: number of distinct values of `rdf:type`.
        by_class: our own classes and the number of their instances, sorted.
        by_property: our own properties and the number of their triples, sorted.
        vocabularies: the namespaces of predicates and classes, sorted.
        example: the first of what the graph is about.
    """

    triples: int
    subjects: int
    objects: int
    properties: int
    classes: int
    by_class: tuple[tuple[str, int], ...]
    by_property: tuple[tuple[str, int], ...]
    vocabularies: tuple[str, ...]
    example: str | None


def statistics_of(triples: Iterable[ox.Triple]) -> Statistics:
    """Return the counts of a graph."""
    graph = set(triples)
    properties = Counter(t.predicate.value for t in graph)
    classes = Counter(
        t.object.value
        for t in graph
        if t.predicate.value == _TYPE and isinstance(t.object, ox.NamedNode)
    )
    subjects = {t.subject for t in graph}
    return Statistics(
        triples=len(graph),
        subjects=len(subjects),
        objects=len({t.object for t in graph}),
        properties=len(properties),
        classes=len(classes),
        by_class=_ours(classes),
        by_property=_ours(properties),
        vocabularies=tuple(sorted({_namespace(iri) for iri in (*properties, *classes)})),
        example=_example(subjects),
    )


def links(
    triples: Iterable[ox.Triple], terminologies: Mapping[str, str]
) -> dict[tuple[str, str, str], int]:
    """Return how many terms of ours are mapped to each other vocabulary, by each property.

    Args:
        triples: the alignments.
        terminologies: prefix to namespace of those that have a short name.

    Returns:
        short name, namespace and property to the number of triples, sorted.
    """
    found = Counter(
        (*terminology(target, terminologies), predicate)
        for _, predicate, target in link_triples(triples)
    )
    return dict(sorted(found.items()))


def link_triples(triples: Iterable[ox.Triple]) -> tuple[tuple[str, str, str], ...]:
    """Return the mappings in a graph as IRIs (term of ours, property, other term), sorted."""
    return tuple(
        sorted(
            (triple.subject.value, triple.predicate.value, triple.object.value)
            for triple in set(triples)
            if triple.predicate.value in LINK_PREDICATES
            and isinstance(triple.subject, ox.NamedNode)
            and isinstance(triple.object, ox.NamedNode)
            and triple.subject.value.startswith(BASE)
            and not triple.object.value.startswith(BASE)
        )
    )


def terminology(iri: str, terminologies: Mapping[str, str]) -> tuple[str, str]:
    """Return a short name and the namespace of the vocabulary that a term belongs to.

    Args:
        iri: the term.
        terminologies: prefix to namespace of those that have a short name; the longest one that
            fits is taken, and where none does a name is made from the IRI.
    """
    fitting = [(len(space), name) for name, space in terminologies.items() if iri.startswith(space)]
    if fitting:
        name = max(fitting)[1]
        return name, terminologies[name]
    space = _namespace(iri)
    obo = _OBO.match(iri)
    if obo:
        return obo["name"], obo[0]
    return re.sub(r"[^A-Za-z0-9]+", "-", space.partition("://")[2]).strip("-"), space


def _namespace(iri: str) -> str:
    return re.sub(r"[^#/]+$", "", iri)


def _ours(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((iri, n) for iri, n in counts.items() if iri.startswith(POEMKG)))


def _example(subjects: Iterable[object]) -> str | None:
    names = sorted(s.value for s in subjects if isinstance(s, ox.NamedNode))
    for space in (STATEMENT, POEMKG, BASE):
        for name in names:
            if name.startswith(space) and name != space and not name.endswith("/"):
                return name
    return None
