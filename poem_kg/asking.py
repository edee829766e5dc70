"""Questions to the graph: the query catalogue, and query files of the user's own."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.catalogue import Query, read_queries, read_query
from poem_kg.checking.vocabularies import nearest, split
from poem_kg.errors import InputError
from poem_kg.namespaces import BASE, PREFIXES, RDFS, SKOS, XSD, compact
from poem_kg.resources import data_dir

_FOLDERS: Final = ("ask", "check", "report")
_GRAPHS: Final = ("knowledge", "alignments", "patient")
_NAMES: Final = tuple(
    ox.NamedNode(name) for name in (RDFS + "label", SKOS + "altLabel", SKOS + "notation")
)
_ANYWHERE: Final = "{{ {0} ?p ?o }} UNION {{ ?s {0} ?o }} UNION {{ ?s ?p {0} }}"
_IN_NAMED: Final = "UNION {{ GRAPH ?g {{ {1} }} }} UNION {{ GRAPH {0} {{ ?s ?p ?o }} }}"


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


def asks_everything(query: Query) -> bool:
    """Tell whether a query is a file of the user's own that does not name its graph."""
    own = not query.path.resolve().is_relative_to(data_dir("queries").resolve())
    return own and "graph" not in query.front_matter


def check_patient(query: Query, patient: object | None, *, missing: str, needless: str) -> None:
    """Refuse a query about a patient where there is none, and a patient that is not asked about.

    Args:
        query: what is asked.
        patient: whatever stands for the patient, or None.
        missing: what to do where there is none, for the message.
        needless: what to do where there is one too many.

    Raises:
        InputError: the query needs a patient, or takes none.
    """
    if patient is None and needs_patient(query):
        raise InputError(query.name, "asks about a patient", missing)
    if patient is not None and not needs_patient(query) and not asks_everything(query):
        raise InputError(query.name, "is not about a patient", needless)


def find_query(name: str) -> Query:
    """Return the query of a name of the catalogue, with or without its folder, or of a file.

    Raises:
        InputError: there is none, or the file cannot be used.
    """
    queries = catalogue()
    for query in queries:
        if name in (query.name, query.name.split("/", 1)[1]):
            return query
    path = Path(name)
    if not path.is_file():
        advice = "run poem-kg query for a list"
        raise InputError(name, "is neither in the catalogue nor a file", advice)
    try:
        query = read_query(path)
    except UnicodeDecodeError:
        raise InputError(name, "is not in UTF-8", "save it in UTF-8") from None
    graph = query.front_matter.get("graph", "knowledge")
    if graph not in _GRAPHS:
        advice = f"write one of {', '.join(_GRAPHS)}, or leave the line out to ask all there is"
        raise InputError(name, f"names the graph {graph}, which there is not", advice)
    return query


def pairs_of(params: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the names and values of `NAME=VALUE` of a command line.

    Raises:
        InputError: there is no value.
    """
    pairs = []
    for param in params:
        key, equals, value = param.partition("=")
        if not equals:
            raise InputError(f"--param {param}", "has no value", "write it as NAME=VALUE")
        pairs.append((key, value))
    return tuple(pairs)


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


def check_known(
    query: Query,
    pairs: Iterable[tuple[str, str]],
    store: ox.Store,
    *,
    where: str = "",
    holds: Callable[[str], bool] | None = None,
) -> None:
    """Refuse a value that is nowhere in what is asked, such as a misspelt IRI.

    Its answer would have no rows, which reads as if there were nothing to tell. A value that is
    known and has no rows is no error. Texts are free, except where a line
    `values: NAME=PROPERTY` of the front matter says that they are those of a property.

    Args:
        query: the query that declares the parameters.
        pairs: names and values that `bind` takes.
        store: what is asked; the values that are told as probably meant are found there.
        where: what messages write before a parameter.
        holds: answers an ASK, where something else than the store is asked.

    Raises:
        InputError: a value is unknown; the text tells what was probably meant.
    """
    declared = {p.name: p for p in parameters(query)}
    listed = dict(re.findall(r"^#\+ values: *(\w+)=(\S+)", query.text, re.MULTILINE))
    holds = holds or (lambda text: bool(store.query(text)))
    for key, value in pairs:
        place = f"{where}{key}={value}"
        term = _term(declared[key], value, place)
        if isinstance(term, ox.NamedNode):
            pattern = _ANYWHERE.format(term)
            if asks_everything(query):
                pattern += _IN_NAMED.format(term, pattern)
        elif key in listed:
            pattern = f"?s {_iri(listed[key], f'#+ values: {key}={listed[key]}')} {term}"
        else:
            continue
        if holds(f"ASK {{ {pattern} }}"):
            continue
        if isinstance(term, ox.NamedNode):
            meant = _meant_term(store, term.value)
            unlike = "leave it out, or look for the term with the query find-a-term"
        else:
            meant = nearest(value, _values_of(store, _iri(listed[key], key)))
            unlike = "leave it out to see all there are"
        advice = f"did you mean {meant}?" if meant else unlike
        raise InputError(place, "is nowhere in what is asked", advice)


def _meant_term(store: ox.Store, iri: str) -> str | None:
    """The described term whose name is, or is written most like, the end of an IRI."""
    namespace, local = split(iri)
    if not namespace:  # what is written before a colon is no prefix that is known
        local = iri.rpartition(":")[2]
    spelt: dict[str, set[str]] = defaultdict(set)
    near: dict[str, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph()):
        if not isinstance(quad.subject, ox.NamedNode):
            continue
        subject = quad.subject.value
        near[split(subject)[1]].add(subject)
        if quad.predicate in _NAMES and isinstance(quad.object, ox.Literal):
            spelt[_folded(quad.object.value)].add(subject)
    called = spelt.get(_folded(local), set())
    if len(called) == 1:
        return compact(next(iter(called)))
    beside = {name for name, iris in near.items() if namespace + name in iris}
    found = nearest(local, beside) or nearest(local, set(near))
    if not found:
        return None
    # Ours first, since the same name may be one of another vocabulary too.
    return compact(min(near[found], key=lambda i: (split(i)[0] != namespace, BASE not in i, i)))


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def _values_of(store: ox.Store, name: ox.NamedNode) -> set[str]:
    found = store.quads_for_pattern(None, name, None, ox.DefaultGraph())
    return {quad.object.value for quad in found if isinstance(quad.object, ox.Literal)}


def _term(parameter: Parameter, value: str, where: str) -> ox.NamedNode | ox.Literal:
    if parameter.type == "iri":
        return _iri(value, where)
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


def _iri(value: str, where: str) -> ox.NamedNode:
    prefix, colon, local = value.partition(":")
    text = PREFIXES[prefix] + local if colon and prefix in PREFIXES else value.strip("<>")
    try:
        return ox.NamedNode(text)
    except ValueError:
        raise InputError(where, "is no IRI", "write it in full, or as poemkg:NAME") from None
