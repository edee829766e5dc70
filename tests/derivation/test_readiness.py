"""Section 3 of the rules: readiness, exclusions, earlier therapies and silent populations."""

from __future__ import annotations

import pytest

from tests.derivation.patients import COUNSELLING, LISTED_MIMICS, Patient
from tests.derivation.view import (
    BOTULINUM,
    DILATION,
    HELLER,
    POEM,
    STOP_OPIOID,
    local,
    see,
)

DYSFUNCTION = "OpioidInducedOesophagealDysfunction"
CT, EUS = "ComputedTomography", "EndoscopicUltrasound"
NEED_TESTS = ("FunctionalLumenImagingProbe", "MultipleRepetitiveSwallows", "TimedBariumOesophagram")
OLD, NEW = "2024-05-01", "2026-05-01"


def type_ii() -> Patient:
    return Patient().has("AchalasiaTypeII").in_place()


def type_iii() -> Patient:
    return Patient().has("AchalasiaTypeIII").in_place()


# The order of readiness


def test_with_nothing_open_an_option_is_ready() -> None:
    view = see(type_iii())
    assert view.readiness() == {POEM: "ready", HELLER: "ready"}
    assert {state for _, state in view.requirements(POEM).values()} == {"met"}


def test_withheld_goes_before_blocked() -> None:
    patient = Patient().has("AchalasiaTypeIII").operator(1).has("OesophagealCancer")
    assert see(patient).readiness()[POEM] == "withheld"


def test_blocked_goes_before_needs_information() -> None:
    assert see(Patient().has("AchalasiaTypeIII").operator(1)).readiness()[POEM] == "blocked"


def test_needs_information_goes_before_needs_action() -> None:
    patient = Patient().has("AchalasiaTypeIII").counselled(status="absent")
    assert see(patient).readiness()[POEM] == "needs-information"


def test_needs_action_goes_before_ready() -> None:
    patient = Patient().has("AchalasiaTypeIII").in_place_without_counselling()
    assert see(patient.counselled(status="absent")).readiness()[POEM] == "needs-action"


# Operator, site and counselling


@pytest.mark.parametrize(
    ("trained", "readiness"), [(False, "blocked"), (None, "needs-information")]
)
def test_training(trained: bool | None, readiness: str) -> None:
    patient = Patient().has("AchalasiaTypeIII").in_place_without_operator()
    assert see(patient.operator(120, trained=trained)).readiness()[POEM] == readiness


@pytest.mark.parametrize("lacking", ["volume", "care"])
@pytest.mark.parametrize(("value", "readiness"), [(False, "blocked"), (None, "needs-information")])
def test_the_centre(lacking: str, value: bool | None, readiness: str) -> None:
    patient = Patient().has("AchalasiaTypeIII").operator(120, trained=True).counselled()
    patient.absent("AchalasiaMimic").adult()
    volume, care = (value if lacking == name else True for name in ("volume", "care"))
    patient.centre(high_volume=volume, complication_care=care)
    assert see(patient).readiness()[POEM] == readiness


@pytest.mark.parametrize("topic", COUNSELLING)
@pytest.mark.parametrize(
    ("status", "readiness"),
    [("absent", "needs-action"), ("provisional", "needs-information"), (None, "needs-information")],
)
def test_each_of_the_three_points_of_counselling(
    topic: str, status: str | None, readiness: str
) -> None:
    patient = Patient().has("AchalasiaTypeIII").in_place_without_counselling()
    patient.counselled(*(other for other in COUNSELLING if other != topic))
    if status:
        patient.counselled(topic, status=status)
    assert see(patient).readiness()[POEM] == readiness


def test_what_is_asked_for_poem_is_not_asked_for_others() -> None:
    view = see(type_ii())
    assert set(view.requirements(DILATION)) == set(view.requirements(HELLER)) == {"achalasia-mimic"}


