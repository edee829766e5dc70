"""The listener's side of the workers: who is idle, who is set aside, who must end.

A call that runs long is set aside: its worker gets low priority and a fresh one takes its place, so
that a few expensive calls leave the others their time. Everything here runs in one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import signal
import socket
import uuid
from collections import deque
from collections.abc import Callable
from typing import Final

from poem_kg.server.nursing import Nurse
from poem_kg.server.plan import Plan
from poem_kg.server.wire import HEADER, packed
from poem_kg.service.model import Answer, Call, Refusal

_SOON: Final = (("Retry-After", "1"),)
_LATER: Final = (("Retry-After", "30"),)

_BEGINNING: Final = 0.1
"""How long a call that has chosen this pool may take to begin."""

Tell = Callable[..., None]
"""Writes a line of the log: an event, and what it is about as keywords."""


class Pool:
    """Workers of one version of the knowledge.

    Args:
        plan: what they serve, and how calls share them.
        tell: takes events.
    """

    def __init__(self, plan: Plan, tell: Tell) -> None:
        self._plan = plan
        self._tell = tell
        self._idle: deque[_Worker] = deque()
        self._busy: set[_Worker] = set()
        self._aside: list[_Worker] = []
        self._waiting: deque[asyncio.Future[_Worker]] = deque()
        self._starting = 0
        self._closing = False
        self._nurse: Nurse | None = None
        self._reviving: asyncio.Task[None] | None = None
        self.edition = ""
        self.version = ""
        self.digest = ""
        self.prepared = False
        self._begun = asyncio.Event()
        self.ended: dict[str, int] = {}

    async def open(self) -> None:
        """Start the nursery and the workers.

        Raises:
            KnowledgeError: the knowledge cannot be used.
        """
        nurse = Nurse(
            self._plan,
            started=self._started,
            ended=self._end,
            prepared=self._prepare,
            lost=self._lost,
        )
        ready = await nurse.open()
        self.version, self.digest = ready.version, ready.digest
        # Each reading of the files is an edition: queries and shapes are in no digest here.
        self.edition = uuid.uuid4().hex
        if ready.stored not in (None, ready.version):
            self._tell("other-version-in-store", level="warning", stored=ready.stored)
        self._nurse = nurse
        self._fill()
        with contextlib.suppress(TimeoutError):  # who asks then waits as for any worker
            await asyncio.wait_for(self._begun.wait(), self._plan.pacing.patience)

    async def close(self, *, patience: float = 0.0) -> None:
        """End all workers; calls that are here are answered first, for so many seconds at most."""
        until = asyncio.get_running_loop().time() + patience
        if patience:
            await asyncio.sleep(_BEGINNING)
        while (self._busy or self._waiting) and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.02)
        self._closing = True
        if self._reviving:
            self._reviving.cancel()
        for worker in self._idle:
            worker.close()
        for worker in self._busy:
            worker.hang_up()
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(Refusal(503, "the service is stopping; ask again soon"))
        if self._nurse:
            self._nurse.close()

    @property
    def workers(self) -> dict[str, int]:
        """How many workers are idle, at work, and of these set aside; how many calls wait."""
        return {
            "idle": len(self._idle),
            "busy": len(self._busy),
            "aside": len(self._aside),
            "waiting": len(self._waiting),
        }

    async def run(self, call: Call) -> Answer:
        """Return a worker's answer to a call, or a refusal as an answer.

        503 where no worker comes free in time, the deadline passes, or the worker ends.
        """
        try:
            worker = await self._worker()
        except Refusal as refusal:
            return refusal.answer()
        self._busy.add(worker)
        loop = asyncio.get_running_loop()
        pacing = self._plan.pacing
        setting_aside = loop.call_later(pacing.quick, self._set_aside, worker)
        deadline = loop.call_later(self._plan.limits.seconds, self._too_long, worker)
        try:
            answer, again = await worker.ask(call)
        except (OSError, EOFError, asyncio.IncompleteReadError, pickle.UnpicklingError):
            answer, again = await self._epitaph(worker), False
        except asyncio.CancelledError:  # the client went away, or the listener stops
            worker.doom = worker.doom or "left"
            self._dismiss(worker)
            raise
        finally:
            setting_aside.cancel()
            deadline.cancel()
        if again and not self._closing and not worker.stale and worker not in self._aside:
            self._busy.discard(worker)
            self._give(worker)
        else:
            self._dismiss(worker)
        return answer

    async def _worker(self) -> _Worker:
        if self._closing:
            raise Refusal(503, "the service is stopping; ask again soon", headers=_SOON)
        while self._idle:
            worker = self._idle.popleft()
            if not worker.gone:
                return worker
        pacing = self._plan.pacing
        if len(self._waiting) >= pacing.waiting:
            raise Refusal(503, "too many calls are waiting; ask again later", headers=_LATER)
        self._fill()
        waiting: asyncio.Future[_Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            return await asyncio.wait_for(waiting, pacing.patience)
        except TimeoutError:
            raise Refusal(503, "all workers are busy; ask again soon", headers=_SOON) from None
        finally:
            with contextlib.suppress(ValueError):
                self._waiting.remove(waiting)

    def _give(self, worker: _Worker) -> None:
        """Hand a worker to who waits longest, or let it wait."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(worker)
                return
        self._idle.append(worker)

    def _fill(self) -> None:
        """Ask for as many workers as are missing; those set aside do not count."""
        if self._closing or self._nurse is None:
            return
        ready = len(self._idle) + len(self._busy) - len(self._aside) + self._starting
        for _ in range(self._plan.pacing.workers - ready):
            self._starting += 1
            self._nurse.start()

    def _started(self, pid: int, connection: socket.socket | None) -> None:
        """A worker is here; or none could be started."""
        self._starting = max(0, self._starting - 1)
        if connection is None:
            self._tell("no-worker", level="error")
            asyncio.get_running_loop().call_later(1.0, self._fill)
            return
        worker = _Worker(pid, connection)
        if self._closing:
            worker.close()
        else:
            self._give(worker)
            self._begun.set()
            self._replace_one()

    def _prepare(self) -> None:
        """Workers of now know more than those that are here: change them, one for one."""
        self.prepared = True
        for worker in (*self._idle, *self._busy):
            worker.stale = True
        if self._nurse is not None:
            for _ in self._idle:
                self._starting += 1
                self._nurse.start()

    def _replace_one(self) -> None:
        for worker in self._idle:
            if worker.stale:
                self._idle.remove(worker)
                worker.close()
                self._count("replaced")
                return

    def _end(self, pid: int, number: int) -> None:
        """A worker has ended, and how."""
        for worker in (*self._idle, *self._busy):
            if worker.pid == pid:
                worker.signal = number
                worker.gone = True
                worker.known.set()
        idle = [worker for worker in self._idle if worker.gone]
        for worker in idle:
            self._idle.remove(worker)
            worker.close()
            self._count("idle")
        self._fill()

    def _lost(self) -> None:
        """The nursery is gone, and its workers with it: start another."""
        if not self._closing and self._reviving is None:
            self._tell("nursery-lost", level="error")
            self._count("nursery")
            self._nurse = None
            self._starting = 0
            for worker in self._idle:
                worker.close()
            self._idle.clear()
            self._reviving = asyncio.create_task(self._revive())

    async def _revive(self) -> None:
        while not self._closing:
            try:
                await self.open()
            except Exception as error:
                self._tell("nursery-failed", level="error", kind=type(error).__name__)
                await asyncio.sleep(1.0)
            else:
                if self._nurse is not None and not self._nurse.gone:  # it may be lost again by now
                    break
        self._reviving = None

    def _set_aside(self, worker: _Worker) -> None:
        if self._nurse is None or worker not in self._busy:
            return
        if len(self._aside) >= self._plan.pacing.slow:
            self._kill(self._aside[0], "crowded")
            del self._aside[0]
        self._aside.append(worker)
        self._nurse.calm(worker.pid)
        self._fill()

    def _too_long(self, worker: _Worker) -> None:
        self._kill(worker, "deadline")

    def _kill(self, worker: _Worker, doom: str) -> None:
        worker.doom = worker.doom or doom
        if self._nurse:
            self._nurse.kill(worker.pid)
        else:
            worker.hang_up()

    async def _epitaph(self, worker: _Worker) -> Answer:
        """One sentence for a call whose worker ended without an answer."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(worker.known.wait(), 1.0)
        limits = self._plan.limits
        headers = _SOON
        if worker.doom == "deadline":
            sentence = f"this call takes longer than {limits.seconds:g} s; ask for less"
            headers = _LATER
        elif worker.doom == "crowded":
            sentence = "this call was ended because too many long ones run; ask later, or for less"
            headers = _LATER
        elif worker.signal in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL):
            worker.doom = "crash"
            sentence = (
                "this call ended the process that worked on it, as deep nesting or too much memory "
                "does; make it simpler"
            )
        else:
            sentence = "the process that worked on this call was ended; ask again"
        return Refusal(503, sentence, headers=headers).answer()

    def _dismiss(self, worker: _Worker) -> None:
        """Part with a worker, and have another one started where one is missing."""
        self._busy.discard(worker)
        if worker in self._aside:
            self._aside.remove(worker)
        if not worker.gone and worker.doom:
            self._kill(worker, worker.doom)
        worker.close()
        self._count(worker.doom or ("spent" if not worker.signal else "killed"))
        self._fill()

    def _count(self, reason: str) -> None:
        self.ended[reason] = self.ended.get(reason, 0) + 1


class _Worker:
    """The listener's end of one worker."""

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.signal = 0
        self.gone = False
        self.stale = False
        self.doom = ""
        self.known = asyncio.Event()
        connection.setblocking(False)
        self._connection = connection

    async def ask(self, call: Call) -> tuple[Answer, bool]:
        """Return the worker's answer, and whether it can be asked again.

        Raises:
            EOFError, OSError: the worker is gone.
        """
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self._connection, packed(call))
        (length,) = HEADER.unpack(await self._exactly(HEADER.size))
        answer, again = pickle.loads(await self._exactly(length))
        return answer, again

    def hang_up(self) -> None:
        """Have whoever waits for the worker's answer hear that none will come."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of a worker for whose answer nobody waits; an idle one ends by that."""
        self._connection.close()

    async def _exactly(self, count: int) -> bytes:
        loop = asyncio.get_running_loop()
        data = bytearray()
        while len(data) < count:
            chunk = await loop.sock_recv(self._connection, min(count - len(data), 1 << 20))
            if not chunk:
                raise EOFError
            data += chunk
        return bytes(data)
