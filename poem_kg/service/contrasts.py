"""What differs from a statement: recorded departures, and statements that say otherwise."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from poem_kg.namespaces import POEMKG, RDF
from poem_kg.service.showing import OURS, SOURCE, Link, Shown, Words
from poem_kg.service.tree import CONCERNS, STATEMENT, Tree
from poem_kg.service.triples import Graph

DEPARTURE: Final = POEMKG + "Departure"
DEPARTS_FROM: Final = POEMKG + "departsFrom"
_TYPE: Final = RDF + "type"
_DEPARTURE_KIND: Final = POEMKG + "departureKind"
_DIRECTION: Final = POEMKG + "direction"
_NEUTRAL: Final = POEMKG + "directionNeutral"
_DISORDER: Final = POEMKG + "disorder"
_THERAPY: Final = POEMKG + "therapy"
_ASPECT: Final = POEMKG + "aspect"
_OUTCOME: Final = POEMKG + "outcome"
_BETTER: Final = POEMKG + "better"
_WORSE: Final = POEMKG + "worse"


@dataclass(frozen=True)
class Differs:
    """What contradicts a statement, or differs from it: a recorded departure or a statement."""

    kind: str
    link: Link
    says: Words | None
    source: Link | None


class Contrasts:
    """Finds what differs.

    Args:
        graph: what is known.
        shown: puts it into the parts of a page.
        tree: the classes.
    """

    def __init__(self, graph: Graph, shown: Shown, tree: Tree) -> None:
        self._graph = graph
        self._shown = shown
        self._tree = tree

    def differing(self, iri: str) -> tuple[Differs, ...]:
        """Return what contradicts a statement: departures from its source, and other statements."""
        found = []
        for departure in self._graph.pointing(iri, CONCERNS):
            if DEPARTURE in self._graph.iris(departure, _TYPE):
                kinds = self._graph.iris(departure, _DEPARTURE_KIND)
                sources = self._graph.iris(departure, DEPARTS_FROM)
                found.append(
                    Differs(
                        kind=", ".join(map(self._graph.label, kinds)),
                        link=self._shown.link(departure),
                        says=self._shown.says(departure),
                        source=self._shown.link(sources[0]) if sources else None,
                    )
                )
        for other in self._same_kind(iri):
            if self._opposed(iri, other):
                sources = self._graph.iris(other, SOURCE)
                found.append(
                    Differs(
                        kind="the other way round",
                        link=self._shown.link(other),
                        says=self._shown.says(other),
                        source=self._shown.link(sources[0]) if sources else None,
                    )
                )
        return tuple(found)

    def beside(self, iri: str) -> tuple[str, ...]:
        """Return what other sources say on the same subject in statements of a like kind."""
        mine = set(self._graph.iris(iri, SOURCE))
        return tuple(
            other
            for other in self._alike(iri)
            if not mine & set(self._graph.iris(other, SOURCE))
            and self._on_the_same(iri, other)
            and not self._opposed(iri, other)
        )

    @cached_property
    def _of_kind(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for iri in self._graph.subjects():
            if STATEMENT in self._graph.kinds(iri) and OURS not in self._graph.iris(iri, _TYPE):
                for kind in self._shown.kinds(iri):
                    found[kind.iri].append(iri)
        return {kind: tuple(sorted(iris, key=in_order)) for kind, iris in found.items()}

    def _alike(self, iri: str) -> tuple[str, ...]:
        """Statements of the same kind, or of kinds right below the same one: all estimates."""
        mine = self._graph.kinds(iri) & set(self._tree.narrower(STATEMENT))
        alike = {
            k for kind in mine for k in (kind, *self._tree.narrower(kind)) if k in self._of_kind
        }
        found = dict.fromkeys(other for kind in sorted(alike) for other in self._of_kind[kind])
        found.pop(iri, None)
        return tuple(sorted(found, key=in_order))

    def _same_kind(self, iri: str) -> tuple[str, ...]:
        found = dict.fromkeys(
            other for kind in self._shown.kinds(iri) for other in self._of_kind.get(kind.iri, ())
        )
        found.pop(iri, None)
        return tuple(found)

    def _on_the_same(self, one: str, other: str) -> bool:
        """Whether two statements name a therapy in common, in populations that overlap."""
        return self._meet(one, other, _THERAPY, open_ended=False) and all(
            self._meet(one, other, name, open_ended=True) for name in (_DISORDER, _OUTCOME)
        )

    def _opposed(self, one: str, other: str) -> bool:
        """Whether one says of a therapy what the other denies."""
        mine, theirs = (set(self._graph.iris(s, _DIRECTION)) - {_NEUTRAL} for s in (one, other))
        if mine and theirs and not mine & theirs and self._on_the_same(one, other):
            return True
        aspects = (self._graph.text(s, _ASPECT) for s in (one, other))
        first, second = (aspect.value if aspect else None for aspect in aspects)
        return (
            first is not None
            and first == second
            and self._meet(one, other, _DISORDER, open_ended=True)
            and self._crossed(one, other)
        )

    def _crossed(self, one: str, other: str) -> bool:
        pairs = ((_BETTER, _WORSE), (_WORSE, _BETTER))
        return all(
            any(
                self._tree.overlap(mine, theirs)
                for mine in self._graph.iris(one, here)
                for theirs in self._graph.iris(other, there)
            )
            for here, there in pairs
        )

    def _meet(self, one: str, other: str, name: str, *, open_ended: bool) -> bool:
        mine, theirs = self._graph.iris(one, name), self._graph.iris(other, name)
        if open_ended and not (mine and theirs):
            return True  # a statement that names no population speaks of everybody
        return any(self._tree.overlap(a, b) for a in mine for b in theirs)


def in_order(iri: str) -> tuple[tuple[bool, int, str], ...]:
    """Return what to sort IRIs by, so that 9 comes before 10."""
    parts = re.split(r"(\d+)", iri)
    return tuple((part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts)
