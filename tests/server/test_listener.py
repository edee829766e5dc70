"""What the listener adds to the answers of workers: methods, headers, conditions, counts, a log."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from poem_kg.server.caching import Cache
from poem_kg.server.openapi import openapi
from poem_kg.service.model import Answer, Call
from poem_kg.service.patient import OPERATIONS
from poem_kg.service.queries import offered, short_name
from tests.cohort.runs import wait_for
from tests.engines.virtuoso import free_ports
from tests.server.client import send
from tests.server.running import Running

EXAMPLE = Path(__file__).parents[2] / "examples" / "S3a-type-iii.ttl"
TURTLE = {"Content-Type": "text/turtle"}
STATEMENT = "/statement/droracle2025-C16.ttl"


def ask(
    service: Running, method: str, path: str, *, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what comes back."""
    reply = send(service, path, method=method, body=body, timeout=30.0, **headers)
    return reply.status, reply.headers, reply.body


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/sparql", "GET, HEAD, POST"),
        ("DELETE", "/ontology/", "GET, HEAD"),
        ("POST", "/ontology/", "GET, HEAD"),
        ("POST", "/queries", "GET, HEAD"),
        ("GET", "/api/recommend", "POST"),
        ("HEAD", "/api/recommend", "POST"),
        ("PATCH", "/queries/claim", "GET, HEAD, POST"),
        ("POST", "/queries/claim", "GET, HEAD"),
        ("GET", "/queries/why-not-ready", "POST"),
    ],
)
def test_another_method_is_refused_with_those_that_there_are(
    service: Running, method: str, path: str, allowed: str
) -> None:
    status, headers, _ = ask(service, method, path)

    assert status == 405 and headers["allow"] == allowed


@pytest.mark.parametrize("path", [STATEMENT, "/queries/claim", "/ontology/", "/queries"])
def test_head_is_get_without_the_body(service: Running, path: str) -> None:
    got = ask(service, "GET", path)
    headed = ask(service, "HEAD", path)

    assert headed[0] == got[0] == 200 and headed[2] == b"" != got[2]
    assert {k: v for k, v in headed[1].items() if k != "date"} == {
        k: v for k, v in got[1].items() if k != "date"
    }


@pytest.mark.parametrize("path", [STATEMENT, "/queries/claim", "/ontology/"])
def test_what_a_client_has_is_not_sent_again(service: Running, path: str) -> None:
    tag = ask(service, "GET", path)[1]["etag"]

    for known in (tag, f'"x", W/{tag}', "*"):
        status, headers, body = ask(service, "GET", path, If_None_Match=known)
        assert (status, headers["etag"], body) == (304, tag, b"")
    assert ask(service, "GET", path, If_None_Match='"another"')[0] == 200


def test_every_answer_names_its_version_and_protects_its_reader(service: Running) -> None:
    digest = json.loads(ask(service, "GET", "/health")[2])["digest"]

    for path in (STATEMENT, "/queries/claim", "/sparql?query=ASK%7B%7D", "/nothing", "/sparql?a=b"):
        _, headers, _ = ask(service, "GET", path)
        assert headers["dataset-digest"] == digest
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


def test_the_service_tells_that_it_is_well(service: Running) -> None:
    status, headers, body = ask(service, "GET", "/health")

    told = json.loads(body)
    assert status == 200 and told["status"] == "ok" and headers["cache-control"] == "no-store"
    assert sum(told["workers"].values()) >= 1


def test_requests_are_counted_by_route_and_status(service: Running) -> None:
    def counted() -> float:
        text = ask(service, "GET", "/metrics")[2].decode()
        line = 'poem_kg_requests_total{route="patient",status="404"} '
        return sum(float(row.removeprefix(line)) for row in text.splitlines() if line in row)

    before = counted()
    ask(service, "POST", "/api/nothing", body=b"x", **TURTLE)

    assert counted() == before + 1


