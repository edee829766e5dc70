"""A service as a process of its own, on a free port of loopback, that leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from tests.cohort.runs import alive, children, gone, wait_for

ROOT: Final = Path(__file__).parents[2]
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0


class Running:
    """`poem-kg serve --port 0`, started and ended by a `with` statement.

    Leaving it ends the service as an operator does, by SIGTERM, and fails where a process of it is
    left or where it did not end well; one that a test has killed is left to the test.

    Args:
        options: further options of the command line.
        env: variables to add to the environment.
        program: what is run in place of `poem-kg serve --port 0`, as arguments of Python.

    Attributes:
        url: where it listens, with a slash at its end.
        port: the port.
        pid: the listener.
    """

    def __init__(
        self,
        *options: str,
        env: Mapping[str, str] | None = None,
        program: Sequence[str] = ("-m", "poem_kg", "serve", "--port", "0"),
    ) -> None:
        self._command = [sys.executable, *program, *options]
        self._env = {**os.environ, **(env or {})}
        self._said: list[str] = []
        self._seen: set[int] = set()
        self.url = ""
        self.port = 0
        self.pid = 0

    def __enter__(self) -> Self:
        """Start it and wait until it listens and is well."""
        self._folder = tempfile.TemporaryDirectory(prefix="running-")
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env={**self._env, "TMPDIR": self._folder.name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        self.pid = self._process.pid
        self._listening = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._listening.wait(START_SECONDS)
        if not self.url:
            self._process.kill()
            self._close()
            raise AssertionError(f"the service did not start: {self.text()}")
        if not wait_for(self.workers, seconds=START_SECONDS):
            self._process.kill()
            self._close()
            raise AssertionError(f"the service has no workers: {self.text()}")
        time.sleep(0.05)  # until the listener has heard of the worker
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        killed = self._process.poll() == -signal.SIGKILL
        if self._process.poll() is None:
            self.stop()
        self.children()
        left = not gone(sorted(self._seen), seconds=5)
        for pid in self._seen if left else ():
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        self._close()
        if kind is None:
            assert not left, "a process outlives the service"
            assert killed or self._process.returncode == 0, self.text()
            assert "Traceback" not in self.text(), self.text()

    @property
    def temporary(self) -> Path:
        """The folder that the service has for temporary files."""
        return Path(self._folder.name)

    def stop(self, number: int = signal.SIGTERM, *, seconds: float = STOP_SECONDS) -> int:
        """Send it a signal and return its exit code, when the last line of its log is read."""
        self.children()
        self._process.send_signal(number)
        try:
            code = self._process.wait(seconds)
            self._reader.join(5)
            return code
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the service does not stop: {self.text()}") from None

    def exit_code(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self._process.poll()

    def children(self) -> list[int]:
        """Return all processes that it has started and that still run, the nursery first."""
        found: list[int] = []
        waiting = [self.pid]
        while waiting:
            started = children(waiting.pop(0))
            found += started
            waiting += started
        self._seen.update(found)
        return found

    def nursery(self) -> int:
        """Return the process that the workers are forked from."""
        return children(self.pid)[0]

    def workers(self) -> list[int]:
        """Return the workers."""
        return [pid for nursery in children(self.pid) for pid in children(nursery)]

    def text(self) -> str:
        """Return all that it has written to its standard error."""
        return "".join(self._said)

    def log(self) -> list[dict[str, Any]]:
        """Return the lines of its log."""
        return [json.loads(line) for line in self._said if line.startswith("{")]

    def count(self, event: str) -> int:
        """Return how often an event is in the log."""
        return sum(line["event"] == event for line in self.log())

    def logged(self, event: str, *, count: int = 1, seconds: float = 10.0) -> bool:
        """Return whether an event is in the log so often, within some seconds."""
        return wait_for(lambda: self.count(event) >= count, seconds=seconds)

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._said.append(line)
            if not self.url and line.startswith("{"):
                told = json.loads(line)
                if told["event"] == "listening":
                    self.url, self.port = told["url"], told["port"]
                    self._listening.set()
        self._listening.set()

    def _close(self) -> None:
        self._process.wait()
        self._reader.join(5)
        assert self._process.stderr is not None
        self._process.stderr.close()
        self._folder.cleanup()
