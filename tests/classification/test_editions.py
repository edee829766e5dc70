"""What each edition says of a study: single studies that a reader would want to see."""

from __future__ import annotations

import pytest

from poem_kg.namespaces import POEMKG
from tests.classification.readings import Result, met, results, said
from tests.classification.studies import Manometry, graph, untreated
from tests.derivation.view import example

FAILED = {"dci": 40, "latency": 6, "pressurization": 5, "gap": 0}
PRESSED = FAILED | {"pressurization": 40}
NORMAL = {"dci": 1500, "latency": 6, "pressurization": 5, "gap": 0}
EARLY = NORMAL | {"latency": 4.2}
EDGE = NORMAL | {"latency": 4.5}


def study(**options: str) -> Manometry:
    return Manometry(untreated(), **options)


def read(manometry: Manometry) -> set[str]:
    """Return the patterns that a study of a patient without symptoms meets."""
    return met(graph(untreated(), manometry))


def by_pattern(name: str) -> dict[str, Result]:
    return {result.pattern: result for result in results(example(name))}


def type_ii() -> Manometry:
    manometry = study().swallows(8, **FAILED).swallows(2, **PRESSED)
    return manometry.swallows(5, "upright", **FAILED).both_raised()


# S13: the patient of S7 with nothing but swallows.


def test_s13a_from_integrals_alone_no_edition_names_anything() -> None:
    assert {p for p, result in by_pattern("S13a").items() if result.truth} == set()


def test_s13a_what_is_left_open_for_hypercontractile_oesophagus() -> None:
    result = by_pattern("S13a")["chicago40-hypercontractile"]
    assert result.truth is None
    assert result.open_on == {
        "chicago40-irp-at-limit-supine",
        "chicago40-irp-at-limit-upright",
        "chicago40-irp-raised-supine",
        "chicago40-irp-raised-upright",
        "chicago40-premature-share",
        "oesophageal-symptoms",
    }
    assert result.refuted_by == set()


def test_s13a_what_the_integrals_rule_out_and_by_what() -> None:
    refuted = {p: r.refuted_by for p, r in by_pattern("S13a").items() if r.truth is False}
    assert refuted == {
        "chicago40-absent-contractility": {"chicago40-all-failed"},
        "chicago40-ineffective": {"chicago40-hypercontractile-share"},
        "chicago40-ineffective-inconclusive": {"chicago40-hypercontractile-share"},
        "chicago40-type-i": {"chicago40-all-failed"},
        "chicago40-type-ii": {"chicago40-all-failed"},
    }


def test_s13a_by_the_2012_iteration_everything_is_open() -> None:
    found = {p: r for p, r in by_pattern("S13a").items() if r.edition == "chicago2012"}
    assert {p: r.truth for p, r in found.items()} == {
        "chicago2012-type-ii": None,
        "chicago2012-type-iii": None,
    }
    assert found["chicago2012-type-iii"].open_on == {
        "chicago2012-irp-raised",
        "chicago2012-premature-share",
    }


def test_s13b_with_the_whole_study_version_4_names_hypercontractile_oesophagus() -> None:
    found = by_pattern("S13b")
    assert {p for p, r in found.items() if r.truth} == {"chicago40-hypercontractile"}
    assert found["chicago40-hypercontractile"].outcome == "HypercontractileOesophagus"


def test_s13b_nothing_is_left_open_by_version_4() -> None:
    found = by_pattern("S13b").values()
    assert {r.truth for r in found if r.edition == "chicago40"} == {True, False}


def test_s13b_by_the_2012_iteration_it_is_no_achalasia() -> None:
    found = {p: r.truth for p, r in by_pattern("S13b").items() if r.edition == "chicago2012"}
    assert found == {"chicago2012-type-ii": False, "chicago2012-type-iii": False}


# Where the editions differ.


def test_a_latency_of_exactly_4_5_is_premature_by_the_2012_iteration_alone() -> None:
    manometry = study().swallows(8, **FAILED).swallows(2, **EDGE).both_raised()
    found = said(graph(untreated(), manometry.swallows(5, "upright", **FAILED)))
    assert found["chicago2012-type-iii"] is True
    assert found["chicago40-type-iii"] is False


