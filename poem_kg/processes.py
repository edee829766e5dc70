"""What every process of ours does that may be killed: it is confined, silent, and not left over."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
from typing import Final

from poem_kg.limits import Limits

_DIE_WITH_PARENT: Final = 1
"""PR_SET_PDEATHSIG of Linux."""


def confine_memory(limits: Limits) -> None:
    """Let this process take `limits.memory_bytes` beyond what it holds, and leave no core file."""
    import resource

    limit_resource(resource.RLIMIT_CORE, 0)
    limit_resource(resource.RLIMIT_AS, _mapped_bytes() + limits.memory_bytes)


def limit_resource(kind: int, value: int) -> None:
    """Set a limit of this process, where the system lets it be set.

    Args:
        kind: a constant of the module `resource`.
        value: the limit, in the unit of its kind.
    """
    import resource

    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(kind, (value, value))
    except (OSError, ValueError):  # macOS knows RLIMIT_AS but does not let it be set
        return


def silence(*descriptors: int) -> None:
    """Let nothing of this process reach the user: descriptors, print, and reports of crashes.

    Args:
        descriptors: those that lead nowhere from here.
    """
    faulthandler.disable()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nowhere, descriptor)
    sys.stdout = sys.stderr = os.fdopen(nowhere, "w", closefd=False)


def die_with(parent: int) -> None:
    """Have this process end as soon as its parent does; elsewhere than on Linux a bit later.

    Args:
        parent: the process that has started this one.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _mapped_bytes() -> int:
    """The address space in use: a limit below it would make every allocation fail."""
    import resource

    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS
