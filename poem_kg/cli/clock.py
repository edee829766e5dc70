"""A day in a patient file that is yet to come: a slip of the keys, or a plan."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.namespaces import POEMKG, XSD

if TYPE_CHECKING:
    from poem_kg.knowledge import Knowledge
    from poem_kg.reading import SourceGraph

_DATE: Final = ox.NamedNode(POEMKG + "date")
_DAY: Final = ox.NamedNode(XSD + "date")
_STATUS: Final = ox.NamedNode(POEMKG + "status")
_IN_ERROR: Final = ox.NamedNode(POEMKG + "enteredInError")


def today() -> date:
    """Return the day that it is; tests put another in its place."""
    return date.today()


def tell_days_to_come(source: SourceGraph, knowledge: Knowledge, *, advice: str) -> None:
    """Say in one line on the standard error which date of a patient lies after today, if any does.

    The newest date of a record is the day that is gone by where nobody asks for another, so one
    wrong digit would move that day in silence. What is written to the standard output does not
    depend on the clock. What was entered in error is passed over, as the queries do.

    Args:
        source: the patient, as it was read.
        knowledge: has the labels of concepts, by which records are called.
        advice: what to do.
    """
    line = day_to_come(source, knowledge, today=today(), advice=advice)
    if line is not None:
        print(line, file=sys.stderr)


def day_to_come(
    source: SourceGraph, knowledge: Knowledge, *, today: date, advice: str
) -> InputError | None:
    """Return what `tell_days_to_come` says, or None where no date lies after today.

    Args:
        source: the patient, as it was read.
        knowledge: has the labels of concepts, by which records are called.
        today: the day that it is.
        advice: what to do.
    """
    in_error = {
        t.subject for t in source.triples if (t.predicate, t.object) == (_STATUS, _IN_ERROR)
    }
    # Whatever was read has years of four digits, so days are in the order of their spellings.
    late = [
        (t.object.value, t.subject.value)
        for t in source.triples
        if t.predicate == _DATE
        and isinstance(t.subject, ox.NamedNode)
        and t.subject not in in_error
        and isinstance(t.object, ox.Literal)
        and t.object.datatype == _DAY
        and t.object.value[: len("YYYY-MM-DD")] > today.isoformat()
    ]
    if not late:
        return None
    from poem_kg.findings import Places

    written = max(day for day, _ in late)
    record = min(record for day, record in late if day == written)
    more = f" (and {len(late) - 1} more)" if len(late) > 1 else ""
    called = Places(knowledge, source.triples).called(record)
    cause = (
        f"{called} is dated {written}{more}, after today, {today.isoformat()}, and the newest date "
        "is the day to go by"
    )
    return InputError(source.where_written(written), cause, advice)
