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

from poem_kg.answers import ABSENT, PRESENT, Answer, Answers, Place
from poem_kg.dependencies import Dependencies
from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, RDF, RDFS, XSD

DECIDED_BEFORE: Final = "derive/400"
"""The steps before this one decide standing, line, requirements and readiness."""

AUDIENCES: Final = ("clinician", "researcher")

_FIRST_DAY: Final = date(2000, 1, 1)
_THERAPY: Final = POEMKG + "Therapy"
_TYPE: Final = ox.NamedNode(RDF + "type")
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
        never: the criteria that are not met and that no change bears on.
    """

    patient: str
    facts: tuple[OpenFact, ...]
    as_of: str | None
    never: frozenset[str]
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
            subject = _iri(triple.subject)
            nodes.setdefault(subject, ox.NamedNode(f"{root}/{len(nodes)}"))
        made: list[ox.Triple] = []
        for triple in self._triples:
            subject, value = _iri(triple.subject), triple.object
            target = _iri(value)
            if subject in dropped or target in dropped:
                continue
            if subject == self.patient and self._given_up(triple.predicate.value, direct):
                continue
            made.append(ox.Triple(nodes[subject], triple.predicate, nodes.get(target, value)))
        first, second = self._days()
        made.append(ox.Triple(nodes[self.patient], _term("asOf"), _day(second)))
        for number, change in enumerate(chosen):
            day = second if change.concept in self._stale else first
            made += self._record(change, nodes, f"{root}/new-{number}", day)
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
        return last + timedelta(days=1), last + timedelta(days=2)

    def _record(
        self, change: Change, nodes: dict[str, ox.NamedNode], iri: str, day: date
    ) -> list[ox.Triple]:
        patient, place = nodes[self.patient], self.of(change).place
        value = self._answers.literal(change.concept, change.value) if change.value else None
        if place.direct and value is not None:
            return [ox.Triple(patient, ox.NamedNode(place.direct), value)]
        record = ox.NamedNode(iri)
        made = self._link(place, nodes, record)
        made += [
            ox.Triple(record, _TYPE, ox.NamedNode(place.record_class)),
            ox.Triple(record, _term("concept"), ox.NamedNode(change.concept)),
            ox.Triple(record, _term("status"), _term(change.status)),
            ox.Triple(record, _term("date"), _day(day)),
        ]
        if change.result:
            made.append(ox.Triple(record, _term("result"), ox.NamedNode(change.result)))
        if value is not None:
            made.append(ox.Triple(record, _term("value"), value))
        return made

    def _link(
        self, place: Place, nodes: dict[str, ox.NamedNode], record: ox.NamedNode
    ) -> list[ox.Triple]:
        """What ties a record to the patient, or to the person or place that it is about."""
        patient = nodes[self.patient]
        if place.reached_by is None:
            return [ox.Triple(patient, _term("hasRecord"), record)]
        prop = ox.NamedNode(place.reached_by)
        for triple in self._triples:
            if _iri(triple.subject) == self.patient and triple.predicate == prop:
                return [ox.Triple(nodes[_iri(triple.object)], _term("hasProperty"), record)]
        holder = ox.NamedNode(f"{patient.value}/{place.reached_by.rsplit('/', 1)[-1]}")
        (cls,) = self._answers.ranges(place.reached_by)
        return [
            ox.Triple(patient, prop, holder),
            ox.Triple(holder, _TYPE, ox.NamedNode(cls)),
            ox.Triple(holder, _term("hasProperty"), record),
        ]


def open_facts(
    knowledge: Knowledge,
    answers: Answers,
    dependencies: Dependencies,
    triples: Iterable[ox.Triple],
    *,
    patient: str,
    audience: str = "clinician",
) -> Hypotheses:
    """Return the open facts of a patient and how to settle them.

    Args:
        knowledge: the ontology and what was prepared from it.
        answers: what records can say.
        dependencies: what decisions rest on.
        triples: one valid patient, with `poemkg:asOf` where a day was asked for.
        patient: the IRI of the patient.
        audience: for a "researcher" what is recorded can be changed too.
    """
    graph = tuple(triples)
    chart = _Chart(derive(knowledge, graph, before=DECIDED_BEFORE).store, patient)
    given = {_iri(t.subject) for t in graph}
    overtaken = _overtaken(answers, dependencies, chart, given)
    facts = []
    for concept in sorted(answers.criteria.keys() | chart.recorded.keys()):
        fact = _fact(concept, knowledge, answers, dependencies, chart, overtaken)
        if fact and fact.changes and (fact.basis != "recorded" or audience == "researcher"):
            facts.append(fact)
    return Hypotheses(
        patient=patient,
        facts=tuple(facts),
        as_of=chart.as_of,
        never=frozenset(
            criterion
            for criterion in chart.failed
            if all(fact.touches.isdisjoint(dependencies.closure({criterion})) for fact in facts)
        ),
        _answers=answers,
        _stale=frozenset(f.concept for f in facts if dependencies.goes_stale(f.concept)),
        _triples=tuple(_undated_base(graph, patient, chart.as_of)),
    )


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A record that counts: node, status code, result, value."""

    node: str
    status: str
    result: str
    value: str

    def says(self, answer: Answer) -> bool:
        return (self.status, self.result, self.value) == (
            answer.status,
            answer.result,
            answer.value,
        )


