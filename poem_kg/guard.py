"""Running what untrusted text can crash, hang or bloat in a process that may be killed.

A parser written in a compiled language ends the whole process when its stack or memory runs out:
no `except` catches that, and no thread can be stopped from outside. A forked child can.
"""

from __future__ import annotations

import gc
import math
import os
import pickle
import signal
import struct
import time
from collections.abc import Callable
from typing import Final, NoReturn, TypeVar, TypeVarTuple

from poem_kg.errors import InputError, LimitExceeded, PoemKgError, ToolMissing
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.processes import confine_memory, limit_resource, silence

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_HEADER: Final = struct.Struct("!Q")
_LOOK_SECONDS: Final = 0.05
_CHUNK: Final = 1 << 20
_SMALLER: Final = "make the input smaller, or raise the limit"


def run_guarded(
    function: Callable[[*Ts], T],
    *args: *Ts,
    limits: Limits = DEFAULT_LIMITS,
    where: str = "-",
) -> T:
    """Return what `function(*args)` returns, computed in a forked child under limits.

    The child may take `limits.memory_bytes` beyond what this process holds and `limits.seconds`
    of time; it is killed at the deadline. Nothing it prints is seen, and it leaves no core file,
    since that would hold the input.

    Args:
        function: called in the child; what it changes in memory is lost with the child.
        args: its positional arguments; they are inherited, not copied.
        limits: `seconds`, `memory_bytes` and `result_bytes` hold here.
        where: the location that an error names, `FILE` or `FILE:LINE`.

    Returns:
        The result, which must be picklable and at most `limits.result_bytes` long when pickled.

    Raises:
        PoemKgError: whatever of that kind the function raised.
        LimitExceeded: the time, the memory or the size of the result ran out.
        InputError: the child crashed or the function raised something else.
        ToolMissing: this system cannot fork.
    """
    if not hasattr(os, "fork"):
        raise ToolMissing(
            "this system cannot fork a process, which reading untrusted input needs; "
            "use Linux, macOS or the Windows Subsystem for Linux"
        )
    read_end, write_end = os.pipe()
    try:
        pid = os.fork()
    except OSError as error:
        os.close(read_end)
        os.close(write_end)
        raise ToolMissing(
            f"cannot start a worker process ({error.strerror}); free some memory or processes"
        ) from None
    if pid == 0:
        _serve(write_end, function, args, limits, where)
    os.close(write_end)
    child = _Child(pid, read_end)
    try:
        message = child.receive(limits, where)
    finally:
        child.close()
    if message is None:
        raise _epitaph(child.status, where, limits)
    fine, value = pickle.loads(message)
    if fine:
        result: T = value
        return result
    raise value


class _Child:
    """The parent's view of the child: reads its one message and always reaps it."""

    def __init__(self, pid: int, read_end: int) -> None:
        self.status: int | None = None
        self._pid = pid
        self._read_end = read_end
        self._gone = False

    def receive(self, limits: Limits, where: str) -> bytes | None:
        """Return the child's message, or None where it ended without one."""
        import select

        deadline = time.monotonic() + limits.seconds
        poller = select.poll()
        poller.register(self._read_end, select.POLLIN | select.POLLHUP)
        data = bytearray()
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise _too_long(where, limits)
            # Another thread's child may hold a copy of the write end, so that the end of file
            # alone does not tell that this child is gone: look at the process as well.
            closed = False
            if poller.poll(1000 * min(left, _LOOK_SECONDS)):
                chunk = os.read(self._read_end, _CHUNK)
                data += chunk
                closed = not chunk
            elif self._ended():
                self._drain(data)
                closed = True
            if len(data) >= _HEADER.size:
                (length,) = _HEADER.unpack_from(data)
                if length > limits.result_bytes:
                    raise LimitExceeded(
                        where,
                        f"comes to more than {limits.result_bytes / 1e6:g} MB when written in full",
                        _SMALLER,
                    )
                if len(data) >= _HEADER.size + length:
                    return bytes(data[_HEADER.size :])
            if closed:
                self._wait_until(deadline)
                return None

    def close(self) -> None:
        """Kill the child if it still runs, and reap it."""
        os.close(self._read_end)
        if not self._gone:
            os.kill(self._pid, signal.SIGKILL)
            self._reap(0)

    def _ended(self) -> bool:
        if not self._gone:
            self._reap(os.WNOHANG)
        return self._gone

    def _reap(self, options: int) -> None:
        try:
            pid, status = os.waitpid(self._pid, options)
        except ChildProcessError:  # somebody ignores SIGCHLD: the status is lost
            self._gone = True
            return
        if pid:
            self._gone = True
            self.status = status

    def _drain(self, data: bytearray) -> None:
        os.set_blocking(self._read_end, False)
        try:
            while chunk := os.read(self._read_end, _CHUNK):
                data += chunk
        except BlockingIOError:
            pass

    def _wait_until(self, deadline: float) -> None:
        while not self._ended() and time.monotonic() < deadline:
            time.sleep(0.001)


def _serve(
    write_end: int,
    function: Callable[[*Ts], object],
    args: tuple[*Ts],
    limits: Limits,
    where: str,
) -> NoReturn:
    """The whole life of the child."""
    import fcntl

    try:
        try:
            write_end = fcntl.fcntl(write_end, fcntl.F_DUPFD, 3)  # 1 and 2 go nowhere from here
            _quieten()
            _confine(limits)
            message = pickle.dumps((True, function(*args)))
        except PoemKgError as error:
            message = pickle.dumps((False, error))
        except MemoryError:
            message = pickle.dumps((False, _too_big(where, limits)))
        except BaseException as error:
            reason = f"reading stopped with {type(error).__name__}: {error}"
            problem = InputError(where, reason, "check that the file is what it claims to be")
            message = pickle.dumps((False, problem))
        view = memoryview(_HEADER.pack(len(message)) + message)
        while view:
            view = view[os.write(write_end, view) :]
    finally:
        os._exit(1)


def _quieten() -> None:
    """Let nothing of the child reach the user, and let signals do what they do by default."""
    gc.disable()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    silence(1, 2)


def _confine(limits: Limits) -> None:
    import resource

    confine_memory(limits)
    limit_resource(resource.RLIMIT_CPU, math.ceil(limits.seconds) + 1)


def _epitaph(status: int | None, where: str, limits: Limits) -> InputError:
    """One sentence for a child that ended without a message."""
    number = os.WTERMSIG(status) if status is not None and os.WIFSIGNALED(status) else 0
    if number == signal.SIGXCPU:
        return _too_long(where, limits)
    if number == signal.SIGKILL:
        return _too_big(where, limits)
    name = signal.Signals(number).name if number else "no message"
    return InputError(
        where,
        f"crashed the reading process ({name}), as deep nesting or too much memory does",
        "do not trust this file; write it anew with fewer levels and less data",
    )


def _too_long(where: str, limits: Limits) -> LimitExceeded:
    return LimitExceeded(where, f"takes longer than {limits.seconds:g} s", _SMALLER)


def _too_big(where: str, limits: Limits) -> LimitExceeded:
    cause = f"takes more than {limits.memory_bytes / 1e6:g} MB of memory"
    return LimitExceeded(where, cause, _SMALLER)
