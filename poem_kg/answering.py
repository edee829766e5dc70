"""Answers to queries that nobody vouches for, in a process of its own under limits."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import pyoxigraph as ox

from poem_kg.errors import InputError, LimitExceeded
from poem_kg.guard import run_guarded
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.namespaces import compact
from poem_kg.render import table_text
from poem_kg.serialise import serialise
from poem_kg.untrusted_query import admit_query

T = TypeVar("T")

FORMATS: Final = ("table", "json", "csv", "xml", "turtle")
"""The result formats; "turtle" is for CONSTRUCT and DESCRIBE, the others for SELECT and ASK."""

_RESULTS: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "csv": ox.QueryResultsFormat.CSV,
    "xml": ox.QueryResultsFormat.XML,
}


def answer_query(
    store: ox.Store,
    text: str,
    *,
    name: str,
    bindings: Mapping[ox.Variable, ox.NamedNode | ox.Literal] | None = None,
    format: str = "table",
    colour: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> bytes:
    """Return the answer to a query in a format.

    Parsing, checking and answering happen in a child process that is killed at the limits.

    Args:
        store: what to ask.
        text: the query.
        name: what to call it in messages.
        bindings: terms for variables of the projection.
        format: one of `FORMATS`.
        colour: whether a table may be coloured.
        limits: what the query may cost.

    Raises:
        InputError: the query is none, leaves the store, or does not fit the format.
        LimitExceeded: it takes too much time or memory, or has too many rows or bytes.
    """
    if format not in FORMATS:
        raise InputError(format, "is no result format", f"choose one of {', '.join(FORMATS)}")
    asked = _Asked(store, text, dict(bindings or {}), format, colour, name, limits)
    return run_guarded(asked.answer, limits=limits, where=name)


@dataclass(frozen=True)
class _Asked:
    """What happens in the guarded process, from query to bytes."""

    store: ox.Store
    text: str = field(repr=False)
    bindings: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]
    format: str
    colour: bool
    name: str
    limits: Limits

    def answer(self) -> bytes:
        admit_query(self.text, name=self.name, limits=self.limits)
        try:
            return self._written(self._result())
        except SyntaxError as error:
            raise InputError(self.name, f"is no SPARQL query ({error})", "correct it") from None
        except (RuntimeError, ValueError, OSError) as error:
            raise InputError(self.name, f"cannot be answered ({error})", "correct it") from None

    def _result(self) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        return self.store.query(self.text, substitutions=self.bindings or None)

    def _written(self, result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> bytes:
        if isinstance(result, ox.QueryTriples):
            if self.format not in ("turtle", "table"):
                raise InputError(f"--format {self.format}", "fits no CONSTRUCT", "use turtle")
            return serialise(self._within_limits(result), "turtle")
        if self.format == "turtle":
            raise InputError("--format turtle", "fits CONSTRUCT only", "use another format")
        if isinstance(result, ox.QueryBoolean):
            if self.format == "table":
                return b"yes\n" if result else b"no\n"
            return _ended(result.serialize(format=_RESULTS[self.format]))
        rows = self._within_limits(result)
        if self.format == "table":
            return self._table(result.variables, rows)
        # The serialiser takes a result, not rows; the first one is used up by counting.
        again = self._result()
        assert isinstance(again, ox.QuerySolutions)
        return _ended(again.serialize(format=_RESULTS[self.format]))

    def _within_limits(self, rows: Iterable[T]) -> list[T]:
        found = list(itertools.islice(rows, self.limits.rows + 1))
        if len(found) > self.limits.rows:
            raise LimitExceeded(self.name, f"has more than {self.limits.rows} rows", "add a LIMIT")
        return found

    def _table(self, variables: list[ox.Variable], rows: list[ox.QuerySolution]) -> bytes:
        if not rows:
            return b"no rows\n"
        heads = tuple(v.value for v in variables)
        cells = (tuple(_cell(row[v]) for v in variables) for row in rows)
        return table_text(heads, cells, colour=self.colour).encode()


def _ended(data: bytes | None) -> bytes:
    return data if data and data.endswith(b"\n") else (data or b"") + b"\n"


def _cell(term: object) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    return term.value if isinstance(term, ox.Literal) else str(term)