class _Chart:
    """What the derivation found out about the patient as recorded."""

    def __init__(self, store: ox.Store, patient: str) -> None:
        self._store = store
        self._patient = ox.NamedNode(patient)
        self.as_of = next(iter(self._values(self._patient, "asOf")), None)
        self.met = self._values(self._patient, "meets")
        self.failed = self._values(self._patient, "fails")
        self.recorded: dict[str, list[_Entry]] = {}
        for record in sorted(self._values(self._patient, "latest")):
            node = ox.NamedNode(record)
            for concept in self._values(node, "concept"):
                self.recorded.setdefault(concept, []).append(
                    _Entry(
                        node=record,
                        status=min(self._values(node, "status"), default="").rsplit("/", 1)[-1],
                        result=min(self._values(node, "result"), default=""),
                        value=min(self._values(node, "value"), default=""),
                    )
                )

    def state(self, criterion: str) -> str:
        if criterion in self.met:
            return "met"
        return "not-met" if criterion in self.failed else "unknown"

    def _values(self, node: ox.NamedNode, name: str) -> set[str]:
        return {_iri(q.object) for q in self._store.quads_for_pattern(node, _term(name), None)}


def _fact(
    concept: str,
    knowledge: Knowledge,
    answers: Answers,
    dependencies: Dependencies,
    chart: _Chart,
    overtaken: frozenset[str],
) -> OpenFact | None:
    place = answers.place(concept)
    criteria = answers.criteria.get(concept, frozenset())
    touches = dependencies.touched(concept) & dependencies.criteria
    if place is None or not touches:
        return None
    entries = chart.recorded.get(concept, [])
    basis = _basis(place, entries, {chart.state(c) for c in criteria})
    possible = [a for a in answers.of(concept) if not any(e.says(a) for e in entries)]
    if basis == "to-do":
        possible = [a for a in possible if a.status == PRESENT]
    replaced = frozenset(e.node for e in entries)
    broader = set(dependencies.kinds(concept)) - {concept}
    denied = [e for b in broader for e in chart.recorded.get(b, ()) if e.status == ABSENT]
    terms = {a.result for a in possible} | {e.result for e in (*entries, *denied)}
    terms |= {b for b in broader if chart.recorded.get(b)}
    touches |= {c for term in terms for c in dependencies.touched(term)}
    if _THERAPY in dependencies.kinds(concept):
        touches |= overtaken
    return OpenFact(
        concept=concept,
        label=knowledge.label(concept),
        basis=basis,
        changes=tuple(_change(concept, a, basis, place, knowledge) for a in sorted(possible)),
        criteria=criteria,
        touches=touches & dependencies.criteria,
        place=place,
        replaces=replaced,
        denies=frozenset(e.node for e in denied),
    )


def _overtaken(
    answers: Answers, dependencies: Dependencies, chart: _Chart, given: set[str]
) -> frozenset[str]:
    """The criteria on which a therapy bears because tests and what follows from them go stale."""
    terms = set()
    for concept in answers.criteria:
        place = answers.place(concept)
        if place and not place.reached_by and not place.direct:
            terms |= {concept} if dependencies.goes_stale(concept) else set()
            terms |= {a.result for a in answers.of(concept) if a.result}
    for concept, entries in chart.recorded.items():
        if dependencies.goes_stale(concept):
            terms |= {concept, *(e.result for e in entries)}
        elif any(e.node not in given for e in entries):
            terms.add(concept)
    return frozenset(c for term in terms for c in dependencies.touched(term))


def _basis(place: Place, entries: list[_Entry], states: set[str]) -> str:
    """Whether a fact is unknown, suspected, undone but doable, or recorded."""
    if any(e.status == "provisional" for e in entries):
        return "suspected"
    if "unknown" in states:
        return "unknown"
    elsewhere = place.reached_by is not None
    undone = elsewhere or all(e.status == ABSENT for e in entries)
    return "to-do" if place.doable and states == {"not-met"} and undone else "recorded"


def _change(
    concept: str, answer: Answer, basis: str, place: Place, knowledge: Knowledge
) -> Change:
    return Change(
        concept=concept,
        label=knowledge.label(concept),
        status=answer.status,
        result=answer.result or None,
        result_label=knowledge.label(answer.result) if answer.result else None,
        value=answer.value or None,
        unit=knowledge.unit(concept) if answer.value else None,
        basis=basis,
        can_be_done=place.doable,
    )


def _undated_base(
    triples: tuple[ox.Triple, ...], patient: str, as_of: str | None
) -> Iterable[ox.Triple]:
    """The patient without a day of asking and without what was recorded after that day.

    As hypothetical patients are asked about on a later day, a birth year moves along with it.
    """
    later = {
        _iri(t.subject)
        for t in triples
        if as_of and t.predicate == _term("date") and _iri(t.object) > as_of
    }
    for triple in triples:
        if _iri(triple.subject) in later or _iri(triple.object) in later:
            continue
        if triple.predicate == _term("asOf"):
            continue
        if triple.predicate == _term("birthYear") and _iri(triple.subject) == patient:
            if as_of:
                day = date.fromisoformat(as_of)
                year = int(_iri(triple.object)) + (day + timedelta(days=2)).year - day.year
                yield ox.Triple(triple.subject, triple.predicate, _integer(year))
            continue
        yield triple


def _iri(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return str(node) if isinstance(node, ox.Triple) else node.value


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(POEMKG + name)


def _day(day: date) -> ox.Literal:
    return ox.Literal(day.isoformat(), datatype=_DATE)


def _integer(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(XSD + "integer"))
