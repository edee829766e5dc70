"""What a process takes: seconds, and the most memory of it and of everything that it starts."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)
_PARENT = re.compile(r"^PPid:\s+(\d+)", re.MULTILINE)
_PACKAGES = ("pyoxigraph", "rdflib", "pyshacl", "shacl", "zstandard")


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Attributes:
        seconds: of wall-clock time, from its start to its end.
        coordinator_mb: the most memory (resident set) of the process itself.
        worker_mb: the most memory of any process that it started; 0.0 where it started none.
    """

    seconds: float
    coordinator_mb: float
    worker_mb: float


def peak_mb(pid: int | str = "self") -> float:
    """Return the most memory that a process has had resident so far, in MB; Linux only.

    `getrusage` would not do: a process takes that figure over from the one that started it.
    """
    match = _PEAK.search(Path(f"/proc/{pid}/status").read_text())
    return int(match[1]) * 1024 / 1e6 if match else 0.0


def run(command: Sequence[str], *, fine: Sequence[int] = (0,), interval: float = 0.05) -> Cost:
    """Run a command to its end and return what it took.

    Args:
        command: what to start; its standard output is dropped.
        fine: exit codes that tell of no failure.
        interval: seconds between two looks at the memory of its processes.

    Raises:
        SystemExit: the command failed; its messages stand before.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peaks: dict[int, float] = {}
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(interval):
            for pid in _family(process.pid):
                try:
                    peaks[pid] = max(peaks.get(pid, 0.0), peak_mb(pid))
                except OSError:  # it has ended
                    continue

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    _, errors = process.communicate()
    seconds = time.perf_counter() - start
    ended.set()
    watcher.join()
    if process.returncode not in fine:
        sys.stderr.write(errors.decode(errors="replace"))
        raise SystemExit(f"{' '.join(command)}: ended with {process.returncode}")
    workers = [peak for pid, peak in peaks.items() if pid != process.pid]
    return Cost(seconds, peaks.get(process.pid, 0.0), max(workers, default=0.0))


def machine() -> dict[str, str | int | float]:
    """Return what the figures depend on: processor, memory and versions."""
    cpu = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*:\s*(.*)", cpu, re.MULTILINE)
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    return {
        "processor": model[1] if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memoryGb": round(int(memory[1]) / 1e6, 1) if memory else 0,
        "loadBefore": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
    }


def _family(root: int) -> set[int]:
    """The process and everything below it that is alive."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                match = _PARENT.search((entry / "status").read_text())
            except OSError:
                continue
            if match:
                parents[int(entry.name)] = int(match[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found & parents.keys()
