"""A graph to look things up in: what is said about a node, what points to it, what it is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import DCTERMS, RDF, RDFS, SH, SKOS

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_TYPE: Final = RDF + "type"
_SUBCLASS: Final = RDFS + "subClassOf"
LABELS: Final = (RDFS + "label", SKOS + "prefLabel", DCTERMS + "title", SH + "name")
"""The properties that name a thing, the first one that is there."""


class Graph:
    """Triples by subject and by object; what comes back is sorted, whatever the order going in."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._about: dict[Term, list[ox.Triple]] = defaultdict(list)
        self._toward: dict[Term, list[ox.Triple]] = defaultdict(list)
        self._fragments: dict[str, set[ox.NamedNode]] = defaultdict(set)
        self._kinds: dict[tuple[str, ...], frozenset[str]] = {}
        self._names: dict[Term, tuple[tuple[int, bool, bool], ox.Triple]] = {}
        for triple in sorted(set(triples), key=str):
            subject, value = triple.subject, triple.object
            self._about[subject].append(triple)
            if isinstance(value, ox.NamedNode | ox.BlankNode):
                self._toward[value].append(triple)
            if isinstance(subject, ox.NamedNode) and "#" in subject.value:
                self._fragments[subject.value.partition("#")[0]].add(subject)
            if triple.predicate.value in LABELS and isinstance(value, ox.Literal):
                rank = (LABELS.index(triple.predicate.value), *_foreign(value))
                if subject not in self._names or rank < self._names[subject][0]:
                    self._names[subject] = rank, triple

    def subjects(self) -> Iterator[str]:
        """Yield the IRI of everything that is described."""
        for subject in self._about:
            if isinstance(subject, ox.NamedNode):
                yield subject.value

    def about(self, node: Node) -> tuple[ox.Triple, ...]:
        """Return the triples with the node as subject."""
        return tuple(self._about.get(node, ()))

    def toward(self, node: Node) -> tuple[ox.Triple, ...]:
        """Return the triples with the node as object."""
        return tuple(self._toward.get(node, ()))

    def fragments(self, iri: str) -> tuple[ox.NamedNode, ...]:
        """Return what has a name inside the document of an IRI: the IRI, "#" and more."""
        return tuple(sorted(self._fragments.get(iri, ()), key=str))

    def whole(self, triple: ox.Triple) -> Iterator[ox.Triple]:
        """Yield a triple, and all that is said of the blank nodes it leads to."""
        seen: set[Term] = set()
        waiting = [triple]
        while waiting:
            found = waiting.pop()
            yield found
            if isinstance(found.object, ox.BlankNode) and found.object not in seen:
                seen.add(found.object)
                waiting.extend(self._about.get(found.object, ()))

    def named_toward(self, node: Node) -> Iterator[ox.Triple]:
        """Yield the triples of named things that lead to a node, directly or by blank nodes."""
        seen: set[Term] = {node}
        waiting: list[Term] = [node]
        while waiting:
            for triple in self._toward.get(waiting.pop(), ()):
                subject = triple.subject
                if isinstance(subject, ox.NamedNode):
                    yield triple
                elif subject not in seen:
                    seen.add(subject)
                    waiting.append(subject)

    def values(self, iri: str, predicate: str) -> tuple[Term, ...]:
        """Return the values of a property."""
        return tuple(
            t.object
            for t in self._about.get(ox.NamedNode(iri), ())
            if t.predicate.value == predicate
        )

    def iris(self, iri: str, predicate: str) -> tuple[str, ...]:
        """Return the values of a property that are IRIs."""
        return tuple(v.value for v in self.values(iri, predicate) if isinstance(v, ox.NamedNode))

    def named_values(self, iri: str) -> tuple[tuple[str, str], ...]:
        """Return each property with each of its values that is an IRI."""
        return tuple(
            (t.predicate.value, t.object.value)
            for t in self._about.get(ox.NamedNode(iri), ())
            if isinstance(t.object, ox.NamedNode)
        )

    def pointing(self, iri: str, predicate: str) -> tuple[str, ...]:
        """Return what has the IRI as the value of a property."""
        return tuple(
            t.subject.value
            for t in self._toward.get(ox.NamedNode(iri), ())
            if t.predicate.value == predicate and isinstance(t.subject, ox.NamedNode)
        )

    def text(self, iri: str, *predicates: str) -> ox.Literal | None:
        """Return the literal of the first property that has one, in English where there is one."""
        for predicate in predicates:
            found = [v for v in self.values(iri, predicate) if isinstance(v, ox.Literal)]
            if found:
                return min(found, key=_foreign)
        return None

    def label(self, iri: str) -> str:
        """Return what a thing is called, or the end of its IRI in words where nobody said."""
        found = self.naming(ox.NamedNode(iri))
        return _in_words(iri) if found is None else _text_of(found)

    def naming(self, node: ox.NamedNode) -> ox.Triple | None:
        """Return the triple that says what a thing is called, or None."""
        found = self._names.get(node)
        return found[1] if found else None

    def kinds(self, iri: str) -> frozenset[str]:
        """Return the classes of a thing and all that these are subclasses of."""
        types = self.iris(iri, _TYPE)
        if types not in self._kinds:  # there are few sets of classes, and many things ask
            kinds: set[str] = set()
            waiting = list(types)
            while waiting:
                kind = waiting.pop()
                if kind not in kinds:
                    kinds.add(kind)
                    waiting.extend(self.iris(kind, _SUBCLASS))
            self._kinds[types] = frozenset(kinds)
        return self._kinds[types]


def _foreign(literal: ox.Literal) -> tuple[bool, bool]:
    """What to sort by, so that English comes first and then what has no language."""
    return literal.language != "en", literal.language is not None


def _text_of(triple: ox.Triple) -> str:
    assert isinstance(triple.object, ox.Literal)
    return triple.object.value


def _in_words(iri: str) -> str:
    """The end of an IRI; the built-in words of RDF, OWL and SHACL have no label of ours."""
    name = iri.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1] or iri
    if not name.isascii() or not name[:1].islower():
        return name
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name)
