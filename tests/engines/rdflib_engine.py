"""rdflib, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox
import rdflib
from rdflib.term import Node

from tests.engines.compare import Row, Triple, ntriples_of, parse_term, same_strings


class Rdflib:
    """What most readers of the queries will run them on; see `tests.engines.compare.Engine`."""

    def __init__(self) -> None:
        self._graph = rdflib.Graph()

    def load(self, ntriples_text: str) -> None:
        self._graph = rdflib.Graph()
        self._read(same_strings(ntriples_text))

    def select(self, query: str, bindings: Mapping[str, str] | None = None) -> list[Row]:
        given = {name: _to_rdflib(term) for name, term in (bindings or {}).items()}
        found = self._graph.query(query, initBindings=given)
        if found.type == "ASK":
            return [(str(ox.Literal(bool(found.askAnswer))),)]
        names = found.vars or []
        return [
            tuple(None if row.get(name) is None else _from_rdflib(row[name]) for name in names)
            for row in found.bindings
        ]

    def construct(self, query: str) -> set[Triple]:
        graph = self._graph.query(query).graph
        assert graph is not None
        # SPARQL 1.1, 16.2: a triple with a literal as subject is left out; rdflib keeps it.
        return {
            (_from_rdflib(s), _from_rdflib(p), _from_rdflib(o))
            for s, p, o in graph
            if not isinstance(s, rdflib.Literal)
        }

    def add(self, triples: Iterable[Triple]) -> None:
        self._read(ntriples_of(triples))

    def _read(self, ntriples_text: str) -> None:
        self._graph.parse(data=ntriples_text, format="nt")


def _from_rdflib(node: Node) -> str:
    if isinstance(node, rdflib.URIRef):
        return str(ox.NamedNode(str(node)))
    if isinstance(node, rdflib.BNode):
        return f"_:{node}"
    assert isinstance(node, rdflib.Literal)
    if node.language:
        return str(ox.Literal(str(node), language=node.language))
    datatype = None if node.datatype is None else ox.NamedNode(str(node.datatype))
    return str(ox.Literal(str(node), datatype=datatype))


def _to_rdflib(term: str) -> rdflib.URIRef | rdflib.BNode | rdflib.Literal:
    found = parse_term(term)
    if isinstance(found, ox.NamedNode):
        return rdflib.URIRef(found.value)
    if isinstance(found, ox.BlankNode):
        return rdflib.BNode(found.value)
    if found.language:
        return rdflib.Literal(found.value, lang=found.language)
    plain = found.datatype.value.endswith("#string")
    return rdflib.Literal(found.value, datatype=None if plain else found.datatype.value)
