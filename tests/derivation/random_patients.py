"""Random patients for properties that hold whatever is recorded."""

from __future__ import annotations

import os
from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st

from tests.derivation.patients import Patient

TRIES = int(os.environ.get("POEM_KG_PROPERTIES", "5"))
"""Patients for each property; the suite tries a few, the same each time."""
FEW = settings(max_examples=TRIES, deadline=None, derandomize=True, database=None)

DIAGNOSES = [
    "Achalasia",
    "AchalasiaTypeI",
    "AchalasiaTypeII",
    "AchalasiaTypeIII",
    "DistalOesophagealSpasm",
    "EGJOutflowObstruction",
    "AbsentContractility",
    "HypercontractileOesophagus",
]
# No class here is above another one, so that no two records contradict each other.
STATES = [
    "AnticoagulantUse",
    "Comorbidity",
    "DeemedAchalasia",
    "EosinophilicOesophagitis",
    "EpiphrenicDiverticulum",
    "HiatalHernia",
    "OpioidInducedOesophagealDysfunction",
    "OpioidUse",
    "OtherCauseOfObstruction",
    "PostMyotomyStricture",
    "Pregnancy",
    "RefluxRiskCounselling",
    "IndefinitePPICounselling",
    "SurveillanceEndoscopyCounselling",
    "RefluxStricture",
    "SigmoidOesophagus",
    "UpperGastrointestinalMalignancy",
]
RESULTS = {
    "ComputedTomography": ["NoMechanicalObstruction", "MechanicalObstructionOfEGJ", None],
    "EndoscopicUltrasound": ["NoMechanicalObstruction", "MechanicalObstructionOfEGJ", None],
    "TimedBariumOesophagram": ["TreatmentNeedSupported", "TreatmentNeedNotSupported", None],
    "BotulinumToxinInjection": ["Success", "NoSuccess", None],
    "LaparoscopicHellerMyotomy": ["Success", "NoSuccess", None],
    "OpioidDiscontinuation": ["Success", "NoSuccess", None],
}


@dataclass(frozen=True)
class Case:
    """A patient as a list of records: concept, status and result; and whether all is in place."""

    records: tuple[tuple[str, str, str | None], ...]
    in_place: bool

    def build(self, name: str = "patient", *, without: int | None = None) -> Patient:
        patient = Patient(name)
        if self.in_place:
            patient.operator(120, trained=True).centre(high_volume=True, complication_care=True)
        for number, (concept, status, result) in enumerate(self.records):
            if number != without:
                patient.record(concept, status, result=result)
        return patient


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a patient with one diagnosis and some other records, none of which contradict."""
    status = st.sampled_from(["present", "absent", "provisional"])
    diagnosis = draw(st.sampled_from(DIAGNOSES))
    records: list[tuple[str, str, str | None]] = [
        (diagnosis, draw(st.sampled_from(["present", "present", "provisional"])), None)
    ]
    for concept in draw(st.lists(st.sampled_from(STATES), unique=True, max_size=10)):
        records.append((concept, draw(status), None))
    for concept in draw(st.lists(st.sampled_from(sorted(RESULTS)), unique=True, max_size=4)):
        said = draw(status)
        result = draw(st.sampled_from(RESULTS[concept])) if said == "present" else None
        records.append((concept, said, result))
    if draw(st.booleans()):
        records.append(("AchalasiaMimic", "absent", None))
    return Case(tuple(records), draw(st.booleans()))
