"""Bytes that are no honest HTTP, and clients that are slow on purpose."""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from tests.cohort.runs import wait_for
from tests.server.client import ask, check_refused, post, raw, send, until_closed
from tests.server.running import ROOT, Running
from tests.server.small import small

HEAD = "POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
SECONDS = 1.0
LATE = 1.5
LARGE = (
    "SELECT ?x { VALUES ?a { "
    + "1 " * 100
    + "} VALUES ?b { "
    + "1 " * 100
    + f"}} BIND('{'x' * 1000}' AS ?x) }}"
)
"""Its answer is about 10 MB."""


HASTY: dict[str, dict[str, float]] = {
    "access": {"body_seconds": SECONDS},
    "protocol": {
        "head_seconds": SECONDS,
        "reading_seconds": SECONDS,
        "most_unread": 25_000_000,
    },
    "pacing": {"workers": 2},
}
"""Of a service that waits a second for anything, and holds 25 MB of answers that nobody reads."""


@pytest.fixture(scope="module")
def impatient() -> Iterator[Running]:
    """A service that waits a second for anything."""
    with small(**HASTY) as running:
        yield running


SMUGGLED = "GET /health HTTP/1.1\r\nHost: localhost\r\nX: "
MALFORMED: dict[str, str | bytes] = {
    "both lengths": HEAD + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX",
    "both lengths, other order": HEAD
    + "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nX",
    "two lengths": HEAD + "Content-Length: 6\r\nContent-Length: 7\r\n\r\nASK {}X",
    "two lengths in a list": HEAD + "Content-Length: 6, 7\r\n\r\nASK {}X",
    "a negative length": HEAD + "Content-Length: -1\r\n\r\nASK {}",
    "a length with a sign": HEAD + "Content-Length: +6\r\n\r\nASK {}",
    "a length in words": HEAD + "Content-Length: six\r\n\r\nASK {}",
    "a length in hexadecimal": HEAD + "Content-Length: 0x6\r\n\r\nASK {}",
    "a length of many digits": HEAD + f"Content-Length: {'9' * 30}\r\n\r\nASK {{}}",
    "a coding that is none": HEAD + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two codings": HEAD + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "identity": HEAD + "Transfer-Encoding: identity\r\n\r\nASK {}",
    "chunked twice": HEAD
    + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": HEAD + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a tab before the coding": HEAD + "Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "a header over two lines": HEAD + "X: a\r\n b\r\nTransfer-Encoding:\r\n x\r\n\r\n0\r\n\r\n",
    "a chunk size that is none": HEAD
    + "Transfer-Encoding: chunked\r\n\r\nzz\r\nASK {}\r\n0\r\n\r\n",
    "a negative chunk": HEAD + "Transfer-Encoding: chunked\r\n\r\n-6\r\nASK {}\r\n0\r\n\r\n",
    "a chunk too long": HEAD + "Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}XX\r\n0\r\n\r\n",
    "a huge chunk size": HEAD + f"Transfer-Encoding: chunked\r\n\r\n{'F' * 40}\r\nASK",
    "an endless chunk size": HEAD + f"Transfer-Encoding: chunked\r\n\r\n{'0' * 200_000}",
    "an endless extension": HEAD + f"Transfer-Encoding: chunked\r\n\r\n6;{'x' * 200_000}",
    "a bare return": HEAD + "X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a zero in a header": HEAD + "X: a\0b\r\n\r\n",
    "a zero in the target": "GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a high byte in the target": b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a space in the target": "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no version": "GET /\r\n\r\n",
    "version 2 preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 64 + b"\r\n\r\n",
    "no host": "GET / HTTP/1.1\r\n\r\n",
    "no colon": "GET / HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n",
    "an empty name": "GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n",
    "a huge header": f"GET / HTTP/1.1\r\nHost: localhost\r\nX: {'x' * 200_000}\r\n\r\n",
    "a huge name": f"GET / HTTP/1.1\r\nHost: localhost\r\n{'x' * 200_000}: x\r\n\r\n",
    "a huge target": f"GET /{'x' * 200_000} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "many headers": "GET / HTTP/1.1\r\nHost: localhost\r\n" + "X: y\r\n" * 50_000 + "\r\n",
    "line feeds only": "\n" * 200_000,
    "a smuggled call after an answer": "POST /health HTTP/1.1\r\nHost: localhost\r\n"
    "Transfer-Encoding: chunked\r\n\r\nzz" + SMUGGLED,
    "nothing like it": b"\x00" * 1000,
}


