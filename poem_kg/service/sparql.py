"""The query operation of the SPARQL 1.1 Protocol (section 2.1), on one published dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

import pyoxigraph as ox

from poem_kg.evaluation import Dataset, Evaluation
from poem_kg.limits import Limits
from poem_kg.serialise import serialise
from poem_kg.service.asked import HTML, Asked
from poem_kg.service.model import Answer, Call, Refusal
from poem_kg.service.negotiation import best

RESULT_TYPES: Final = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
}
"""Media type to format of `evaluation.RESULT_FORMATS`, the preferred one first."""

GRAPH_TYPES: Final = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdfxml",
    "text/plain": "ntriples",
    "application/json": "jsonld",
    "application/xml": "rdfxml",
}
"""Media type to format of `serialise.RDF_FORMATS`, the preferred one first."""

BOOLEAN_TYPES: Final = {t: f for t, f in RESULT_TYPES.items() if f in ("json", "xml")}
"""Those of `RESULT_TYPES` that can say yes and no."""

Result = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class Backend(Protocol):
    """What queries are asked of: the published dataset, or a store elsewhere."""

    def run(self, text: str, evaluation: Evaluation) -> Result:
        """Return what comes of a query.

        Raises:
            InputError: the query is none or cannot be answered.
        """
        ...


@dataclass(frozen=True)
class LocalBackend:
    """The published dataset, in this process."""

    store: ox.Store

    def run(self, text: str, evaluation: Evaluation) -> Result:
        """Return what comes of a query; see `Backend.run`."""
        return evaluation.run(self.store, text)


def answer_sparql(
    backend: Backend,
    call: Call,
    *,
    graphs: tuple[str, ...] | None,
    limits: Limits,
    asked: Asked,
    base: str | None = None,
) -> Answer:
    """Return the answer to a query operation.

    Args:
        backend: what to ask.
        call: a GET, a POST of a form, or a POST of a query.
        graphs: the graphs that a call may name; None where that is for the backend to say.
        limits: what the query may cost.
        asked: makes a page of the answer, for people.
        base: the IRI of the endpoint, which relative IRIs are relative to (RFC 3986, section
            5.1.3).

    Raises:
        Refusal: the call is not what the protocol asks for.
        InputError: the query cannot be answered.
    """
    evaluation = Evaluation("query", limits, dataset=_dataset(call), graphs=graphs, base=base)
    text = query_text(call)
    result = backend.run(text, evaluation)
    return written(
        evaluation,
        result,
        call.accept,
        lambda: asked.answer(evaluation, result, title="Answer", text=text),
    )


def query_text(call: Call) -> str:
    """Return the one query of a call (SPARQL 1.1 Protocol, section 2.1.1 to 2.1.3).

    Raises:
        Refusal: there is none, there are several, it is an update, or it is not in UTF-8.
    """
    if call.values("update") or call.media_type.startswith("application/sparql-update"):
        raise Refusal(403, "this service is read-only; send a query, not an update")
    texts = list(call.values("query"))
    if call.body:
        try:
            texts.append(call.body.decode())
        except UnicodeDecodeError:
            raise Refusal(400, "the query is not in UTF-8; send it in UTF-8") from None
    if not texts:
        raise Refusal(400, "there is no query; send one as the parameter query")
    if len(texts) > 1:
        raise Refusal(400, "there is more than one query; send one at a time")
    return texts[0]


def _dataset(call: Call) -> Dataset | None:
    default, named = call.values("default-graph-uri"), call.values("named-graph-uri")
    if not default and not named:
        return None
    for graph in (*default, *named):
        try:
            ox.NamedNode(graph)
        except ValueError:
            raise Refusal(400, f"the graph <{graph[:100]}> is no IRI; write it in full") from None
    return Dataset(default, named)


def graph_answer(triples: Iterable[ox.Triple], accept: str) -> Answer:
    """Return triples in the media type that a client likes best.

    Raises:
        Refusal: none that we have is acceptable.
    """
    chosen = chosen_type(accept, GRAPH_TYPES)
    return in_type(chosen, serialise(triples, GRAPH_TYPES[chosen]))


def chosen_type(accept: str, types: Iterable[str]) -> str:
    """Return the media type that a client likes best.

    Raises:
        Refusal: 406, with those that there are.
    """
    offered = tuple(types)
    chosen = best(accept, offered)
    if chosen is None:
        raise Refusal(406, f"this can be had as {', '.join(offered)}; name one of them in Accept")
    return chosen


def in_type(media_type: str, body: bytes) -> Answer:
    """Return a body as an answer that depends on the Accept header."""
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    return Answer(media_type=media_type + charset, body=body, headers=(("Vary", "Accept"),))


def written(
    evaluation: Evaluation, result: Result, accept: str, page: Callable[[], bytes]
) -> Answer:
    """Return a result in the media type that a client likes best.

    Args:
        evaluation: how it is written, and its limits.
        result: what came of the query.
        accept: the Accept header.
        page: makes a page of it, for a client that would rather have that.

    Raises:
        Refusal: no media type that fits the result is acceptable.
        LimitExceeded: there are too many rows or bytes.
    """
    types = RESULT_TYPES
    if isinstance(result, ox.QueryTriples):
        types = GRAPH_TYPES
    elif isinstance(result, ox.QueryBoolean):
        types = BOOLEAN_TYPES
    chosen = chosen_type(accept, (*types, HTML))
    if chosen == HTML:
        return in_type(chosen, page())
    if isinstance(result, ox.QueryTriples):
        return in_type(chosen, evaluation.written_graph(result, types[chosen]))
    return in_type(chosen, evaluation.written(result, types[chosen]))
