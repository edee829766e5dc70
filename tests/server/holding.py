"""What the service goes through when many clients, damage and kills come at once.

Each function does a number of things that it is told, checks every answer, and returns counts.
What is not a whole, right answer must be a refusal in a sentence.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from poem_kg.server.plan import Pacing
from tests.reading.test_fuzz import mutated
from tests.server.client import QUERY, Reply, ask, check_protected, check_refused, post, send
from tests.server.running import ROOT, Running

LONGEST: Final = 11.0
"""The deadline of a call, and a second."""
PATIENCE: Final = Pacing().patience
"""How long a call may wait before it begins, where there is a crowd."""
KILLERS: Final = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = ?i) }",
    "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)* ?b . ?c (!<urn:x>)* ?d }",
    "SELECT (GROUP_CONCAT(?c) AS ?n) { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i LIMIT 1",
)
PATIENT: Final = (ROOT / "examples" / "S3a-type-iii.ttl").read_bytes()
LOOKUPS: Final = (
    "/ontology/AchalasiaTypeIII.ttl",
    "/statement/droracle2025-C16.jsonld",
    "/queries/find-a-term?text=jackhammer",
    "/sparql?"
    + urlencode(
        {
            "query": "SELECT ?s ?x { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?x "
            "FILTER(ISIRI(?s)) } ORDER BY ?s ?x LIMIT 500"
        }
    ),
)
"""The last one is never answered from the listener's cache."""
OPERATIONS: Final = ("recommend", "validate", "explain", "classify")
TYPES: Final = {".ttl": "text/turtle", ".jsonld": "application/ld+json"}


def percentile(seconds: list[float], share: float) -> float:
    """Return the time that so much of all calls stays below."""
    return statistics.quantiles(seconds, n=1000, method="inclusive")[round(1000 * share) - 1]


def check_damaged(reply: Reply, took: float, *, longest: float = LONGEST) -> None:
    """Check the answer to something damaged: an answer, findings, or a sentence; and in time."""
    assert took < longest, took
    check_protected(reply)
    assert reply.status < 500 or reply.status == 503, (reply.status, reply.text)
    if reply.status == 422 and reply.media_type == "application/json":
        assert not json.loads(reply.body)["conforms"]
    elif reply.status != 200:
        check_refused(reply, 400, 413, 415, 422, 503)


def timed(call: Callable[[], Reply]) -> tuple[Reply, float]:
    """Return a reply and the seconds until it was there."""
    began = time.monotonic()
    reply = call()
    return reply, time.monotonic() - began


def damaged_queries(running: Running, count: int, seed: int) -> Counter[int]:
    """Ask so many damaged queries of the catalogue; return how often each status came."""
    chance = random.Random(seed)
    texts = [path.read_bytes() for path in sorted((ROOT / "queries" / "ask").glob("*.rq"))]
    bodies = [mutated(chance.choice(texts), chance) for _ in range(count)]

    def one(body: bytes) -> int:
        try:
            reply, took = timed(
                lambda: send(
                    running, "/sparql", method="POST", body=body, Content_Type=QUERY, Accept="*/*"
                )
            )
            check_damaged(reply, took)
        except BaseException:
            print(f"seed {seed}: {body!r}")
            raise
        return reply.status

    with ThreadPoolExecutor(3) as clients:
        return Counter(clients.map(one, bodies))


def damaged_patients(running: Running, count: int, seed: int) -> Counter[int]:
    """Hand in so many damaged patients; return how often each status came."""
    chance = random.Random(seed)
    files = [path for path in sorted((ROOT / "examples").iterdir()) if path.suffix in TYPES]
    cases = []
    for number in range(count):
        path = files[number % len(files)]
        kind = chance.choice((TYPES[path.suffix], "", "application/octet-stream"))
        operation = OPERATIONS[number % len(OPERATIONS)]
        cases.append((operation, mutated(path.read_bytes(), chance), kind))

    def one(case: tuple[str, bytes, str]) -> int:
        try:
            reply, took = timed(lambda: post(running, *case))
            check_damaged(reply, took)
        except BaseException:
            print(f"seed {seed}: {case!r}")
            raise
        return reply.status

    with ThreadPoolExecutor(3) as clients:
        return Counter(clients.map(one, cases))


