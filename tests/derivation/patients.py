"""A small builder for patient graphs.

>>> patient = Patient().has("AchalasiaTypeII").absent("HiatalHernia").measure("EckardtScore", 7)
>>> len(patient.triples())
14
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Self

import pyoxigraph as ox

from poem_kg.knowledge import Knowledge, load_knowledge
from poem_kg.namespaces import POEMKG, RDF, XSD

CASE = "https://example.org/poem-kg/case/"
MIMICS = ("EosinophilicOesophagitis", "UpperGastrointestinalMalignancy", "RefluxStricture")
LISTED_MIMICS = (*MIMICS, "PostMyotomyStricture")
COUNSELLING = (
    "RefluxRiskCounselling",
    "IndefinitePPICounselling",
    "SurveillanceEndoscopyCounselling",
)

_TYPE = ox.NamedNode(RDF + "type")


def term(name: str) -> ox.NamedNode:
    """Return a term of the ontology by its local name, or the IRI itself where it is one."""
    return ox.NamedNode(name if ":" in name else POEMKG + name)


_default = cache(load_knowledge)


@cache
def _record_classes(knowledge: Knowledge) -> dict[str, str]:
    """Return the class of a patient's record for each concept."""
    below: dict[str, set[str]] = defaultdict(set)
    for triple in knowledge.prepared:
        if triple.predicate.value == POEMKG + "isKindOf":
            below[_iri(triple.object)].add(_iri(triple.subject))
    kinds = [
        (_iri(t.object), _iri(t.subject))
        for t in knowledge.ontology
        if t.predicate.value == POEMKG + "recordsKind"
    ]
    # A study is a procedure of its own kind, and a measurement is seldom one of an operator.
    kinds.sort(key=lambda kind: ("Attestation" not in kind[1], -len(below[kind[0]]), kind))
    return {concept: record for top, record in kinds for concept in sorted(below[top])}


def _iri(node: object) -> str:
    return str(node).strip("<>")


