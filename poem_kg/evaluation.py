"""Answers to queries that nobody vouches for; call it in a process that may be killed.

A query is admitted, run once, and written out within the limits on rows and bytes: either the
whole answer comes back, or an error, never a part.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError, LimitExceeded
from poem_kg.limits import Limits
from poem_kg.serialise import serialise
from poem_kg.untrusted_query import admit_query

RESULT_FORMATS: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
"""Format name to what pyoxigraph calls it, for SELECT and ASK; ASK has no CSV and TSV."""

Solutions = ox.QuerySolutions | ox.QueryBoolean
Bindings = dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]

_PLACE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_UPDATE: Final = re.compile(
    r"(?:\s|\#[^\r\n]*|(?i:PREFIX|BASE)\b[^<]*<[^>]*>)*+"
    r"(?i:ADD|CLEAR|COPY|CREATE|DELETE|DROP|INSERT|LOAD|MOVE|WITH)\b"
)
_SHORTEST_ROW: Final = 3
"""The bytes of `{},`: what a row takes at least in JSON."""


@dataclass(frozen=True)
class Dataset:
    """What a query is asked of, where it is not the whole store.

    Attributes:
        default: the graphs that are merged into the default graph.
        named: the graphs that GRAPH ranges over.
    """

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """How a query is run and written.

    Attributes:
        name: what messages call the query.
        limits: what it may cost; time and memory are the caller's to watch.
        bindings: terms for variables of the projection.
        dataset: takes the place of FROM and FROM NAMED (SPARQL 1.1 Protocol, section 2.1.4).
        graphs: the named graphs that FROM and FROM NAMED may name; None asks for no check.
        base: what relative IRIs of a query without BASE are relative to; None refuses them.
    """

    name: str
    limits: Limits
    bindings: Bindings = field(default_factory=dict)
    dataset: Dataset | None = None
    graphs: Sequence[str] | None = None
    base: str | None = None

    def run(self, store: ox.Store, text: str) -> Solutions | ox.QueryTriples:
        """Return what the store answers, not yet read.

        Raises:
            InputError: the query is none, leaves the store, or names a graph that is not there.
            LimitExceeded: it is too long or too deep.
        """
        named = admit_query(text, name=self.name, limits=self.limits, base=self.base)
        asked = self.dataset
        if asked is not None:
            named = frozenset((*asked.default, *asked.named))
        if self.graphs is not None:
            for graph in sorted(named - set(self.graphs)):
                cause = f"names the graph <{graph}>, which is not stored here"
                raise InputError(self.name, cause, "leave it out")
        try:
            if asked is None:
                return store.query(text, base_iri=self.base, substitutions=self.bindings or None)
            return store.query(
                text,
                base_iri=self.base,
                default_graph=[ox.NamedNode(graph) for graph in asked.default],
                named_graphs=[ox.NamedNode(graph) for graph in asked.named],
                substitutions=self.bindings or None,
            )
        except SyntaxError as error:
            raise syntax_error(self.name, text, error) from None
        except (RuntimeError, ValueError, OSError) as error:
            raise self._unanswered(error) from None

    def written(self, result: Solutions, format: str) -> bytes:
        """Return rows or a boolean in a format of `RESULT_FORMATS`.

        Raises:
            LimitExceeded: there are too many rows or bytes.
            InputError: evaluation failed on the way, or the format has no booleans.
        """
        if isinstance(result, ox.QueryBoolean):
            if format in ("csv", "tsv"):
                raise InputError(self.name, f"asks for yes or no, which {format} lacks", "use JSON")
            return result.serialize(format=RESULT_FORMATS[format]) or b""
        data = self._collected(result, ox.QueryResultsFormat.JSON)
        if len(data) >= _SHORTEST_ROW * self.limits.rows:
            again = ox.parse_query_results(data, ox.QueryResultsFormat.JSON)
            assert isinstance(again, ox.QuerySolutions)
            self._check_rows(sum(1 for _ in itertools.islice(again, self.limits.rows + 1)))
        if format == "json":
            return data
        parsed = ox.parse_query_results(data, ox.QueryResultsFormat.JSON)
        assert isinstance(parsed, ox.QuerySolutions)
        return self._collected(parsed, RESULT_FORMATS[format])

    def rows(self, result: ox.QuerySolutions) -> list[ox.QuerySolution]:
        """Return the rows.

        Raises:
            LimitExceeded: there are too many.
        """
        return self._all(result)

    def written_graph(self, result: ox.QueryTriples, format: str) -> bytes:
        """Return the triples in an RDF format, in a stable order.

        Raises:
            LimitExceeded: there are too many triples or bytes.
        """
        return self.fitting(serialise(self._all(result), format))

    def fitting(self, data: bytes) -> bytes:
        """Return a written result.

        Raises:
            LimitExceeded: it has too many bytes.
        """
        if len(data) > self.limits.result_bytes:
            raise self._too_large()
        return data

    def _all(self, result: Iterable[object]) -> list:  # type: ignore[type-arg]
        try:
            found = list(itertools.islice(result, self.limits.rows + 1))
        except (RuntimeError, ValueError, OSError) as error:
            raise self._unanswered(error) from None
        self._check_rows(len(found))
        return found

    def _collected(self, result: ox.QuerySolutions, format: ox.QueryResultsFormat) -> bytes:
        buffer = _Buffer(self.limits.result_bytes, self._too_large())
        try:
            result.serialize(buffer, format)  # type: ignore[arg-type]
        except (RuntimeError, ValueError, OSError) as error:
            raise self._unanswered(error) from None
        return bytes(buffer.data)

    def _check_rows(self, count: int) -> None:
        if count > self.limits.rows:
            raise LimitExceeded(self.name, f"has more than {self.limits.rows} rows", "add a LIMIT")

    def _too_large(self) -> LimitExceeded:
        size = f"{self.limits.result_bytes / 1e6:g} MB"
        return LimitExceeded(
            self.name, f"comes to more than {size}", "ask for less, or add a LIMIT"
        )

    def _unanswered(self, error: Exception) -> InputError:
        return InputError(self.name, f"cannot be answered ({error})", "correct it")


class _Buffer:
    """A file in memory that refuses to grow past a limit."""

    def __init__(self, most: int, error: LimitExceeded) -> None:
        self.data = bytearray()
        self._most = most
        self._error = error

    def write(self, data: bytes) -> int:
        self.data += data
        if len(self.data) > self._most:
            raise self._error
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def syntax_error(name: str, text: str, error: SyntaxError) -> InputError:
    """Return one line for what Oxigraph says of a text that is no query, with the place.

    Args:
        name: what to call the query.
        text: the query.
        error: what Oxigraph raised.
    """
    place = _PLACE.match(str(error))
    if place is None:
        return InputError(name, f"is no SPARQL query ({error})", "correct it")
    line, column = int(place[1]), int(place[2])
    lines = re.split(r"\r\n|\r|\n", text)
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    found = re.match(r"\w+|\S", rest.lstrip())
    what = f'unexpected "{found[0]}"' if found else "something is missing"
    if "Prefix not found" in place[3]:
        what = "a prefix is not declared"
    elif _UPDATE.match(text):
        what = "an update, and nothing can be changed"
    return InputError(
        f"{name}:{line}", f"is no SPARQL query ({what} at column {column})", "correct it"
    )
