"""The answer to a query as Python values: rows of terms, yes or no, or triples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from poem_kg.errors import ToolMissing
from poem_kg.evaluation import Evaluation
from poem_kg.guard import run_guarded
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.model import Notebook, Shown
from poem_kg.namespaces import XSD

if TYPE_CHECKING:
    import pandas as pd

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_NUMBERS: Final[Mapping[str, type[int] | type[float]]] = {
    XSD + "integer": int,
    XSD + "decimal": float,
    XSD + "double": float,
    XSD + "float": float,
}


@dataclass(frozen=True, kw_only=True)
class QueryResult(Shown):
    """What a query answered.

    Attributes:
        query: what it is called.
        about_patient: whether a patient and what was derived were asked too.
        variables: the columns of a SELECT, in its order.
        rows: its rows, a term or None for each variable.
        truth: the answer of an ASK, else None.
        graph: the triples of a CONSTRUCT or DESCRIBE.
    """

    query: str
    about_patient: bool
    variables: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    truth: bool | None = None
    graph: tuple[ox.Triple, ...] = field(default=(), repr=False)

    def __iter__(self) -> Iterator[dict[str, Term | None]]:
        """Yield each row as variable to term."""
        return (dict(zip(self.variables, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    def __bool__(self) -> bool:
        """Return the answer of an ASK; else whether there is a row or a triple."""
        return bool(self.rows or self.graph) if self.truth is None else self.truth

    def to_dataframe(self) -> pd.DataFrame:
        """Return the rows as a table: IRIs in full and texts as str, numbers as int or float.

        Raises:
            ToolMissing: pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise ToolMissing(
                "pandas is not installed, which a dataframe needs; "
                "run pip install 'poem-kg[notebooks]'"
            ) from None
        values = [[_value(term) for term in row] for row in self.rows]
        return pd.DataFrame(values, columns=list(self.variables))


def query_result(
    store: ox.Store,
    text: str,
    *,
    name: str,
    about_patient: bool = False,
    bindings: Mapping[ox.Variable, ox.NamedNode | ox.Literal] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    notebook: Notebook | None = None,
) -> QueryResult:
    """Return the answer to a query, found in a process of its own under limits.

    Args:
        store: what to ask.
        text: the query.
        name: what to call it in messages.
        about_patient: whether the store holds a patient.
        bindings: terms for variables of the projection.
        limits: what the query may cost.
        notebook: shows the result in Jupyter.

    Raises:
        InputError: the query is none, or leaves the store.
        LimitExceeded: it takes too much time or memory, or has too many rows or bytes.
    """
    graphs = [graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)]
    evaluation = Evaluation(name, limits, dict(bindings or {}), graphs=graphs)
    triples, data = run_guarded(_answer, evaluation, store, text, limits=limits, where=name)
    result = QueryResult(query=name, about_patient=about_patient, notebook=notebook)
    if triples:
        quads = ox.parse(data, format=ox.RdfFormat.N_TRIPLES)
        return replace(result, graph=tuple(quad.triple for quad in quads))
    found = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return replace(result, truth=bool(found))
    variables = found.variables
    return replace(
        result,
        variables=tuple(variable.value for variable in variables),
        rows=tuple(tuple(row[variable] for variable in variables) for row in found),
    )


def _answer(evaluation: Evaluation, store: ox.Store, text: str) -> tuple[bool, bytes]:
    """In the child: whether the answer is triples, and its bytes."""
    found = evaluation.run(store, text)
    if isinstance(found, ox.QueryTriples):
        return True, evaluation.written_graph(found, "ntriples")
    return False, evaluation.written(found, "json")


def _value(term: Term | None) -> object:
    if isinstance(term, ox.Literal):
        number = _NUMBERS.get(term.datatype.value)
        try:
            return number(term.value) if number else term.value
        except ValueError:  # a literal that is not of its type
            return term.value
    if isinstance(term, ox.NamedNode):
        return term.value
    return None if term is None else str(term)
