"""The SPARQL cookbook: each question of the catalogue, how to ask it, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import pyoxigraph as ox

from poem_kg.asking import bind, needs_patient, parameters
from poem_kg.catalogue import Query, read_queries
from poem_kg.handbook.contents import FOLDER, Contents
from poem_kg.handbook.marking import Table, escaped, fenced, heading, linked
from poem_kg.namespaces import compact
from poem_kg.query_data import examples
from poem_kg.query_result import QueryResult, query_result
from poem_kg.resources import data_dir

ROWS: Final = 6
"""How many rows of an answer are shown."""
_SERVICE: Final = "http://localhost:8000"
_INTRODUCTION: Final = """\
Every question of the catalogue with the query, the ways to ask it, and what it answered when this
site was built. The files lie in `queries/ask`; each runs as it stands on any SPARQL 1.1 engine, on
the files of `poem-kg export --what knowledge`. A parameter is a variable of the query that the
call binds; to bind it by hand, add a `VALUES` line. Those that also check and report are listed in
the [catalogue](queries.md).
"""


@dataclass(frozen=True)
class Recipe:
    """A question with one way to ask it, and the answer.

    Attributes:
        query: the question.
        given: parameters and their values, as text.
        patient: the name of the example that is asked about, or None.
        result: the answer.
    """

    query: Query
    given: tuple[tuple[str, str], ...]
    patient: str | None
    result: QueryResult

    @property
    def name(self) -> str:
        """The name by which commands and calls know it."""
        return self.query.name.split("/", 1)[1]


def recipes(contents: Contents) -> Iterator[Recipe]:
    """Yield a recipe for each question, those about the knowledge first.

    A question is asked with the first example of its front matter that has an answer, else without
    parameters; one about a patient, of the first example file for which it has an answer.

    Args:
        contents: what is known.

    Raises:
        InputError: an example file cannot be used.
    """
    queries = read_queries(data_dir("queries") / "ask")
    stores: dict[object, ox.Store] = {}
    for query in queries:
        if not needs_patient(query):
            graph = query.front_matter.get("graph")
            if graph not in stores:
                stores[graph] = contents.kb.graph_for(query, None)
            yield _asked(query, stores[graph], None)
    waiting = [query for query in queries if needs_patient(query)]
    found: dict[str, Recipe] = {}
    for path in sorted(data_dir("examples").glob("S*.ttl")):
        if not waiting:
            break
        store = contents.kb.graph_for(waiting[0], path)
        for query in tuple(waiting):
            recipe = _asked(query, store, path.name)
            if recipe.result:
                waiting.remove(query)
                found[query.name] = recipe
    for query in queries:
        if needs_patient(query):
            yield found.get(query.name) or _asked(query, store, path.name)


def _asked(query: Query, store: ox.Store, patient: str | None) -> Recipe:
    """The answer with the first example that has one; without any, that without parameters."""
    for parameter, value in examples(query):
        given = ((parameter.name, value.value),)
        result = query_result(store, query.text, name=query.name, bindings=bind(query, given))
        if result:
            short = ((parameter.name, compact(value.value)),)
            return Recipe(query, short if parameter.type == "iri" else given, patient, result)
    return Recipe(query, (), patient, query_result(store, query.text, name=query.name))


def page(contents: Contents, found: list[Recipe]) -> str:
    """Return the cookbook as Markdown.

    Args:
        contents: what is known.
        found: the recipes.
    """
    said = [heading(1, "SPARQL cookbook", "sparql-cookbook"), _INTRODUCTION]
    parts = (
        ("Questions about the knowledge", "knowledge", [r for r in found if r.patient is None]),
        ("Questions about a patient", "patient", [r for r in found if r.patient is not None]),
    )
    for title, anchor, recipes in parts:
        said.append(heading(2, title, anchor))
        for recipe in recipes:
            said.append(_recipe(contents, recipe))
    return "\n".join(said)


def _recipe(contents: Contents, recipe: Recipe) -> str:
    query = recipe.query
    declared = [
        (f"<code>{escaped(p.name)}</code>", escaped(p.type), escaped(p.description))
        for p in parameters(query)
    ]
    return "\n".join(
        [
            heading(3, query.summary, recipe.name),
            fenced(_command(recipe), "sh"),
            '<details markdown="1"><summary>The query, '
            f"<code>queries/{escaped(query.name)}.rq</code>"
            "</summary>\n",
            fenced(query.text, "sparql"),
            "</details>\n",
            str(Table(heads=("parameter", "type", "what it narrows"), rows=declared))
            if declared
            else "",
            _answer(contents, recipe.result),
        ]
    )


def _command(recipe: Recipe) -> str:
    given = "".join(f" --param {name}={_quoted(value)}" for name, value in recipe.given)
    called = urlencode(dict(recipe.given))
    address = f"{_SERVICE}/queries/{recipe.name}" + (f"?{called}" if called else "")
    if recipe.patient is None:
        return f"poem-kg query {recipe.name}{given}\ncurl '{address}'"
    file = f"examples/{recipe.patient}"
    return (
        f"poem-kg query {recipe.name} --patient {file}{given}\n"
        f"curl '{address}' -H 'Content-Type: text/turtle' --data-binary @{file}"
    )


def _quoted(value: str) -> str:
    return f"'{value}'" if not value.replace(":", "").replace("-", "").isalnum() else value


def _answer(contents: Contents, result: QueryResult) -> str:
    if result.truth is not None:
        return f"<p>Answer: {'yes' if result.truth else 'no'}</p>\n"
    if not result.rows:
        return "<p>Answer: no rows, which is an answer too: nothing of the kind is known.</p>\n"
    rows = [[_cell(contents, term) for term in row] for row in result.rows[:ROWS]]
    count = len(result.rows)
    first = f", of which the first {ROWS}" if count > ROWS else ""
    caption = f"Answer: {count} row{'s' if count != 1 else ''}{first}"
    return str(Table(heads=result.variables, rows=rows, caption=caption))


def _cell(contents: Contents, term: object) -> str:
    if isinstance(term, ox.NamedNode):
        href = contents.shown.link(term.value).href
        local = href is not None and not href.startswith("http")
        return linked(compact(term.value), f"{FOLDER}/{href}" if local else None)
    if isinstance(term, ox.Literal):
        return escaped(term.value)
    return "" if term is None else escaped(str(term))
