"""A made-up network of hospitals: centres, their habits, and the operators who work there."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks._chart import COHORT, attestation, term
from benchmarks._manometry import Protocol, protocol
from poem_kg.namespaces import RDF

CENTRES = 40
OPERATORS = 120
FIRST_DAY = date(2016, 1, 1)
DAYS = tuple((FIRST_DAY + timedelta(days=n)).isoformat() for n in range(365 * 11 - 60))
"""Every day on which something can be recorded; the last ones are visits of today."""

_ITEMS = (
    "anticoagulant",
    "barium",
    "comorbidity",
    "counselling",
    "diagnosis",
    "eckardt",
    "eckardt items",
    "endoscopy",
    "hernia",
    "imaging",
    "lumen imaging",
    "mimics",
    "obstruction",
    "operation",
    "opioid",
    "pregnancy",
    "reflux",
    "sigmoid",
    "sphincter",
    "study",
    "symptoms",
)
_ALWAYS = ("diagnosis", "endoscopy", "study", "eckardt")
_SELDOM = ("comorbidity", "eckardt items", "lumen imaging", "obstruction", "reflux", "sphincter")


@dataclass(frozen=True)
class Person:
    """An operator.

    Attributes:
        iri: of the operator.
        lines: everything that is recorded about the operator, the same in every patient.
    """

    iri: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Centre:
    """A hospital and how it records.

    Attributes:
        iri: of the centre.
        lines: everything that is recorded about it, the same in every patient.
        operators: who works there.
        habits: how likely each item of the work-up is recorded.
        how: how it does manometry.
        mimics: whether mimics are ruled out as a "group" or as a "list".
        undated: how likely a record has no date.
        born: how likely the year of birth is exported instead of the age.
        labels: how likely a patient or record has a label.
        codes: how likely an identifier or code of another vocabulary is exported.
    """

    iri: str
    lines: tuple[str, ...]
    operators: Sequence[Person]
    habits: Mapping[str, float]
    how: Protocol
    mimics: str
    undated: float
    born: float
    labels: float
    codes: float


def network(rng: random.Random) -> list[Centre]:
    """Return all centres, each with its operators."""
    people = [_person(number, rng) for number in range(OPERATORS)]
    return [_centre(number, people[number::CENTRES], rng) for number in range(CENTRES)]


def _person(number: int, rng: random.Random) -> Person:
    iri = f"{COHORT}operator/{number:03d}"
    count = int(rng.lognormvariate(3.9, 1.1))
    told: list[tuple[str, str, int | None]] = []
    if rng.random() < 0.95:
        told.append(("PoemProcedureCount", "present", count))
    trained = "absent" if count < 30 and rng.random() < 0.3 else "present"
    if rng.random() < 0.9:
        told.append(("PoemTraining", trained, None))
    if rng.random() < 0.6:
        status = rng.choice(("provisional", "absent")) if count < 20 else "present"
        told.append(("PoemCompetence", status, None))
    return Person(iri, _holder(iri, "Operator", "OperatorAttestation", told))


def _centre(number: int, operators: Sequence[Person], rng: random.Random) -> Centre:
    iri = f"{COHORT}centre/{number:02d}"
    told = [
        (concept, "present" if rng.random() < likely else "absent", None)
        for concept, likely in (("HighVolumeCentre", 0.6), ("ComplicationCareAvailable", 0.9))
        if rng.random() < 0.9
    ]
    usual = (0.98, 0.9, 0.8, 0.4, 0.1)
    habits = {
        item: rng.choice(
            usual[:3] if item in _ALWAYS else (0.5, 0.2, 0.0) if item in _SELDOM else usual
        )
        for item in _ITEMS
    }
    return Centre(
        iri=iri,
        lines=_holder(iri, "Centre", "SiteAttestation", told),
        operators=operators,
        habits=habits,
        how=protocol(rng),
        mimics=rng.choice(("group", "group", "list")),
        undated=rng.choice((0.0, 0.01, 0.05)),
        born=rng.choice((0.0, 0.05, 0.5, 0.95)),
        labels=rng.choice((0.0, 0.1, 0.3)),
        codes=rng.choice((0.0, 0.4, 0.9)),
    )


def _holder(
    iri: str, kind: str, record: str, told: Sequence[tuple[str, str, int | None]]
) -> tuple[str, ...]:
    lines = [f"<{iri}> <{RDF}type> {term(kind)} .\n"]
    for number, (concept, status, value) in enumerate(told, start=1):
        node = f"{iri}/r{number}"
        lines.append(f"<{iri}> {term('hasProperty')} <{node}> .\n")
        lines += attestation(node, record, concept, status, value=value)
    return tuple(lines)
