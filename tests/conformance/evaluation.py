"""One query case, asked of the endpoint, and what is wrong with the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tests.conformance.endpoint import Endpoint
from tests.conformance.results import (
    BY_EXTENSION,
    GRAPHS,
    JSON,
    difference,
    expected,
    read,
)
from tests.conformance.suites import RDF_TESTS, QueryCase

EMPTY: Final = RDF_TESTS + "empty"
"""The default graph of a case without data."""
NO_QUERY: Final = "is no SPARQL query"
"""What the endpoint says of a text that is none, and of nothing else."""
_FROM: Final = re.compile(r"\bFROM\b", re.IGNORECASE)
_ORDERED: Final = re.compile(r"\bORDER\s+BY\b", re.IGNORECASE)


def graph_names(cases: Iterable[QueryCase]) -> set[str]:
    """Return the graphs that the cases are about."""
    return {EMPTY} | {iri for case in cases for iri, _ in (*case.data, *case.named)}


def failure(case: QueryCase, endpoint: Endpoint, transport: str) -> str | None:
    """Ask a query; return in a few words what is wrong with the answer, or None.

    The graphs of the case are named by the parameters of the protocol, unless the query itself
    says FROM. The endpoint has no base for a query, so it is written before it.
    """
    wanted = None if case.result is None else expected(case.result, case.base)
    media_type = _media_type(case)
    says_from = bool(_FROM.search(case.query))
    reply = endpoint.ask(
        f"BASE <{case.base}>\n{case.query}",
        default=() if says_from else [iri for iri, _ in case.data] or [EMPTY],
        named=() if says_from else [iri for iri, _ in case.named],
        accept=media_type or "*/*",
        transport=transport,
    )
    is_query = reply.status == 200 or NO_QUERY not in reply.text()
    if case.kind == "NegativeSyntaxTest11":
        return None if reply.status == 400 and not is_query else f"status {reply.status}"
    if case.kind == "PositiveSyntaxTest11":
        known = reply.status == 200 or (reply.status == 400 and is_query)
        return None if known else f"status {reply.status} ({reply.text()})"
    if reply.status != 200:
        return f"status {reply.status} ({reply.text()})"
    if reply.media_type != media_type:
        return f"{reply.media_type} instead of {media_type}"
    assert wanted is not None
    found = read(reply.body, reply.media_type, case.base)
    return difference(wanted, found, ordered=_is_ordered(case.query))


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
