"""What a record of each concept can say that bears on a decision, read from the criteria.

A concept is one that a criterion names: a class that is present or absent, a test or therapy with
the results that criteria ask for (and one other), a measure with one value for each way in which
its bounds can be passed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Final

import pyoxigraph as ox

from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import OWL, POEMKG, RDF, RDFS, XSD
from poem_kg.whatif.dependencies import Dependencies

PRESENT: Final = "present"
ABSENT: Final = "absent"

_BOUNDS: Final = tuple(
    f"{way}{side}" for way in ("met", "notMet") for side in ("Above", "Below", "From", "UpTo")
)
_EVIDENCE: Final = ("evidenceFor", "evidenceAgainst")
_BEFORE_STATES: Final = "derive/130"
_TRIAL: Final = "urn:poem-kg:trial:"


@dataclass(frozen=True, order=True, kw_only=True)
class Answer:
    """What one record says: a status, perhaps a result class, or a value in the measure's unit."""

    status: str
    result: str = ""
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a record of a concept stands.

    Attributes:
        record_class: the class of such a record.
        reached_by: the property from the patient to whom the record is about; None: the patient.
        direct: the property of the patient that holds the value without a record, or None.
        doable: whether what such a record tells can be brought about.
    """

    record_class: str
    reached_by: str | None
    direct: str | None
    doable: bool


class Answers:
    """The concepts that decisions rest on, and what can be recorded about them.

    Args:
        knowledge: the ontology and what was prepared from it.
        dependencies: what decisions rest on.
    """

    def __init__(self, knowledge: Knowledge, dependencies: Dependencies) -> None:
        self._knowledge = knowledge
        self._dependencies = dependencies
        self._index = dependencies.index

    @cached_property
    def criteria(self) -> dict[str, frozenset[str]]:
        """Concept to the criteria that name it."""
        found: dict[str, set[str]] = defaultdict(set)
        for criterion in self._dependencies.criteria:
            for name in ("onClass", "onMeasure", "test"):
                for concept in self._all(criterion, name):
                    found[concept].add(criterion)
            for concept in self._all(criterion, "positiveResult"):
                if self._record_classes(concept):
                    found[concept].add(criterion)
        return {concept: frozenset(criteria) for concept, criteria in sorted(found.items())}

    def of(self, concept: str) -> tuple[Answer, ...]:
        """Return what a record of a concept can say, sorted."""
        if concept in self._values:
            return self._values[concept]
        found: set[Answer] = set()
        required: set[str] = set()
        for criterion in self.criteria.get(concept, ()):
            results = self._all(criterion, "requiresResult")
            required.update(results)
            if concept in self._all(criterion, "test"):
                for name in ("rulingOutResult", "positiveResult"):
                    found |= {Answer(status=PRESENT, result=r) for r in self._all(criterion, name)}
            elif results:
                found |= {Answer(status=self._status(r), result=r) for r in results}
            else:
                found.add(Answer(status=PRESENT))
        others = {self._other(r, required) for r in required if self._status(r) == PRESENT}
        found |= {Answer(status=PRESENT, result=r) for r in others if r}
        if any(answer.result and answer.status == PRESENT for answer in found):
            found.discard(Answer(status=PRESENT))
        if not self.criteria.get(concept) and self._all(concept, "meetsCriterion"):
            found |= {Answer(status=PRESENT), Answer(status=ABSENT)}
        elif self._refutes(concept):
            found.add(Answer(status=ABSENT))
        return tuple(sorted(found))

    def place(self, concept: str) -> Place | None:
        """Return where a record of a concept stands, or None where no record is for it."""
        classes = self._record_classes(concept)
        if not classes:
            return None
        record_class = classes[0]
        return Place(
            record_class=record_class,
            reached_by=self._index.one(record_class, POEMKG + "reachedBy"),
            direct=self._index.one(concept, POEMKG + "recordedBy"),
            doable=self._index.one(record_class, POEMKG + "canBeDone") == "true",
        )

    def ranges(self, prop: str) -> tuple[str, ...]:
        """Return the classes to which a property leads."""
        return self._index.all(prop, RDFS + "range")

    def literal(self, concept: str, value: str) -> ox.Literal:
        """Return a value of a measure as patient data write it."""
        whole = self._index.one(concept, POEMKG + "integerValued") == "true"
        return ox.Literal(value, datatype=ox.NamedNode(XSD + ("integer" if whole else "decimal")))

    def _record_classes(self, concept: str) -> list[str]:
        """The classes of record for a concept, the most fitting first."""
        only = self._all(concept, "recordedOnlyBy")
        kinds = self._dependencies.kinds(concept)
        fitting = [
            (-len(self._dependencies.kinds(kind)), bool(self._all(cls, "reachedBy")), cls)
            for kind in kinds
            for cls in self._index.having(POEMKG + "recordsKind", kind)
        ]
        return [cls for _, _, cls in sorted(fitting) if not only or cls in only]

    def _status(self, result: str) -> str:
        allowed = self._all(result, "allowsStatus")
        return ABSENT if allowed and POEMKG + PRESENT not in allowed else PRESENT

    def _other(self, result: str, required: set[str]) -> str | None:
        """A result that a required one excludes and that no criterion on the concept asks for."""
        disjoint = OWL + "disjointWith"
        beside = {*self._index.all(result, disjoint), *self._index.having(disjoint, result)}
        return min(
            (r for r in beside - required if self._status(r) == PRESENT),
            default=None,
        )

    def _refutes(self, concept: str) -> bool:
        refuted = {
            criterion
            for name in ("refutesCriterion", "refutesResultCriterion")
            for criterion in self._all(concept, name)
        }
        return not refuted.isdisjoint(self._dependencies.criteria)

    @cached_property
    def _values(self) -> dict[str, tuple[Answer, ...]]:
        """Measure to one value for each way in which it bears on criteria."""
        candidates = {
            concept: self._candidates(concept, criteria)
            for concept, criteria in self.criteria.items()
            if any(self._all(criterion, "onMeasure") for criterion in criteria)
        }
        trials = [(concept, value) for concept, values in candidates.items() for value in values]
        graph = [t for n, trial in enumerate(trials) for t in self._trial(n, *trial)]
        store = derive(self._knowledge, graph, before=_BEFORE_STATES).store
        kept: dict[str, dict[frozenset[tuple[str, str]], str]] = defaultdict(dict)
        for number, (concept, value) in enumerate(trials):
            record = ox.NamedNode(f"{_TRIAL}{number}/record")
            said = frozenset(
                (name, str(quad.object))
                for name in _EVIDENCE
                for quad in store.quads_for_pattern(record, ox.NamedNode(POEMKG + name), None)
            )
            kept[concept].setdefault(said, value)
        return {
            concept: tuple(sorted(Answer(status=PRESENT, value=v) for v in values.values()))
            for concept, values in kept.items()
        }

    def _candidates(self, concept: str, criteria: Iterable[str]) -> list[str]:
        """Values at, between and beyond the bounds of the criteria, those at a bound first."""
        bounds = sorted(
            {Decimal(b) for c in criteria for name in _BOUNDS for b in self._all(c, name)}
        )
        whole = self._index.one(concept, POEMKG + "integerValued") == "true"
        least, most = (self._index.one(concept, POEMKG + n) for n in ("minimum", "maximum"))
        values = [*bounds, bounds[0] - 1, bounds[-1] + 1]
        values += [(low + high) / 2 for low, high in pairwise(bounds)]
        if whole:
            values = [value.to_integral_value() for value in values]
        possible = (
            v
            for v in dict.fromkeys(values)
            if (least is None or v >= Decimal(least)) and (most is None or v <= Decimal(most))
        )
        return [format(value.normalize() if whole else value, "f") for value in possible]

    def _trial(self, number: int, concept: str, value: str) -> list[ox.Triple]:
        patient, record = (ox.NamedNode(f"{_TRIAL}{number}{end}") for end in ("", "/record"))
        return [
            ox.Triple(patient, ox.NamedNode(RDF + "type"), ox.NamedNode(POEMKG + "Patient")),
            ox.Triple(patient, ox.NamedNode(POEMKG + "hasRecord"), record),
            ox.Triple(record, ox.NamedNode(POEMKG + "concept"), ox.NamedNode(concept)),
            ox.Triple(record, ox.NamedNode(POEMKG + "status"), ox.NamedNode(POEMKG + PRESENT)),
            ox.Triple(record, ox.NamedNode(POEMKG + "value"), self.literal(concept, value)),
        ]

    def _all(self, subject: str, name: str) -> tuple[str, ...]:
        return self._index.all(subject, POEMKG + name)
