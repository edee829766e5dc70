"""Worker processes that may die: what one patient does to a worker costs no other its advice.

A chunk whose worker crashes, or takes too long, is tried again patient by patient; who does it
alone is rejected, and the others are advised as a chunk once more.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from typing import Final, NoReturn

from poem_kg.cohort.blocks import patient_of
from poem_kg.cohort.model import Block, PatientResult
from poem_kg.cohort.packing import Packed, joined, pack
from poem_kg.errors import KnowledgeError, PoemKgError, ToolMissing
from poem_kg.guard import confine_memory
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.model import Finding
from poem_kg.namespaces import SHAPES

Advise = Callable[[Sequence[Block]], list[PatientResult]]

SECONDS_A_PATIENT: Final = 30.0
"""How long one patient may take by itself, by the clock; most take a hundredth of a second."""
_SHARE: Final = 0.25
"""What each patient of a chunk adds to the time the chunk may take, in seconds."""


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
        for _ in range(self._jobs):
            self._workers.append(self._start())
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
            while more and sum(task.packed is None for task in waiting) < 2 * self._jobs:
                if len(waiting) >= 4 * self._jobs:
                    break
                chunk = next(source, None)
                if chunk is None:
                    more = False
                else:
                    waiting.append(_Task(tuple(chunk)))
                    self._hand_out(waiting)
            while waiting and waiting[0].packed is not None:
                yield waiting.popleft().packed or Packed()
            if waiting:
                self._hand_out(waiting)
                self._collect()

    def _hand_out(self, waiting: Iterable[_Task]) -> None:
        idle = [worker for worker in self._workers if worker.task is None]
        for task in waiting:
            if not idle:
                return
            if task.packed is None and not task.taken:
                self._give(idle.pop(), task)

    def _give(self, worker: _Worker, task: _Task) -> None:
        task.taken = True
        worker.task = task
        worker.deadline = time.monotonic() + self._seconds + _SHARE * len(task.blocks)
        if not worker.send(task.blocks):
            self._lost(worker, "ended before it began")

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
            if worker.deadline <= time.monotonic():
                self._lost(worker, "took too long")

    def _lost(self, worker: _Worker, reason: str) -> None:
        """Replace a worker and find out who of its chunk it was."""
        task = worker.task
        worker.end()
        self._workers[self._workers.index(worker)] = self._start()
        assert task is not None
        task.packed = self._isolated(task.blocks, reason)

    def _isolated(self, blocks: Sequence[Block], reason: str) -> Packed:
        if len(blocks) == 1:
            return pack([_culprit(blocks[0], reason)])
        alone = [self._alone(block) for block in blocks]
        return joined(
            pack([_culprit(block, one)]) if isinstance(one, str) else one
            for block, one in zip(blocks, alone, strict=True)
        )

    def _alone(self, block: Block) -> Packed | str:
        """What comes of a patient in a worker that does nothing else, or how the worker ended."""
        worker = self._start()
        try:
            if not worker.send((block,)):
                return "ended before it began"
            if not worker.connection.poll(self._seconds):
                return f"took longer than {self._seconds:g} s"
            answer = worker.receive()
        finally:
            worker.end()
        if isinstance(answer, PoemKgError):
            raise answer
        return answer

    def _start(self) -> _Worker:
        ours, theirs = Pipe()
        try:
            pid = os.fork()
        except OSError as error:
            ours.close()
            theirs.close()
            raise ToolMissing(
                f"cannot start a worker process ({error.strerror}); free some memory or processes"
            ) from None
        if pid == 0:
            # The ends of other workers' pipes must not live on here, or these would never see
            # that the parent is gone.
            for other in self._workers:
                other.connection.close()
            ours.close()
            _serve(theirs, self._advise, self._limits)
        theirs.close()
        return _Worker(pid, ours)


@dataclass(eq=False)
class _Task:
    blocks: tuple[Block, ...]
    taken: bool = False
    packed: Packed | None = None


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
        except (EOFError, OSError):
            _, status = os.waitpid(self.pid, 0)
            self.pid = 0
            if os.WIFSIGNALED(status):
                return f"ended with {signal.Signals(os.WTERMSIG(status)).name}"
            return "ended without an answer"
        if isinstance(answer, Packed | PoemKgError):
            return answer
        return str(answer)

    def end(self) -> None:
        """End the process, whatever it does."""
        self.connection.close()
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0


def _serve(connection: Connection, advise: Advise, limits: Limits) -> NoReturn:
    """The whole life of a worker."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        sys.stdout = sys.stderr = os.fdopen(nowhere, "w", closefd=False)
        confine_memory(limits)
        # Looking for cycles once a chunk, and not in the knowledge, is enough.
        gc.freeze()
        gc.disable()
        while True:
            blocks = pickle.loads(connection.recv_bytes())
            try:
                answer: object = pack(advise(blocks))
            except KnowledgeError as error:
                answer = error
            except Exception as error:
                answer = f"stopped with {type(error).__name__}"
            connection.send_bytes(pickle.dumps(answer))
            del blocks, answer
            gc.collect()
    except BaseException:
        pass
    finally:
        os._exit(0)


def _culprit(block: Block, reason: str) -> PatientResult:
    """A patient that no worker survives."""
    patient = patient_of(block)
    finding = Finding(
        focus=patient,
        path=None,
        value=None,
        severity="Violation",
        message=f"{block.name}: the worker that advised on this patient {reason}; "
        "look at this patient by itself",
        shape=SHAPES + "usable",
    )
    return PatientResult(patient=patient, findings=(finding,))