class Patient:
    """A patient graph that grows record by record; every method gives the patient back.

    Args:
        name: the last part of the patient's IRI.
        known: the ontology that tells what kind of record a concept takes.
    """

    def __init__(self, name: str = "patient", *, known: Knowledge | None = None) -> None:
        self._classes = _record_classes(known or _default())
        self.iri = ox.NamedNode(CASE + name)
        self._triples = [ox.Triple(self.iri, _TYPE, term("Patient"))]
        self._count = 0
        self._holders: dict[str, ox.NamedNode] = {}

    def has(self, concept: str, *, date: str | None = None, result: str | None = None) -> Self:
        """Record a concept as present."""
        return self._record(concept, "present", date=date, result=result)

    def absent(self, *concepts: str, date: str | None = None, result: str | None = None) -> Self:
        """Record concepts as absent, or a procedure as not done, with the reason as its result."""
        for concept in concepts:
            self._record(concept, "absent", date=date, result=result)
        return self

    def provisional(
        self, concept: str, *, date: str | None = None, result: str | None = None
    ) -> Self:
        """Record a concept as suspected."""
        return self._record(concept, "provisional", date=date, result=result)

    def record(self, concept: str, status: str, *, result: str | None = None) -> Self:
        """Record a concept with a status given by its name."""
        return self._record(concept, status, result=result)

    def mistaken(self, concept: str, *, date: str | None = None, result: str | None = None) -> Self:
        """Record a concept by mistake."""
        return self._record(concept, "enteredInError", date=date, result=result)

    def done(self, procedure: str, result: str | None = None, *, date: str | None = None) -> Self:
        """Record a test or procedure as done."""
        return self._record(procedure, "present", date=date, result=result)

    def measure(self, measure: str, value: float, *, date: str | None = None) -> Self:
        """Record a measured value."""
        return self._record(measure, "present", date=date, value=value)

    def age(self, years: int) -> Self:
        """Give the age."""
        return self._say("age", ox.Literal(str(years), datatype=ox.NamedNode(XSD + "integer")))

    def born(self, year: int) -> Self:
        """Give the year of birth."""
        return self._say("birthYear", ox.Literal(str(year), datatype=ox.NamedNode(XSD + "integer")))

    def as_of(self, date: str) -> Self:
        """Ask for the advice of a day, as `--as-of` does."""
        return self._say("asOf", ox.Literal(date, datatype=ox.NamedNode(XSD + "date")))

    def counselled(
        self,
        *topics: str,
        status: str = "present",
    ) -> Self:
        """Record that the patient was told, of all three points unless some are named."""
        for topic in topics or COUNSELLING:
            self._record(topic, status)
        return self

    def operator(
        self,
        procedures: float | None = None,
        *,
        trained: bool | None = None,
        competent: bool | None = None,
        date: str | None = None,
    ) -> Self:
        """Record something about the operator; what is None is not stated."""
        if procedures is not None:
            self.about("operator", "PoemProcedureCount", "present", value=procedures, date=date)
        for concept, stated in (("PoemTraining", trained), ("PoemCompetence", competent)):
            if stated is not None:
                self.about("operator", concept, "present" if stated else "absent", date=date)
        return self

    def centre(
        self,
        *,
        high_volume: bool | None = None,
        complication_care: bool | None = None,
        date: str | None = None,
    ) -> Self:
        """Record something about the centre; what is None is not stated."""
        stated = {"HighVolumeCentre": high_volume, "ComplicationCareAvailable": complication_care}
        for concept, value in stated.items():
            if value is not None:
                self.about("centre", concept, "present" if value else "absent", date=date)
        return self

    def in_place(self) -> Self:
        """Record all that POEM requires: operator, centre, counselling, mimics ruled out."""
        return self.in_place_without_mimics().absent("AchalasiaMimic")

    def in_place_without_mimics(self) -> Self:
        """Record all that POEM requires except that the mimics are ruled out."""
        return self.operator(120, trained=True)._able().counselled()

    def in_place_without_operator(self) -> Self:
        """Record all that POEM requires except what is asked of the operator."""
        return self._able().counselled().absent("AchalasiaMimic")

    def in_place_without_counselling(self) -> Self:
        """Record all that POEM requires except counselling."""
        return self.operator(120, trained=True)._able().absent("AchalasiaMimic")

    def _able(self) -> Self:
        return self.centre(high_volume=True, complication_care=True).adult()

    def adult(self) -> Self:
        """Rule out the populations on which the sources are silent."""
        return self.age(50).absent("Pregnancy", "AnticoagulantUse")

    def about(
        self,
        holder: str,
        concept: str,
        status: str,
        *,
        value: float | None = None,
        date: str | None = None,
    ) -> Self:
        """Record a property of the "operator" or the "centre"."""
        if holder not in self._holders:
            self._holders[holder] = ox.NamedNode(f"{self.iri.value}/{holder}")
            node = self._holders[holder]
            self._triples.append(ox.Triple(node, _TYPE, term(holder.capitalize())))
            self._say(holder, node)
        attestation = "OperatorAttestation" if holder == "operator" else "SiteAttestation"
        return self._record(
            concept,
            status,
            value=value,
            date=date,
            holder=self._holders[holder],
            kind=POEMKG + attestation,
        )

    def triples(self) -> list[ox.Triple]:
        """Return the graph."""
        return list(self._triples)

    def turtle(self) -> str:
        """Return the graph as N-Triples, which is Turtle too."""
        return "".join(f"{t} .\n" for t in self._triples)

    def _say(self, prop: str, value: ox.NamedNode | ox.Literal) -> Self:
        self._triples.append(ox.Triple(self.iri, term(prop), value))
        return self

    def _record(
        self,
        concept: str,
        status: str,
        *,
        date: str | None = None,
        result: str | None = None,
        value: float | None = None,
        holder: ox.NamedNode | None = None,
        kind: str | None = None,
    ) -> Self:
        self._count += 1
        node = ox.NamedNode(f"{self.iri.value}/record-{self._count}")
        what = kind or self._classes.get(term(concept).value, POEMKG + "Record")
        link = term("hasProperty") if holder else term("hasRecord")
        said: list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]] = [
            (_TYPE, ox.NamedNode(what)),
            (term("concept"), term(concept)),
            (term("status"), term(status)),
        ]
        if date:
            said.append((term("date"), ox.Literal(date, datatype=ox.NamedNode(XSD + "date"))))
        if result:
            said.append((term("result"), term(result)))
        if value is not None:
            number = "integer" if value == int(value) else "decimal"
            text = str(int(value)) if number == "integer" else str(value)
            said.append((term("value"), ox.Literal(text, datatype=ox.NamedNode(XSD + number))))
        self._triples.append(ox.Triple(holder or self.iri, link, node))
        self._triples.extend(ox.Triple(node, prop, target) for prop, target in said)
        return self
