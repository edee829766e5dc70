"""Where a statement shows in the advice for a patient."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import POEMKG, RDF, STATEMENT

_NAMES: Final = tuple(ox.NamedNode(POEMKG + name) for name in ("statement", "via", "about"))
_TYPE: Final = ox.NamedNode(RDF + "type")
_APPLIES: Final = ox.NamedNode(POEMKG + "applies")
_STATE: Final = ox.NamedNode(POEMKG + "state")


@dataclass(frozen=True, order=True, kw_only=True)
class Appearance:
    """One way in which a statement shows.

    Attributes:
        conclusion: the class of the conclusion by its short name, such as "Argument".
        truth: "met", "notMet" or "unknown": of a requirement its state, of the others whether the
            statement applies; "" where nothing is said of that.
    """

    conclusion: str
    truth: str

    def told(self) -> str:
        """Return it in a few words, such as "requirement (not met)"."""
        words = _spaced(self.conclusion)
        return f"{words} ({_spaced(self.truth)})" if self.truth else words


def appearances(advice: Iterable[ox.Triple]) -> dict[str, frozenset[Appearance]]:
    """Return for each statement that the conclusions name how it shows in them.

    Args:
        advice: the conclusions about one patient, as `derive` returns them.
    """
    kinds: dict[str, set[str]] = defaultdict(set)
    truths: dict[str, str] = {}
    named: dict[str, set[str]] = defaultdict(set)
    for triple in advice:
        node, value = triple.subject, triple.object
        if not isinstance(node, ox.NamedNode) or isinstance(value, ox.Triple):
            continue
        if triple.predicate == _TYPE and value.value.startswith(POEMKG):
            kinds[node.value].add(value.value.removeprefix(POEMKG))
        elif triple.predicate in (_APPLIES, _STATE):
            truths[node.value] = value.value.removeprefix(POEMKG)
        elif triple.predicate in _NAMES and value.value.startswith(STATEMENT):
            named[value.value].add(node.value)
    return {
        statement: frozenset(
            Appearance(conclusion=kind, truth=truths.get(node, ""))
            for node in nodes
            for kind in kinds[node]
        )
        for statement, nodes in sorted(named.items())
    }


def _spaced(name: str) -> str:
    """A local name as words."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
