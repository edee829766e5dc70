"""The fields of the form, read from the ontology: one for each class that a record can name.

Nothing about a field is decided here. Its section is the kind of record that is for the class, its
unit and range are those of the measure, its results those that go with a test or a procedure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import pyoxigraph as ox

from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import OWL, POEMKG, RDF, RDFS, SKOS, XSD
from poem_kg.whatif.answers import Answers, Place
from poem_kg.whatif.dependencies import Dependencies

Kind = Literal["status", "result", "number"]

PRESENT: Final = "present"
ABSENT: Final = "absent"
PROVISIONAL: Final = "provisional"
SEPARATOR: Final = ":"
"""Between the status and the result of a choice."""

_CLASS: Final = OWL + "Class"
_TYPE: Final = RDF + "type"
_SUBCLASS: Final = RDFS + "subClassOf"
_RECORDS: Final = POEMKG + "recordsKind"
_MEASURE: Final = POEMKG + "Measure"
_PROCEDURE: Final = POEMKG + "Procedure"
_TEST: Final = POEMKG + "DiagnosticTest"
_DISORDER: Final = POEMKG + "Disorder"
_FINDING: Final = POEMKG + "Finding"
_TEST_RESULT: Final = POEMKG + "TestResult"
_PROCEDURE_RESULT: Final = POEMKG + "ProcedureResult"
_INTEGER: Final = ox.NamedNode(XSD + "integer")
_DECIMAL: Final = ox.NamedNode(XSD + "decimal")
_NAMES: Final = ("onClass", "onMeasure", "test")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What one can choose in a field.

    Attributes:
        value: the status, and after a colon the short name of the result where there is one.
        status: the code of the status.
        result: the IRI of the result class, or None.
        label: what the result is called, or None.
    """

    value: str
    status: str
    result: str | None = None
    label: str | None = None


@dataclass(frozen=True, kw_only=True)
class Field:
    """What can be recorded of one class.

    Attributes:
        name: the short name of the class, by which the form calls the field.
        concept: the IRI of the class.
        says: its definition, or None.
        also: what else it is called.
        depth: how deep it stands below the top classes of its section.
        choices: for "status" and "result": what can be chosen.
        found: for "result": further classes that a test can find.
        unit: for "number": the UCUM unit, or None.
        minimum: for "number": the smallest possible value as a decimal, or None.
        maximum: for "number": the largest.
        whole: for "number": only whole numbers are possible.
        place: where its record stands.
    """

    name: str
    concept: str
    label: str
    says: str | None
    also: tuple[str, ...]
    kind: Kind
    depth: int
    choices: tuple[Choice, ...] = ()
    found: tuple[Choice, ...] = ()
    unit: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    whole: bool = False
    place: Place

    def literal(self, value: str) -> ox.Literal:
        """Return a number as a patient file writes it."""
        return ox.Literal(value, datatype=_INTEGER if self.whole else _DECIMAL)

    def choice(self, value: str) -> Choice | None:
        """Return what a value of the form stands for, or None where it is none of the choices."""
        return next((c for c in (*self.choices, *self.found) if c.value == value), None)


@dataclass(frozen=True, kw_only=True)
class Section:
    """The fields for one kind of record; those that the patient holds directly are first."""

    name: str
    label: str
    says: str | None
    fields: tuple[Field, ...]


