"""A query reaches neither the network nor a file, and costs no more than it may."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.server.client import Reply, Trap, ask, check_refused, listening_trap, send
from tests.server.running import Running
from tests.server.small import small

SECONDS = 1.0
LATE = 2.5
"""How much later than the deadline a refusal may come on a busy machine."""
TRANSPORTS = ("body", "form", "GET")
CONTENT = "the-content-of-a-file"

SERVICES = {
    "plain": "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "mixed case": "SELECT * { sErViCe sIlEnT <URL> { ?s ?p ?o } }",
    "escaped letter": "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "escaped word": "SELECT * { "
    + "".join(f"\\u{ord(letter):04X}" for letter in "service")
    + " <URL> { ?s ?p ?o } }",
    "long escape": "SELECT * { \\U00000053ERVICE <URL> { ?s ?p ?o } }",
    "escape of an escape": "SELECT * { \\u005Cu0053ERVICE <URL> { ?s ?p ?o } }",
    "long s": "SELECT * { \u017fERVICE <URL> { ?s ?p ?o } }",
    "comment between": "SELECT * { SERVICE#a\n#b\r<URL> { ?s ?p ?o } }",
    "comment after a hash in an IRI": "SELECT * { ?s <urn:#> ?o SERVICE <URL> { ?s ?p ?o } }",
    "no space": "SELECT*{SERVICE<URL>{?s ?p ?o}}",
    "sub-select": "SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } }",
    "deep sub-select": "SELECT * { { SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } } } }",
    "optional": "SELECT * { ?a ?b ?c OPTIONAL { SERVICE <URL> { ?s ?p ?o } } }",
    "union": "SELECT * { { ?a ?b ?c } UNION { SERVICE <URL> { ?s ?p ?o } } }",
    "minus": "SELECT * { ?a ?b ?c MINUS { SERVICE <URL> { ?a ?b ?c } } }",
    "exists": "SELECT * { ?a ?b ?c FILTER EXISTS { SERVICE <URL> { ?a ?b ?c } } }",
    "not exists in bind": "SELECT * { BIND(NOT EXISTS { SERVICE <URL> { ?a ?b ?c } } AS ?x) }",
    "exists in order": "SELECT * { ?a ?b ?c } ORDER BY EXISTS { SERVICE <URL> { ?a ?b ?c } }",
    "exists in having": "SELECT ?a { ?a ?b ?c } GROUP BY ?a HAVING(EXISTS { SERVICE <URL> { } })",
    "exists in select": "SELECT (EXISTS { SERVICE <URL> { ?a ?b ?c } } AS ?x) { }",
    "graph": "SELECT * { GRAPH ?g { SERVICE <URL> { ?s ?p ?o } } }",
    "variable bound": "SELECT * { BIND(<URL> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "variable in values": "SELECT * { VALUES ?x { <URL> } SERVICE ?x { ?s ?p ?o } }",
    "variable from data": "SELECT * { ?s ?p ?x SERVICE ?x { ?y ?z ?w } }",
    "prefixed": "PREFIX x: <URL> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "base": "BASE <URL> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "escape in the address": "SELECT * { SERVICE <http\\u003A//127.0.0.1:PORT/> { ?s ?p ?o } }",
    "lateral": "SELECT * { ?a ?b ?c LATERAL { SERVICE <URL> { ?s ?p ?o } } }",
    "nested service": "SELECT * { SERVICE <urn:x> { SERVICE <URL> { ?s ?p ?o } } }",
    "ask": "ASK { SERVICE <URL> { ?s ?p ?o } }",
    "construct": "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "describe": "DESCRIBE ?s { SERVICE <URL> { ?s ?p ?o } }",
    "file": "SELECT * { SERVICE <file:///etc/hostname> { ?s ?p ?o } }",
}
LOADS = {
    "load": "LOAD <URL>",
    "load silent": "LOAD SILENT <URL> INTO GRAPH <urn:g>",
    "load a file": "LOAD <FILE>",
    "insert": "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
    "delete": "DELETE WHERE { ?s ?p ?o }",
    "clear": "CLEAR ALL",
    "drop": "DROP SILENT ALL",
    "create": "CREATE GRAPH <urn:g>",
    "query, then update": "SELECT * { ?s ?p ?o } ; CLEAR ALL",
    "from": "SELECT * FROM <URL> { ?s ?p ?o }",
    "from named": "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "from a file": "SELECT * FROM <FILE> { ?s ?p ?o }",
    "from, escaped": "SELECT * \\u0046ROM <FILE> { ?s ?p ?o }",
    "from, relative": "BASE <file:///> SELECT * FROM <PATH> { ?s ?p ?o }",
    "from, prefixed": "PREFIX f: <file:///> SELECT * FROM f: { ?s ?p ?o }",
}


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    with listening_trap() as trap:
        yield trap


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "secret.nt"
    path.write_text(f'<urn:a> <urn:b> "{CONTENT}" .\n', encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def hasty() -> Iterator[Running]:
    """A service whose deadline is near and whose workers get little memory."""
    limits = {"seconds": SECONDS, "memory_bytes": 300_000_000}
    with small(limits=limits, pacing={"workers": 2}) as running:
        yield running


def filled(query: str, trap: Trap, secret: Path) -> str:
    query = query.replace("URL", f"http://127.0.0.1:{trap.port}/data.ttl")
    query = query.replace("PORT", str(trap.port)).replace("PATH", str(secret).lstrip("/"))
    return query.replace("FILE", secret.as_uri())


def test_service_is_refused_in_every_disguise(service: Running, trap: Trap, secret: Path) -> None:
    for name, template in SERVICES.items():
        # Each transport ends in the same check, so all three are tried with one disguise only.
        for transport in TRANSPORTS if name == "plain" else TRANSPORTS[:1]:
            reply = ask(service, filled(template, trap, secret), transport=transport)
            assert reply.status == 400, (name, transport, reply)
            check_refused(reply, 400)
    print(f"SERVICE in {len(SERVICES)} disguises")


def test_service_as_a_name_or_a_word_is_none(service: Running) -> None:
    harmless = (
        'SELECT * { ?service <urn:SERVICE> "SERVICE <http://127.0.0.1/> {}" }',
        "PREFIX service: <urn:x> SELECT * { ?s service:service ?o } # SERVICE <urn:x> {}",
    )
    for query in harmless:
        assert ask(service, query).status == 200, query


def test_updates_and_graphs_from_elsewhere_are_refused(
    service: Running, trap: Trap, secret: Path
) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    before = ask(service, count).body
    for name, template in LOADS.items():
        text = filled(template, trap, secret)
        reply = ask(service, text, accept="*/*")
        assert CONTENT.encode() not in reply.body, name
        check_refused(reply, 400)
        for media_type, body in (
            ("application/sparql-update", text),
            ("application/x-www-form-urlencoded", f"update={quote(text)}"),
        ):
            reply = send(service, "/sparql", method="POST", body=body, Content_Type=media_type)
            check_refused(reply, 403)
    assert ask(service, count).body == before
    print(f"{len(LOADS)} updates and foreign graphs in 3 ways")


def test_graphs_named_beside_the_query_are_stored_ones_only(
    service: Running, trap: Trap, secret: Path
) -> None:
    graphs = (
        f"http://127.0.0.1:{trap.port}/data.ttl",
        secret.as_uri(),
        str(secret),
        "",
        "urn:not-here",
        "https://w3id.org/poem-kg/dataset/../../etc/passwd",
        "http://[",
    )
    for graph in graphs:
        for name in ("default-graph-uri", "named-graph-uri"):
            for transport in TRANSPORTS:
                reply = ask(
                    service, "SELECT * { ?s ?p ?o }", transport=transport, fields={name: graph}
                )
                check_refused(reply, 400)
                assert CONTENT.encode() not in reply.body
    print(f"{len(graphs)} graphs as 2 parameters by {len(TRANSPORTS)} transports")


def bombs() -> dict[str, str]:
    """Queries that nest: by brackets, and by operators that parsers take one in another."""
    texts = {}
    for opening in ("{", "(", "[", "<<", "<<(", "{|"):
        for depth in (129, 2000, 10_000):
            texts[f"{depth} times {opening}"] = "SELECT * { " + (opening + " ") * depth
    texts |= {
        "balanced groups": "SELECT * " + "{" * 5000 + "}" * 5000,
        "sub-selects": "SELECT * {" + "{ SELECT * {" * 2000 + "}}" * 2000 + "}",
        "negations": "SELECT * { FILTER(" + "!" * 60_000 + "true) }",
        "signs": "SELECT * { FILTER(" + "-" * 60_000 + "1) }",
        "inverses": "SELECT * { ?s " + "^" * 60_000 + "<urn:p> ?o }",
        "sums": "SELECT * { FILTER(" + "1+" * 30_000 + "1) }",
        "ors": "SELECT * { FILTER(" + "1||" * 20_000 + "1) }",
        "unions": "SELECT * { {}" + "UNION{}" * 9_000 + " }",
        "optionals": "SELECT * { " + "OPTIONAL{}" * 6_000 + " }",
        "sequences": "SELECT * { ?s " + "<a:>/" * 12_000 + "<a:> ?o }",
        "alternatives": "SELECT * { ?s " + "<a:>|" * 12_000 + "<a:> ?o }",
        "triples": "SELECT * { " + "?a ?b ?c." * 7_000 + " }",
        "binds": "SELECT * { " + "".join(f"BIND(1 AS ?v{n})" for n in range(3_500)) + " }",
        "brackets in a string": f'SELECT * {{ BIND("{"{" * 9000}" AS ?x) }}',
        "brackets in a comment": "SELECT * { } #" + "{" * 9000,
    }
    return texts


def test_no_nesting_ends_more_than_its_own_worker(hasty: Running) -> None:
    nursery, statuses = hasty.nursery(), set()
    found = bombs()
    for name, text in found.items():
        began = time.monotonic()
        reply = ask(hasty, text, accept="*/*")
        assert time.monotonic() - began < SECONDS + LATE + 5, name
        statuses.add(reply.status)
        if reply.status != 200:
            check_refused(reply, 400, 413, 503)
        assert ask(hasty, "ASK {}").status == 200, name
    assert hasty.nursery() == nursery
    assert 413 in statuses
    print(f"{len(found)} nesting bombs, answered with {sorted(statuses)}")


SLOW = {
    "product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "product by comma": "SELECT (SUM(?x) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(1 AS ?x) }",
    "distinct product": "SELECT DISTINCT ?x { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(1 AS ?x) }",
    "path": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)* ?b . ?c (!<urn:x>)* ?d }",
    "nested paths": "SELECT (COUNT(*) AS ?n) { ?a ((!<urn:x>)*|(^(!<urn:x>))*)* ?b . ?e ?f ?g }",
    "not exists": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?g ?h ?i FILTER(?g = ?c) } }",
    "values": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"VALUES ?v{n} {{ {'1 ' * 100} }}" for n in range(9))
    + " }",
}
SWELLING = {
    "concat": "SELECT (STRLEN(?v30) AS ?n) { BIND('0123456789' AS ?v0) "
    + " ".join(f"BIND(CONCAT(?v{n},?v{n},?v{n}) AS ?v{n + 1})" for n in range(30))
    + " }",
    "group_concat": "SELECT (STRLEN(GROUP_CONCAT(?x)) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i "
    "BIND(CONCAT(STR(?a),STR(?d),STR(?g)) AS ?x) }",
    "order": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i LIMIT 1",
    "group": "SELECT ?a ?d (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a ?d",
    "replace": "SELECT (STRLEN(?v9) AS ?n) { BIND('aaaaaaaaaa' AS ?v0) "
    + " ".join(f"BIND(REPLACE(?v{n},'a','aaaaaaaaaa') AS ?v{n + 1})" for n in range(9))
    + " }",
    "construct": "CONSTRUCT { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
}
REGULAR = {
    "nested plus": ("(a+)+$", "a" * 5_000 + "b"),
    "alternatives": ("(a|aa)+$", "a" * 5_000 + "b"),
    "counted": ("(a?){500}a{500}", "a" * 500),
    "counted twice": ("((a{1000}){1000}){1000}", "a"),
    "classes": ("(\\\\p{L}{100}){100}", "a"),
    "many groups": ("(" * 100 + "a" + ")*" * 100 + "$", "a" * 1000 + "b"),
    "back reference": ("(a*)\\\\1$", "a" * 5000 + "b"),
    "look ahead": ("(?=a*)*b", "a" * 5000),
}


def timed(running: Running, query: str) -> tuple[Reply, float]:
    began = time.monotonic()
    return ask(running, query, accept="*/*"), time.monotonic() - began


def test_queries_that_take_too_long_or_swell_are_ended_at_the_limit(hasty: Running) -> None:
    nursery = hasty.nursery()
    texts = {**SLOW, **SWELLING}
    with ThreadPoolExecutor(4) as clients:
        outcomes = dict(
            zip(texts, clients.map(lambda text: timed(hasty, text), texts.values()), strict=True)
        )
    for name, (reply, took) in outcomes.items():
        sentence = check_refused(reply, *((503,) if name in SLOW else (422, 503)))
        assert took < SECONDS + LATE, (name, took)
        if reply.status == 503:
            assert "longer than 1 s" in sentence or "memory" in sentence, (name, sentence)
            assert "retry-after" in reply.headers
    assert ask(hasty, "ASK {}").status == 200
    assert hasty.nursery() == nursery
    ended = {name: reply.status for name, (reply, _) in outcomes.items()}
    print(f"{len(SLOW)} slow queries, {len(SWELLING)} that swell: {ended}")


def test_no_pattern_takes_long(hasty: Running) -> None:
    for name, (pattern, text) in REGULAR.items():
        for call in (f'REGEX("{text}", "{pattern}")', f'REPLACE("{text}", "{pattern}", "$1$1")'):
            began = time.monotonic()
            reply = ask(hasty, f"SELECT ({call} AS ?x) {{ }}")
            assert time.monotonic() - began < SECONDS + LATE, name
            if reply.status != 200:
                check_refused(reply, 503)
    assert ask(hasty, "ASK {}").status == 200
    print(f"{len(REGULAR)} patterns in REGEX and REPLACE")


def test_control_and_bidirectional_characters_are_never_sent_back_as_they_are(
    service: Running,
) -> None:
    marks = ("\u202e", "\u2066", "\x1b[31m", "\x07", "\u200f", "\ufeff", "\u2028", "\x85", "\x00")
    for mark in marks:
        for text in (f"SELECT * {{ {mark} }}", f"SELECT * FROM <urn:{mark}x> {{ }}"):
            check_refused(ask(service, text), 400)
        check_refused(ask(service, "ASK {}", fields={"default-graph-uri": f"a{mark}b"}), 400)
    print(f"{len(marks)} marks in 3 places")
