"""What every derive step costs a patient, and whether that grows with the number of patients.

`python -m benchmarks.steps [--json] [--sizes 50,100,...] [--repeat N] [--queries DIR]
[--ontology DIR] [--top N]`

The same patients stand in each batch, renamed and repeated, half of them drawn for the clinic of
`benchmarks.patients` and half of them with whole studies, so that a batch differs from another in
its size alone. Time is processor time of this thread, and the least of the repetitions counts. The
scaling exponent is the slope of log(cost of the step) over log(patients): 1 where a patient costs
the same in any batch. Steps that cost less than NOISE in the largest batch are not fitted, since
what is measured of them is the clock.

A larger store is also slower to read, as less of it is in the caches of the processor. So a control
is measured beside the steps: it reads the records of each patient and what they say, which is the
same work for a patient in every batch. What a step grows beyond the control is its own.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from benchmarks.patients import patients
from poem_kg.knowledge import Knowledge, as_quads, load_knowledge
from poem_kg.namespaces import POEMKG

SIZES = (50, 100, 200, 400, 800, 1600)
DIFFERENT = 50
"""Patients that differ; larger batches repeat them."""
NOISE = 4.0
"""Microseconds a patient."""
_HOME = "https://example.org/cohort/"
_SWALLOW = b"/ontology/hasSwallow>"
_CONTROL = f"""PREFIX poemkg: <{POEMKG}>
CONSTRUCT {{ ?record ?property ?value }}
WHERE {{
  ?patient poemkg:hasRecord ?record .
  ?record ?property ?value .
}}"""


@dataclass(frozen=True)
class Step:
    """One derive step.

    Attributes:
        name: of the query, such as "derive/100-present".
        cost: microseconds a patient, by batch size.
        triples: how many it constructs for a patient.
        exponent: of its cost, or None below the noise.
    """

    name: str
    cost: Mapping[int, float]
    triples: float
    exponent: float | None


@dataclass(frozen=True)
class Measured:
    """All steps.

    Attributes:
        steps: in the order in which they run.
        loading: milliseconds a patient to put what was constructed back, by batch size.
        control: work that is the same for a patient in every batch.
    """

    steps: tuple[Step, ...] = field(repr=False)
    loading: Mapping[int, float]
    control: Step

    def total(self, size: int) -> float:
        """Return the milliseconds a patient of all queries together."""
        return sum(step.cost[size] for step in self.steps) / 1000


def sample(different: int = DIFFERENT) -> tuple[str, ...]:
    """Return patients, every second of them with a study and its swallows."""
    drawn = islice(patients(20 * different, seed=4), 20 * different)
    plain: list[str] = []
    studied: list[str] = []
    for data in drawn:
        into = studied if _SWALLOW in data else plain
        into.append(data.decode())
        if min(len(plain), len(studied)) >= different // 2:
            break
    half = different // 2
    return tuple(text for pair in zip(plain[:half], studied[:half], strict=True) for text in pair)


def batch(texts: Sequence[str], size: int) -> bytes:
    """Return so many patients as N-Triples, none of which shares a node with another."""
    return "".join(
        texts[number % len(texts)].replace(_HOME, f"{_HOME}{number}/") for number in range(size)
    ).encode()


def run(knowledge: Knowledge, data: bytes) -> Iterator[tuple[str, float, float, int]]:
    """Yield name, seconds of the query, seconds to load what it gave, and how many triples."""
    store = knowledge.store()
    store.bulk_load(data, format=ox.RdfFormat.N_TRIPLES)
    for query in knowledge.derive:
        start = time.thread_time()
        found = query.construct(store)
        queried = time.thread_time()
        store.extend(as_quads(found))
        back, count = time.thread_time() - queried, len(found)
        # Freed here, or the next step would be charged for it.
        del found
        yield query.name, queried - start, back, count
    start = time.thread_time()
    read = store.query(_CONTROL)
    assert isinstance(read, ox.QueryTriples)
    count = sum(1 for _ in read)
    yield "control", time.thread_time() - start, 0.0, count


def measure(knowledge: Knowledge, *, sizes: Sequence[int] = SIZES, repeat: int = 3) -> Measured:
    """Return what every step costs.

    Args:
        knowledge: the ontology and the queries.
        sizes: the batch sizes, in patients.
        repeat: how often each batch runs; the least of each cost counts.
    """
    texts = sample()
    names = (*(query.name for query in knowledge.derive), "control")
    cost: dict[str, dict[int, float]] = {name: {} for name in names}
    triples: dict[str, float] = {}
    loading: dict[int, float] = {}
    gc.disable()
    for size in sizes:
        data = batch(texts, size)
        for _ in range(repeat):
            loaded = 0.0
            for name, queried, back, found in run(knowledge, data):
                each = 1e6 * queried / size
                cost[name][size] = min(each, cost[name].get(size, each))
                triples[name] = found / size
                loaded += back
            loading[size] = min(1e3 * loaded / size, loading.get(size, math.inf))
            gc.collect()
    gc.enable()
    *steps, control = (
        Step(name, by_size, triples[name], exponent(by_size)) for name, by_size in cost.items()
    )
    return Measured(steps=tuple(steps), loading=loading, control=control)


def exponent(cost: Mapping[int, float]) -> float | None:
    """Return the slope of log(cost of all patients) over log(patients), or None below the noise.

    Args:
        cost: microseconds a patient, by batch size.
    """
    if len(cost) < 2 or cost[max(cost)] < NOISE:
        return None
    xs = [math.log(size) for size in cost]
    ys = [math.log(size * each) for size, each in cost.items()]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum(
        (a - x) ** 2 for a in xs
    )


def main() -> None:
    """Print the steps that cost most, and those that grow most."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="every step, as JSON")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="patients in a batch")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each batch")
    parser.add_argument("--top", type=int, default=20, help="how many steps are shown")
    parser.add_argument("--queries", type=Path, help="other queries than those of the package")
    parser.add_argument("--ontology", type=Path, help="another ontology")
    given = parser.parse_args()
    sizes = [int(size) for size in re.split(r"[, ]+", given.sizes)]
    knowledge = load_knowledge(queries=given.queries, ontology=given.ontology)
    measured = measure(knowledge, sizes=sizes, repeat=given.repeat)
    if given.json:
        json.dump(_document(measured, sizes), sys.stdout, indent=1)
        print()
    else:
        print("\n".join(_table(measured, sizes, given.top)))


