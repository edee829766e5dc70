"""The check of conditions that no patient meets together.

Of two bounds it is tried on numbers, not read off the names, whether any number meets both.
"""

from __future__ import annotations

import itertools

import pyoxigraph as ox
import pytest

from tests.engines.oxigraph import Oxigraph
from tests.queries.files import CHECK
from tests.queries.graphs import DEFECTS, defective_graph, ntriples
from tests.queries.test_bounds import MET, PREFIX

CHECKED = next(query for query in CHECK if query.name == "check/impossible-conditions")
WAYS = {
    ("when", "when"): True,
    ("when", "requires"): True,
    ("requires", "when"): True,
    ("requires", "requires"): True,
    ("when", "excludedBy"): True,
    ("excludedBy", "when"): True,
    ("excludedBy", "excludedBy"): False,  # each of them excludes by itself
    ("excludedBy", "requires"): False,  # the one holds back, the other is asked for
    ("unless", "when"): False,
}
"""How a statement asks for two criteria, and whether it asks for them together."""


def found(text: str) -> set[str]:
    """The local names of what the check finds in a small graph."""
    engine = Oxigraph()
    triples = [q.triple for q in ox.parse((PREFIX + text).encode(), format=ox.RdfFormat.TURTLE)]
    engine.load(ntriples(triples))
    return {str(row[0]).strip("<>").removeprefix("urn:") for row in engine.select(CHECKED.text)}


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(MET, 2)))
@pytest.mark.parametrize("bound", [40.0, 50.0, 60.0])
def test_two_bounds_that_no_number_meets_are_found(one: str, other: str, bound: float) -> None:
    numbers = [n / 2 for n in range(0, 200)]
    possible = any(MET[one](n, 50.0) and MET[other](n, bound) for n in numbers)

    text = f"""
        <urn:one> p:onMeasure <urn:m> ; p:{one} 50.0 .
        <urn:other> p:onMeasure <urn:m> ; p:{other} {bound} .
        <urn:statement> p:when <urn:one> , <urn:other> ."""

    assert found(text) == (set() if possible else {"statement"})


@pytest.mark.parametrize(("ways", "together"), list(WAYS.items()))
@pytest.mark.parametrize(
    "criteria",
    [
        "<urn:a> p:onShare <urn:m> ; p:metFrom 2.0 . <urn:b> p:onShare <urn:m> ; p:metBelow 1.0 .",
        "<urn:a> a p:FactCriterion . <urn:b> a p:NotCriterion ; p:part <urn:a> .",
    ],
    ids=["numbers", "opposites"],
)
def test_only_what_is_asked_for_together_is_compared(
    ways: tuple[str, str], together: bool, criteria: str
) -> None:
    text = f"{criteria} <urn:statement> p:{ways[0]} <urn:a> ; p:{ways[1]} <urn:b> ."

    assert found(text) == ({"statement"} if together else set())


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [("supine", "supine", True), ("supine", "upright", False), ("supine", "", False)],
)
def test_in_two_positions_a_measure_may_have_two_values(
    first: str, second: str, same: bool
) -> None:
    place = f"; p:inPosition p:{second}" if second else ""
    text = f"""
        <urn:one> p:onMeasure <urn:m> ; p:metFrom 50.0 ; p:inPosition p:{first} .
        <urn:other> p:onMeasure <urn:m> ; p:metUpTo 40.0 {place} .
        <urn:statement> p:when <urn:one> , <urn:other> ."""

    assert found(text) == ({"statement"} if same else set())


def test_all_that_is_planted_is_found() -> None:
    engine = Oxigraph()
    engine.load(defective_graph(next(p for p in DEFECTS if p.stem == "impossible-conditions")))

    names = {str(row[0]).strip("<>").rsplit("/", 1)[1] for row in engine.select(CHECKED.text)}

    assert names == {
        "neither-child-nor-older", "old-child", "opposite-conditions", "opposite-exclusion",
        "opposite-parts", "opposite-requirement", "opposite-requirements",
    }  # fmt: skip
