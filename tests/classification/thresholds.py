"""The thresholds of every edition, as the ontology has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import CRITERION, POEMKG

BOUNDS = "metAbove metBelow metFrom metUpTo notMetAbove notMetBelow notMetFrom notMetUpTo".split()


@dataclass(frozen=True, order=True)
class Threshold:
    """A number at which a criterion of a pattern turns.

    Attributes:
        criterion: its local name.
        edition: the edition that asks it.
        kind: "swallow", "share" or "limit".
        subject: the property of a swallow, the measure of a share, or of the value with a limit.
        position: where it is counted or measured; empty for a swallow.
        bound: the number; 0 above or below for a limit.
    """

    criterion: str
    edition: str
    kind: str
    subject: str
    position: str
    bound: Decimal


def thresholds(known: Knowledge) -> set[Threshold]:
    """Return every threshold that a study pattern depends on."""
    return set(_Thresholds(known).all())


class _Thresholds:
    def __init__(self, known: Knowledge) -> None:
        self._store = known.store()

    def all(self) -> Iterator[Threshold]:
        for pattern in self._subjects("indicates"):
            (edition,) = self._objects(pattern, "edition")
            waiting = self._objects(pattern, "when") | self._objects(pattern, "unless")
            while waiting:
                criterion = waiting.pop()
                waiting |= self._objects(criterion, "part")
                waiting |= self._objects(criterion, "countsSwallows")
                yield from self._of(criterion, edition.removeprefix(POEMKG))

    def _of(self, criterion: str, edition: str) -> Iterator[Threshold]:
        name = criterion.removeprefix(CRITERION)
        where = "".join(self._objects(criterion, "inPosition")).removeprefix(POEMKG)
        bounds = {Decimal(value) for prop in BOUNDS for value in self._objects(criterion, prop)}
        for measure in self._objects(criterion, "onSwallowMeasure"):
            (subject,) = self._objects(measure, "heldBySwallow")
            for bound in bounds:
                yield Threshold(name, edition, "swallow", subject.removeprefix(POEMKG), "", bound)
        for measure in self._objects(criterion, "onShare"):
            subject = measure.removeprefix(POEMKG)
            for bound in bounds:
                yield Threshold(name, edition, "share", subject, where, bound)
        for measure in self._objects(criterion, "comparesMeasure"):
            yield Threshold(name, edition, "limit", measure.removeprefix(POEMKG), where, Decimal(0))

    def _subjects(self, prop: str) -> set[str]:
        found = self._store.quads_for_pattern(None, ox.NamedNode(POEMKG + prop), None)
        return {str(quad.subject).strip("<>") for quad in found}

    def _objects(self, node: str, prop: str) -> set[str]:
        found = self._store.quads_for_pattern(ox.NamedNode(node), ox.NamedNode(POEMKG + prop), None)
        return {
            quad.object.value
            for quad in found
            if isinstance(quad.object, ox.NamedNode | ox.Literal)
        }
