"""The generated studies stand at every threshold that the ontology has, and on both sides of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.classification import oracle
from tests.classification.generate import TOTALS, complete_studies
from tests.classification.studies import HELD_BY, Study
from tests.classification.thresholds import Threshold, thresholds
from tests.derivation.view import changed_knowledge, knowledge

STUDIES = complete_studies()
THRESHOLDS = sorted(thresholds(knowledge()))
NEAR = Decimal("0.01")
"""Just below and just above a swallow's threshold: within this part of it."""


def values(threshold: Threshold, study: Study) -> Iterator[Decimal]:
    """Yield what a study has of what a threshold is about; for a limit, how far it is away."""
    if threshold.kind == "swallow":
        (name,) = (name for name, prop in HELD_BY.items() if prop == threshold.subject)
        for swallow in study.swallows:
            yield getattr(swallow, name)
    elif threshold.kind == "limit":
        pressure = study.pressures[threshold.position]
        if pressure.value is not None and pressure.limit is not None:
            yield pressure.value - pressure.limit
    else:
        kind = oracle.MEASURES[threshold.edition][threshold.subject]
        share = oracle.percent(study, kind or oracle.failed, threshold.position)
        assert share
        yield Decimal(share[0].numerator) / share[0].denominator


def sides(threshold: Threshold) -> set[str]:
    """Return on which sides of a threshold there are studies, close to it, and at it."""
    found = {value for study in STUDIES for value in values(threshold, study)}
    near = threshold.bound * NEAR if threshold.kind == "swallow" else Decimal("0.1")
    if threshold.kind == "share":
        # One swallow: of the larger number, or of the few that are taken upright.
        near = Decimal(100) / (max(TOTALS) if threshold.position == "supine" else 5)
    away = {value - threshold.bound for value in found}
    return {
        *({"at"} if Decimal(0) in away else ()),
        *({"below"} if any(-near <= distance < 0 for distance in away) else ()),
        *({"above"} if any(0 < distance <= near for distance in away) else ()),
    }


def possible(threshold: Threshold) -> set[str]:
    """Return the sides that there are: no percentage lies below 0 or above 100."""
    ends = {Decimal(0): "below", Decimal(100): "above"} if threshold.kind == "share" else {}
    return {"at", "below", "above"} - {ends.get(threshold.bound, "")}


@pytest.mark.parametrize("threshold", THRESHOLDS, ids=str)
def test_studies_stand_at_every_threshold_and_on_both_sides(threshold: Threshold) -> None:
    assert sides(threshold) == possible(threshold)


def test_the_thresholds_are_those_of_both_editions() -> None:
    by_subject: dict[str, set[Decimal]] = {}
    for threshold in THRESHOLDS:
        by_subject.setdefault(threshold.subject, set()).add(threshold.bound)
    assert {subject: sorted(map(int, bounds)) for subject, bounds in by_subject.items()} == {
        "FailedOrPrematureSwallowShare": [100],
        "FailedSwallowShare": [50, 100],
        "HypercontractileSwallowShare": [20],
        "IneffectiveSwallowShare": [50, 70],
        "IntegratedRelaxationPressure": [0],
        "PrematureSwallowShare": [20],
        "PressurizedSwallowShare": [0, 20],
        "distalContractileIntegral": [100, 450, 8000],
        "distalLatency": [4],
        "pressurization": [30],
        "transitionZoneBreak": [5],
    }
    assert by_subject["distalLatency"] == {Decimal("4.5")}


def test_a_threshold_without_a_study_at_it_is_seen(tmp_path: Path) -> None:
    name = "classification/chicago-2012.ttl"
    added = "criterion:chicago2012-premature-share poemkg:metAbove 30.0 ."
    known = changed_knowledge(tmp_path, files={name: added})
    (new,) = thresholds(known) - set(THRESHOLDS)
    assert sides(new) != possible(new)


def test_there_are_at_least_500_and_they_are_the_same_each_time() -> None:
    assert len(STUDIES) >= 500
    assert len({study.name for study in STUDIES}) == len(STUDIES)
    assert complete_studies() == STUDIES
