"""The patients of the truth tables of options, and what to look at in each."""

from __future__ import annotations

from tests.derivation.patients import COUNSELLING, LISTED_MIMICS, Patient
from tests.derivation.seen import Seen
from tests.derivation.truth_criteria import (
    NEW,
    OLD,
    OTHER,
    POSITIVE,
    REQUIRED,
    RULES_OUT,
    Row,
    record,
)
from tests.derivation.truth_knowledge import therapy
from tests.derivation.view import BOTULINUM, DILATION, HELLER, POEM, STOP_OPIOID, View

DYSFUNCTION = "OpioidInducedOesophagealDysfunction"
MIMIC = "achalasia-mimic"
RULED_OUT = "mechanical-obstruction-ruled-out"
LINES = {"first": STOP_OPIOID, "second": BOTULINUM, "third": POEM}
PASSED = {
    "first": "opioid-discontinuation-passed",
    "second": "botulinum-toxin-passed",
    "third": "poem-passed",
}
NEED_TESTS = ("FunctionalLumenImagingProbe", "MultipleRepetitiveSwallows", "TimedBariumOesophagram")


# Exclusions


def mimics(row: Row, patient: Patient) -> Patient:
    """Return a patient with records of a group of mimics and of its listed members."""
    record(patient.has("AchalasiaTypeII"), "AchalasiaMimic", row["group"])
    for column, mimic in zip(("first", "second", "third", "fourth"), LISTED_MIMICS, strict=True):
        record(patient, mimic, row[column])
    return patient


def another_cause(row: Row, patient: Patient) -> Patient:
    """Return a patient with a group, its listed members and one that the list does not name."""
    record(patient.has("AchalasiaTypeII"), "AchalasiaMimic", row["group"])
    first, *others = LISTED_MIMICS
    said = row["listed"].removeprefix("one ").removeprefix("all ")
    record(patient.absent(*others), first, said.replace("open", "nothing"))
    return record(patient, "OtherCauseOfObstruction", row["other cause"])


def see_exclusion(seen: Seen, row: Row) -> dict[str, str]:
    """Return whether a therapy is withheld by the exclusion, which alone holds it back."""
    requirements = seen.requirements(DILATION)
    state = requirements["exclusion", MIMIC]
    readiness = seen.option(DILATION, "readiness")
    words = {
        ("not-met", "withheld"): "withheld",
        ("unknown", "needs-information"): "open",
        ("met", "ready"): "ruled out",
    }
    assert len(requirements) == 1, requirements
    return {"exclusion": words[state, readiness]}


# Ordered lines


def treated(patient: Patient, name: str, said: str) -> Patient:
    """Record what became of a therapy."""
    if said == "nothing":
        return patient
    if said == "provisional":
        return patient.provisional(name)
    if said in ("declined", "contraindicated"):
        return patient.absent(name, result=said.capitalize())
    if said == "not done":
        return patient.absent(name)
    results = {"with success": "Success", "without success": "NoSuccess", "without result": None}
    return patient.done(name, results[said.removeprefix("done ")])


def one_line(row: Row, patient: Patient) -> Patient:
    """Return a patient with a record of one line."""
    return treated(patient.has(DYSFUNCTION).has("OpioidUse"), LINES[row["line"]], row["record"])


def see_one_line(seen: Seen, row: Row) -> dict[str, str]:
    """Return whether that line is passed."""
    return {"passed": seen.truth(PASSED[row["line"]])}


def first_line(row: Row, patient: Patient) -> Patient:
    """Return a patient with a record of a drug and of stopping it."""
    record(patient.has(DYSFUNCTION), "OpioidUse", row["drug"])
    return treated(patient, STOP_OPIOID, row["record"])


def see_first_line(seen: Seen, row: Row) -> dict[str, str]:
    """Return whether the first line is passed, as the criterion and the requirement say."""
    truth = seen.truth(PASSED["first"])
    state = seen.requirements(BOTULINUM)["line", PASSED["first"]]
    assert state == truth.replace(" ", "-"), (state, truth)
    return {"passed": truth}


def lines(row: Row, patient: Patient) -> Patient:
    """Return a patient with records of all three lines, and all else in place."""
    patient.has(DYSFUNCTION).has("AchalasiaTypeII").has("OpioidUse").in_place()
    for column, name in LINES.items():
        treated(patient, name, row[column])
    return patient


def see_lines(seen: Seen, row: Row) -> dict[str, str]:
    """Return the readiness of what comes second, third and after all lines."""
    assert [seen.option(name, "line") for name in LINES.values()] == ["1", "2", "3"]
    return {
        "second line": seen.option(BOTULINUM, "readiness"),
        "third line": seen.option(POEM, "readiness"),
        "outranked therapy": seen.option(DILATION, "readiness"),
    }


# Transfers


def spasm(row: Row, patient: Patient) -> Patient:
    """Return a patient with a disorder that is managed as another."""
    record(patient.in_place_without_mimics(), "DistalOesophagealSpasm", row["disorder"])
    return record(patient, "AchalasiaMimic", row["mimics"])


def outflow(row: Row, patient: Patient) -> Patient:
    """Return a patient with such a disorder in which a test must rule something out."""
    record(patient.in_place_without_mimics(), "EGJOutflowObstruction", row["disorder"])
    record(patient, "AchalasiaMimic", row["mimics"])
    if row["imaging"] in ("rules out", "discordant"):
        patient.done("ComputedTomography", RULES_OUT)
    if row["imaging"] in ("positive", "discordant"):
        patient.done("EndoscopicUltrasound", POSITIVE)
    return patient


