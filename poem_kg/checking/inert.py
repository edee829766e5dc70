"""Shapes that can never find anything, because a name in them names nothing.

A misspelt `sh:` term, a path that no declared property has and a target class that was renamed are
no errors for a validator: the shape is silent for ever, and everything seems to be in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.checking.model import Problem, found
from poem_kg.checking.rules import INERT
from poem_kg.checking.vocabularies import is_unknown, meant_term
from poem_kg.knowledge import Knowledge, parse_module
from poem_kg.namespaces import POEMKG, RDF, SH, compact
from poem_kg.resources import data_dir
from poem_kg.turtle_places import places

_TYPE: Final = RDF + "type"
_TARGETS: Final = frozenset(
    SH + name for name in ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")
)
_USES: Final = frozenset(
    SH + name for name in ("node", "not", "property", "qualifiedValueShape")
) | {RDF + "first"}
_SHAPES: Final = frozenset((SH + "NodeShape", SH + "PropertyShape"))


def inert_shapes(knowledge: Knowledge, folder: Path | None = None) -> Iterator[Problem]:
    """Yield the shapes that cannot fire for a name in them.

    Args:
        knowledge: the ontology and what was prepared from it; the terms that shapes may name.
        folder: the folder of the shapes; by default that of the package.
    """
    declared = {
        t.subject.value
        for t in (*knowledge.ontology, *knowledge.prepared)
        if t.predicate.value == _TYPE and isinstance(t.subject, ox.NamedNode)
    }
    paths = sorted((folder or data_dir("shapes")).glob("*.ttl"))
    shapes = {path: parse_module(path) for path in paths}
    live = _live(triple for triples in shapes.values() for triple in triples)
    for path, triples in shapes.items():
        lines = places(path.read_bytes().decode())
        file = f"../{path.parent.name}/{path.name}"  # the shapes lie beside the ontology
        for shape, message, name in _wrong(triples, declared, live):
            line = lines.line(shape, None, name) or lines.line(shape, name) or lines.line(shape)
            yield found(INERT, shape, message, file=file, line=line)


def _live(triples: Iterable[ox.Triple]) -> set[object]:
    """The shapes that have a target, or that another shape uses."""
    live: set[object] = set()
    for t in triples:
        if t.predicate.value in _USES:
            live.add(t.object)
        elif t.predicate.value in _TARGETS:
            live.add(t.subject)
    return live


def _wrong(
    triples: tuple[ox.Triple, ...], declared: set[str], live: set[object]
) -> Iterator[tuple[str, str, str]]:
    """Yield shape, message and the name that is to blame."""
    owners = _owners(triples)
    for t in triples:
        shape = owners.get(t.subject, "")
        for node in (t.predicate, t.object):
            if not isinstance(node, ox.NamedNode):
                continue
            iri = node.value
            if is_unknown(iri):
                near = meant_term(iri)
                hint = f"; did you mean {compact(near)}?" if near else ""
                yield shape, f"has {compact(iri)}, which does not exist{hint}", iri
            elif iri.startswith(POEMKG) and iri not in declared and iri != POEMKG:
                yield shape, f"names {compact(iri)}, which the ontology does not declare", iri
        if t.predicate.value == SH + "deactivated" and "true" in str(t.object):
            yield shape, "is deactivated", t.predicate.value
        is_shape = t.predicate.value == _TYPE and getattr(t.object, "value", "") in _SHAPES
        if is_shape and t.subject not in live:
            yield shape, "has no target and no shape that uses it", ""


def _owners(triples: tuple[ox.Triple, ...]) -> dict[object, str]:
    """Each node to the shape in whose block it stands."""
    owners: dict[object, str] = {
        t.subject: t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)
    }
    changed = True
    while changed:
        changed = False
        for t in triples:
            if (
                isinstance(t.object, ox.BlankNode)
                and t.object not in owners
                and t.subject in owners
            ):
                owners[t.object] = owners[t.subject]
                changed = True
    return owners
