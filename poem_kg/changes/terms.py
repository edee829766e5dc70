"""The terms of one version of the knowledge: what is said of each, and in which file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from poem_kg.changes.versions import Version
from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import parse_module
from poem_kg.namespaces import MODULE, OWL, POEMKG, PREFIXES, RDF, RDFS, SKOS, compact

TYPE: Final = RDF + "type"
LABEL: Final = RDFS + "label"
_STATEMENT: Final = POEMKG + "Statement"
_CRITERION: Final = POEMKG + "Criterion"
_SOURCE: Final = POEMKG + "EvidenceSource"
_ONTOLOGY: Final = OWL + "Ontology"
_CLASS: Final = OWL + "Class"
_DEPTH: Final = 40
"""Of blank nodes inside each other; deeper ones are told as a sign."""

Value = tuple[str, str]
"""A value as it is told, and the IRI that it is, "" where it is none."""


@dataclass(frozen=True)
class Term:
    """One IRI of which the ontology says something.

    Attributes:
        iri: the IRI.
        kind: "statement", "criterion", "source", "class", "property", "module" or "term".
        file: the file below the ontology folder, the first by name where there are several.
        said: predicate to values as N-Triples; a blank node is told by what is said of it.
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
    """

    def __init__(self, version: Version) -> None:
        self._about: dict[ox.NamedNode, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._files: dict[ox.NamedNode, str] = {}
        for path in version.files():
            try:
                triples = parse_module(path)
            except KnowledgeError as error:
                raise KnowledgeError(version.told(str(error))) from None
            self._add(triples, version.path_of(path))

    def _add(self, triples: Iterable[ox.Triple], file: str) -> None:
        blank: dict[ox.BlankNode, list[ox.Triple]] = defaultdict(list)
        for triple in triples:
            if isinstance(triple.subject, ox.BlankNode):
                blank[triple.subject].append(triple)
        for triple in triples:
            subject = triple.subject
            if isinstance(subject, ox.NamedNode):
                said = _told(triple.object, blank, 0)
                self._about[subject][triple.predicate.value].add(said)
                self._files.setdefault(subject, file)

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


def is_module(iri: str) -> bool:
    """Return whether an IRI names a file of the ontology and no term."""
    return iri.startswith(MODULE)


def iris_in(value: str) -> list[str]:
    """Return the IRIs in a value as `Term.said` has it."""
    if value.startswith("<"):
        return [value[1:-1]]
    if value.startswith("["):
        return [part.split(">", 1)[0] for part in value.split("<")[1:]]
    return []


def words_of(value: str) -> str:
    """Return a literal without quotes, language and datatype; anything else as it is."""
    if not value.startswith('"'):
        return value
    (quad,) = ox.parse(f"<urn:s> <urn:p> {value} .", format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Literal)
    return quad.object.value


def _told(
    term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple,
    blank: Mapping[ox.BlankNode, list[ox.Triple]],
    depth: int,
) -> str:
    """A value as text that is the same wherever the same is said."""
    if not isinstance(term, ox.BlankNode):
        return str(term)
    if depth > _DEPTH:
        return "[...]"
    inner = sorted(
        f"{triple.predicate} {_told(triple.object, blank, depth + 1)}"
        for triple in blank.get(term, ())
    )
    return "[" + " ; ".join(inner) + "]"
