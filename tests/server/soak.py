"""The service under damage, crowds, kills and swaps, at full counts, with the figures it must hold.

`make soak` does this, by a seed that it prints. SHARE=0.1 does a tenth of everything.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.server import holding, killing
from tests.server.running import Running


@dataclass(frozen=True)
class Soak:
    """What is done, in its order; each part prints its counts and fails by an AssertionError.

    Attributes:
        share: how much of the full counts is done.
        seed: chooses damage and moments.
        folder: for what is written.
    """

    share: float
    seed: int
    folder: Path

    def count(self, full: int) -> int:
        """Return how many of something are done."""
        return max(1, round(full * self.share))

    def damage(self) -> str:
        """Hand in damaged queries and patients."""
        many = self.count(1000)
        with Running() as running:
            nursery = running.nursery()
            queries = holding.damaged_queries(running, many, self.seed)
            patients = holding.damaged_patients(running, many, self.seed)
            assert running.nursery() == nursery, "the nursery had to be started again"
        return f"{many} damaged queries {dict(queries)}, {many} damaged patients {dict(patients)}"

    def figures(self) -> str:
        """Time lookups and patients when nobody else is there."""
        with Running() as running:
            told = holding.latencies(running, self.count(120))
        p99 = {name: holding.percentile(seconds, 0.99) for name, seconds in told.items()}
        assert p99["term"] < 0.1, p99
        assert max(p99["recommend"], p99["validate"]) < 1.0, p99
        return ", ".join(f"{name} p99 {1000 * value:.0f} ms" for name, value in p99.items())

    def crowd(self) -> str:
        """Serve 45 clients while 5 others ask expensive queries."""
        with Running() as running:
            told, killers = holding.among_killers(
                running, clients=45, killers=5, seconds=max(10.0, 30 * self.share)
            )
        p99 = holding.percentile(told.seconds, 0.99)
        assert p99 < 1.0, p99
        assert not told.refused and not told.cut, told
        return f"{told.right} right answers, p99 {1000 * p99:.0f} ms; killers {dict(killers)}"

    def slow_clients(self) -> str:
        """Serve clients while 50 others are slow on purpose."""
        with Running() as running:
            told = holding.among_slow_clients(running, slow=50, seconds=max(12.0, 25 * self.share))
        p99 = holding.percentile(told.seconds, 0.99)
        assert p99 < 1.0 and not told.refused and not told.cut, (p99, told)
        return f"50 slow clients; {told.right} right answers, p99 {1000 * p99:.0f} ms"

    def swaps(self) -> str:
        """Swap the data under reads."""
        versions = killing.Versions(self.folder / "swaps")
        reads = self.count(10_000)
        with Running("--workers", "2", "--ontology", str(versions.path)) as running:
            swaps, seen = killing.swapped(running, versions, reads, least=self.count(10))
        return f"{seen.total()} reads under {swaps} swaps, 0 errors, 0 mixed: {dict(seen)}"

    def kills(self) -> str:
        """Kill workers, nurseries and services at random moments of load."""
        workers, nurseries, services = self.count(150), self.count(30), self.count(20)
        with Running() as running:
            told = killing.kill_workers(running, workers, self.seed)
            said = f"{workers} workers ({told.right} right, {told.refused} refused)"
            _, worst = killing.kill_nurseries(running, nurseries, self.seed)
        assert worst < 5, f"{worst:.1f} s without a service"
        said += f", {nurseries} nurseries (answered again after {worst:.1f} s at most)"
        told, worst = killing.kill_servers(services, self.seed)
        assert worst < 5, f"{worst:.1f} s until a service answers"
        said += f", {services} services ({told.right} right, {told.cut} cut off; "
        return f"killed {said}started in {worst:.1f} s at most)"

    def everything(self) -> str:
        """Do all of it at once."""
        versions = killing.Versions(self.folder / "everything")
        seconds = max(10.0, 40 * self.share)
        with Running("--ontology", str(versions.path)) as running:
            done, got = killing.everything_at_once(running, versions, seconds, self.seed)
        assert got["200"] > got["503"], got
        return f"{dict(done)}, while clients got {dict(got)}"

    def stops(self) -> str:
        """Stop services while calls run."""
        times = [killing.stop_under_load() for _ in range(self.count(10))]
        return f"stopped {len(times)} services under load, {max(times):.1f} s at most"


def main() -> None:
    """Do it, and print how often."""
    share = float(os.environ.get("SHARE") or 1)
    seed = int(os.environ.get("SEED") or time.time())
    print(f"the service under load, SEED={seed} SHARE={share:g}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(share, seed, Path(folder))
        parts: tuple[Callable[[], str], ...] = (
            soak.damage,
            soak.figures,
            soak.crowd,
            soak.slow_clients,
            soak.swaps,
            soak.kills,
            soak.everything,
            soak.stops,
        )
        named = sys.argv[1:]
        for part in parts:
            if not named or part.__name__ in named:
                start = time.monotonic()
                print(f"{part.__name__}: {part()}, in {time.monotonic() - start:.0f} s", flush=True)
    print(f"the service held up, in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
