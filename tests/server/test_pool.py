"""The pool of workers: calls share it, and nothing that a call does to a worker hurts another."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from poem_kg.errors import KnowledgeError
from poem_kg.limits import Limits
from poem_kg.server.plan import Pacing, Plan
from poem_kg.server.pool import Pool
from poem_kg.service.model import Answer, Call

EXAMPLE = Path(__file__).parents[2] / "examples" / "S3a-type-iii.ttl"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def ask(query: str) -> Call:
    return Call(kind="sparql", parameters=(("query", query),))


QUICK = ask("ASK {}")
PATIENT = Call(
    kind="patient",
    path="recommend",
    method="POST",
    body=EXAMPLE.read_bytes(),
    media_type="text/turtle",
)


@dataclass(frozen=True)
class Opened:
    """A pool of two workers that several tests use, in the loop that it was opened in.

    Attributes:
        first: the workers it began with, which do not know the catalogue.
        second: those that they were changed for.
        answers: what calls were told while these were changed for others.
    """

    loop: asyncio.Runner
    pool: Pool
    first: set[int]
    second: set[int]
    answers: list[Answer]

    def run(self, act: Callable[[Pool], Awaitable[Any]]) -> Any:
        """What comes of acting on the pool, once nothing is left of the test before."""

        async def acting() -> Any:
            await until(lambda: len(self.pool._idle) == 2 and not self.pool._busy, 30)
            return await asyncio.wait_for(act(self.pool), 60)

        return self.loop.run(acting())


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    async def begun() -> tuple[Pool, set[int], set[int], list[Answer]]:
        pool = Pool(Plan(pacing=Pacing(workers=2)), lambda *_, **__: None)
        await pool.open()
        await until(lambda: len(pool._idle) == 2)
        first, answers = set(pids(pool)), []
        while not pool.prepared or any(worker.stale for worker in pool._idle):
            answers.append(await pool.run(QUICK))
        await until(lambda: len(pool._idle) == 2)
        return pool, first, set(pids(pool)), answers

    with asyncio.Runner() as loop:
        pool, first, second, answers = loop.run(begun())
        yield Opened(loop, pool, first, second, answers)
        loop.run(pool.close())


def run(
    act: Callable[[Pool], Awaitable[Any]], *, seconds: float = 10.0, **pacing: Any
) -> tuple[Any, list[str]]:
    """What comes of acting on an open pool, and the events that it told of."""
    events: list[str] = []

    def tell(event: str, **about: Any) -> None:
        events.append(event)

    async def opened() -> Any:
        plan = Plan(limits=Limits(seconds=seconds), pacing=Pacing(**{"workers": 2, **pacing}))
        pool = Pool(plan, tell)
        await pool.open()
        try:
            return await asyncio.wait_for(act(pool), 60)
        finally:
            await pool.close()

    return asyncio.run(opened()), events


def pids(pool: Pool) -> list[int]:
    return [worker.pid for worker in (*pool._idle, *pool._busy)]


async def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to become true; so many seconds at most."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


def statuses(answers: list[Answer]) -> list[int]:
    return sorted(answer.status for answer in answers)


def test_more_calls_than_workers_are_all_answered(opened: Opened) -> None:
    async def act(pool: Pool) -> list[Answer]:
        return list(await asyncio.gather(*(pool.run(QUICK) for _ in range(50))))

    answers = opened.run(act)

    assert statuses(answers) == [200] * 50


def test_a_worker_is_used_again_unless_it_has_seen_a_patient(opened: Opened) -> None:
    async def act(pool: Pool) -> tuple[bool, bool]:
        await pool.run(QUICK)
        await until(lambda: len(pool._idle) == 2)
        before = set(pids(pool))
        await pool.run(QUICK)
        same = set(pids(pool)) == before
        answer = await pool.run(PATIENT)
        assert answer.status == 200
        await until(lambda: len(pool._idle) == 2)
        return same, len(before - set(pids(pool))) == 1

    same, parted = opened.run(act)

    assert same and parted


def test_a_call_past_its_deadline_is_ended_and_its_worker_replaced() -> None:
    async def act(pool: Pool) -> tuple[Answer, Answer, float]:
        began = time.monotonic()
        late = await pool.run(ask(ENDLESS))
        took = time.monotonic() - began
        return late, await pool.run(QUICK), took

    (late, next_one, took), _ = run(act, seconds=1.0, workers=1)

    assert late.status == 503 and b"longer than 1 s" in late.body
    assert ("Retry-After", "30") in late.headers
    assert next_one.status == 200 and took < 4


def test_long_calls_leave_the_others_their_workers() -> None:
    async def act(pool: Pool) -> tuple[dict[str, int], list[Answer]]:
        long = [asyncio.create_task(pool.run(ask(ENDLESS))) for _ in range(2)]
        await until(lambda: pool.workers["aside"] == 2)
        await until(lambda: all(os.getpriority(os.PRIO_PROCESS, w.pid) >= 10 for w in pool._aside))
        quick = await asyncio.gather(*(pool.run(QUICK) for _ in range(20)))
        state = pool.workers
        for call in long:
            call.cancel()
        return state, quick

    (state, quick), _ = run(act, quick=0.2)

    assert statuses(quick) == [200] * 20
    assert state["aside"] == 2


def test_the_longest_call_ends_where_too_many_are_long() -> None:
    async def act(pool: Pool) -> tuple[Answer, bool]:
        first = asyncio.create_task(pool.run(ask(ENDLESS)))
        await until(lambda: pool.workers["aside"] == 1)
        second = asyncio.create_task(pool.run(ask(ENDLESS)))
        answer = await first
        still = not second.done()
        second.cancel()
        return answer, still

    (answer, still), _ = run(act, quick=0.1, slow=1)

    assert answer.status == 503 and b"too many long ones" in answer.body and still


def test_a_call_that_finds_no_worker_is_refused_in_time() -> None:
    async def act(pool: Pool) -> list[Answer]:
        busy = asyncio.create_task(pool.run(ask(ENDLESS)))
        await until(lambda: pool.workers["busy"] == 1)
        waiting = [asyncio.create_task(pool.run(QUICK)) for _ in range(3)]
        answers = list(await asyncio.gather(*waiting))
        busy.cancel()
        return answers

    answers, _ = run(act, workers=1, quick=60.0, patience=0.3, waiting=2)

    assert statuses(answers) == [503, 503, 503]
    told = {answer.body for answer in answers}
    assert len([text for text in told if b"too many calls are waiting" in text.lower()]) == 1
    assert len(told) == 2


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_worker_that_is_killed_costs_its_own_call_only(opened: Opened, number: int) -> None:
    async def act(pool: Pool) -> tuple[Answer, list[Answer]]:
        long = asyncio.create_task(pool.run(ask(ENDLESS)))
        await until(lambda: pool.workers["busy"] == 1)
        os.kill(next(iter(pool._busy)).pid, number)
        answer = await long
        after = await asyncio.gather(*(pool.run(QUICK) for _ in range(10)))
        return answer, list(after)

    answer, after = opened.run(act)

    assert answer.status == 503 and statuses(after) == [200] * 10
    assert (b"make it simpler" in answer.body) == (number == signal.SIGSEGV)


def test_idle_workers_that_are_killed_are_replaced(opened: Opened) -> None:
    async def act(pool: Pool) -> tuple[list[Answer], set[int]]:
        await until(lambda: len(pool._idle) == 2)
        before = pids(pool)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        await until(lambda: len(pool._idle) == 2 and not set(before) & set(pids(pool)))
        answers = await asyncio.gather(*(pool.run(QUICK) for _ in range(10)))
        return list(answers), set(before) & set(pids(pool))

    answers, left = opened.run(act)

    assert statuses(answers) == [200] * 10 and not left


def test_a_nursery_that_is_killed_is_replaced_within_five_seconds() -> None:
    async def act(pool: Pool) -> tuple[Answer, float]:
        assert pool._nurse is not None and pool._nurse._process is not None
        os.kill(pool._nurse._process.pid, signal.SIGKILL)
        began = time.monotonic()
        await until(lambda: pool._nurse is None)
        answer = await pool.run(QUICK)
        return answer, time.monotonic() - began

    (answer, took), events = run(act)

    assert answer.status == 200 and took < 5 and events == ["nursery-lost"]


def test_a_call_whose_client_is_gone_is_ended(opened: Opened) -> None:
    async def act(pool: Pool) -> bool:
        call = asyncio.create_task(pool.run(ask(ENDLESS)))
        await until(lambda: pool.workers["busy"] == 1)
        pid = next(iter(pool._busy)).pid
        call.cancel()
        await until(lambda: not os.path.exists(f"/proc/{pid}"))
        return pool.workers["busy"] == 0

    assert opened.run(act)


def test_knowledge_that_cannot_be_used_is_told_in_one_line(tmp_path: Path) -> None:
    async def act() -> None:
        await Pool(Plan(ontology=tmp_path), lambda *_, **__: None).open()

    with pytest.raises(KnowledgeError, match=r"^[^\n]+; [^\n]+$"):
        asyncio.run(act())


def test_nothing_is_left_when_a_pool_is_closed() -> None:
    async def act(pool: Pool) -> list[int]:
        call = asyncio.create_task(pool.run(ask(ENDLESS)))
        await until(lambda: pool.workers["busy"] == 1)
        assert not call.done()
        assert pool._nurse is not None and pool._nurse._process is not None
        return [*pids(pool), pool._nurse._process.pid]

    started, _ = run(act)

    deadline = time.monotonic() + 5
    while any(os.path.exists(f"/proc/{pid}") for pid in started):
        assert time.monotonic() < deadline, "a process outlives the pool"
        time.sleep(0.01)


def test_workers_are_changed_for_those_that_know_the_catalogue_and_no_call_waits(
    opened: Opened,
) -> None:
    catalogue = Call(kind="document", path="dataset/catalog", accept="text/turtle")

    async def act(pool: Pool) -> tuple[Answer, float]:
        began = time.monotonic()
        answer = await pool.run(catalogue)
        return answer, time.monotonic() - began

    before, after = opened.first, opened.second
    answer, took = opened.run(act)

    answers = [*opened.answers, answer]
    assert len(answers) > 1
    assert statuses(answers) == [200] * len(answers)
    assert len(after) == 2 and not before & after
    assert took < 2  # making it takes longer
