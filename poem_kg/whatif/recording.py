"""Facts about a patient, and the triples that record them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import POEMKG, RDF, XSD
from poem_kg.whatif.answers import PRESENT, Place

_TYPE: Final = ox.NamedNode(RDF + "type")
_DATE: Final = ox.NamedNode(XSD + "date")


@dataclass(frozen=True, order=True)
class Fact:
    """What one record says.

    Attributes:
        concept: IRI of the class or measure.
        status: local name of the status.
        result: IRI of the result class, or "".
        value: in the unit of the measure, or "".
        date: such as "2026-02-01", or "".
    """

    concept: str
    status: str = PRESENT
    result: str = ""
    value: str = ""
    date: str = ""

    def undated(self) -> Fact:
        """Return the same without its date."""
        return Fact(self.concept, self.status, self.result, self.value)


@dataclass(frozen=True)
class Recorder:
    """Writes records about one patient, or about a person or place by whom the patient is treated.

    Attributes:
        patient: the patient.
        ranges: gives the classes to which a property leads.
        name: gives the IRI of a person or place that is not there yet, by the property to it.
        holders: the persons and places that are there, by the property from the patient.
    """

    patient: ox.NamedNode
    ranges: Callable[[str], tuple[str, ...]]
    name: Callable[[str], str]
    holders: Mapping[str, ox.NamedNode] = field(default_factory=dict)

    def record(
        self, fact: Fact, place: Place, value: ox.Literal | None, node: str
    ) -> list[ox.Triple]:
        """Return the triples that record a fact.

        Args:
            fact: what is recorded.
            place: where such a record stands.
            value: the value of the fact as patient data write it, where it has one.
            node: the IRI of the record; not used where the patient holds the value itself.
        """
        if place.direct and value is not None:
            return [ox.Triple(self.patient, ox.NamedNode(place.direct), value)]
        record = ox.NamedNode(node)
        made = [
            *self._link(place.reached_by, record),
            ox.Triple(record, _TYPE, ox.NamedNode(place.record_class)),
            ox.Triple(record, term("concept"), ox.NamedNode(fact.concept)),
            ox.Triple(record, term("status"), term(fact.status)),
        ]
        if fact.date:
            made.append(ox.Triple(record, term("date"), ox.Literal(fact.date, datatype=_DATE)))
        if fact.result:
            made.append(ox.Triple(record, term("result"), ox.NamedNode(fact.result)))
        if value is not None:
            made.append(ox.Triple(record, term("value"), value))
        return made

    def _link(self, reached_by: str | None, record: ox.NamedNode) -> list[ox.Triple]:
        """What ties a record to the patient, or to the person or place that it is about."""
        if reached_by is None:
            return [ox.Triple(self.patient, term("hasRecord"), record)]
        if reached_by in self.holders:
            return [ox.Triple(self.holders[reached_by], term("hasProperty"), record)]
        holder = ox.NamedNode(self.name(reached_by))
        (cls,) = self.ranges(reached_by)
        return [
            ox.Triple(self.patient, ox.NamedNode(reached_by), holder),
            ox.Triple(holder, _TYPE, ox.NamedNode(cls)),
            ox.Triple(holder, term("hasProperty"), record),
        ]


def below(iri: str) -> Callable[[str], str]:
    """Return what names a person or place by the property to it, below an IRI with its slash."""
    return lambda reached_by: iri + reached_by.rsplit("/", 1)[-1]


def term(name: str) -> ox.NamedNode:
    """Return a term of the ontology by its local name."""
    return ox.NamedNode(POEMKG + name)
