"""Ctrl-C and SIGTERM, what is told while a run goes, and how it ends."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.cli.here import inside
from tests.cli.test_contract import ROOT
from tests.cohort.runs import (
    children,
    chunks_written,
    cohort_file,
    gone,
    reconcile,
    run,
    start,
    wait_for,
    written,
)
from tests.cohort.test_isolation import HANGS, mark

STOPPED = "stopped; --resume goes on from the last chunk that was written"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cohort_file(tmp_path_factory.mktemp("stopping") / "patients.nt", 40)


@pytest.fixture(scope="module")
def few(source: Path) -> Path:
    """Patients of whom some are rejected, for runs that nobody stops."""
    return cohort_file(source.with_name("few.nt"), 16, seed=13)


@pytest.fixture(scope="module")
def undisturbed(source: Path) -> dict[str, bytes]:
    run(source, source.parent / "undisturbed", chunk=4)
    return written(source.parent / "undisturbed")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_says_so_and_can_be_gone_on_with(
    tmp_path: Path, source: Path, undisturbed: dict[str, bytes], number: signal.Signals
) -> None:
    output = tmp_path / "out"

    with start(source, output, chunk=4) as process:
        assert wait_for(lambda: chunks_written(output) > 1)
        started = children(process.pid)
        # Ctrl-C reaches the whole group; SIGTERM reaches the one that was named.
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        out, said = process.communicate(timeout=30)

    assert process.returncode == 130
    assert said.decode() == f"{output}: {STOPPED}\n"
    assert out == b""
    assert not output.exists()
    assert len(started) == 2 and gone(started, seconds=0.5)
    before = chunks_written(output)
    assert run(source, output, "--resume", chunk=4)[0] == 1
    assert 1 < before < 10
    assert written(output) == undisturbed


def test_no_worker_outlives_a_run_that_is_killed_while_a_patient_hangs(tmp_path: Path) -> None:
    """A worker in the middle of a query looks at no pipe; it has to be ended all the same."""
    tree = tmp_path / "tree"
    for name in ("contexts", "examples", "ontology", "poem_kg", "queries", "shapes"):
        shutil.copytree(ROOT / name, tree / name)
    (tree / "queries" / "derive" / "005-hangs.rq").write_text("#+ summary: Hangs." + HANGS)
    whole = cohort_file(tmp_path / "whole.nt", 8)
    mark(whole, tmp_path / "marked.nt", {2: "hangs"})
    environment = os.environ | {"PYTHONPATH": str(tree)}

    with start(
        tmp_path / "marked.nt", tmp_path / "out", "--patient-seconds", "100", chunk=4,
        cwd=tree, env=environment,
    ) as process:  # fmt: skip
        assert wait_for(lambda: len(children(process.pid)) == 2)
        started = children(process.pid)
        time.sleep(2.0)
        process.kill()
        process.wait()

    assert gone(started, seconds=2.0)


def on_a_terminal(source: Path, output: Path) -> tuple[int, str]:
    """Run a cohort with a terminal on its standard error; return what appears there."""
    ours, theirs = pty.openpty()
    shown = bytearray()

    def read() -> None:
        while select.select([ours], [], [], 30.0)[0]:
            try:
                part = os.read(ours, 1 << 16)
            except OSError:  # the other end is closed
                return
            if not part:
                return
            shown.extend(part)

    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    with start(source, output, chunk=4, stderr=theirs, env=environment) as process:
        os.close(theirs)
        reader = threading.Thread(target=read)
        reader.start()
        process.communicate(timeout=60)
        reader.join(timeout=30)
    os.close(ours)
    return process.returncode, shown.decode()


def test_a_terminal_shows_a_bar_with_rate_and_time_left(tmp_path: Path, source: Path) -> None:
    code, shown = on_a_terminal(source, tmp_path / "out")

    assert code == 1
    assert re.search(r"\d+ patients", shown)
    assert re.search(r"[1-9]\d*/s", shown), shown[-500:]
    assert re.search(r"\d\d:\d\d", shown)
    assert "━" in shown
    assert shown.rstrip().endswith(" s") and "40 patients" in shown.splitlines()[-1]


def test_without_a_terminal_one_line_is_all(tmp_path: Path, few: Path) -> None:
    code, said = run(few, tmp_path / "out")

    assert code == 1
    assert re.fullmatch(
        r".*/out: 16 patients, \d+ advised, \d+ rejected, \d+ options in \d+ s\n", said
    )
    reconcile(tmp_path / "out", 16)


def test_a_run_without_rejected_patients_ends_with_0(tmp_path: Path, source: Path) -> None:
    first = source.read_bytes().split(b"<https://example.org/cohort/P0000003> ", 1)[0]
    (tmp_path / "two.nt").write_bytes(first)

    code, said = run(tmp_path / "two.nt", tmp_path / "out")

    assert (code, "2 patients, 2 advised, 0 rejected" in said) == (0, True)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (["missing.nt", "-o", "out"], "missing.nt: no such file; check the path"),
        (["-o", "out"], "INPUT: is missing"),
        (["P.nt"], "--output: is missing; name the folder to make"),
        (["P.nt", "-o", "out", "--runner", "moon"], "moon"),
        (["P.nt", "-o", "out", "--master", "local"], "--master: is for the Spark runner"),
        (["P.nt", "-o", "out", "--as-of", "tomorrow"], "tomorrow"),
        (["P.nt", "-o", "out", "--input-format", "pdf"], "--input-format pdf: is not known here"),
        (["P.pdf", "-o", "out"], "P.pdf: has a name that tells no format"),
        (["empty", "-o", "out"], "empty: holds no RDF file"),
        (["P.nt", "-o", "."], ".: is no name for a new folder"),
        (["P.nt", "-o", ".."], "..: is no name for a new folder"),
        (["P.nt", "-o", "no/out"], "no: is no folder; make it first"),
        (["P.nt", "-o", "P.nt"], "P.nt: is already there"),
        (["P.nt", "-o", "P.nt/out"], "P.nt: is no folder"),
    ],
)
def test_a_wrong_call_is_one_line_and_ends_with_2(
    tmp_path: Path, source: Path, call: list[str], told: str
) -> None:
    for name in ("P.nt", "P.pdf"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "empty").mkdir()

    if call[0] == "missing.nt":  # one call as a process, the others without its price
        done = subprocess.run(
            [sys.executable, "-m", "poem_kg", "cohort", *call], cwd=tmp_path, capture_output=True
        )
    else:
        done = inside("cohort", *call, cwd=tmp_path)

    assert done.returncode == 2
    said = done.stderr.decode()
    assert told in said and said.count("\n") == 1
    assert done.stdout == b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["P.nt", "P.pdf", "empty"]
