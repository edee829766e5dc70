"""Section 4 of the rules: nothing to say, questions and their order, notices."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.derivation.patients import LISTED_MIMICS, Patient
from tests.derivation.view import (
    BOTULINUM,
    DILATION,
    HELLER,
    POEM,
    changed_knowledge,
    see,
)

DYSFUNCTION = "OpioidInducedOesophagealDysfunction"
DISORDER = "present-OesophagealMotilityDisorder"
GROUP = "achalasia-mimic"
CANCER = "present-UpperGastrointestinalMalignancy"
GUIDELINE = "guidelines/droracle-2025.ttl"
TYPES = ["present-AchalasiaTypeI", "present-AchalasiaTypeII", "present-AchalasiaTypeIII"]


# Nothing to say


@pytest.mark.parametrize(
    "disorder", ["HypercontractileOesophagus", "IneffectiveOesophagealMotility"]
)
def test_no_statement_on_a_present_disorder_without_one(disorder: str) -> None:
    view = see(Patient().has(disorder).in_place())
    assert view.options == {}
    assert view.no_statement == [("disorder", disorder)]
    assert view.questions == []


@pytest.mark.parametrize("disorder", ["IdiopathicAchalasia", "SecondaryAchalasia"])
def test_a_statement_on_a_superclass_is_a_statement(disorder: str) -> None:
    view = see(Patient().has(disorder).in_place())
    assert view.standing() == {HELLER: "option", POEM: "option"}
    assert view.silent_on("disorder") == set()


def test_statements_on_subclasses_only_ask_which_subclass() -> None:
    view = see(Patient().has("OesophagealMotilityDisorder"))
    assert view.options == {}
    assert view.no_statement == []
    # Three would decide on three therapies each, the other two on two.
    assert view.questions == [
        "present-AbsentContractility",
        "present-EGJOutflowObstruction",
        "present-" + DYSFUNCTION,
        "present-Achalasia",
        "present-DistalOesophagealSpasm",
    ]


def test_achalasia_without_a_type_asks_for_the_type() -> None:
    view = see(Patient().has("Achalasia").absent("AchalasiaMimic"))
    # Types I and II decide on three therapies each, type III on two.
    assert view.questions[:3] == TYPES
    assert view.silent_on("therapy") == {BOTULINUM}


def test_a_type_that_is_ruled_out_is_not_asked_for() -> None:
    view = see(Patient().has("Achalasia").absent("AchalasiaMimic", "AchalasiaTypeII"))
    assert view.questions[:2] == [TYPES[0], TYPES[2]]


def test_a_known_type_settles_the_question() -> None:
    view = see(Patient().has("Achalasia").has("AchalasiaTypeII"))
    assert not set(TYPES) & set(view.questions)


def test_no_statement_when_every_subclass_with_one_is_ruled_out() -> None:
    patient = (
        Patient()
        .has("OesophagealMotilityDisorder")
        .absent(
            "Achalasia",
            "AbsentContractility",
            "DistalOesophagealSpasm",
            "EGJOutflowObstruction",
            DYSFUNCTION,
        )
    )
    view = see(patient)
    assert view.no_statement == [("disorder", "OesophagealMotilityDisorder")]


def test_a_general_disorder_beside_a_known_one_is_not_silent() -> None:
    patient = Patient().has("OesophagealMotilityDisorder").has("AchalasiaTypeII")
    assert see(patient.absent(DYSFUNCTION)).silent_on("disorder") == set()


def test_a_disorder_out_of_scope_needs_no_statement() -> None:
    assert see(Patient().has("AchalasiaTypeII").has("HiatalHernia")).silent_on("disorder") == set()


def test_no_statement_on_one_disorder_beside_a_known_other() -> None:
    view = see(Patient().has("HypercontractileOesophagus").has(DYSFUNCTION))
    assert view.silent_on("disorder") == {"HypercontractileOesophagus"}
    assert POEM in view.options


def test_a_disorder_that_is_only_suspected_is_not_silent_but_asked_for() -> None:
    view = see(Patient().provisional("HypercontractileOesophagus"))
    assert view.no_statement == []
    assert view.questions == [DISORDER]


def test_without_a_disorder_the_diagnosis_is_the_question() -> None:
    view = see(Patient().in_place())
    assert view.options == {}
    assert view.questions == [DISORDER]


@pytest.mark.parametrize("lead", ["AchalasiaTypeIII", DYSFUNCTION])
def test_a_suspicion_that_brings_options_asks_for_itself_alone(lead: str) -> None:
    questions = see(Patient().provisional(lead)).questions
    assert "present-" + lead in questions
    assert DISORDER not in questions


def test_with_every_disorder_ruled_out_nothing_is_asked() -> None:
    assert see(Patient().absent("OesophagealMotilityDisorder")).questions == []


def test_a_therapy_that_an_open_type_would_bring_is_not_silent() -> None:
    assert DILATION not in see(Patient().has("Achalasia")).silent_on("therapy")
    assert DILATION in see(Patient().has("AchalasiaTypeIII")).silent_on("therapy")


def test_diagnostic_statements_alone_are_no_statement() -> None:
    view = see(Patient().has("AbsentContractility").absent("DeemedAchalasia"))
    assert view.silent_on("disorder") == {"AbsentContractility"}
    assert {statement for _, statement in view.tests} == {"C26", "C27", "C28"}


# The order of questions


def test_questions_come_in_the_order_of_their_kinds() -> None:
    patient = Patient().has("AbsentContractility").has("DeemedAchalasia").has("OpioidUse")
    questions = see(patient).questions
    expected = [
        "mechanical-obstruction-ruled-out",
        GROUP,
        "present-" + DYSFUNCTION,
        "treatment-need-established",
        "opioid-discontinuation-passed",
        "high-volume-centre",
        "competence",
        "counselled-reflux-risk",
        "comorbidities-known",
        "pregnancy",
    ]
    asked = [criterion for criterion in expected if criterion in questions]
    assert asked == expected[1:]
    assert [q for q in questions if q in expected] == asked


def test_a_question_that_decides_more_options_comes_first() -> None:
    questions = see(Patient().has("EGJOutflowObstruction").adult()).questions
    # Both exclusions concern all three options; then the alphabet decides.
    assert questions[:2] == [GROUP, "mechanical-obstruction-ruled-out"]
    types = see(Patient().has("Achalasia").absent("AchalasiaMimic")).questions
    assert types.index(TYPES[1]) < types.index(TYPES[2])


def test_a_suspected_mimic_is_the_first_question() -> None:
    patient = Patient().has("AchalasiaTypeI").absent("EosinophilicOesophagitis")
    questions = see(patient.provisional("RefluxStricture")).questions
    assert questions[:3] == ["present-RefluxStricture", "present-PostMyotomyStricture", CANCER]


def test_what_facts_disagree_on_comes_before_what_is_suspected() -> None:
    patient = Patient().has("EGJOutflowObstruction").provisional("OesophagealCancer")
    patient.done("EndoscopicUltrasound", "NoMechanicalObstruction")
    patient.done("ComputedTomography", "MechanicalObstructionOfEGJ")
    first, *then = see(patient).questions[:3]
    assert first == "mechanical-obstruction-ruled-out"
    assert set(then) == {CANCER, "present-OtherCauseOfObstruction"}


def test_the_group_is_one_question_while_no_member_is_recorded() -> None:
    questions = see(Patient().has("AchalasiaTypeI")).questions
    assert questions[0] == GROUP
    assert not any(q.startswith("present-") for q in questions)


def test_once_a_member_is_recorded_only_open_members_are_asked_for() -> None:
    questions = see(Patient().has("AchalasiaTypeI").absent("EosinophilicOesophagitis")).questions
    assert set(questions[:3]) == {"present-PostMyotomyStricture", "present-RefluxStricture", CANCER}
    assert GROUP not in questions


@pytest.mark.parametrize("how", ["record", "result"])
def test_a_suspicion_beyond_the_list_is_asked_for(how: str) -> None:
    patient = Patient().has("AchalasiaTypeI").absent(*LISTED_MIMICS)
    if how == "record":
        patient.provisional("OtherCauseOfObstruction")
    else:
        patient.provisional("UpperEndoscopy", result="OtherCauseOfObstruction")
    assert see(patient).questions[0] == "present-OtherCauseOfObstruction"


def test_a_suspicion_of_the_group_is_asked_for_when_no_member_is_open() -> None:
    patient = Patient().has("AchalasiaTypeI").absent(*LISTED_MIMICS).provisional("AchalasiaMimic")
    assert see(patient).questions[0] == GROUP


@pytest.mark.parametrize(
    "patient",
    [
        Patient().has("AchalasiaTypeI"),
        Patient().has("AchalasiaTypeI").provisional("AchalasiaMimic"),
        Patient().has("AchalasiaTypeI").provisional("OesophagealCancer").absent("AchalasiaMimic"),
        Patient().has("AchalasiaTypeII").provisional("CalciumChannelBlockerTherapy"),
        Patient().provisional("AchalasiaTypeIII"),
        Patient().provisional(DYSFUNCTION).has("AchalasiaTypeI"),
        Patient().has("EGJOutflowObstruction").provisional("MechanicalObstructionOfEGJ"),
    ],
    ids=["bare", "group", "cancer", "drug", "type", "dysfunction", "obstruction"],
)
def test_what_needs_information_asks_a_question(patient: Patient) -> None:
    view = see(patient.adult())
    waiting = [name for name, ready in view.readiness().items() if ready == "needs-information"]
    assert waiting
    for name in waiting:
        unknown = {c for c, (_, state) in view.requirements(name).items() if state == "unknown"}
        spelled_out = any(q.startswith("present-") for q in view.questions)
        assert unknown <= {*view.questions, *((GROUP,) if spelled_out else ())}


# Notices


def test_a_warning_that_hangs_on_no_option_is_a_notice() -> None:
    patient = Patient().has("HiatalHernia").has("SigmoidOesophagus")
    view = see(patient)
    assert view.noticed("caution") == {"C10": "unknown"}
    assert view.noticed("gap") == {"C15": "unknown", "C13": "unknown"}


def test_a_warning_on_a_disorder_that_is_ruled_out_is_no_notice() -> None:
    view = see(Patient().has("HypercontractileOesophagus").has("HiatalHernia"))
    assert view.noticed("caution") == {}
    assert view.noticed("gap") == {}


@pytest.mark.parametrize(("status", "applies"), [("present", "yes"), ("provisional", "unknown")])
def test_natural_history_is_a_notice(status: str, applies: str) -> None:
    view = see(Patient().record("EGJOutflowObstruction", status))
    assert view.noticed("natural-history") == {"C23": applies}


def test_a_decision_of_ours_that_the_advice_rests_on_is_a_notice() -> None:
    ours = see(Patient().has("AbsentContractility").has("DeemedAchalasia")).noticed(
        "interpretation"
    )
    assert {"poem-kg-I18", "poem-kg-I23", "poem-kg-I24", "poem-kg-I10"} <= set(ours)


def test_a_selection_factor_on_achalasia_is_open_for_dysfunction_alone() -> None:
    view = see(Patient().has(DYSFUNCTION))
    assert view.noticed("selection-factor")["C03"] == "unknown"
    assert view.noticed("selection-factor")["C64"] == "yes"


# Statements that a later guideline may bring


def statement(kind: str, extra: str) -> str:
    return f"""
