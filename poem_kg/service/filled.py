"""A field of the patient's form with what stands in it, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from poem_kg.intake.chart import Entry
from poem_kg.intake.fields import Choice, Field
from poem_kg.service.showing import plain_unit

_STATUS: Final = {"present": "yes", "absent": "no", "provisional": "suspected"}
_DONE: Final = {"present": "done", "absent": "not done", "provisional": "not certain"}
_UNKNOWN: Final = "not known"


@dataclass(frozen=True)
class Shown:
    """A field with what stands in it."""

    field: Field
    entry: Entry

    @property
    def id(self) -> str:
        """The name of the field in the page."""
        return f"f-{self.field.name.rsplit('/', 1)[-1]}"

    @property
    def unit(self) -> str:
        """The unit, as people read it."""
        return plain_unit(self.field.unit)

    def words(self, choice: Choice) -> str:
        """What a choice is called in the form."""
        return _words(self.field, choice)


def said(field: Field, value: str) -> str:
    """Return what stands in a field, for a reader."""
    choice = field.choice(value)
    if choice is not None:
        return _words(field, choice)
    return f"{value} {plain_unit(field.unit)}".strip() if value else _UNKNOWN


def _words(field: Field, choice: Choice) -> str:
    said = (_DONE if field.kind == "result" else _STATUS)[choice.status]
    return f"{said}: {choice.label}" if choice.label else said
