"""Questions to the graph: the query catalogue, and query files of the user's own."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.catalogue import Query, read_queries, read_query
from poem_kg.errors import InputError
from poem_kg.namespaces import PREFIXES, XSD
from poem_kg.resources import data_dir

_FOLDERS: Final = ("ask", "check", "report")


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A variable of a query that a caller may bind.

    Attributes:
        name: the variable, without the question mark.
        type: iri, string, integer, decimal or date.
        description: what it narrows.
    """

    name: str
    type: str
    description: str


def catalogue() -> tuple[Query, ...]:
    """Return the queries that answer questions, check the knowledge or report on it."""
    return tuple(q for folder in _FOLDERS for q in read_queries(data_dir("queries") / folder))


def parameters(query: Query) -> tuple[Parameter, ...]:
    """Return the parameters that the front matter of a query declares.

    Each is a line `param: NAME TYPE DESCRIPTION`.
    """
    found = []
    for line in query.text.splitlines():
        match = re.match(r"#\+ param: *(\w+) +(\w+) *(.*)", line)
        if match:
            found.append(Parameter(*match.groups()))
    return tuple(found)


def list_queries() -> str:
    """Return the names and summaries of the catalogue as text, one query a line."""
    queries = catalogue()
    width = max(len(q.name) for q in queries) + 2
    return "".join(
        f"{q.name:<{width}}{q.summary}{' (--patient)' if needs_patient(q) else ''}\n"
        for q in queries
    )


def needs_patient(query: Query) -> bool:
    """Tell whether a query is about one patient's graph."""
    return query.front_matter.get("graph") == "patient"


def check_patient(query: Query, patient: object | None, advice: str) -> None:
    """Refuse a query about a patient where there is none.

    Args:
        query: what is asked.
        patient: whatever stands for the patient, or None.
        advice: what to do, for the message.

    Raises:
        InputError: the query needs a patient.
    """
    if patient is None and needs_patient(query):
        raise InputError(query.name, "asks about a patient", advice)


def find_query(name: str) -> Query:
    """Return the query of a name of the catalogue, with or without its folder, or of a file.

    Raises:
        InputError: there is none.
    """
    queries = catalogue()
    for query in queries:
        if name in (query.name, query.name.split("/", 1)[1]):
            return query
    path = Path(name)
    if path.is_file():
        return read_query(path)
    raise InputError(name, "is neither in the catalogue nor a file", "run poem-kg query for a list")


def bind_params(
    query: Query, params: Sequence[str]
) -> dict[ox.Variable, ox.NamedNode | ox.Literal]:
    """Return the terms to bind for `NAME=VALUE` of a command line.

    Raises:
        InputError: as `bind`, or where there is no value.
    """
    pairs = []
    for param in params:
        key, equals, value = param.partition("=")
        if not equals:
            raise InputError(f"--param {param}", "has no value", "write it as NAME=VALUE")
        pairs.append((key, value))
    return bind(query, pairs, where="--param ")


def bind(
    query: Query, pairs: Iterable[tuple[str, str]], *, where: str = ""
) -> dict[ox.Variable, ox.NamedNode | ox.Literal]:
    """Return the terms to bind for parameters given by name and text.

    Args:
        query: the query that declares them.
        pairs: names and values.
        where: what messages write before a parameter.

    Raises:
        InputError: the query has no such parameter, it comes twice, or the value is not of its
            type.
    """
    declared = {p.name: p for p in parameters(query)}
    bound: dict[ox.Variable, ox.NamedNode | ox.Literal] = {}
    for key, value in pairs:
        place = f"{where}{key}={value}"
        if key not in declared:
            names = ", ".join(declared) or "none"
            raise InputError(place, "names no parameter of this query", f"it has: {names}")
        variable = ox.Variable(key)
        if variable in bound:
            raise InputError(place, "is given more than once", "give it once")
        bound[variable] = _term(declared[key], value, place)
    return bound


def _term(parameter: Parameter, value: str, where: str) -> ox.NamedNode | ox.Literal:
    if parameter.type == "iri":
        prefix, colon, local = value.partition(":")
        text = PREFIXES[prefix] + local if colon and prefix in PREFIXES else value.strip("<>")
        try:
            return ox.NamedNode(text)
        except ValueError:
            raise InputError(where, "is no IRI", "write it in full, or as poemkg:NAME") from None
    if parameter.type == "string":
        return ox.Literal(value)
    patterns = {
        "integer": r"[+-]?\d{1,18}",
        "decimal": r"[+-]?\d{1,18}(\.\d{1,18})?",
        "date": r"\d{4}-\d\d-\d\d",
    }
    if not re.fullmatch(patterns.get(parameter.type, ""), value):
        raise InputError(where, f"is no {parameter.type}", f"give one of type {parameter.type}")
    return ox.Literal(value, datatype=ox.NamedNode(XSD + parameter.type))
