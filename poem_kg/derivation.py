"""From a checked patient to conclusions: the derive queries, once each, in their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from poem_kg.index import Index
from poem_kg.knowledge import Knowledge, as_quads
from poem_kg.namespaces import POEMKG, RDF

_TYPE: Final = ox.NamedNode(RDF + "type")
_INTERNAL: Final = ox.NamedNode(POEMKG + "internal")


@dataclass(frozen=True)
class Derivation:
    """What was derived for the patients of one graph.

    Attributes:
        advice: the conclusions, without the working triples, in a fixed order.
        store: ontology, prepared knowledge, patients and everything derived.
    """

    advice: tuple[ox.Triple, ...]
    store: ox.Store = field(repr=False)

    @cached_property
    def index(self) -> Index:
        """The conclusions by subject and predicate, once for all patients of the graph."""
        return Index(self.advice)


def derive(
    knowledge: Knowledge, patient: Iterable[ox.Triple], *, before: str | None = None
) -> Derivation:
    """Return what follows for a checked patient graph without blank nodes.

    Each query runs once, on the default graph, and what it constructs is there for the next; there
    is no loop and no fixpoint, so a shell loop over the files gives the same triples.

    Args:
        knowledge: the ontology and what was prepared from it.
        patient: the triples of one or more patients, already validated.
        before: stop before the first step with this name or a later one; by default all steps run.

    Raises:
        KnowledgeError: a query is wrong.
    """
    store = knowledge.store()
    store.extend(as_quads(patient))
    derived: dict[ox.Triple, None] = {}
    for query in knowledge.derive:
        if before is not None and query.name >= before:
            break
        found = query.construct(store)
        derived.update(dict.fromkeys(found))
        store.extend(as_quads(found))
    internal = {t.subject for t in knowledge.ontology if t.predicate == _INTERNAL}
    advice = (t for t in derived if not _is_internal(t, internal))
    return Derivation(advice=tuple(sorted(advice, key=str)), store=store)


def _is_internal(triple: ox.Triple, internal: set[ox.NamedNode | ox.BlankNode | ox.Triple]) -> bool:
    if triple.predicate == _TYPE:
        return triple.object in internal
    return triple.predicate in internal
