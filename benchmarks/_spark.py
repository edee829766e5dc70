"""What a patient costs on Spark, beside the local runner, in processor time and in bytes.

`python -m benchmarks._spark [--patients N] [--seed S]` advises on N and on 3 N patients with both
runners, on this machine, and takes the difference, so that what a run costs before its first
patient (starting Java, compiling) is told apart from what each patient costs. Processor time is
that of this process and all below it, so that other work on the machine matters little. It needs
the extra `spark`, and therefore is no part of `make bench`.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zstandard

from benchmarks.patients import draw, in_graph
from poem_kg.cohort import spark
from poem_kg.cohort.local import Settings, run_local
from poem_kg.cohort.spark_session import session
from poem_kg.knowledge import load_knowledge

_TICKS = os.sysconf("SC_CLK_TCK")
_BETWEEN = 0.2


class Processor:
    """Seconds of processor time of this process and of all below it, those that ended too."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, str], float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def used(self) -> float:
        below: dict[int, list[int]] = {}
        found: dict[int, tuple[str, float]] = {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                stat = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            below.setdefault(int(stat[1]), []).append(int(name))
            found[int(name)] = (stat[19], (int(stat[11]) + int(stat[12])) / _TICKS)
        waiting = [os.getpid()]
        while waiting:
            pid = waiting.pop()
            waiting += below.get(pid, [])
            if pid in found:
                started, seconds = found[pid]
                self._seen[pid, started] = max(seconds, self._seen.get((pid, started), 0.0))
        return sum(self._seen.values())

    def close(self) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_BETWEEN):
            self.used()


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--patients", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=9)
    given = parser.parse_args()
    processor = Processor()
    cores = len(os.sched_getaffinity(0))
    left: dict[str, int] = {}
    spark._Run.finish = _measured(spark._Run.finish, left)  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory(prefix="poem-kg-") as name:
        folder = Path(name)
        small, large = given.patients, 3 * given.patients
        for count in (small, large):
            data = b"".join(map(in_graph, draw(count, seed=given.seed)))
            (folder / f"{count}.nq.zst").write_bytes(zstandard.compress(data))
        knowledge = load_knowledge()
        runs: dict[str, list[tuple[float, dict[str, Any]]]] = {"local": [], "spark": []}
        for count in (small, large):
            before, output = processor.used(), folder / f"local-{count}"
            path = folder / f"{count}.nq.zst"
            told = run_local(knowledge, [path], output, Settings(jobs=cores))
            runs["local"].append((processor.used() - before, told))
        with session(f"local[{cores}]", {}):
            # The first run also pays for the compiling of what all later ones use.
            for number, count in enumerate((small, small, large)):
                before, output = processor.used(), folder / f"spark-{number}"
                told = spark.run_spark([str(folder / f"{count}.nq.zst")], str(output))
                runs["spark"].append((processor.used() - before, told))
        processor.close()
        (first, warm, more), (local, local_more) = runs["spark"], runs["local"]
        assert more[1]["counts"]["advice"] == local_more[1]["counts"]["advice"]
        on_spark = (more[0] - warm[0]) / (large - small)
        here = (local_more[0] - local[0]) / (large - small)
        sizes = {
            "input, zstd": (folder / f"{large}.nq.zst").stat().st_size,
            "input": len(data),
            "advice, zstd (local)": _size(folder / f"local-{large}" / "advice.nq.zst"),
            "advice, gzip (spark)": _size(folder / "spark-2" / "advice"),
            "options (spark)": _size(folder / "spark-2" / "options"),
            **left,
        }
    print(
        json.dumps(
            {
                "patients": [small, large],
                "processorMillisecondsPerPatient": {
                    "local": round(1000 * here, 2),
                    "spark": round(1000 * on_spark, 2),
                    "ratio": round(on_spark / here, 2),
                },
                "processorSecondsBeforeTheFirstPatient": {
                    "first run": round(first[0] - small * on_spark, 1),
                    "later runs": round(warm[0] - small * on_spark, 1),
                },
                "bytesPerPatient": {k: round(n / large) for k, n in sizes.items()},
            },
            indent=1,
        )
    )


def _measured(finish: Callable[..., None], left: dict[str, int]) -> Callable[..., None]:
    """Note how large what stands between the stages is, before it is deleted."""

    def measured(run: Any, manifest: str) -> None:
        left["blocks between the stages"] = _size(Path(run._blocks))
        left["results between the stages"] = _size(Path(run._results))
        finish(run, manifest)

    return measured


def _size(path: Path) -> int:
    return sum(f.stat().st_size for f in [path, *path.rglob("*")] if f.is_file())


if __name__ == "__main__":
    main()
