"""The patient stories of `examples/`, each with what the modelled page supports for it.

The first part asserts what a clinician would expect, sentence by sentence. The second compares an
outline of the whole advice with an approved one, so that a change nobody meant is seen; it is
written anew with POEM_KG_UPDATE_APPROVED=1, and the difference is for a clinician to read.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import pytest

from tests.derivation.view import (
    BOTULINUM,
    DILATION,
    EXAMPLES,
    HELLER,
    POEM,
    STOP_OPIOID,
    View,
    example,
    outline,
    references,
    see,
)

APPROVED = Path(__file__).parent / "approved"
STORIES = sorted(path.stem for path in EXAMPLES.glob("S*.ttl"))
OPIOID_DYSFUNCTION = "present-OpioidInducedOesophagealDysfunction"
RULED_OUT = "mechanical-obstruction-ruled-out"
NEED = "treatment-need-established"
NEED_TESTS = {"FunctionalLumenImagingProbe", "MultipleRepetitiveSwallows", "TimedBariumOesophagram"}


@cache
def story(name: str) -> View:
    return see(example(name))


def test_s1a_the_lines_come_in_their_order() -> None:
    lines = {name: option.line for name, option in story("S1a").options.items() if option.line}
    assert list(lines.items()) == [(STOP_OPIOID, 1), (BOTULINUM, 2), (POEM, 3)]


def test_s1a_stopping_the_opioid_carries_the_caution() -> None:
    assert story("S1a").said(STOP_OPIOID, "cautions") == {"fda2019-1": "yes"}


def test_s1a_each_later_line_is_gated_by_the_earlier() -> None:
    first, second = "opioid-discontinuation-passed", "botulinum-toxin-passed"
    assert story("S1a").of_kind(STOP_OPIOID, "line") == {}
    assert story("S1a").of_kind(BOTULINUM, "line") == {first: "unknown"}
    assert story("S1a").of_kind(POEM, "line") == {first: "unknown", second: "unknown"}


@pytest.mark.parametrize("therapy", [DILATION, HELLER])
def test_s1a_what_the_lines_outrank_ranks_below_and_says_why(therapy: str) -> None:
    view = story("S1a")
    assert view.ranks()[therapy] > view.ranks()[POEM]
    assert set(view.of_kind(therapy, "line")) == {
        "opioid-discontinuation-passed",
        "botulinum-toxin-passed",
        "poem-passed",
    }
    assert view.readiness()[therapy] == "needs-information"


def test_s1b_lines_and_type_i_options_both_need_information() -> None:
    readiness = story("S1b").readiness()
    assert set(readiness) == {STOP_OPIOID, BOTULINUM, POEM, DILATION, HELLER}
    assert set(readiness.values()) == {"needs-information"}


@pytest.mark.parametrize("therapy", [STOP_OPIOID, BOTULINUM, POEM, DILATION, HELLER])
def test_s1b_every_option_waits_for_the_diagnosis(therapy: str) -> None:
    assert story("S1b").of_kind(therapy, "diagnosis") == {OPIOID_DYSFUNCTION: "unknown"}


def test_s1b_the_lines_are_not_known_to_apply() -> None:
    assert story("S1b").said(STOP_OPIOID, "for") == {"C30": "unknown"}
    assert story("S1b").said(BOTULINUM, "for") == {"C31": "unknown"}
    assert story("S1b").said(POEM, "for")["C32"] == "unknown"


def test_s1b_the_first_question_is_opioid_induced_dysfunction() -> None:
    assert story("S1b").questions[0] == OPIOID_DYSFUNCTION


def test_s2_every_achalasia_therapy_is_withheld() -> None:
    readiness = story("S2").readiness()
    assert {POEM, HELLER} <= set(readiness)
    assert set(readiness.values()) == {"withheld"}


def test_s2_the_reason_is_the_carcinoma() -> None:
    for option in story("S2").options.values():
        (exclusion,) = [r for r in option.requirements if r.kind == "exclusion"]
        assert exclusion.state == "not-met"
        assert {"https://example.org/poem-kg/S2/cancer"} <= set(exclusion.facts)


def test_s3a_poem_is_preferred_and_ready_before_heller() -> None:
    view = story("S3a")
    assert view.standing() == {POEM: "preferred", HELLER: "option"}
    assert view.ranks() == {POEM: 1, HELLER: 2}
    assert view.readiness()[POEM] == "ready"


def test_s3a_the_myotomy_is_calibrated_to_the_segment() -> None:
    assert {"C18", "C19"} <= set(story("S3a").said(POEM, "for"))


def test_s3b_poem_is_still_first_but_blocked_by_the_operator() -> None:
    view = story("S3b")
    assert view.ranks()[POEM] == 1
    assert view.readiness()[POEM] == "blocked"
    assert view.of_kind(POEM, "operator")["procedure-count-floor"] == "not-met"
    others = [r for r in view.options[POEM].requirements if r.kind != "operator"]
    assert {r.state for r in others} == {"met"}


def test_s4a_imaging_comes_first() -> None:
    assert dict(story("S4a").tests) == {"ComputedTomography": "C24", "EndoscopicUltrasound": "C24"}
    assert story("S4a").questions[0] == RULED_OUT


def test_s4a_nothing_is_ready() -> None:
    assert set(story("S4a").readiness().values()) == {"needs-information"}


def test_s4a_resolution_by_itself_is_a_notice_and_no_option() -> None:
    assert story("S4a").noticed("natural-history") == {"C23": "yes"}


def test_s4b_therapy_is_conditional_as_in_type_ii() -> None:
    view = story("S4b")
    assert view.standing() == {DILATION: "conditional", POEM: "conditional", HELLER: "conditional"}
    assert {option.via for option in view.options.values()} == {
        "https://w3id.org/poem-kg/statement/droracle2025-C25"
    }
    assert {o.standings[0].inner for o in view.options.values()} == {"option"}


def test_s4b_imaging_is_done() -> None:
    view = story("S4b")
    assert view.tests == []
    assert view.of_kind(DILATION, "exclusion")[RULED_OUT] == "met"
    assert view.readiness()[DILATION] == "ready"


def test_s4c_a_tumour_on_one_ct_withholds() -> None:
    view = story("S4c")
    assert set(view.readiness().values()) == {"withheld"}
    assert view.of_kind(POEM, "exclusion") == {"achalasia-mimic": "not-met", RULED_OUT: "not-met"}


def test_s5_no_option_is_preferred() -> None:
    assert story("S5").options == {}


def test_s5_the_evidence_gap_is_a_notice_of_unknown_application() -> None:
    assert story("S5").noticed("gap") == {"C14": "unknown"}


def test_s5_the_question_is_the_diagnosis() -> None:
    assert story("S5").questions == ["present-OesophagealMotilityDisorder"]


def test_s6a_three_options_need_information() -> None:
    view = story("S6a")
    assert view.standing() == {DILATION: "option", POEM: "option", HELLER: "option"}
    assert set(view.readiness().values()) == {"needs-information"}


def test_s6a_better_before_worse() -> None:
    names = list(story("S6a").options)
    assert names.index(DILATION) < names.index(HELLER)
    assert set(story("S6a").ranks().values()) == {1}


def test_s6a_the_first_question_is_the_mimics() -> None:
    assert story("S6a").questions[0] == "achalasia-mimic"


def test_s6b_more_reflux_is_expected_of_poem() -> None:
    cautions = story("S6b").said(POEM, "cautions")
    assert cautions["C09"] == cautions["C10"] == "yes"


def test_s6b_data_on_poem_are_insufficient() -> None:
    assert story("S6b").said(POEM, "gaps")["C15"] == "yes"


def test_s6b_a_gap_and_a_caution_lower_nothing() -> None:
    assert story("S6b").ranks() == story("S6a").ranks()
    assert story("S6b").readiness() == story("S6a").readiness()


def test_s7_no_statement_and_never_a_guess() -> None:
    view = story("S7")
    assert view.options == {}
    assert view.no_statement == [("disorder", "HypercontractileOesophagus")]


def test_s8a_no_statement_and_the_tests_beside_it() -> None:
    view = story("S8a")
    assert view.options == {}
    assert view.no_statement == [("disorder", "AbsentContractility")]
    assert {test for test, _ in view.tests} == NEED_TESTS


def test_s8b_tests_first_and_nothing_ready() -> None:
    view = story("S8b")
    assert {test for test, _ in view.tests} == NEED_TESTS
    assert set(view.readiness().values()) == {"needs-information"}
    assert view.of_kind(DILATION, "test") == {NEED: "unknown"}


def test_s8c_conditional_as_type_i() -> None:
    view = story("S8c")
    assert view.standing() == {DILATION: "conditional", POEM: "conditional", HELLER: "conditional"}
    assert view.of_kind(DILATION, "test") == {NEED: "met"}
    assert view.readiness()[DILATION] == "ready"


def test_s8d_blocked_because_the_need_is_not_established() -> None:
    view = story("S8d")
    assert set(view.readiness().values()) == {"blocked"}
    assert view.of_kind(DILATION, "test") == {NEED: "not-met"}


def test_s9_poem_is_conditional_as_type_iii_before_heller() -> None:
    view = story("S9")
    assert view.standing() == {POEM: "conditional", HELLER: "conditional"}
    assert view.ranks() == {POEM: 1, HELLER: 2}
    assert [o.standings[0].inner for o in view.options.values()] == ["preferred", "option"]


def test_s9_the_myotomy_is_calibrated() -> None:
    assert {"C18", "C19", "C22"} <= set(story("S9").said(POEM, "for"))


def test_s9_estimates_are_indirect_and_name_their_population() -> None:
    outcomes = references(story("S9").options[POEM], "outcomes")
    assert len(outcomes) == 19
    assert {(o.indirect, o.applies) for o in outcomes} == {(True, "unknown")}
    assert {o.estimate.population for o in outcomes if o.estimate} == {"achalasia"}


def test_s10_no_achalasia_therapy_is_ready() -> None:
    assert "ready" not in story("S10").readiness().values()
    assert story("S10").of_kind(POEM, "situation") == {"poem-done": "unknown"}


def test_s10_already_done_and_the_reflux_risk_to_follow_up() -> None:
    assert story("S10").noticed("already-done") == {"per-oral endoscopic myotomy": "yes"}
    assert story("S10").noticed("follow-up") == {"C49": "yes", "aga2017-BPA5a": "yes"}


def test_s10_no_statement_on_repeat_treatment() -> None:
    assert story("S10").silent_on("situation") == {"poem-kg-I40", "poem-kg-I41"}


@pytest.mark.parametrize(
    ("name", "silence", "criterion"),
    [("S11a", "poem-kg-I35", "child"), ("S11b", "poem-kg-I37", "pregnancy")],
)
def test_s11_no_statement_for_the_population_and_nothing_ready(
    name: str, silence: str, criterion: str
) -> None:
    view = story(name)
    assert view.silent_on("population") == {silence}
    assert set(view.readiness().values()) == {"needs-information"}
    for therapy in (POEM, HELLER, DILATION):
        assert view.of_kind(therapy, "population") == {criterion: "unknown"}


def test_s12_a_suspected_cancer_is_the_first_question_and_nothing_is_ready() -> None:
    view = story("S12")
    assert set(view.readiness().values()) == {"needs-information"}
    assert view.questions[0] == "present-UpperGastrointestinalMalignancy"


@pytest.mark.parametrize("name", STORIES)
def test_every_advice_says_what_it_is_and_is_not(name: str) -> None:
    view = _cached(name)
    assert set(view.noticed("disclaimer")) == {"C73", "poem-kg-intended-use", "poem-kg-ready"}
    assert set(view.noticed("review")) == {"C72"}


@pytest.mark.parametrize("name", STORIES)
def test_the_advice_is_the_approved_one(name: str) -> None:
    found = json.dumps(outline(_cached(name)), indent=1, ensure_ascii=False) + "\n"
    path = APPROVED / f"{name}.json"
    if os.environ.get("POEM_KG_UPDATE_APPROVED") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(found)
    assert found == path.read_text()


def test_every_approved_advice_belongs_to_an_example() -> None:
    assert sorted(path.stem for path in APPROVED.glob("*")) == STORIES
    assert len(STORIES) == 24


def _cached(name: str) -> View:
    return story(name.split("-")[0])
