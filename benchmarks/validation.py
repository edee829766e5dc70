"""What validation costs a patient, by the number of patients in one call.

Run with `python -m benchmarks.validation [--sizes 10,100,400,1600] [--seed S] [--json]`. Printed
are processor microseconds a patient, the least of some runs: `alone`, each patient in a call of its
own; `all`, every finding of everybody (`validate_many`); `refused`, the findings of those with a
Violation alone, as a cohort asks; and of the latter `look`, the cheap look that lets most patients
go without a rule in SPARQL. The exponent is that of the cost of the whole batch between the first
size of at least 100 and the last; 1 is linear.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Mapping
from itertools import islice

from benchmarks.patients import draw
from poem_kg.knowledge import load_knowledge
from poem_kg.screens import Screen
from poem_kg.validation import PatientValidator, vocabulary

SIZES = (10, 100, 400, 1600)
ALONE = 50
"""How many patients are validated in calls of their own."""

Cases = dict[str, bytes]


def cases(count: int, *, seed: int) -> Cases:
    """Return so many made-up patients, each with nodes of its own."""
    found: Cases = {}
    for number, patient in enumerate(draw(count, seed=seed)):
        name = b"urn:poem-kg:case:%05d" % number
        lines = [line.split(b" ", 2) for line in patient.data.splitlines()]
        own = f"<{patient.iri}>".encode()
        others = sorted({subject for subject, _, _ in lines} - {own})
        new = {node: b"<%s:%03d>" % (name, place) for place, node in enumerate(others)}
        new[own] = b"<%s>" % name
        found[name.decode()] = b"".join(
            b"%s %s %s .\n" % (new[subject], predicate, new.get(value[:-2], value[:-2]))
            for subject, predicate, value in lines
        )
    return found


def least(call: Callable[[Cases], object], asked: Cases, *, runs: int) -> float:
    """Return the least processor microseconds a patient of some runs of a call."""
    best = math.inf
    for _ in range(runs):
        start = time.process_time()
        call(asked)
        best = min(best, time.process_time() - start)
    return best / len(asked) * 1e6


def measure(sizes: tuple[int, ...], *, seed: int, runs: int) -> dict[str, dict[int, float]]:
    """Return microseconds a patient by what was asked and the number of patients."""
    words = load_knowledge()
    validator, screen = PatientValidator(words, engine="shacl"), Screen(vocabulary(words))
    drawn = cases(max(sizes), seed=seed)

    def look(asked: Cases) -> list[frozenset[str]]:
        return [screen.topics(data, grave=True) for data in asked.values()]

    def alone(asked: Cases) -> list[Mapping[str, object]]:
        return [validator.validate_many({name: data}) for name, data in asked.items()]

    found: dict[str, dict[int, float]] = {
        "alone": {1: least(alone, dict(islice(drawn.items(), ALONE)), runs=1)}
    }
    calls: dict[str, Callable[[Cases], object]] = {
        "all": validator.validate_many,
        "refused": validator.refused,
        "look": look,
    }
    for name, call in calls.items():
        found[name] = {
            size: least(call, dict(islice(drawn.items(), size)), runs=runs) for size in sizes
        }
    return found


def exponent(costs: Mapping[int, float]) -> float | None:
    """Return how the cost of a batch grows with its size, from the first size of at least 100.

    >>> exponent({10: 9.0, 100: 2.0, 1000: 2.0})
    1.0
    """
    sizes = sorted(size for size in costs if size >= 100)
    if len(sizes) < 2:
        return None
    first, last = sizes[0], sizes[-1]
    return 1 + math.log(costs[last] / costs[first]) / math.log(last / first)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    sizes = tuple(int(size) for size in arguments.sizes.split(","))
    found = measure(sizes, seed=arguments.seed, runs=arguments.runs)
    growth = {name: exponent(costs) for name, costs in found.items()}
    if arguments.json:
        print(json.dumps({"microseconds": found, "exponents": growth}))
        return
    for name, costs in found.items():
        told = "  ".join(f"{size}: {cost:.0f}" for size, cost in costs.items())
        rate = "" if growth[name] is None else f"  exponent {growth[name]:.3f}"
        print(f"{name:8} us a patient at {told}{rate}")


if __name__ == "__main__":
    main()
