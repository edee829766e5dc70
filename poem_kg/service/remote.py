"""Queries asked of a SPARQL 1.1 endpoint elsewhere, admitted here and written here.

Call it in a process that may be killed: nothing else ends a request that goes on and on.
"""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError, LimitExceeded
from poem_kg.evaluation import Evaluation, syntax_error
from poem_kg.limits import Limits
from poem_kg.namespaces import OWL, POEMKG
from poem_kg.service.model import Refusal
from poem_kg.untrusted_query import admit_query

_RESULTS: Final = "application/sparql-results+json"
_GRAPHS: Final = "application/n-triples, text/turtle;q=0.9"
_WHERE: Final = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)
# Redirects are not followed and no proxy is used: the one address that was given, or none.
_OPENER: Final = urllib.request.OpenerDirector()
for _handler in (urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    _OPENER.add_handler(_handler())


@dataclass(frozen=True)
class RemoteBackend:
    """An endpoint elsewhere.

    Attributes:
        url: where queries are posted.
        graphs: the graphs that make its default graph, where a call names none; none for what the
            endpoint itself takes.
    """

    url: str
    graphs: tuple[str, ...] = ()

    def run(
        self, text: str, evaluation: Evaluation
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Return what the endpoint answers, read as far as the limit on bytes allows.

        Raises:
            InputError: the query is none, or the endpoint refuses it.
            LimitExceeded: the answer is too large.
            Refusal: the endpoint cannot be reached or makes no sense: 502.
        """
        from_clauses = admit_query(text, name=evaluation.name, limits=evaluation.limits)
        try:
            form = ox.Store().query(text)  # of what kind it is; asked of nothing, it costs nothing
        except SyntaxError as error:
            raise syntax_error(evaluation.name, text, error) from None
        terms = {name.value: str(term) for name, term in evaluation.bindings.items()}
        fields = [("query", with_values(text, terms))]
        dataset = evaluation.dataset
        if dataset is not None:
            fields += [("default-graph-uri", graph) for graph in dataset.default]
            fields += [("named-graph-uri", graph) for graph in dataset.named]
        elif not from_clauses:
            fields += [("default-graph-uri", graph) for graph in self.graphs]
        accept = _GRAPHS if isinstance(form, ox.QueryTriples) else _RESULTS
        media_type, data = self._post(fields, accept, evaluation)
        return _parsed(media_type, data)

    def version(self, limits: Limits) -> str:
        """Return the version of the ontology in the store, or "unknown"."""
        query = f"SELECT ?v WHERE {{ <{POEMKG}> <{OWL}versionInfo> ?v }}"
        try:
            rows = self.run(query, Evaluation("version", limits))
            assert isinstance(rows, ox.QuerySolutions)
            return next((str(getattr(row["v"], "value", "")) for row in rows), "unknown")
        except (Refusal, InputError):
            return "unknown"

    def _post(
        self, fields: list[tuple[str, str]], accept: str, evaluation: Evaluation
    ) -> tuple[str, bytes]:
        request = urllib.request.Request(
            self.url,
            data=urllib.parse.urlencode(fields).encode(),
            headers={"Accept": accept, "User-Agent": "poem-kg"},
        )
        limits = evaluation.limits
        try:
            with _OPENER.open(request, timeout=limits.seconds) as answer:
                status, data = answer.status, answer.read(limits.result_bytes + 1)
                media_type = answer.headers.get_content_type()
        except (OSError, ValueError, urllib.error.URLError):
            raise Refusal(502, "the store behind this service does not answer; try later") from None
        if 400 <= status < 500:
            raise InputError(
                evaluation.name,
                f"is refused by the store behind this service ({status})",
                "correct it",
            )
        if status != 200:
            raise Refusal(502, f"the store behind this service answers {status}; try later")
        if len(data) > limits.result_bytes:
            size = f"{limits.result_bytes / 1e6:g} MB"
            raise LimitExceeded(evaluation.name, f"comes to more than {size}", "add a LIMIT")
        return media_type, data


def with_values(text: str, terms: Mapping[str, str]) -> str:
    """Return a query with variables bound by VALUES at the head of its WHERE clause.

    That is plain SPARQL 1.1, for stores whose protocol has no parameters.

    Args:
        text: the query; where a variable is to be bound it has the word WHERE.
        terms: variable name to the N-Triples text of a term, as Oxigraph writes it, which nothing
            in the term can end early.

    Raises:
        InputError: the query has no WHERE clause.
    """
    if not terms:
        return text
    lines = "".join(f"\n  VALUES ?{name} {{ {term} }}" for name, term in terms.items())
    bound, count = _WHERE.subn(lambda head: head[0] + lines, text, count=1)
    if not count:
        raise InputError("query", "has no WHERE clause", "write WHERE before its pattern")
    return bound


def _parsed(media_type: str, data: bytes) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    try:
        if media_type == "application/sparql-results+json":
            return ox.parse_query_results(data, ox.QueryResultsFormat.JSON)
        format = ox.RdfFormat.from_media_type(media_type)
        if format is not None:
            store = ox.Store()
            store.load(data, format=format)
            triples = store.query("CONSTRUCT WHERE { ?s ?p ?o }")
            assert isinstance(triples, ox.QueryTriples)
            return triples
    except (SyntaxError, ValueError, OSError):
        pass
    raise Refusal(502, "the store behind this service answers in a way that cannot be read")
