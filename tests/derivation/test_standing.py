"""Section 2 of the rules: standing, ordered lines, transfers and what governs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.derivation.patients import Patient
from tests.derivation.view import (
    BOTULINUM,
    DILATION,
    HELLER,
    POEM,
    STOP_OPIOID,
    changed_knowledge,
    local,
    references,
    see,
)

DYSFUNCTION = "OpioidInducedOesophagealDysfunction"
ASKED = "present-" + DYSFUNCTION
FIRST, SECOND = "opioid-discontinuation-passed", "botulinum-toxin-passed"
OPTION = """
  poemkg:certainty poemkg:certaintyNotGraded ; poemkg:strength poemkg:strengthNotGraded ;
  poemkg:direction poemkg:directionFor ; poemkg:review poemkg:pendingHumanReview ;
"""
GUIDELINE = "guidelines/droracle-2025.ttl"


# 2.1 Rank and the governing argument


def test_standing_line_and_inner_standing_rank_densely() -> None:
    patient = Patient().has("AchalasiaTypeI").has(DYSFUNCTION)
    assert see(patient).ranks() == {
        STOP_OPIOID: 1,
        BOTULINUM: 2,
        POEM: 3,
        DILATION: 4,
        HELLER: 4,
    }


def test_readiness_never_reorders() -> None:
    blocked = Patient().has("AchalasiaTypeIII").in_place().operator(1)
    view = see(blocked)
    assert list(view.options) == [POEM, HELLER]
    assert view.readiness()[HELLER] == "ready"


def test_the_more_specific_population_governs() -> None:
    option = see(Patient().has("AchalasiaTypeIII")).options[POEM]
    assert local(option.standings[0].statement) in ("C01", "C16")
    assert {local(s.statement) for s in option.standings} >= {"C02", "aga2017-BPA4"}


def test_the_page_governs_and_dissent_is_listed(tmp_path: Path) -> None:
    other = f"""
stmt:test-other a poemkg:Recommendation ; {OPTION}
  rdfs:label "another source prefers dilation"@en ; poemkg:source source:aga2017 ;
  poemkg:standing poemkg:preferredStanding ; poemkg:therapy poemkg:PneumaticDilation ;
  poemkg:disorder poemkg:AchalasiaTypeII .
"""
    known = changed_knowledge(tmp_path, files={GUIDELINE: other})
    option = see(Patient().has("AchalasiaTypeII"), known=known).options[DILATION]
    assert option.standing == "option"
    assert [(local(s.statement), s.standing) for s in option.standings] == [
        ("C04", "option"),
        ("test-other", "preferred"),
    ]


def test_the_governing_source_is_a_setting(tmp_path: Path) -> None:
    other = """
stmt:test-other a poemkg:Recommendation ;
  rdfs:label "another source prefers dilation"@en ; poemkg:source source:test ;
  poemkg:direction poemkg:directionFor ; poemkg:standing poemkg:preferredStanding ;
  poemkg:therapy poemkg:PneumaticDilation ; poemkg:disorder poemkg:AchalasiaTypeII .
source:test a poemkg:GuidelineDocument ; rdfs:label "test"@en ; poemkg:governing true .
"""
    known = changed_knowledge(tmp_path, files={GUIDELINE: other})
    option = see(Patient().has("AchalasiaTypeII"), known=known).options[DILATION]
    assert option.standing == "preferred"


def compared(*pairs: tuple[str, str]) -> str:
    return "".join(
        f"""
stmt:test-{number} a poemkg:Comparison ; rdfs:label "test"@en ;
  poemkg:source source:droracle2025 ; poemkg:direction poemkg:directionFor ;
  poemkg:disorder poemkg:AchalasiaTypeII ; poemkg:better poemkg:{better} ;
  poemkg:worse poemkg:{worse} .
"""
        for number, (better, worse) in enumerate(pairs)
    )


def test_ties_are_listed_better_before_worse_even_against_the_alphabet(tmp_path: Path) -> None:
    chain = compared((DILATION, POEM), (POEM, HELLER))
    known = changed_knowledge(tmp_path, files={GUIDELINE: chain})
    view = see(Patient().has("AchalasiaTypeII"), known=known)
    assert list(view.options) == [DILATION, POEM, HELLER]
    assert set(view.ranks().values()) == {1}


def test_one_defeat_counts_more_than_many_victories(tmp_path: Path) -> None:
    others = f"""
