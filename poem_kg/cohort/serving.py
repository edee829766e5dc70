"""The life of a worker process: it advises chunk after chunk, and dies with its parent."""

from __future__ import annotations

import gc
import math
import os
import pickle
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Final, NoReturn

from poem_kg.cohort.model import Block, PatientResult
from poem_kg.cohort.packing import pack
from poem_kg.errors import KnowledgeError
from poem_kg.limits import Limits
from poem_kg.processes import confine_memory, die_with, silence

Advise = Callable[[Sequence[Block]], list[PatientResult]]

STOPPING: Final = frozenset({signal.SIGINT, signal.SIGTERM})
"""The signals by which a user stops a run."""
_GRACE: Final = 10.0
"""How long after its deadline a worker ends by itself, where nobody is left to end it."""


def serve(
    connection: Connection,
    advise: Advise,
    allowed: Callable[[int], float],
    limits: Limits,
    parent: int,
) -> NoReturn:
    """Advise on what comes through a connection until it is closed, and end the process.

    Args:
        connection: gives chunks, takes what came of them.
        advise: what to do with a chunk.
        allowed: how long so many patients may take, in seconds.
        limits: `memory_bytes` holds for what is taken beyond what the process starts with.
        parent: the process to die with.
    """
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        die_with(parent)
        silence(0, 1, 2)
        confine_memory(limits)
        # Looking for cycles once a chunk, and not in the knowledge, is enough.
        gc.freeze()
        gc.disable()
        while True:
            blocks = pickle.loads(connection.recv_bytes())
            signal.alarm(math.ceil(allowed(len(blocks)) + _GRACE))
            try:
                answer: object = pack(advise(blocks))
            except KnowledgeError as error:
                answer = error
            except Exception as error:
                answer = f"stopped with {type(error).__name__}"
            signal.alarm(0)
            connection.send_bytes(pickle.dumps(answer))
            del blocks, answer
            gc.collect()
    except BaseException:
        pass
    finally:
        os._exit(0)
