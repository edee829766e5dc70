"""What relates a record to a criterion, read from the ontology as it is written.

This is the oracle of the tests of added records: nothing in it was prepared by a query, except
which classes have a criterion that they are present.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import pyoxigraph as ox

from poem_kg.namespaces import CRITERION, OWL, POEMKG, RDF, RDFS
from tests.derivation.view import knowledge


@dataclass(frozen=True)
class Ontology:
    """What relates a record to a criterion, read from the ontology as it is written."""

    above: dict[str, set[str]]
    exclusive: tuple[set[str], ...]
    groups: dict[str, tuple[set[str], set[str]]]

    def kinds(self, concept: str) -> set[str]:
        """Return a class and all above it."""
        found = {concept}
        while more := {a for c in found for a in self.above.get(c, ())} - found:
            found |= more
        return found

    def hints(self, concept: str, targets: set[str]) -> bool:
        """Tell whether a class is above a member beyond a list, and not above its group."""
        return any(
            targets & beyond and concept not in self.kinds(group)
            for group, (_, beyond) in self.groups.items()
        )

    def relation(self, concept: str, target: str) -> str:
        """Return how a record of a concept bears on the criterion on a class."""
        kinds, targets = self.kinds(concept), self.kinds(target)
        listed, beyond = self.groups.get(target, (set(), set()))
        if concept == target:
            return "the group" if target in self.groups else "the class"
        if kinds & beyond:
            return "beyond"
        if kinds & listed:
            return "listed"
        if target in kinds:
            return "below"
        members = set().union(*self.groups.get(concept, ()))
        if concept in targets or targets & members:
            return "above and hint" if self.hints(concept, targets) else "above"
        if any(concept in self.kinds(member) for member in beyond):
            return "hint"
        excluded = any(
            m != o and m in targets and o in kinds for g in self.exclusive for m, o in product(g, g)
        )
        return "excluding" if excluded else "unrelated"


@cache
def ontology() -> Ontology:
    """Return the ontology, without what was prepared from it."""
    triples = [
        (_local(t.subject), t.predicate.value, _local(t.object)) for t in knowledge().ontology
    ]

    def values(subject: str, prop: str) -> set[str]:
        return {o for s, p, o in triples if s == subject and p == POEMKG + prop}

    above: dict[str, set[str]] = {}
    for s, p, o in triples:
        if p == RDFS + "subClassOf":
            above.setdefault(s, set()).add(o)
    exclusive = {s for s, p, o in triples if p == RDF + "type" and o == "ExclusiveGroup"}
    groups: dict[str, tuple[set[str], set[str]]] = {}
    for s, p, o in triples:
        if p == POEMKG + "group":
            listed, beyond = groups.setdefault(o, (set(), set()))
            listed |= values(s, "listedMember")
            beyond |= values(s, "otherMember")
    return Ontology(above, tuple(values(g, "member") for g in sorted(exclusive)), groups)


@cache
def criteria(prop: str) -> dict[str, tuple[str, ...]]:
    """Return criterion to the values of a property, by local names."""
    found: dict[str, set[str]] = {}
    for t in (*knowledge().ontology, *knowledge().prepared):
        if t.predicate.value == POEMKG + prop and isinstance(t.subject, ox.NamedNode):
            found.setdefault(t.subject.value.removeprefix(CRITERION), set()).add(_local(t.object))
    return {name: tuple(sorted(values)) for name, values in found.items()}


@cache
def criteria_of_kind() -> dict[str, str]:
    """Return the kind of each composite criterion."""
    return {
        t.subject.value.removeprefix(CRITERION): _local(t.object)
        for t in knowledge().ontology
        if isinstance(t.subject, ox.NamedNode)
        and t.predicate.value == RDF + "type"
        and t.object != ox.NamedNode(OWL + "NamedIndividual")
    }


def is_above(concept: str, asked: str) -> bool:
    """Tell whether a concept is above what a criterion asks for."""
    return concept in ontology().kinds(asked)


def bears_on(concept: str, asked: str) -> bool:
    """Tell whether a concept is what a criterion asks for, or is below or above it."""
    return is_above(concept, asked) or asked in ontology().kinds(concept)


def _local(node: object) -> str:
    text = str(node).strip("<>")
    return text.removeprefix(POEMKG).removeprefix(CRITERION)
