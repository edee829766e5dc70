"""What every advice tells of the run behind it, written quickly for one patient after another.

`provenance.run_triples` says what there is to tell; here its answer for a model run is kept as
text, and each patient's run differs from it in a few words only.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from poem_kg.knowledge import Knowledge
from poem_kg.model import Provenance, QueryReference
from poem_kg.namespaces import POEMKG, PROV
from poem_kg.provenance import queries_digest, run_iri, run_iri_of, run_triples
from poem_kg.reading import PlainBlock

_DERIVED_BY: Final = ox.NamedNode(POEMKG + "derivedBy")
_GENERATED: Final = f"<{PROV}wasGeneratedBy>".encode()
_MODEL_PATIENT: Final = "urn:poem-kg:model-patient"
_MODEL_INPUT: Final = "i" * 64
_MODEL_GRAPH: Final = "g" * 64
_MODEL_DAY: Final = datetime.date.min.isoformat()
_NODE: Final = ox.NamedNode("urn:poem-kg:model-conclusion")


class Runs:
    """Writes the runs of one knowledge.

    Args:
        knowledge: what is derived from.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._model = Provenance(
            ontology_version=knowledge.version,
            ontology_digest=knowledge.digest,
            input_digest="sha256:" + _MODEL_INPUT,
            input_graph_digest="sha256:" + _MODEL_GRAPH,
            as_of=_MODEL_DAY,
            queries=tuple(
                QueryReference(name=q.name, iri=q.iri, digest=q.digest)
                for q in (*knowledge.prepare, *knowledge.derive)
            ),
        )
        self._knowledge = (knowledge.digest, queries_digest(self._model))
        self._run = run_iri(self._model).encode()
        self._always = self._lines([])
        self._of_query: dict[bytes, tuple[bytes, ...]] = {}

    def text(
        self,
        patient: str,
        source: PlainBlock,
        *,
        as_of: str | None,
        nodes: Iterable[bytes],
        queries: Iterable[bytes],
        graph: bytes,
    ) -> bytes:
        """Return the run of one patient as N-Quads.

        Args:
            patient: the IRI of the patient.
            source: what was read.
            as_of: the day for which the advice holds, or None.
            nodes: the conclusions, in angle brackets.
            queries: the queries that they name, in angle brackets.
            graph: what ends each line: a space, the graph, a point and a line feed.
        """
        told = list(self._always)
        for query in sorted(set(queries)):
            block = self._of_query.get(query)
            if block is None:
                block = self._of_query[query] = self._block(query)
            told += block
        if as_of is None:
            told = [line for line in told if _MODEL_DAY.encode() not in line]
        digests = (source.digest, source.graph_digest)
        run = run_iri_of(self._knowledge, digests, as_of).encode()
        text = b"".join(dict.fromkeys(told))
        for model, own in (
            (self._run, run),
            (_MODEL_INPUT.encode(), source.digest.removeprefix("sha256:").encode()),
            (_MODEL_GRAPH.encode(), source.graph_digest.removeprefix("sha256:").encode()),
            (_MODEL_DAY.encode(), (as_of or "").encode()),
            (_MODEL_PATIENT.encode(), patient.encode()),
            (b" .\n", graph),
        ):
            text = text.replace(model, own)
        generated = b" %s <%s>%s" % (_GENERATED, run, graph)
        return b"".join((text, *(node + generated for node in nodes)))

    def _block(self, query: bytes) -> tuple[bytes, ...]:
        """What is told of a run besides, if a conclusion names a query."""
        named = ox.Triple(_NODE, _DERIVED_BY, ox.NamedNode(query[1:-1].decode()))
        always = set(self._always)
        return tuple(
            line
            for line in self._lines([named])
            if line not in always and not line.startswith(str(_NODE).encode())
        )

    def _lines(self, conclusions: list[ox.Triple]) -> tuple[bytes, ...]:
        triples = run_triples(self._model, conclusions, patient=_MODEL_PATIENT)
        written = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
        return tuple(written.splitlines(keepends=True))
