"""Oxigraph, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from tests.engines.compare import Row, Triple, ntriples_of, parse_term, triples_of


class Oxigraph:
    """The engine of the product; see `tests.engines.compare.Engine`."""

    def __init__(self) -> None:
        self._store = ox.Store()

    def load(self, ntriples_text: str) -> None:
        self._store = ox.Store()
        self._store.load(ntriples_text.encode(), format=ox.RdfFormat.N_TRIPLES)

    def select(self, query: str, bindings: Mapping[str, str] | None = None) -> list[Row]:
        given: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
            ox.Variable(name): parse_term(term) for name, term in (bindings or {}).items()
        }
        found = self._store.query(query, substitutions=given or None)
        if isinstance(found, ox.QueryBoolean):
            return [(str(ox.Literal(bool(found))),)]
        assert isinstance(found, ox.QuerySolutions)
        names = found.variables
        return [
            tuple(None if row[name] is None else str(row[name]) for name in names) for row in found
        ]

    def construct(self, query: str) -> set[Triple]:
        found = self._store.query(query)
        assert isinstance(found, ox.QueryTriples)
        return triples_of(found.serialize(format=ox.RdfFormat.N_TRIPLES) or b"")

    def add(self, triples: Iterable[Triple]) -> None:
        self._store.load(ntriples_of(triples).encode(), format=ox.RdfFormat.N_TRIPLES)