stmt:test a poemkg:{kind} ; rdfs:label "test"@en ; poemkg:source source:aga2017 ;
  {extra} .
"""


def test_a_recommendation_against_speaks_against_in_everyone(tmp_path: Path) -> None:
    against = statement(
        "Recommendation",
        "poemkg:direction poemkg:directionAgainst ; poemkg:therapy poemkg:BotulinumToxinInjection",
    )
    known = changed_knowledge(tmp_path, files={GUIDELINE: against})
    view = see(Patient().has(DYSFUNCTION), known=known)
    assert view.said(BOTULINUM, "against") == {"test": "yes"}
    assert "test" not in view.said(BOTULINUM, "for")


def test_a_recommendation_against_shows_while_its_population_is_open(tmp_path: Path) -> None:
    against = statement(
        "Recommendation",
        "poemkg:direction poemkg:directionAgainst ; poemkg:therapy poemkg:PneumaticDilation ;"
        " poemkg:when criterion:hiatal-hernia",
    )
    known = changed_knowledge(tmp_path, files={GUIDELINE: against})
    said = {
        status: see(Patient().has("AchalasiaTypeII").record("HiatalHernia", status), known=known)
        for status in ("present", "provisional", "absent")
    }
    assert {status: view.said(DILATION, "against") for status, view in said.items()} == {
        "present": {"test": "yes"},
        "provisional": {"test": "unknown"},
        "absent": {},
    }


@pytest.mark.parametrize("kind", ["Rationale", "Technique"])
def test_a_reason_against_does_not_speak_for(tmp_path: Path, kind: str) -> None:
    against = statement(
        kind,
        "poemkg:direction poemkg:directionAgainst ; poemkg:therapy poemkg:PneumaticDilation ;"
        " poemkg:disorder poemkg:AchalasiaTypeII",
    )
    known = changed_knowledge(tmp_path, files={GUIDELINE: against})
    view = see(Patient().has("AchalasiaTypeII"), known=known)
    assert view.said(DILATION, "against") == {"test": "yes"}
    assert "test" not in view.said(DILATION, "for")


def test_a_selection_factor_of_another_therapy_does_not_show(tmp_path: Path) -> None:
    factor = statement("SelectionFactor", "poemkg:therapy poemkg:Fundoplication")
    known = changed_knowledge(tmp_path, files={GUIDELINE: factor})
    view = see(Patient().has("AchalasiaTypeII"), known=known)
    assert "test" not in view.noticed("selection-factor")


def test_a_selection_factor_shows_unless_its_population_is_ruled_out(tmp_path: Path) -> None:
    factor = statement(
        "SelectionFactor",
        "poemkg:therapy poemkg:AchalasiaTherapy ; poemkg:disorder poemkg:AchalasiaTypeI",
    )
    known = changed_knowledge(tmp_path, files={GUIDELINE: factor})
    shown = {
        disorder: see(Patient().has(disorder), known=known).noticed("selection-factor").get("test")
        for disorder in ("AchalasiaTypeI", "Achalasia", "AchalasiaTypeII")
    }
    assert shown == {"AchalasiaTypeI": "yes", "Achalasia": "unknown", "AchalasiaTypeII": None}


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("AnyOf", "criterion:hiatal-hernia , criterion:sigmoid-oesophagus"),
        ("AllOf", "criterion:hiatal-hernia , criterion:advanced-dilation"),
        ("Not", "criterion:hiatal-hernia"),
    ],
)
def test_a_composite_exclusion_counts_as_present_in_a_dispute(
    tmp_path: Path, kind: str, parts: str
) -> None:
    excluded = statement(
        "Exclusion",
        "poemkg:direction poemkg:directionAgainst ; poemkg:therapy poemkg:PneumaticDilation ;"
        " poemkg:excludedBy criterion:test",
    )
    composite = f"criterion:test a poemkg:{kind}Criterion ; poemkg:part {parts} .\n"
    known = changed_knowledge(tmp_path, files={GUIDELINE: excluded, "criteria.ttl": composite})
    patient = Patient().has("AchalasiaTypeII").has("HiatalHernia").absent("HiatalHernia")
    patient.absent("SigmoidOesophagus").has("AdvancedOesophagealDilation")
    assert see(patient, known=known).readiness()[DILATION] == "withheld"


def test_an_exclusion_by_the_absence_of_a_group_is_met_by_its_closed_list(tmp_path: Path) -> None:
    excluded = statement(
        "Exclusion",
        "poemkg:direction poemkg:directionAgainst ; poemkg:therapy poemkg:PneumaticDilation ;"
        " poemkg:excludedBy criterion:test",
    )
    negation = "criterion:test a poemkg:NotCriterion ; poemkg:part criterion:achalasia-mimic .\n"
    known = changed_knowledge(tmp_path, files={GUIDELINE: excluded, "criteria.ttl": negation})
    view = see(Patient().has("AchalasiaTypeII").absent(*LISTED_MIMICS), known=known)
    assert view.readiness()[DILATION] == "withheld"
