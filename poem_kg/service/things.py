"""What stands on the page of one thing: of a term, a statement, a source, a criterion, a query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import pyoxigraph as ox

from poem_kg.namespaces import PREFIXES, RDF, RDFS, SH, SKOS
from poem_kg.service.addresses import Addresses
from poem_kg.service.contrasts import in_order
from poem_kg.service.said import CLAIM, Sayings
from poem_kg.service.showing import (
    COMMENT,
    DEFINITIONS,
    LOCATOR,
    OURS,
    REASON,
    SOURCE,
    Entry,
    Link,
    Shown,
    Words,
)
from poem_kg.service.sources import CHECKED, EVIDENCE, Sources
from poem_kg.service.tree import CRITERION, STATEMENT, Tree
from poem_kg.service.triples import LABELS, Graph

MOST: Final = 150
"""How many things one list of a page shows; a page says when there are more."""
_POEMKG: Final = PREFIXES["poemkg"]
_TYPE: Final = RDF + "type"
_SUBCLASS: Final = RDFS + "subClassOf"
_QUERY: Final = SH + "SPARQLExecutable"
_TEXTS: Final = frozenset(SH + name for name in ("ask", "construct", "select", "update"))
_ALSO_CALLED: Final = SKOS + "altLabel"
_ON_CLASS: Final = _POEMKG + "onClass"
_PART: Final = _POEMKG + "part"
ELSEWHERE: Final = frozenset((_TYPE, _ALSO_CALLED, COMMENT, *LABELS, *DEFINITIONS, *_TEXTS))
"""What a page shows in a place of its own, not among the properties."""
_GRADED: Final = frozenset(
    _POEMKG + name for name in ("certainty", "claim", "direction", "standing", "strength")
)
_NOT_SUBJECT: Final = ELSEWHERE | CHECKED | _GRADED | {SOURCE, LOCATOR, REASON, _POEMKG + "restsOn"}
"""What is said of a statement and is not what the statement is about."""


@dataclass(frozen=True)
class Ours:
    """That a statement is our own decision: what that means, and the reason for it."""

    kind: Link
    says: Words | None
    reason: Words | None


@dataclass(frozen=True)
class Group:
    """Things that lead to the one of the page, by one property."""

    name: Link
    entries: tuple[Entry, ...]
    more: int


@dataclass(frozen=True)
class Asking:
    """A criterion that asks about the thing of the page, and the statements that use it."""

    entry: Entry
    uses: tuple[Link, ...]


class Things:
    """Puts together what a page says.

    Args:
        graph: what is known.
        shown: puts it into the parts of a page.
        addresses: where things are found.
        tree: the classes.
        runs: IRI of a query to the name by which it is called.
    """

    def __init__(
        self,
        graph: Graph,
        shown: Shown,
        addresses: Addresses,
        tree: Tree,
        runs: Mapping[str, str],
    ) -> None:
        self._graph = graph
        self._shown = shown
        self._addresses = addresses
        self._tree = tree
        self._runs = runs
        self.sayings = Sayings(graph, shown, tree)
        self._sources = Sources(graph, shown, self.sayings)

    def page(self, iri: str) -> tuple[str, dict[str, Any]]:
        """Return the template of the page about a thing, and what it lays out."""
        kinds = self._graph.kinds(iri)
        if STATEMENT in kinds:
            return "statement.html", self._statement(iri)
        if EVIDENCE in kinds:
            return "source.html", self._evidence(iri)
        if CRITERION in kinds:
            return "criterion.html", self._criterion(iri)
        if _QUERY in kinds:
            return "query.html", self._query(iri)
        return "term.html", self._term(iri)

    def _common(self, iri: str, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
        return {
            "kinds": self._shown.kinds(iri),
            "also_called": self._shown.all_words(iri, _ALSO_CALLED),
            "rows": self._shown.rows(ox.NamedNode(iri), without=ELSEWHERE | without),
            "fragments": tuple(map(self._shown.part, self._graph.fragments(iri))),
        }

    def _term(self, iri: str) -> dict[str, Any]:
        naming = self.sayings.naming(iri)
        asking = self._asking(iri)
        shown = {*naming, *(found.entry.link.iri for found in asking), *self._tree.below(iri)}
        return {
            **self._common(iri, without=frozenset({_SUBCLASS} if self._is_class(iri) else ())),
            "paths": [
                [self._shown.name(c) for c in path] for path in self._tree.paths(iri) if path
            ],
            # A class of another vocabulary, or one that is put together, stands above as well.
            "also_above": self._shown.rows(ox.NamedNode(iri), only=frozenset({_SUBCLASS}))
            if self._foreign_above(iri)
            else (),
            "below": tuple(map(self._shown.entry, self._tree.below(iri))),
            "told": self.sayings.about(iri),
            "count": sum(not self.sayings.is_ours(s) for s in naming),
            "broader": self._broader(iri),
            "decisions": self.sayings.decisions(iri),
            "asking": asking,
            "used": self._incoming(iri, shown),
        }

    def _statement(self, iri: str) -> dict[str, Any]:
        ours = OURS in self._graph.kinds(iri)
        behind = self.sayings.behind(iri)
        beside = self.sayings.beside(iri)
        naming = {
            s: by for s, by in self.sayings.naming(iri).items() if not self.sayings.is_ours(s)
        }
        claim = self._graph.text(iri, CLAIM)
        said = self.sayings.said(iri)
        return {
            **self._common(iri),
            "said": said,
            "claim": claim.value if claim else None,
            "ours": Ours(
                self._shown.name(OURS), self._shown.says(OURS), self._shown.first(iri, REASON)
            )
            if ours
            else None,
            "about": self._shown.rows(ox.NamedNode(iri), without=_NOT_SUBJECT),
            "source": self._sources.of(iri),
            "behind": behind,
            "beside": beside,
            "told": self.sayings.by_kind(naming),
            "used": self._incoming(
                iri,
                {
                    *naming,
                    *(s.link.iri for s in behind),
                    *(found.link.iri for found in said.differs),
                },
            ),
        }

    def _evidence(self, iri: str) -> dict[str, Any]:
        told = self._sources.told(iri)
        return {
            **self._common(iri),
            **told.content,
            "used": self._incoming(iri, set(told.shown)),
        }

    def _criterion(self, iri: str) -> dict[str, Any]:
        using = self.sayings.using(iri)
        behind = self.sayings.behind(iri)
        classes = self._graph.iris(iri, _ON_CLASS)
        wholes = sorted(
            (c for c in self._criteria_naming(iri)), key=lambda c: self._graph.label(c).casefold()
        )
        told = {s: by for s, by in using.items() if not self.sayings.is_ours(s)}
        return {
            **self._common(iri, without=frozenset({_PART})),
            "meets": tuple(
                (self._shown.link(c), tuple(map(self._shown.link, self._tree.narrower(c))))
                for c in classes
            ),
            "parts": tuple(map(self._shown.entry, self._graph.iris(iri, _PART))),
            "wholes": tuple(map(self._shown.entry, wholes)),
            "told": self.sayings.by_kind(told),
            "count": len(told),
            "behind": behind,
            "used": self._incoming(iri, {*using, *wholes, *(s.link.iri for s in behind)}),
        }

    def _query(self, iri: str) -> dict[str, Any]:
        name = self._runs.get(iri)
        at = self._addresses.at
        return {
            **self._common(iri),
            "texts": tuple(
                t.object.value
                for t in self._graph.about(ox.NamedNode(iri))
                if t.predicate.value in _TEXTS and isinstance(t.object, ox.Literal)
            ),
            "asked": tuple(map(self._parameter, self._graph.iris(iri, SH + "parameter"))),
            "run": at(f"queries/{name}") if name else None,
            "editor": f"{at('editor')}?name={quote(name)}" if name else None,
            "used": self._incoming(iri, set()),
        }

    def _parameter(self, iri: str) -> tuple[str, str, str]:
        """Name, description and example of a parameter."""
        example = f"{SKOS}example"
        found = (self._graph.text(iri, name) for name in (SH + "name", SH + "description", example))
        name, says, shown = (text.value if text else "" for text in found)
        return name or self._graph.label(iri), says, shown

    def _is_class(self, iri: str) -> bool:
        return self._tree.is_class(iri)

    def _foreign_above(self, iri: str) -> bool:
        above = self._graph.values(iri, _SUBCLASS)
        return len(above) > len(self._tree.above(iri))

    def _broader(self, iri: str) -> tuple[tuple[Link, int], ...]:
        """The terms above with the number of statements on them; what holds there holds here."""
        counts = (
            (c, sum(not self.sayings.is_ours(s) for s in self.sayings.naming(c)))
            for c in self._tree.broader(iri)
        )
        return tuple((self._shown.link(c), count) for c, count in counts if count)

    def _criteria_naming(self, iri: str) -> tuple[str, ...]:
        found = dict.fromkeys(
            t.subject.value
            for t in self._graph.named_toward(ox.NamedNode(iri))
            if isinstance(t.subject, ox.NamedNode)
            and CRITERION in self._graph.kinds(t.subject.value)
        )
        found.pop(iri, None)
        return tuple(found)

    def _asking(self, iri: str) -> tuple[Asking, ...]:
        found = sorted(self._criteria_naming(iri), key=lambda c: self._graph.label(c).casefold())
        return tuple(
            Asking(
                self._shown.entry(c),
                tuple(map(self._shown.link, sorted(self.sayings.using(c), key=in_order))),
            )
            for c in found
        )

    def _incoming(self, iri: str, shown: set[str]) -> tuple[Group, ...]:
        """What leads to a thing by which property, less what the page shows elsewhere."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for triple in self._graph.named_toward(ox.NamedNode(iri)):
            subject = triple.subject
            assert isinstance(subject, ox.NamedNode)
            if subject.value not in shown:
                found[triple.predicate.value][subject.value] = None
        groups = []
        for predicate, subjects in found.items():
            entries = sorted(
                map(self._shown.entry, list(subjects)[:MOST]),
                key=lambda entry: (entry.ours, entry.link.text.casefold(), entry.link.iri),
            )
            more = max(0, len(subjects) - MOST)
            groups.append(Group(self._shown.name(predicate), tuple(entries), more))
        return tuple(sorted(groups, key=lambda group: group.name.text))
