"""Manometry studies as plain values, and as the records of a patient.

A study stands here in two forms that say the same: swallow by swallow, or by the shares that a
reader counted. Neither form knows a criterion or a query.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Self

import pyoxigraph as ox

from poem_kg.namespaces import RDF, XSD
from tests.derivation.patients import Patient, term

DAY: Final = "2026-03-02"
EDITIONS: Final = ("chicago40", "chicago2012")
HELD_BY: Final = {
    "dci": "distalContractileIntegral",
    "latency": "distalLatency",
    "pressurization": "pressurization",
    "gap": "transitionZoneBreak",
}
"""The property of a swallow for each figure."""

_TYPE: Final = ox.NamedNode(RDF + "type")
_DECIMAL: Final = ox.NamedNode(XSD + "decimal")
_DATE: Final = ox.NamedNode(XSD + "date")


@dataclass(frozen=True)
class Swallow:
    """One swallow; None is not stated.

    Attributes:
        position: "supine" or "upright".
        dci: distal contractile integral, mmHg.s.cm.
        latency: distal latency, s.
        pressurization: panoesophageal pressure, mmHg.
        gap: transition-zone break, cm.
    """

    position: str | None
    dci: Decimal | None = None
    latency: Decimal | None = None
    pressurization: Decimal | None = None
    gap: Decimal | None = None


@dataclass(frozen=True)
class Pressure:
    """The relaxation pressure of a position: a value with its limit, in mmHg, or yes or no."""

    value: Decimal | None = None
    limit: Decimal | None = None
    raised: bool | None = None


@dataclass(frozen=True)
class Study:
    """A study and what of the patient an edition asks; None is not stated.

    Attributes:
        name: names the patient, apart from all others.
        pressures: by position.
        shares: what the reader counted, in per cent, by edition, measure and position.
    """

    name: str
    swallows: tuple[Swallow, ...] = ()
    pressures: Mapping[str, Pressure] = field(default_factory=dict)
    intrabolus: bool | None = None
    symptoms: bool | None = None
    obstruction_excluded: bool | None = None
    shares: Mapping[tuple[str, str, str], Decimal] = field(default_factory=dict)


class Manometry:
    """The records of one study; every method gives it back."""

    def __init__(
        self,
        patient: Patient,
        *,
        name: str = "manometry",
        date: str | None = DAY,
        status: str = "present",
        test: str = "HighResolutionManometry",
    ) -> None:
        self._patient = patient.iri
        self.iri = ox.NamedNode(f"{patient.iri.value}/{name}")
        self._triples: list[ox.Triple] = []
        self._count = 0
        self._record(self.iri, "Study", test, status)
        if date:
            self._say(self.iri, "date", ox.Literal(date, datatype=_DATE))

    def swallows(
        self, number: int, position: str | None = "supine", /, **figures: float | str | Decimal
    ) -> Self:
        """Add swallows that are all alike; figures are dci, latency, pressurization and gap."""
        for _ in range(number):
            node = self._node("swallow")
            self._say(self.iri, "hasSwallow", node)
            self._triples.append(ox.Triple(node, _TYPE, term("Swallow")))
            if position:
                self._say(node, "position", term(position))
            for name, value in figures.items():
                self._say(node, HELD_BY[name], _number(value))
        return self

    def pressure(
        self, value: float, *, limit: float | None, position: str | None = "supine"
    ) -> Self:
        """Add a relaxation pressure, with the upper limit that the study states."""
        node = self._part("IntegratedRelaxationPressure", "Measurement", position=position)
        self._say(node, "value", _number(value))
        if limit is not None:
            self._say(node, "upperLimit", _number(limit))
        return self

    def raised(self, yes: bool, *, position: str | None = None) -> Self:
        """State that the relaxation pressure is raised, or that it is not."""
        return self.finding("RaisedIntegratedRelaxationPressure", yes, position=position)

    def both_raised(self, yes: bool = True) -> Self:
        """State the same for both positions."""
        return self.raised(yes, position="supine").raised(yes, position="upright")

    def finding(self, concept: str, yes: bool, *, position: str | None = None) -> Self:
        """State a finding as present or absent."""
        status = "present" if yes else "absent"
        self._part(concept, "FindingRecord", position=position, status=status)
        return self

    def share(
        self,
        measure: str,
        percent: float | Decimal,
        *,
        position: str | None = None,
        counted_by: str | None = None,
        status: str = "present",
    ) -> Self:
        """State a share of swallows in per cent."""
        node = self._part(measure, "Measurement", position=position, status=status)
        self._say(node, "value", _number(percent))
        if counted_by:
            self._say(node, "countedBy", term(counted_by))
        return self

    def triples(self) -> list[ox.Triple]:
        """Return the graph of the study."""
        return list(self._triples)

    def _part(
        self, concept: str, kind: str, *, position: str | None, status: str = "present"
    ) -> ox.NamedNode:
        node = self._node("part")
        self._record(node, kind, concept, status)
        self._say(node, "partOf", self.iri)
        if position:
            self._say(node, "position", term(position))
        return node

    def _record(self, node: ox.NamedNode, kind: str, concept: str, status: str) -> None:
        self._triples.append(ox.Triple(self._patient, term("hasRecord"), node))
        self._triples.append(ox.Triple(node, _TYPE, term(kind)))
        self._say(node, "concept", term(concept))
        self._say(node, "status", term(status))

    def _node(self, kind: str) -> ox.NamedNode:
        self._count += 1
        return ox.NamedNode(f"{self.iri.value}-{kind}-{self._count:02}")

    def _say(self, node: ox.NamedNode, prop: str, value: ox.NamedNode | ox.Literal) -> None:
        self._triples.append(ox.Triple(node, term(prop), value))


def untreated(name: str = "patient") -> Patient:
    """Return a patient without an earlier foregut operation."""
    return Patient(name).absent("ForegutOperation", date=DAY)


def graph(patient: Patient, *studies: Manometry) -> list[ox.Triple]:
    """Return the graph of a patient with studies."""
    return patient.triples() + [t for study in studies for t in study.triples()]


def recorded(study: Study) -> list[ox.Triple]:
    """Return a study, and what is asked of its patient, as the graph of an untreated patient."""
    patient = untreated(study.name)
    if study.symptoms is not None:
        (patient.has if study.symptoms else patient.absent)("Dysphagia")
        patient.absent("ChestPain")
    if study.obstruction_excluded is not None:
        shown = "NoMechanicalObstruction" if study.obstruction_excluded else None
        patient.done("UpperEndoscopy", shown or "MechanicalObstructionOfEGJ")
        if not shown:
            patient.has("MechanicalObstructionOfEGJ")
    manometry = Manometry(patient)
    for swallow in study.swallows:
        stated = {name: getattr(swallow, name) for name in HELD_BY}
        manometry.swallows(
            1, swallow.position, **{name: v for name, v in stated.items() if v is not None}
        )
    for position, pressure in study.pressures.items():
        if pressure.raised is not None:
            manometry.raised(pressure.raised, position=position)
        if pressure.value is not None:
            limit = None if pressure.limit is None else float(pressure.limit)
            manometry.pressure(float(pressure.value), limit=limit, position=position)
    if study.intrabolus is not None:
        manometry.finding("RaisedIntrabolusPressure", study.intrabolus)
    for (edition, measure, position), percent in study.shares.items():
        manometry.share(measure, percent, position=position, counted_by=edition)
    return graph(patient, manometry)


def _number(value: float | str | Decimal) -> ox.Literal:
    return ox.Literal(format(Decimal(str(value)), "f"), datatype=_DECIMAL)
