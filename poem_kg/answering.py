"""Answers to queries that nobody vouches for, in a process of its own under limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.evaluation import RESULT_FORMATS, Evaluation
from poem_kg.guard import run_guarded
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.namespaces import compact
from poem_kg.render import table_text

FORMATS: Final = ("table", *RESULT_FORMATS, "turtle")
"""The result formats; "turtle" is for CONSTRUCT and DESCRIBE, the others for SELECT and ASK."""


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
    graphs = [graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)]
    evaluation = Evaluation(name, limits, dict(bindings or {}), graphs=graphs)
    asked = _Asked(store, text, evaluation, format, colour)
    return run_guarded(asked.answer, limits=limits, where=name)


@dataclass(frozen=True)
class _Asked:
    """What happens in the guarded process, from query to bytes."""

    store: ox.Store
    text: str = field(repr=False)
    evaluation: Evaluation
    format: str
    colour: bool

    def answer(self) -> bytes:
        result = self.evaluation.run(self.store, self.text)
        if isinstance(result, ox.QueryTriples):
            if self.format not in ("turtle", "table"):
                raise InputError(f"--format {self.format}", "fits no CONSTRUCT", "use turtle")
            return self.evaluation.written_graph(result, "turtle")
        if self.format == "turtle":
            raise InputError("--format turtle", "fits CONSTRUCT only", "use another format")
        if self.format != "table":
            return _ended(self.evaluation.written(result, self.format))
        if isinstance(result, ox.QueryBoolean):
            return b"yes\n" if result else b"no\n"
        return self._table(result.variables, self.evaluation.rows(result))

    def _table(self, variables: list[ox.Variable], rows: list[ox.QuerySolution]) -> bytes:
        if not rows:
            return b"no rows\n"
        heads = tuple(v.value for v in variables)
        cells = (tuple(_cell(row[v]) for v in variables) for row in rows)
        return table_text(heads, cells, colour=self.colour).encode()


def _ended(data: bytes) -> bytes:
    return data if data.endswith(b"\n") else data + b"\n"


def _cell(term: object) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    return term.value if isinstance(term, ox.Literal) else str(term)
