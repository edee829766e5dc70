"""The terms of one version of the knowledge: what is said of each, and in which file."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from poem_kg.changes.structures import Said, is_structure, said_in
from poem_kg.changes.versions import Version
from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import parse_module
from poem_kg.namespaces import OWL, POEMKG, PREFIXES, RDF, RDFS, SKOS, compact

TYPE: Final = RDF + "type"
LABEL: Final = RDFS + "label"
_STATEMENT: Final = POEMKG + "Statement"
_CRITERION: Final = POEMKG + "Criterion"
_SOURCE: Final = POEMKG + "EvidenceSource"
_ONTOLOGY: Final = OWL + "Ontology"
_CLASS: Final = OWL + "Class"
_IRI: Final = re.compile(r'"(?:[^"\\]|\\.)*"|<([^<>"\s]*)>')
"""A literal, which is passed over, or an IRI."""


@dataclass(frozen=True)
class Term:
    """One IRI of which the ontology says something.

    Attributes:
        iri: the IRI.
        kind: "statement", "criterion", "source", "class", "property", "module" or "term".
        file: the file below the ontology folder, the first by name where there are several.
        said: predicate to values as N-Triples; a blank node is told by what is said of it. What no
            IRI leads to is said of the module, with its class in place of the predicate.
    """

    iri: str
    kind: str
    file: str
    said: Mapping[str, frozenset[str]] = field(repr=False)


class Terms:
    """All terms of a version.

    Args:
        version: where the files lie.

    Raises:
        KnowledgeError: a file cannot be read.
        InputError: blank nodes of a file hang together in a way that takes too long to compare.
    """

    def __init__(self, version: Version) -> None:
        self._about: dict[ox.NamedNode, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._files: dict[ox.NamedNode, str] = {}
        self._copies: Counter[tuple[ox.NamedNode, str, str]] = Counter()
        self._unnamed: dict[str, set[str]] = defaultdict(set)
        for path in version.files():
            try:
                triples = parse_module(path)
            except KnowledgeError as error:
                raise KnowledgeError(version.told(str(error))) from None
            file = version.path_of(path)
            self._add(triples, file, f"{version.place}/{file}")

    def _add(self, triples: Iterable[ox.Triple], file: str, where: str) -> None:
        found = said_in(triples, where=where)
        for subject, predicate, value in found.about:
            self._say(subject, predicate, value)
            self._files.setdefault(subject, file)
        if found.unnamed:
            module = _module(found.about)
            self._files.setdefault(module, file)
            for kind, value in found.unnamed:
                self._unnamed[module.value].add(self._say(module, kind, value))

    def _say(self, subject: ox.NamedNode, predicate: str, value: str) -> str:
        """Note that something is said; what is in brackets is another thing each time."""
        if is_structure(value):
            self._copies[subject, predicate, value] += 1
            number = self._copies[subject, predicate, value]
            value += f" (copy {number})" * (number > 1)
        self._about[subject][predicate].add(value)
        return value

    def unnamed(self, module: str) -> frozenset[str]:
        """Return what a module says to which no IRI leads, such as disjoint classes."""
        return frozenset(self._unnamed.get(module, ()))

    @cached_property
    def by_iri(self) -> dict[str, Term]:
        """Every term by its IRI, sorted."""
        return {
            node.value: Term(
                iri=node.value,
                kind=self._kind(said),
                file=self._files[node],
                said={p: frozenset(values) for p, values in said.items()},
            )
            for node, said in sorted(self._about.items(), key=lambda item: item[0].value)
        }

    def label(self, iri: str) -> str:
        """Return the label of a term, or the short form of its IRI where it has none."""
        term = self.by_iri.get(iri)
        for name in (LABEL, SKOS + "prefLabel", PREFIXES["dcterms"] + "title"):
            values = term.said.get(name) if term else None
            if values:
                return words_of(min(values))
        return compact(iri)

    def resting_on(self, iris: Iterable[str]) -> frozenset[str]:
        """Return the terms that name one of these, or one that names one, and so on; and these."""
        found: set[str] = set()
        waiting = list(iris)
        while waiting:
            iri = waiting.pop()
            if iri not in found:
                found.add(iri)
                waiting += self._named_by.get(iri, ())
        return frozenset(found)

    def naming(self, iri: str) -> frozenset[str]:
        """Return the terms that name one directly."""
        return frozenset(self._named_by.get(iri, ()))

    @cached_property
    def _named_by(self) -> dict[str, set[str]]:
        named: dict[str, set[str]] = defaultdict(set)
        for iri, term in self.by_iri.items():
            if term.kind != "module":
                for values in term.said.values():
                    for value in values:
                        for other in iris_in(value):
                            named[other].add(iri)
        return named

    def _kind(self, said: Mapping[str, set[str]]) -> str:
        kinds = self._above({v[1:-1] for v in said.get(TYPE, ()) if v.startswith("<")})
        for name, kind in (
            (_STATEMENT, "statement"),
            (_CRITERION, "criterion"),
            (_SOURCE, "source"),
            (_ONTOLOGY, "module"),
            (_CLASS, "class"),
        ):
            if name in kinds:
                return kind
        return "property" if any(k.endswith("Property") for k in kinds) else "term"

    def _above(self, classes: set[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(classes)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                above = self._about.get(ox.NamedNode(name), {}).get(RDFS + "subClassOf", ())
                waiting += [v[1:-1] for v in above if v.startswith("<")]
        return found


def is_ours(iri: str) -> bool:
    """Return whether an IRI is one that this project mints and promises to keep."""
    return iri.startswith(PREFIXES["poemkg"].rsplit("ontology/", 1)[0])


def _module(about: Iterable[Said]) -> ox.NamedNode:
    """The ontology of a file; where it has none, the root, which then has its unnamed axioms."""
    ontologies = [s for s, p, value in about if p == TYPE and value == f"<{_ONTOLOGY}>"]
    return min(ontologies, key=str, default=ox.NamedNode(POEMKG))


def iris_in(value: str) -> list[str]:
    """Return the IRIs in a value as `Term.said` has it."""
    if is_structure(value):
        return [found for found in _IRI.findall(value) if found]
    return [value[1:-1]] if value.startswith("<") else []


def with_iris(value: str, name: Callable[[str], str]) -> str:
    """Return a value as `Term.said` has it with a name in place of each IRI outside of literals.

    Args:
        value: the value.
        name: gives the name of an IRI.
    """
    return _IRI.sub(lambda found: name(found[1]) if found[1] else found[0], value)


def words_of(value: str) -> str:
    """Return a literal without quotes, language and datatype; anything else as it is."""
    if not value.startswith('"'):
        return value
    (quad,) = ox.parse(f"<urn:s> <urn:p> {value} .", format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Literal)
    return quad.object.value
