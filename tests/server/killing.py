"""What the service goes through when its data change and its processes are killed under load.

Each function does a number of things that it is told, checks every answer, and returns counts.
"""

from __future__ import annotations

import http.client
import os
import random
import shutil
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from poem_kg.namespaces import POEMKG, SKOS
from tests.cohort.runs import children, gone, wait_for
from tests.server.client import ask, check_refused, post, send
from tests.server.holding import KILLERS, LOOKUPS, PATIENT, Load, check_damaged, expected, load
from tests.server.running import ROOT, Running

TERM: Final = "AchalasiaTypeIII"
LABEL_PATHS: Final = (
    f"/ontology/{TERM}.nt",
    f"/queries/find-a-term?term={POEMKG}{TERM}",
    "/sparql?" + urlencode({"query": f"SELECT ?x {{ <{POEMKG}{TERM}> <{SKOS}altLabel> ?x }}"}),
)


class Versions:
    """Two versions of the ontology that differ in a name, behind one path that is switched.

    Args:
        folder: where they are made.
    """

    NAMES: Final = ("alpha-version", "omega-version")

    def __init__(self, folder: Path) -> None:
        self.path = folder / "current"
        self._folders = []
        for name in self.NAMES:
            copy = folder / name
            folder.mkdir(exist_ok=True)
            shutil.copytree(ROOT / "ontology", copy)
            module = copy / "disorders.ttl"
            text = module.read_text(encoding="utf-8")
            anchor = f"poemkg:{TERM}\n"
            before, found, after = text.partition(f"\n{anchor}")
            assert found, "the term is described elsewhere"
            after = after.replace("rdfs:label", f'skos:altLabel "{name}"@en ;\n\trdfs:label', 1)
            module.write_text(before + found + after, encoding="utf-8")
            self._folders.append(copy)
        self.current = 0
        self._switch()

    def swap(self) -> str:
        """Switch to the other version; return its name."""
        self.current = 1 - self.current
        self._switch()
        return self.NAMES[self.current]

    def _switch(self) -> None:
        fresh = self.path.with_name("next")
        fresh.symlink_to(self._folders[self.current])
        fresh.replace(self.path)


def swapped(
    running: Running, versions: Versions, reads: int, *, least: int
) -> tuple[int, Counter[str]]:
    """Read while the versions are swapped; return the swaps, and the reads by version.

    Args:
        running: the service.
        versions: what it serves.
        reads: how many reads there are at least.
        least: how many swaps there are at least.

    Raises:
        AssertionError: a read failed, or its body was of one version and its digest of another.
    """
    digests: dict[str, set[str]] = {name: set() for name in versions.NAMES}
    seen: Counter[str] = Counter()
    lock = threading.Lock()
    swaps = 0

    def client(number: int) -> None:
        turn = number
        while seen.total() < reads or swaps < least or min(seen[n] for n in versions.NAMES) < 50:
            turn += 1
            reply = send(running, LABEL_PATHS[turn % len(LABEL_PATHS)])
            assert reply.status == 200, (reply.status, reply.text)
            names = [name for name in versions.NAMES if name in reply.text]
            assert len(names) == 1, reply.text
            with lock:
                seen[names[0]] += 1
                digests[names[0]].add(reply.headers["dataset-digest"])
            time.sleep(0.005)

    with ThreadPoolExecutor(4) as crowd:
        clients = [crowd.submit(client, number) for number in range(4)]
        while not all(each.done() for each in clients):
            name = versions.swap()
            before = running.count("reloaded")
            os.kill(running.pid, signal.SIGHUP)
            assert running.logged("reloaded", count=before + 1, seconds=60)
            assert name in send(running, LABEL_PATHS[0]).text, "the old version is still served"
            swaps += 1
        for each in clients:
            each.result()
    assert all(len(found) <= 1 for found in digests.values()), digests
    assert not set.intersection(*digests.values()), "one digest for two versions"
    return swaps, seen


def kill_workers(running: Running, count: int, seed: int) -> Load:
    """Kill so many random workers under load."""
    chance, nursery, killed = random.Random(seed), running.nursery(), 0
    with load(running, expected(running), 4, pause=0.001) as told:
        until = time.monotonic() + 10 + count
        while killed < count and time.monotonic() < until:
            time.sleep(chance.uniform(0.0, 0.1))
            if workers := running.workers():
                try:
                    os.kill(chance.choice(workers), signal.SIGKILL)
                except ProcessLookupError:
                    continue
                killed += 1
    assert killed == count, killed
    assert running.nursery() == nursery
    assert told.cut == 0, "a connection broke off, where a sentence was due"
    assert wait_for(lambda: send(running, "/health").status == 200, seconds=5)
    return told