def sent(running: Running, data: str | bytes) -> bytes:
    """Send bytes that are no request, and return what comes until the connection is closed."""
    return raw(running, data if isinstance(data, bytes) else data.encode(), seconds=8)


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_honest_request_is_refused_and_the_connection_closed(
    impatient: Running, name: str
) -> None:
    answer = sent(impatient, MALFORMED[name])
    statuses = re.findall(rb"HTTP/1\.1 (\d+) ", answer)
    for status in statuses:
        assert status in (b"400", b"405", b"408", b"413", b"431"), answer
        assert b"content-security-policy: default-src 'self'" in answer.lower()
        assert b"x-content-type-options: nosniff" in answer.lower()
    assert send(impatient, "/health").status == 200


def test_a_body_that_breaks_after_its_answer_closes_the_connection(impatient: Running) -> None:
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=5) as connection:
        head = "POST /health HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode())
        answer = b""
        while not answer.endswith(b"here.\n"):
            answer += connection.recv(1 << 16)
        assert answer.startswith(b"HTTP/1.1 405 ")
        connection.sendall(f"zz\r\n{SMUGGLED}".encode())
        assert until_closed(connection, 0.5) == b""


def test_no_malformed_request_leaves_a_trace_in_the_log() -> None:
    with small(**HASTY) as service, ThreadPoolExecutor(8) as clients:
        for answer in clients.map(lambda data: sent(service, data), MALFORMED.values()):
            assert b"HTTP/1.1 200" not in answer
    said = service.text()
    assert "Traceback" not in said
    lines = [line for line in said.splitlines() if not line.startswith("{")]
    assert not lines, lines[:5]
    assert "SM" not in said and "nonsense" not in said
    print(f"{len(MALFORMED)} malformed requests")


def test_requests_in_a_row_are_answered_in_their_order(impatient: Running) -> None:
    one = "GET /queries/find-a-term?text={} HTTP/1.1\r\nHost: localhost\r\n{}\r\n"
    data = "".join(one.format(n, "") for n in range(20)) + one.format(20, "Connection: close\r\n")
    answer = raw(impatient, data.encode())
    assert len(re.findall(rb"HTTP/1\.1 200 ", answer)) == 21
    many = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3000
    answer = raw(impatient, (many + "GET /nowhere HTTP/1.0\r\nHost: localhost\r\n\r\n").encode())
    assert len(re.findall(rb"HTTP/1\.1 200 ", answer)) == 3000
    assert send(impatient, "/health").status == 200


def test_a_body_that_says_its_chunks_is_read(impatient: Running) -> None:
    head = HEAD + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    answer = raw(impatient, (head + "3\r\nASK\r\n3;a=b\r\n {}\r\n0\r\nX: y\r\n\r\n").encode())
    assert answer.startswith(b"HTTP/1.1 200 ") and b"true" in answer


def drip(running: Running, first: bytes, piece: bytes, *, seconds: float) -> tuple[bytes, float]:
    """Send a beginning, then a piece ten times a second; return the answer and when it was over."""
    began = time.monotonic()
    found = b""
    with socket.create_connection(("127.0.0.1", running.port), timeout=5) as connection:
        connection.sendall(first)
        connection.settimeout(0.1)
        while time.monotonic() - began < seconds:
            try:
                connection.sendall(piece)
                data = connection.recv(1 << 16)
            except TimeoutError:
                continue
            except ConnectionError:
                break
            found += data
            if not data:
                break
        else:
            raise AssertionError(f"still open after {seconds} s: {found!r}")
    return found, time.monotonic() - began


