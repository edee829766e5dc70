"""Literals that engines would pass over in silence are refused, at their bounds."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from poem_kg.limits import Limits
from poem_kg.namespaces import XSD
from tests.reading.conftest import read, refusal

GOOD = {
    "integer": ["0", "-7", "+7", "007", "9223372036854775807", "-9223372036854775808"],
    "byte": ["-128", "127"],
    "unsignedLong": ["9223372036854775807"],
    "positiveInteger": ["1"],
    "nonNegativeInteger": ["0"],
    "negativeInteger": ["-1"],
    "decimal": ["1", "1.5", ".5", "5.", "+0.10", "9" * 18 + "." + "9" * 18, "0" * 40 + "1.0"],
    "double": ["1", "1.5e3", ".5E-2", "0e0", "1.7e308"],
    "float": ["3.3e38", "1.5"],
    "boolean": ["true", "false", "1", "0"],
    "date": ["2024-02-29", "0001-01-01", "9999-12-31", "2024-01-01Z", "2024-01-01+14:00"],
    "dateTime": ["2024-01-01T00:00:00", "2024-01-01T24:00:00", "2024-01-01T10:00:00.5-05:00"],
    "dateTimeStamp": ["2024-01-01T00:00:00Z"],
    "time": ["12:30:00"],
    "gYear": ["1970", "1970Z"],
    "gYearMonth": ["1970-12"],
    "duration": ["P1Y", "-P1Y2M3DT4H5M6.7S", "PT1S"],
    "dayTimeDuration": ["P3D"],
    "yearMonthDuration": ["P6M"],
}
BAD = {
    "integer": ["", " 5", "5 ", "5.0", "1e3", "9223372036854775808", "-9223372036854775809", "٣"],
    "byte": ["128"],
    "unsignedLong": ["9223372036854775808", "-1"],
    "positiveInteger": ["0"],
    "nonNegativeInteger": ["-1"],
    "negativeInteger": ["0"],
    "decimal": ["", ".", "INF", "NaN", "1,5", "0." + "0" * 18 + "1", "1" + "0" * 18],
    "double": ["INF", "-INF", "+INF", "NaN", "Infinity", "1e400", "1e-400", "", "12 mmHg"],
    "float": ["1e39", "1e-46", "INF"],
    "boolean": ["True", "yes", ""],
    "date": [
        "2023-02-29",
        "2024-13-01",
        "2024-1-1",
        "0000-01-01",
        "-0044-03-15",
        "12024-01-01",
        "2024-01-01+14:01",
        "٢٠٢٤-01-01",
        "31.05.2024",
        "2024-01-01T00:00:00",
    ],
    "dateTime": ["2024-01-01", "2024-01-01T25:00:00", "2024-01-01T24:00:01", "2024-02-30T00:00:00"],
    "dateTimeStamp": ["2024-01-01T00:00:00"],
    "time": ["24:30:00", "12:30"],
    "gYear": ["70", "0000", "-1970", "19700"],
    "gYearMonth": ["1970-13", "1970-1"],
    "duration": ["P", "PT", "P1.5Y", "1 year", "P99999999999Y"],
    "dayTimeDuration": ["P1Y"],
    "yearMonthDuration": ["P1D"],
}


def typed(value: str, datatype: str) -> str:
    return f'<a:a>\n<a:b> "{value}"^^<{XSD}{datatype}> .'


@pytest.mark.parametrize("datatype", GOOD)
def test_a_valid_literal_comes_through_as_it_is_written(datatype: str) -> None:
    lines = "\n".join(typed(value, datatype) for value in GOOD[datatype])

    found = [triple.object for triple in read(lines, "turtle").triples]

    kind = ox.NamedNode(XSD + datatype)
    assert len(found) == len(GOOD[datatype])
    assert set(found) == {ox.Literal(value, datatype=kind) for value in GOOD[datatype]}


@pytest.mark.parametrize(
    ("datatype", "value"),
    [
        pytest.param(datatype, value, marks=[pytest.mark.slow] if number > 1 else [])
        for datatype, values in BAD.items()
        for number, value in enumerate(values)
    ],
)
def test_an_invalid_literal_is_refused_with_its_value_and_line(datatype: str, value: str) -> None:
    line = refusal(typed(value, datatype), "turtle")
    assert f'"{value}" is ' in line or f'"{value}" has ' in line
    assert line.startswith("-:2: " if value else "-")


@pytest.mark.parametrize(("datatype", "value"), [(k, v) for k in GOOD for v in GOOD[k]])
def test_oxigraph_can_compare_every_literal_that_comes_through(datatype: str, value: str) -> None:
    literal = f'"{value}"^^<{XSD}{datatype}>'
    query = f"SELECT ?same {{ BIND({literal} = {literal} && !({literal} != {literal}) AS ?same) }}"
    rows = ox.Store().query(query)
    assert isinstance(rows, ox.QuerySolutions)
    assert [str(row["same"]) for row in rows] == [f'"true"^^<{XSD}boolean>']


def test_an_unknown_datatype_is_left_alone() -> None:
    assert read('<a:a> <a:b> "12 mm[Hg]"^^<http://e.org/ucum> .').triples


def test_a_literal_may_be_as_long_as_the_limit_and_no_longer() -> None:
    limits = Limits(literal_characters=10)
    assert read('<a:a> <a:b> "0123456789" .', limits=limits).triples
    assert "longer than 10" in refusal('<a:a> <a:b> "0123456789x" .', limits=limits)


@pytest.mark.parametrize("escape", ["\\u0000", "\\u0007", "\\u001B", "\\u007F", "\\u0085"])
def test_a_control_character_in_a_literal_is_refused(escape: str) -> None:
    assert "control character" in refusal(f'<a:a> <a:b> "x{escape}" .')


def test_tabs_and_line_ends_in_a_literal_come_through() -> None:
    (triple,) = read('<a:a> <a:b> """one\ttwo\r\nthree""" .').triples
    assert triple.object == ox.Literal("one\ttwo\r\nthree")


def test_infinity_is_no_measured_number() -> None:
    assert "is no measured number" in refusal(typed("-INF", "double"))


def test_an_integer_longer_than_python_converts_is_refused() -> None:
    assert "out of the range" in refusal(typed("9" * 5000, "integer"))


def test_a_bare_number_out_of_range_is_refused() -> None:
    assert "out of the range" in refusal("<a:a> <a:b> 99999999999999999999 .")