def absent_contractility(row: Row, patient: Patient) -> Patient:
    """Return a patient with such a disorder that needs a judgement and a test."""
    record(patient.in_place_without_mimics(), "AbsentContractility", row["disorder"])
    record(patient, "DeemedAchalasia", row["deemed"])
    record(patient, "AchalasiaMimic", row["mimics"])
    return with_tests(patient, row["need"])


def with_tests(patient: Patient, need: str, *, date: str | None = None) -> Patient:
    """Record whether tests established the need for treatment."""
    first, *others = NEED_TESTS
    if need == "not done":
        return patient.absent(*NEED_TESTS, date=date)
    if need != "nothing":
        patient.done(first, REQUIRED if need == "established" else OTHER, date=date)
    for test in others if need in ("established", "refuted") else ():
        patient.done(test, OTHER, date=date)
    return patient


def see_transfer(seen: Seen, row: Row) -> dict[str, str]:
    """Return standing, inner standing and readiness of the transferred option."""
    return {prop: seen.option(POEM, prop) for prop in ("standing", "inner", "readiness")}


# Readiness


def requirements(row: Row, patient: Patient) -> Patient:
    """Return a patient in whom one therapy has a requirement of every kind."""
    patient.has("AbsentContractility").has("DeemedAchalasia").age(50)
    said = {"met": "present", "not met": "absent", "unknown": "nothing"}
    excluded = {"met": "absent", "not met": "present", "unknown": "nothing"}
    record(patient, "AchalasiaMimic", excluded[row["exclusion"]])
    tests = {"met": "established", "not met": "refuted", "unknown": "nothing", "open": "not done"}
    with_tests(patient, tests[row["test"]], date=NEW)
    if row["order"] == "diagnosis unknown":
        patient.has("OpioidUse")
    else:
        patient.has(DYSFUNCTION).absent("OpioidUse")
        second = {"met": "declined", "not met": "not done", "unknown": "nothing"}
        treated(patient, BOTULINUM, second[row["order"].removeprefix("line ")])
    stated = {"met": True, "not met": False, "unknown": None}
    patient.centre(high_volume=stated[row["site"]], complication_care=True)
    patient.operator(120, trained=stated[row["operator"]])
    for topic in COUNSELLING:
        record(patient, topic, said[row["counselling"]])
    patient.record("Pregnancy", "absent" if row["population"] == "met" else "present")
    if row["situation"] == "unknown":
        patient.done(HELLER, "NoSuccess", date=OLD)
    return patient


KIND_OF = {
    "achalasia-mimic": "exclusion",
    "treatment-need-established": "test",
    "botulinum-toxin-passed": "line",
    f"present-{DYSFUNCTION}": "diagnosis",
    "high-volume-centre": "site",
    "specialised-training": "operator",
    "counselled-reflux-risk": "counselling",
    "pregnancy": "population",
    "heller-failed": "situation",
}


def see_readiness(seen: Seen, row: Row) -> dict[str, str]:
    """Return the readiness of the therapy, having looked that each kind is in its state."""
    held = {
        kind: state
        for (kind, criterion), state in seen.requirements(POEM).items()
        if KIND_OF.get(criterion) == kind
    }
    states = {"not met": "not-met", "open": "not-met"}
    expected = {
        column: states.get(row[column], row[column])
        for column in ("exclusion", "test", "site", "operator", "counselling")
    }
    if row["order"] == "diagnosis unknown":
        expected["diagnosis"] = "unknown"
    else:
        expected["line"] = row["order"].removeprefix("line ").replace(" ", "-")
    expected |= {c: "unknown" for c in ("population", "situation") if row[c] == "unknown"}
    assert held == expected
    return {"readiness": seen.option(POEM, "readiness")}


# Standing


def standings(row: Row, patient: Patient) -> Patient:
    """Return a patient with a disorder for each way in which an argument can come."""
    return patient.has("TestSubtype").has("TestOfLines").has("TestManaged")


def see_standing(seen: Seen, row: Row) -> dict[str, str]:
    """Return standing, inner standing and rank of the therapy of a row."""
    name = therapy(tuple(row.values()))
    return {prop: seen.option(name, prop) for prop in ("standing", "inner", "rank")}


# What shows


def a_population(row: Row, patient: Patient) -> Patient:
    """Return a patient for whom the population of something said of a therapy is in a state."""
    said = row["population"]
    if row["what"] == "standing by disorder":
        return record(patient, "DistalOesophagealSpasm", said)
    if row["what"] == "standing by condition":
        return record(patient.has("AbsentContractility"), "DeemedAchalasia", said)
    if row["what"] == "requirement":
        return record(patient.has(DYSFUNCTION), "EGJOutflowObstruction", said)
    return record(patient.has("AchalasiaTypeII"), "HiatalHernia", said)


def shown(view: View, what: str) -> str:
    """Return whether it shows, and whether it applies."""
    if POEM not in view.options:
        return "no"
    if what == "requirement":
        return "yes" if RULED_OUT in view.of_kind(POEM, "exclusion") else "no"
    side, statement = {
        "standing by disorder": ("for", "C16"),
        "standing by condition": ("for", "C02"),
        "caution": ("cautions", "C10"),
        "gap": ("gaps", "C15"),
    }[what]
    applies = view.said(POEM, side).get(statement)
    return {"yes": "yes", "unknown": "applies unknown", None: "no"}[applies]
