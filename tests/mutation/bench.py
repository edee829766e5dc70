"""The patients and the recorded derivations on which mutants are tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import pyoxigraph as ox

from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import CRITERION, POEMKG, RDF
from tests.cases.truth import tables
from tests.derivation.patients import Patient
from tests.derivation.truth_knowledge import made_up
from tests.derivation.truth_runs import RUNS
from tests.mutation.replay import Recording

Triples = Sequence[ox.Triple]

_TYPE = ox.NamedNode(RDF + "type")
_INTERNAL = ox.NamedNode(POEMKG + "internal")
FIRST, LATER = 12, 48
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
    for start, end in pairwise(cuts):
        some = chain.from_iterable(patients[name] for name in names[start:end])
        base = (*knowledge.ontology, *knowledge.prepared, *some)
        yield Recording(base, knowledge.derive, told)


def conclusions(knowledge: Knowledge) -> Callable[[ox.Triple], bool]:
    """Return what tells a conclusion from a working triple, as `derive` does."""
    internal = {t.subject for t in knowledge.ontology if t.predicate == _INTERNAL}

    def told(triple: ox.Triple) -> bool:
        return (triple.object if triple.predicate == _TYPE else triple.predicate) not in internal

    return told


def richest_first(knowledge: Knowledge, patients: Mapping[str, Triples]) -> dict[str, Triples]:
    """Return the patients in another order: each next one brings most steps that are new.

    So the few that are tried first catch most mutants, and it costs little to lose those.
    """
    brings = {name: _steps(knowledge, triples) for name, triples in patients.items()}
    ordered: list[str] = []
    seen: set[str] = set()
    while brings:
        best = max(sorted(brings), key=lambda name: len(brings[name] - seen))
        seen |= brings.pop(best)
        ordered.append(best)
    return {name: patients[name] for name in ordered}


def _steps(knowledge: Knowledge, triples: Triples) -> frozenset[str]:
    """Return the derive steps that find something for a patient."""
    store = knowledge.store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    found = set()
    for query in knowledge.derive:
        constructed = query.construct(store)
        store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in constructed)
        found |= {query.name} if constructed else set()
    return frozenset(found)


def combinations(table: str, count: int) -> Recording:
    """Return a recorded derivation for patients of truth tables, with their made-up criteria.

    What it tells is whether those criteria are met, as the tables list for every combination.

    Args:
        table: the name that the tables give their patients.
        count: how many of each table, spread over its lines.
    """
    triples: dict[ox.Triple, None] = {}
    for one in (each for each in tables() if each.patients == table):
        some = one.combinations[:: max(1, len(one.combinations) // count)]
        for number, combination in enumerate(some):
            row = dict(zip(one.inputs, combination, strict=True))
            name = f"{table} {one.name} {number}".replace(" ", "-")
            patient = Patient(name, known=made_up()).has("Dysphagia")
            triples.update(dict.fromkeys(RUNS[table].build(row, patient).triples()))
    known = made_up()
    return Recording((*known.ontology, *known.prepared, *triples), known.derive, _is_truth)


def _is_truth(triple: ox.Triple) -> bool:
    told = triple.predicate.value in (POEMKG + "meets", POEMKG + "fails")
    return told and str(triple.object).startswith(f"<{CRITERION}test-")


def by_truth(told: ox.Triple) -> Caught:
    """Return that a truth table notices a mutant."""
    return Caught(by="truth tables", what=str(told))


def by_conclusion(told: ox.Triple) -> Caught:
    """Return that the corpus notices a mutant by a conclusion about one of its patients."""
    return Caught(by="corpus", what=str(told))
