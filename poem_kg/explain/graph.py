"""The part of an advice that an explanation uses, as triples that stand on their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from poem_kg.explain.model import CriterionState, OptionExplanation, WhyNot
from poem_kg.model import QueryReference
from poem_kg.namespaces import DCTERMS, POEMKG, PROV, RDF, RDFS

_TYPE: Final = ox.NamedNode(RDF + "type")
_LABEL: Final = ox.NamedNode(RDFS + "label")
_IDENTIFIER: Final = ox.NamedNode(DCTERMS + "identifier")
_QUERY: Final = ox.NamedNode(PROV + "Entity")
_TOLD: Final = frozenset(
    {
        RDFS + "label",
        *(POEMKG + name for name in ("cites", "claim", "locator", "review", "source", "verified")),
    }
)
_STATES: Final = {"met": "meets", "not-met": "fails"}


def explained_triples(
    advice: Iterable[ox.Triple],
    ontology: Iterable[ox.Triple],
    *,
    options: Iterable[OptionExplanation],
    reasons: Iterable[WhyNot],
    criteria: Iterable[CriterionState],
    records: Iterable[str],
    patient: str,
    queries: Iterable[QueryReference],
) -> tuple[ox.Triple, ...]:
    """Return facts, conclusions, criteria, statements and queries of a chain, in a fixed order.

    Args:
        advice: the patient's triples and the conclusions.
        ontology: says where a statement stands and what things are called.
        options: what is explained; with each go its arguments, notes and requirements.
        reasons: the statements that would offer what is not offered.
        criteria: the criteria in use; the graph says which facts speak for and against each.
        records: IRIs of the facts in use.
        patient: the IRI of the patient.
        queries: the queries that concluded it.
    """
    conclusions = tuple(advice)
    kept = {o.option for o in options}
    parts = {POEMKG + name for name in ("supports", "beside")}
    wanted = kept | set(records)
    for triple in conclusions:
        subject, value = _name(triple.subject), _name(triple.object)
        if triple.predicate.value in parts and value in kept:
            wanted.add(subject)
        elif triple.predicate.value == POEMKG + "requirement" and subject in kept:
            wanted.add(value)
    chosen = {t for t in conclusions if _name(t.subject) in wanted}
    told = {w.statement for reason in reasons for w in reason.ways}
    told |= {w.via for reason in reasons for w in reason.ways if w.via}
    told |= {_name(t.object) for t in chosen}
    told |= {c.criterion for c in criteria}
    chosen |= set(_evidence(criteria, patient))
    chosen |= set(_described(queries))
    chosen |= {
        t
        for t in conclusions
        if t.predicate.value in (RDF + "type", RDFS + "label") and _name(t.subject) == patient
    }
    chosen |= {
        t
        for t in conclusions
        if t.predicate.value in (POEMKG + "hasRecord", POEMKG + "hasProperty")
        and _name(t.object) in wanted
    }
    about = [t for t in ontology if _name(t.subject) in told and t.predicate.value in _TOLD]
    told = {_name(t.object) for t in about if t.predicate.value != RDFS + "label"}
    chosen |= {t for t in ontology if _name(t.subject) in told and t.predicate == _LABEL}
    return tuple(sorted({*chosen, *about}, key=str))


def _evidence(criteria: Iterable[CriterionState], patient: str) -> Iterator[ox.Triple]:
    holder = ox.NamedNode(patient)
    for criterion in criteria:
        node = ox.NamedNode(criterion.criterion)
        if prop := _STATES.get(criterion.state):
            yield ox.Triple(holder, ox.NamedNode(POEMKG + prop), node)
        for prop, records in (
            ("evidenceFor", criterion.speaks_for),
            ("evidenceAgainst", criterion.speaks_against),
            ("triggers", criterion.raised_by),
        ):
            for record in records:
                yield ox.Triple(ox.NamedNode(record), ox.NamedNode(POEMKG + prop), node)


def _described(queries: Iterable[QueryReference]) -> Iterator[ox.Triple]:
    for query in queries:
        node = ox.NamedNode(query.iri)
        yield ox.Triple(node, _TYPE, _QUERY)
        yield ox.Triple(node, _LABEL, ox.Literal(query.name))
        yield ox.Triple(node, _IDENTIFIER, ox.Literal(query.digest))


def _name(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)
