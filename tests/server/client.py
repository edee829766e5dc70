"""Clients that send exactly what they are told, and a port that nobody may call."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from tests.server.running import Running

TURTLE: Final = "text/turtle"
FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
LONGEST: Final = 450
"""The most characters of a sentence that refuses."""
TIMEOUT: Final = 15.0


@dataclass(frozen=True)
class Reply:
    """What came back; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]


def send(
    running: Running,
    path: str,
    *,
    method: str = "GET",
    body: bytes | str | None = None,
    timeout: float = TIMEOUT,
    **headers: str,
) -> Reply:
    """Send one request over a connection of its own.

    Args:
        running: to whom.
        path: the target, as it stands in the request.
        method: the method.
        body: the body.
        timeout: seconds to wait.
        headers: headers; an underscore in a name is a hyphen.
    """
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=timeout)
    try:
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=data, headers=named)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, told, answer.read())
    finally:
        connection.close()


def ask(
    running: Running,
    query: str,
    *,
    transport: str = "body",
    accept: str = "application/sparql-results+json",
    timeout: float = TIMEOUT,
    fields: Mapping[str, str] | None = None,
) -> Reply:
    """Ask a query of the endpoint by one of the transports GET, form and body."""
    more = dict(fields or {})
    if transport == "body":
        path = "/sparql" + (f"?{urlencode(more)}" if more else "")
        return send(
            running, path, method="POST", body=query, Content_Type=QUERY, Accept=accept,
            timeout=timeout,
        )  # fmt: skip
    pairs = urlencode({"query": query, **more})
    if transport == "form":
        return send(
            running, "/sparql", method="POST", body=pairs, Content_Type=FORM, Accept=accept,
            timeout=timeout,
        )  # fmt: skip
    return send(running, f"/sparql?{pairs}", Accept=accept, timeout=timeout)


def post(
    running: Running,
    operation: str,
    body: bytes | str,
    media_type: str = TURTLE,
    *,
    timeout: float = TIMEOUT,
    **headers: str,
) -> Reply:
    """Hand in a patient."""
    headers.setdefault("Content_Type", media_type)
    return send(running, f"/api/{operation}", method="POST", body=body, timeout=timeout, **headers)


def check_refused(reply: Reply, *statuses: int) -> str:
    """Check that a reply is a refusal: one sentence of plain text; return the sentence."""
    assert reply.status in statuses, (reply.status, reply.body[:300])
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    check_protected(reply)
    sentence = reply.text
    assert sentence.endswith((".\n", "?\n")) and sentence.count("\n") == 1, sentence
    assert sentence[:-1].isprintable() and len(sentence) <= LONGEST, sentence
    assert "Traceback" not in sentence
    return sentence


def check_protected(reply: Reply) -> None:
    """Check the headers that every answer has."""
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-security-policy"].startswith("default-src 'self'")
    assert "server" not in reply.headers


def raw(running: Running, data: bytes, *, seconds: float = TIMEOUT) -> bytes:
    """Send bytes, and return what comes until the other side closes or the time is over."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=seconds) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(data)
        return until_closed(connection, seconds)


def until_closed(connection: socket.socket, seconds: float) -> bytes:
    """Return what comes until the other side closes; fail where it does not in time."""
    until = time.monotonic() + seconds
    found = bytearray()
    while True:
        connection.settimeout(max(0.01, until - time.monotonic()))
        try:
            data = connection.recv(1 << 16)
        except TimeoutError:
            raise AssertionError(f"still open after {seconds} s: {bytes(found[:200])!r}") from None
        except ConnectionError:
            return bytes(found)
        if not data:
            return bytes(found)
        found += data


class Trap:
    """A port of loopback that must see no connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.callers: list[object] = []

    def spring(self, connection: socket.socket, caller: object) -> None:
        """Note a caller."""
        self.callers.append(caller)
        connection.close()


@contextlib.contextmanager
def listening_trap() -> Iterator[Trap]:
    """Listen while the block runs; fail where somebody called."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        trap = Trap(listening.getsockname()[1])
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    trap.spring(*listening.accept())

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield trap
        finally:
            over.set()
            thread.join()
        assert not trap.callers, "the service has called somebody"
