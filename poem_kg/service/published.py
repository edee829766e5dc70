"""What is published: one version of the knowledge, as a dataset of named graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from poem_kg.knowledge import as_quads, load_alignments, parse_module
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import BASE, OWL, RDF
from poem_kg.resources import data_dir

DATASET: Final = BASE + "dataset/"
PREPARED: Final = DATASET + "prepared"
"""The named graph of what the prepare queries add."""
_TYPE: Final = ox.NamedNode(RDF + "type")
_ONTOLOGY: Final = ox.NamedNode(OWL + "Ontology")


@dataclass(frozen=True, eq=False)
class Published:
    """One version of the knowledge and the store that answers for it.

    The default graph holds the ontology, what was prepared from it and the alignments, so every
    question of `queries/ask` that is not about a patient runs on it. The named graphs are the
    modules of the ontology, the alignments and the shapes, each under the IRI of its
    `owl:Ontology`, and `dataset/prepared`.

    Attributes:
        kb: the knowledge base.
        store: the dataset.
        graphs: the IRIs of the named graphs, sorted.
        alignments: the triples of the alignments.
        shapes: the triples of the shapes.
    """

    kb: KnowledgeBase
    store: ox.Store = field(repr=False)
    graphs: tuple[str, ...]
    alignments: tuple[ox.Triple, ...] = field(repr=False)
    shapes: tuple[ox.Triple, ...] = field(repr=False)

    @property
    def version(self) -> str:
        """The version of the ontology."""
        return self.kb.knowledge.version

    @property
    def digest(self) -> str:
        """The digest of the ontology's files, after "sha256:"."""
        return self.kb.knowledge.digest


def publish(kb: KnowledgeBase) -> Published:
    """Return the knowledge as a dataset.

    Raises:
        KnowledgeError: an alignment or a shape cannot be read, or a module has no header.
    """
    knowledge = kb.knowledge
    alignments = load_alignments()
    store = ox.Store()
    store.bulk_extend(as_quads((*knowledge.ontology, *knowledge.prepared, *alignments)))
    store.bulk_extend(_in_graph(PREPARED, knowledge.prepared))
    shapes: list[ox.Triple] = []
    shape_files = sorted(data_dir("shapes").glob("*.ttl"))
    alignment_files = sorted((data_dir("ontology") / "alignments").glob("*.ttl"))
    for path in (*knowledge.files, *alignment_files, *shape_files):
        triples = parse_module(path)
        header = next(t.subject for t in triples if t.predicate == _TYPE and t.object == _ONTOLOGY)
        assert isinstance(header, ox.NamedNode)
        store.bulk_extend(_in_graph(header.value, triples))
        if path in shape_files:
            shapes.extend(triples)
    graphs = sorted(g.value for g in store.named_graphs() if isinstance(g, ox.NamedNode))
    return Published(
        kb=kb,
        store=store,
        graphs=tuple(graphs),
        alignments=alignments,
        shapes=tuple(dict.fromkeys(shapes)),
    )


def _in_graph(graph: str, triples: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    name = ox.NamedNode(graph)
    for triple in triples:
        yield ox.Quad(triple.subject, triple.predicate, triple.object, name)
