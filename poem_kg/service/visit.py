"""One sending of the patient's form: what was there, what was filled in, what is held for later.

The form carries all there is: nothing about a patient is kept between two calls. A patient file
travels in it whole, as base64, since a browser changes line ends in what it sends as text.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from io import BytesIO
from pathlib import PurePath
from urllib.parse import parse_qsl

from poem_kg.errors import InputError
from poem_kg.guest import Admission
from poem_kg.intake.chart import Chart, Entry
from poem_kg.intake.fields import Field, Fields
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.limits import Limits
from poem_kg.prechecks import is_format
from poem_kg.reading import SourceGraph
from poem_kg.service.forms import Posted, Upload
from poem_kg.service.model import Refusal


@dataclass(frozen=True, kw_only=True)
class Visit:
    """The form as it was sent.

    Attributes:
        chart: the patient that the form began with.
        entries: what stands in the fields, by name.
        day: the day of answers that have no day of their own, as YYYY-MM-DD.
        held: the patient that changes are tried on, or None.
    """

    chart: Chart
    entries: dict[str, Entry] = field(default_factory=dict, repr=False)
    day: str = ""
    held: SourceGraph | None = field(default=None, repr=False)

    def patient(self, limits: Limits) -> SourceGraph:
        """Return the patient with what was filled in.

        Raises:
            InputError: an entry is none that its field can have, or the patient cannot be read.
        """
        return self.chart.with_entries(self.entries, limits=limits)


@dataclass(frozen=True, eq=False)
class Reception:
    """Makes visits of what forms send.

    Attributes:
        kb: says what a patient file may hold.
        fields: the form.
        limits: what a patient may cost.
    """

    kb: KnowledgeBase
    fields: Fields
    limits: Limits

    def empty(self) -> Visit:
        """Return the form before anything is filled in."""
        return Visit(chart=Chart(self.fields))

    def begun(self, source: SourceGraph, held: SourceGraph | None = None) -> Visit:
        """Return the form as a patient fills it.

        Raises:
            InputError: the graph is not that of one patient.
        """
        chart = Chart(self.fields, source, self._admission.admit(source))
        return Visit(chart=chart, entries=dict(chart.entries), held=held)

    def uploaded(self, upload: Upload) -> Visit:
        """Return the form as a patient file fills it.

        Raises:
            InputError: the file is none of a patient.
        """
        suffix = PurePath(upload.name).suffix[1:].lower()
        told = suffix if is_format(suffix) else None
        return self.begun(self._read(upload.data, told))

    def sent(self, posted: Posted) -> Visit:
        """Return the form as it was sent, after the button that was pressed.

        The buttons are `hold` (what is there now is what changes are tried on), `restore` (back
        to that), `release` (the changes stay), and `set` with entries to fill in.

        Raises:
            InputError: a patient in the form cannot be read.
            Refusal: a field is not of this form.
        """
        base, held = self._carried(posted, "base"), self._carried(posted, "held")
        if held is not None and posted.one("restore"):
            return self.begun(held)
        visit = self.begun(base) if base is not None else self.empty()
        day = _day(posted.one("on"))
        visit = dataclasses.replace(
            visit, entries=self._entries(posted, visit.chart, day), day=day, held=held
        )
        changes = posted.one("set")
        if held is None and (posted.one("hold") or changes):
            visit = dataclasses.replace(visit, held=visit.patient(self.limits))
        if changes:
            set_to = {
                self._field(name).name: Entry(value, day)
                for name, value in parse_qsl(changes, strict_parsing=False)
            }
            visit = dataclasses.replace(visit, entries=visit.entries | set_to)
        if posted.one("release"):
            visit = dataclasses.replace(visit, held=None)
        return visit

    @cached_property
    def _admission(self) -> Admission:
        return Admission(self.kb.knowledge)

    def _entries(self, posted: Posted, chart: Chart, day: str) -> dict[str, Entry]:
        found = {}
        for key in posted.fields:
            if not key.startswith("f."):
                continue
            form_field = self._field(key.removeprefix("f."))
            value, its_day = posted.one(key), posted.one(f"d.{form_field.name}")
            if value:
                found[form_field.name] = _entry(form_field, value, its_day, chart, day)
        return found

    def _field(self, name: str) -> Field:
        try:
            return self.fields.by_name[name]
        except KeyError:
            raise Refusal(400, "a field of the form is not known here; open it again") from None

    def _carried(self, posted: Posted, name: str) -> SourceGraph | None:
        """A patient that travels in the form."""
        told, _, text = posted.one(name).partition(":")
        if not text:
            return None
        try:
            data = base64.b64decode(text, validate=True)
        except binascii.Error:
            raise Refusal(400, "the patient in the form cannot be read; open it again") from None
        return self._read(data, told)

    def _read(self, data: bytes, told: str | None) -> SourceGraph:
        return self.kb.read(None, format=told, limits=self.limits, stdin=BytesIO(data))


def carried(source: SourceGraph | None) -> str:
    """Return a patient as the form carries it; "" for None."""
    if source is None:
        return ""
    return f"{source.format}:{base64.b64encode(source.text.encode()).decode()}"


def _entry(form_field: Field, value: str, its_day: str, chart: Chart, day: str) -> Entry:
    """What was filled in; a new answer about the patient gets a day, an old one keeps its own."""
    before = chart.entries.get(form_field.name)
    place = form_field.place
    if its_day or place.direct or place.reached_by:
        return Entry(value, its_day)
    if before is not None and before.value == value and not before.date:
        return before
    return Entry(value, day)


def _day(text: str) -> str:
    """The day of the answers: today unless the form names another."""
    if not text:
        return datetime.now(UTC).date().isoformat()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InputError("date of the answers", "is no date", "write it as YYYY-MM-DD") from None
