"""How things, texts and what is said of them stand on a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import BASE, DCTERMS, OWL, POEMKG, RDF, RDFS, SH, SKOS, compact
from poem_kg.service.addresses import Addresses
from poem_kg.service.triples import Graph, Node, Term

OURS: Final = POEMKG + "Interpretation"
"""The class of the decisions that are ours."""
SOURCE: Final = POEMKG + "source"
LOCATOR: Final = POEMKG + "locator"
REASON: Final = POEMKG + "reason"
COMMENT: Final = RDFS + "comment"
DEFINITIONS: Final = (SKOS + "definition", DCTERMS + "description", SH + "description")
"""The properties that say in a sentence what a thing is."""
_TYPE: Final = RDF + "type"
_FIRST: Final = RDF + "first"
_REST: Final = RDF + "rest"
_CLASS: Final = OWL + "Class"
_STANDARD_KINDS: Final = (OWL + "NamedIndividual", OWL + "Thing")
_DEEPEST: Final = 8


def plain_number(text: str) -> str:
    """Return a decimal as a source would print it: the ontology writes 94.0 for 94."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_unit(ucum: str | None) -> str:
    """Return a UCUM unit as people read it; "" for what is counted, and for a remark in braces."""
    if not ucum or ucum == "1" or ucum.startswith("{"):
        return ""
    return ucum.replace("[", "").replace("]", "")


@dataclass(frozen=True)
class Link:
    """A thing that is named on a page.

    Attributes:
        text: what it is called.
        iri: its IRI.
        href: where it is found, or None.
    """

    text: str
    iri: str
    href: str | None


@dataclass(frozen=True)
class Words:
    """A literal. `lang` is None where it is English or has no language."""

    text: str
    lang: str | None = None


@dataclass(frozen=True)
class Row:
    """A property with its values; `rows` stand in place of a value that has no name."""

    name: Link
    values: tuple[Link | Words | tuple[Row, ...], ...]


@dataclass(frozen=True)
class Part:
    """What is named inside a document, after a "#"."""

    name: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Entry:
    """One line of a list: a thing, what it is, what it says, where that comes from."""

    link: Link
    kind: str
    says: Words | None
    ours: bool = False
    source: Link | None = None
    locator: str | None = None


class Shown:
    """Puts what a graph says into the parts of a page.

    Args:
        graph: what is known.
        addresses: where things are found.
    """

    def __init__(self, graph: Graph, addresses: Addresses) -> None:
        self._graph = graph
        self._addresses = addresses

    def link(self, iri: str) -> Link:
        """A named thing; one of another vocabulary that nobody labelled keeps its short name."""
        unknown = not iri.startswith(BASE) and self._graph.naming(ox.NamedNode(iri)) is None
        text = compact(iri) if unknown else self._graph.label(iri)
        return Link(text, iri, self._href(iri))

    def _href(self, iri: str) -> str | None:
        """Where a thing is found; the document alone for a part of which nothing is said."""
        whole, mark, _ = iri.partition("#")
        told = not mark or not iri.startswith(BASE) or self._graph.about(ox.NamedNode(iri))
        return self._addresses.of(iri if told else whole)

    def name(self, iri: str) -> Link:
        """A property or a class: in words, even where nobody labelled it."""
        return Link(self._graph.label(iri), iri, self._href(iri))

    def words(self, literal: ox.Literal) -> Words:
        """A literal."""
        language = literal.language
        return Words(literal.value, language if language and language != "en" else None)

    def says(self, iri: str) -> Words | None:
        """What a thing is, in a sentence."""
        return self.first(iri, *DEFINITIONS, COMMENT)

    def first(self, iri: str, *predicates: str) -> Words | None:
        """The text of the first property that has one."""
        found = self._graph.text(iri, *predicates)
        return self.words(found) if found else None

    def all_words(self, iri: str, predicate: str) -> tuple[Words, ...]:
        """Every text of a property."""
        values = self._graph.values(iri, predicate)
        return tuple(self.words(value) for value in values if isinstance(value, ox.Literal))

    def kinds(self, iri: str) -> tuple[Link, ...]:
        """The classes of a thing, but for those that say nothing."""
        kinds = self._graph.iris(iri, _TYPE)
        return tuple(self.name(kind) for kind in kinds if kind not in _STANDARD_KINDS)

    def rows(
        self,
        node: Node,
        *,
        only: frozenset[str] | None = None,
        without: frozenset[str] = frozenset(),
        depth: int = 0,
    ) -> tuple[Row, ...]:
        """What is said about a node, by the names of the properties.

        Args:
            node: the node.
            only: the properties to show; all where it is None.
            without: properties to leave out.
            depth: how deep in blank nodes it stands.
        """
        values: dict[str, list[Term]] = defaultdict(list)
        for triple in self._graph.about(node):
            name = triple.predicate.value
            told = not depth or name != _TYPE  # that an axiom is an axiom goes without saying
            if told and name not in without and (only is None or name in only):
                values[name].append(triple.object)
        rows = [
            Row(self.name(name), tuple(shown for v in found for shown in self._shown(v, depth)))
            for name, found in values.items()
        ]
        return tuple(sorted(rows, key=lambda row: (row.name.text.casefold(), row.name.iri)))

    def part(self, node: ox.NamedNode) -> Part:
        """What is named inside a document."""
        return Part(
            name=node.value.partition("#")[2],
            title=self._graph.label(node.value),
            rows=self.rows(node),
        )

    def _shown(self, value: Term, depth: int) -> Iterable[Link | Words | tuple[Row, ...]]:
        if isinstance(value, ox.NamedNode):
            return (self.link(value.value),)
        if isinstance(value, ox.Literal):
            return (self.words(value),)
        if not isinstance(value, ox.BlankNode) or depth >= _DEEPEST:
            return (Words("…"),)
        members = self._members(value)
        if members is not None:
            return tuple(shown for member in members for shown in self._shown(member, depth + 1))
        return (self.rows(value, depth=depth + 1),)

    def _members(self, node: ox.BlankNode) -> list[Term] | None:
        """The members of an RDF list, or None where the node is none."""
        members: list[Term] = []
        seen: set[Term] = set()
        at: Term = node
        while isinstance(at, ox.BlankNode) and at not in seen:
            seen.add(at)
            said = {t.predicate.value: t.object for t in self._graph.about(at)}
            if _FIRST not in said or _REST not in said:
                return None
            members.append(said[_FIRST])
            at = said[_REST]
        return members

    def entry(self, iri: str) -> Entry:
        """A thing as a line of a list."""
        kinds = self.kinds(iri)
        sources = self._graph.iris(iri, SOURCE)
        locator = self._graph.text(iri, LOCATOR)
        return Entry(
            link=self.link(iri),
            kind=", ".join(kind.text for kind in kinds if kind.iri != _CLASS),
            says=self.says(iri),
            ours=any(kind.iri == OURS for kind in kinds),
            source=self.link(sources[0]) if sources else None,
            locator=locator.value if locator else None,
        )
