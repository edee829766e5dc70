"""A field of the patient's form with what stands in it, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from poem_kg.intake.chart import Entry
from poem_kg.intake.fields import Choice, Field

_STATUS: Final = {"present": "yes", "absent": "no", "provisional": "suspected"}
_DONE: Final = {"present": "done", "absent": "not done", "provisional": "not certain"}
_UNKNOWN: Final = "not known"
_COUNT: Final = "1"
"""The UCUM unit of what is counted, which goes without saying."""


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
    def unit(self) -> str | None:
        """The UCUM unit, but for what is counted or scored, which is told by the label."""
        return None if (self.field.unit or _COUNT)[0] in _COUNT + "{" else self.field.unit

    def words(self, choice: Choice) -> str:
        """What a choice is called in the form."""
        return _words(self.field, choice)


def said(field: Field, value: str) -> str:
    """Return what stands in a field, for a reader."""
    choice = field.choice(value)
    if choice is not None:
        return _words(field, choice)
    unit = Shown(field, Entry(value)).unit if value else None
    return f"{value} {unit or ''}".strip() or _UNKNOWN


def _words(field: Field, choice: Choice) -> str:
    said = (_DONE if field.kind == "result" else _STATUS)[choice.status]
    return f"{said}: {choice.label}" if choice.label else said
