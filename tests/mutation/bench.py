"""The patients and the recorded derivations on which mutants are tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pyoxigraph as ox

from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, RDF
from tests.mutation.replay import Change, Recording

Triples = Sequence[ox.Triple]

_TYPE = ox.NamedNode(RDF + "type")
_INTERNAL = ox.NamedNode(POEMKG + "internal")
FIRST, LATER = 8, 40
"""How many patients are tried first, when most mutants go, and how many at a time later."""


@dataclass(frozen=True)
class Caught:
    """Why a mutant is caught: who notices it, and by what."""

    by: str
    what: str


def preparing(knowledge: Knowledge) -> Recording:
    """Return the recorded preparation of the ontology."""
    return Recording(knowledge.ontology, knowledge.prepare, lambda triple: False)


def deriving(knowledge: Knowledge, patients: Mapping[str, Triples]) -> Iterator[Recording]:
    """Yield recorded derivations for the patients, some at a time; together they are all."""
    told = conclusions(knowledge)
    names = list(patients)
    cuts = [0, *range(FIRST, len(names), LATER), len(names)]
    for start, end in zip(cuts, cuts[1:], strict=False):
        some = chain.from_iterable(patients[name] for name in names[start:end])
        base = (*knowledge.ontology, *knowledge.prepared, *some)
        yield Recording(base, knowledge.derive, told)


def conclusions(knowledge: Knowledge) -> Callable[[ox.Triple], bool]:
    """Return what tells a conclusion from a working triple, as `derive` does."""
    internal = {t.subject for t in knowledge.ontology if t.predicate == _INTERNAL}

    def told(triple: ox.Triple) -> bool:
        return (triple.object if triple.predicate == _TYPE else triple.predicate) not in internal

    return told


def prepared_change(recorded: Recording, change: Change, *, after: int = -1) -> Change:
    """Return how ontology and prepared knowledge differ after a change of one of them."""
    return recorded.follow(change, after=after).net
