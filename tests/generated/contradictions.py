"""Whether records can stand beside each other, so that a random patient is one that is let in.

A rough reading of the contradiction shapes: `test_generated.py` holds it against them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache

import pyoxigraph as ox

from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG
from tests.generated.entries import Entry


class Hierarchy:
    """Which class is a kind of which, and which diagnoses exclude each other.

    Args:
        knowledge: where that is prepared.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    @cached_property
    def above(self) -> dict[str, frozenset[str]]:
        """The classes above each class, itself and the groups it counts to included."""
        found: dict[str, set[str]] = defaultdict(set)
        for triple in self._knowledge.prepared:
            if triple.predicate.value == POEMKG + "isKindOf":
                found[local(triple.subject)].add(local(triple.object))
        return {name: frozenset(broad) for name, broad in found.items()}

    @cached_property
    def groups(self) -> tuple[frozenset[str], ...]:
        """The members of each group of which a patient has one at a time."""
        found: dict[str, set[str]] = defaultdict(set)
        for triple in self._knowledge.ontology:
            if triple.predicate.value == POEMKG + "member":
                found[local(triple.subject)].add(local(triple.object))
        return tuple(frozenset(members) for members in found.values())

    def agree(self, entries: Iterable[Entry], *, as_of: str = "") -> bool:
        """Return whether no two of the records that count contradict each other."""
        counting = latest(entries, as_of=as_of)
        there = {e.concept for e in counting if e.status == "present"}
        found = {e.result for e in counting if e.status == "present" and e.result}
        gone = {e.concept for e in counting if e.status == "absent"}
        for name in there | found:
            if self.above.get(name, frozenset((name,))) & gone:
                return False
        return not self._exclusive(tuple(sorted(there)))

    @lru_cache(maxsize=4096)  # noqa: B019 - one hierarchy lives as long as the run
    def _exclusive(self, there: tuple[str, ...]) -> bool:
        for group in self.groups:
            for name in there:
                mine = self.above.get(name, frozenset()) & group
                for other in there:
                    theirs = self.above.get(other, frozenset()) & group
                    if mine and theirs and not mine & theirs:
                        return True
        return False


def latest(entries: Iterable[Entry], *, as_of: str = "") -> list[Entry]:
    """Return the records that count: undated ones, and the newest dated ones of each concept."""
    counting = [e for e in entries if e.status != "enteredInError"]
    if as_of:
        counting = [e for e in counting if e.date <= as_of]
    newest: dict[str, str] = {}
    for entry in counting:
        newest[entry.concept] = max(newest.get(entry.concept, ""), entry.date)
    return [e for e in counting if not e.date or e.date == newest[e.concept]]


def local(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    """Return the part of an IRI after the last slash, or the text of a literal."""
    if isinstance(node, ox.Literal):
        return node.value
    return str(node).strip("<>").rsplit("/", 1)[-1]
