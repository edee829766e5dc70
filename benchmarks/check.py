"""How long `poem-kg check` takes, beside the start of the program alone.

Run with `python -m benchmarks.check [--runs N] [--json]`. The goals are a first answer, without the
reasoner, in 2 s and the whole in 15 s. The three commands take turns, so that a machine that slows
down slows down all of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from statistics import median
from typing import Any, Final

from benchmarks._measuring import machine, run

_COMMANDS: Final = {
    "start": ("--version",),
    "without reasoner": ("check", "--no-reasoner"),
    "whole": ("check",),
}


def measured(runs: int) -> dict[str, dict[str, float]]:
    """Return the median seconds of each command and how often the start of the program that is.

    Args:
        runs: how often each is run.

    Raises:
        SystemExit: a check found something.
    """
    taken: dict[str, list[float]] = {name: [] for name in _COMMANDS}
    for _ in range(runs):
        for name, arguments in _COMMANDS.items():
            taken[name].append(run([sys.executable, "-m", "poem_kg", *arguments]).seconds)
    start = median(taken["start"])
    return {
        name: {"seconds": median(seconds), "starts": median(seconds) / start}
        for name, seconds in taken.items()
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result: dict[str, Any] = {"machine": machine(), "check": measured(arguments.runs)}
    if arguments.json:
        print(json.dumps(result))
        return
    for name, figures in result["check"].items():
        print(f"{name}: {figures['seconds']:.2f} s, {figures['starts']:.0f} starts")


if __name__ == "__main__":
    main()
