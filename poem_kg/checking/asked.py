"""What the shapes for statements and the check queries find, as problems with a place."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from poem_kg.catalogue import Query
from poem_kg.checking.model import Problem, found
from poem_kg.checking.rules import of_query, shape_rules
from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import compact
from poem_kg.validation import validate_statements

Unplaced = tuple[Problem, tuple[str, ...]]
"""A problem and the IRIs and texts that tell its place, the most telling first."""


def shape_problems(knowledge: Knowledge) -> Iterator[Unplaced]:
    """Yield what the shapes find in the statements, criteria and clinical terms.

    Args:
        knowledge: the ontology and what was prepared from it.
    """
    rules = shape_rules()
    for finding in validate_statements(knowledge).findings:
        rule = rules[finding.shape]
        where = f" at {_told(finding.path)}" if finding.path else ""
        value = f", value {_told(finding.value)}" if finding.value else ""
        message = f"breaks {rule.name}{where}{value}"
        hints = tuple(_bare(text) for text in (finding.value, finding.path) if text)
        yield found(rule, finding.focus, message, advice=finding.message), hints


def query_problems(query: Query, store: ox.Store) -> Iterator[Unplaced]:
    """Yield what a check query finds: its first column is the term, its second the problem.

    Args:
        query: one below `queries/check/`.
        store: the ontology and what was prepared from it.

    Raises:
        KnowledgeError: the query is wrong.
    """
    try:
        rows = store.query(query.text)
    except (SyntaxError, RuntimeError) as error:
        raise KnowledgeError(f"{query.path}: {error}; correct the query") from None
    assert isinstance(rows, ox.QuerySolutions)
    names = [variable.value for variable in rows.variables]
    rule = of_query(query)
    for row in rows:
        term, problem, *values = (str(getattr(row[name], "value", "") or "") for name in names)
        more = ", ".join(compact(value) for value in values if value)
        message = f"{problem}: {more}" if more else problem
        yield found(rule, term, message), tuple(value for value in values if value)


def _bare(text: str) -> str:
    return text[1:-1] if text.startswith("<") and text.endswith(">") else text


def _told(text: str | None) -> str:
    return compact(_bare(text or ""))
