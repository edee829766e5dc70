"""The reference that `benchmarks.serving` measures against: rdflib-endpoint over a file.

`python -m benchmarks._endpoint DATA PORT PROCESSES` serves until it is stopped.
"""

from __future__ import annotations

import os
import sys
from typing import Any


def app() -> Any:
    """Return the application, as the documentation of rdflib-endpoint makes it."""
    from rdflib import Graph
    from rdflib_endpoint import SparqlEndpoint

    graph = Graph()
    graph.parse(os.environ["POEM_KG_BENCHMARK_DATA"], format="nt")
    return SparqlEndpoint(graph=graph, path="/sparql", cors_enabled=False)


if __name__ == "__main__":
    import uvicorn

    os.environ["POEM_KG_BENCHMARK_DATA"] = sys.argv[1]
    uvicorn.run(
        "benchmarks._endpoint:app",
        factory=True,
        host="127.0.0.1",
        port=int(sys.argv[2]),
        workers=int(sys.argv[3]),
        log_level="error",
        access_log=False,
    )
