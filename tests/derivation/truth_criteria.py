"""The patients of the truth tables of criteria, and what to look at in each."""

from __future__ import annotations

from collections.abc import Mapping

from tests.derivation.patients import Patient
from tests.derivation.seen import Seen

Row = Mapping[str, str]
"""The value of each input of a table, by its name."""

OLD, NEW = "2024-05-01", "2026-05-01"
FIRST_LATER, SECOND_LATER = (NEW, OLD), (OLD, NEW)
DATES: dict[str, tuple[str | None, str | None]] = {
    "no dates": (None, None),
    "same day": (OLD, OLD),
    "first earlier": SECOND_LATER,
    "second earlier": FIRST_LATER,
    "present later": FIRST_LATER,
    "provisional later": FIRST_LATER,
    "absent later": SECOND_LATER,
    "only first dated": (OLD, None),
    "only second dated": (None, OLD),
}

REQUIRED, OTHER = "TreatmentNeedSupported", "TreatmentNeedNotSupported"
RULES_OUT, POSITIVE = "NoMechanicalObstruction", "MechanicalObstructionOfEGJ"
CANCERS = {
    "the class": "UpperGastrointestinalMalignancy",
    "below": "OesophagealCancer",
    "above": "Disorder",
    "its group": "AchalasiaMimic",
}


def record(
    patient: Patient,
    concept: str,
    said: str,
    *,
    result: str | None = None,
    date: str | None = None,
) -> Patient:
    """Record a concept as a table says it: with a status, or not at all."""
    if said == "entered in error":
        return patient.mistaken(concept, date=date, result=result)
    if said == "present":
        return patient.has(concept, date=date, result=result)
    if said == "absent":
        return patient.absent(concept, date=date, result=result)
    if said == "provisional":
        return patient.provisional(concept, date=date, result=result)
    assert said == "nothing", said
    return patient


# Records around a class


def around_a_class(row: Row, patient: Patient) -> Patient:
    """Return a patient with records of a class and of those around it."""
    record(patient, "Achalasia", row["class"])
    record(patient, "AchalasiaTypeII", row["below"])
    record(patient, "OesophagealMotilityDisorder", row["above"])
    return record(patient, "DistalOesophagealSpasm", row["excluding"])


def see_class(seen: Seen, row: Row) -> dict[str, str]:
    """Return the truth of the criterion on the class."""
    return {"criterion": seen.truth("present-Achalasia")}


def a_dispute_below(row: Row, patient: Patient) -> Patient:
    """Return a patient with a record of a class and two that disagree on one below it."""
    record(patient, "Achalasia", row["class"])
    for said in row["below"].split(" and "):
        record(patient, "AchalasiaTypeII", said)
    return patient


def two_records(row: Row, patient: Patient) -> Patient:
    """Return a patient with two records of one class."""
    first, second = DATES[row["dates"]]
    record(patient, "HiatalHernia", row["first"], date=first)
    return record(patient, "HiatalHernia", row["second"], date=second)


def see_hernia(seen: Seen, row: Row) -> dict[str, str]:
    """Return the truth of the criterion on it."""
    return {"criterion": seen.truth("hiatal-hernia")}


def present_and_absent(row: Row, patient: Patient) -> Patient:
    """Return a patient with a present record of one class and an absent one of another."""
    first, second = DATES[row["dates"]]
    return patient.has(CANCERS[row["present"]], date=first).absent(
        CANCERS[row["absent"]], date=second
    )


def suspected_and_absent(row: Row, patient: Patient) -> Patient:
    """Return a patient with a provisional record of one class and an absent one of another."""
    first, second = DATES[row["dates"]]
    return patient.provisional(CANCERS[row["provisional"]], date=first).absent(
        CANCERS[row["absent"]], date=second
    )


def see_cancer(seen: Seen, row: Row) -> dict[str, str]:
    """Return the truth of the criterion on the class of both tables."""
    return {"criterion": seen.truth("present-UpperGastrointestinalMalignancy")}


# Tests and measures


