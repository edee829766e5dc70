"""Made-up patients of a motility clinic, as many as wanted, the same for the same seed.

`python -m benchmarks.patients [COUNT] [--seed S] [--output FILE]` writes patients as N-Triples
(FILE.nt), or as N-Quads with a graph a patient (FILE.nq), packed where the name goes on with .gz or
.zst; without `--output` it prints figures alone.

How diversity is drawn: a network of 40 centres and 120 operators is drawn first. Each centre has
habits: how likely each of 21 items of the work-up is recorded, whether mimics are ruled out one by
one or as a group, how manometry is done, reported and counted, how often days, ages, labels and
codes of other vocabularies are exported. Each patient belongs to one centre and has a disorder by
prevalence, a visit in one of eleven years, an earlier history of therapies, and 7 in 100 come with
a short referral letter only. Every status, result, day and figure is then drawn for the patient
alone; the swallows of a study are drawn one by one from distributions that look like the disorder
(in 7 of 100 like another), so studies meet and miss the criteria of each edition of the
classification as they fall. About 3 in 100 are spoiled, in one of the ways in `_spoiling.py`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from benchmarks._chart import Chart
from benchmarks._network import network
from benchmarks._spoiling import SPOILS
from benchmarks._workup import Case, demography, work_up

INVALID = 0.03
"""The share of the patients that are spoiled."""

_KINDS = tuple(SPOILS)


@dataclass(frozen=True)
class Drawn:
    """One patient.

    Attributes:
        iri: of the patient.
        data: all lines in N-Triples, those about the patient first.
        disorder: local name of what the patient has, recorded or not; "" for none.
        spoiled: the way in which it is invalid, or "".
        facts: concept, status and result of each record about the patient.
    """

    iri: str
    data: bytes = field(repr=False)
    disorder: str
    spoiled: str
    facts: frozenset[tuple[str, str, str]] = field(repr=False)


def draw(count: int, *, seed: int = 1) -> Iterator[Drawn]:
    """Yield so many patients; fewer of one seed are the first of more."""
    rng = random.Random(seed)
    centres = network(rng)
    # Some centres see many more patients than others.
    sizes = [rng.lognormvariate(0.0, 0.7) for _ in centres]
    for number in range(1, count + 1):
        chart = Chart(number)
        case = Case(chart, rng.choices(centres, sizes)[0], rng)
        work_up(case)
        demography(case)
        spoiled = rng.choice(_KINDS) if rng.random() < INVALID and chart.facts else ""
        if spoiled:
            SPOILS[spoiled](chart, rng)
        yield Drawn(
            iri=chart.iri,
            data="".join(chart.head + chart.body).encode(),
            disorder=case.disorder,
            spoiled=spoiled,
            facts=frozenset(chart.facts),
        )


def patients(count: int, *, seed: int = 1) -> Iterator[bytes]:
    """Yield so many patients, each as its lines in N-Triples."""
    return (patient.data for patient in draw(count, seed=seed))


def in_graph(patient: Drawn) -> bytes:
    """Return the lines of a patient in N-Quads, in a graph of its own."""
    return patient.data.replace(b" .\n", f" <{patient.iri}/graph> .\n".encode())


def main() -> None:
    """Write patients, or count what they are like."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("count", type=int, nargs="?", default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    start = time.perf_counter()
    out = _open(arguments.output) if arguments.output else None
    as_quads = out is not None and ".nq" in arguments.output.suffixes
    triples = size = 0
    kinds: Counter[str] = Counter()
    disorders: Counter[str] = Counter()
    shapes: set[int] = set()
    distinct: set[int] = set()
    for patient in draw(arguments.count, seed=arguments.seed):
        triples += patient.data.count(b"\n")
        size += len(patient.data)
        kinds[patient.spoiled] += 1
        disorders[patient.disorder or "none"] += 1
        if kinds.total() <= 1000:
            shapes.add(hash(patient.facts))
        if kinds.total() <= 100_000:
            distinct.add(hash(patient.data.replace(patient.iri.encode(), b"")))
        if out is not None:
            out.write(in_graph(patient) if as_quads else patient.data)
    if out is not None:
        out.close()
    seconds = time.perf_counter() - start
    count = kinds.total()
    print(
        json.dumps(
            {
                "patients": count,
                "triples": triples,
                "triplesPerPatient": round(triples / max(count, 1), 1),
                "bytesPerPatient": round(size / max(count, 1)),
                "invalidShare": round(1 - kinds[""] / max(count, 1), 4),
                "distinctUpToRenaming": f"{len(distinct)} of {min(count, 100_000)}",
                "distinctSetsOfFacts": f"{len(shapes)} of {min(count, 1000)}",
                "disorders": dict(disorders.most_common()),
                "invalid": {k: n for k, n in sorted(kinds.items()) if k},
                "patientsPerSecond": round(count / seconds),
            },
            indent=1,
        )
    )


def _open(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return cast(BinaryIO, gzip.open(path, "wb", compresslevel=1))
    if path.suffix == ".zst":
        import zstandard

        return cast(BinaryIO, zstandard.open(path, "wb"))
    return path.open("wb")


if __name__ == "__main__":
    main()
