"""Which studies are read at all, and what is said of those that are not."""

from __future__ import annotations

import pytest

from tests.classification.readings import results, said
from tests.classification.studies import Manometry, graph, untreated
from tests.derivation.patients import Patient
from tests.derivation.view import see

EARLIER, LATER = "2025-01-10", "2026-02-01"
NOT_READ = "poem-kg-I68"
FLAG = "chicago40-opioids"
TYPE_II, ABSENT = "chicago40-type-ii", "chicago40-absent-contractility"


def type_ii(patient: Patient, **options: str) -> Manometry:
    manometry = Manometry(patient, **options).both_raised()
    manometry.swallows(10, "supine", dci=40, pressurization=40)
    return manometry.swallows(5, "upright", dci=40)


def normal(patient: Patient, **options: str) -> Manometry:
    manometry = Manometry(patient, **options).both_raised(False)
    for position in ("supine", "upright"):
        manometry.swallows(5, position, dci=1500, latency=6, pressurization=5, gap=0)
    return manometry


def with_study(patient: Patient) -> list[str]:
    """Return the patterns met by a study of type II that is added to a patient."""
    return [p for p, truth in said(graph(patient, type_ii(patient))).items() if truth]


# The history.


def test_a_study_of_an_untreated_patient_is_read() -> None:
    assert with_study(untreated()) == [TYPE_II]
    assert see(graph(untreated(), type_ii(untreated()))).noticed("caution") == {}


@pytest.mark.parametrize(
    "operation",
    [
        "PerOralEndoscopicMyotomy",
        "LaparoscopicHellerMyotomy",
        "PneumaticDilation",
        "BotulinumToxinInjection",
        "Fundoplication",
        "ForegutOperation",
    ],
)
def test_a_study_after_a_foregut_operation_is_not_read_and_a_notice_says_so(operation: str) -> None:
    patient = Patient().done(operation, date=EARLIER)
    triples = graph(patient, type_ii(patient))
    assert results(triples) == []
    assert see(triples).noticed("caution") == {NOT_READ: "yes"}
    assert see(triples).diagnoses == []


def test_a_study_with_an_unknown_history_is_not_read_and_a_notice_says_so() -> None:
    patient = Patient()
    triples = graph(patient, type_ii(patient))
    assert results(triples) == []
    assert see(triples).noticed("caution") == {NOT_READ: "yes"}


def test_an_operation_that_is_only_suspected_leaves_the_history_unknown() -> None:
    patient = untreated().provisional("Fundoplication", date="2026-03-02")
    assert with_study(patient) == []


def test_one_kind_of_operation_ruled_out_is_not_every_kind() -> None:
    assert with_study(Patient().absent("PerOralEndoscopicMyotomy", date=EARLIER)) == []


def test_a_drug_is_no_operation() -> None:
    assert with_study(untreated().done("CalciumChannelBlockerTherapy", date=EARLIER)) == [TYPE_II]


# The record of the study.


@pytest.mark.parametrize("status", ["provisional", "absent", "enteredInError"])
def test_only_a_study_that_was_done_is_read(status: str) -> None:
    patient = untreated()
    assert said(graph(patient, type_ii(patient, status=status))) == {}


def test_another_test_is_not_read() -> None:
    patient = untreated()
    assert said(graph(patient, type_ii(patient, test="TimedBariumOesophagram"))) == {}


def test_a_study_that_tells_no_figure_is_not_classified() -> None:
    patient = untreated()
    assert said(graph(patient, Manometry(patient))) == {}


def test_a_study_that_tells_no_figure_gets_no_notice_on_the_history() -> None:
    patient = Patient()
    assert see(graph(patient, Manometry(patient))).noticed("caution") == {}


def test_as_of_a_day_before_the_study_there_is_nothing_to_read() -> None:
    patient = Patient().absent("ForegutOperation", date=EARLIER).as_of("2025-06-01")
    assert said(graph(patient, type_ii(patient, date=LATER))) == {}


