"""Our own service over the data of a suite, in a process of its own, at a free port of loopback.

`python -m tests.conformance.serving FILE` serves N-Quads until its parent ends it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.processes import die_with
from poem_kg.server.app import Access
from poem_kg.server.command import listening_socket, serve
from poem_kg.server.plan import Pacing, Plan
from tests.conformance.endpoint import Endpoint
from tests.conformance.suites import MF
from tests.server.running import Running

FORMATS: Final = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
}


@contextmanager
def serving(graphs: Mapping[str, Path], folder: Path, empty: Iterable[str]) -> Iterator[Endpoint]:
    """Serve files as named graphs; give the endpoint.

    Args:
        graphs: IRI of the graph to its file.
        folder: where the dataset is written.
        empty: graphs that hold one triple which is of no matter, since N-Quads have no graph
            without any.
    """
    quads = [quad for iri, path in sorted(graphs.items()) for quad in _quads(iri, path)]
    filler = ox.NamedNode(MF + "Manifest")
    quads += [ox.Quad(filler, filler, filler, ox.NamedNode(iri)) for iri in empty]
    data = folder / "dataset.nq"
    ox.serialize(quads, str(data), format=ox.RdfFormat.N_QUADS)
    with Running(str(data), program=("-m", __name__)) as running:
        endpoint = Endpoint(f"{running.url}sparql")
        try:
            yield endpoint
        finally:
            endpoint.close()


def _quads(iri: str, path: Path) -> Iterator[ox.Quad]:
    """The triples of a file in a graph; blank nodes of two files never share a label."""
    graph = ox.NamedNode(iri)
    for quad in ox.parse(
        path.read_bytes(), format=FORMATS[path.suffix], base_iri=iri, rename_blank_nodes=True
    ):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def main() -> None:
    """Serve the file that the command line names."""
    die_with(os.getppid())
    listening = listening_socket("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    plan = Plan(url=url, data=Path(sys.argv[1]), pacing=Pacing(workers=1))
    serve(plan, Access(), listening)


if __name__ == "__main__":
    main()
