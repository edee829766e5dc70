"""Mutants of queries, tried on the corpus until a conclusion differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from poem_kg.knowledge import Knowledge
from tests.mutation.bench import (
    Caught,
    Triples,
    by_conclusion,
    by_truth,
    combinations,
    deriving,
    preparing,
    richest_first,
)
from tests.mutation.kinds import Siblings
from tests.mutation.knowledge import Judge
from tests.mutation.queries import Partners, QueryMutant, never_mutants, query_mutants
from tests.mutation.replay import Change, Recording

TABLES_TRIED = ("parts", "tests with results", "a value", "two values")
"""The truth tables that have criteria of their own."""
COMBINATIONS = 60


def all_query_mutants(
    knowledge: Knowledge, wanted: Iterable[str] = ()
) -> tuple[list[QueryMutant], dict[str, list[str]]]:
    """Return the mutants of the prepare and derive queries, and the triple patterns by query.

    Args:
        knowledge: whose queries are changed.
        wanted: beginnings of the names of the queries; by default all.
    """
    queries = (*knowledge.prepare, *knowledge.derive)
    siblings, partners = Siblings(knowledge), Partners(query.text for query in queries)
    mutants: list[QueryMutant] = []
    patterns: dict[str, list[str]] = {}
    for query in queries:
        if not wanted or query.name.startswith(tuple(wanted)):
            found, patterns[query.name] = query_mutants(
                query.name, query.text, siblings.of, partners.of
            )
            mutants += found
    return mutants, patterns


def unkilled(
    mutants: Iterable[QueryMutant], patterns: Mapping[str, Sequence[str]], caught: Iterable[str]
) -> dict[str, list[str]]:
    """Return the triple patterns, by query, of which no mutant is caught."""
    names = frozenset(caught)
    killed = {(m.query, m.pattern) for m in mutants if m.name in names}
    left = {q: [p for p in some if (q, p) not in killed] for q, some in patterns.items()}
    return {query: some for query, some in left.items() if some}


def never(knowledge: Knowledge, left: Mapping[str, Sequence[str]]) -> list[QueryMutant]:
    """Return the mutants that never match, of the patterns that are left."""
    queries = (*knowledge.prepare, *knowledge.derive)
    wanted = [query for query in queries if query.name in left]
    return [m for q in wanted for m in never_mutants(q.name, q.text, left[q.name])]


def try_queries(
    knowledge: Knowledge, patients: Mapping[str, Triples], mutants: Sequence[QueryMutant]
) -> dict[str, Caught]:
    """Return who notices each mutant that is noticed, by the name of the mutant."""
    prepared = _prepared_changes(knowledge, mutants)
    caught: dict[str, Caught] = {}
    patients = richest_first(knowledge, patients)
    for recorded in deriving(knowledge, patients):
        left = [m for m in mutants if m.name not in caught]
        for name, change in prepared.items():
            if name not in caught and (told := recorded.follow(change).told):
                caught[name] = by_conclusion(told)
        for mutant, told in _told(recorded, left):
            caught[mutant.name] = by_conclusion(told)
    judge = Judge(knowledge)
    for name, change in prepared.items():
        if name not in caught and (found := judge.by_answers(change)):
            caught[name] = found
    for table in TABLES_TRIED:
        left = [m for m in mutants if m.name not in caught]
        for mutant, told in _told(combinations(table, COMBINATIONS), left):
            caught[mutant.name] = by_truth(told)
    return caught


def _told(
    recorded: Recording, mutants: Iterable[QueryMutant]
) -> Iterator[tuple[QueryMutant, ox.Triple]]:
    """Yield each mutant of a recorded step that is noticed, with a conclusion that differs."""
    for number, of_step in _by_step(recorded, mutants):
        for mutant in of_step:
            change, told = recorded.changed_output(number, mutant.text)
            if change and not told:
                told = recorded.follow(change, after=number).told
            if told:
                yield mutant, told


def _prepared_changes(knowledge: Knowledge, mutants: Sequence[QueryMutant]) -> dict[str, Change]:
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
