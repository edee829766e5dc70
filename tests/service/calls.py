"""Calls on the service without a listener, on the knowledge of the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.service.model import Answer, Call
from poem_kg.service.service import Service
from tests.service.documents import published

EXAMPLES = Path(__file__).parents[2] / "examples"


__all__ = ["example", "patient", "published", "service", "sparql"]


@cache
def service(limits: Limits = DEFAULT_LIMITS) -> Service:
    """A service of that cost, warm after its first call as a worker's is."""
    return Service(published(), url="https://kg.example/", limits=limits)


def sparql(
    query: str, *, accept: str = "", limits: Limits = DEFAULT_LIMITS, **graphs: list[str]
) -> Answer:
    """The answer to a query; `default` and `named` name graphs."""
    parameters = [("query", query)]
    for key in ("default", "named"):
        parameters += [(f"{key}-graph-uri", graph) for graph in graphs.get(key, ())]
    call = Call(kind="sparql", accept=accept, parameters=tuple(parameters))
    return service(limits).answer(call)


def patient(operation: str, body: bytes, *, accept: str = "", **parameters: str) -> Answer:
    """The answer to a call of the patient API with Turtle in its body."""
    call = Call(
        kind="patient",
        path=operation,
        method="POST",
        accept=accept,
        parameters=tuple((key.replace("_", "-"), value) for key, value in parameters.items()),
        body=body,
        media_type="text/turtle",
    )
    return service().answer(call)


def example(name: str) -> bytes:
    """The bytes of an example patient."""
    return (EXAMPLES / f"{name}.ttl").read_bytes()
