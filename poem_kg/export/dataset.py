"""The knowledge as one dataset of named graphs, as the service and files of one's own ask it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import Knowledge, as_quads, load_alignments, parse_module
from poem_kg.namespaces import DATASET, OWL, RDF
from poem_kg.query_data import catalogue_triples
from poem_kg.resources import data_dir

PREPARED: Final = DATASET + "prepared"
"""The named graph of what the prepare queries add."""
QUERIES: Final = DATASET + "queries"
"""The named graph of the query catalogue."""
_TYPE: Final = ox.NamedNode(RDF + "type")
_ONTOLOGY: Final = ox.NamedNode(OWL + "Ontology")


@dataclass(frozen=True, eq=False)
class Beside:
    """What the dataset holds beside `Knowledge.store`.

    That store is the ontology and what was prepared from it, in the default graph. To it come the
    alignments, and as named graphs the modules of the ontology, the alignments and the shapes, each
    under the IRI of its `owl:Ontology`, `dataset/prepared`, and the query catalogue as
    `dataset/queries`.

    Attributes:
        quads: all of it.
        alignments: the triples of the alignments.
        shapes: the triples of the shapes.
        queries: the triples of the query catalogue.
    """

    quads: tuple[ox.Quad, ...] = field(repr=False)
    alignments: tuple[ox.Triple, ...] = field(repr=False)
    shapes: tuple[ox.Triple, ...] = field(repr=False)
    queries: tuple[ox.Triple, ...] = field(repr=False)


def beside(knowledge: Knowledge) -> Beside:
    """Return what makes the store of some knowledge the whole dataset.

    Raises:
        KnowledgeError: an alignment or a shape cannot be read, or a module has no header.
    """
    alignments = load_alignments()
    queries = catalogue_triples()
    quads = [
        *as_quads(alignments),
        *_in_graph(PREPARED, knowledge.prepared),
        *_in_graph(QUERIES, queries),
    ]
    shapes: list[ox.Triple] = []
    shape_files = sorted(data_dir("shapes").glob("*.ttl"))
    alignment_files = sorted((data_dir("ontology") / "alignments").glob("*.ttl"))
    for path in (*knowledge.files, *alignment_files, *shape_files):
        triples = parse_module(path)
        quads.extend(_in_graph(_header(path, triples), triples))
        if path in shape_files:
            shapes.extend(triples)
    return Beside(
        quads=tuple(quads),
        alignments=alignments,
        shapes=tuple(dict.fromkeys(shapes)),
        queries=queries,
    )


def _header(path: Path, triples: Iterable[ox.Triple]) -> str:
    for triple in triples:
        if triple.predicate == _TYPE and triple.object == _ONTOLOGY:
            assert isinstance(triple.subject, ox.NamedNode)
            return triple.subject.value
    raise KnowledgeError(f"{path}: has no owl:Ontology; write its header")


def _in_graph(graph: str, triples: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    name = ox.NamedNode(graph)
    for triple in triples:
        yield ox.Quad(triple.subject, triple.predicate, triple.object, name)
