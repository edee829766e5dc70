"""Try mutants of criteria, statements, shapes and queries; `make mutants` runs all groups.

Ends with 1 where a group is below 90 %, a survivor is not listed with a reason, a listed one is
caught, or a triple pattern of a derive query has no mutant that is caught and no reason.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Mapping

from tests.cases.corpus.reading import samples
from tests.derivation.view import knowledge
from tests.mutation.bench import Caught, Triples
from tests.mutation.knowledge import SAMPLE, triple_mutants, try_triples
from tests.mutation.report import (
    AT_LEAST,
    EQUIVALENT,
    GROUPS,
    PAGE,
    PATTERNS,
    Figure,
    page,
    read_figures,
    read_survivors,
    write_figures,
)
from tests.mutation.shapes import shape_mutants, try_shapes
from tests.mutation.trying import all_query_mutants, never, try_queries, unkilled

EVERY = os.environ.get("POEM_KG_MUTANTS") == "all"
"""Whether every mutant is tried in place of a sample."""


def main() -> int:
    """Run the groups that are asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("groups", nargs="*", default=GROUPS, help="of " + ", ".join(GROUPS))
    wanted = parser.parse_args().groups
    figures: list[Figure] = []
    survived: dict[str, list[str]] = {}
    for group in wanted:
        begun = time.monotonic()
        found, survived[group] = _queries() if group == "queries" else _others(group)
        figures += found
        for figure in found:
            print(f"{figure.group}: {figure.caught} of {figure.tried}, {100 * figure.share:.1f} %")
        print(f"  {time.monotonic() - begun:.0f} s", flush=True)
    write_figures(figures)
    PAGE.write_text(page(read_figures(), read_survivors()), encoding="utf-8")
    return _judged(figures, survived)


def _judged(figures: Iterable[Figure], survived: Mapping[str, list[str]]) -> int:
    """Say what is wrong, one line each; return the exit code."""
    wrong = [f"{f.group}: below {AT_LEAST:.0%}" for f in figures if f.share < AT_LEAST]
    listed = read_survivors()
    for group, names in survived.items():
        known = {name for g, name in listed if g == group}
        wrong += [f"not listed with a reason: {group}\t{n}" for n in names if n not in known]
        if group == "queries" or EVERY:
            wrong += [f"listed but caught: {group}\t{n}" for n in sorted(known - set(names))]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def _patients() -> dict[str, Triples]:
    """Return the corpus, the richest patients first, on whom most mutants are caught."""
    ordered = sorted(samples(), key=lambda sample: (-len(sample.triples), sample.name))
    return {sample.name: sample.triples for sample in ordered}


def _others(group: str) -> tuple[list[Figure], list[str]]:
    sample = None if EVERY else SAMPLE
    if group == "shapes":
        possible = len(shape_mutants(sample=None))
        shapes = shape_mutants(sample=sample)
        return _figure(group, possible, [m.name for m in shapes], try_shapes(shapes))
    every = [m for m in triple_mutants(knowledge(), sample=None) if m.group == group]
    mutants = [m for m in triple_mutants(knowledge(), sample=sample) if m.group == group]
    caught = try_triples(knowledge(), _patients(), mutants)
    return _figure(group, len(every), [m.name for m in mutants], caught)


def _figure(
    group: str, possible: int, names: list[str], caught: Mapping[str, Caught]
) -> tuple[list[Figure], list[str]]:
    survived = [name for name in names if name not in caught]
    listed = read_survivors()
    same = sum(listed.get((group, name), "").startswith(EQUIVALENT) for name in survived)
    return [Figure(group, possible, len(names), len(names) - len(survived), same)], survived


def _queries() -> tuple[list[Figure], list[str]]:
    mutants, patterns = all_query_mutants(knowledge())
    caught = try_queries(knowledge(), _patients(), mutants)
    (figure,), survived = _figure("queries", len(mutants), [m.name for m in mutants], caught)
    derived = {q: some for q, some in patterns.items() if q.startswith("derive/")}
    left = unkilled(mutants, derived, caught)
    reached = never(knowledge(), left)
    by_never = try_queries(knowledge(), _patients(), reached)
    left = unkilled([*mutants, *reached], derived, {**caught, **by_never})
    count = sum(map(len, derived.values()))
    killed = count - sum(map(len, left.values()))
    missing = [f"{query}: no mutant of {p}" for query, some in left.items() for p in some]
    return [figure, Figure(PATTERNS, count, count, killed)], [*survived, *missing]


if __name__ == "__main__":
    sys.exit(main())
