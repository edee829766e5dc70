"""Why a therapy is not ready or not offered, for any therapy by any of its names."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.errors import InputError
from poem_kg.explain.model import WhyNot
from poem_kg.namespaces import POEMKG, RDFS, SKOS
from tests.derivation.patients import Patient
from tests.derivation.view import BOTULINUM, DILATION, HELLER, POEM, STOP_OPIOID
from tests.explain.stories import STORIES, index, local, told, told_of
from tests.stories import each


def one(story: str, therapy: str) -> WhyNot:
    """Return why a therapy is not ready or not offered in a story."""
    (found,) = told(story, why_not=therapy).why_not
    return found


def states(story: str, therapy: str) -> dict[str, str]:
    """Return the state of each criterion that the answer about a therapy names."""
    return {local(c.criterion): c.state for c in told(story, why_not=therapy).criteria}


@pytest.mark.parametrize(
    ("story", "therapy", "reason", "held"),
    [
        ("S4c", DILATION, "withheld", {"achalasia-mimic", "mechanical-obstruction-ruled-out"}),
        ("S2", HELLER, "withheld", {"achalasia-mimic"}),
        ("S8d", DILATION, "blocked", {"treatment-need-established"}),
        ("S3b", POEM, "blocked", {"procedure-count-floor"}),
        ("S4a", DILATION, "needs-information", {"mechanical-obstruction-ruled-out"}),
        ("S1b", DILATION, "needs-information", {"present-OpioidInducedOesophagealDysfunction"}),
        ("S12", HELLER, "needs-information", {"achalasia-mimic"}),
        ("S3a", HELLER, "outranked", set()),
        ("S3a", POEM, "ready", set()),
        ("S4a", BOTULINUM, "not-offered", set()),
        ("S5", POEM, "not-offered", set()),
    ],
)
def test_the_reason_and_the_criteria_that_hold_it_back(
    story: str, therapy: str, reason: str, held: set[str]
) -> None:
    found = one(story, therapy)

    assert found.reason == reason
    assert {local(c) for c in found.held_by} == held


def test_what_is_still_to_be_done_is_the_reason(tmp_path: Path) -> None:
    patient = Patient("open").has("AchalasiaTypeIII").in_place_without_counselling()
    patient = patient.counselled(status="absent")

    (found,) = told_of(patient, tmp_path, why_not=POEM).why_not

    assert found.reason == "needs-action"
    assert {local(c) for c in found.held_by} == {
        "counselled-indefinite-ppi",
        "counselled-reflux-risk",
        "counselled-surveillance-endoscopy",
    }


def test_options_that_rank_before_are_named() -> None:
    assert [local(t) for t in one("S1a", POEM).outranked_by] == [STOP_OPIOID, BOTULINUM]
    assert one("S1a", STOP_OPIOID).outranked_by == ()


def test_a_therapy_that_is_not_offered_names_what_would_offer_it() -> None:
    found = one("S3a", BOTULINUM)

    assert found.silent
    assert [local(w.statement) for w in found.ways] == ["droracle2025-C31"]
    assert states("S3a", BOTULINUM) == {"present-OpioidInducedOesophagealDysfunction": "unknown"}


def test_each_way_names_the_disorder_the_further_conditions_and_the_transfer() -> None:
    ways = {local(w.disorder): w for w in one("S8a", DILATION).ways}

    assert set(ways) == {
        "AchalasiaTypeI",
        "AchalasiaTypeII",
        "EGJOutflowObstruction",
        "AbsentContractility",
    }
    way = ways["AbsentContractility"]
    assert local(way.via or "") == "droracle2025-C29"
    assert {local(c) for c in way.criteria} == {"present-AbsentContractility", "deemed-achalasia"}
    assert states("S8a", DILATION) == {
        "present-AchalasiaTypeI": "not-met",
        "present-AchalasiaTypeII": "not-met",
        "present-EGJOutflowObstruction": "not-met",
        "present-AbsentContractility": "met",
        "deemed-achalasia": "not-met",
    }


@pytest.mark.parametrize("story", each(STORIES))
def test_no_way_to_what_is_not_offered_is_open(story: str) -> None:
    explanation = told(story)
    state = {c.criterion: c.state for c in explanation.criteria}
    offered = {o.therapy for o in explanation.options}
    families = {t for t in therapies() if index().one(t, POEMKG + "inFamily")}
    refused = [w for w in explanation.why_not if w.reason == "not-offered"]

    assert {w.therapy for w in refused} == families - offered
    for refusal in refused:
        for way in refusal.ways:
            assert {state[c] for c in way.criteria} != {"met"}, way


@pytest.mark.parametrize("story", each(STORIES))
def test_what_is_not_ready_has_a_reason(story: str) -> None:
    explanation = told(story)
    reasons = {w.option: w for w in explanation.why_not if w.option}
    waiting = {o.option for o in explanation.options if o.readiness != "ready"}

    assert set(reasons) == waiting
    for option in explanation.options:
        brought = {r.brings for r in option.requirements if r.decisive}
        assert brought == ({option.readiness} - {"ready"})
        if option.option in reasons:
            assert reasons[option.option].held_by


def therapies() -> list[str]:
    """Return every therapy of the ontology."""
    kinds = index().having(POEMKG + "isKindOf", POEMKG + "Therapy")
    return [t for t in kinds if t != POEMKG + "Therapy"]


def test_every_therapy_has_an_answer_by_every_name() -> None:
    asked = 0
    for therapy in therapies():
        members = index().having(POEMKG + "inFamily", therapy) or (therapy,)
        names = [therapy, local(therapy), *index().all(therapy, RDFS + "label")]
        for name in (*names, *index().all(therapy, SKOS + "altLabel")):
            asked += 1
            for spelt in (name, name.upper()):
                found = {w.therapy for w in told("S3a", why_not=spelt).why_not}
                assert set(members) <= found, spelt
    assert asked > 30


def test_a_therapy_that_no_statement_speaks_of_is_said_to_be_offered_nowhere() -> None:
    found = one("S3a", "oesophagectomy")

    assert (found.reason, found.ways, found.silent) == ("not-offered", (), False)


def test_a_family_stands_for_its_members() -> None:
    found = told("S3a", why_not="achalasia therapy").why_not

    assert {local(w.therapy) for w in found} == {BOTULINUM, HELLER, POEM, DILATION}


@pytest.mark.parametrize("prefix", ["poemkg:", POEMKG, ""])
def test_a_name_is_taken_as_a_query_takes_it(prefix: str) -> None:
    assert [local(w.therapy) for w in told("S5", why_not=prefix + BOTULINUM).why_not] == [BOTULINUM]
    assert [local(o.therapy) for o in told("S3a", option=prefix + HELLER).options] == [HELLER]


def test_an_unknown_name_is_refused_with_those_that_come_nearest() -> None:
    with pytest.raises(InputError) as refusal:
        told("S3a", why_not="pneumatic dilatations")

    assert str(refusal.value) == (
        "--why-not pneumatic dilatations: is no therapy of the ontology; try pneumatic dilation"
    )


def test_a_test_is_no_therapy() -> None:
    with pytest.raises(InputError, match="is no therapy of the ontology"):
        told("S3a", why_not="endoscopic ultrasound")


def test_an_option_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="is no option for this patient; ask --why-not"):
        told("S3a", option=DILATION)
