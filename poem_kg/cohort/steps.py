"""The derive queries for many patients at once, in lines of N-Triples.

What a step constructs is written by the store itself and goes back into it as text, so no triple
becomes a Python object; and only what a later step can read goes back at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pyoxigraph as ox

from poem_kg.catalogue import Query
from poem_kg.cohort.reads import TYPE, Reads, constructs, reads, together
from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG

_INTERNAL: Final = ox.NamedNode(POEMKG + "internal")


class Steps:
    """Some steps in a row, ready to run on any number of stores.

    Args:
        queries: the steps, in their order.
        internal: predicates and classes of working triples, in angle brackets.
    """

    def __init__(self, queries: Sequence[Query], internal: frozenset[bytes]) -> None:
        read = [reads(query) for query in queries]
        self.reads = together(read)
        self._steps = tuple(
            _Step(query, together(read[number:]), internal)
            for number, query in enumerate(queries, start=1)
        )

    def run(self, store: ox.Store) -> Iterator[list[bytes]]:
        """Yield the conclusions of each step as lines of N-Triples, some of them repeated.

        Args:
            store: the knowledge and the patients; what later steps read is added to it.

        Raises:
            KnowledgeError: a query is wrong or is no CONSTRUCT.
        """
        for step in self._steps:
            conclusions, read = step.run(store)
            if read:
                store.load(read, format=ox.RdfFormat.N_TRIPLES, lenient=True)
            if conclusions:
                yield conclusions


class _Step:
    """One query, with what becomes of each kind of triple that it constructs."""

    def __init__(self, query: Query, later: Reads, internal: frozenset[bytes]) -> None:
        self._query = query
        self._later = later
        self._internal = internal
        self._fates: dict[bytes, _Fate] = {}
        self._fate = self._only_fate()

    def run(self, store: ox.Store) -> tuple[list[bytes], bytes]:
        """Return the lines that are conclusions, and the text that later steps can read."""
        text = _construct(store, self._query)
        if self._fate is not None:
            shown, live = self._fate
            return text.splitlines(keepends=True) if shown else [], text if live else b""
        conclusions: list[bytes] = []
        read: list[bytes] = []
        fates = self._fates
        for line in text.splitlines(keepends=True):
            _, predicate, value = line.split(b" ", 2)
            kind = value if predicate == TYPE else predicate
            fate = fates.get(kind)
            if fate is None:
                fate = fates[kind] = self._fate_of(predicate, value[:-3])
            shown, live = fate
            if shown:
                conclusions.append(line)
            if live:
                read.append(line)
        return conclusions, b"".join(read)

    def _fate_of(self, predicate: bytes, value: bytes) -> _Fate:
        """Whether a triple is a conclusion, and whether a later step can read it.

        That is the same for all with its predicate, or with its class.
        """
        named = value if predicate == TYPE else predicate
        return named not in self._internal, self._later.sees(predicate, value)

    def _only_fate(self) -> _Fate | None:
        """The fate of everything that the query constructs, if it is one."""
        kinds = constructs(self._query)
        if any(not predicate or (predicate == TYPE and not value) for predicate, value in kinds):
            return None
        fates = {self._fate_of(*kind) for kind in kinds}
        return fates.pop() if len(fates) == 1 else None


_Fate = tuple[bool, bool]


def internal_words(knowledge: Knowledge) -> frozenset[bytes]:
    """Return the predicates and classes of triples that are no conclusions, in brackets."""
    return frozenset(
        str(t.subject).encode() for t in knowledge.ontology if t.predicate == _INTERNAL
    )


def _construct(store: ox.Store, query: Query) -> bytes:
    try:
        result = store.query(query.text)
    except (SyntaxError, RuntimeError) as error:
        raise KnowledgeError(f"{query.path}: {error}; correct the query") from None
    if not isinstance(result, ox.QueryTriples):
        raise KnowledgeError(f"{query.path}: is no CONSTRUCT; make it one")
    return result.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