stmt:test-others a poemkg:Recommendation ; {OPTION}
  rdfs:label "test"@en ; poemkg:source source:aga2017 ; poemkg:standing poemkg:optionStanding ;
  poemkg:disorder poemkg:AchalasiaTypeII ;
  poemkg:therapy poemkg:BotulinumToxinInjection , poemkg:Fundoplication .
"""
    victories = compared((DILATION, BOTULINUM), (DILATION, "Fundoplication"), (POEM, DILATION))
    known = changed_knowledge(tmp_path, files={GUIDELINE: others + victories})
    view = see(Patient().has("AchalasiaTypeII"), known=known)
    assert list(view.options)[:2] == [POEM, DILATION]
    assert set(view.ranks().values()) == {1}


# 2.2 Ordered lines


def test_lines_govern_over_subtype_statements() -> None:
    option = see(Patient().has("AchalasiaTypeIII").has(DYSFUNCTION)).options[POEM]
    assert (option.standing, option.line) == ("line", 3)
    assert {("preferred", None), ("option", None), ("line", 3)} == {
        (s.standing, s.line) for s in option.standings
    }


@pytest.mark.parametrize(
    ("patient", "state"),
    [
        (Patient().done(BOTULINUM, "NoSuccess"), "met"),
        (Patient().absent(BOTULINUM, result="Contraindicated"), "met"),
        (Patient().absent(BOTULINUM, result="Declined"), "met"),
        (Patient().done(BOTULINUM, "Success"), "not-met"),
        (Patient().absent(BOTULINUM), "not-met"),
        (Patient().done(BOTULINUM), "unknown"),
        (Patient().provisional(BOTULINUM, result="NoSuccess"), "unknown"),
        (Patient(), "unknown"),
        (Patient().done(BOTULINUM, "NoSuccess").done(BOTULINUM, "Success"), "unknown"),
    ],
    ids=[
        "failed",
        "contraindicated",
        "declined",
        "succeeded",
        "not done",
        "no result",
        "suspected",
        "silent",
        "both results",
    ],
)
def test_when_an_earlier_line_is_passed(patient: Patient, state: str) -> None:
    assert see(patient.has(DYSFUNCTION)).of_kind(POEM, "line")[SECOND] == state


@pytest.mark.parametrize(
    ("patient", "state"),
    [
        (Patient().absent("OpioidUse"), "met"),
        (Patient().has("OpioidUse"), "unknown"),
        (Patient().has("OpioidUse").absent(STOP_OPIOID), "not-met"),
        (Patient().has("OpioidUse").absent(STOP_OPIOID, result="Declined"), "met"),
        (Patient().has("OpioidUse").done(STOP_OPIOID, "NoSuccess"), "met"),
        (Patient(), "unknown"),
    ],
    ids=["no drug any more", "in use", "not stopped", "declined", "stopped in vain", "silent"],
)
def test_stopping_a_drug_is_passed_when_the_drug_is_absent(patient: Patient, state: str) -> None:
    assert see(patient.has(DYSFUNCTION)).of_kind(BOTULINUM, "line") == {FIRST: state}


def test_an_earlier_line_known_open_needs_action() -> None:
    patient = Patient().has(DYSFUNCTION).has("AchalasiaTypeI").absent("AchalasiaMimic").adult()
    patient.has("OpioidUse").absent(STOP_OPIOID)
    assert see(patient).readiness()[BOTULINUM] == "needs-action"


def test_a_line_whose_earlier_ones_are_passed_is_ready() -> None:
    patient = Patient().has(DYSFUNCTION).has("AchalasiaTypeI").in_place().absent("OpioidUse")
    patient.absent(BOTULINUM, result="Declined")
    assert see(patient).readiness()[POEM] == "ready"


# 2.3 An opioid in use


@pytest.mark.parametrize("dysfunction", ["provisional", None])
def test_an_opioid_without_the_diagnosis_holds_everything_back(dysfunction: str | None) -> None:
    patient = Patient().has("AchalasiaTypeI").has("OpioidUse").in_place()
    view = see(patient.record(DYSFUNCTION, dysfunction) if dysfunction else patient)
    assert set(view.options) == {STOP_OPIOID, BOTULINUM, POEM, DILATION, HELLER}
    assert set(view.readiness().values()) == {"needs-information"}
    assert view.questions[0] == ASKED
    for therapy in view.options:
        assert view.of_kind(therapy, "diagnosis") == {ASKED: "unknown"}


def test_dysfunction_ruled_out_leaves_the_subtype_options_alone() -> None:
    patient = Patient().has("AchalasiaTypeI").has("OpioidUse").in_place().absent(DYSFUNCTION)
    view = see(patient)
    assert set(view.options) == {POEM, DILATION, HELLER}
    assert set(view.readiness().values()) == {"ready"}


@pytest.mark.parametrize("opioid", ["absent", None])
def test_no_opioid_adds_no_gate(opioid: str | None) -> None:
    patient = Patient().has("AchalasiaTypeI").in_place()
    view = see(patient.record("OpioidUse", opioid) if opioid else patient)
    assert set(view.readiness().values()) == {"ready"}


def test_a_suspected_opioid_asks_the_question_as_well() -> None:
    view = see(Patient().has("AchalasiaTypeI").provisional("OpioidUse").in_place())
    assert "ready" not in view.readiness().values()
    assert view.questions[0] == ASKED


def test_records_that_disagree_on_the_opioid_ask_the_question_as_well() -> None:
    patient = Patient().has("AchalasiaTypeI").in_place().has("OpioidUse").absent("OpioidUse")
    assert "ready" not in see(patient).readiness().values()


@pytest.mark.parametrize("opioid", ["absent", None])
def test_a_suspected_dysfunction_holds_back_without_an_opioid_too(opioid: str | None) -> None:
    patient = Patient().has("AchalasiaTypeI").in_place().provisional(DYSFUNCTION)
    view = see(patient.record("OpioidUse", opioid) if opioid else patient)
    assert "ready" not in view.readiness().values()
    assert view.questions[0] == ASKED


def test_records_that_disagree_on_the_dysfunction_hold_back_too() -> None:
    patient = Patient().has("AchalasiaTypeI").in_place().has(DYSFUNCTION).absent(DYSFUNCTION)
    assert "ready" not in see(patient).readiness().values()


def test_the_dysfunction_is_asked_before_everything_but_exclusions() -> None:
    assert see(Patient().has("AchalasiaTypeI").has("OpioidUse")).questions[:2] == [
        "achalasia-mimic",
        ASKED,
    ]


@pytest.mark.parametrize("known", [True, False])
def test_stopping_an_opioid_always_carries_the_caution(known: bool) -> None:
    patient = Patient().has("OpioidUse")
    view = see(patient.has(DYSFUNCTION) if known else patient)
    assert view.said(STOP_OPIOID, "cautions") == {"fda2019-1": "yes"}


# 2.4 Treat-as transfers


def test_a_transfer_brings_all_that_is_said_of_the_other_disorder() -> None:
    view = see(Patient().has("EGJOutflowObstruction").has("HiatalHernia"))
    option = view.options[POEM]
    direct = see(Patient().has("AchalasiaTypeII").has("HiatalHernia")).options[POEM]
    for side in ("for", "against", "cautions", "gaps"):
        brought = {r.statement for r in references(option, side)}
        assert brought == {r.statement for r in references(direct, side)}, side


def test_the_inner_standing_ranks() -> None:
    view = see(Patient().has("DistalOesophagealSpasm"))
    assert view.standing() == {POEM: "conditional", HELLER: "conditional"}
    assert view.ranks() == {POEM: 1, HELLER: 2}


def test_a_transfer_is_one_step_and_never_a_chain(tmp_path: Path) -> None:
    second = """
