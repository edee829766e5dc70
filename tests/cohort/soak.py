"""Kill a cohort run again and again at random moments: nothing is lost, nothing is half written.

`make soak` does this KILLS=200 times, by a seed that it prints.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.cohort.runs import (
    children,
    cohort_file,
    gone,
    moments,
    reconcile,
    run,
    start,
    written,
)

PATIENTS = 120
CHUNK = 4


@dataclass
class Soak:
    """What was done to runs, and how often one of them came through.

    Attributes:
        coordinators: times that the process that writes was killed.
        workers: times that a worker was.
        early: of the first, those before anything was written; late: those while it finished.
        finished: runs that came to their end, each the same bytes as one that nobody disturbed.
    """

    kills: int
    rng: random.Random
    folder: Path
    patients: int = PATIENTS
    coordinators: int = 0
    workers: int = 0
    early: int = 0
    late: int = 0
    finished: int = 0
    seconds: float = field(default=0.0, init=False)

    def run(self) -> None:
        """Kill so many times, and let the last run come to its end.

        Raises:
            AssertionError: something was lost, half written, or left running.
        """
        source = cohort_file(self.folder / "patients.nt", self.patients)
        began = time.monotonic()
        code, said = run(source, self.folder / "undisturbed", chunk=CHUNK)
        self.seconds = time.monotonic() - began
        assert code == 1, said  # some patients are rejected
        reconcile(self.folder / "undisturbed", self.patients)
        expected = written(self.folder / "undisturbed")
        output = self.folder / "killed"
        partial = self.folder / "killed.partial"
        while self.coordinators < self.kills or partial.exists():
            with start(source, output, "--resume", chunk=CHUNK) as process:
                if self.coordinators < self.kills:
                    self._disturb(process, partial)
                _, told = process.communicate(timeout=120)
            if process.returncode == -signal.SIGKILL:
                self.coordinators += 1
                if not self.coordinators % 20:
                    print(f"{self.coordinators} kills, {self.finished} ends", flush=True)
            else:
                assert process.returncode == 1, told.decode()
                assert output.exists() and not partial.exists()
            if output.exists():
                # Killed or not: what bears the final name is whole.
                assert written(output) == expected
                reconcile(output, self.patients)
                if not partial.exists():
                    self.finished += 1
                    shutil.rmtree(output)

    def _disturb(self, process: subprocess.Popen[bytes], partial: Path) -> None:
        """Kill the run, at its end or at any moment before, and perhaps a worker before it."""
        until = time.monotonic() + self.rng.uniform(0.0, 1.1 * self.seconds)
        at_the_end = self.rng.random() < 0.2
        with_worker = self.rng.random() < 0.2
        for _ in moments(process):
            if with_worker and (started := children(process.pid)):
                os.kill(self.rng.choice(started), signal.SIGKILL)
                self.workers += 1
                with_worker = False
            if at_the_end and (partial / "out" / "options.parquet").exists():
                time.sleep(self.rng.uniform(0.0, 0.03))
                self.late += 1
                break
            if not at_the_end and time.monotonic() > until:
                break
        started = children(process.pid)
        process.kill()
        process.wait()
        self.early += not partial.exists()
        assert gone(started), "a worker outlives the run"


def main() -> None:
    """Do it, and print how often."""
    kills = int(os.environ.get("KILLS") or 200)
    seed = int(os.environ.get("SEED") or time.time())
    print(f"killing a run {kills} times, SEED={seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(kills, random.Random(seed), Path(folder))
        began = time.monotonic()
        soak.run()
        seconds = time.monotonic() - began
    print(
        f"killed {soak.coordinators} times ({soak.early} before anything was written, "
        f"{soak.late} while finishing) and {soak.workers} workers; {soak.finished} runs came to "
        f"their end with the same bytes, nothing lost, nothing half written, in {seconds:.0f} s"
    )
    sys.exit(soak.coordinators < kills)


if __name__ == "__main__":
    main()