def kill_nurseries(running: Running, count: int, seed: int) -> tuple[Load, float]:
    """Kill so many nurseries under load; return also the longest time without an answer."""
    chance, worst, answers = random.Random(seed), 0.0, expected(running)
    path = LOOKUPS[-1]
    for _ in range(count):
        with load(running, answers, 3) as told:
            time.sleep(chance.uniform(0.0, 0.3))
            started = running.children()
            began = time.monotonic()
            os.kill(running.nursery(), signal.SIGKILL)
            time.sleep(0.05)
            assert wait_for(lambda: send(running, path).body == answers[path], seconds=30)
            worst = max(worst, time.monotonic() - began)
        assert told.cut == 0
        assert gone(started), "a worker outlives its nursery"
    return told, worst


def kill_servers(count: int, seed: int, *, options: tuple[str, ...] = ()) -> tuple[Load, float]:
    """Kill so many services under load; return also the longest time that one took to start."""
    chance, total, worst = random.Random(seed), Load(), 0.0
    for _ in range(count):
        began = time.monotonic()
        with Running(*options) as running:
            answers = expected(running)
            worst = max(worst, time.monotonic() - began)
            with load(running, answers, 3, pause=0.001) as told:
                time.sleep(chance.uniform(0.0, 0.5))
                started = running.children()
                os.kill(running.pid, signal.SIGKILL)
                assert gone([running.pid, *started]), "a process outlives the service"
        for name in ("right", "refused", "cut"):
            setattr(total, name, getattr(total, name) + getattr(told, name))
    return total, worst


def stop_under_load(number: int = signal.SIGTERM, *, calls: int = 4) -> float:
    """Stop a service while calls run; return how long that took. All calls are answered."""
    with Running("--workers", "4") as running:
        query = (
            "SELECT (COUNT(*) AS ?n) { { SELECT ?c { ?a ?b ?c } LIMIT 2000 } "
            "{ SELECT ?f { ?d ?e ?f } LIMIT 1000 } FILTER(STR(?c) != STR(?f)) } #"
        )
        began = time.monotonic()
        with ThreadPoolExecutor(calls) as crowd:
            asked = [crowd.submit(ask, running, f"{query}{n}") for n in range(calls)]
            time.sleep(0.4)
            started = running.children()
            began = time.monotonic()
            assert running.stop(number) == 0
            took = time.monotonic() - began
            for each in asked:
                reply = each.result()
                check_damaged(reply, 0)
                assert reply.status in (200, 503), reply.text
        assert gone(started), "a process outlives the service"
        assert running.log()[-1]["event"] == "stopped"
    return took


def everything_at_once(
    running: Running, versions: Versions, seconds: float, seed: int
) -> tuple[Counter[str], Counter[str]]:
    """Read, ask for advice and for too much, while processes are killed and the data swapped.

    Returns:
        What was done to the service, and what its clients got.
    """
    chance, over = random.Random(seed), threading.Event()
    done: Counter[str] = Counter()
    got: Counter[str] = Counter()
    digests: dict[str, set[str]] = {name: set() for name in versions.NAMES}

    def client(number: int) -> None:
        turn = number
        while not over.is_set():
            turn += 1
            try:
                if turn % 6 == 4:
                    reply = post(running, "recommend", PATIENT)
                elif turn % 6 == 5 and number == 0:
                    reply = ask(running, KILLERS[turn % len(KILLERS)])
                else:
                    reply = send(running, LABEL_PATHS[turn % len(LABEL_PATHS)])
                    if reply.status == 200:
                        (name,) = [name for name in versions.NAMES if name in reply.text]
                        digests[name].add(reply.headers["dataset-digest"])
            except (OSError, http.client.HTTPException):
                got["cut off"] += 1
                continue
            if reply.status != 200:
                check_refused(reply, 503)
            got[str(reply.status)] += 1

    def disturb() -> None:
        what = chance.choices(("worker", "nursery", "swap"), (3, 1, 1))[0]
        done[what] += 1
        if what == "swap":
            versions.swap()
            os.kill(running.pid, signal.SIGHUP)
            return
        candidates = running.workers() if what == "worker" else children(running.pid)
        with suppress(IndexError, ProcessLookupError):
            os.kill(chance.choice(candidates), signal.SIGKILL)

    with ThreadPoolExecutor(5) as crowd:
        clients = [crowd.submit(client, number) for number in range(5)]
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            disturb()
            time.sleep(chance.uniform(0.0, 0.6))
        over.set()
        for each in clients:
            each.result()
    assert all(len(found) <= 1 for found in digests.values()), digests
    assert not got["cut off"], "a connection broke off, where a sentence was due"
    assert wait_for(lambda: send(running, LABEL_PATHS[-1]).status == 200, seconds=20)
    return done, got
