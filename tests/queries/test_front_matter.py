"""What a reader can rely on before running a query: its question, graph, parameters and order."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from tests.queries.files import ASK, CHECK, EVERY, QUERIES, REPORT, TYPES, QueryFile

every = pytest.mark.parametrize("query", EVERY, ids=lambda q: q.name)
every_ask = pytest.mark.parametrize("query", ASK, ids=lambda q: q.name)
every_check = pytest.mark.parametrize("query", CHECK, ids=lambda q: q.name)
KEYS = {
    "ask": {"summary", "graph", "note", "param", "values", "example"},
    "check": {"summary", "severity", "advice"},
    "report": {"summary", "graph", "note"},
}


def variables(query: QueryFile) -> list[str]:
    """The variables that a query projects."""
    found = ox.Store().query(query.text)
    assert isinstance(found, ox.QuerySolutions), f"{query.name} is no SELECT"
    return [variable.value for variable in found.variables]


def test_no_query_is_lost() -> None:
    assert len(ASK) >= 46
    assert len(CHECK) >= 40
    assert len(REPORT) >= 4
    assert len(EVERY) == sum(len(list((QUERIES / f).glob("*"))) for f in KEYS)


@every
def test_a_query_has_the_keys_of_its_folder(query: QueryFile) -> None:
    folder = query.name.split("/")[0]

    assert {key for key, _ in query.lines} <= KEYS[folder]
    assert re.fullmatch(r"[A-Z][^?.]*(?:[.][0-9][^?.]*)*[?.]", query.one("summary"))
    assert query.graph in {"knowledge", "alignments", "patient"}


@every
def test_a_query_is_written_like_its_neighbours(query: QueryFile) -> None:
    used = set(re.findall(r"(?<![\w:/<])([a-z]+):", re.sub(r'"[^"]*"|<[^>]*>|#.*', "", query.text)))
    declared = re.findall(r"^PREFIX (\w+): ", query.text, flags=re.MULTILINE)

    assert declared == sorted(declared)
    assert set(declared) == used
    assert not re.search(r"\b(?:SERVICE|FROM|GRAPH)\b", query.text)
    assert re.search(r"^ORDER BY ", query.text, flags=re.MULTILINE)


@every_ask
def test_a_question_ends_with_a_question_mark_and_names_its_graph(query: QueryFile) -> None:
    assert query.one("summary").endswith("?")
    assert query.all("graph")


@every_ask
def test_a_parameter_is_projected_typed_and_explained(query: QueryFile) -> None:
    projected = variables(query)

    assert query.params
    for line in query.all("param"):
        name, kind, explanation = line.split(" ", 2)
        assert name in projected
        assert kind in TYPES
        assert explanation


@every_ask
def test_a_text_with_closed_values_names_their_property(query: QueryFile) -> None:
    for line in query.all("values"):
        name, _, value = line.partition("=")
        assert query.params[name] == "string"
        written = value.replace("https://w3id.org/poem-kg/ontology/", "poemkg:")
        assert f"{written} ?{name} " in query.text


@every_ask
def test_an_example_gives_a_parameter_a_value(query: QueryFile) -> None:
    assert len(query.calls) > 1
    for line in query.all("example"):
        name, _, value = line.partition("=")
        assert name in query.params
        assert value


@every_check
def test_a_check_names_the_term_the_problem_and_what_to_do(query: QueryFile) -> None:
    assert variables(query)[:2] == ["term", "problem"]
    assert query.one("severity") in {"error", "warning"}
    assert query.one("advice").endswith(".")