def test_the_log_tells_of_a_request_its_route_and_nothing_of_what_was_sent() -> None:
    with Running() as service:
        ask(service, "GET", "/queries/claim?claim=SECRET1")
        ask(service, "GET", "/ontology/SECRET2", Accept="text/SECRET3")
        ask(service, "POST", "/api/recommend", body=b"<urn:SECRET4> a 'SECRET5' .", **TURTLE)
        assert service.logged("request", count=3)
        requests = [line for line in service.log() if line["event"] == "request"]
        text = service.text()

    keys = {"time", "level", "event", "method", "route", "status", "milliseconds", "bytes"}
    assert all(set(line) == keys for line in requests)
    assert [line["route"] for line in requests] == ["query", "document", "patient"]
    assert "SECRET" not in text


def test_the_calls_are_described_as_openapi(service: Running) -> None:
    _, headers, body = ask(service, "GET", "/openapi.json")

    described: dict[str, Any] = json.loads(body)
    validate(described)
    assert headers["content-type"] == "application/json"
    assert described == openapi(service.url)
    paths = {f"/api/{name}" for name in OPERATIONS}
    paths |= {f"/queries/{short_name(query)}" for query in offered()}
    assert set(described["paths"]) == paths | {"/sparql"}


def test_every_described_call_exists(service: Running) -> None:
    for path, calls in openapi(service.url)["paths"].items():
        for method in calls:
            body = EXAMPLE.read_bytes() if method == "post" and path != "/sparql" else None
            status, _, _ = ask(service, method.upper(), path, body=body, **TURTLE)
            assert status == (415 if path == "/sparql" and method == "post" else 200), path


def call(path: str, *, kind: str = "document", method: str = "GET") -> Call:
    return Call(kind=kind, path=path, method=method)  # type: ignore[arg-type]


def test_the_cache_keeps_what_stays_the_same_and_no_more_than_it_may() -> None:
    cache = Cache(most=5_000)
    large = Answer(body=b"x" * 1_000)
    for name in "abcd":
        cache.put("1", call(name), large)

    assert [name for name in "abcd" if cache.get("1", call(name))] == ["c", "d"]
    assert cache.get("2", call("d")) is None


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (call("x", kind="patient", method="POST"), 200),
        (call("x", kind="query", method="POST"), 200),
        (call("x", kind="sparql"), 200),
        (call("x"), 404),
        (call("x"), 503),
    ],
)
def test_the_cache_keeps_nothing_private_refused_or_asked_freely(asked: Call, status: int) -> None:
    cache = Cache()

    cache.put("1", asked, Answer(status=status, body=b"x"))

    assert cache.get("1", asked) is None


def test_what_is_kept_of_an_empty_form_is_no_answer_to_one_that_is_sent() -> None:
    cache, page = Cache(), Answer(body=b"the empty form")
    cache.put("1", Call(kind="page", path="patient"), page)

    assert cache.get("1", Call(kind="page", path="patient")) == page
    assert cache.get("1", Call(kind="page", path="patient", method="POST", body=b"x")) is None


def test_a_log_that_nobody_reads_does_not_hold_up_the_service() -> None:
    (address,) = free_ports(1)
    port = address.split(":")[1]
    command = [sys.executable, "-m", "poem_kg", "serve", "--port", port]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        with closing(http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)) as connection:
            assert wait_for(lambda: listens(int(port)))
            for _ in range(700):  # some 100 kB of log, where a pipe holds 64
                connection.request("GET", "/health")
                answer = connection.getresponse()
                assert answer.read() and answer.status == 200
        process.terminate()
        assert process.stderr is not None
        lines = [json.loads(line) for line in process.stderr]

    assert process.returncode == 0
    assert 300 < len(lines) < 700
    assert sum(line.get("dropped", 0) for line in lines) + len(lines) > 700


def listens(port: int) -> bool:
    """Whether somebody listens on a port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
