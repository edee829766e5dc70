"""The listener's side of a nursery: starts the process, asks it for workers, hears how they end."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from poem_kg.errors import KnowledgeError
from poem_kg.server.nursery import CONTROL
from poem_kg.server.plan import Plan
from poem_kg.server.wire import packed

_START_SECONDS: Final = 60.0


class Ready(NamedTuple):
    """What a nursery serves: version and digest, and the version in the store behind it if any."""

    version: str
    digest: str
    stored: str | None


class Nurse:
    """Speaks to one nursery.

    Args:
        plan: what it serves.
        started: called with the number of a new worker and the socket to it, or with none.
        ended: called with the number of a worker that has ended, and the signal that ended it.
        prepared: called when workers that start from now on know more than those before.
        lost: called when the nursery is gone.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        started: Callable[[int, socket.socket | None], None],
        ended: Callable[[int, int], None],
        prepared: Callable[[], None],
        lost: Callable[[], None],
    ) -> None:
        self._plan = plan
        self._on_start = started
        self._on_end = ended
        self._on_preparation = prepared
        self._on_loss = lost
        self._lines = b""
        self._fds: list[int] = []
        self._ready: asyncio.Future[Ready] | None = None
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    async def open(self) -> Ready:
        """Start the process; return what it serves.

        Raises:
            KnowledgeError: it cannot use the knowledge, or did not get ready in a minute.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    "import os, sys; os.dup2(int(sys.argv[1]), int(sys.argv[2])); "
                    "from poem_kg.server.nursery import main; main()",
                    str(theirs.fileno()),
                    str(CONTROL),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the listener, which ends the others
            )
        loop = asyncio.get_running_loop()
        self._control = ours
        self._ready = loop.create_future()
        ours.sendall(packed(self._plan))
        ours.setblocking(False)
        loop.add_reader(ours, self._hear)
        try:
            return await asyncio.wait_for(self._ready, _START_SECONDS)
        except TimeoutError:
            raise KnowledgeError("the nursery of workers did not get ready; try again") from None
        except BaseException:
            self.close()
            raise

    @property
    def gone(self) -> bool:
        """Whether the nursery has ended, or was never there."""
        return self._control is None

    def start(self) -> None:
        """Ask for a worker."""
        self._say({"start": 1})

    def kill(self, pid: int) -> None:
        """Have a worker killed."""
        self._say({"kill": pid})

    def calm(self, pid: int) -> None:
        """Have a worker run with low priority."""
        self._say({"calm": pid})

    def close(self) -> None:
        """End the nursery and its workers."""
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        for fd in self._fds:
            os.close(fd)
        self._fds.clear()

    def _say(self, message: dict[str, int]) -> None:
        if self._control is not None:
            try:
                self._control.sendall(json.dumps(message).encode() + b"\n")
            except OSError:
                self._gone()

    def _hear(self) -> None:
        assert self._control is not None
        try:
            data, fds, flags, _ = socket.recv_fds(self._control, 65536, 64)
        except BlockingIOError:
            return
        except OSError:
            data, fds, flags = b"", [], 0
        self._fds += fds
        # No file could be opened here, so a worker's socket is lost: begin anew, with the others.
        if not data or flags & socket.MSG_CTRUNC:
            self._gone()
            return
        *lines, self._lines = (self._lines + data).split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def _take(self, told: dict[str, Any]) -> None:
        if "started" in told:
            connection = socket.socket(fileno=self._fds.pop(0))
            self._on_start(told["started"], connection)
        elif "ended" in told:
            self._on_end(told["ended"], told["signal"])
        elif "prepared" in told:
            self._on_preparation()
        elif "short" in told:
            self._on_start(0, None)
        elif self._ready is not None and not self._ready.done():
            if "ready" in told:
                self._ready.set_result(Ready(told["version"], told["ready"], told.get("stored")))
            else:
                self._ready.set_exception(KnowledgeError(told["failed"]))

    def _gone(self) -> None:
        ready = self._ready
        self.close()
        if ready is not None and not ready.done():
            ready.set_exception(KnowledgeError("the nursery of workers ended; see its last words"))
        else:
            self._on_loss()
