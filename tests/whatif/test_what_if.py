"""What-if on patients whose answer can be read off the rules."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from poem_kg.model import as_json
from poem_kg.namespaces import POEMKG
from poem_kg.validation import PatientValidator
from poem_kg.whatif.hypotheses import Change
from poem_kg.whatif.search import Reach, WhatIf, what_if
from tests.derivation.patients import Patient
from tests.derivation.view import POEM, knowledge, local, see
from tests.whatif.drawn import opened

Said = tuple[str, str, str]


def _asked(patient: Patient, *, audience: str = "clinician", patients: int = 150) -> WhatIf:
    return what_if(
        knowledge(),
        patient.triples(),
        patient=patient.iri.value,
        therapy=POEM,
        audience=audience,
        patients=patients,
    )


def _reach(found: WhatIf, readiness: str) -> Reach:
    (therapy,) = found.therapies
    (reach,) = (r for r in therapy.reaches if r.readiness == readiness)
    return reach


def _said(change: Change) -> Said:
    return local(change.concept), change.status, local(change.result)


def _ways(reach: Reach) -> set[frozenset[Said]]:
    return {frozenset(_said(change) for change in way.changes) for way in reach.ways}


def test_what_is_not_known_has_to_be_found_out() -> None:
    patient = Patient().has("AchalasiaTypeIII").in_place_without_mimics().counselled()

    reach = _reach(_asked(patient), "ready")

    assert reach.size == 1
    assert _ways(reach) == {frozenset({("AchalasiaMimic", "absent", "")})}


def test_what_is_known_to_be_undone_can_be_done() -> None:
    patient = Patient().has("AchalasiaTypeIII").in_place_without_counselling()
    patient.counselled("RefluxRiskCounselling", status="absent")
    patient.counselled("IndefinitePPICounselling", "SurveillanceEndoscopyCounselling")

    reach = _reach(_asked(patient), "ready")

    assert _ways(reach) == {frozenset({("RefluxRiskCounselling", "present", "")})}
    assert {c.basis for way in reach.ways for c in way.changes} == {"to-do"}


def test_another_operator_can_do_it() -> None:
    patient = Patient().has("AchalasiaTypeIII").in_place_without_operator()
    patient.operator(5, trained=True)

    reach = _reach(_asked(patient), "ready")

    (way,) = reach.ways
    assert [(local(c.concept), c.value) for c in way.changes] == [("PoemProcedureCount", "40")]


@pytest.mark.parametrize(("audience", "reached"), [("clinician", False), ("researcher", True)])
def test_a_known_finding_is_flipped_for_a_researcher_alone(audience: str, reached: bool) -> None:
    patient = Patient().has("AchalasiaTypeIII").operator(120, trained=True).counselled()
    patient.centre(high_volume=True, complication_care=True).absent("AchalasiaMimic")
    patient.age(50).absent("AnticoagulantUse").has("Pregnancy")

    reach = _reach(_asked(patient, audience=audience), "ready")

    assert reach.complete
    assert (reach.size is not None) is reached
    bases = {c.basis for way in reach.ways for c in way.changes}
    assert ("recorded" in bases) is reached


def test_a_suspicion_can_turn_out_either_way() -> None:
    patient = Patient().has("AchalasiaTypeIII", date="2026-03-01").in_place_without_mimics()
    patient.absent("AchalasiaMimic", date="2026-03-01")
    patient.provisional("GastricCancer", date="2026-03-02")

    found = _asked(patient)

    assert frozenset({("GastricCancer", "absent", "")}) in _ways(_reach(found, "ready"))
    assert frozenset({("GastricCancer", "present", "")}) in _ways(_reach(found, "withheld"))


def test_nothing_makes_up_for_a_mimic_that_is_there() -> None:
    patient = Patient().has("AchalasiaTypeIII").in_place_without_mimics()
    patient.has("EosinophilicOesophagitis")

    reach = _reach(_asked(patient), "ready")

    assert (reach.size, reach.ways, reach.complete) == (None, (), True)


def test_nothing_makes_a_therapy_ready_on_which_the_sources_are_silent() -> None:
    patient = Patient("child").has("AchalasiaTypeIII").age(12).absent("AchalasiaMimic")

    reach = _reach(_asked(patient), "ready")

    assert (reach.size, reach.ways, reach.complete) == (None, (), True)


def test_a_search_that_is_cut_short_says_so() -> None:
    patient = Patient().has("AchalasiaTypeII").adult()

    found = _asked(patient, patients=80)

    reach = _reach(found, "ready")
    assert not reach.complete
    assert reach.size is None
    assert reach.none_up_to is not None
    assert 1 <= reach.none_up_to < (_reach(_asked(patient, patients=300), "ready").size or 0)


def test_a_hypothetical_patient_without_changes_is_the_patient() -> None:
    patient = (
        Patient().has("AchalasiaTypeII", date="2026-12-30").born(2008).provisional("OpioidUse")
    )
    patient.operator(25).done("PneumaticDilation", "NoSuccess", date="2020-01-01")
    hypotheses = opened(patient.triples())

    unchanged = see(hypotheses.variant((), name="0"))

    now = see(patient)
    assert unchanged.standing() == now.standing()
    assert unchanged.readiness() == now.readiness()
    assert unchanged.truth("child") == now.truth("child") == "unknown"


def test_every_change_can_be_recorded() -> None:
    hypotheses = opened(Patient().provisional("OpioidUse").triples(), audience="researcher")
    validator = PatientValidator(knowledge())

    for fact in hypotheses.facts:
        for change in fact.changes:
            report = validator.validate(hypotheses.variant([change], name="0"))
            worst = [f for f in report.findings if f.severity == "Violation"]
            assert worst == [], change.key


def test_the_answer_is_json() -> None:
    found = _asked(Patient().has("AchalasiaTypeIII").in_place())

    document = json.loads(json.dumps(as_json(found)))

    assert list(document) == ["patient", "audience", "facts", "derived", "therapies"]
    assert document["therapies"][0]["now"]["readiness"] == "ready"


def test_what_can_be_done_is_said_by_the_ontology() -> None:
    marked = {
        local(t.subject.value)
        for t in knowledge().ontology
        if t.predicate == ox.NamedNode(POEMKG + "canBeDone") and isinstance(t.subject, ox.NamedNode)
    }

    assert marked == {
        "CounsellingRecord",
        "OperatorAttestation",
        "ProcedureRecord",
        "SiteAttestation",
        "Study",
    }
