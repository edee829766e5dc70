"""OWL axioms as the OWL API writes them: the terms in them and the triple that says them.

They are written in functional style, `SubClassOf(<IRI> ObjectSomeValuesFrom(...))` (OWL 2
Structural Specification, 3.7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from poem_kg.namespaces import OWL, RDF, RDFS, XSD

_TOKEN: Final = re.compile(
    r'\s*(?:(?P<iri><[^>]*>)|(?P<text>"(?:[^"\\]|\\.)*"(?:\^\^[^\s()]+|@[\w-]+)?)'
    r"|(?P<open>\()|(?P<close>\))|(?P<name>[^\s()<>\"]+))"
)
_BUILT_IN: Final = {"owl": OWL, "rdf": RDF, "rdfs": RDFS, "xsd": XSD}

_PAIRS: Final = {
    "EquivalentClasses": OWL + "equivalentClass",
    "DisjointClasses": OWL + "disjointWith",
    "SameIndividual": OWL + "sameAs",
    "DifferentIndividuals": OWL + "differentFrom",
    "InverseObjectProperties": OWL + "inverseOf",
    **{f"Equivalent{k}Properties": OWL + "equivalentProperty" for k in ("Object", "Data")},
    **{f"Disjoint{k}Properties": OWL + "propertyDisjointWith" for k in ("Object", "Data")},
}
_DIRECTED: Final = {
    "DatatypeDefinition": OWL + "equivalentClass",
    "SubClassOf": RDFS + "subClassOf",
    **{f"{k}PropertyDomain": RDFS + "domain" for k in ("Object", "Data")},
    **{f"{k}PropertyRange": RDFS + "range" for k in ("Object", "Data")},
    **{f"Sub{k}PropertyOf": RDFS + "subPropertyOf" for k in ("Object", "Data")},
}
_KINDS: Final = {
    "FunctionalObjectProperty": "FunctionalProperty",
    "FunctionalDataProperty": "FunctionalProperty",
    **{
        f"{kind}ObjectProperty": f"{kind}Property"
        for kind in (
            "InverseFunctional Symmetric Asymmetric Irreflexive Reflexive Transitive".split()
        )
    },
}


@dataclass(frozen=True)
class Node:
    """A part of an axiom: an IRI, a text, a number or a form with parts.

    Attributes:
        name: the IRI, the text, the number or the name of the form.
        parts: what stands in its parentheses.
        iri: whether the name is an IRI.
    """

    name: str
    parts: tuple[Node, ...] = ()
    iri: bool = False


@dataclass(frozen=True)
class AxiomPattern:
    """The triple of Turtle that says an axiom.

    Attributes:
        subject: an IRI.
        predicate: an IRI.
        object: an IRI, or None where a description or a value without a name stands there.
    """

    subject: str
    predicate: str
    object: str | None


def axiom_terms(axiom: str) -> tuple[str, ...]:
    """Return the IRIs that stand in an axiom, in the order in which they first stand there."""
    return tuple(dict.fromkeys(_iris(parsed(axiom))))


def axiom_patterns(axiom: str) -> tuple[AxiomPattern, ...]:
    """Return the triples that may say an axiom, the likeliest first; none where it is a list.

    >>> axiom_patterns("ClassAssertion(<http://e/A> <http://e/i>)")[0].subject
    'http://e/i'
    """
    node = parsed(axiom)
    named = [part.name if part.iri else None for part in node.parts]
    if node.name in _PAIRS and len(named) == 2:
        both = ((named[0], named[1]), (named[1], named[0]))
        predicate = _PAIRS[node.name]
        return tuple(AxiomPattern(s, predicate, o) for s, o in both if s is not None)
    if node.name in _DIRECTED and len(named) >= 2 and named[0] is not None:
        return (AxiomPattern(named[0], _DIRECTED[node.name], named[1]),)
    if node.name in _KINDS and named and named[0] is not None:
        return (AxiomPattern(named[0], RDF + "type", OWL + _KINDS[node.name]),)
    if node.name == "ClassAssertion" and len(named) == 2 and named[1] is not None:
        return (AxiomPattern(named[1], RDF + "type", named[0]),)
    asserted = node.name in ("ObjectPropertyAssertion", "DataPropertyAssertion")
    if asserted and len(named) == 3 and named[0] is not None and named[1] is not None:
        return (AxiomPattern(named[1], named[0], named[2]),)
    return ()


def parsed(axiom: str) -> Node:
    """Return the parts of an axiom."""
    tokens = iter(_TOKEN.finditer(axiom))
    nodes = _nodes(tokens)
    return nodes[0] if nodes else Node(axiom)


def _nodes(tokens: Iterator[re.Match[str]]) -> list[Node]:
    """Read parts up to the closing parenthesis that belongs to none of them."""
    found: list[Node] = []
    for token in tokens:
        text = token.group().strip()
        if token["close"]:
            break
        if token["open"]:
            head = found.pop() if found else Node("")
            found.append(Node(head.name, tuple(_nodes(tokens))))
        elif token["iri"]:
            found.append(Node(text[1:-1], iri=True))
        elif token["name"] and text.partition(":")[0] in _BUILT_IN and ":" in text:
            prefix, _, local = text.partition(":")
            found.append(Node(_BUILT_IN[prefix] + local, iri=True))
        else:
            found.append(Node(text))
    return found


def _iris(node: Node) -> Iterator[str]:
    if node.iri and not node.name.startswith((OWL, XSD, RDF, RDFS)):
        yield node.name
    for part in node.parts:
        yield from _iris(part)
