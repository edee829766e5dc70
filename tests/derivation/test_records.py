"""Sections 1.5 to 1.7 of the rules: which records count, contradictions, and what unknown hides."""

from __future__ import annotations

import pytest

from tests.derivation.patients import Patient
from tests.derivation.view import BOTULINUM, DILATION, HELLER, POEM, see

RULED_OUT = "mechanical-obstruction-ruled-out"
NEED = "treatment-need-established"
CLEAR, OBSTRUCTED = "NoMechanicalObstruction", "MechanicalObstructionOfEGJ"
CT = "ComputedTomography"
OLD, MIDDLE, NEW = "2024-05-01", "2025-05-01", "2026-05-01"


def in_outflow_obstruction() -> Patient:
    return Patient().has("EGJOutflowObstruction").in_place()


# 1.5 The latest record


@pytest.mark.parametrize(
    ("first", "second", "truth"),
    [(OLD, NEW, "not met"), (NEW, OLD, "met"), (OLD, OLD, "unknown"), (None, None, "unknown")],
    ids=["later absent", "later present", "same day", "undated"],
)
def test_the_latest_record_counts_and_a_tie_that_disagrees_is_unknown(
    first: str | None, second: str | None, truth: str
) -> None:
    patient = Patient().has("HiatalHernia", date=first).absent("HiatalHernia", date=second)
    assert see(patient).truth("hiatal-hernia") == truth


def test_an_undated_record_cannot_be_older_than_a_dated_one() -> None:
    patient = Patient().has("HiatalHernia").absent("HiatalHernia", date=NEW)
    assert see(patient).truth("hiatal-hernia") == "unknown"


@pytest.mark.parametrize("first", [OLD, None])
def test_records_of_one_day_that_agree_are_no_dispute(first: str | None) -> None:
    patient = Patient().has("HiatalHernia", date=first).has("HiatalHernia", date=first)
    assert see(patient).truth("hiatal-hernia") == "met"


def test_present_and_suspected_on_one_day_disagree() -> None:
    patient = Patient().has("AchalasiaTypeIII").provisional("AchalasiaTypeIII").in_place()
    assert "ready" not in see(patient).readiness().values()


def test_a_later_suspicion_replaces_an_earlier_finding() -> None:
    patient = Patient().has("HiatalHernia", date=OLD).provisional("HiatalHernia", date=NEW)
    assert see(patient).truth("hiatal-hernia") == "unknown"


def test_a_later_test_without_a_result_opens_the_question_again() -> None:
    patient = in_outflow_obstruction().done(CT, CLEAR, date=OLD).done(CT, date=NEW)
    assert see(patient).of_kind(DILATION, "exclusion")[RULED_OUT] == "unknown"


def test_a_mistaken_record_uncovers_the_one_before_it() -> None:
    patient = Patient().has("HiatalHernia", date=OLD).mistaken("HiatalHernia", date=NEW)
    assert see(patient).truth("hiatal-hernia") == "met"


# 1.5 The as-of date


def test_records_after_the_as_of_date_do_not_count() -> None:
    patient = Patient().absent("HiatalHernia", date=OLD).has("HiatalHernia", date=NEW)
    assert see(patient.as_of(MIDDLE)).truth("hiatal-hernia") == "not met"


def test_a_record_of_the_as_of_date_itself_counts() -> None:
    patient = Patient().absent("HiatalHernia", date=OLD).has("HiatalHernia", date=MIDDLE)
    assert see(patient.as_of(MIDDLE)).truth("hiatal-hernia") == "met"


def test_undated_records_count_on_any_day() -> None:
    assert see(Patient().has("HiatalHernia").as_of(OLD)).truth("hiatal-hernia") == "met"


def test_the_default_is_the_newest_date_of_the_file_and_never_the_clock() -> None:
    patient = (
        Patient().born(2008).has("Dysphagia", date="2024-12-31").mistaken("Pregnancy", date=NEW)
    )
    # Sixteen or fifteen at the end of 2024; the mistaken record of 2026 does not make her 18.
    assert see(patient).truth("child") == "met"


