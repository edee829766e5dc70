"""The place of a problem: the file and line in which somebody has to look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from poem_kg.checking.folder import Folder, Module
from poem_kg.checking.model import Problem


def placed(folder: Folder, problem: Problem, values: Sequence[str] = ()) -> Problem:
    """Return the problem with file and line, unless it has them.

    It is placed where the term says one of the values; else where one of the values says the term;
    else at the block of the term; else where the term is first mentioned.

    Args:
        folder: where to look.
        problem: what was found.
        values: IRIs and texts that tell more about it, the most telling first.
    """
    if problem.file is not None:
        return problem
    for module, line in _candidates(folder.modules, problem.term, values):
        return replace(problem, file=module.name, line=line)
    return problem


def _candidates(
    modules: Sequence[Module], term: str, values: Sequence[str]
) -> Iterable[tuple[Module, int]]:
    for value in values:
        for module in modules:
            places = module.places
            line = places.line(term, value) or places.line(term, None, value)
            if line:
                yield module, line
    for value in values:
        for module in modules:
            places = module.places
            line = places.line(value, term) or places.line(value, None, term)
            if line:
                yield module, line
    for module in sorted(modules, key=lambda m: m.aligns):
        line = module.places.line(term)
        if line:
            yield module, line
    for module in sorted(modules, key=lambda m: m.aligns):
        line = module.places.mention(term)
        if line:
            yield module, line
