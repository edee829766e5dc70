"""HermiT and the SPARQL steps put every complete study into the same patterns.

So does the oracle that counts for itself. A study is told in three ways: its swallows and its
stated shares to the SPARQL steps, and the summary that the oracle counts to HermiT, which knows
nothing but the OWL definitions.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import owlready2
import pytest

from poem_kg.knowledge import load_knowledge
from tests.classification.generate import complete_studies, summarised
from tests.classification.hermit import (
    Definitions,
    classify,
    definitions,
    described,
    members,
    taken,
)
from tests.classification.oracle import expected
from tests.classification.readings import Said, said_of, said_of_complete
from tests.classification.studies import EDITIONS, Study
from tests.classification.summaries import summary
from tests.classification.test_counting import differences
from tests.derivation.view import ROOT, knowledge

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet

STUDIES = complete_studies()


@pytest.fixture(scope="module")
def defined() -> Definitions:
    return definitions(knowledge())


@pytest.fixture(scope="module")
def by_hermit(defined: Definitions) -> dict[str, set[str]]:
    return reasoned(STUDIES, defined)


def reasoned(studies: tuple[Study, ...], defined: Definitions) -> dict[str, set[str]]:
    """Return the patterns into whose classes HermiT puts each study, by its name."""
    told = {edition: [summary(study, edition) for study in studies] for edition in EDITIONS}
    found: dict[str, set[str]] = {study.name: set() for study in studies}
    for answered in members(defined, told).values():
        for study, patterns in zip(studies, answered, strict=True):
            found[study.name] |= patterns
    return found


def met(said: dict[str, Said]) -> dict[str, set[str]]:
    """Return the patterns that are met."""
    return {name: {p for p, truth in found.items() if truth} for name, found in said.items()}


def test_swallows_of_complete_studies_are_counted_as_by_the_oracle() -> None:
    assert differences(STUDIES, said_of_complete()) == []


def test_stated_shares_of_complete_studies_are_judged_as_by_the_oracle() -> None:
    assert differences(tuple(map(summarised, STUDIES)), said_of_complete(as_shares=True)) == []


def test_hermit_agrees_with_the_steps_on_the_swallows(by_hermit: dict[str, set[str]]) -> None:
    assert by_hermit == met(said_of_complete())


def test_hermit_agrees_with_the_steps_on_the_stated_shares(by_hermit: dict[str, set[str]]) -> None:
    assert by_hermit == met(said_of_complete(as_shares=True))


def test_hermit_was_asked_about_at_least_500_studies_and_every_pattern(
    by_hermit: dict[str, set[str]], defined: Definitions
) -> None:
    number = Counter(pattern for patterns in by_hermit.values() for pattern in patterns)
    asked = {pattern for classes in defined.classes.values() for pattern in classes}
    assert len(by_hermit) >= 500
    assert asked == expected(STUDIES[0]).keys()
    assert {pattern: number[pattern] for pattern in asked if number[pattern] < 5} == {}


def each_side() -> Iterator[ParameterSet]:
    """Yield the changes on each side; every change is tried on one side in the quick suite."""
    for number, change in enumerate(CHANGES):
        for place, side in enumerate(("OWL", "SPARQL")):
            marks = [pytest.mark.slow] if (number + place) % 2 else []
            yield pytest.param(side, *change, marks=marks, id=f"{side}-{change[0]}")


CHANGES = (
    ("chicago40-ineffective", ("minExclusive", "metAbove", "70.0"), "80.0"),
    ("chicago40-type-ii", ("minInclusive", "metFrom", "20.0"), "30.0"),
    ("chicago40-inconclusive-peristalsis", ("maxExclusive", "metBelow", "100.0"), "60.0"),
    ("chicago2012-type-iii", ("minInclusive", "metFrom", "20.0"), "30.0"),
)


@pytest.mark.parametrize(("side", "pattern", "bound", "other"), [*each_side()])
def test_a_threshold_that_is_changed_on_one_side_is_seen(
    tmp_path: Path, side: str, pattern: str, bound: tuple[str, str, str], other: str
) -> None:
    copy = tmp_path / "ontology"
    shutil.copytree(ROOT / "ontology", copy)
    name = "chicago-4.0" if pattern.startswith("chicago40") else "chicago-2012"
    path = copy / "classification" / f"{name}.ttl"
    facet, prop, number = bound
    said = f"xsd:{facet} " if side == "OWL" else f"poemkg:{prop} "
    text = path.read_text()
    assert said + number in text
    path.write_text(text.replace(said + number, said + other))
    known = load_knowledge(ontology=copy, queries=ROOT / "queries")
    some = tuple(study for study in STUDIES if expected(study)[pattern])[:15]
    assert reasoned(some, definitions(known)) != met(said_of(some, known=known))


def test_a_study_without_its_dates_is_what_hermit_takes(defined: Definitions) -> None:
    facts = described("urn:dated", summary(STUDIES[0], "chicago40"))
    left = set(facts) - set(taken(facts))
    assert {t.predicate.value.rsplit("/", 1)[-1] for t in left} == {"date"}
    classify([*defined.axioms, *taken(facts)]).close()
    with pytest.raises(owlready2.base.OwlReadyJavaError, match="date"):
        classify([*defined.axioms, *facts])
