"""OWL axioms in words, for an author who need not know how the OWL API writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from poem_kg.namespaces import OWL, RDF, RDFS, XSD
from poem_kg.owl.axioms import AxiomPattern, Node, axiom_patterns, axiom_terms, parsed

Label = Callable[[str], str]
"""Gives the label of a term by its IRI."""


@dataclass(frozen=True)
class Step:
    """One axiom of a justification.

    Attributes:
        axiom: as the OWL API writes it.
        words: a sentence without a full stop.
        terms: the IRIs in it.
        patterns: the triples that may say it, the likeliest first.
    """

    axiom: str
    words: str
    terms: tuple[str, ...]
    patterns: tuple[AxiomPattern, ...]


def steps(axioms: Iterable[str], label: Label, *, start: str = "") -> tuple[Step, ...]:
    """Return a justification in the order of an argument, each axiom in words.

    It begins with what is said of `start` and goes on with what is said of the terms named so
    far; what keeps classes apart comes last.

    Args:
        axioms: one justification.
        label: gives the label of a term.
        start: the IRI that the justification is about; "" for an ontology as a whole.
    """
    waiting = sorted(
        (Step(a, axiom_words(a, label), axiom_terms(a), axiom_patterns(a)) for a in axioms),
        key=lambda step: (step.axiom.startswith("Disjoint"), step.axiom),
    )
    told: list[Step] = []
    named = {start}
    while waiting:
        following = (
            step
            for step in waiting
            if not step.axiom.startswith("Disjoint") and named & {p.subject for p in step.patterns}
        )
        step = next(following, waiting[0])
        waiting.remove(step)
        told.append(step)
        named.update(step.terms)
    return tuple(told)


def axiom_words(axiom: str, label: Label) -> str:
    """Return an axiom as a sentence without a full stop; terms stand in quotation marks.

    >>> axiom_words("SubClassOf(<http://e/A> <http://e/B>)", lambda iri: iri[-1])
    'every "A" is a "B"'
    """
    node = parsed(axiom)
    tell = _SENTENCES.get(node.name)
    try:
        return tell(node.parts, label) if tell else _generic(node, label)
    except (IndexError, ValueError):
        return _generic(node, label)


def _named(node: Node, label: Label) -> str:
    """Return a property, an individual, a class or a value as it stands within a sentence."""
    if not node.iri:
        return _CLASSES[node.name](node.parts, label) if node.name in _CLASSES else node.name
    if node.name == OWL + "Thing":
        return "anything"
    if node.name == OWL + "Nothing":
        return "nothing"
    if node.name.startswith((XSD, RDFS, RDF)):
        return re.split("[#/]", node.name)[-1]
    return f'"{label(node.name)}"'


def _a(node: Node, label: Label) -> str:
    """Return a class as what something is: `a "B"`, `something with some ...`."""
    told = _named(node, label)
    if node.name == OWL + "Nothing":
        return "a thing that there cannot be"
    if not (node.iri and told.startswith('"')):
        return told
    return f"{'an' if told[1:2].lower() in 'aeiou' else 'a'} {told}"


def _list(parts: Sequence[Node], label: Label, word: str) -> str:
    told = [_a(part, label) for part in parts]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} {word} {told[-1]}"


def _names(parts: Sequence[Node], label: Label) -> str:
    told = [_named(part, label) for part in parts]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _generic(node: Node, label: Label) -> str:
    if not node.parts:
        return _named(node, label)
    return f"{node.name} of {', '.join(_named(p, label) for p in node.parts)}"


_Tell = Callable[[Sequence[Node], Label], str]


def _some(p: Sequence[Node], label: Label) -> str:
    return f"something with some {_named(p[0], label)} that is {_a(p[1], label)}"


def _all(p: Sequence[Node], label: Label) -> str:
    return f"something whose every {_named(p[0], label)} is {_a(p[1], label)}"


def _value(p: Sequence[Node], label: Label) -> str:
    return f"something whose {_named(p[0], label)} is {_named(p[1], label)}"


def _number(how: str) -> _Tell:
    def tell(p: Sequence[Node], label: Label) -> str:
        kind = f" that is {_a(p[2], label)}" if len(p) > 2 else ""
        return f"something with {how} {p[0].name} {_named(p[1], label)}{kind}"

    return tell


def _restricted(p: Sequence[Node], label: Label) -> str:
    facets = [" ".join(_named(part, label) for part in facet.parts) for facet in p[1:]]
    return f"{_named(p[0], label)} with {' and '.join(facets)}"


_CLASSES: Final[dict[str, _Tell]] = {
    "DatatypeRestriction": _restricted,
    "DataRangeRestriction": _restricted,
    "ObjectIntersectionOf": lambda p, label: _list(p, label, "and also"),
    "DataIntersectionOf": lambda p, label: _list(p, label, "and also"),
    "ObjectUnionOf": lambda p, label: _list(p, label, "or"),
    "DataUnionOf": lambda p, label: _list(p, label, "or"),
    "ObjectComplementOf": lambda p, label: f"something that is not {_a(p[0], label)}",
    "DataComplementOf": lambda p, label: f"something that is not {_a(p[0], label)}",
    "ObjectOneOf": lambda p, label: f"one of {_names(p, label)}",
    "DataOneOf": lambda p, label: f"one of {_names(p, label)}",
    "ObjectInverseOf": lambda p, label: f"the inverse of {_named(p[0], label)}",
    "InverseOf": lambda p, label: f"the inverse of {_named(p[0], label)}",
    "ObjectHasSelf": lambda p, label: f"something that is its own {_named(p[0], label)}",
    **{f"{kind}SomeValuesFrom": _some for kind in ("Object", "Data")},
    **{f"{kind}AllValuesFrom": _all for kind in ("Object", "Data")},
    **{f"{kind}HasValue": _value for kind in ("Object", "Data")},
    **{f"{kind}MinCardinality": _number("at least") for kind in ("Object", "Data")},
    **{f"{kind}MaxCardinality": _number("at most") for kind in ("Object", "Data")},
    **{f"{kind}ExactCardinality": _number("exactly") for kind in ("Object", "Data")},
}
_SENTENCES: Final[dict[str, _Tell]] = {
    "SubClassOf": lambda p, label: f"every {_named(p[0], label)} is {_a(p[1], label)}",
    "EquivalentClasses": lambda p, label: (
        f"{_named(p[0], label)} is the same as {_list(p[1:], label, 'and')}"
    ),
    "DisjointClasses": lambda p, label: (
        f"nothing is both {_list(p, label, 'and')}"
        if len(p) == 2
        else f"nothing is two of {_names(p, label)}"
    ),
    "DatatypeDefinition": lambda p, label: f"{_named(p[0], label)} is {_named(p[1], label)}",
    "DisjointUnion": lambda p, label: (
        f"{_named(p[0], label)} is exactly one of {_names(p[1:], label)}"
    ),
    "ClassAssertion": lambda p, label: f"{_named(p[1], label)} is {_a(p[0], label)}",
    "SameIndividual": lambda p, label: f"{_names(p, label)} are the same",
    "DifferentIndividuals": lambda p, label: f"{_names(p, label)} are not the same",
    **{
        f"{kind}PropertyAssertion": lambda p, label: (
            f"{_named(p[1], label)} has {_named(p[0], label)} {_named(p[2], label)}"
        )
        for kind in ("Object", "Data")
    },
    **{
        f"Negative{kind}PropertyAssertion": lambda p, label: (
            f"{_named(p[1], label)} has not {_named(p[0], label)} {_named(p[2], label)}"
        )
        for kind in ("Object", "Data")
    },
    **{
        f"{kind}PropertyDomain": lambda p, label: (
            f"whatever has {_named(p[0], label)} is {_a(p[1], label)}"
        )
        for kind in ("Object", "Data")
    },
    **{
        f"{kind}PropertyRange": lambda p, label: (
            f"every value of {_named(p[0], label)} is {_a(p[1], label)}"
        )
        for kind in ("Object", "Data")
    },
    **{
        f"Sub{kind}PropertyOf": lambda p, label: (
            f"whatever has {_named(p[0], label)} has it as {_named(p[1], label)} too"
        )
        for kind in ("Object", "Data")
    },
    **{
        f"Functional{kind}Property": lambda p, label: (
            f"nothing has more than one {_named(p[0], label)}"
        )
        for kind in ("Object", "Data")
    },
    "InverseFunctionalObjectProperty": lambda p, label: (
        f"no two things have the same {_named(p[0], label)}"
    ),
    "InverseObjectProperties": lambda p, label: f"{_names(p, label)} are each other's inverse",
    "SymmetricObjectProperty": lambda p, label: f"{_named(p[0], label)} holds both ways",
    "AsymmetricObjectProperty": lambda p, label: f"{_named(p[0], label)} never holds both ways",
    "IrreflexiveObjectProperty": lambda p, label: f"nothing has itself as {_named(p[0], label)}",
    "ReflexiveObjectProperty": lambda p, label: f"everything has itself as {_named(p[0], label)}",
    "TransitiveObjectProperty": lambda p, label: f"{_named(p[0], label)} goes on from step to step",
}