def test_as_of_the_day_of_the_study_it_is_read() -> None:
    patient = Patient().absent("ForegutOperation", date=EARLIER).as_of(LATER)
    assert said(graph(patient, type_ii(patient, date=LATER)))[TYPE_II] is True


def test_a_figure_entered_in_error_says_nothing() -> None:
    patient = untreated()
    manometry = type_ii(patient).share("PressurizedSwallowShare", 5, status="enteredInError")
    assert said(graph(patient, manometry))[TYPE_II] is True


def test_of_two_studies_the_later_counts() -> None:
    patient = untreated()
    old = type_ii(patient, name="old", date=EARLIER)
    new = normal(patient, name="new", date=LATER)
    found = results(graph(patient, old, new))
    assert {r.study.rsplit("/", 1)[-1] for r in found} == {"new"}
    assert not [r for r in found if r.truth]


def test_two_studies_of_one_day_are_read_apart() -> None:
    patient = untreated()
    first, second = type_ii(patient, name="first"), normal(patient, name="second")
    found = results(graph(patient, first, second))
    truths = {(r.study.rsplit("/", 1)[-1], r.truth) for r in found if r.pattern == TYPE_II}
    assert truths == {("first", True), ("second", False)}


def test_a_figure_of_another_study_is_not_mixed_in() -> None:
    patient = untreated()
    old = Manometry(patient, name="old", date=EARLIER).both_raised()
    new = Manometry(patient, name="new", date=LATER).swallows(10, dci=40, pressurization=40)
    found = said(graph(patient, old, new.swallows(5, "upright", dci=40)))
    assert found[TYPE_II] is found[ABSENT] is None


def test_a_figure_of_no_study_is_not_mixed_in() -> None:
    patient = untreated().has("RaisedIntegratedRelaxationPressure", date=LATER)
    manometry = Manometry(patient).swallows(10, dci=40, pressurization=40)
    found = said(graph(patient, manometry.swallows(5, "upright", dci=40)))
    assert found[TYPE_II] is None


def test_a_figure_of_another_patient_is_not_mixed_in() -> None:
    one, other = untreated("one"), untreated("other")
    bare = Manometry(one).swallows(10, dci=40, pressurization=40).swallows(5, "upright", dci=40)
    found = results([*graph(one, bare), *graph(other, type_ii(other))])
    truths = {r.patient.rsplit("/", 1)[-1]: r.truth for r in found if r.pattern == TYPE_II}
    assert truths == {"one": None, "other": True}


# Opioids.


@pytest.mark.parametrize(("date", "flagged"), [(EARLIER, True), (None, True), ("2026-03-01", True)])
def test_an_opioid_up_to_the_study_is_flagged(date: str | None, flagged: bool) -> None:
    patient = untreated().has("OpioidUse", date=date)
    view = see(graph(patient, type_ii(patient)))
    assert (view.noticed("caution").get(FLAG) == "yes") is flagged


def test_an_opioid_of_the_day_of_the_study_is_flagged() -> None:
    patient = untreated().has("OpioidUse", date=LATER)
    view = see(graph(patient, type_ii(patient, date=LATER)))
    assert view.noticed("caution") == {FLAG: "yes"}


def test_an_opioid_after_the_study_is_not_flagged() -> None:
    patient = untreated().has("OpioidUse", date=LATER)
    view = see(graph(patient, type_ii(patient, date=EARLIER)))
    assert view.noticed("caution") == {}


@pytest.mark.parametrize("status", ["absent", "enteredInError"])
def test_no_opioid_is_not_flagged(status: str) -> None:
    patient = untreated().record("OpioidUse", status)
    assert see(graph(patient, type_ii(patient))).noticed("caution") == {}


def test_the_flag_does_not_change_what_is_said() -> None:
    assert with_study(untreated().has("OpioidUse")) == [TYPE_II]
