"""Worker processes that may die: what one patient does to a worker costs no other its advice.

A chunk whose worker crashes, or takes too long, is tried again patient by patient, while other
chunks go on; who does it alone is rejected, and the others are advised.
"""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from typing import Final

from poem_kg.cohort.blocks import without_advice
from poem_kg.cohort.model import Block, PatientResult
from poem_kg.cohort.packing import Packed, joined, pack
from poem_kg.cohort.serving import STOPPING, Advise, serve
from poem_kg.errors import PoemKgError, ToolMissing
from poem_kg.limits import DEFAULT_LIMITS, Limits

SECONDS_A_PATIENT: Final = 30.0
"""How long one patient may take by itself, by the clock; most take a hundredth of a second."""
_SHARE: Final = 0.25
"""What each patient of a chunk adds to the time the chunk may take, in seconds."""
_PATIENCE: Final = 5.0
"""How long a process may take to end once it has closed its end of the pipe, in seconds."""


class Workers:
    """Processes that advise chunks of patients side by side.

    Use it in a `with` statement: the processes end with it.

    Args:
        advise: what a worker does with a chunk; it is there in each, by forking.
        jobs: how many processes.
        seconds: how long one patient may take.
        limits: `memory_bytes` holds for what a worker takes beyond what it starts with.
    """

    def __init__(
        self,
        advise: Advise,
        *,
        jobs: int,
        seconds: float = SECONDS_A_PATIENT,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._advise = advise
        self._seconds = seconds
        self._limits = limits
        self._jobs = jobs
        self._workers: list[_Worker] = []

    def __enter__(self) -> Workers:
        try:
            for _ in range(self._jobs):
                self._workers.append(self._start())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def map(self, chunks: Iterable[Sequence[Block]]) -> Iterator[Packed]:
        """Yield what comes of each chunk, in their order, a few chunks ahead of the reader.

        Raises:
            KnowledgeError: a query or a shape is wrong.
            ToolMissing: no process can be started.
        """
        waiting: deque[_Task] = deque()
        source = iter(chunks)
        more = True
        while more or waiting:
            while more and sum(not task.done for task in waiting) < 2 * self._jobs:
                if len(waiting) >= 4 * self._jobs:
                    break
                chunk = next(source, None)
                if chunk is None:
                    more = False
                else:
                    waiting.append(_Task(tuple(chunk)))
                    self._hand_out(waiting)
            while waiting and waiting[0].done:
                yield waiting.popleft().result()
            if waiting:
                self._hand_out(waiting)
                self._collect()

    def _hand_out(self, waiting: Iterable[_Task]) -> None:
        idle = [worker for worker in self._workers if worker.task is None]
        for task in waiting:
            for leaf in task.leaves():
                if not idle:
                    return
                if not leaf.done and not leaf.taken:
                    self._give(idle.pop(), leaf)

    def _give(self, worker: _Worker, task: _Task) -> None:
        task.taken = True
        worker.task = task
        worker.deadline = time.monotonic() + self._allowed(len(task.blocks))
        if not worker.send(task.blocks):
            self._lost(worker, worker.end())

    def _allowed(self, patients: int) -> float:
        return self._seconds + (_SHARE * patients if patients > 1 else 0.0)

    def _collect(self) -> None:
        """Wait for the next answer, the end of a worker, or a deadline."""
        busy = {worker.connection: worker for worker in self._workers if worker.task}
        if not busy:
            return
        left = min(worker.deadline for worker in busy.values()) - time.monotonic()
        for connection in wait(list(busy), timeout=max(0.0, left)):
            assert isinstance(connection, Connection)
            worker = busy.pop(connection)
            answer = worker.receive()
            if isinstance(answer, Packed):
                assert worker.task is not None
                worker.task.packed = answer
                worker.task = None
            elif isinstance(answer, PoemKgError):
                raise answer
            else:
                self._lost(worker, answer)
        for worker in busy.values():
            if worker.deadline <= time.monotonic() and not worker.connection.poll():
                self._lost(worker, f"took longer than {self._seconds:g} s")

    def _lost(self, worker: _Worker, reason: str) -> None:
        """Replace a worker; its patients are tried one by one, or the one is rejected."""
        task = worker.task
        worker.end()
        self._workers[self._workers.index(worker)] = self._start()
        assert task is not None
        if len(task.blocks) == 1:
            task.packed = pack([_culprit(task.blocks[0], reason)])
        else:
            task.parts = tuple(_Task((block,)) for block in task.blocks)

    def _start(self) -> _Worker:
        ours, theirs = Pipe()
        parent = os.getpid()
        # A signal between forking and serving would have the child clean up as if it were us.
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        try:
            pid = os.fork()
            if pid == 0:
                # The ends of other workers' pipes must not live on here, or these would never see
                # that the parent is gone.
                for other in self._workers:
                    other.connection.close()
                ours.close()
                serve(theirs, self._advise, self._allowed, self._limits, parent)
            return _Worker(pid, ours)
        except OSError as error:
            ours.close()
            raise ToolMissing(
                f"cannot start a worker process ({error.strerror}); free some memory or processes"
            ) from None
        finally:
            theirs.close()
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)


