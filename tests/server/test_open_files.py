"""A service that can open no more files for a while comes back by itself."""

from __future__ import annotations

import os
import resource
import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cohort.runs import gone, wait_for
from tests.server.client import ask
from tests.server.running import Running
from tests.server.small import small


def files(pid: int) -> int:
    """Return how many files a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def is_answered(running: Running) -> bool:
    try:
        return ask(running, "ASK {}").status == 200
    except OSError:
        return False


def test_workers_that_cannot_be_handed_over_are_started_again() -> None:
    with small(pacing={"workers": 2, "patience": 1.0}) as running:
        assert ask(running, "ASK {}").status == 200
        soft, hard = resource.prlimit(running.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(running.pid, resource.RLIMIT_NOFILE, (3, hard))  # all are open
        for pid in running.workers():
            os.kill(pid, signal.SIGKILL)
        time.sleep(1)
        resource.prlimit(running.pid, resource.RLIMIT_NOFILE, (soft, hard))
        assert wait_for(lambda: is_answered(running), seconds=20)
        assert running.exit_code() is None


@pytest.mark.slow
def test_clients_who_do_nothing_leave_files_for_the_workers() -> None:
    program = (
        "-c",
        "import resource, runpy, sys; sys.argv = ['poem-kg', *sys.argv[1:]]; "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); "
        "runpy.run_module('poem_kg', run_name='__main__')",
        "serve",
        "--port",
        "0",
    )
    with Running("--workers", "2", program=program) as running, ExitStack() as stack:
        for _ in range(100):
            connection = stack.enter_context(socket.socket())
            connection.settimeout(1)
            connection.connect(("127.0.0.1", running.port))
        # Too many are turned away as soon as they are seen, which a busy machine delays.
        assert wait_for(lambda: files(running.pid) < 60, seconds=3)
        before = running.workers()
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        assert gone(before)
        stack.close()
        assert wait_for(lambda: is_answered(running), seconds=10)
        assert "Traceback" not in running.text()
