"""The verdict on a suite can be a bad one, the comparison of results sees what differs, the page
says what the list says.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.description import SD, bad_endpoint, bad_schema
from tests.conformance.expectations import REFUSED, deviations, refusals, suites, verdict
from tests.conformance.page import PAGE, current
from tests.conformance.results import CSV, JSON, TURTLE, difference, read
from tests.conformance.suites import folder


def as_expected(suite: str) -> dict[str, str | None]:
    """Outcomes of a suite in which all is as it is listed."""
    found: dict[str, str | None] = {c: "fails" for d in deviations(suite) for c in d.cases}
    found |= {c: f"{REFUSED}x" for d in refusals(suite) for c in d.cases}
    more = suites()[suite].cases - len(found)
    return found | {f"made-up/{number}": None for number in range(more)}


@pytest.mark.parametrize("suite", suites())
def test_a_suite_as_it_is_listed_is_well(suite: str) -> None:
    told = suites()[suite]

    assert verdict(suite, as_expected(suite)).startswith(told.title)


def test_a_failure_that_is_not_listed_is_told() -> None:
    outcomes = as_expected("query") | {"made-up/1": "7 instead of 8"}

    with pytest.raises(AssertionError, match="made-up/1: 7 instead of 8"):
        verdict("query", outcomes)


def test_a_listed_failure_that_passes_is_told() -> None:
    outcomes = as_expected("query") | {"functions/bnode01": None}

    with pytest.raises(AssertionError, match="functions/bnode01: is listed as a deviation, but"):
        verdict("query", outcomes)


def test_a_listed_case_that_is_gone_is_told() -> None:
    outcomes = as_expected("query")
    del outcomes["functions/bnode01"]

    with pytest.raises(AssertionError, match=r"functions/bnode01: .* but is no case"):
        verdict("query", outcomes)


@pytest.mark.parametrize("outcome", [None, "status 500"])
def test_a_refusal_that_is_none_is_told(outcome: str | None) -> None:
    outcomes = as_expected("query") | {"syntax-query/test_4": outcome}

    with pytest.raises(AssertionError, match="syntax-query/test_4"):
        verdict("query", outcomes)


def test_a_refusal_that_is_not_listed_is_told() -> None:
    outcomes = as_expected("query") | {"made-up/1": f"{REFUSED}x"}

    with pytest.raises(AssertionError, match="made-up/1: refused"):
        verdict("query", outcomes)


def test_a_suite_that_shrank_is_told() -> None:
    outcomes = as_expected("query")
    del outcomes["made-up/1"]

    with pytest.raises(AssertionError, match="but 328 cases were there before"):
        verdict("query", outcomes)


def test_suites_that_are_not_there_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("W3C_SUITES", str(tmp_path))

    with pytest.raises(AssertionError, match="rdf-tests or data-shapes is missing"):
        folder()


def test_the_page_is_current() -> None:
    written = PAGE.read_text(encoding="utf-8")

    assert written == current(written), "run python -m tests.conformance"


@pytest.mark.parametrize(
    ("one", "other", "ordered", "same"),
    [
        ("x 1 2", "x 2 1", False, True),
        ("x 1 2", "x 2 1", True, False),
        ("x 1 1 2", "x 1 2", False, False),
        ("x 1 1 2", "x 1 2 2", False, False),
        ("x y", "y y", False, False),
        ("x,y _:a,_:b _:b,_:a", "x,y _:d,_:c _:c,_:d", False, True),
        ("x,y _:a,_:b", "x,y _:c,_:c", False, False),
        ("x,y _:a,_:a", "x,y _:c,_:d", False, False),
        ("x,y _:a,_:b _:b,_:a", "x,y _:a,_:b _:a,_:b", False, False),
        ("x,y _:a,1 _:b,2", "x,y _:b,2 _:a,1", True, False),
        ("x,y 1,2", "y,x 2,1", False, True),
    ],
)
def test_rows_are_told_apart(one: str, other: str, ordered: bool, same: bool) -> None:
    first, second = (read(text.replace(" ", "\r\n").encode(), CSV) for text in (one, other))

    assert (difference(first, second, ordered=ordered) is None) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.0", "1.00", True),
        ("1.0", "1", False),
        ("1e0", "1.0e0", True),
        ("true", '"1"^^<http://www.w3.org/2001/XMLSchema#boolean>', True),
        ('"a"@en', '"a"@EN', True),
        ('"a"@en', '"a"', False),
        ('"1.0"', '"1.00"', False),
        ("[ <urn:q> 1 ]", "_:x . _:x <urn:q> 1", True),
        ("[ <urn:q> 1 ]", "_:x . _:y <urn:q> 1", False),
    ],
)
def test_graphs_are_told_apart(one: str, other: str, same: bool) -> None:
    first, second = (read(f"<urn:s> <urn:p> {text} .".encode(), TURTLE) for text in (one, other))

    assert (difference(first, second) is None) is same


def test_yes_is_not_no_and_not_a_table() -> None:
    yes, no = (read(b'{"head":{},"boolean":%s}' % word, JSON) for word in (b"true", b"false"))

    assert difference(yes, no) and not difference(yes, yes)
    assert difference(yes, read(b"x\r\n", CSV))


@pytest.mark.parametrize(
    ("turtle", "endpoint", "schema"),
    [
        ("<urn:s> a sd:Service ; sd:endpoint <urn:e> .", None, None),
        ("<urn:s> a sd:Service ; sd:endpoint <urn:f> .", "urn:f", None),
        ("<urn:s> a sd:Service ; sd:endpoint <urn:e> ; sd:bogus 1 .", None, "sd:bogus"),
        ("<urn:s> sd:endpoint <urn:e> .", None, "no sd:Service"),
        ("<urn:s> a sd:Service ; sd:supportedLanguage sd:Latin .", "set()", "no sd:Language"),
        ("<urn:s> a sd:Service ; sd:defaultDataset <urn:d> .", "set()", "no sd:Dataset"),
        ("<urn:s> a sd:Service ; sd:availableGraphs [ a sd:Dataset ] .", "set()", None),
    ],
)
def test_a_bad_description_is_told(turtle: str, endpoint: str | None, schema: str | None) -> None:
    graph = read(f"@prefix sd: <{SD}> .\n{turtle}".encode(), TURTLE)
    assert isinstance(graph, frozenset)

    found = bad_endpoint(graph, "urn:e"), bad_schema(graph)

    for why, part in zip(found, (endpoint, schema), strict=True):
        assert why is None if part is None else why is not None and part in why
