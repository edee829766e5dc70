"""A cohort run beside what one would write without us, and beside the floor under it.

`python -m benchmarks.cohort [--patients N] [--json]` draws patients and prints, from one run:

- `reference`: rdflib and pySHACL with the same shapes and derive queries, in one graph (see
  `_reference.py`), on the first of the patients, as many as its budget allows and at most 500;
- `floor`: one core reads the same input and writes the same advice, and does nothing else
  (`_floor.py`);
- `ours_1` and `ours_2`: `poem-kg cohort` with one and two jobs, from its start to its end.

Each is a process of its own. Before anything is printed it is checked by digest that both of ours
wrote the same advice, that the reference holds the same conclusions about each of its patients (see
`_same.py` for what is set aside), and that validation let the same ones pass.

`--sizes 1000,10000,100000` measures our runs at these sizes too, and fits an exponent to the
seconds without start-up; `--plot FILE.svg` draws them.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks._measuring import Cost, machine, run
from benchmarks._plot import plot
from benchmarks._same import our_digests
from benchmarks.patients import draw
from poem_kg.cohort.packing import ZSTD_LEVEL

ALONE = ("about_a_term", "equated", "reserved_word")
"""Ways of being invalid that would spoil what is said of others in one graph with them: these
patients are left out of the reference's graph, which is a favour to it."""

SOME_REJECTED = 1
"""The exit code of a run that went well but rejected patients."""


@dataclass(frozen=True)
class Inputs:
    """Files with patients.

    Attributes:
        everyone: all of them.
        together: those that can stand in one graph, for the reference.
        valid: the IRIs of those that are not spoiled.
        first: the first patient alone, to tell what starting costs.
        triples, size: of `everyone`.
    """

    everyone: Path
    together: Path
    valid: Path
    first: Path
    triples: int
    size: int


def main() -> None:
    """Measure, check and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--patients", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reference", type=int, default=500, help="at most so many patients of it")
    parser.add_argument("--budget", type=float, default=40.0, help="seconds for the reference")
    parser.add_argument("--sizes", help="such as 1000,10000,100000")
    parser.add_argument("--jobs", type=int, default=2, help="of the runs at these sizes")
    parser.add_argument("--plot", type=Path, help="an SVG file; needs --sizes")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.plot and not arguments.sizes:
        parser.error("--plot needs --sizes")
    with tempfile.TemporaryDirectory(prefix="poem-kg-bench-") as name:
        result = measure(Path(name), arguments)
    if arguments.plot:
        arguments.plot.write_text(_svg(result["sizes"]))
    print(json.dumps(result, indent=1) if arguments.json else table(result))


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return all figures.

    Raises:
        SystemExit: a run failed, or two runs differ in what they say.
    """
    inputs = prepare(folder, arguments.patients, seed=arguments.seed)
    result: dict[str, Any] = {
        "machine": machine(),
        "patients": arguments.patients,
        "seed": arguments.seed,
        "triplesPerPatient": inputs.triples / arguments.patients,
        "bytesPerPatient": inputs.size / arguments.patients,
    }
    for jobs in (1, 2):
        result[f"ours_{jobs}"] = ours(inputs, folder / f"ours_{jobs}", jobs, arguments.patients)
    limits = ("--most", str(arguments.reference), "--budget", str(arguments.budget))
    files = (inputs.together, inputs.valid)
    result["reference"] = reference = _started("_reference", folder, *map(str, files), *limits)
    advice = folder / "ours_1" / "advice.nq.zst"
    result["floor"] = floor = _started(
        "_floor", folder, str(inputs.everyone), str(advice), "--level", str(ZSTD_LEVEL)
    )
    floor["patientsPerSecond"] = arguments.patients / floor["seconds"]
    result["checked"] = check(folder, inputs, reference)
    result["ratios"] = ratios(result)
    if arguments.sizes:
        sizes = [int(size) for size in arguments.sizes.split(",")]
        start_up = result[f"ours_{1 if arguments.jobs == 1 else 2}"]["startUpSeconds"]
        result["sizes"] = scaling(folder, sizes, arguments, start_up)
    return result


def prepare(folder: Path, count: int, *, seed: int) -> Inputs:
    """Write the patients and return the files."""
    names = ("everyone.nt", "together.nt", "valid.txt", "first.nt")
    everyone, together, valid, first = (folder / name for name in names)
    triples = size = 0
    with everyone.open("wb") as all_, together.open("wb") as some, valid.open("w") as sound:
        for number, patient in enumerate(draw(count, seed=seed)):
            triples += patient.data.count(b"\n")
            size += all_.write(patient.data)
            if patient.spoiled not in ALONE:
                some.write(patient.data)
            if not patient.spoiled:
                sound.write(patient.iri + "\n")
            if not number:
                first.write_bytes(patient.data)
    return Inputs(everyone, together, valid, first, triples, size)


def cohort(source: Path, output: Path, jobs: int) -> Cost:
    """Return what one run of ours takes; an output that is there is replaced."""
    shutil.rmtree(output, ignore_errors=True)
    command = [sys.executable, "-m", "poem_kg", "cohort", str(source), "--output", str(output)]
    cost = run([*command, "--jobs", str(jobs)], fine=(0, SOME_REJECTED))
    if not (output / "manifest.json").exists():
        raise SystemExit(f"{output}: no manifest was written")
    return cost


