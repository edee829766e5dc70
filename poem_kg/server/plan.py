"""What a nursery is to build and how workers are to behave, as one value that can be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from poem_kg.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, kw_only=True)
class Pacing:
    """How calls share the machine, in seconds and counts.

    Attributes:
        workers: processes that are kept ready.
        quick: a call that runs longer than this is set aside: its worker gets low priority, and a
            fresh worker takes its place.
        slow: how many calls may be set aside at a time; one more, and the oldest is ended.
        patience: how long a call waits for a worker.
        waiting: how many calls may wait.
    """

    workers: int = 4
    quick: float = 0.5
    slow: int = 8
    patience: float = 5.0
    waiting: int = 256


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to serve.

    Attributes:
        url: where the service is reached, with a slash at its end.
        ontology: the folder of the ontology; None for that of the package.
        data: N-Quads that the SPARQL endpoint serves in place of the knowledge, for tests of the
            endpoint itself.
        store: a SPARQL endpoint that queries are asked of; None for the knowledge here.
        store_graphs: the graphs that make the default graph there.
        limits: what a call may cost.
        pacing: how calls share the machine.
    """

    url: str = "http://localhost:8000/"
    ontology: Path | None = None
    data: Path | None = None
    store: str | None = None
    store_graphs: tuple[str, ...] = ()
    limits: Limits = DEFAULT_LIMITS
    pacing: Pacing = field(default_factory=Pacing)
