"""The open facts of a patient, what each could turn out to be, and the patient with some settled.

An open fact is one on which a standing or a requirement can rest and of which nothing decisive is
recorded, what is only suspected, and what is known to be undone and can be done: a test, a therapy,
counselling, another operator or centre. For researchers what is recorded can be changed as well.

A hypothetical patient is a patient like any other: the records as they are, less those that a
change takes the place of, with one new record for each change. New records are dated after all
others, tests and measurements after the rest, so that they count as the latest and a test is not
overtaken by a therapy of the same day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import POEMKG, XSD
from poem_kg.whatif.answers import PRESENT, Answers, Place
from poem_kg.whatif.recording import Fact, Recorder, below, term

DECIDED_BEFORE: Final = "derive/400"
"""The steps before this one decide standing, line, requirements and readiness."""

AUDIENCES: Final = ("clinician", "researcher")

LATER: Final = (timedelta(days=1), timedelta(days=2))
"""How long after all others hypothetical records are dated: tests and measurements last."""

_FIRST_DAY: Final = date(2000, 1, 1)
_DATE: Final = ox.NamedNode(XSD + "date")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that would be recorded: concept and result are classes, status is a code.

    Attributes:
        basis: "unknown", "suspected", "to-do" (known to be undone, and can be done) or "recorded".
        can_be_done: whether such a record tells of something that can be brought about.
    """

    concept: str
    label: str
    status: str
    result: str | None
    result_label: str | None
    value: str | None
    unit: str | None
    basis: str
    can_be_done: bool

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells changes of one patient apart, and puts them in order."""
        return (self.concept, self.status, self.result or "", self.value or "")

    def dated(self, day: date) -> Fact:
        """Return the record that it would be on a day."""
        return Fact(*self.key, date=day.isoformat())


ChangeSet = frozenset[Change]


@dataclass(frozen=True, kw_only=True)
class OpenFact:
    """One concept of which something could be recorded, at most one change at a time.

    Attributes:
        criteria: the criteria that name the concept.
        touches: every criterion on which a change of this fact can bear.
        replaces: records that any change takes the place of.
        denies: records that cannot hold beside a present one.
    """

    concept: str
    label: str
    basis: str
    changes: tuple[Change, ...]
    criteria: frozenset[str]
    touches: frozenset[str]
    place: Place
    replaces: frozenset[str]
    denies: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Hypotheses:
    """A patient's open facts, and how to make the patient that results from changes.

    Attributes:
        patient: the IRI of the patient.
        facts: the open facts, by concept.
        as_of: the day on which the advice for the patient holds, or None.
        lasting: the criteria for which a record speaks that no change takes the place of.
    """

    patient: str
    facts: tuple[OpenFact, ...]
    as_of: str | None
    lasting: frozenset[str]
    _answers: Answers = field(repr=False)
    _stale: frozenset[str] = field(repr=False)
    _triples: tuple[ox.Triple, ...] = field(repr=False)

    def of(self, change: Change) -> OpenFact:
        """Return the open fact that a change settles."""
        return next(fact for fact in self.facts if fact.concept == change.concept)

    def variant(self, changes: Iterable[Change], *, name: str) -> list[ox.Triple]:
        """Return the graph of the patient after some changes.

        Args:
            changes: at most one for each open fact.
            name: the last part of the IRI of that patient; all its nodes are below it.
        """
        chosen = sorted(changes, key=lambda change: change.key)
        dropped = {r for c in chosen for r in self._dropped(c)}
        direct = {p for c in chosen if (p := self.of(c).place.direct)}
        root = f"{self.patient}/what-if/{name}"
        nodes: dict[str, ox.NamedNode] = {self.patient: ox.NamedNode(root)}
        for triple in self._triples:
            subject = iri(triple.subject)
            nodes.setdefault(subject, ox.NamedNode(f"{root}/{len(nodes)}"))
        made: list[ox.Triple] = []
        for triple in self._triples:
            subject, value = iri(triple.subject), triple.object
            target = iri(value)
            if subject in dropped or target in dropped:
                continue
            if subject == self.patient and self._given_up(triple.predicate.value, direct):
                continue
            made.append(ox.Triple(nodes[subject], triple.predicate, nodes.get(target, value)))
        first, second = self._days()
        recorder = self._recorder(nodes)
        made.append(ox.Triple(nodes[self.patient], term("asOf"), _day(second)))
        for number, change in enumerate(chosen):
            day = second if change.concept in self._stale else first
            fact = change.dated(day)
            literal = self._answers.literal(fact.concept, fact.value) if fact.value else None
            made += recorder.record(fact, self.of(change).place, literal, f"{root}/new-{number}")
        return list(dict.fromkeys(made))

    def _dropped(self, change: Change) -> frozenset[str]:
        fact = self.of(change)
        return fact.replaces | (fact.denies if change.status == PRESENT else frozenset())

    def _given_up(self, prop: str, direct: set[str]) -> bool:
        """Whether a property of the patient makes way for a new value or a new day."""
        if prop == POEMKG + "birthYear":
            return bool(direct)
        return prop in direct

    def _days(self) -> tuple[date, date]:
        last = date.fromisoformat(self.as_of) if self.as_of else _FIRST_DAY
        return last + LATER[0], last + LATER[1]

    def _recorder(self, nodes: dict[str, ox.NamedNode]) -> Recorder:
        patient = nodes[self.patient]
        holders = {
            triple.predicate.value: nodes[iri(triple.object)]
            for triple in reversed(self._triples)
            if iri(triple.subject) == self.patient and iri(triple.object) in nodes
        }
        return Recorder(patient, self._answers.ranges, below(f"{patient.value}/"), holders)


def iri(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    """Return the text of a node."""
    return str(node) if isinstance(node, ox.Triple) else node.value


def _day(day: date) -> ox.Literal:
    return ox.Literal(day.isoformat(), datatype=_DATE)
