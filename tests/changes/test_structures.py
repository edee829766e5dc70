"""Blank nodes are told the same where the same is said, and otherwise wherever anything differs."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import pyoxigraph as ox
import pytest

from poem_kg.changes.structures import FileSaid, said_in
from poem_kg.errors import InputError
from poem_kg.limits import DEFAULT_LIMITS

PREFIXES = "@prefix ex: <urn:> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
QUICK = replace(DEFAULT_LIMITS, seconds=1.0)


def said(turtle: str) -> FileSaid:
    quads = ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)
    return said_in([quad.triple for quad in quads], where="file.ttl", limits=QUICK)


def everything(turtle: str) -> tuple[object, ...]:
    found = said(turtle)
    return sorted(map(str, found.about)), sorted(found.unnamed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ex:s ex:p [ ex:q 1 ; ex:r 2 ] .", "_:x ex:r 2 ; ex:q 1 . ex:s ex:p _:x ."),
        ("[] a owl:AllDisjointClasses .", "_:b a owl:AllDisjointClasses ."),
        ("_:a ex:p _:b . _:b ex:q _:a .", "_:b ex:p _:a . _:a ex:q _:b ."),
        ("ex:s ex:p _:a , _:b . _:a ex:q _:b .", "_:b ex:q _:c . ex:s ex:p _:c , _:b ."),
        ("ex:s ex:p <<( _:a ex:q 1 )>> .", "ex:s ex:p <<( _:b ex:q 1 )>> ."),
    ],
)
def test_names_and_order_make_no_difference(one: str, other: str) -> None:
    assert everything(one) == everything(other)


def listed(*items: object) -> str:
    return f"ex:s owl:oneOf ({' '.join(map(str, items))}) ."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (listed(*range(45)), listed(*range(44), 99)),
        (listed(*range(3000)), listed(*range(2999))),
        ("ex:s ex:p [ ex:q 1 ] .", "ex:s ex:p [ ex:q 1.0 ] ."),
        ("ex:s ex:p [ ex:q 1 ] .", "ex:s ex:p [ ex:q 1 ] , [ ex:q 1 ] ."),
        ("ex:s ex:p _:a ; ex:r _:a . _:a ex:q 1 .", "ex:s ex:p [ ex:q 1 ] ; ex:r [ ex:q 1 ] ."),
        ("[] ex:p 1 .", ""),
        ("[] ex:p 1 .", "[] ex:p 1 . [] ex:p 1 ."),
        ("_:a ex:p _:b . _:b ex:q _:a .", "_:a ex:p _:b . _:b ex:q _:b ."),
        ("ex:s ex:p _:a , _:b . _:a ex:q _:b .", "ex:s ex:p _:a , _:b . _:b ex:q _:b ."),
        ("ex:s ex:p <<( _:a ex:q 1 )>> .", "ex:s ex:p <<( _:a ex:q 2 )>> ."),
        (listed("ex:a", "(ex:b)"), listed("ex:a", "ex:b")),
        ("ex:s ex:p [ ex:q 'a ; b' ] .", "ex:s ex:p [ ex:q 'a' , 'b' ] ."),
    ],
)
def test_whatever_differs_is_told_otherwise(one: str, other: str) -> None:
    assert everything(one) != everything(other)


def test_a_list_is_told_in_its_order_and_what_hangs_on_one_of_its_cells_too() -> None:
    assert said(listed('"b"', '"a"')).about[0][2] == '("b", "a")'
    rdf = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    text = f"ex:s ex:p _:a . _:a {rdf}first> 1 ; {rdf}rest> _:b . _:b ex:q ex:end ."
    assert said(text).about[0][2].endswith(" | [<urn:q> <urn:end>])")


def test_what_no_iri_leads_to_stands_under_its_class() -> None:
    found = said("[] a owl:AllDisjointClasses ; owl:members (ex:a ex:b) . [] ex:p 1 .")
    kinds = {kind.rsplit("#")[-1]: text for kind, text in found.unnamed}
    assert kinds["AllDisjointClasses"].endswith("#members> (<urn:a>, <urn:b>)]")
    assert kinds["Resource"].startswith("[<urn:p> ")
    assert found.about == ()


def test_a_node_that_points_to_itself_twice_is_told_at_once() -> None:
    started = time.monotonic()
    found = said("ex:s ex:r _:a . _:a ex:p _:a ; ex:q _:a .")
    assert time.monotonic() - started < 0.5
    assert found.about[0][2] == (
        "[<urn:s> <urn:r> _:c14n0 ; _:c14n0 <urn:p> _:c14n0 ; _:c14n0 <urn:q> _:c14n0]"
    )


def test_brackets_inside_each_other_are_told_as_deep_as_files_may_nest() -> None:
    depth = DEFAULT_LIMITS.nesting
    text = said(f"ex:s ex:p {'[ ex:q ' * depth}1{' ]' * depth} .").about[0][2]
    assert text.count("[") == text.count("]") == depth


@pytest.mark.parametrize(
    "turtle",
    [
        " ".join(f"_:b{a} ex:q _:b{b} ." for a, b in itertools.permutations(range(20), 2)),
        "".join(f"_:b{n} ex:q _:b{n + 1} ." for n in range(2000)),
    ],
    ids=["a knot", "a chain"],
)
def test_what_would_take_for_ever_to_compare_is_refused(turtle: str) -> None:
    with pytest.raises(InputError) as refused:
        said(turtle)
    assert str(refused.value).startswith("file.ttl: ")
