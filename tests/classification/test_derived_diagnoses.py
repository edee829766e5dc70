"""A diagnosis that is derived from a study: provisional, with its edition, never ready."""

from __future__ import annotations

import pytest

from poem_kg.advice import Conclusions
from tests.classification.studies import Manometry, graph, untreated
from tests.derivation.patients import Patient
from tests.derivation.view import DILATION, HELLER, POEM, View, knowledge, local, references, see

SETTLING = {"FunctionalLumenImagingProbe", "TimedBariumOesophagram"}


def type_ii(patient: Patient, *, by_both: bool = False) -> Manometry:
    manometry = Manometry(patient).both_raised()
    manometry.swallows(10, "supine", dci=40, latency=6, pressurization=40)
    manometry.swallows(5, "upright", dci=40)
    return manometry.share("FailedSwallowShare", 100) if by_both else manometry


def seen(patient: Patient, *, by_both: bool = False) -> View:
    return see(graph(patient, type_ii(patient, by_both=by_both)))


def diagnoses(view: View) -> set[tuple[str, str, str, str]]:
    """Return disorder, basis, status and edition of each diagnosis."""
    told = Conclusions(knowledge(), view.derivation, view.patient)
    return {
        (local(d.disorder), d.basis, d.status, local(d.classification)) for d in told.diagnoses()
    }


def test_it_is_derived_and_provisional_and_names_its_edition() -> None:
    found = diagnoses(seen(untreated()))
    assert found == {("AchalasiaTypeII", "derived", "provisional", "chicago40")}


def test_editions_that_agree_are_told_apart() -> None:
    assert diagnoses(seen(untreated(), by_both=True)) == {
        ("AchalasiaTypeII", "derived", "provisional", "chicago40"),
        ("AchalasiaTypeII", "derived", "provisional", "chicago2012"),
    }


def editions_differ(patient: Patient) -> View:
    """A latency of exactly 4.5 s: type II by version 4.0, type III by the 2012 iteration."""
    manometry = Manometry(patient).both_raised()
    manometry.swallows(10, "supine", dci=40, latency=4.5, pressurization=40)
    return see(graph(patient, manometry.swallows(5, "upright", dci=40)))


def test_where_editions_differ_both_are_shown_and_neither_governs() -> None:
    view = editions_differ(untreated().in_place())
    assert diagnoses(view) == {
        ("AchalasiaTypeII", "derived", "provisional", "chicago40"),
        ("AchalasiaTypeIII", "derived", "provisional", "chicago2012"),
    }
    disorders = {local(s.disorder) for o in view.options.values() for s in o.standings}
    assert {"AchalasiaTypeII", "AchalasiaTypeIII"} <= disorders
    assert set(view.readiness().values()) == {"needs-information"}


def test_its_options_stand_as_usual_but_are_never_ready() -> None:
    view = seen(untreated().in_place())
    recorded = see(Patient().has("AchalasiaTypeII").in_place())
    assert view.standing() == recorded.standing()
    assert set(recorded.readiness().values()) == {"ready"}
    assert set(view.readiness().values()) == {"needs-information"}
    for therapy in (POEM, HELLER, DILATION):
        assert set(view.of_kind(therapy, "diagnosis").values()) == {"unknown"}
        assert {s.applies for s in view.options[therapy].standings} == {"unknown"}


def test_recording_it_too_makes_its_options_ready() -> None:
    view = seen(untreated().in_place().has("AchalasiaTypeII", date="2026-03-02"))
    assert set(view.readiness().values()) == {"ready"}
    assert ("AchalasiaTypeII", "present") in view.diagnoses
    assert view.noticed("contradiction") == {}


def test_a_recorded_diagnosis_governs_and_the_contradiction_is_told() -> None:
    patient = untreated().in_place().has("AchalasiaTypeIII", date="2026-03-02")
    view = seen(patient)
    alone = see(untreated().in_place().has("AchalasiaTypeIII", date="2026-03-02"))
    assert view.standing() == alone.standing() == {POEM: "preferred", HELLER: "option"}
    assert view.readiness() == alone.readiness()
    assert view.noticed("contradiction") == {"chicago40-type-ii": "yes"}


@pytest.mark.parametrize("disorder", ["AchalasiaTypeII", "Achalasia"])
def test_a_diagnosis_that_is_recorded_as_absent_gives_no_options(disorder: str) -> None:
    view = seen(untreated().in_place().absent(disorder, date="2026-03-02"))
    assert view.options == {}
    assert view.noticed("contradiction") == {"chicago40-type-ii": "yes"}


def test_a_wider_diagnosis_on_record_is_made_narrower_but_only_provisionally() -> None:
    view = seen(untreated().in_place().has("Achalasia", date="2026-03-02"))
    assert view.noticed("contradiction") == {}
    assert ("Achalasia", "present") in view.diagnoses
    assert ("AchalasiaTypeII", "provisional") in view.diagnoses
    assert set(view.standing()) >= {POEM, HELLER, DILATION}
    assert view.readiness()[DILATION] == "needs-information"


def inconclusive(patient: Patient) -> Manometry:
    manometry = Manometry(patient).swallows(10, "supine", dci=40, pressurization=40)
    manometry.swallows(5, "upright", dci=40).raised(True, position="supine")
    return manometry.pressure(12, limit=12, position="upright")


def test_an_inconclusive_study_is_no_diagnosis_and_names_the_tests() -> None:
    patient = untreated()
    view = see(graph(patient, inconclusive(patient)))
    assert diagnoses(view) == set()
    assert view.options == {}
    asked_by = "chicago40-inconclusive-at-limit-upright"
    assert set(view.tests) == {(test, asked_by) for test in SETTLING}


def test_a_settling_test_with_a_result_is_not_asked_for_again() -> None:
    patient = untreated().done("TimedBariumOesophagram", "TreatmentNeedSupported")
    view = see(graph(patient, inconclusive(patient)))
    assert {test for test, _ in view.tests} == {"FunctionalLumenImagingProbe"}


def test_a_settling_test_without_a_result_is_still_asked_for() -> None:
    patient = untreated().done("TimedBariumOesophagram")
    view = see(graph(patient, inconclusive(patient)))
    assert {test for test, _ in view.tests} == SETTLING


def test_what_follows_rests_on_the_study() -> None:
    patient = untreated().in_place()
    manometry = type_ii(patient)
    view = see(graph(patient, manometry))
    for option in view.options.values():
        for statement in references(option, "for"):
            assert manometry.iri.value in statement.facts


@pytest.mark.parametrize(
    ("disorder", "status"),
    [
        ("HypercontractileOesophagus", "absent"),
        ("OesophagealMotilityDisorder", "absent"),
        ("AchalasiaTypeII", "present"),
    ],
)
def test_a_disorder_on_which_there_is_no_statement_can_be_contradicted_too(
    disorder: str, status: str
) -> None:
    patient = untreated().has("Dysphagia").done("UpperEndoscopy", "NoMechanicalObstruction")
    patient.record(disorder, status)
    manometry = Manometry(patient).both_raised(False)
    manometry.swallows(10, "supine", dci=9000, latency=6, pressurization=5, gap=0)
    view = see(graph(patient, manometry))
    assert ("HypercontractileOesophagus", "derived", "provisional", "chicago40") in diagnoses(view)
    assert view.noticed("contradiction") == {"chicago40-hypercontractile": "yes"}