def test_statements_that_ask_for_the_same_share_one_requirement() -> None:
    requirements = {local(r.criterion): r for r in see(type_iii()).options[POEM].requirements}
    competence = requirements["competence"]
    assert {local(s) for s in (competence.statement, *competence.also)} >= {"C54", "C56", "C71"}
    indefinite = requirements["counselled-indefinite-ppi"]
    assert local(indefinite.statement) == "C52"
    assert {local(s) for s in indefinite.also} == {"C69", "aga2017-BPA5b"}


# Exclusions


@pytest.mark.parametrize(
    "mimic",
    [
        "AchalasiaMimic",
        "EosinophilicOesophagitis",
        "OesophagealCancer",
        "GastricCancer",
        "EGJAdenocarcinoma",
        "MalignantInfiltrationOfEGJ",
        "RefluxStricture",
        "PostMyotomyStricture",
        "OtherCauseOfObstruction",
    ],
)
def test_every_mimic_withholds_every_achalasia_therapy_but_not_stopping_a_drug(mimic: str) -> None:
    view = see(Patient().has("AchalasiaTypeI").has(DYSFUNCTION).has(mimic))
    assert view.readiness() == {
        STOP_OPIOID: "ready",
        BOTULINUM: "withheld",
        POEM: "withheld",
        DILATION: "withheld",
        HELLER: "withheld",
    }


@pytest.mark.parametrize("harmless", ["HiatalHernia", "EpiphrenicDiverticulum", "ChagasDisease"])
def test_other_disorders_withhold_nothing(harmless: str) -> None:
    assert set(see(type_ii().has(harmless)).readiness().values()) == {"ready"}


def test_an_exclusion_names_what_it_rests_on() -> None:
    view = see(Patient().has("AchalasiaTypeI").has("RefluxStricture"))
    (exclusion,) = [r for r in view.options[DILATION].requirements if r.kind == "exclusion"]
    assert [fact.rsplit("/", 1)[-1] for fact in exclusion.facts] == ["record-2"]


def test_obstruction_withholds_in_outflow_obstruction_only() -> None:
    obstruction = "MechanicalObstructionOfEGJ"
    outflow = Patient().has("EGJOutflowObstruction").in_place().has(obstruction)
    assert set(see(outflow).readiness().values()) == {"withheld"}
    assert "mechanical-obstruction-ruled-out" not in see(type_ii()).requirements(DILATION)


@pytest.mark.parametrize("how", ["record", "result"])
@pytest.mark.parametrize(
    ("found", "ruled_out", "readiness"),
    [
        (None, None, "needs-information"),
        (NEW, OLD, "needs-information"),
        (NEW, NEW, "needs-information"),
        (OLD, NEW, "ready"),
    ],
)
def test_an_obstruction_in_another_disorder_is_not_ruled_out_by_an_older_denial(
    how: str, found: str | None, ruled_out: str | None, readiness: str
) -> None:
    obstruction = "MechanicalObstructionOfEGJ"
    patient = Patient().has("AchalasiaTypeII").adult().absent("AchalasiaMimic", date=ruled_out)
    if how == "record":
        patient.has(obstruction, date=found)
    else:
        patient.done(CT, obstruction, date=found)
    view = see(patient)
    assert view.readiness()[DILATION] == readiness
    assert (view.questions[0] == "achalasia-mimic") == (readiness != "ready")


def test_an_obstruction_is_asked_for_although_every_listed_mimic_is_absent() -> None:
    patient = Patient().has("AchalasiaTypeII").absent(*LISTED_MIMICS)
    view = see(patient.has("MechanicalObstructionOfEGJ"))
    assert view.questions[0] == "present-OtherCauseOfObstruction"


# Tests known not to have been done


def test_tests_known_not_done_need_action_and_are_shown() -> None:
    patient = Patient().has("AbsentContractility").has("DeemedAchalasia").in_place()
    view = see(patient.absent(*NEED_TESTS))
    assert set(view.readiness().values()) == {"needs-action"}
    assert sorted(test for test, _ in view.tests) == sorted(NEED_TESTS)


def test_tests_known_not_done_are_shown_without_the_judgement_too() -> None:
    view = see(Patient().has("AbsentContractility").absent(*NEED_TESTS))
    assert sorted(test for test, _ in view.tests) == sorted(NEED_TESTS)