def expected(running: Running) -> dict[str, bytes]:
    """Return what the lookups answer when nothing disturbs them."""
    replies = {path: send(running, path) for path in LOOKUPS}
    assert all(reply.status == 200 for reply in replies.values())
    return {path: reply.body for path, reply in replies.items()}


@dataclass
class Load:
    """Clients that look things up, one after the other, until they are stopped.

    Attributes:
        right: answers that were whole and right.
        refused: answers that were a refusal, 503.
        cut: connections that broke off, so that the client sees that it has no answer.
        seconds: how long each right answer took.
        wrong: whatever else came; nothing may.
    """

    right: int = 0
    refused: int = 0
    cut: int = 0
    seconds: list[float] = field(default_factory=list, repr=False)
    wrong: list[str] = field(default_factory=list)

    def look(self, running: Running, path: str, body: bytes) -> None:
        """Look one thing up."""
        began = time.monotonic()
        try:
            reply = send(running, path)
        except (OSError, http.client.HTTPException):
            self.cut += 1
            time.sleep(0.01)
            return
        if reply.status == 200 and reply.body == body:
            self.right += 1
            self.seconds.append(time.monotonic() - began)
        elif reply.status == 503:
            self.refused += 1
            check_refused(reply, 503)
        else:
            self.wrong.append(f"{path}: {reply.status} {reply.body[:100]!r}")


@contextmanager
def load(
    running: Running, answers: Mapping[str, bytes], clients: int, *, pause: float = 0.02
) -> Iterator[Load]:
    """Have so many clients look things up while the block runs."""
    told, over = Load(), threading.Event()
    paths = list(answers)

    def client(number: int) -> None:
        turn = number
        while not over.is_set():
            path = paths[turn % len(paths)]
            turn += 1
            try:
                told.look(running, path, answers[path])
            except BaseException as error:
                told.wrong.append(repr(error))
                return
            over.wait(pause)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not told.wrong, told.wrong[:3]


def among_killers(
    running: Running, *, clients: int, killers: int, seconds: float
) -> tuple[Load, Counter[int]]:
    """Serve clients while killers ask expensive queries, each one after the other."""
    nursery, answers = running.nursery(), expected(running)
    statuses: Counter[int] = Counter()
    until = time.monotonic() + seconds

    def killer(number: int) -> None:
        while time.monotonic() < until:
            reply, took = timed(lambda: ask(running, KILLERS[number % len(KILLERS)], timeout=20))
            check_damaged(reply, took, longest=LONGEST + PATIENCE)
            statuses[reply.status] += 1

    with load(running, answers, clients) as told, ThreadPoolExecutor(killers) as crowd:
        list(crowd.map(killer, range(killers)))
    assert running.nursery() == nursery and running.exit_code() is None
    return told, statuses


def among_slow_clients(running: Running, *, slow: int, seconds: float) -> Load:
    """Serve clients while so many others send a byte now and then, or read nothing."""
    answers = expected(running)
    beginnings = (
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: ",
        b"POST /api/recommend HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nF",
        b"GET /ontology/ HTTP/1.1\r\nHost: localhost\r\nAccept: text/turtle\r\n\r\n",
    )

    def client(number: int) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with socket.create_connection(("127.0.0.1", running.port), timeout=30) as connection:
                try:
                    connection.sendall(beginnings[number % len(beginnings)])
                    while time.monotonic() < until:
                        time.sleep(0.5)
                        connection.sendall(b"0")
                except OSError:
                    continue  # sent away: come again

    # What many of them ask for at once is there already: this is about slow clients, not about a
    # dozen long calls, of which the oldest may be ended.
    assert send(running, "/ontology/", Accept="text/turtle").status == 200
    with load(running, answers, 5) as told, ThreadPoolExecutor(slow) as crowd:
        list(crowd.map(client, range(slow)))
    return told


def latencies(running: Running, count: int) -> dict[str, list[float]]:
    """Return how long lookups and patients take when nobody else is there."""
    answers = expected(running)
    found: dict[str, list[float]] = {"term": [], "recommend": [], "validate": []}
    for number in range(count):
        path = LOOKUPS[number % 2]
        reply, took = timed(lambda path=path: send(running, path))  # type: ignore[misc]
        assert reply.body == answers[path]
        found["term"].append(took)
    for name in ("recommend", "validate"):
        for _ in range(count):
            reply, took = timed(lambda name=name: post(running, name, PATIENT))  # type: ignore[misc]
            assert reply.status == 200
            found[name].append(took)
    return found