stmt:test-second a poemkg:TreatAs ; rdfs:label "test"@en ; poemkg:source source:droracle2025 ;
  poemkg:direction poemkg:directionNeutral ; poemkg:disorder poemkg:HypercontractileOesophagus ;
  poemkg:asDisorder poemkg:DistalOesophagealSpasm .
"""
    known = changed_knowledge(tmp_path, files={GUIDELINE: second})
    view = see(Patient().has("HypercontractileOesophagus"), known=known)
    assert view.options == {}
    assert view.no_statement == [("disorder", "HypercontractileOesophagus")]


def test_a_direct_argument_governs_over_a_transferred_one(tmp_path: Path) -> None:
    direct = f"""
stmt:test-direct a poemkg:Recommendation ; {OPTION}
  rdfs:label "test"@en ; poemkg:source source:aga2017 ; poemkg:standing poemkg:optionStanding ;
  poemkg:therapy poemkg:PerOralEndoscopicMyotomy ; poemkg:disorder poemkg:DistalOesophagealSpasm .
"""
    known = changed_knowledge(tmp_path, files={GUIDELINE: direct})
    option = see(Patient().has("DistalOesophagealSpasm"), known=known).options[POEM]
    assert (option.standing, option.via) == ("option", None)
    assert {s.standing for s in option.standings} == {"option", "conditional"}


@pytest.mark.parametrize(
    ("disorder", "indirect"),
    [("AchalasiaTypeIII", False), ("Achalasia", False), ("DistalOesophagealSpasm", True)],
)
def test_estimates_of_another_population_are_indirect(disorder: str, indirect: bool) -> None:
    outcomes = see(Patient().has(disorder)).options[POEM].outcomes
    assert len(outcomes) == 19
    assert {o.indirect for o in outcomes} == {indirect}


# 2.5 Types


def test_type_iii_has_heller_with_the_comparison_against_it_and_no_dilation() -> None:
    view = see(Patient().has("AchalasiaTypeIII"))
    assert view.said(HELLER, "against") == {"C20": "yes"}
    assert view.silent_on("therapy") == {DILATION, BOTULINUM}


@pytest.mark.parametrize("disorder", ["AchalasiaTypeI", "AchalasiaTypeII"])
def test_types_i_and_ii_have_three_options(disorder: str) -> None:
    view = see(Patient().has(disorder))
    assert view.standing() == {DILATION: "option", POEM: "option", HELLER: "option"}
    assert set(view.said(DILATION, "for")) == {"C04", "C06", "C07"}
    assert set(view.said(HELLER, "for")) == {"C02", "C05"}
    assert set(view.said(HELLER, "against")) == {"C06", "C07"}
    assert "C08" in view.said(POEM, "for")


# 2.6 Absent contractility


@pytest.mark.parametrize("deemed", ["absent", "provisional", None])
def test_without_the_judgement_there_is_no_statement(deemed: str | None) -> None:
    patient = Patient().has("AbsentContractility").in_place()
    view = see(patient.record("DeemedAchalasia", deemed) if deemed else patient)
    assert view.options == {}
    assert view.no_statement == [("disorder", "AbsentContractility")]
    assert len(view.tests) == 3
    assert ("deemed-achalasia" in view.questions) == (deemed != "absent")


# 2.7 Superclass and subclass, suspected diagnoses


def test_of_superclass_and_subclass_the_more_specific_governs() -> None:
    view = see(Patient().has("Achalasia").has("AchalasiaTypeIII").in_place())
    assert view.standing() == {POEM: "preferred", HELLER: "option"}
    assert view.no_statement == [("therapy", BOTULINUM), ("therapy", DILATION)]


@pytest.mark.parametrize(
    ("disorder", "expected"),
    [
        ("AchalasiaTypeIII", {POEM: "preferred", HELLER: "option"}),
        ("DistalOesophagealSpasm", {POEM: "conditional", HELLER: "conditional"}),
        (DYSFUNCTION, {STOP_OPIOID: "line", BOTULINUM: "line", POEM: "line"}),
    ],
)
def test_a_suspected_diagnosis_shows_options_that_need_information(
    disorder: str, expected: dict[str, str]
) -> None:
    view = see(Patient().provisional(disorder).in_place())
    assert view.standing() == expected
    assert set(view.readiness().values()) == {"needs-information"}
    for therapy in expected:
        assert set(view.said(therapy, "for").values()) == {"unknown"}
        assert "unknown" in view.of_kind(therapy, "diagnosis").values()


def test_what_is_said_beside_the_options_of_a_suspected_diagnosis_is_open_too() -> None:
    said = see(Patient().provisional("AchalasiaTypeIII")).said(POEM, "for")
    assert {said[claim] for claim in ("C17", "C18", "C20")} == {"unknown"}


def test_the_tests_of_a_suspected_disorder_come_first_too() -> None:
    tests = see(Patient().provisional("EGJOutflowObstruction")).tests
    assert {test for test, _ in tests} == {"ComputedTomography", "EndoscopicUltrasound"}


def test_diagnoses_are_listed_as_they_are_recorded() -> None:
    patient = Patient().has("Achalasia").provisional("AchalasiaTypeII").absent(DYSFUNCTION)
    assert see(patient.has("HiatalHernia")).diagnoses == [
        ("Achalasia", "present"),
        ("AchalasiaTypeII", "provisional"),
    ]


def test_a_recorded_diagnosis_governs_over_a_suspected_subtype() -> None:
    view = see(Patient().has("Achalasia").provisional("AchalasiaTypeIII").in_place())
    assert view.options[POEM].standing == "option"
    assert view.said(POEM, "for")["C16"] == "unknown"