def test_tests_known_not_done_are_shown_for_a_suspected_disorder_too() -> None:
    view = see(Patient().provisional("AbsentContractility").absent(*NEED_TESTS))
    assert sorted(test for test, _ in view.tests) == sorted(NEED_TESTS)


def test_tests_that_all_came_out_normal_block() -> None:
    patient = Patient().has("AbsentContractility").has("DeemedAchalasia").in_place()
    for test in NEED_TESTS:
        patient.done(test, "TreatmentNeedNotSupported")
    view = see(patient)
    assert set(view.readiness().values()) == {"blocked"}
    assert view.tests == []


def test_one_normal_test_leaves_the_need_open() -> None:
    patient = Patient().has("AbsentContractility").has("DeemedAchalasia").in_place()
    patient.done(NEED_TESTS[0], "TreatmentNeedNotSupported")
    assert set(see(patient).readiness().values()) == {"needs-information"}


def test_imaging_known_not_done_is_still_information_that_is_needed() -> None:
    view = see(Patient().has("EGJOutflowObstruction").in_place().absent(CT, EUS))
    assert set(view.readiness().values()) == {"needs-information"}
    assert {test for test, _ in view.tests} == {CT, EUS}


# After an achalasia therapy


@pytest.mark.parametrize("result", ["Success", "NoSuccess", None])
def test_after_dilation_all_but_poem_lack_a_statement(result: str | None) -> None:
    view = see(type_ii().done(DILATION, result))
    assert view.readiness() == {
        DILATION: "needs-information",
        POEM: "ready",
        HELLER: "needs-information",
    }
    assert view.of_kind(HELLER, "situation") == {"achalasia-therapy-done": "unknown"}
    assert view.of_kind(POEM, "situation") == {}
    assert view.silent_on("situation") == {"poem-kg-I40"}
    assert view.noticed("already-done") == {"pneumatic dilation": "yes"}
    assert view.noticed("follow-up") == {}


def test_after_heller_without_success_nothing_is_ready() -> None:
    view = see(type_ii().done(HELLER, "NoSuccess"))
    assert set(view.readiness().values()) == {"needs-information"}
    assert view.of_kind(POEM, "situation") == {"heller-failed": "unknown"}
    assert view.silent_on("situation") == {"poem-kg-I39", "poem-kg-I40"}


def test_after_heller_with_success_poem_is_supported() -> None:
    view = see(type_ii().done(HELLER, "Success"))
    assert view.readiness()[POEM] == "ready"
    assert view.silent_on("situation") == {"poem-kg-I40"}


@pytest.mark.parametrize("result", ["Success", "NoSuccess", None])
def test_after_poem_nothing_is_ready_and_reflux_is_followed_up(result: str | None) -> None:
    view = see(type_iii().done(POEM, result))
    assert set(view.readiness().values()) == {"needs-information"}
    assert view.of_kind(POEM, "situation") == {"poem-done": "unknown"}
    assert set(view.noticed("follow-up")) == {"C49", "aga2017-BPA5a"}
    assert view.noticed("already-done") == {"per-oral endoscopic myotomy": "yes"}


def test_a_suspected_earlier_therapy_holds_back_like_one_that_was_done() -> None:
    view = see(type_ii().provisional(DILATION))
    assert view.of_kind(HELLER, "situation") == {"achalasia-therapy-done": "unknown"}
    assert view.readiness()[POEM] == "ready"


@pytest.mark.parametrize("therapy", ["ProtonPumpInhibitorTherapy", "Fundoplication"])
def test_another_therapy_is_no_earlier_achalasia_therapy(therapy: str) -> None:
    view = see(type_ii().done(therapy))
    assert view.silent_on("situation") == set()
    assert set(view.readiness().values()) == {"ready"}


def test_stopping_an_opioid_is_no_earlier_achalasia_therapy() -> None:
    view = see(type_ii().done(STOP_OPIOID))
    assert view.silent_on("situation") == {"poem-kg-I80"}
    assert set(view.readiness().values()) == {"ready"}


