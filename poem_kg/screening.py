"""Which patients a rule written in SPARQL could find at fault: a cheap look before the shapes.

An engine asks such a rule once for each node, which takes longer than everything else that is
validated. But most rules can tell nothing of most patients, and a look at the lines of a patient
shows that: no rule about a sum can fail where there is none. A screen never decides. It lets a
patient go only if the rule cannot fail, and when in doubt sends it on to the shapes.

Each screen is written for the very text of its rule, which it names by a digest. When the text
changes, the screen is out of use: the engine asks the rule itself, until somebody has read both.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import BASE, POEMKG, RDF, SH, SHAPES, XSD

SCREENED: Final[dict[str, str]] = {
    "attested-contradiction": "001768d181a9695d",
    "contradiction-absent": "1d5641dabdebc199",
    "contradiction-exclusive": "b36fc20e59f0573b",
    "contradiction-result": "4f16e354e7645388",
    "known-property": "6821c118ffd8c8e1",
    "limit-range": "79d98f4b82721615",
    "part-patient": "458975fabfd53b89",
    "patient-age-agrees": "f6baae8f4a1178bc",
    "patient-age-range": "8995f8bfe4269522",
    "patient-birth-year-plausible": "70eb1225c79a8aec",
    "swallow-value-elsewhere": "9c4f660641388796",
    "swallow-value-number": "3ecfb3a7e7a299fe",
    "swallow-value-one": "9d743b9a17bfeb27",
    "swallow-value-range": "d15a39cd697a6e3b",
    "value-maximum": "af7cf1a10a88ff6b",
    "value-minimum": "a65b013db0b8aad5",
    "value-sum": "ce10f3ac3772ed53",
    "value-whole": "91bf95f9ec9351ed",
}
"""Local name of a shape to the digest of its rule."""

Lines = list[tuple[bytes, bytes]]
"""Subjects and objects of one predicate, in N-Triples."""
Bounds = tuple[Decimal, Decimal, bool]
"""The least and the greatest value that is possible, and whether only whole numbers are."""

_OURS: Final = f"<{BASE}".encode()
_TYPE: Final = f"<{RDF}type>".encode()
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
_PRESENT: Final = _ours("present")
_PROVISIONAL: Final = _ours("provisional")
_RESULT: Final = _ours("result")
_STATUS: Final = _ours("status")
_SWALLOW: Final = _ours("Swallow")
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

    def suspects(self, data: bytes) -> bool:
        """Return whether a screened rule could find a patient at fault.

        Args:
            data: the patient in canonical N-Triples, without blank nodes.
        """
        try:
            return self._may_fail(_columns(data))
        except (ArithmeticError, LookupError, ValueError):
            return True  # nothing that a screen was made for: a number that is none, a typo

    def _may_fail(self, columns: dict[bytes, Lines]) -> bool:
        for predicate in columns:
            if predicate.startswith(_OURS) and predicate not in self._words:
                return True
        if len({subject for subject, _ in columns.get(_HAS_RECORD, ())}) > 1:
            return True
        concepts = _lists(columns.get(_CONCEPT, ()))
        return (
            self._swallows(columns)
            or self._values(columns, concepts)
            or self._ages(columns)
            or self._sums(columns, concepts)
            or self._contradictions(columns, concepts)
        )

    def _swallows(self, columns: dict[bytes, Lines]) -> bool:
        swallows: set[bytes] | None = None
        for predicate, bounds in self._held.items():
            column = columns.get(predicate)
            if column is None:
                continue
            if swallows is None:
                swallows = {s for s, kind in columns[_TYPE] if kind == _SWALLOW}
            seen = {subject for subject, _ in column}
            if len(seen) < len(column) or not seen <= swallows:
                return True
            if any(_outside(value, bounds) for _, value in column):
                return True
        return False

    def _values(self, columns: dict[bytes, Lines], concepts: dict[bytes, list[bytes]]) -> bool:
        for predicate in (_VALUE, _LIMIT):
            for record, value in columns.get(predicate, ()):
                for concept in concepts.get(record, ()):
                    if _outside(value, self._bounds.get(concept, _FREE)):
                        return True
        return False

    def _ages(self, columns: dict[bytes, Lines]) -> bool:
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

    def _sums(self, columns: dict[bytes, Lines], concepts: dict[bytes, list[bytes]]) -> bool:
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

    def _contradictions(
        self, columns: dict[bytes, Lines], concepts: dict[bytes, list[bytes]]
    ) -> bool:
        by_status: dict[bytes, list[bytes]] = {status: [] for status in _STATUSES}
        for record, status in columns.get(_STATUS, ()):
            by_status[status].append(record)
        present, absent = by_status[_PRESENT], by_status[_ABSENT]
        there = {concept for record in present for concept in concepts.get(record, ())}
        if self._exclusive(there):
            return True
        if not absent:
            return False
        results = _lists(columns.get(_RESULT, ()))
        there.update(result for record in present for result in results.get(record, ()))
        gone = {concept for record in absent for concept in concepts.get(record, ())}
        return any(not gone.isdisjoint(self._above.get(kind, ())) for kind in there)

    def _exclusive(self, there: set[bytes]) -> bool:
        for group in self._groups:
            members = [m for m in (self._above.get(c, frozenset()) & group for c in there) if m]
            if len(members) > 1 and any(m != members[0] for m in members):
                return True
        return False


def rules(shapes: Iterable[ox.Triple]) -> dict[ox.NamedNode, str]:
    """Return each shape with an IRI that asks in SPARQL, and a digest of what it asks.

    Args:
        shapes: the shapes graph.
    """
    told: dict[tuple[object, str], list[str]] = defaultdict(list)
    asking: dict[ox.NamedNode, list[object]] = defaultdict(list)
    for triple in shapes:
        told[triple.subject, triple.predicate.value].append(str(triple.object))
        if triple.predicate.value == SH + "sparql" and isinstance(triple.subject, ox.NamedNode):
            asking[triple.subject].append(triple.object)
    found = {}
    for shape, constraints in asking.items():
        selects = sorted(str(told[constraint, SH + "select"]) for constraint in constraints)
        text = "\n".join((*told[shape, SH + "path"], *selects))
        found[shape] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return found


def is_screened(shape: ox.NamedNode, digest: str) -> bool:
    """Return whether a screen is written for the rule of a shape as it is."""
    return SCREENED.get(shape.value.removeprefix(SHAPES)) == digest


def _outside(value: bytes, bounds: Bounds) -> bool:
    """Whether a value is no plain number, or not within bounds."""
    if not value.endswith(_NUMBERS):
        return True
    number = _number(value)
    low, high, whole = bounds
    return not low <= number <= high or (whole and number != number.to_integral_value())


def _number(value: bytes) -> Decimal:
    return Decimal(value[1 : value.index(b'"', 1)].decode())


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


def _columns(data: bytes) -> dict[bytes, Lines]:
    """The lines by predicate."""
    columns: dict[bytes, Lines] = {}
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


def _lists(lines: Iterable[tuple[bytes, bytes]]) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for subject, value in lines:
        found.setdefault(subject, []).append(value)
    return found