def test_the_date_of_an_attestation_is_a_date_of_the_file_too() -> None:
    patient = Patient().has("AchalasiaTypeIII", date=OLD).operator(120, trained=True, date=NEW)
    assert see(patient).truth("procedure-count-ceiling") == "met"


@pytest.mark.parametrize(("first", "second", "truth"), [(OLD, NEW, "met"), (NEW, OLD, "not met")])
def test_the_latest_count_of_the_operator_counts(first: str, second: str, truth: str) -> None:
    patient = Patient().operator(10, date=first).operator(120, date=second)
    assert see(patient).truth("procedure-count-ceiling") == truth


def test_what_is_attested_after_the_as_of_date_does_not_count() -> None:
    patient = Patient().has("AchalasiaTypeIII", date=OLD).as_of(MIDDLE)
    patient.centre(high_volume=False, date=OLD).centre(high_volume=True, date=NEW)
    assert see(patient).truth("high-volume-centre") == "not met"


def test_a_mistaken_attestation_does_not_count() -> None:
    patient = Patient().about("centre", "HighVolumeCentre", "enteredInError")
    assert see(patient).truth("high-volume-centre") == "unknown"


# 1.5 Stale tests


@pytest.mark.parametrize(
    ("imaged", "treated", "truth"),
    [
        (OLD, NEW, "unknown"),
        (NEW, OLD, "met"),
        (MIDDLE, MIDDLE, "unknown"),
        (None, NEW, "unknown"),
        (NEW, None, "unknown"),
        (None, None, "unknown"),
    ],
    ids=["before", "after", "same day", "undated test", "undated therapy", "both undated"],
)
def test_a_therapy_after_the_test_makes_it_stale(
    imaged: str | None, treated: str | None, truth: str
) -> None:
    patient = Patient().done(CT, CLEAR, date=imaged).done(DILATION, "NoSuccess", date=treated)
    assert see(patient).truth(RULED_OUT) == truth


def test_a_therapy_after_the_as_of_date_makes_nothing_stale() -> None:
    patient = Patient().done(CT, CLEAR, date=OLD).done(DILATION, "Success", date=NEW).as_of(MIDDLE)
    assert see(patient).truth(RULED_OUT) == "met"


def test_a_therapy_that_was_declined_makes_nothing_stale() -> None:
    patient = Patient().done(CT, CLEAR, date=OLD).absent(DILATION, result="Declined", date=NEW)
    assert see(patient).truth(RULED_OUT) == "met"


def test_a_therapy_makes_no_diagnosis_stale() -> None:
    patient = Patient().has("AchalasiaTypeII", date=OLD).done(DILATION, "NoSuccess", date=NEW)
    assert see(patient).truth("present-AchalasiaTypeII") == "met"


def test_a_therapy_of_the_patient_makes_no_count_of_the_operator_stale() -> None:
    patient = Patient().operator(120, date=OLD).done(DILATION, "NoSuccess", date=NEW)
    assert see(patient).truth("procedure-count-ceiling") == "met"


def test_a_tumour_that_a_stale_test_found_still_withholds() -> None:
    patient = Patient().has("AchalasiaTypeII").absent("AchalasiaMimic")
    patient.done(CT, "MalignantInfiltrationOfEGJ", date=OLD).done(DILATION, "NoSuccess", date=NEW)
    assert set(see(patient).readiness().values()) == {"withheld"}


def test_an_earlier_therapy_is_not_undone_by_a_later_refusal() -> None:
    patient = Patient().has("AchalasiaTypeII").in_place()
    patient.done(HELLER, "NoSuccess", date=OLD).absent(HELLER, result="Declined", date=NEW)
    view = see(patient)
    assert view.of_kind(POEM, "situation") == {"heller-failed": "unknown"}
    assert {"poem-kg-I39", "poem-kg-I40", "poem-kg-I76"} == view.silent_on("situation")
    assert "ready" not in view.readiness().values()


# 1.6 Defence in depth