@dataclass(eq=False)
class _Task:
    blocks: tuple[Block, ...]
    taken: bool = False
    packed: Packed | None = None
    parts: tuple[_Task, ...] = ()

    @property
    def done(self) -> bool:
        return self.packed is not None or (bool(self.parts) and all(p.done for p in self.parts))

    def leaves(self) -> Iterator[_Task]:
        """Yield what workers are given: the task, or its parts once it has some."""
        yield from self.parts or (self,)

    def result(self) -> Packed:
        """Return what came of a task that is done."""
        return self.packed or joined(part.result() for part in self.parts)


class _Worker:
    """The parent's view of one process."""

    def __init__(self, pid: int, connection: Connection) -> None:
        self.pid = pid
        self.connection = connection
        self.task: _Task | None = None
        self.deadline = 0.0

    def send(self, blocks: Sequence[Block]) -> bool:
        """Return whether the worker could take the blocks."""
        try:
            self.connection.send_bytes(pickle.dumps(tuple(blocks)))
        except OSError:
            return False
        return True

    def receive(self) -> Packed | PoemKgError | str:
        """Return the answer, an error that ends the run, or how the worker came to its end."""
        try:
            answer = pickle.loads(self.connection.recv_bytes())
        except (EOFError, OSError, pickle.UnpicklingError):
            return self.end(patience=_PATIENCE)
        if isinstance(answer, Packed | PoemKgError):
            return answer
        return str(answer)

    def end(self, *, patience: float = 0.0) -> str:
        """End the process, whatever it does, and return how it ended.

        Args:
            patience: seconds to wait for a process that is about to end by itself.
        """
        self.connection.close()
        if not self.pid:
            return "had ended"
        until = time.monotonic() + patience
        while (status := self._status(os.WNOHANG)) is None and time.monotonic() < until:
            time.sleep(0.01)
        if status is None:
            os.kill(self.pid, signal.SIGKILL)
            self._status(0)
            return "ended without an answer"
        if os.WIFSIGNALED(status):
            return f"ended with {signal.Signals(os.WTERMSIG(status)).name}"
        return "ended without an answer"

    def _status(self, options: int) -> int | None:
        """How the process ended; None while it runs."""
        try:
            pid, status = os.waitpid(self.pid, options)
        except ChildProcessError:  # somebody ignores SIGCHLD: the status is lost
            pid, status = self.pid, 0
        if not pid:
            return None
        self.pid = 0
        return status


def _culprit(block: Block, reason: str) -> PatientResult:
    """A patient that no worker survives."""
    return without_advice(
        block,
        f"{block.name}: the worker that advised on this patient {reason}; "
        "look at this patient by itself",
    )
