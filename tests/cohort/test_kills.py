"""Whoever is killed, and when: the output is whole or not there, and a run can be gone on with."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from tests.cohort.runs import (
    children,
    chunks_written,
    cohort_file,
    reconcile,
    run,
    start,
    wait_for,
    written,
)
from tests.cohort.soak import Soak


def test_a_run_that_is_killed_three_times_comes_to_the_same_bytes(tmp_path: Path) -> None:
    soak = Soak(3, random.Random(20261128), tmp_path, patients=36)

    soak.run()

    assert soak.coordinators == 3
    assert soak.finished > 0


@pytest.mark.parametrize("jobs", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_a_killed_worker_costs_no_patient_its_advice(tmp_path: Path, jobs: int) -> None:
    source = cohort_file(tmp_path / "patients.nt", 40)
    run(source, tmp_path / "undisturbed", chunk=5)

    with start(source, tmp_path / "out", chunk=5, jobs=jobs) as process:
        assert wait_for(lambda: chunks_written(tmp_path / "out") > 0)
        os.kill(children(process.pid)[0], signal.SIGKILL)
        _, said = process.communicate(timeout=60)

    assert process.returncode == 1, said
    assert written(tmp_path / "out") == written(tmp_path / "undisturbed")
    reconcile(tmp_path / "out", 40)
