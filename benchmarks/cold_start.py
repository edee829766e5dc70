"""One patient from a cold start, beside what importing two RDF libraries costs.

Run with `python -m benchmarks.cold_start [--runs N] [--json]`. Both commands are started in turn,
each as a process of its own, so that a machine that grows slower slows both.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

PATIENT = Path(__file__).resolve().parent.parent / "examples" / "S3a-type-iii.ttl"
OURS = [sys.executable, "-m", "poem_kg", "recommend", str(PATIENT), "--format", "json"]
REFERENCE = [sys.executable, "-c", "import rdflib, pyshacl"]


def seconds(command: list[str]) -> float:
    """Return the wall-clock seconds that a command takes, which must end well."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(runs: int) -> dict[str, float]:
    """Return medians in seconds and the median of the ratios, pair by pair."""
    seconds(OURS), seconds(REFERENCE)  # fill the caches of the operating system
    pairs = [(seconds(OURS), seconds(REFERENCE)) for _ in range(runs)]
    return {
        "recommend_seconds": statistics.median(ours for ours, _ in pairs),
        "import_seconds": statistics.median(reference for _, reference in pairs),
        "ratio": statistics.median(ours / reference for ours, reference in pairs),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = measure(arguments.runs)
    if arguments.json:
        print(json.dumps(result))
        return
    print(f"recommend one patient, cold start: {result['recommend_seconds']:.2f} s (median)")
    print(f"import rdflib, pyshacl:            {result['import_seconds']:.2f} s (median)")
    print(f"ratio:                             {result['ratio']:.2f}")


if __name__ == "__main__":
    main()
