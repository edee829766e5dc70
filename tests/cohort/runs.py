"""Cohort runs as processes of their own, to look at, stop and kill."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pyarrow.parquet as pq
import pyoxigraph as ox
import zstandard

from benchmarks.patients import patients

WRITTEN = ("advice.nq.zst", "options.parquet", "rejected.jsonl")
FILES = (*WRITTEN, "manifest.json")


def cohort_file(path: Path, count: int, *, seed: int = 1) -> Path:
    """Write so many made-up patients as N-Triples."""
    path.write_bytes(b"".join(patients(count, seed=seed)))
    return path


def start(
    source: Path | str, output: Path, *options: str, chunk: int = 10, jobs: int = 2, **kw: Any
) -> subprocess.Popen[bytes]:
    """Start `poem-kg cohort` in a process group of its own."""
    call = [sys.executable, "-m", "poem_kg", "cohort", str(source), "--output", str(output)]
    call += ["--chunk-size", str(chunk), "--jobs", str(jobs), *options]
    kw = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE, "start_new_session": True} | kw
    return cast("subprocess.Popen[bytes]", subprocess.Popen(call, **kw))


def run(source: Path | str, output: Path, *options: str, **kw: Any) -> tuple[int, str]:
    """Run `poem-kg cohort`; return its exit code and what it says."""
    with start(source, output, *options, **kw) as process:
        out, said = process.communicate(timeout=120)
    assert not out
    return process.returncode, said.decode()


def written(output: Path) -> dict[str, bytes]:
    """Return what a run has written, without the manifest, which tells the time."""
    return {name: (output / name).read_bytes() for name in WRITTEN}


def manifest(output: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
    return told


def advised(output: Path) -> dict[str, frozenset[str]]:
    """Return the triples of each graph, by the IRI of its patient."""
    data = (output / "advice.nq.zst").read_bytes()
    with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as reader:
        text = reader.read()
    found: dict[str, set[str]] = {}
    for quad in ox.parse(io.BytesIO(text), format=ox.RdfFormat.N_QUADS):
        assert isinstance(quad.graph_name, ox.NamedNode)
        patient = quad.graph_name.value.removesuffix("/advice")
        found.setdefault(patient, set()).add(str(quad.triple))
    return {patient: frozenset(triples) for patient, triples in found.items()}


def rejected(output: Path) -> dict[str, list[str]]:
    """Return the messages of each rejected patient."""
    lines = (output / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    return {each["patient"]: [f["message"] for f in each["findings"]] for each in told}


def reconcile(output: Path, patients_in: int) -> None:
    """Check that the counts of a manifest are those of the files beside it."""
    counts = manifest(output)["counts"]
    graphs, refused = advised(output), rejected(output)
    rows = pq.read_table(output / "options.parquet").to_pylist()
    assert counts["patients"] == patients_in
    assert counts["advised"] == len(graphs)
    assert counts["rejected"] == len(refused)
    assert patients_in == len(graphs) + len(refused)
    assert counts["options"] == len(rows)
    assert {row["patient"] for row in rows} <= graphs.keys()
    assert counts["withoutOption"] == len(graphs) - len({row["patient"] for row in rows})
    assert sorted(path.name for path in output.iterdir()) == sorted(FILES)


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for child in told.split()]


def alive(pid: int) -> bool:
    """Return whether a process runs; one that is dead and not yet fetched does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def gone(pids: list[int], *, seconds: float = 5.0) -> bool:
    """Return whether all processes have ended within some seconds."""
    return wait_for(lambda: not any(alive(pid) for pid in pids), seconds=seconds)


def wait_for(happened: Any, *, seconds: float = 60.0, pause: float = 0.01) -> bool:
    """Return whether something happens within some seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if happened():
            return True
        time.sleep(pause)
    return bool(happened())


def chunks_written(output: Path) -> int:
    """Return how many chunks the journal of an unfinished run holds."""
    journal = output.with_name(output.name + ".partial") / "journal.jsonl"
    try:
        return journal.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def moments(process: subprocess.Popen[bytes], *, pause: float = 0.001) -> Iterator[None]:
    """Yield now and then while a process runs."""
    while process.poll() is None:
        yield
        time.sleep(pause)
