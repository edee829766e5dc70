"""What is published: one version of the knowledge, as a dataset of named graphs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from poem_kg.errors import KnowledgeError
from poem_kg.export.dataset import beside
from poem_kg.knowledge_base import KnowledgeBase


@dataclass(frozen=True, eq=False)
class Published:
    """One version of the knowledge and the store that answers for it.

    The default graph holds the ontology, what was prepared from it and the alignments, so every
    question of `queries/ask` that is not about a patient runs on it. The named graphs are the
    modules of the ontology, the alignments and the shapes, each under the IRI of its
    `owl:Ontology`, `dataset/prepared`, and the query catalogue as `dataset/queries`. A query file
    of one's own is asked of the same by the command line (`KnowledgeBase.graph_for`).

    Attributes:
        kb: the knowledge base.
        store: the dataset.
        graphs: the IRIs of the named graphs, sorted.
        alignments: the triples of the alignments.
        shapes: the triples of the shapes.
        queries: the triples of the query catalogue.
    """

    kb: KnowledgeBase
    store: ox.Store = field(repr=False)
    graphs: tuple[str, ...]
    alignments: tuple[ox.Triple, ...] = field(default=(), repr=False)
    shapes: tuple[ox.Triple, ...] = field(default=(), repr=False)
    queries: tuple[ox.Triple, ...] = field(default=(), repr=False)

    @property
    def version(self) -> str:
        """The version of the ontology."""
        return self.kb.knowledge.version

    @property
    def digest(self) -> str:
        """The digest of the ontology's files, after "sha256:"."""
        return self.kb.knowledge.digest

    def count(self, graph: str | None) -> int:
        """Return the number of triples of a named graph, or of the default graph for None."""
        name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
        return sum(1 for _ in self.store.quads_for_pattern(None, None, None, name))


def publish(kb: KnowledgeBase) -> Published:
    """Return the knowledge as a dataset.

    Raises:
        KnowledgeError: an alignment or a shape cannot be read, or a module has no header.
    """
    held = beside(kb.knowledge)
    store = kb.knowledge.store()
    store.bulk_extend(held.quads)
    return Published(
        kb=kb,
        store=store,
        graphs=_named_graphs(store),
        alignments=held.alignments,
        shapes=held.shapes,
        queries=held.queries,
    )


def publish_data(kb: KnowledgeBase, path: Path) -> Published:
    """Return a dataset of N-Quads for the SPARQL endpoint, in place of the knowledge.

    Args:
        kb: answers what is not SPARQL.
        path: the file.

    Raises:
        KnowledgeError: the file cannot be read.
    """
    store = ox.Store()
    try:
        store.bulk_load(path=path, format=ox.RdfFormat.N_QUADS)
    except (OSError, SyntaxError) as error:
        raise KnowledgeError(f"{path}: {error}; give N-Quads") from None
    return Published(kb=kb, store=store, graphs=_named_graphs(store))


def _named_graphs(store: ox.Store) -> tuple[str, ...]:
    return tuple(sorted(g.value for g in store.named_graphs() if isinstance(g, ox.NamedNode)))