SLOW: dict[str, tuple[str, str, str]] = {
    "nothing": ("", "", ""),
    "a request line": ("GET /", "x", ""),
    "headers": ("GET /health HTTP/1.1\r\nHost: localhost\r\n", "X: y\r\n", ""),
    "empty lines": ("", "\r\n", "400"),
    "a body": (HEAD + "Content-Length: 1000\r\n\r\n", "x", "408"),
    "chunks": (HEAD + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", "408"),
    "a body that nobody wants": (
        "POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n",
        "x",
        "405",
    ),
    "a body of a GET": (
        "GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n",
        "x",
        "200",
    ),
    "a body of a GET to a worker": (
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n",
        "x",
        "200",
    ),
    "the second request": ("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /", "x", "200"),
}


def test_clients_that_send_slowly_are_sent_away_while_others_are_served(
    impatient: Running,
) -> None:
    def slow(case: tuple[str, str, str]) -> tuple[bytes, float]:
        return drip(impatient, case[0].encode(), case[1].encode(), seconds=6)

    with ThreadPoolExecutor(50) as clients:
        cases = list(SLOW.items()) * 5
        outcomes = clients.map(slow, [case for _, case in cases])
        for _ in range(20):
            began = time.monotonic()
            assert ask(impatient, "ASK {}").status == 200
            assert time.monotonic() - began < 1
        for (name, (_, _, status)), (found, took) in zip(cases, outcomes, strict=True):
            assert took < 2 * SECONDS + LATE, name
            told = re.findall(r"HTTP/1\.1 (\d+) ", found.decode())
            assert told == ([status] if status else []), name
            assert ("did not arrive in 1 s" in found.decode()) == (status == "408")
    print(f"{len(cases)} slow clients of {len(SLOW)} kinds at a time")


@contextmanager
def unread(running: Running, query: str) -> Iterator[socket.socket]:
    """Ask a query, and read nothing of the answer."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(5)
        connection.connect(("127.0.0.1", running.port))
        connection.sendall(f"{HEAD}Content-Length: {len(query)}\r\n\r\n{query}".encode())
        yield connection


def test_a_client_that_does_not_read_is_sent_away_and_sees_that_the_answer_is_cut(
    impatient: Running,
) -> None:
    assert len(ask(impatient, LARGE).body) > 10_000_000
    with unread(impatient, LARGE) as connection:
        time.sleep(SECONDS + LATE)
        answer = until_closed(connection, 5)
        head, _, body = answer.partition(b"\r\n\r\n")
        told = re.search(rb"content-length: (\d+)", head)
        assert told is not None and len(body) < int(told[1])


@pytest.fixture(scope="module")
def tight() -> Iterator[Running]:
    """A service for 20 clients: 5 MB of their bodies, 25 MB of answers that they leave unread."""
    with small(
        access={"connections": 20, "bodies_bytes": 5_000_000},
        pacing={"workers": 1},
        protocol={"head_seconds": SECONDS, "most_unread": 25_000_000},
    ) as running:
        yield running


def test_answers_that_nobody_reads_do_not_pile_up(tight: Running) -> None:
    whole = len(ask(tight, LARGE).body)
    with ExitStack() as stack:
        clients = []
        for _ in range(5):
            clients.append(stack.enter_context(unread(tight, LARGE)))
            select.select([clients[-1]], [], [], 10)
        for connection in clients[:2]:
            assert len(until_closed(connection, 3)) < whole, "who waits longest is not sent away"
        assert ask(tight, LARGE).status == 200  # who reads gets the whole
        for connection in clients[3:]:
            found = 0
            while found < whole and (data := connection.recv(1 << 20)):
                found += len(data)
            assert found >= whole, "who came last is not served"


def test_more_clients_than_may_be_connected_are_told_so(tight: Running) -> None:
    running = tight
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(socket.create_connection(("127.0.0.1", running.port)))
        reply = send(running, "/health")
        assert reply.status == 503 and reply.headers["x-content-type-options"] == "nosniff"
        for _ in range(10):
            stack.enter_context(socket.create_connection(("127.0.0.1", running.port)))
        with pytest.raises(OSError):  # noqa: PT011  # a reset or a close; each system its own
            send(running, "/health")
        time.sleep(SECONDS + LATE)
        assert send(running, "/health").status == 200


def test_bodies_that_arrive_together_take_no_more_memory_than_they_may(tight: Running) -> None:
    head = b"POST /api/validate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n"
    patient = (ROOT / "examples" / "S3a-type-iii.ttl").read_bytes()
    longer = patient + b"#" * 100_000
    assert post(tight, "validate", longer).status == 200
    with ExitStack() as stack:
        for _ in range(3):
            address = ("127.0.0.1", tight.port)
            connection = stack.enter_context(socket.create_connection(address))
            connection.sendall(head + b"x" * 1_660_000)
        time.sleep(0.5)  # until they have arrived
        sentence = check_refused(post(tight, "validate", longer), 503)
        assert "too many bodies" in sentence.lower()
        assert post(tight, "validate", patient).status == 200  # a small one still fits
    assert wait_for(lambda: post(tight, "validate", longer).status == 200, seconds=5)


def test_a_client_that_leaves_ends_the_work_on_its_call(impatient: Running) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with unread(impatient, query):
        time.sleep(0.3)
    time.sleep(0.3)
    text = send(impatient, "/metrics").text
    assert 'poem_kg_workers_ended{reason="left"} 1.0' in text
    assert 'poem_kg_workers{state="busy"} 0.0' in text
    check_refused(send(impatient, "/sparql?query=nonsense"), 400)
