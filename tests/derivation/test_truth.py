"""Section 1 of the rules: when a criterion is met, not met or unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.derivation.patients import LISTED_MIMICS, Patient
from tests.derivation.view import DILATION, HELLER, POEM, changed_knowledge, see, see_all

MIMIC = "achalasia-mimic"
RULED_OUT = "mechanical-obstruction-ruled-out"
NEED = "treatment-need-established"
CLEAR, OBSTRUCTED = "NoMechanicalObstruction", "MechanicalObstructionOfEGJ"
EUS, CT = "EndoscopicUltrasound", "ComputedTomography"


def outflow() -> Patient:
    """Return a patient with outflow obstruction for whom all but imaging is in place."""
    return Patient().has("EGJOutflowObstruction").in_place()


# 1.1 Class criteria


@pytest.mark.parametrize(
    ("patient", "truth"),
    [
        (Patient().has("HiatalHernia"), "met"),
        (Patient().absent("HiatalHernia"), "not met"),
        (Patient().absent("Disorder"), "not met"),
        (Patient().has("Disorder"), "unknown"),
        (Patient().provisional("HiatalHernia"), "unknown"),
        (Patient().mistaken("HiatalHernia"), "unknown"),
        (Patient(), "unknown"),
    ],
    ids=["present", "absent", "above absent", "above present", "suspected", "mistaken", "nothing"],
)
def test_a_class_criterion(patient: Patient, truth: str) -> None:
    assert see(patient).truth("hiatal-hernia") == truth


def test_a_subclass_meets_the_criterion_on_its_superclass() -> None:
    assert see(Patient().has("AchalasiaTypeII")).truth("present-Achalasia") == "met"


def test_an_absent_subclass_leaves_its_superclass_open() -> None:
    assert see(Patient().absent("AchalasiaTypeII")).truth("present-Achalasia") == "unknown"


@pytest.mark.parametrize(
    ("patient", "truth"),
    [
        (Patient().done("TimedBariumOesophagram", "TreatmentNeedSupported"), "met"),
        (Patient().done("TimedBariumOesophagram", "TreatmentNeedNotSupported"), "not met"),
        (Patient().done("TimedBariumOesophagram"), "unknown"),
        (Patient().absent("TimedBariumOesophagram"), "not met"),
        (
            Patient().provisional("TimedBariumOesophagram", result="TreatmentNeedSupported"),
            "unknown",
        ),
        (Patient().done("BariumSwallow", "TreatmentNeedSupported"), "unknown"),
    ],
    ids=["required", "another", "no result", "not done", "suspected", "another test"],
)
def test_a_required_result(patient: Patient, truth: str) -> None:
    assert see(patient).truth("barium-supports-need") == truth


@pytest.mark.parametrize(
    "other",
    [
        "AchalasiaTypeI",
        "AchalasiaTypeIII",
        "DistalOesophagealSpasm",
        "EGJOutflowObstruction",
        "AbsentContractility",
        "HypercontractileOesophagus",
        "IneffectiveOesophagealMotility",
    ],
)
def test_another_member_of_the_exclusive_group_refutes(other: str) -> None:
    assert see(Patient().has(other)).truth("present-AchalasiaTypeII") == "not met"


@pytest.mark.parametrize("other", ["OpioidInducedOesophagealDysfunction", "RefluxStricture"])
def test_opioid_dysfunction_and_mimics_refute_no_diagnosis(other: str) -> None:
    assert see(Patient().has(other)).truth("present-AchalasiaTypeII") == "unknown"


def test_a_suspected_member_of_the_exclusive_group_refutes_nothing() -> None:
    suspected = see(Patient().provisional("AchalasiaTypeI"))
    assert suspected.truth("present-AchalasiaTypeII") == "unknown"


def test_achalasia_without_a_type_refutes_spasm_but_no_type() -> None:
    view = see(Patient().has("Achalasia"))
    assert view.truth("present-DistalOesophagealSpasm") == "not met"
    assert view.truth("present-AchalasiaTypeII") == "unknown"


def test_disjoint_classes_are_no_exclusive_group() -> None:
    # Idiopathic and secondary achalasia are owl:disjointWith each other.
    assert see(Patient().has("SecondaryAchalasia")).truth("idiopathic-achalasia") == "unknown"


# 1.1 The closed list of mimics


def test_the_group_absent_rules_the_mimics_out() -> None:
    assert see(Patient().absent("AchalasiaMimic")).truth(MIMIC) == "not met"


def test_every_listed_mimic_absent_rules_the_group_out() -> None:
    assert see(Patient().absent(*LISTED_MIMICS)).truth(MIMIC) == "not met"


@pytest.mark.parametrize("left_out", LISTED_MIMICS)
def test_one_listed_mimic_not_recorded_leaves_the_group_open(left_out: str) -> None:
    rest = [name for name in LISTED_MIMICS if name != left_out]
    assert see(Patient().absent(*rest)).truth(MIMIC) == "unknown"


@pytest.mark.parametrize("status", ["present", "provisional"])
@pytest.mark.parametrize("ruled_out", [("AchalasiaMimic",), LISTED_MIMICS])
def test_another_cause_of_obstruction_counts_beyond_the_list(
    status: str, ruled_out: tuple[str, ...]
) -> None:
    patient = Patient().has("AchalasiaTypeII").in_place_without_mimics().absent(*ruled_out)
    other = "OtherCauseOfObstruction"
    patient = patient.has(other) if status == "present" else patient.provisional(other)
    readiness = "withheld" if status == "present" else "needs-information"
    assert see(patient).readiness()[DILATION] == readiness


def test_the_group_suspected_keeps_it_open_although_every_listed_one_is_absent() -> None:
    patient = Patient().absent(*LISTED_MIMICS).provisional("AchalasiaMimic")
    assert see(patient).truth(MIMIC) == "unknown"


def test_the_group_present_withholds() -> None:
    patient = Patient().has("AchalasiaTypeII").in_place_without_mimics().has("AchalasiaMimic")
    assert set(see(patient).readiness().values()) == {"withheld"}


@pytest.mark.parametrize("status", ["present", "provisional"])
def test_a_finding_of_another_cause_as_a_test_result_counts_like_its_record(status: str) -> None:
    patient = Patient().has("AchalasiaTypeII").absent(*LISTED_MIMICS)
    result = "OtherCauseOfObstruction"
    found = patient.done("UpperEndoscopy", result)
    if status == "provisional":
        found = Patient().has("AchalasiaTypeII").absent(*LISTED_MIMICS)
        found = found.provisional("UpperEndoscopy", result=result)
    readiness = {"present": "withheld", "provisional": "needs-information"}[status]
    assert see(found).readiness()[DILATION] == readiness


@pytest.mark.parametrize(
    ("suspected", "denied", "truth"),
    [
        (None, None, "unknown"),
        (None, "2025-06-01", "unknown"),
        ("2025-01-01", None, "unknown"),
        ("2025-06-01", "2025-06-01", "unknown"),
        ("2025-06-01", "2025-01-01", "unknown"),
        ("2025-01-01", "2025-06-01", "not met"),
    ],
)
def test_a_suspicion_stands_unless_the_denial_is_later(
    suspected: str | None, denied: str | None, truth: str
) -> None:
    patient = Patient().provisional("OesophagealCancer", date=suspected)
    assert see(patient.absent("AchalasiaMimic", date=denied)).truth(MIMIC) == truth


def test_an_undated_suspicion_stands_beside_a_dated_one_that_was_answered() -> None:
    patient = Patient().provisional("OesophagealCancer", date="2025-01-01")
    patient.provisional("GastricCancer").absent("AchalasiaMimic", date="2025-06-01")
    assert see(patient).truth(MIMIC) == "unknown"


# 1.2 Measures


@pytest.mark.parametrize(
    ("procedures", "competent", "floor", "competence", "readiness"),
    [
        (19, None, "not-met", "unknown", "blocked"),
        (19, True, "not-met", "met", "blocked"),
        (20, None, "met", "unknown", "needs-information"),
        (20, True, "met", "met", "ready"),
        (20, False, "met", "unknown", "needs-information"),
        (39, None, "met", "unknown", "needs-information"),
        (39, True, "met", "met", "ready"),
        (40, None, "met", "met", "ready"),
        (None, True, "unknown", "met", "needs-information"),
        (None, None, "unknown", "unknown", "needs-information"),
    ],
)
def test_the_range_of_procedures(
    procedures: int | None, competent: bool | None, floor: str, competence: str, readiness: str
) -> None:
    patient = Patient().has("AchalasiaTypeIII").in_place_without_operator()
    view = see(patient.operator(procedures, trained=True, competent=competent))
    states = view.of_kind(POEM, "operator")
    assert states["procedure-count-floor"] == floor
    # Below the floor the count refutes competence by volume; attestation is another part.
    assert states["competence"] == competence
    assert view.readiness()[POEM] == readiness


def test_a_number_does_not_make_a_high_volume_centre() -> None:
    view = see(Patient().has("AchalasiaTypeIII").operator(5000, trained=True))
    assert view.of_kind(POEM, "site")["high-volume-centre"] == "unknown"


@pytest.mark.parametrize(("one", "other"), [(30, 45), (15, 45), (15, 30)])
def test_undated_values_that_disagree_leave_it_open(one: int, other: int) -> None:
    view = see(Patient().operator(one).operator(other))
    assert view.truth("procedure-count-ceiling") == "unknown"


@pytest.mark.parametrize(
    ("patient", "truth"),
    [
        (Patient().age(17), "met"),
        (Patient().age(18), "not met"),
        (Patient(), "unknown"),
        (Patient().born(2008).has("Dysphagia", date="2026-03-02"), "unknown"),
        (Patient().born(2007).has("Dysphagia", date="2026-03-02"), "not met"),
        (Patient().born(2009).has("Dysphagia", date="2026-03-02"), "met"),
        (Patient().born(2015), "unknown"),
    ],
    ids=["17", "18", "no age", "17 or 18", "18 or 19", "16 or 17", "no date to count from"],
)
def test_a_child_by_age_or_birth_year(patient: Patient, truth: str) -> None:
    assert see(patient).truth("child") == truth


# 1.3 Composites

COMPOSITES = """
criterion:test-all a poemkg:AllOfCriterion ;
  poemkg:part criterion:hiatal-hernia , criterion:sigmoid-oesophagus .