def test_a_latency_below_4_5_is_premature_by_both() -> None:
    manometry = study().swallows(8, **FAILED).swallows(2, **EARLY).both_raised()
    found = read(manometry.swallows(5, "upright", **FAILED))
    assert found == {"chicago2012-type-iii", "chicago40-type-iii"}


def test_a_short_but_weak_swallow_is_premature_by_the_2012_iteration_alone() -> None:
    weak = EARLY | {"dci": 450}
    manometry = study().swallows(8, **FAILED).swallows(2, **weak).both_raised()
    found = read(manometry.swallows(5, "upright", **FAILED))
    assert "chicago2012-type-iii" in found
    assert "chicago40-type-iii" not in found


def test_failed_swallows_with_pressurization_are_type_ii() -> None:
    assert read(type_ii()) == {"chicago40-type-ii"}


def test_the_2012_iteration_names_type_ii_when_the_reader_counted_the_failed_swallows() -> None:
    found = read(type_ii().share("FailedSwallowShare", 100))
    assert found == {"chicago40-type-ii", "chicago2012-type-ii"}


def test_a_pressurized_swallow_below_the_share_is_neither_type_i_nor_type_ii() -> None:
    manometry = study().swallows(9, **FAILED).swallows(1, **PRESSED).both_raised()
    found = said(graph(untreated(), manometry.swallows(5, "upright", **FAILED)))
    assert found["chicago40-type-i"] is None
    assert found["chicago40-type-ii"] is False


# Limits.


@pytest.mark.parametrize("position", ["supine", "upright"])
def test_a_pressure_at_its_limit_is_inconclusive_and_names_the_tests(position: str) -> None:
    manometry = study().swallows(10, **FAILED).swallows(5, "upright", **FAILED)
    other = "upright" if position == "supine" else "supine"
    manometry.raised(True, position=other).pressure(15, limit=15, position=position)
    found = results(graph(untreated(), manometry))
    assert {r.pattern for r in found if r.truth and r.edition == "chicago40"} == {
        f"chicago40-inconclusive-at-limit-{position}"
    }
    assert {r.outcome for r in found if r.truth} == {"InconclusiveForAchalasia"}


def test_a_pressure_at_its_limit_leaves_the_2012_iteration_open() -> None:
    manometry = study().swallows(10, **PRESSED).pressure(15, limit=15)
    found = results(graph(untreated(), manometry.share("FailedSwallowShare", 100)))
    (result,) = [r for r in found if r.pattern == "chicago2012-type-ii"]
    assert result.truth is None
    assert result.open_on == {"chicago2012-irp-raised"}


@pytest.mark.parametrize(("position", "other"), [("supine", "upright"), ("upright", "supine")])
def test_a_pressure_raised_in_one_position_alone_is_inconclusive(position: str, other: str) -> None:
    manometry = study().swallows(10, **FAILED).swallows(5, "upright", **FAILED)
    manometry.pressure(20, limit=15, position=position).pressure(9, limit=12, position=other)
    found = {p for p in read(manometry) if p.startswith("chicago40")}
    assert found == {f"chicago40-inconclusive-{position}-only"}


@pytest.mark.parametrize("value", [8, 15, 22, 60])
def test_there_is_no_limit_unless_the_study_states_one(value: float) -> None:
    manometry = study().swallows(10, **PRESSED).swallows(5, "upright", **FAILED)
    for position in ("supine", "upright"):
        manometry.pressure(value, limit=None, position=position)
    found = said(graph(untreated(), manometry))
    assert True not in found.values()
    assert found["chicago40-type-ii"] is found["chicago40-absent-contractility"] is None


@pytest.mark.parametrize("limit", [10, 15, 22])
def test_the_limit_is_the_one_of_the_study(limit: float) -> None:
    manometry = study().swallows(10, **PRESSED).swallows(5, "upright", **FAILED)
    for position in ("supine", "upright"):
        manometry.pressure(16, limit=limit, position=position)
    assert ("chicago40-type-ii" in read(manometry)) is (limit < 16)


