"""The life of a worker process: it answers one call after the other, and dies with its nursery."""

from __future__ import annotations

import gc
import math
import os
import resource
import signal
import socket
import sys
from typing import Final, NoReturn

from poem_kg.limits import Limits
from poem_kg.processes import confine_memory, die_with, silence
from poem_kg.server.wire import packed, receive
from poem_kg.service.model import Answer, Refusal
from poem_kg.service.service import Service

_GRACE: Final = 10.0
"""How long after its deadline a worker ends by itself, where nobody is left to end it."""
_SWOLLEN: Final = 200_000_000
"""A worker that has ever held so many bytes more than at its start is not used again."""


def work(connection: socket.socket, service: Service, limits: Limits, nursery: int) -> NoReturn:
    """Answer what comes through a socket until it is closed, and end the process.

    With each answer goes whether the worker can be used again: one that has seen a patient, or
    has swollen, ends after its answer.

    Args:
        connection: gives calls, takes answers.
        service: what answers.
        limits: what a call may cost.
        nursery: the process to die with.
    """
    try:
        die_with(nursery)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        silence(0, 1, 2)
        confine_memory(limits)
        gc.disable()
        most = _held() + _SWOLLEN
        again = True
        while again:
            call = receive(connection)
            signal.alarm(math.ceil(limits.seconds + _GRACE))
            try:
                answer = service.answer(call)
                again = not call.private
            except MemoryError:
                answer, again = _too_much(limits), False
            except Exception:
                answer, again = _BROKEN.answer(), False
            signal.alarm(0)
            again = again and _held() < most
            connection.sendall(packed((answer, again)))
            del call, answer
            gc.collect(0)
    except BaseException:
        pass
    finally:
        os._exit(0)


_BROKEN: Final = Refusal(
    500, "this call met an error in the service itself; report it with what you sent, not here"
)


def _too_much(limits: Limits) -> Answer:
    cause = f"this call takes more than {limits.memory_bytes / 1e6:g} MB of memory; ask for less"
    return Refusal(503, cause).answer()


def _held() -> int:
    """The most memory that this process ever held, in bytes."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held if sys.platform == "darwin" else 1024 * held