def ours(inputs: Inputs, output: Path, jobs: int, count: int) -> dict[str, Any]:
    """Return what our run takes, with and without starting."""
    start_up = min(cohort(inputs.first, output, jobs).seconds for _ in range(2))
    cost = cohort(inputs.everyone, output, jobs)
    manifest = json.loads((output / "manifest.json").read_text())
    counts = manifest["counts"]
    if counts["patients"] != count or counts["advised"] + counts["rejected"] != count:
        raise SystemExit(f"{output}: {counts} do not account for {count} patients")
    return {
        "patientsPerSecond": count / cost.seconds,
        "patientsPerSecondWithoutStartUp": count / max(cost.seconds - start_up, 1e-9),
        "startUpSeconds": start_up,
        **asdict(cost),
        "peakMb": max(cost.coordinator_mb, cost.worker_mb),
        "advised": counts["advised"],
        "rejected": counts["rejected"],
        "adviceBytes": (output / "advice.nq.zst").stat().st_size,
    }


def check(folder: Path, inputs: Inputs, reference: dict[str, Any]) -> dict[str, Any]:
    """Return what was compared.

    Args:
        folder: where our two runs wrote.
        inputs: the patients.
        reference: its result; the digests are taken out of it.

    Raises:
        SystemExit: the runs differ.
    """
    first, second = (
        our_digests(folder / f"ours_{jobs}" / "advice.nq.zst", inputs.everyone) for jobs in (1, 2)
    )
    if first != second:
        raise SystemExit("one job and two jobs wrote different advice")
    advised = set(first)
    wrong = sorted(advised ^ set(inputs.valid.read_text().split()))
    if wrong:
        raise SystemExit(f"{len(wrong)} are advised although spoiled, or not: {wrong[:3]}")
    passed = set(reference.pop("conforming"))
    if not passed <= advised:
        raise SystemExit(f"the reference lets pass what ours rejects: {min(passed - advised)}")
    theirs: dict[str, str] = reference.pop("digests")
    differing = sorted(p for p in theirs if theirs[p] != first.get(p))
    if differing:
        raise SystemExit(f"{len(differing)} patients differ, such as {differing[:1]}")
    return {"conclusionsOfPatients": len(theirs), "conforming": len(passed), "equal": True}


def ratios(result: dict[str, Any]) -> dict[str, float]:
    """Return how many times faster each is; above 1 the first named is the faster."""
    rate = {
        name: result[name]["patientsPerSecond"]
        for name in ("reference", "floor", "ours_1", "ours_2")
    }
    derived = result["reference"]["derivedPerSecond"]
    return {
        "ours_1/reference": rate["ours_1"] / rate["reference"],
        "ours_2/reference": rate["ours_2"] / rate["reference"],
        "ours_1/reference without validation": rate["ours_1"] / derived,
        "ours_2/reference without validation": rate["ours_2"] / derived,
        "floor/ours_1": rate["floor"] / rate["ours_1"],
        "floor/ours_2": rate["floor"] / rate["ours_2"],
        "floor/ours_2 without start-up": rate["floor"]
        / result["ours_2"]["patientsPerSecondWithoutStartUp"],
    }


def scaling(
    folder: Path, sizes: Sequence[int], arguments: argparse.Namespace, start_up: float
) -> dict[str, Any]:
    """Return what runs of several sizes take, and the slope of log seconds by log patients."""
    rows = []
    for size in sizes:
        inputs = prepare(folder, size, seed=arguments.seed)
        cost = cohort(inputs.everyone, folder / "sized", arguments.jobs)
        rows.append({"patients": size, "working": cost.seconds - start_up, **asdict(cost)})
    points = [(row["patients"], row["working"]) for row in rows]
    return {"jobs": arguments.jobs, "runs": rows, "exponent": slope(points)}


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the exponent of a power law through points, by least squares on logarithms."""
    xs, ys = zip(*((math.log(x), math.log(y)) for x, y in points), strict=True)
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    over = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    under = sum((x - mean_x) ** 2 for x in xs)
    return over / under if under else float("nan")


def table(result: dict[str, Any]) -> str:
    """Return the figures for readers."""
    lines = [
        f"{result['patients']} patients, {result['triplesPerPatient']:.0f} triples each; "
        f"conclusions of {result['checked']['conclusionsOfPatients']} compared, all equal",
        f"{'':12}{'patients/s':>12}{'peak MB':>10}",
    ]
    for name in ("reference", "floor", "ours_1", "ours_2"):
        row = result[name]
        lines.append(f"{name:12}{row['patientsPerSecond']:12.1f}{row['peakMb']:10.0f}")
    reference = result["reference"]
    lines.append(
        f"reference: {reference['validated']} patients validated "
        f"({reference['validatedPerSecond']:.2f}/s), {reference['derived']} derived "
        f"({reference['derivedPerSecond']:.2f}/s)"
    )
    lines += [f"{name}: {value:.2f}" for name, value in result["ratios"].items()]
    for row in result.get("sizes", {}).get("runs", ()):
        lines.append(
            f"{row['patients']} patients: {row['seconds']:.1f} s, "
            f"{max(row['coordinator_mb'], row['worker_mb']):.0f} MB"
        )
    if "sizes" in result:
        lines.append(f"exponent: {result['sizes']['exponent']:.3f}")
    return "\n".join(lines)


def _started(module: str, folder: Path, *arguments: str) -> dict[str, Any]:
    """Run a part of this benchmark as a process of its own and return its result."""
    target = folder / f"{module}.json"
    values = [*arguments[:2], str(target), *arguments[2:]]
    subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *values], check=True)
    found: dict[str, Any] = json.loads(target.read_text())
    return found


def _svg(sizes: dict[str, Any]) -> str:
    rows = sizes["runs"]
    return plot(
        f"poem-kg cohort, {sizes['jobs']} jobs",
        [(row["patients"], row["working"]) for row in rows],
        [(row["patients"], max(row["coordinator_mb"], row["worker_mb"])) for row in rows],
        sizes["exponent"],
    )


if __name__ == "__main__":
    main()
