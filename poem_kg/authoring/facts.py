"""Facts that should meet a criterion, or make it not met, read from the criterion itself.

Whether they do is for the derivation to say: nothing here decides what a fact means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import product

from poem_kg.namespaces import POEMKG, RDF
from poem_kg.whatif.answers import ABSENT, Answers
from poem_kg.whatif.dependencies import Dependencies
from poem_kg.whatif.recording import Fact

Facts = tuple[Fact, ...]


class Ways:
    """Ways to meet the criteria of a knowledge, and ways not to.

    Args:
        dependencies: the knowledge, indexed.
        answers: what can be recorded of each class.
    """

    def __init__(self, dependencies: Dependencies, answers: Answers) -> None:
        self._index = dependencies.index
        self._answers = answers

    def meeting(self, criterion: str) -> list[Facts]:
        """Return sets of facts, each of which should meet a criterion."""
        parts = self._all(criterion, "part")
        kinds = self._types(criterion)
        if "NotCriterion" in kinds:
            return [facts for part in parts for facts in self.failing(part)]
        if "AllOfCriterion" in kinds:
            return [joined(ways) for ways in product(*map(self.meeting, parts))]
        if parts:
            return [facts for part in parts for facts in self.meeting(part)]
        return self._recorded(criterion, met=True)

    def failing(self, criterion: str) -> list[Facts]:
        """Return sets of facts, each of which should make a criterion not met."""
        parts = self._all(criterion, "part")
        kinds = self._types(criterion)
        if "NotCriterion" in kinds:
            return [facts for part in parts for facts in self.meeting(part)]
        if "AllOfCriterion" in kinds:
            return [facts for part in parts for facts in self.failing(part)]
        if parts:
            return [joined(ways) for ways in product(*map(self.failing, parts))]
        return self._recorded(criterion, met=False)

    def _recorded(self, criterion: str, *, met: bool) -> list[Facts]:
        """The same for a criterion without parts."""
        found: list[Facts] = []
        for concept in self._all(criterion, "onClass"):
            results = self._all(criterion, "requiresResult")
            fitting = [a for a in self._answers.of(concept) if (a.result in results) == met]
            if results:
                answered = [a for a in fitting if a.result]
                found += [(Fact(concept, a.status, a.result),) for a in answered]
            elif met:
                found.append((Fact(concept),))
            if not met:
                found.append((Fact(concept, ABSENT),))
        for concept in self._all(criterion, "onMeasure"):
            whole = "true" in self._all(concept, "integerValued")
            found += [(Fact(concept, value=v),) for v in self._figures(criterion, met, whole)]
        for test in self._all(criterion, "test"):
            name = "rulingOutResult" if met else "positiveResult"
            found += [(Fact(test, result=r),) for r in self._all(criterion, name)]
        return found

    def _figures(self, criterion: str, met: bool, whole: bool) -> list[str]:
        """Figures on the wanted side of the bounds of a criterion, whole where all are."""
        moves = {
            True: {"metFrom": 0, "metUpTo": 0, "metAbove": 1, "metBelow": -1},
            False: {"notMetBelow": -1, "notMetAbove": 1, "notMetFrom": 0, "notMetUpTo": 0},
        }[met]
        found = [
            (name, Decimal(bound) + move)
            for name, move in moves.items()
            for bound in self._all(criterion, name)
        ]
        if whole:
            # Away from the bound, so that a bound between two whole numbers is kept.
            ups = ("From", "Above")
            found = [
                (name, v.to_integral_value(ROUND_CEILING if name.endswith(ups) else ROUND_FLOOR))
                for name, v in found
            ]
        return [format(figure, "f") for _, figure in found]

    def _all(self, subject: str, name: str) -> tuple[str, ...]:
        return self._index.all(subject, POEMKG + name)

    def _types(self, subject: str) -> set[str]:
        return {t.removeprefix(POEMKG) for t in self._index.all(subject, RDF + "type")}


def joined(parts: Iterable[Facts]) -> Facts:
    """Return several sets of facts as one, each fact once."""
    return tuple(dict.fromkeys(fact for facts in parts for fact in facts))


def flat(ways: Iterable[Facts]) -> Iterator[Fact]:
    """Yield every fact of several sets."""
    for facts in ways:
        yield from facts
