"""Whether a literal means what it looks like, checked before any rule compares it.

Query engines make a comparison with an ill-typed or too large number an error and drop the row in
silence, and validators let some of them pass: a contraindication would be missed without a word.
The bounds lie inside those of Oxigraph, found by experiment: integers are 64 bits wide, decimals
are 128-bit numbers of 18 fractional digits (up to 170141183460469231731), years have four digits
in every engine.
"""

from __future__ import annotations

import calendar
import math
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Final

import pyoxigraph as ox

from poem_kg.limits import Limits
from poem_kg.namespaces import XSD

Problem = tuple[str, str]
"""What is wrong with a literal, and what to do."""

_INT64: Final = (-(2**63), 2**63 - 1)
_RANGES: Final[dict[str, tuple[int, int]]] = {
    "integer": _INT64,
    "long": _INT64,
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, _INT64[1]),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "nonNegativeInteger": (0, _INT64[1]),
    "positiveInteger": (1, _INT64[1]),
    "nonPositiveInteger": (_INT64[0], 0),
    "negativeInteger": (_INT64[0], -1),
}
_INTEGER: Final = re.compile(r"[+-]?0*+([0-9]*+)(?<=[0-9])")
_DECIMAL: Final = re.compile(r"[+-]?(?:([0-9]++)(?:\.([0-9]*+))?|\.([0-9]++))")
_DOUBLE: Final = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?")
_CANONICAL_DOUBLE: Final = re.compile(r"-?[0-9](?:\.[0-9]++)?E-?[0-9]{1,3}")
_OFFSET: Final = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)"
_YEAR: Final = r"(?!0000)\d{4}"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"
_DAY: Final = rf"(?P<year>{_YEAR})-(?P<month>{_MONTH})-(?P<day>0[1-9]|[12]\d|3[01])"
_CLOCK: Final = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,18})?|24:00:00(?:\.0{1,18})?)"
_MONTHS: Final = r"(?:\d{1,9}Y)?(?:\d{1,9}M)?"
_DAYS: Final = r"(?:\d{1,9}D)?(?:T(?=\d)(?:\d{1,9}H)?(?:\d{1,9}M)?(?:\d{1,9}(?:\.\d{1,18})?S)?)?"
_TIMES: Final[dict[str, tuple[re.Pattern[str], str]]] = {
    name: (re.compile(pattern, re.ASCII), example)
    for name, pattern, example in (
        ("date", f"{_DAY}{_OFFSET}?", "2024-05-31"),
        ("dateTime", f"{_DAY}T{_CLOCK}{_OFFSET}?", "2024-05-31T14:00:00"),
        ("dateTimeStamp", f"{_DAY}T{_CLOCK}{_OFFSET}", "2024-05-31T14:00:00Z"),
        ("time", f"{_CLOCK}{_OFFSET}?", "14:00:00"),
        ("gYear", f"{_YEAR}{_OFFSET}?", "2024"),
        ("gYearMonth", f"{_YEAR}-{_MONTH}{_OFFSET}?", "2024-05"),
        ("duration", rf"-?P(?=[\dT]){_MONTHS}{_DAYS}", "P1Y6M"),
        ("yearMonthDuration", rf"-?P(?=\d){_MONTHS}", "P1Y6M"),
        ("dayTimeDuration", rf"-?P(?=[\dT]){_DAYS}", "P3DT12H"),
    )
}


def literal_problem(literal: ox.Literal, limits: Limits) -> Problem | None:
    """Return what is wrong with a literal and what to do, or None where it is fine.

    Numbers, booleans, dates and durations must have the form that XML Schema 1.1 part 2 gives
    them and a value that every engine can hold; infinity and not-a-number are refused. Literals of
    other datatypes are looked at for their length and for control characters only.

    Args:
        literal: the literal.
        limits: `literal_characters` holds here.
    """
    value = literal.value
    if len(value) > limits.literal_characters:
        return f"a literal is longer than {limits.literal_characters} characters", "shorten it"
    if not value.isprintable():
        for character in value:
            if character not in "\t\n\r" and unicodedata.category(character) == "Cc":
                return f"a literal holds the control character U+{ord(character):04X}", "delete it"
    datatype = literal.datatype.value
    if not datatype.startswith(XSD):
        return None
    kind = datatype[len(XSD) :]
    check = _CHECKS.get(kind)
    reason = check(value, kind) if check else None
    return (f'"{value[:60]}" {reason[0]}', reason[1]) if reason else None


def respell_decimal(literal: ox.Literal) -> ox.Literal:
    """Return a decimal that JSON-LD spelt with an exponent in the way of xsd:decimal.

    A JSON number such as 15.5 where the context says xsd:decimal becomes "1.55E1"^^xsd:decimal by
    the algorithm of JSON-LD 1.1 API 8.2.2, which is no decimal. The value is exact, so it is
    written as "15.5"; other literals come back as they are.
    """
    if literal.datatype.value == XSD + "decimal" and _CANONICAL_DOUBLE.fullmatch(literal.value):
        digits = format(Decimal(literal.value), "f")
        plain = digits.rstrip("0").rstrip(".") if "." in digits else digits
        return ox.Literal(plain, datatype=literal.datatype)
    return literal


def _integer_problem(value: str, kind: str) -> Problem | None:
    match = _INTEGER.fullmatch(value)
    if match is None:
        return f"is no xsd:{kind}", "write digits only, without spaces"
    low, high = _RANGES[kind]
    if len(match[1]) > 19 or not low <= int(value) <= high:
        return f"is out of the range of xsd:{kind}", f"write a number from {low} to {high}"
    return None


def _decimal_problem(value: str, kind: str) -> Problem | None:
    match = _DECIMAL.fullmatch(value)
    if match is None:
        return "is no xsd:decimal", "write digits with a point, such as 12.5"
    whole = (match[1] or "").lstrip("0")
    fraction = (match[2] or match[3] or "").rstrip("0")
    if len(whole) > 18 or len(fraction) > 18:
        return "has more digits than can be compared", "write at most 18 before and after the point"
    return None


def _double_problem(value: str, kind: str) -> Problem | None:
    if value in ("INF", "+INF", "-INF", "NaN"):
        return "is no measured number", "leave the value out where it is not known"
    if not _DOUBLE.fullmatch(value):
        return f"is no xsd:{kind}", "write a number such as 12.5 or 1.25E1"
    number = abs(float(value))
    mantissa = value.lower().partition("e")[0]
    top, bottom = (3.4e38, 1.2e-38) if kind == "float" else (math.inf, 2.3e-308)
    if number >= top or (number < bottom and any(c in "123456789" for c in mantissa)):
        return f"is out of the range of xsd:{kind}", "write a number of ordinary size"
    return None


def _boolean_problem(value: str, kind: str) -> Problem | None:
    if value in ("true", "false", "1", "0"):
        return None
    return "is no xsd:boolean", "write true or false"


def _time_problem(value: str, kind: str) -> Problem | None:
    pattern, example = _TIMES[kind]
    match = pattern.fullmatch(value)
    fine = match is not None
    if match is not None and "day" in pattern.groupindex:
        length = calendar.monthrange(int(match["year"]), int(match["month"]))[1]
        fine = int(match["day"]) <= length
    return None if fine else (f"is no xsd:{kind}", f"write it like {example}")


_CHECKS: Final[dict[str, Callable[[str, str], Problem | None]]] = {
    "decimal": _decimal_problem,
    "double": _double_problem,
    "float": _double_problem,
    "boolean": _boolean_problem,
    **dict.fromkeys(_RANGES, _integer_problem),
    **dict.fromkeys(_TIMES, _time_problem),
}
