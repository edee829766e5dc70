"""Counts for Prometheus: requests by route and status, time, workers; nothing of any request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from poem_kg.server.pool import Pool

_STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What the service counts."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry = CollectorRegistry()
        self._requests = Counter(
            "poem_kg_requests_total",
            "Requests by route and status.",
            ("route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "poem_kg_request_seconds",
            "Time from the head of a request to the end of its answer.",
            ("route",),
            buckets=_STEPS,
            registry=self._registry,
        )
        self._workers = Gauge(
            "poem_kg_workers", "Workers, and calls that wait.", ("state",), registry=self._registry
        )
        self._ended = Gauge(
            "poem_kg_workers_ended",
            "Workers that ended since this version is served, by reason.",
            ("reason",),
            registry=self._registry,
        )
        self._served = Gauge(
            "poem_kg_dataset_info",
            "What is served.",
            ("version", "digest"),
            registry=self._registry,
        )

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count a request.

        Args:
            route: the name of its route.
            status: the status of its answer.
            seconds: how long it took.
        """
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def exposition(self, pool: Pool) -> tuple[str, bytes]:
        """Return media type and text of all counts.

        Args:
            pool: the workers that answer now.
        """
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        for state, number in pool.workers.items():
            self._workers.labels(state).set(number)
        self._ended.clear()
        for reason, number in pool.ended.items():
            self._ended.labels(reason).set(number)
        self._served.clear()
        self._served.labels(pool.version, pool.digest).set(1)
        return CONTENT_TYPE_LATEST, generate_latest(self._registry)