@pytest.mark.parametrize("later", [None, NEW])
@pytest.mark.parametrize(
    ("present", "absent"),
    [
        ("OesophagealCancer", "AchalasiaMimic"),
        ("OesophagealCancer", "UpperGastrointestinalMalignancy"),
        ("OtherCauseOfObstruction", "AchalasiaMimic"),
    ],
)
def test_a_mimic_present_and_its_group_absent_counts_as_present(
    present: str, absent: str, later: str | None
) -> None:
    patient = Patient().has("AchalasiaTypeII").has(present, date=later and OLD)
    view = see(patient.absent(absent, date=later))
    assert view.of_kind(DILATION, "exclusion") == {"achalasia-mimic": "not-met"}
    assert set(view.readiness().values()) == {"withheld"}


def test_one_mimic_present_and_absent_on_one_day_counts_as_present() -> None:
    patient = Patient().has("AchalasiaTypeII").has("AchalasiaMimic", date=OLD)
    view = see(patient.absent("AchalasiaMimic", date=OLD))
    assert set(view.readiness().values()) == {"withheld"}


def test_two_diagnoses_that_exclude_each_other_leave_both_open() -> None:
    view = see(Patient().has("AchalasiaTypeII").has("DistalOesophagealSpasm").in_place())
    assert view.options == {}


def test_a_type_present_and_achalasia_absent_leave_it_open() -> None:
    view = see(Patient().has("AchalasiaTypeII").absent("Achalasia").in_place())
    assert "ready" not in view.readiness().values()


# 1.7 Unknown may hide a benefit, never a warning


@pytest.mark.parametrize(
    ("hernia", "shown"),
    [("present", "yes"), ("provisional", "unknown"), (None, "unknown"), ("absent", None)],
)
def test_a_caution_and_a_gap_show_unless_ruled_out(hernia: str | None, shown: str | None) -> None:
    patient = Patient().has("AchalasiaTypeII")
    view = see(patient.record("HiatalHernia", hernia) if hernia else patient)
    assert view.said(POEM, "cautions").get("C10") == shown
    assert view.said(POEM, "gaps").get("C15") == shown


def test_a_caution_on_a_type_shows_while_the_type_is_open() -> None:
    assert see(Patient().has("Achalasia")).said(POEM, "cautions")["C09"] == "unknown"


def test_what_is_said_of_two_open_types_is_told_once() -> None:
    cautions = see(Patient().has("Achalasia")).options[POEM].cautions
    assert len({c.statement for c in cautions}) == len(cautions)


def test_a_caution_on_another_type_does_not_show() -> None:
    assert "C09" not in see(Patient().has("AchalasiaTypeIII")).said(POEM, "cautions")


def test_a_standing_needs_its_population() -> None:
    view = see(Patient().has("Achalasia"))
    assert set(view.options) == {POEM, HELLER}
    assert "C16" not in view.said(POEM, "for")


def test_a_requirement_shows_while_its_disorder_is_open() -> None:
    view = see(Patient().has("OpioidInducedOesophagealDysfunction").absent("AchalasiaMimic"))
    assert view.of_kind(BOTULINUM, "exclusion")[RULED_OUT] == "unknown"
    assert view.of_kind(BOTULINUM, "test") == {NEED: "unknown"}


def test_a_requirement_of_a_disorder_that_is_ruled_out_does_not_show() -> None:
    view = see(Patient().has("AchalasiaTypeII"))
    assert set(view.of_kind(DILATION, "exclusion")) == {"achalasia-mimic"}
    assert view.of_kind(DILATION, "test") == {}


@pytest.mark.parametrize("population", ["Pregnancy", "AnticoagulantUse"])
def test_a_suspected_silent_population_holds_back(population: str) -> None:
    patient = Patient().has("AchalasiaTypeII").absent("AchalasiaMimic").age(40)
    assert see(patient).readiness()[DILATION] == "ready"
    view = see(patient.provisional(population))
    assert view.readiness()[DILATION] == "needs-information"