@pytest.mark.parametrize("success", ["Success", "NoSuccess", None])
def test_stopping_an_opioid_that_was_done_is_not_ready_again(success: str | None) -> None:
    patient = Patient().has("OpioidInducedOesophagealDysfunction").in_place()
    view = see(patient.done(STOP_OPIOID, success))
    assert view.of_kind(STOP_OPIOID, "situation") == {"opioid-discontinuation-done": "unknown"}
    assert view.readiness()[STOP_OPIOID] == "needs-information"


@pytest.mark.parametrize("reason", ["Declined", "Contraindicated"])
@pytest.mark.parametrize(
    ("therapy", "silence", "criterion"),
    [
        (POEM, "poem-kg-I75", "poem-set-aside"),
        (HELLER, "poem-kg-I76", "heller-set-aside"),
        (DILATION, "poem-kg-I77", "pneumatic-dilation-set-aside"),
    ],
)
def test_a_therapy_that_was_set_aside_was_not_done_and_is_not_ready(
    therapy: str, silence: str, criterion: str, reason: str
) -> None:
    view = see(type_ii().absent(therapy, result=reason))
    assert view.silent_on("situation") == {silence}
    assert view.of_kind(therapy, "situation") == {criterion: "unknown"}
    assert view.readiness()[therapy] == "needs-information"
    others = set(view.readiness()) - {therapy}
    assert {view.readiness()[name] for name in others} == {"ready"}


def test_a_therapy_of_the_lines_that_was_set_aside_is_not_ready() -> None:
    lines = Patient().has("AchalasiaTypeI").has(DYSFUNCTION).in_place()
    lines.absent(STOP_OPIOID, result="Contraindicated").absent(BOTULINUM, result="Declined")
    view = see(lines)
    assert view.readiness()[STOP_OPIOID] == "needs-information"
    assert view.readiness()[BOTULINUM] == "needs-information"
    assert view.readiness()[POEM] == "ready"


def test_a_suspected_therapy_is_not_suspected_to_be_set_aside() -> None:
    view = see(type_ii().provisional(DILATION))
    assert "pneumatic-dilation-set-aside" not in view.requirements(DILATION)


# Silent populations


@pytest.mark.parametrize(
    ("population", "silence", "criterion"),
    [
        ("child", "poem-kg-I35", "child"),
        ("17 or 18", "poem-kg-I35", "child"),
        ("Pregnancy", "poem-kg-I37", "pregnancy"),
        ("AnticoagulantUse", "poem-kg-I38", "anticoagulation"),
    ],
)
def test_nothing_is_ready_where_the_source_is_silent(
    population: str, silence: str, criterion: str
) -> None:
    patient = Patient().has("AchalasiaTypeII", date="2026-05-01").absent("AchalasiaMimic")
    if population == "child":
        patient.age(17)
    elif population == "17 or 18":
        patient.born(2008)
    else:
        patient.age(30).has(population)
    view = see(patient)
    assert set(view.readiness().values()) == {"needs-information"}
    assert view.silent_on("population") == {silence}
    for therapy in view.options:
        assert view.of_kind(therapy, "population") == {criterion: "unknown"}


def test_an_adult_by_birth_year_has_no_gate() -> None:
    patient = Patient().has("AchalasiaTypeII", date="2026-05-01").absent("AchalasiaMimic")
    view = see(patient.born(2007))
    assert view.silent_on("population") == set()
    assert view.readiness()[DILATION] == "ready"


@pytest.mark.parametrize("population", ["AnticoagulantUse", "Pregnancy", "child"])
def test_a_silent_population_holds_stopping_a_drug_back_too(population: str) -> None:
    patient = Patient().has(DYSFUNCTION)
    view = see(patient.age(9) if population == "child" else patient.has(population))
    assert view.readiness()[STOP_OPIOID] == "needs-information"


def test_an_unknown_population_is_a_question_of_the_last_rank_and_no_gate() -> None:
    view = see(Patient().has("AchalasiaTypeII").absent("AchalasiaMimic"))
    assert view.readiness()[DILATION] == "ready"
    assert set(view.questions[-3:]) == {"child", "pregnancy", "anticoagulation"}
