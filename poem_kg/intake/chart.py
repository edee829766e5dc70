"""What is recorded of a patient, as the form shows it, and the patient that results from a form.

A field shows the one plain record of its class. Whatever the form has no field for (swallows, the
parts of a study, several records of one class, records entered in error) stays as the file has it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import BytesIO
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.index import Index
from poem_kg.intake.fields import Field, Fields
from poem_kg.limits import Limits
from poem_kg.literals import literal_problem
from poem_kg.namespaces import POEMKG, RDF
from poem_kg.reading import SourceGraph, read_graph
from poem_kg.whatif.recording import Fact, Recorder, below, term

PATIENT: Final = "urn:poem-kg:patient"
"""The patient of a form that began empty."""
_TYPE: Final = ox.NamedNode(RDF + "type")
_PLAIN: Final = frozenset(
    (RDF + "type", *(POEMKG + name for name in ("concept", "date", "result", "status", "value")))
)
"""What a record that a field can show says of itself."""
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True, order=True)
class Entry:
    """What stands in a field.

    Attributes:
        value: a status, a status with a result, or a number.
        date: the day as YYYY-MM-DD, or "".
    """

    value: str
    date: str = ""


Entries = Mapping[str, Entry]
"""What was filled in, by the name of the field; what is not there is not known."""


@dataclass(frozen=True)
class Chart:
    """A patient beside the fields of the form.

    Attributes:
        fields: the form.
        source: the patient as it was read; None where the form began empty.
        patient: the IRI of the patient.
    """

    fields: Fields
    source: SourceGraph | None = field(default=None, repr=False)
    patient: str = PATIENT

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """What each field shows of the patient as read."""
        shown = {}
        for form_field in self.fields.by_name.values():
            entry = self._direct(form_field) or self._recorded(form_field)
            if entry is not None:
                shown[form_field.name] = entry
        return shown

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """The labels of what is recorded and stands in no field, sorted."""
        shown = set(self._nodes.values())
        concepts = [
            concept
            for record in self._records
            if record not in shown
            for concept in self._graph.all(record, POEMKG + "concept")
        ]
        return tuple(sorted(map(self.fields.knowledge.label, concepts)))

    def with_entries(self, entries: Entries, *, limits: Limits) -> SourceGraph:
        """Return the patient with what was filled in, in place of what the fields showed.

        Args:
            entries: every field that is filled in.
            limits: what the patient may cost.

        Raises:
            InputError: an entry is none that its field can have, or the patient cannot be read.
        """
        changed = {
            name
            for name in entries.keys() | self.entries.keys()
            if entries.get(name) != self.entries.get(name)
        }
        if self.source is not None and not changed:
            return self.source
        dropped = {node for name in changed if (node := self._nodes.get(name))}
        changes = [self.fields.by_name[name] for name in sorted(changed)]
        direct = {f.place.direct for f in changes if f.place.direct}
        made = [
            triple
            for triple in (self.source.triples if self.source else self._nobody())
            if _text(triple.subject) not in dropped
            and _text(triple.object) not in dropped
            and not self._given_up(triple, direct)
        ]
        for form_field in changes:
            if form_field.name in entries:
                made += self._record(form_field, entries[form_field.name], limits)
        text = ox.serialize(dict.fromkeys(made), format=ox.RdfFormat.N_TRIPLES) or b""
        return read_graph(None, format="ntriples", limits=limits, stdin=BytesIO(text))

    @cached_property
    def _graph(self) -> Index:
        return Index(self.source.triples if self.source else ())

    @cached_property
    def _records(self) -> tuple[str, ...]:
        holders = [
            (holder, "hasProperty")
            for name in ("operator", "centre")
            for holder in self._graph.all(self.patient, POEMKG + name)
        ]
        return tuple(
            record
            for holder, prop in ((self.patient, "hasRecord"), *holders)
            for record in self._graph.all(holder, POEMKG + prop)
        )

    @cached_property
    def _nodes(self) -> dict[str, str]:
        """Name of a field to the record that it shows."""
        found: dict[str, list[str]] = defaultdict(list)
        for record in self._records:
            for concept in self._graph.all(record, POEMKG + "concept"):
                form_field = self.fields.by_concept.get(concept)
                if form_field is not None:
                    found[form_field.name].append(record)
        return {
            name: records[0]
            for name, records in found.items()
            if len(records) == 1 and self._entry(self.fields.by_name[name], records[0])
        }

    def _direct(self, form_field: Field) -> Entry | None:
        if form_field.place.direct is None:
            return None
        values = self._graph.all(self.patient, form_field.place.direct)
        return Entry(values[0]) if len(values) == 1 else None

    def _recorded(self, form_field: Field) -> Entry | None:
        record = self._nodes.get(form_field.name)
        return self._entry(form_field, record) if record else None

    def _entry(self, form_field: Field, record: str) -> Entry | None:
        """What a field shows of a record; None where it cannot show all of it."""
        triples = self._about[record]
        properties = [triple.predicate.value for triple in triples]
        if record in self._named or not _PLAIN.issuperset(properties):
            return None
        if len(set(properties)) != len(properties):
            return None
        said = {t.predicate.value.removeprefix(POEMKG): _text(t.object) for t in triples}
        if said.get(RDF + "type") != form_field.place.record_class:
            return None
        date = said.get("date", "")
        status, result = said.get("status", "").removeprefix(POEMKG), said.get("result")
        if form_field.kind == "number":
            plain = (
                status == "present" and result is None and _NUMBER.fullmatch(said.get("value", ""))
            )
            return Entry(said["value"], date) if plain else None
        if "value" in said:
            return None
        for choice in (*form_field.choices, *form_field.found):
            if (choice.status, choice.result) == (status, result):
                return Entry(choice.value, date)
        return None

    @cached_property
    def _about(self) -> dict[str, list[ox.Triple]]:
        about: dict[str, list[ox.Triple]] = defaultdict(list)
        for triple in self.source.triples if self.source else ():
            about[_text(triple.subject)].append(triple)
        return about

    @cached_property
    def _named(self) -> frozenset[str]:
        """The nodes that something other than their patient, operator or centre points to."""
        holding = {POEMKG + "hasRecord", POEMKG + "hasProperty"}
        return frozenset(
            _text(triple.object)
            for triple in (self.source.triples if self.source else ())
            if triple.predicate.value not in holding
        )

    def _given_up(self, triple: ox.Triple, direct: set[str]) -> bool:
        """Whether a property of the patient makes way for a new value."""
        if _text(triple.subject) != self.patient:
            return False
        prop = triple.predicate.value
        return prop in direct or (bool(direct) and prop == POEMKG + "birthYear")

    def _nobody(self) -> tuple[ox.Triple, ...]:
        return (ox.Triple(ox.NamedNode(self.patient), _TYPE, term("Patient")),)

    def _record(self, form_field: Field, entry: Entry, limits: Limits) -> list[ox.Triple]:
        fact, value = Fact(form_field.concept, date=entry.date), None
        if form_field.kind == "number":
            value = _literal(form_field, entry, limits)
        else:
            choice = form_field.choice(entry.value)
            if choice is None:
                raise InputError(
                    form_field.label, "cannot have this answer", "choose one that the form offers"
                )
            fact = replace(fact, status=choice.status, result=choice.result or "")
        return self._recorder.record(fact, form_field.place, value, self._new(form_field))

    def _new(self, form_field: Field) -> str:
        """A node of the patient that is not there yet."""
        name = f"{self.patient}/{form_field.name.rsplit('/', 1)[-1]}"
        while name in self._about:
            name += "-more"
        return name

    @cached_property
    def _recorder(self) -> Recorder:
        holders = {
            prop: ox.NamedNode(there[0])
            for prop in {f.place.reached_by for f in self.fields.by_name.values()}
            if prop and (there := self._graph.all(self.patient, prop))
        }
        return Recorder(
            ox.NamedNode(self.patient), self.fields.ranges, below(f"{self.patient}/"), holders
        )


def _literal(form_field: Field, entry: Entry, limits: Limits) -> ox.Literal:
    value = entry.value.strip().replace(",", ".")
    literal = form_field.literal(value)
    if not _NUMBER.fullmatch(value) or literal_problem(literal, limits):
        kind = "a whole number" if form_field.whole else "a plain number, such as 12.5"
        raise InputError(form_field.label, "is no number that can be read", f"write {kind}")
    return literal


def _text(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return str(node) if isinstance(node, ox.Triple) else node.value
