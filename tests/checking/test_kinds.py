"""A value is what its datatype says, a day is in the calendar, and a text says something."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from poem_kg.checking.kinds import kind_problems
from poem_kg.namespaces import POEMKG, RDFS, STATEMENT, XSD


def told(value: str, subject: str = "urn:term", predicate: str = RDFS + "label") -> list[str]:
    """What is found about a value that is written so."""
    text = f"@prefix xsd: <{XSD}> . <{subject}> <{predicate}> {value} ."
    quads = ox.parse(text, format=ox.RdfFormat.TURTLE)
    return [problem.message for problem, _ in kind_problems(quad.triple for quad in quads)]


@pytest.mark.parametrize("text", ['""', '""@en', '"  "@en', '"\\n"', '" \\t"@en-GB'])
def test_a_text_that_says_nothing_is_found(text: str) -> None:
    assert [message.endswith(", an empty text") for message in told(text)] == [True]


@pytest.mark.parametrize(
    "day",
    ['"2031-02-30"^^xsd:date', '"2031-02-29"^^xsd:date', '"2031-04-31T10:00:00Z"^^xsd:dateTime'],
)
def test_a_day_that_is_in_no_calendar_is_found(day: str) -> None:
    assert ["which is no xsd:date" in message for message in told(day)] == [True]


@pytest.mark.parametrize(
    "value",
    [
        '"x"@en',
        '"2032-02-29"^^xsd:date',
        '"2031-02-03Z"^^xsd:date',
        '"2032-02-29T10:00:00"^^xsd:dateTime',
        '"12031-02-03"^^xsd:date',
    ],
)
def test_what_is_well_written_is_not_found(value: str) -> None:
    assert told(value) == []


def test_what_a_statement_says_is_no_empty_text_but_a_page_may_lack_words() -> None:
    assert len(told('" "', STATEMENT + "x", POEMKG + "timePoint")) == 1
    assert told('""', POEMKG + "words/x", POEMKG + "wordsForClinician") == []
