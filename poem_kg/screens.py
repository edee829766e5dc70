"""Of which topics a rule might find fault with a patient, by a look at the lines.

What is told here may only err in one direction: a topic is left out if none of its rules can fail.
`screening.py` says which rules these are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import BASE, DCTERMS, POEMKG, RDF, RDFS, XSD
from poem_kg.screening import TOPICS

Lines = list[tuple[bytes, bytes]]
"""Subjects and objects of one predicate, in N-Triples."""
Columns = dict[bytes, Lines]
Many = dict[bytes, list[bytes]]
Bounds = tuple[Decimal, Decimal, bool]
"""The least and the greatest value that is possible, and whether only whole numbers are."""

_OURS: Final = f"<{BASE}".encode()
_TYPE: Final = f"<{RDF}type>".encode()
_READ_BY_PEOPLE: Final = frozenset(
    f"<{iri}>".encode()
    for iri in (RDF + "type", DCTERMS + "source", RDFS + "comment", RDFS + "label")
)
_NUMBERS: Final = tuple(f'"^^<{XSD}{name}>'.encode() for name in ("decimal", "integer"))
_FREE: Final = (Decimal("-Infinity"), Decimal("Infinity"), False)


def _ours(name: str) -> bytes:
    return f"<{POEMKG}{name}>".encode()


_ABSENT: Final = _ours("absent")
_AGE: Final = _ours("age")
_AS_OF: Final = _ours("asOf")
_BIRTH_YEAR: Final = _ours("birthYear")
_CONCEPT: Final = _ours("concept")
_DATE: Final = _ours("date")
_IN_ERROR: Final = _ours("enteredInError")
_HAS_RECORD: Final = _ours("hasRecord")
_LIMIT: Final = _ours("upperLimit")
_MEASURE: Final = _ours("Measure")
_PART_OF: Final = _ours("partOf")
_PRESENT: Final = _ours("present")
_PROVISIONAL: Final = _ours("provisional")
_RESULT: Final = _ours("result")
_STATUS: Final = _ours("status")
_SWALLOW: Final = _ours("Swallow")
_THERAPY: Final = _ours("Therapy")
_VALUE: Final = _ours("value")
_STATUSES: Final = frozenset((_ABSENT, _IN_ERROR, _PRESENT, _PROVISIONAL))


class Screen:
    """What rules read of the knowledge, in the form in which it stands in a patient's lines.

    Args:
        vocabulary: what patients are validated with.
    """

    def __init__(self, vocabulary: Iterable[ox.Triple]) -> None:
        told: dict[bytes, Lines] = defaultdict(list)
        for triple in vocabulary:
            subject, value = str(triple.subject).encode(), str(triple.object).encode()
            told[str(triple.predicate).encode()].append((subject, value))
        self._words = _true(told[_ours("forPatients")]) | {_AS_OF}
        self._above = _sets(told[_ours("isKindOf")])
        self._groups = tuple(_sets(told[_ours("member")]).values())
        self._stale = _true(told[_ours("goesStale")])
        self._therapies = {c for c, kinds in self._above.items() if _THERAPY in kinds}
        self._rules_out = {s for s, _ in told[_ours("rulesOutFor")]}
        self._positive = {s for s, _ in told[_ours("positiveFor")]}
        self._parts = _sets(told[_ours("sumOf")])
        least, most = dict(told[_ours("minimum")]), dict(told[_ours("maximum")])
        whole = _true(told[_ours("integerValued")])
        own: dict[bytes, Bounds] = {}
        for measure in {*least, *most, *whole}:
            low, high, _ = _FREE
            if measure in least:
                low = _number(least[measure])
            if measure in most:
                high = _number(most[measure])
            own[measure] = (low, high, measure in whole)
        self._bounds = {
            concept: _tightest(own[kind] for kind in kinds if kind in own)
            for concept, kinds in self._above.items()
            if any(kind in own for kind in kinds)
        }
        self._held = _held(told[_ours("heldBySwallow")], own)
        self._age = _held(told[_ours("recordedBy")], own).get(_AGE, _FREE)

    def topics(self, data: bytes, *, grave: bool = False) -> frozenset[str]:
        """Return the topics of which a screened rule might find something.

        Args:
            data: the patient in canonical N-Triples.
            grave: whether only rules that report a Violation count.
        """
        try:
            return frozenset(self._topics(_columns(data), grave))
        except (ArithmeticError, LookupError, ValueError):
            return TOPICS  # nothing that a screen was made for, such as a number that is none

    def _topics(self, columns: Columns, grave: bool) -> Iterator[str]:
        concepts = _lists(columns.get(_CONCEPT, ()))
        if any(p.startswith(_OURS) and p not in self._words for p in columns):
            yield "words"
        if len({subject for subject, _ in columns.get(_HAS_RECORD, ())}) > 1:
            yield "bearers"
        if self._swallows(columns, grave):
            yield "swallows"
        if self._values(columns, concepts) or self._sums(columns, concepts):
            yield "values"
        if self._ages(columns):
            yield "ages"
        if self._contradictions(columns, concepts, grave):
            yield "contradictions"
        if grave:
            return
        if any(not p.startswith(_OURS) and p not in _READ_BY_PEOPLE for p in columns) or any(
            not kind.startswith(_OURS) for _, kind in columns.get(_TYPE, ())
        ):
            yield "foreign words"
        if self._disagreements(columns):
            yield "agreement"
        if self._days(columns, concepts):
            yield "days"

    def _swallows(self, columns: Columns, grave: bool) -> bool:
        swallows = {s for s, kind in columns.get(_TYPE, ()) if kind == _SWALLOW}
        measured: set[bytes] = set()
        for predicate, bounds in self._held.items():
            column = columns.get(predicate)
            if column is None:
                continue
            seen = {subject for subject, _ in column}
            if len(seen) < len(column) or not seen <= swallows:
                return True
            if any(_outside(value, bounds) for _, value in column):
                return True
            measured |= seen
        return not grave and not swallows <= measured

    def _values(self, columns: Columns, concepts: Many) -> bool:
        for predicate in (_VALUE, _LIMIT):
            for record, value in columns.get(predicate, ()):
                for concept in concepts.get(record, ()):
                    if _outside(value, self._bounds.get(concept, _FREE)):
                        return True
        return False

    def _ages(self, columns: Columns) -> bool:
        ages = [value for _, value in columns.get(_AGE, ())]
        if any(_outside(value, self._age) for value in ages):
            return True
        born = [_number(value) for _, value in columns.get(_BIRTH_YEAR, ())]
        if not born:
            return False
        days = [v for name in (_DATE, _AS_OF) for _, v in columns.get(name, ())]
        years = [int(day[1:5]) for day in days]
        _, oldest, _ = self._age
        for year in (min(years), max(years)) if years else ():
            if any(b > year or year - b > oldest + 1 for b in born):
                return True
            if any(abs(year - b - _number(age)) > 1 for b in born for age in ages):
                return True
        return False

    def _sums(self, columns: Columns, concepts: Many) -> bool:
        values = columns.get(_VALUE, ())
        found = [
            (record, total, self._parts[kind])
            for record, total in values
            for concept in concepts.get(record, ())
            for kind in self._above.get(concept, ())
            if kind in self._parts
        ]
        if not found:
            return False
        dates = _lists(columns.get(_DATE, ()))
        present = {record for record, status in columns[_STATUS] if status == _PRESENT}
        for record, total, parts in found:
            points = []
            for part, value in values:
                kinds = {k for c in concepts.get(part, ()) for k in self._above.get(c, ())}
                if part in present and dates.get(part) == dates.get(record) and kinds & parts:
                    if len(kinds & parts) > 1:
                        return True
                    points.append(_number(value))
            if len(points) == len(parts) and sum(points) != _number(total):
                return True
        return False

    def _contradictions(self, columns: Columns, concepts: Many, grave: bool) -> bool:
        by_status: Many = {status: [] for status in _STATUSES}
        for record, status in columns.get(_STATUS, ()):
            by_status[status] += concepts.get(record, ())
        there = set(by_status[_PRESENT])
        if self._exclusive(there):
            return True
        present = {r for r, status in columns.get(_STATUS, ()) if status == _PRESENT}
        results = {value for record, value in columns.get(_RESULT, ()) if record in present}
        if not grave and results & self._rules_out and results & self._positive:
            return True
        there |= results
        if not grave:
            there.update(by_status[_PROVISIONAL])
        gone = set(by_status[_ABSENT])
        return bool(gone) and any(not gone.isdisjoint(self._above.get(k, ())) for k in there)

    def _disagreements(self, columns: Columns) -> bool:
        """Whether two records of one concept differ and are not measurements of one study."""
        column = columns.get(_CONCEPT, ())
        if len({concept for _, concept in column}) == len(column):
            return False
        records: Many = {}
        for record, concept in column:
            records.setdefault(concept, []).append(record)
        told = [_lists(columns.get(name, ())) for name in (_STATUS, _VALUE, _RESULT)]
        studies = _lists(columns.get(_PART_OF, ()))
        for concept, own in records.items():
            own = [r for r in own if _IN_ERROR not in told[0].get(r, ())]
            if len(own) < 2 or all(t.get(r) == t.get(own[0]) for t in told for r in own):
                continue
            study = studies.get(own[0])
            measured = _MEASURE in self._above.get(concept, ())
            if not (study and measured and all(studies.get(r) == study for r in own)):
                return True
        return False

    def _days(self, columns: Columns, concepts: Many) -> bool:
        days = columns.get(_DATE, [])
        asked = [_text(day) for _, day in columns.get(_AS_OF, ())]
        if any(_text(day) > last for last in asked for _, day in days):
            return True
        dates = _lists(days)
        for part, study in columns.get(_PART_OF, ()):
            if part in dates and study in dates and dates[part] != dates[study]:
                return True
        every = {concept for own in concepts.values() for concept in own}
        undated = {c for record, own in concepts.items() if record not in dates for c in own}
        stale, therapies = self._stale, self._therapies
        return (not undated.isdisjoint(stale) and not every.isdisjoint(therapies)) or (
            not undated.isdisjoint(therapies) and not every.isdisjoint(stale)
        )

    def _exclusive(self, there: set[bytes]) -> bool:
        for group in self._groups:
            members = [m for m in (self._above.get(c, frozenset()) & group for c in there) if m]
            if len(members) > 1 and any(m != members[0] for m in members):
                return True
        return False


def _outside(value: bytes, bounds: Bounds) -> bool:
    """Whether a value is no plain number, or not within bounds."""
    if not value.endswith(_NUMBERS):
        return True
    number = _number(value)
    low, high, whole = bounds
    return not low <= number <= high or (whole and number != number.to_integral_value())


def _number(value: bytes) -> Decimal:
    return Decimal(_text(value).decode())


def _text(value: bytes) -> bytes:
    """The text of a literal without quotation marks in it."""
    return value[1 : value.index(b'"', 1)]


def _held(lines: Lines, own: dict[bytes, Bounds]) -> dict[bytes, Bounds]:
    """What bounds the property by which a measure is held."""
    found: dict[bytes, list[Bounds]] = defaultdict(list)
    for measure, held in lines:
        found[held].append(own.get(measure, _FREE))
    # Whole numbers are asked for in records alone.
    return {held: (*_tightest(bounds)[:2], False) for held, bounds in found.items()}


def _tightest(bounds: Iterable[Bounds]) -> Bounds:
    low, high, whole = _FREE
    for least, most, only_whole in bounds:
        low, high, whole = max(low, least), min(high, most), whole or only_whole
    return low, high, whole


def _columns(data: bytes) -> Columns:
    """The lines by predicate."""
    columns: Columns = {}
    for line in data.splitlines():
        subject, predicate, value = line.split(b" ", 2)
        column = columns.get(predicate)
        if column is None:
            columns[predicate] = [(subject, value[:-2])]
        else:
            column.append((subject, value[:-2]))
    return columns


def _true(lines: Lines) -> frozenset[bytes]:
    return frozenset(subject for subject, value in lines if value.startswith(b'"true"'))


def _sets(lines: Lines) -> dict[bytes, frozenset[bytes]]:
    found: dict[bytes, set[bytes]] = defaultdict(set)
    for subject, value in lines:
        found[subject].add(value)
    return {subject: frozenset(values) for subject, values in found.items()}


def _lists(lines: Iterable[tuple[bytes, bytes]]) -> Many:
    found: Many = {}
    for subject, value in lines:
        found.setdefault(subject, []).append(value)
    return found
