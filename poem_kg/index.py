"""A read-only view of triples by subject and predicate, for putting results together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox


class Index:
    """Triples by subject and predicate; terms are given and returned as plain strings.

    Values come back sorted, so what is built from them does not rest on the order of the triples.
    """

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._objects: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._subjects: dict[tuple[str, str], set[str]] = defaultdict(set)
        for triple in triples:
            subject, predicate = _plain(triple.subject), triple.predicate.value
            self._objects[subject, predicate].add(_plain(triple.object))
            self._subjects[predicate, _plain(triple.object)].add(subject)

    def all(self, subject: str, predicate: str) -> tuple[str, ...]:
        """Return every value of a predicate, sorted."""
        return tuple(sorted(self._objects.get((subject, predicate), ())))

    def one(self, subject: str, predicate: str) -> str | None:
        """Return the value of a predicate, the first of them where there are several, or None."""
        values = self._objects.get((subject, predicate))
        return min(values) if values else None

    def having(self, predicate: str, value: str) -> tuple[str, ...]:
        """Return the subjects with that value, sorted."""
        return tuple(sorted(self._subjects.get((predicate, value), ())))


def _plain(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value