def tests_with_results(row: Row, patient: Patient) -> Patient:
    """Return a patient with a test, one below it and one above it."""
    for column, test in (
        ("test", "HighResolutionManometry"),
        ("below", "MultipleRepetitiveSwallows"),
        ("above", "DiagnosticTest"),
    ):
        if row[column] == "not done":
            patient.absent(test)
        elif row[column] == "provisional":
            patient.provisional(test, result=REQUIRED)
        elif row[column] != "nothing":
            result = {"required": REQUIRED, "other": OTHER, "no result": None}[row[column]]
            patient.done(test, result)
    return patient


def see_required(seen: Seen, row: Row) -> dict[str, str]:
    """Return the truth of the criterion that asks for a result."""
    return {"criterion": seen.truth("test-required")}


def a_value(row: Row, patient: Patient) -> Patient:
    """Return a patient with a measured value."""
    value = row["value"]
    return patient if value == "nothing" else patient.measure("DistalLatency", float(value))


def see_measures(seen: Seen, row: Row) -> dict[str, str]:
    """Return the truth of the three criteria on the measure."""
    return {
        "met from 4.5, not met below 2.5": seen.truth("test-from"),
        "met up to 2.5, not met above 4.5": seen.truth("test-up-to"),
        "met from 2.5 to 4.5, not met below 2.0 or above 5.0": seen.truth("test-band"),
    }


VALUES = {"below": 1.5, "between": 3.5, "above": 5.5}


def two_values(row: Row, patient: Patient) -> Patient:
    """Return a patient with two values of one measure."""
    first, second = DATES[row["dates"]]
    patient.measure("DistalLatency", VALUES[row["first"]], date=first)
    return patient.measure("DistalLatency", VALUES[row["second"]], date=second)


def see_from(seen: Seen, row: Row) -> dict[str, str]:
    """Return the truth of the criterion with two bounds."""
    return {"criterion": seen.truth("test-from")}


def an_operator(row: Row, patient: Patient) -> Patient:
    """Return a patient whose operator has done some procedures."""
    if row["procedures"] != "nothing":
        status = row["counted"].replace("entered in error", "enteredInError")
        patient.about("operator", "PoemProcedureCount", status, value=int(row["procedures"]))
    if row["competence"] != "nothing":
        patient.about("operator", "PoemCompetence", row["competence"])
    return patient


def see_operator(seen: Seen, row: Row) -> dict[str, str]:
    """Return the truth of the requirements on experience."""
    return {
        "at least 20": seen.truth("procedure-count-floor"),
        "competent": seen.truth("competence"),
    }


# Composites


PARTS = {
    "part": "HiatalHernia",
    "one": "HiatalHernia",
    "two": "SigmoidOesophagus",
    "negated": "SigmoidOesophagus",
    "three": "EpiphrenicDiverticulum",
}


def parts(row: Row, patient: Patient) -> Patient:
    """Return a patient with records of the parts of a composite criterion."""
    for column, said in row.items():
        record(patient, PARTS[column], said)
    return patient


def see_composites(seen: Seen, row: Row) -> dict[str, str]:
    """Return the truth of the composites that have these parts."""
    names = {
        ("part",): "not",
        ("one", "two"): "two",
        ("one", "two", "three"): "three",
        ("one", "negated"): "negated",
    }
    kind = names[tuple(row)]
    if kind == "not":
        return {"not": seen.truth("test-not")}
    return {"all of": seen.truth(f"test-all-{kind}"), "any of": seen.truth(f"test-any-{kind}")}


# Ruling out


def imaging(row: Row, patient: Patient) -> Patient:
    """Return a patient with two tests that rule out, and a record of what they look for."""
    for column, test in (
        ("first test", "EndoscopicUltrasound"),
        ("second test", "ComputedTomography"),
    ):
        said = row[column]
        if said == "not done":
            patient.absent(test)
        elif said.startswith("provisional "):
            result = RULES_OUT if said == "provisional rules out" else POSITIVE
            patient.provisional(test, result=result)
        elif said != "nothing":
            results = {"rules out": RULES_OUT, "positive": POSITIVE, "no result": None}
            patient.done(test, results.get(said, "OesophagealWallThickening"))
    return record(patient, POSITIVE, row["obstruction recorded"])


def see_ruled_out(seen: Seen, row: Row) -> dict[str, str]:
    """Return the truth of the rule-out criterion."""
    return {"ruled out": seen.truth("mechanical-obstruction-ruled-out")}
