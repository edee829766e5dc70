"""How many queries a second the service answers, beside rdflib-endpoint on the same data.

`python -m benchmarks.serving [--seconds S] [--clients N] [--json]` starts both services, one after
the other, on this machine: `poem-kg serve`, and rdflib-endpoint with as many processes as there are
cores. Clients keep their connection and send the ten queries of `QUERIES` in turn, each as soon as
its last answer is there. Before anything is timed, both have to give the same rows. The clients
share the machine with the service, in both cases alike.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox

from poem_kg.knowledge import load_alignments, load_knowledge
from poem_kg.resources import data_dir

QUERIES = (
    "about-a-disorder",
    "claim",
    "comparisons",
    "evidence-gaps",
    "harms",
    "ordered-lines",
    "silences",
    "sources",
    "thresholds",
    "transfers",
)
"""Chosen by their names before anything was measured, and not changed since."""
GOAL = 5.0
_START_SECONDS = 60.0
_HEADERS = {"Accept": "application/sparql-results+json"}


@dataclass(frozen=True)
class Load:
    """What clients saw: answers a second, and seconds that an answer took."""

    rate: float
    median: float
    p99: float
    answers: int


def paths() -> list[str]:
    """Return the ten requests."""
    folder = data_dir("queries") / "ask"
    texts = [(folder / f"{name}.rq").read_text(encoding="utf-8") for name in QUERIES]
    return ["/sparql?" + urlencode({"query": text}) for text in texts]


def write_data(path: Path) -> None:
    """Write what the default graph of the service holds, as N-Triples."""
    knowledge = load_knowledge()
    triples = {*knowledge.ontology, *knowledge.prepared, *load_alignments()}
    path.write_bytes(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")


@contextlib.contextmanager
def ours(_: Path) -> Iterator[int]:
    """Run `poem-kg serve`; yield its port."""
    port = _free_port()
    with _running([sys.executable, "-m", "poem_kg", "serve", "--port", str(port)], port):
        yield port


@contextlib.contextmanager
def reference(data: Path) -> Iterator[int]:
    """Run rdflib-endpoint; yield its port."""
    port = _free_port()
    cores = str(len(os.sched_getaffinity(0)))
    command = [sys.executable, "-m", "benchmarks._endpoint", str(data), str(port), cores]
    with _running(command, port):
        yield port


def rows(port: int) -> list[Counter[str]]:
    """Return the rows of each query, as a service answers it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    found = []
    for path in paths():
        connection.request("GET", path, headers=_HEADERS)
        answer = json.loads(connection.getresponse().read())
        rows = answer["results"]["bindings"]
        found.append(Counter(json.dumps(row, sort_keys=True) for row in map(_same, rows)))
    connection.close()
    return found


def _same(row: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """A row with decimals in one spelling: Oxigraph keeps 14.0 as 14."""
    return {
        name: {**term, "value": str(float(term["value"]))} if _is_decimal(term) else term
        for name, term in row.items()
    }


def _is_decimal(term: dict[str, str]) -> bool:
    return term.get("datatype", "").endswith("#decimal")


def load(port: int, *, clients: int, seconds: float) -> Load:
    """Return what so many clients see in so many seconds."""
    taken: list[float] = []
    until = time.perf_counter() + seconds
    requests = paths()

    def client(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        place = first
        while (began := time.perf_counter()) < until:
            connection.request("GET", requests[place % len(requests)], headers=_HEADERS)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            taken.append(time.perf_counter() - began)
            place += 1
        connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=client, args=(3 * n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    cuts = statistics.quantiles(taken, n=100)
    return Load(len(taken) / took, statistics.median(taken), cuts[98], len(taken))


@contextlib.contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        until = time.monotonic() + _START_SECONDS
        while True:
            with (
                contextlib.suppress(OSError, http.client.HTTPException),
                contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection,
            ):
                connection.request("GET", "/sparql?query=ASK%7B%7D", headers=_HEADERS)
                if connection.getresponse().status == 200:
                    break
            assert process.poll() is None and time.monotonic() < until, f"{command} did not start"
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def main() -> None:
    """Measure both, and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of load on each")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    measured: dict[str, Load] = {}
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.nt"
        write_data(data)
        for name, start in (("ours", ours), ("reference", reference)):
            with start(data) as port:
                answers[name] = rows(port)
                measured[name] = load(port, clients=arguments.clients, seconds=arguments.seconds)
    assert answers["ours"] == answers["reference"], "the two do not give the same rows"
    ratio = measured["ours"].rate / measured["reference"].rate
    if arguments.json:
        told = {name: vars(found) for name, found in measured.items()}
        print(json.dumps({**told, "ratio": ratio, "clients": arguments.clients}, indent=1))
        return
    for name, found in measured.items():
        print(
            f"{name:<10}{found.rate:8.1f} answers/s, median {1000 * found.median:.1f} ms, "
            f"p99 {1000 * found.p99:.1f} ms ({found.answers} answers)"
        )
    print(f"ours / reference {ratio:.1f}; goal {GOAL:g}")


if __name__ == "__main__":
    main()