criterion:test-any a poemkg:AnyOfCriterion ;
  poemkg:part criterion:hiatal-hernia , criterion:sigmoid-oesophagus .
criterion:test-not a poemkg:NotCriterion ; poemkg:part criterion:hiatal-hernia .
criterion:test-any-not a poemkg:AnyOfCriterion ;
  poemkg:part criterion:test-not , criterion:sigmoid-oesophagus .
"""
ALL_OF = {"pp": "met", "pa": "not met", "pu": "unknown", "aa": "not met", "au": "not met"}
ANY_OF = {"pp": "met", "pa": "met", "pu": "met", "aa": "not met", "au": "unknown"}
ANY_NOT = {"pp": "met", "pa": "not met", "pu": "unknown", "aa": "met", "au": "met", "uu": "unknown"}
NOT = {"p": "not met", "a": "met", "u": "unknown"}


def test_the_truth_tables_of_composite_criteria(tmp_path: Path) -> None:
    known = changed_knowledge(tmp_path, files={"criteria.ttl": COMPOSITES})
    patients = {}
    for pair in ("pp", "pa", "pu", "ap", "aa", "au", "up", "ua", "uu"):
        patient = patients[pair] = Patient(pair)
        for letter, concept in zip(pair, ("HiatalHernia", "SigmoidOesophagus"), strict=True):
            if letter != "u":
                patient.record(concept, "present" if letter == "p" else "absent")
    views = dict(zip(patients, see_all(list(patients.values()), known=known), strict=True))
    for pair, view in views.items():
        either_way = pair if pair in ALL_OF else pair[::-1]
        assert view.truth("test-all") == ALL_OF.get(either_way, "unknown"), pair
        assert view.truth("test-any") == ANY_OF.get(either_way, "unknown"), pair
        assert view.truth("test-not") == NOT[pair[0]], pair
    assert {p: views[p].truth("test-any-not") for p in ANY_NOT} == ANY_NOT


# 1.4 Rule-out steps


@pytest.mark.parametrize(
    ("eus", "ct", "truth"),
    [
        (CLEAR, None, "met"),
        (None, CLEAR, "met"),
        (CLEAR, CLEAR, "met"),
        (OBSTRUCTED, None, "not met"),
        (None, OBSTRUCTED, "not met"),
        (OBSTRUCTED, OBSTRUCTED, "not met"),
        (CLEAR, OBSTRUCTED, "unknown"),
        (OBSTRUCTED, CLEAR, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_rule_out_by_any_of_two_tests(eus: str | None, ct: str | None, truth: str) -> None:
    assert see(Patient().done(EUS, eus).done(CT, ct)).truth(RULED_OUT) == truth


def test_a_test_done_without_a_result_rules_nothing_out() -> None:
    view = see(outflow().done(EUS).done(CT))
    assert view.of_kind(DILATION, "exclusion")[RULED_OUT] == "unknown"
    assert {test for test, _ in view.tests} == {EUS, CT}


def test_another_test_rules_nothing_out() -> None:
    assert see(Patient().done("UpperEndoscopy", CLEAR)).truth(RULED_OUT) == "unknown"


def test_discordant_imaging_is_open_and_the_first_question() -> None:
    patient = Patient().has("EGJOutflowObstruction").adult()
    view = see(patient.done(EUS, CLEAR).done(CT, OBSTRUCTED))
    assert view.of_kind(DILATION, "exclusion")[RULED_OUT] == "unknown"
    assert set(view.readiness().values()) == {"needs-information"}
    # The mimics are open as well, and come earlier in the alphabet.
    assert view.questions[:2] == [RULED_OUT, MIMIC]


def test_a_tumour_on_ct_withholds_as_a_mimic_although_eus_is_clear() -> None:
    view = see(outflow().done(EUS, CLEAR).done(CT, "MalignantInfiltrationOfEGJ"))
    assert view.of_kind(DILATION, "exclusion") == {MIMIC: "not-met", RULED_OUT: "unknown"}
    assert set(view.readiness().values()) == {"withheld"}


def test_an_obstruction_recorded_as_a_condition_withholds_whatever_a_ct_says() -> None:
    view = see(outflow().done(CT, CLEAR).has(OBSTRUCTED))
    assert view.of_kind(HELLER, "exclusion")[RULED_OUT] == "not-met"
    assert set(view.readiness().values()) == {"withheld"}


def test_an_obstruction_found_by_another_test_withholds_too() -> None:
    view = see(outflow().done(CT, CLEAR).done("UpperEndoscopy", OBSTRUCTED))
    assert set(view.readiness().values()) == {"withheld"}


@pytest.mark.parametrize(
    ("suspected", "imaged", "truth"),
    [
        (None, None, "unknown"),
        ("2025-06-01", "2025-06-01", "unknown"),
        ("2025-06-01", "2025-01-01", "unknown"),
        ("2025-01-01", "2025-06-01", "met"),
    ],
)
@pytest.mark.parametrize("how", ["condition", "result"])
def test_a_suspected_obstruction_stands_unless_the_imaging_is_later(
    suspected: str | None, imaged: str | None, truth: str, how: str
) -> None:
    patient = Patient().done(CT, CLEAR, date=imaged)
    if how == "condition":
        patient.provisional(OBSTRUCTED, date=suspected)
    else:
        patient.provisional(EUS, result=OBSTRUCTED, date=suspected)
    assert see(patient).truth(RULED_OUT) == truth


def test_the_need_for_treatment_is_no_rule_out_but_any_of_three() -> None:
    patient = Patient().done("TimedBariumOesophagram", "TreatmentNeedSupported")
    patient.done("FunctionalLumenImagingProbe", "TreatmentNeedNotSupported")
    assert see(patient).truth(NEED) == "met"
