"""What a page says in the words of schema.org, as far as the alignment of the ontology goes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pyoxigraph as ox

from poem_kg.namespaces import DCTERMS, OWL, POEMKG, PREFIXES, RDF, RDFS, SKOS
from poem_kg.service.triples import Graph

_SCHEMA: Final = ("https://schema.org/", "http://schema.org/")
_TYPE: Final = RDF + "type"
_ALIGNED: Final = (
    RDFS + "subClassOf",
    RDFS + "subPropertyOf",
    *(SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch")),
)
_DOI: Final = PREFIXES["bibo"] + "doi"
_SOURCE: Final = POEMKG + "source"
_TEXTS: Final = {
    "name": (DCTERMS + "title", RDFS + "label"),
    "description": (SKOS + "definition",),
    "creditText": (DCTERMS + "bibliographicCitation",),
}
"""Property of schema.org to those of ours that it is read from, the first that is there."""
_UNSAFE: Final = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
"""What could end the element that holds the block, or a line in it (HTML, section 4.12.1.3)."""


def markup(graph: Graph, iri: str, *, licence: str | None = None) -> str | None:
    """Return a JSON-LD data block about a thing, or None where no class of it is aligned.

    Types and properties come from the alignments in the graph: of each class the nearest one that
    has a counterpart counts. The text is safe between the tags of a script element.

    Args:
        graph: what is known, alignments among it.
        iri: the thing.
        licence: under which what is said may be used.
    """
    kinds = graph.iris(iri, _TYPE)
    block = {"@context": "https://schema.org", **_named(graph, iri, kinds)}
    if "@type" not in block:
        return None
    for name, predicates in _TEXTS.items():
        found = graph.text(iri, *predicates)
        if found is not None:
            block[name] = found.value
    doi = graph.text(iri, _DOI)
    if doi is not None:
        block["sameAs"] = f"https://doi.org/{doi.value}"
    sources = graph.iris(iri, _SOURCE)
    if sources:
        block["isBasedOn"] = [_named(graph, s, graph.iris(s, _TYPE)) for s in sources]
    if subjects := list(_subjects(graph, iri)):
        block["about"] = subjects
    for name, values in _properties(graph, iri).items():
        block.setdefault(name, values[0] if len(values) == 1 else values)
    if licence:
        block["license"] = licence
    return json.dumps(block, ensure_ascii=False, sort_keys=True).translate(_UNSAFE)


def _subjects(graph: Graph, iri: str) -> Iterator[dict[str, Any]]:
    """The classes that a statement names: what is a kind here is a single thing there."""
    for triple in graph.about(ox.NamedNode(iri)):
        value = triple.object
        if isinstance(value, ox.NamedNode) and triple.predicate.value != _TYPE:
            found = value.value
            if OWL + "Class" in graph.iris(found, _TYPE):
                yield _named(graph, found, (found,))


def _types(graph: Graph, kinds: Iterable[str]) -> Iterator[str]:
    """The counterparts of each class, or of the nearest superclass that has one."""
    for kind in kinds:
        level, seen = {kind}, {kind}
        while level:
            found = [name for near in level for name in _counterparts(graph, near)]
            if found:
                yield from found
                break
            above = {up for near in level for up in graph.iris(near, RDFS + "subClassOf")}
            level = above - seen
            seen |= level


def _counterparts(graph: Graph, iri: str) -> Iterator[str]:
    """The names in schema.org that an alignment gives for a class or property."""
    for predicate in _ALIGNED:
        for found in graph.iris(iri, predicate):
            for namespace in _SCHEMA:
                if found.startswith(namespace):
                    yield found.removeprefix(namespace)


def _properties(graph: Graph, iri: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for triple in graph.about(ox.NamedNode(iri)):
        value = triple.object
        for name in _counterparts(graph, triple.predicate.value):
            if isinstance(value, ox.NamedNode):
                kinds = graph.iris(value.value, _TYPE)
                found.setdefault(name, []).append(_named(graph, value.value, kinds))
            elif isinstance(value, ox.Literal):
                found.setdefault(name, []).append(value.value)
    return found


def _named(graph: Graph, iri: str, kinds: Iterable[str]) -> dict[str, Any]:
    types = sorted(set(_types(graph, kinds)))
    typed = {"@type": types[0] if len(types) == 1 else types} if types else {}
    return {"@id": iri, **typed, "name": graph.label(iri)}
