"""One query case, asked of the endpoint, and what is wrong with the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from tests.conformance.endpoint import Endpoint, Reply
from tests.conformance.expectations import REFUSED
from tests.conformance.results import (
    BY_EXTENSION,
    CSV,
    GRAPHS,
    JSON,
    TABULAR,
    TSV,
    Table,
    as_csv,
    difference,
    expected,
    read,
)
from tests.conformance.suites import RDF_TESTS, QueryCase

NO_GRAPH: Final = RDF_TESTS + "no-graph"
"""A named graph that no case looks at: with it and no default graph, the default graph is empty."""
NO_QUERY: Final = "is no SPARQL query"
"""What the endpoint says of a text that is none, and of nothing else."""
_FROM: Final = re.compile(r"\bFROM\b", re.IGNORECASE)
_ORDERED: Final = re.compile(r"\bORDER\s+BY\b", re.IGNORECASE)


def graphs(cases: Iterable[QueryCase]) -> dict[str, Path]:
    """Return the graphs that the cases are about, each with its file."""
    return {iri: path for case in cases for iri, path in (*case.data, *case.named)}


def failure(case: QueryCase, endpoint: Endpoint, transport: str) -> str | None:
    """Ask a query; return in a few words what is wrong with the answer, or None.

    The graphs of the case are named by the parameters of the protocol, unless the query itself
    says FROM. The endpoint has no base for a query, so it is written before it.
    """
    wanted = None if case.result is None else expected(case.result, case.base)
    media_type = _media_type(case)
    reply = _ask(case, endpoint, media_type or "*/*", transport)
    is_query = reply.status == 200 or NO_QUERY not in reply.text()
    if case.kind == "NegativeSyntaxTest11":
        return None if reply.status == 400 and not is_query else f"status {reply.status}"
    if case.kind == "PositiveSyntaxTest11":
        if reply.status == 400 and is_query:
            return f"{REFUSED}{reply.text()}"
        return None if reply.status == 200 else f"status {reply.status} ({reply.text()})"
    if reply.status != 200:
        return f"status {reply.status} ({reply.text()})"
    if reply.media_type != media_type:
        return f"{reply.media_type} instead of {media_type}"
    assert wanted is not None
    found = read(reply.body, reply.media_type, case.base)
    return difference(wanted, found, ordered=_is_ordered(case.query))


def formats_differ(case: QueryCase, endpoint: Endpoint) -> str | None:
    """Ask for each format; return how one says something else than the first, or None."""
    assert case.result is not None
    wanted = expected(case.result, case.base)
    first, *others = GRAPHS if isinstance(wanted, frozenset) else (*TABULAR, CSV)
    said = read(_ask(case, endpoint, first).body, first, case.base)
    for format in others:
        reply = _ask(case, endpoint, format)
        if isinstance(said, bool) and format in (CSV, TSV):
            if reply.status != 406:
                return f"status {reply.status} where {format} cannot say yes or no"
            continue
        if (reply.status, reply.media_type) != (200, format):
            return f"{reply.media_type} with status {reply.status} instead of {format}"
        same = as_csv(said) if isinstance(said, Table) and format == CSV else said
        if why := difference(same, read(reply.body, format, case.base)):
            return f"{format}: {why}"
    return None


def _ask(case: QueryCase, endpoint: Endpoint, accept: str, transport: str = "GET") -> Reply:
    default, named = _dataset(case)
    return endpoint.ask(
        f"BASE <{case.base}>\n{case.query}",
        default=default,
        named=named,
        accept=accept,
        transport=transport,
    )


def _dataset(case: QueryCase) -> tuple[list[str], list[str]]:
    """The default and the named graphs that the protocol is told."""
    if _FROM.search(case.query):
        return [], []
    default = [iri for iri, path in case.data if _has_triples(path)]
    named = [iri for iri, _ in case.named]
    return default, named if default or named else [NO_GRAPH]


def _has_triples(path: Path) -> bool:
    """Whether there is anything in a file: a graph without triples cannot be stored."""
    return any(True for _ in ox.parse(path=str(path), base_iri=RDF_TESTS))


def _media_type(case: QueryCase) -> str:
    """What the case is asked for: the format of its expected result, or one that can say it."""
    if case.result is None:
        return ""
    format = BY_EXTENSION[case.result.suffix]
    says_graph = isinstance(expected(case.result, case.base), frozenset)
    return JSON if format in GRAPHS and not says_graph else format


def _is_ordered(query: str) -> bool:
    """Whether the query itself, and not one inside it, orders its rows."""
    return bool(_ORDERED.search(query.rpartition("}")[2]))
