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


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(MET, 2)))
@pytest.mark.parametrize("bound", [49.0, 49.5, 50.5, 51.0])
def test_of_a_measure_that_is_counted_two_bounds_need_a_whole_number(
    one: str, other: str, bound: float
) -> None:
    possible = any(MET[one](n, 50.0) and MET[other](n, bound) for n in range(0, 200))

    text = f"""
        <urn:m> p:integerValued true .
        <urn:one> p:onMeasure <urn:m> ; p:{one} 50.0 .
        <urn:other> p:onMeasure <urn:m> ; p:{other} {bound} .
        <urn:statement> p:when <urn:one> , <urn:other> ."""

    assert found(text) == (set() if possible else {"statement"})


def test_a_criterion_that_is_never_met_is_told_of_itself_and_not_of_its_statement() -> None:
    text = """<urn:one> p:onMeasure <urn:m> ; p:metFrom 80.0 ; p:metUpTo 70.0 .
        <urn:statement> p:when <urn:one> ; p:requires <urn:one> ."""

    assert found(text) == set()


EXCLUSIVE = """
    <urn:one> p:onClass <urn:A> . <urn:A> p:excludesCriterion <urn:other> .
    <urn:other> p:onClass <urn:B> . <urn:B> p:excludesCriterion <urn:one> .
"""


@pytest.mark.parametrize(("ways", "together"), list(WAYS.items()))
def test_two_members_of_an_exclusive_group_are_not_asked_for_together(
    ways: tuple[str, str], together: bool
) -> None:
    text = f"{EXCLUSIVE} <urn:statement> p:{ways[0]} <urn:one> ; p:{ways[1]} <urn:other> ."

    assert found(text) == ({"statement"} if together else set())


def test_a_result_of_a_class_does_not_say_that_it_is_there() -> None:
    text = f"""{EXCLUSIVE} <urn:one> p:requiresResult <urn:R> .
        <urn:statement> p:requires <urn:one> ; p:when <urn:other> ."""

    # The other way round it is told all the same: B speaks against what is asked of A.
    assert found(text.replace("<urn:B> p:excludesCriterion <urn:one> .", "")) == set()


@pytest.mark.parametrize("way", ["when", "requires", "excludedBy"])
@pytest.mark.parametrize(
    ("more", "possible"),
    [
        ("", False),
        ("<urn:statement> p:disorder <urn:B> .", True),
        ("<urn:t> p:asDisorder <urn:A> ; p:disorder <urn:B> .", True),
        ("<urn:t> p:asDisorder <urn:B> ; p:disorder <urn:A> .", False),
    ],
    ids=["alone", "one of two", "another is treated like it", "it is treated like another"],
)
def test_the_disorder_of_a_statement_is_asked_for_too(way: str, more: str, possible: bool) -> None:
    text = f"""{EXCLUSIVE} <urn:A> p:isKindOf <urn:A> . <urn:B> p:isKindOf <urn:B> .
        <urn:statement> p:disorder <urn:A> ; p:{way} <urn:other> . {more}"""

    assert found(text) == (set() if possible else {"statement"})


def test_both_that_do_not_go_together_are_named_with_what_comes_of_it() -> None:
    text = f"""{EXCLUSIVE} <urn:a> p:when <urn:one> ; p:requires <urn:other> .
        <urn:b> p:disorder <urn:A> ; p:excludedBy <urn:other> .
        <urn:c> p:disorder <urn:A> ; p:when <urn:other> .
        <urn:A> p:isKindOf <urn:A> ."""
    engine = Oxigraph()
    triples = [q.triple for q in ox.parse((PREFIX + text).encode(), format=ox.RdfFormat.TURTLE)]
    engine.load(ntriples(triples))

    rows = [[str(cell).strip('<>"') for cell in row] for row in engine.select(CHECKED.text)]

    held = "holds its therapy back from everyone that it is about, since the two hold in no patient"
    assert rows == [
        ["urn:a", held, "urn:one", "urn:other"],
        ["urn:a", held, "urn:other", "urn:one"],
        ["urn:b", "excludes nobody, since the two hold in no patient", "urn:A", "urn:other"],
        ["urn:c", "applies to nobody, since the two hold in no patient", "urn:A", "urn:other"],
    ]


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
        "excluded-by-another-type", "neither-child-nor-older", "old-child", "opposite-conditions",
        "opposite-exclusion", "opposite-parts", "opposite-requirement", "opposite-requirements",
        "two-types", "type-of-another-disorder",
    }  # fmt: skip
