"""Which facts about a patient are open, read from the records and what was derived from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import pyoxigraph as ox

from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, XSD
from poem_kg.whatif.answers import ABSENT, PRESENT, Answer, Answers, Place
from poem_kg.whatif.dependencies import Dependencies
from poem_kg.whatif.hypotheses import DECIDED_BEFORE, LATER, Change, Hypotheses, OpenFact, iri
from poem_kg.whatif.recording import term

_THERAPY: Final = POEMKG + "Therapy"


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
    given = {iri(t.subject) for t in graph}
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
        lasting=_lasting(dependencies, chart, facts),
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

    def speaks_for(self, record: str) -> set[str]:
        return self._values(ox.NamedNode(record), "evidenceFor")

    def _values(self, node: ox.NamedNode, name: str) -> set[str]:
        return {iri(q.object) for q in self._store.quads_for_pattern(node, term(name), None)}


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
    touches |= {c for t in terms for c in dependencies.touched(t)}
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


def _lasting(
    dependencies: Dependencies, chart: _Chart, facts: Iterable[OpenFact]
) -> frozenset[str]:
    """The criteria for which a record speaks that stays as it is, whatever is changed."""
    replaced = {node for fact in facts for node in fact.replaces | fact.denies}
    return frozenset(
        criterion
        for concept, entries in chart.recorded.items()
        if not dependencies.goes_stale(concept)
        for entry in entries
        if entry.node not in replaced
        for criterion in chart.speaks_for(entry.node)
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
        place = answers.place(concept)
        if place and place.direct:
            continue
        if dependencies.goes_stale(concept):
            terms |= {concept, *(e.result for e in entries)}
        elif any(e.node not in given for e in entries):
            terms.add(concept)  # it follows from a study
    return frozenset(c for t in terms for c in dependencies.touched(t))


def _basis(place: Place, entries: list[_Entry], states: set[str]) -> str:
    """Whether a fact is unknown, suspected, undone but doable, or recorded."""
    if any(e.status == "provisional" for e in entries):
        return "suspected"
    if "unknown" in states:
        return "unknown"
    elsewhere = place.reached_by is not None
    undone = elsewhere or all(e.status == ABSENT for e in entries)
    return "to-do" if place.doable and states == {"not-met"} and undone else "recorded"


def _change(concept: str, answer: Answer, basis: str, place: Place, knowledge: Knowledge) -> Change:
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
        iri(t.subject)
        for t in triples
        if as_of and t.predicate == term("date") and iri(t.object) > as_of
    }
    for triple in triples:
        if iri(triple.subject) in later or iri(triple.object) in later:
            continue
        if triple.predicate == term("asOf"):
            continue
        if triple.predicate == term("birthYear") and iri(triple.subject) == patient:
            if as_of:
                day = date.fromisoformat(as_of)
                year = int(iri(triple.object)) + (day + LATER[1]).year - day.year
                yield ox.Triple(triple.subject, triple.predicate, _integer(year))
            continue
        yield triple


def _integer(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(XSD + "integer"))
