"""The service starts, tells where it listens, and ends with all its processes."""

from __future__ import annotations

import signal
import urllib.request

import pytest

from tests.cohort.runs import gone
from tests.server.running import Running


@pytest.mark.slow
def test_a_service_that_is_interrupted_leaves_no_process() -> None:
    with Running("--workers", "1") as running:
        with urllib.request.urlopen(f"{running.url}health", timeout=10) as answer:
            assert answer.status == 200
        started = running.children()

        code = running.stop(signal.SIGINT)

        assert code == 0
        assert len(started) == 2  # the nursery and its worker
        assert gone(started)
        assert running.log()[-1]["event"] == "stopped"
