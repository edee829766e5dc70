"""What can be recorded about a patient, as data: one entry is one record or one direct value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.derivation.patients import Patient


@dataclass(frozen=True, order=True)
class Entry:
    """One record, or the age or year of birth where the concept is "age" or "birthYear".

    Attributes:
        concept: local name of a class.
        status: "present", "absent", "provisional" or "enteredInError".
        result: local name of a result class, or "" for none.
        date: such as "2026-02-01", or "" for none.
        value: in the unit of the measure.
        holder: "operator" or "centre" where the record is not about the patient.
    """

    concept: str
    status: str = "present"
    result: str = ""
    date: str = ""
    value: float | None = None
    holder: str = ""


def write(entries: Iterable[Entry], patient: Patient) -> Patient:
    """Record the entries in a patient, one after the other, and give the patient back."""
    for entry in entries:
        _write(entry, patient)
    return patient


def _write(entry: Entry, patient: Patient) -> None:
    date, result = entry.date or None, entry.result or None
    if entry.concept in ("age", "birthYear"):
        assert entry.value is not None, f"{entry.concept} needs a value"
        say = patient.age if entry.concept == "age" else patient.born
        say(int(entry.value))
    elif entry.holder:
        patient.about(entry.holder, entry.concept, entry.status, value=entry.value, date=date)
    elif entry.value is not None:
        patient.measure(entry.concept, entry.value, date=date)
    elif entry.status == "present":
        patient.has(entry.concept, date=date, result=result)
    elif entry.status == "absent":
        patient.absent(entry.concept, date=date, result=result)
    elif entry.status == "provisional":
        patient.provisional(entry.concept, date=date, result=result)
    else:
        assert entry.status == "enteredInError", entry.status
        patient.mistaken(entry.concept, date=date, result=result)
