"""The knowledge with other review states, without a copy of the ontology on disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pyoxigraph as ox

from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG
from tests.derivation.view import knowledge

REVIEW = ox.NamedNode(POEMKG + "review")
APPROVED = ox.NamedNode(POEMKG + "approved")


@cache
def statements() -> tuple[str, ...]:
    """Every statement that has a review state, sorted."""
    found = {_iri(t) for t in knowledge().ontology if t.predicate == REVIEW}
    return tuple(sorted(found))


def approving(approved: Iterable[str]) -> Knowledge:
    """The knowledge of approved statements alone, where those of some IRIs are approved."""
    chosen = set(approved)
    triples = (
        ox.Triple(t.subject, REVIEW, APPROVED) if t.predicate == REVIEW and _iri(t) in chosen else t
        for t in knowledge().ontology
    )
    return replace(knowledge(), ontology=tuple(triples)).only_approved()


def _iri(triple: ox.Triple) -> str:
    return str(triple.subject).strip("<>")