def test_without_a_relaxation_pressure_nothing_is_named() -> None:
    manometry = study().swallows(10, **PRESSED).swallows(5, "upright", **FAILED)
    found = said(graph(untreated(), manometry.share("FailedSwallowShare", 100)))
    assert True not in found.values()
    assert found["chicago2012-type-ii"] is found["chicago40-type-ii"] is None


def test_a_value_and_a_statement_that_disagree_leave_it_open() -> None:
    manometry = type_ii().pressure(9, limit=15)
    assert said(graph(untreated(), manometry))["chicago40-type-ii"] is None


def test_raised_without_a_position_is_said_of_the_primary_one_alone() -> None:
    """I59 and I61: what holds upright is not known."""
    manometry = study().swallows(10, **NORMAL).swallows(5, "upright", **NORMAL)
    manometry.raised(True).finding("RaisedIntrabolusPressure", True)
    found = results(graph(untreated(), manometry))
    (result,) = [r for r in found if r.pattern == "chicago40-outflow-obstruction"]
    assert result.truth is None
    assert result.open_on == {"chicago40-irp-raised-upright"}


# Inconclusive by itself.


def test_outflow_obstruction_by_manometry_is_always_inconclusive() -> None:
    manometry = study().swallows(10, **NORMAL).swallows(5, "upright", **NORMAL).both_raised()
    found = results(graph(untreated(), manometry.finding("RaisedIntrabolusPressure", True)))
    assert {r.outcome for r in found if r.truth} == {"InconclusiveForOutflowObstruction"}
    assert "EGJOutflowObstruction" not in {r.outcome for r in found}


def test_peristalsis_upright_makes_a_typical_study_inconclusive() -> None:
    manometry = study().swallows(10, **PRESSED).swallows(1, "upright", **NORMAL).both_raised()
    found = {p for p in read(manometry) if p.startswith("chicago40")}
    assert found == {"chicago40-inconclusive-secondary"}


# Stated shares.


def test_a_share_counted_by_one_edition_is_not_read_by_the_other() -> None:
    for edition, pattern in (("chicago40", "type-iii"), ("chicago2012", "type-iii")):
        manometry = study().both_raised().share("FailedOrPrematureSwallowShare", 100)
        manometry.share("FailedOrPrematureSwallowShare", 100, position="upright")
        manometry.share("PrematureSwallowShare", 20, counted_by=edition)
        assert read(manometry) == {f"{edition}-{pattern}"}


def test_a_share_without_an_edition_is_read_by_both() -> None:
    manometry = study().both_raised().share("FailedOrPrematureSwallowShare", 100)
    manometry.share("FailedOrPrematureSwallowShare", 100, position="upright")
    manometry.share("PrematureSwallowShare", 20)
    assert read(manometry) == {"chicago40-type-iii", "chicago2012-type-iii"}


def test_a_stated_share_that_the_swallows_contradict_leaves_it_open() -> None:
    manometry = type_ii().share("PressurizedSwallowShare", 10)
    found = results(graph(untreated(), manometry))
    (result,) = [r for r in found if r.pattern == "chicago40-type-ii"]
    assert result.truth is None
    assert result.open_on == {"chicago40-pressurized-share"}


def test_a_share_that_is_only_suspected_says_nothing() -> None:
    manometry = study().both_raised().share("PrematureSwallowShare", 40, status="provisional")
    assert read(manometry) == set()


def test_a_swallow_without_a_position_leaves_every_count_open() -> None:
    manometry = type_ii().swallows(1, None, **NORMAL)
    found = results(graph(untreated(), manometry))
    assert not [r for r in found if r.truth]
    (result,) = [r for r in found if r.pattern == "chicago40-type-ii"]
    assert "chicago40-all-failed" in result.open_on


def test_every_outcome_is_a_disorder_or_an_inconclusive_result() -> None:
    outcomes = {r.outcome for r in results(example("S13b"))}
    assert len(outcomes) == 10
    assert not any(outcome.startswith(POEMKG) for outcome in outcomes)
