"""Mutants of queries, tried on the corpus until a conclusion differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from poem_kg.knowledge import Knowledge
from tests.mutation.bench import Caught, Triples, deriving, preparing
from tests.mutation.kinds import Siblings
from tests.mutation.queries import QueryMutant, query_mutants
from tests.mutation.replay import Change, Recording


def all_query_mutants(
    knowledge: Knowledge, wanted: Iterable[str] = ()
) -> tuple[list[QueryMutant], dict[str, list[str]]]:
    """Return the mutants of the prepare and derive queries, and the triple patterns by query.

    Args:
        knowledge: whose queries are changed.
        wanted: beginnings of the names of the queries; by default all.
    """
    siblings, mutants, patterns = Siblings(knowledge), [], {}
    for query in (*knowledge.prepare, *knowledge.derive):
        if not wanted or query.name.startswith(tuple(wanted)):
            found, patterns[query.name] = query_mutants(query.name, query.text, siblings.of)
            mutants += found
    return mutants, patterns


def try_queries(
    knowledge: Knowledge, patients: Mapping[str, Triples], mutants: Sequence[QueryMutant]
) -> dict[str, Caught]:
    """Return who notices each mutant that is noticed, by the name of the mutant."""
    prepared = _prepared_changes(knowledge, mutants)
    caught: dict[str, Caught] = {}
    for recorded in deriving(knowledge, patients):
        left = [m for m in mutants if m.name not in caught]
        for name, change in prepared.items():
            if name not in caught and (told := recorded.follow(change).told):
                caught[name] = _by(told)
        for number, of_step in _by_step(recorded, left):
            for mutant in of_step:
                change, told = recorded.changed_output(number, mutant.text)
                if change and not told:
                    told = recorded.follow(change, after=number).told
                if told:
                    caught[mutant.name] = _by(told)
    return caught


def _prepared_changes(
    knowledge: Knowledge, mutants: Sequence[QueryMutant]
) -> dict[str, Change]:
    """Return what each mutant of a prepare query changes in the prepared knowledge."""
    recorded = preparing(knowledge)
    changes = {}
    for number, of_step in _by_step(recorded, mutants):
        for mutant in of_step:
            change, _ = recorded.changed_output(number, mutant.text)
            net = recorded.follow(change, after=number).net if change else change
            if net:
                changes[mutant.name] = net
    return changes


def _by_step(
    recorded: Recording, mutants: Iterable[QueryMutant]
) -> Iterable[tuple[int, list[QueryMutant]]]:
    by_query: dict[str, list[QueryMutant]] = defaultdict(list)
    for mutant in mutants:
        by_query[mutant.query].append(mutant)
    return [(n, by_query[s.name]) for n, s in enumerate(recorded.steps) if s.name in by_query]


def _by(told: ox.Triple) -> Caught:
    return Caught(by="advice", what=str(told))
