"""The three engines, asked the same small questions, give the same answers."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.engines.arq import Arq, ArqError, arq_command
from tests.engines.compare import (
    Engine,
    insert,
    normal_rows,
    normal_term,
    normal_triples,
    triples_of,
)
from tests.engines.oxigraph import Oxigraph
from tests.engines.rdflib_engine import Rdflib

XSD = "http://www.w3.org/2001/XMLSchema#"
DATA = f"""\
<http://e/a> <http://e/type> <http://e/Child> .
<http://e/Child> <http://e/under> <http://e/Parent> .
<http://e/Parent> <http://e/under> <http://e/Grand> .
<http://e/a> <http://e/value> "4.50"^^<{XSD}decimal> .
<http://e/a> <http://e/value> "7"^^<{XSD}integer> .
<http://e/b> <http://e/value> "1.25"^^<{XSD}decimal> .
<http://e/a> <http://e/on> "2024-05-01"^^<{XSD}date> .
<http://e/b> <http://e/on> "2026-01-31"^^<{XSD}date> .
<http://e/a> <http://e/name> "caf\\u00E9 \\"one\\"\\n"@en .
<http://e/b> <http://e/name> "plain" .
<http://e/c> <http://e/name> "plain"^^<{XSD}string> .
<http://e/b> <http://e/yes> "true"^^<{XSD}boolean> .
"""
PREFIX = f"#+ summary: a small question\nPREFIX e: <http://e/>\nPREFIX xsd: <{XSD}>\n"
SELECTS = {
    "aggregates": (
        "SELECT ?s (COUNT(?v) AS ?n) (SUM(?v) AS ?t) (MAX(?v) AS ?m) { ?s e:value ?v } GROUP BY ?s",
        2,
    ),
    "latest": ("SELECT ?s (MAX(?d) AS ?last) { ?s e:on ?d } GROUP BY ?s", 2),
    "optional": ("SELECT ?s ?d ?y { ?s e:name ?n OPTIONAL { ?s e:on ?d; e:yes ?y } }", 3),
    "not bound": ("SELECT ?s { ?s e:name ?n OPTIONAL { ?s e:on ?d } FILTER(!BOUND(?d)) }", 1),
    "sha1": (
        'SELECT ?s (IRI(CONCAT("urn:x:", SHA1(CONCAT(STR(?s), "|", STR(?p))))) AS ?i) '
        "{ ?s ?p e:Child }",
        1,
    ),
    "encode for uri": (
        'SELECT (ENCODE_FOR_URI(STR(?s)) AS ?e) (ENCODE_FOR_URI("caf\u00e9 /|") AS ?f) '
        "{ ?s e:yes ?y }",
        1,
    ),
    "date before": ('SELECT ?s { ?s e:on ?d FILTER(?d < "2025-01-01"^^xsd:date) }', 1),
    "coalesce": (
        'SELECT ?s (COALESCE(?y, ?d, "none") AS ?c) '
        "{ ?s e:name ?n OPTIONAL { ?s e:yes ?y } OPTIONAL { ?s e:on ?d } }",
        3,
    ),
    "path": ("SELECT ?c { e:a e:type/e:under* ?c }", 3),
    "inverse and alternative path": ("SELECT ?x { e:Parent ^e:under|e:under ?x }", 2),
    "minus": ("SELECT ?s { ?s e:name ?n MINUS { ?s e:yes ?y } }", 2),
    "not exists": ("SELECT ?s { ?s e:name ?n FILTER NOT EXISTS { ?s e:on ?d } }", 1),
    "values and if": (
        'SELECT ?s (IF(?v > 4, "high", "low") AS ?k) { VALUES ?s { e:a e:b } ?s e:value ?v }',
        3,
    ),
    "one string for plain and typed": ('SELECT ?s { ?s e:name "plain" }', 2),
    "one distinct string": ('SELECT DISTINCT ?n { ?s e:name ?n FILTER(STR(?n) = "plain") }', 1),
    "language and escapes": ('SELECT ?n { ?s e:name ?n FILTER(LANG(?n) = "en") }', 1),
    "decimal arithmetic": ("SELECT (?v * 2 AS ?w) (?v + 0.50 AS ?u) { e:b e:value ?v }", 1),
    "ask": ("ASK { e:b e:yes true }", 1),
    # Sub-select first: placed last, rdflib 7.6 does not join on the aggregate's name.
    "sub-select": (
        "SELECT ?s ?v "
        "{ { SELECT ?s (MIN(?w) AS ?v) { ?s e:value ?w } GROUP BY ?s } ?s e:value ?v }",
        2,
    ),
}
STEPS = (
    "CONSTRUCT { ?a e:above ?b } WHERE { ?b e:under* ?a }",
    "CONSTRUCT { ?i e:about ?s ; e:group ?g } WHERE { ?s e:type ?t . ?g e:above ?t "
    'BIND(IRI(CONCAT("urn:x:", SHA1(CONCAT(STR(?s), STR(?g))))) AS ?i) }',
    "CONSTRUCT { ?s e:groups ?n } "
    "WHERE { SELECT ?s (COUNT(?i) AS ?n) { ?i e:about ?s } GROUP BY ?s }",
)


@pytest.fixture
def engines(arq: Arq) -> dict[str, Engine]:
    loaded: dict[str, Engine] = {"Oxigraph": Oxigraph(), "rdflib": Rdflib(), "ARQ": arq}
    for engine in loaded.values():
        engine.load(DATA)
    return loaded


@pytest.mark.parametrize("name", SELECTS)
def test_select_gives_the_same_rows(engines: dict[str, Engine], name: str) -> None:
    query, count = SELECTS[name]
    answers = {engine: normal_rows(e.select(PREFIX + query)) for engine, e in engines.items()}
    assert sum(answers["Oxigraph"].values()) == count
    assert answers["rdflib"] == answers["Oxigraph"]
    assert answers["ARQ"] == answers["Oxigraph"]


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"s": "<http://e/a>"}, 2),
        ({"v": f'"1.25"^^<{XSD}decimal>'}, 1),
        ({"s": "<http://e/none>"}, 0),
    ],
)
def test_bindings_are_terms(engines: dict[str, Engine], given: dict[str, str], count: int) -> None:
    query = PREFIX + "SELECT ?s ?v { ?s e:value ?v }"
    for name, engine in engines.items():
        rows = engine.select(query, given)
        assert len(rows) == count, name
        for variable, term in given.items():
            assert {row["sv".index(variable)] for row in rows} <= {term}, name


def test_derivation_steps_run_one_after_the_other(engines: dict[str, Engine]) -> None:
    counts = {name: [insert(e, PREFIX + s) for s in STEPS] for name, e in engines.items()}
    assert counts["Oxigraph"][1:] == [6, 1]
    assert counts["rdflib"] == counts["ARQ"] == counts["Oxigraph"]
    ask = PREFIX + "ASK { e:a e:groups 3 }"
    whole = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    graphs = {name: normal_triples(e.construct(whole)) for name, e in engines.items()}
    assert all("true" in str(e.select(ask)) for e in engines.values())
    assert graphs["rdflib"] == graphs["ARQ"] == graphs["Oxigraph"]


def test_load_replaces_the_graph(engines: dict[str, Engine]) -> None:
    for name, engine in engines.items():
        engine.load("<urn:a> <urn:b> <urn:c> .\n")
        rows = engine.select("SELECT * { ?s ?p ?o }")
        assert len(rows) == 1, name


def test_a_refused_query_says_why_and_the_worker_lives_on(arq: Arq) -> None:
    with pytest.raises(ArqError, match="QueryParseException"):
        arq.select("SELECT ?s {")
    with pytest.raises(ArqError, match="QueryParseException"):
        arq.select("SELECT * { LET (?x := 1) }")  # ARQ's own syntax
    assert arq.select("ASK {}")


def test_the_command_line_agrees_with_the_worker(arq: Arq, tmp_path: Path) -> None:
    data, step = tmp_path / "data.nt", tmp_path / "step.rq"
    data.write_text(DATA)
    step.write_text(PREFIX + STEPS[0])
    arq.load(DATA)
    printed = arq_command([data], step, results="N-TRIPLES")
    assert triples_of(printed) == arq.construct(PREFIX + STEPS[0]) != set()


def test_a_hundred_queries_on_thirty_graphs_take_seconds(arq: Arq) -> None:
    many = "".join(DATA.replace("http://e/a>", f"http://e/a{n}>") for n in range(30))
    arq.load(many)
    begin = time.perf_counter()
    for _ in range(6):
        for query, _count in SELECTS.values():
            arq.select(PREFIX + query)
    assert time.perf_counter() - begin < 10


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f'"4.50"^^<{XSD}decimal>', f'"4.5"^^<{XSD}decimal>'),
        (f'"+07"^^<{XSD}integer>', f'"7.0"^^<{XSD}decimal>'),
        (f'"100"^^<{XSD}int>', f'"100"^^<{XSD}integer>'),
        (f'"-0.0"^^<{XSD}decimal>', f'"0"^^<{XSD}integer>'),
        (f'"1"^^<{XSD}boolean>', f'"true"^^<{XSD}boolean>'),
        (f'"1.0E1"^^<{XSD}double>', f'"10"^^<{XSD}double>'),
        (f'"x"^^<{XSD}string>', '"x"'),
    ],
)
def test_equal_values_have_one_spelling(one: str, other: str) -> None:
    assert normal_term(one) == normal_term(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f'"4.50"^^<{XSD}decimal>', f'"4.05"^^<{XSD}decimal>'),
        (f'"100"^^<{XSD}integer>', f'"1"^^<{XSD}integer>'),
        (f'"7"^^<{XSD}integer>', '"7"'),
        (f'"7"^^<{XSD}integer>', f'"7"^^<{XSD}double>'),
        ('"x"@en', '"x"'),
        ("<urn:x>", '"urn:x"'),
        (None, '""'),
    ],
)
def test_different_values_stay_apart(one: str | None, other: str) -> None:
    assert normal_term(one) != normal_term(other)
