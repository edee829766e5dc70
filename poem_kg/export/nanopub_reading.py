"""Nanopublications read back and checked: form, Trusty URI, signature."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.export.nanopub_library import NP, NPX, problem_of
from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.namespaces import RDF
from poem_kg.nesting import check_nesting

_TYPE: Final = ox.NamedNode(RDF + "type")
_NANOPUBLICATION: Final = ox.NamedNode(NP + "Nanopublication")
_PARTS: Final = ("hasAssertion", "hasProvenance", "hasPublicationInfo")
_SIGNATURE: Final = ox.NamedNode(NPX + "hasSignature")

Graphs = dict[ox.NamedNode, list[ox.Quad]]


@dataclass(frozen=True, kw_only=True)
class Nanopublication:
    """One nanopublication that was found sound.

    Attributes:
        iri: its Trusty URI.
        signed: whether it carries a signature, which then fits.
        assertion: what it says.
        provenance: where that comes from.
        publication: who published it, when, and under which licence.
    """

    iri: str
    signed: bool
    assertion: tuple[ox.Triple, ...] = field(repr=False)
    provenance: tuple[ox.Triple, ...] = field(repr=False)
    publication: tuple[ox.Triple, ...] = field(repr=False)


def read_nanopubs(
    data: bytes, *, name: str, must_be_signed: bool = False
) -> tuple[Nanopublication, ...]:
    """Return the nanopublications of a TriG file, each of which is sound.

    Args:
        data: the file.
        name: what to call it in messages.
        must_be_signed: refuse one without a signature.

    Raises:
        InputError: it is no TriG, a triple belongs to no nanopublication, or one of them is not
            well formed, not what its Trusty URI says, or not what was signed.
    """
    graphs = _graphs(data, name)
    found = []
    for quads in list(graphs.values()):
        for head in quads:
            if head.predicate == _TYPE and head.object == _NANOPUBLICATION:
                found.append(_checked(head, graphs, name, must_be_signed))
    if graphs:
        graph = min(node.value for node in graphs)
        raise InputError(name, f"the graph {graph} belongs to no nanopublication", "leave it out")
    return tuple(found)


def _graphs(data: bytes, name: str) -> Graphs:
    try:
        text = data.decode()
        check_nesting(text, "trig", name, DEFAULT_LIMITS)
        quads = list(ox.parse(text, format=ox.RdfFormat.TRIG))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise InputError(name, f"is no TriG ({error})", "export it again") from None
    graphs: Graphs = defaultdict(list)
    for quad in quads:
        if not isinstance(quad.graph_name, ox.NamedNode):
            raise InputError(name, "has triples outside of named graphs", "leave them out")
        graphs[quad.graph_name].append(quad)
    return graphs


def _checked(head: ox.Quad, graphs: Graphs, name: str, must_be_signed: bool) -> Nanopublication:
    """The nanopublication of a head; its graphs are taken out of the others."""
    iri = head.subject.value if isinstance(head.subject, ox.NamedNode) else "a blank node"
    parts = [graphs.pop(head.graph_name, [])] if isinstance(head.graph_name, ox.NamedNode) else []
    told = {q.predicate.value: q.object for q in parts[0] if q.subject == head.subject}
    for part in _PARTS:
        graph = told.get(NP + part)
        parts.append(graphs.pop(graph, []) if isinstance(graph, ox.NamedNode) else [])
    problem = _form(head, told, parts) or problem_of(
        iri, [quad for part in parts for quad in part], signed=must_be_signed
    )
    if problem is not None:
        raise InputError(name, f"{iri} {problem}", "export it again")
    assertion, provenance, publication = (tuple(q.triple for q in part) for part in parts[1:])
    return Nanopublication(
        iri=iri,
        signed=any(triple.predicate == _SIGNATURE for triple in publication),
        assertion=assertion,
        provenance=provenance,
        publication=publication,
    )


def _form(
    head: ox.Quad, told: Mapping[str, object], parts: Sequence[Sequence[ox.Quad]]
) -> str | None:
    """What is wrong with the four graphs, by the guidelines of nanopub.net, section 2."""
    for part, quads in zip(("head", *_PARTS), parts, strict=True):
        if not quads:
            return f"has no triples in its {part.removeprefix('has')}"
    assertion = told[NP + _PARTS[0]]
    if not any(quad.subject == assertion for quad in parts[2]):
        return "has a provenance that is not about its assertion"
    if not any(quad.subject == head.subject for quad in parts[3]):
        return "has a publication info that is not about itself"
    return None
