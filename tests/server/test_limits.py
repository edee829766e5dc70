"""Each limit of the service allows what lies on it and refuses what is one past it, in a sentence.

What was too much never comes in part: the answer is whole, or a refusal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest

from poem_kg.namespaces import POEMKG
from poem_kg.resources import context_files
from poem_kg.server.watching import HEAD_BYTES
from tests.cli.test_bad_input import PATIENT
from tests.server.client import FORM, Reply, ask, check_refused, post, raw, send
from tests.server.running import Running
from tests.server.small import small

BODY = 4000
QUERY = 1000
NESTING = 10
ROWS = 50
RESULT = 20_000
LITERAL = 200
CONTEXTS = 3


@pytest.fixture(scope="module")
def little() -> Iterator[Running]:
    """A service with limits that are quickly reached."""
    limits = {
        "body_bytes": BODY,
        "query_bytes": QUERY,
        "nesting": NESTING,
        "rows": ROWS,
        "result_bytes": RESULT,
        "literal_characters": LITERAL,
        "context_uses": CONTEXTS,
    }
    with small(limits=limits, pacing={"workers": 1}) as running:
        yield running


def patient(running: Running, size: int) -> Reply:
    return post(running, "validate", PATIENT + "#" * (size - len(PATIENT)))


def chunked_patient(running: Running, size: int) -> Reply:
    body = PATIENT + "#" * (size - len(PATIENT))
    head = "POST /api/validate HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/turtle\r\n"
    head += "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = raw(running, f"{head}{size:x}\r\n{body}\r\n0\r\n\r\n".encode())
    told, _, content = answer.partition(b"\r\n\r\n")
    lines = dict(line.split(": ", 1) for line in told.decode().lower().split("\r\n")[1:])
    return Reply(int(told.split()[1]), lines, content)


def query(running: Running, size: int, transport: str) -> Reply:
    return ask(running, "ASK {} #".ljust(size, "x"), transport=transport)


def nested(running: Running, depth: int) -> Reply:
    return ask(running, "ASK " + "{" * depth + "}" * depth)


def nested_patient(running: Running, depth: int) -> Reply:
    text = "<urn:x> <urn:y> " + "[ <urn:z> " * depth + "1" + "]" * depth + " ."
    return post(running, "validate", PATIENT + text)


def nested_json(running: Running, depth: int) -> Reply:
    text = '{"urn:z": ' * (depth - 1) + "1" + "}" * (depth - 1)
    return json_patient(running, text)


def rows(running: Running, count: int, kind: str) -> Reply:
    text = f"SELECT ?x {{ VALUES ?x {{ {'1 ' * count} }} }}"
    return ask(running, text, accept=kind)


def triples(running: Running, count: int, kind: str) -> Reply:
    values = " ".join(str(number) for number in range(count))
    text = f"CONSTRUCT {{ <a:a> <a:b> ?x }} {{ VALUES ?x {{ {values} }} }}"
    return ask(running, text, accept=kind)


def result(running: Running, size: int) -> Reply:
    start = len(ask(running, "SELECT ('' AS ?x) {}").body)
    return ask(running, doubled(size - start))


def doubled(length: int) -> str:
    """Return a short query whose one value has so many characters."""
    bits = [n for n in range(length.bit_length()) if length >> n & 1]
    binds = "BIND('x' AS ?v0)" + "".join(
        f"BIND(CONCAT(?v{n},?v{n}) AS ?v{n + 1})" for n in range(length.bit_length() - 1)
    )
    return f"SELECT ?x {{ {binds} BIND(CONCAT({','.join(f'?v{n}' for n in bits)}) AS ?x) }}"


def literal(running: Running, length: int) -> Reply:
    return post(running, "validate", PATIENT + f"<urn:a> <urn:b> '{'x' * length}' .")


def contexts(running: Running, count: int) -> Reply:
    context = json.dumps(sorted(context_files())[0])
    inner = ",".join(
        f'{{"@context": {context}, "@id": "urn:x{n}", "urn:y": 1}}' for n in range(count)
    )
    return json_patient(running, f"[{inner}]")


def json_patient(running: Running, value: str) -> Reply:
    told = f'{{"@id": "urn:p", "@type": "{POEMKG}Patient", "urn:y": {value}}}'
    return post(running, "validate", told, "application/ld+json")


def fields(running: Running, count: int) -> Reply:
    body = "query=ASK%7B%7D" + "&a=b" * (count - 1)
    return send(running, "/sparql", method="POST", body=body, Content_Type=FORM)


def form(running: Running, size: int) -> Reply:
    body = "query=ASK%7B%7D&a=".ljust(size, "x")
    return send(running, "/sparql", method="POST", body=body, Content_Type=FORM)


CASES: dict[str, tuple[Callable[[Running, int], Reply], int, int]] = {
    "body": (patient, BODY, 413),
    "body in chunks": (chunked_patient, BODY, 413),
    "query as the body": (lambda r, n: query(r, n, "body"), QUERY, 413),
    "query in a form": (lambda r, n: query(r, n, "form"), QUERY, 413),
    "query in the address": (lambda r, n: query(r, n, "GET"), QUERY, 413),
    "nesting of a query": (nested, NESTING, 413),
    "nesting of Turtle": (nested_patient, NESTING, 413),
    "nesting of JSON": (nested_json, NESTING, 413),
    "rows in JSON": (lambda r, n: rows(r, n, "application/sparql-results+json"), ROWS, 422),
    "rows in XML": (lambda r, n: rows(r, n, "application/sparql-results+xml"), ROWS, 422),
    "rows in CSV": (lambda r, n: rows(r, n, "text/csv"), ROWS, 422),
    "rows in TSV": (lambda r, n: rows(r, n, "text/tab-separated-values"), ROWS, 422),
    "triples in Turtle": (lambda r, n: triples(r, n, "text/turtle"), ROWS, 422),
    "triples in N-Triples": (lambda r, n: triples(r, n, "application/n-triples"), ROWS, 422),
    "triples in JSON-LD": (lambda r, n: triples(r, n, "application/ld+json"), ROWS, 422),
    "triples in RDF/XML": (lambda r, n: triples(r, n, "application/rdf+xml"), ROWS, 422),
    "bytes of a result": (result, RESULT, 422),
    "characters of a literal": (literal, LITERAL, 400),
    "uses of a context": (contexts, CONTEXTS, 413),
    "fields of a form": (fields, 100, 400),
    "bytes of a form": (form, 4 * QUERY, 413),
}


@pytest.mark.parametrize("name", CASES)
def test_a_limit_allows_what_lies_on_it_and_nothing_past_it(little: Running, name: str) -> None:
    call, limit, status = CASES[name]
    for count in (limit - 1, limit):
        reply = call(little, count)
        assert reply.status == 200, (count, reply.text)
    sentence = check_refused(call(little, limit + 1), status)
    told = {BODY: "0.004 MB", RESULT: "0.02 MB", 4 * QUERY: "0.004 MB"}.get(limit, str(limit))
    assert told in sentence, sentence


def test_a_result_on_the_limit_has_that_size(little: Running) -> None:
    assert len(result(little, RESULT).body) == RESULT


def test_what_is_far_past_a_limit_is_refused_as_what_is_just_past_it(little: Running) -> None:
    far = {
        "rows": ask(little, "SELECT * { ?s ?p ?o }"),
        "triples": ask(little, "CONSTRUCT WHERE { ?s ?p ?o }", accept="text/turtle"),
        "csv": ask(little, "SELECT * { ?s ?p ?o }", accept="text/csv"),
        "bytes": ask(little, doubled(5_000_000)),
        "rows on a page": ask(little, "SELECT * { ?s ?p ?o }", accept="text/html"),
        "bytes on a page": ask(little, doubled(5_000_000), accept="text/html"),
        "triples on a page": ask(little, "CONSTRUCT WHERE { ?s ?p ?o }", accept="text/html"),
    }
    for reply in far.values():
        check_refused(reply, 422)


def head(running: Running, size: int) -> Reply:
    size -= len("Host" + "localhost" + "Accept-Encoding" + "identity" + "/health" + "x")
    return send(running, "/health?" + "x" * 30_000, Host="localhost", x="y" * (size - 30_000))


def test_the_head_of_a_request_has_a_limit(little: Running) -> None:
    for size in (HEAD_BYTES - 1, HEAD_BYTES):
        assert head(little, size).status == 200
    check_refused(head(little, HEAD_BYTES + 1), 431)
    for line in (f"X: {'x' * 600_000}", "X: y\r\n" * 90_000):
        data = f"GET /health HTTP/1.1\r\nHost: localhost\r\n{line}\r\n\r\n"
        answer = raw(little, data.encode())  # nothing where the close overtakes the sentence
        assert re.match(rb"HTTP/1.1 4(00|31) ", answer) or not answer
        assert send(little, "/health").status == 200
