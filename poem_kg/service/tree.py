"""The classes as a tree: what stands above a class and below it, and where the tree begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from poem_kg.namespaces import BASE, OWL, POEMKG, RDF, RDFS
from poem_kg.service.triples import Graph

CLASS: Final = OWL + "Class"
STATEMENT: Final = POEMKG + "Statement"
CRITERION: Final = POEMKG + "Criterion"
CONCERNS: Final = POEMKG + "concerns"
_TYPE: Final = RDF + "type"
_SUBCLASS: Final = RDFS + "subClassOf"


@dataclass(frozen=True)
class Branch:
    """A class with all that is below it.

    Attributes:
        iri: the class.
        branches: the classes right below it, by label.
    """

    iri: str
    branches: tuple[Branch, ...]

    @property
    def count(self) -> int:
        """How many classes are below it; one with two classes above it counts in both places."""
        return sum(1 + branch.count for branch in self.branches)


@dataclass(frozen=True, eq=False)
class Tree:
    """Answers where a class stands. Only classes of ours count.

    Attributes:
        graph: what is known.
    """

    graph: Graph

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Every class of ours, by label."""
        found = [s for s in self.graph.subjects() if s.startswith(BASE) and self.is_class(s)]
        return tuple(sorted(found, key=self._by_label))

    def is_class(self, iri: str) -> bool:
        """Tell whether something is a class."""
        return CLASS in self.graph.iris(iri, _TYPE)

    def above(self, iri: str) -> tuple[str, ...]:
        """Return the classes right above a class."""
        found = [c for c in self.graph.iris(iri, _SUBCLASS) if c.startswith(BASE)]
        return tuple(sorted(found, key=self._by_label))

    def below(self, iri: str) -> tuple[str, ...]:
        """Return the classes right below a class, by label."""
        return tuple(self._below.get(iri, ()))

    def broader(self, iri: str) -> tuple[str, ...]:
        """Return every class above a class, the nearest first."""
        return _reached(iri, self.above)

    def narrower(self, iri: str) -> tuple[str, ...]:
        """Return every class below a class, the nearest first."""
        return _reached(iri, self.below)

    def overlap(self, one: str, other: str) -> bool:
        """Tell whether two classes are the same, or one is below the other."""
        return one == other or other in self.broader(one) or one in self.broader(other)

    def paths(self, iri: str) -> tuple[tuple[str, ...], ...]:
        """Return each way from the top of the tree down to a class, without the class itself."""
        return tuple(dict.fromkeys(self._paths(iri, frozenset({iri}))))

    def branch(self, iri: str, over: frozenset[str] = frozenset()) -> Branch:
        """Return a class with what is below it.

        Args:
            iri: the class.
            over: what stands above it, so that a circle ends.
        """
        seen = over | {iri}
        below = (self.branch(child, seen) for child in self.below(iri) if child not in seen)
        return Branch(iri, tuple(below))

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The classes with none above them, by label."""
        return tuple(c for c in self.classes if not self.above(c))

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """The roots above what statements and criteria speak of: the tree of the subject.

        What is left are the words in which that is written down. What a decision or a departure
        concerns may be either, so it does not tell.
        """
        spoken: set[str] = set()
        for iri in self.graph.subjects():
            if {STATEMENT, CRITERION} & self.graph.kinds(iri):
                for predicate, value in self.graph.named_values(iri):
                    if predicate not in (_TYPE, CONCERNS):
                        spoken.update((value, *self.broader(value)))
        return tuple(c for c in self.roots if c in spoken and self._below.get(c))

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for child in self.classes:
            for parent in self.graph.iris(child, _SUBCLASS):
                found[parent].append(child)
        return found

    def _paths(self, iri: str, seen: frozenset[str]) -> tuple[tuple[str, ...], ...]:
        above = [c for c in self.above(iri) if c not in seen]
        if not above:
            return ((),)
        return tuple((*way, c) for c in above for way in self._paths(c, seen | {c}))

    def _by_label(self, iri: str) -> tuple[str, str]:
        return self.graph.label(iri).casefold(), iri


def _reached(start: str, step: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    waiting = list(step(start))
    while waiting:
        iri = waiting.pop(0)
        if iri not in found:
            found[iri] = None
            waiting.extend(step(iri))
    found.pop(start, None)
    return tuple(found)