def _document(measured: Measured, sizes: Sequence[int]) -> dict[str, object]:
    fitted = [step for step in measured.steps if step.exponent is not None]
    worst = max(fitted, key=lambda step: step.exponent or 0.0, default=None)
    return {
        "queriesMsAPatient": {size: round(measured.total(size), 3) for size in sizes},
        "loadingMsAPatient": {size: round(measured.loading[size], 3) for size in sizes},
        "controlExponent": round(measured.control.exponent or 0.0, 3),
        "worst": worst and {"step": worst.name, "exponent": round(worst.exponent or 0.0, 3)},
        "steps": [
            {
                "step": step.name,
                "usAPatient": {size: round(step.cost[size], 1) for size in sizes},
                "triplesAPatient": round(step.triples, 2),
                "exponent": None if step.exponent is None else round(step.exponent, 3),
            }
            for step in measured.steps
        ],
    }


def _table(measured: Measured, sizes: Sequence[int], top: int) -> Iterator[str]:
    yield "patients in a batch".ljust(46) + "".join(f"{size:8}" for size in sizes) + " exponent"
    yield "all queries, ms a patient".ljust(46) + "".join(
        f"{measured.total(size):8.2f}" for size in sizes
    )
    yield "loading what they gave, ms".ljust(46) + "".join(
        f"{measured.loading[size]:8.2f}" for size in sizes
    )
    yield (
        "control, us a patient".ljust(46)
        + "".join(f"{measured.control.cost[size]:8.1f}" for size in sizes)
        + f"{measured.control.exponent or 0.0:8.2f}"
    )
    dearest = sorted(measured.steps, key=lambda step: -step.cost[sizes[-1]])[:top]
    steepest = sorted(measured.steps, key=lambda step: -(step.exponent or 0.0))[:top]
    for title, steps in (("costs most, us a patient", dearest), ("grows most", steepest)):
        yield ""
        yield title
        for step in steps:
            figures = "".join(f"{step.cost[size]:8.1f}" for size in sizes)
            yield f"  {step.name:44}{figures}" + (
                "       -" if step.exponent is None else f"{step.exponent:8.2f}"
            )


if __name__ == "__main__":
    main()