@dataclass(frozen=True, eq=False)
class Fields:
    """Every field of the form.

    Attributes:
        knowledge: the ontology.
    """

    knowledge: Knowledge

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections, in the order that the ontology gives the kinds of record."""
        found: dict[str, list[Field]] = defaultdict(list)
        for concept, depth in self._tree():
            field = self._field(concept, depth)
            if field is not None:
                found[field.place.record_class].append(field)
        return tuple(
            Section(
                name=short(cls),
                label=self.knowledge.label(cls),
                says=self._index.one(cls, SKOS + "definition"),
                fields=tuple(sorted(fields, key=lambda f: f.place.direct is None)),
            )
            for cls, fields in sorted(found.items(), key=lambda item: self._order(item[0]))
        )

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Every field by its name."""
        return {field.name: field for section in self.sections for field in section.fields}

    @cached_property
    def by_concept(self) -> dict[str, Field]:
        """Every field by the IRI of its class."""
        return {field.concept: field for field in self.by_name.values()}

    def asked_by(self, criterion: str) -> tuple[Field, ...]:
        """Return the fields that a question about a criterion asks for.

        Args:
            criterion: the IRI of the criterion.

        Returns:
            Those of the classes that the criterion itself names, then of all that can settle it,
            each by its label.
        """
        named = self._concepts([criterion])
        below = self._concepts(self._dependencies.state(criterion))
        kinds = {
            concept
            for concept in self.by_concept
            if not named.isdisjoint(self._dependencies.kinds(concept))
        }
        fields = [self.by_concept[c] for c in named | below | kinds if c in self.by_concept]
        return tuple(sorted(fields, key=lambda f: (f.concept not in named, f.label)))

    def ranges(self, prop: str) -> tuple[str, ...]:
        """Return the classes to which a property leads."""
        return self._answers.ranges(prop)

    def _concepts(self, criteria: Iterable[str]) -> set[str]:
        return {
            concept
            for criterion in criteria
            for name in _NAMES
            for concept in self._index.all(criterion, POEMKG + name)
        }

    @cached_property
    def _dependencies(self) -> Dependencies:
        return Dependencies(self.knowledge)

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self.knowledge, self._dependencies)

    @property
    def _index(self) -> Index:
        return self._dependencies.index

    def _order(self, record_class: str) -> tuple[int, str]:
        return int(self._one(record_class, "order") or 0), record_class

    def _one(self, subject: str, name: str) -> str | None:
        return self._index.one(subject, POEMKG + name)

    def _below(self, concept: str) -> list[str]:
        """The classes right below one, by label."""
        return sorted(self._index.having(_SUBCLASS, concept), key=self.knowledge.label)

    @cached_property
    def _kinds(self) -> tuple[str, ...]:
        """The classes below which stands what records are for."""
        return tuple(
            sorted(
                kind
                for kind in self._index.having(_TYPE, _CLASS)
                if self._index.having(_RECORDS, kind)
            )
        )

    def _tree(self) -> Iterator[tuple[str, int]]:
        """Every class that a record may name, parents first, with its depth below its top class."""
        seen: set[str] = set()
        # The narrowest top class first: a test is below both tests and procedures.
        for kind in sorted(self._kinds, key=lambda k: -len(self._dependencies.kinds(k))):
            waiting = [(concept, 0) for concept in reversed(self._below(kind))]
            while waiting:
                concept, depth = waiting.pop()
                if concept in seen or concept in self._kinds:
                    continue
                seen.add(concept)
                yield concept, depth
                waiting += [(c, depth + 1) for c in reversed(self._below(concept))]

    def _field(self, concept: str, depth: int) -> Field | None:
        place = self._answers.place(concept)
        # What is measured of each swallow is no record of the patient.
        if place is None or self._one(concept, "heldBySwallow"):
            return None
        kinds = self._dependencies.kinds(concept)
        kind: Kind = "status"
        choices: tuple[Choice, ...] = tuple(
            Choice(value=status, status=status) for status in (PRESENT, ABSENT, PROVISIONAL)
        )
        found: tuple[Choice, ...] = ()
        if _MEASURE in kinds:
            kind, choices = "number", ()
        elif _PROCEDURE in kinds:
            kind = "result"
            choices += self._results(_TEST_RESULT if _TEST in kinds else _PROCEDURE_RESULT)
            found = self._findings if _TEST in kinds else ()
        return Field(
            name=short(concept),
            concept=concept,
            label=self.knowledge.label(concept),
            says=self._index.one(concept, SKOS + "definition"),
            also=self._index.all(concept, SKOS + "altLabel"),
            kind=kind,
            depth=depth,
            choices=choices,
            found=found,
            unit=self.knowledge.unit(concept),
            minimum=self._one(concept, "minimum"),
            maximum=self._one(concept, "maximum"),
            whole=self._one(concept, "integerValued") == "true",
            place=place,
        )

    def _results(self, top: str) -> tuple[Choice, ...]:
        """A choice for each class of result below one, with the status that it asks for."""
        found = []
        waiting = list(reversed(self._below(top)))
        while waiting:
            result = waiting.pop()
            waiting += reversed(self._below(result))
            allowed = [
                status
                for kind in (result, *self._dependencies.kinds(result))
                for status in self._index.all(kind, POEMKG + "allowsStatus")
            ]
            status = self.knowledge.notation(allowed[0]) if allowed else PRESENT
            found.append(self._choice(status, result))
        return tuple(found)

    @cached_property
    def _findings(self) -> tuple[Choice, ...]:
        """The disorders and findings, as what a test can find."""
        tops = [kind for kind in self._kinds if kind in (_DISORDER, _FINDING)]
        found = []
        for top in tops:
            waiting = list(reversed(self._below(top)))
            while waiting:
                concept = waiting.pop()
                waiting += reversed(self._below(concept))
                found.append(self._choice(PRESENT, concept))
        unique = dict.fromkeys(found)
        return tuple(sorted(unique, key=lambda choice: (choice.label or "").casefold()))

    def _choice(self, status: str, result: str) -> Choice:
        return Choice(
            value=f"{status}{SEPARATOR}{short(result)}",
            status=status,
            result=result,
            label=self.knowledge.label(result),
        )


def short(iri: str) -> str:
    """Return the name of a term without our namespace; one of another namespace stays whole."""
    return iri.removeprefix(POEMKG)
