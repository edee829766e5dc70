"""What conclusions rest on, and variants of patients in which some of it is gone or all else is.

Variants are patients of their own in one graph, since a derivation for many costs little more than
one for each. A variant of a patient has the patient's IRI with a mark behind it, and so have its
records; facts are told apart by what follows the patient's IRI, which is the same in all variants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha1

import pyoxigraph as ox

from poem_kg.derivation import derive
from poem_kg.namespaces import POEMKG, PROV, RDF
from tests.derivation.view import knowledge
from tests.generated.batches import in_batches

BATCH = 50
"""Variants that are derived together; many more or fewer take longer."""

TYPE = ox.NamedNode(RDF + "type")
PATIENT = ox.NamedNode(POEMKG + "Patient")
AS_OF = ox.NamedNode(POEMKG + "asOf")
DIRECT = {ox.NamedNode(POEMKG + "age"), ox.NamedNode(POEMKG + "birthYear")}

SWALLOW = ox.NamedNode(POEMKG + "hasSwallow")
_FACT = ox.NamedNode(PROV + "wasDerivedFrom")
_SUPPORTS = ox.NamedNode(POEMKG + "supports")
_APPLICATION = ox.NamedNode(POEMKG + "application")
_OF = ox.NamedNode(POEMKG + "ofPatient")
_GOVERNED = ox.NamedNode(POEMKG + "governedBy")
_GATE = ox.NamedNode(POEMKG + "gate")
_IN = ox.NamedNode(POEMKG + "inPatient")
_STATE = ox.NamedNode(POEMKG + "state")
_OPTION_HAS = ox.NamedNode(POEMKG + "hasRequirement")

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_DERIVED = "/recorded/diagnosis/"
Facts = frozenset[str]
"""Records, each as what follows the patient's IRI."""


@dataclass(frozen=True)
class Argument:
    """An argument of a patient, told apart as its IRI does: by application and by record.

    Attributes:
        application: the statement as it bears on the therapy.
        record: the record that brings it in.
        option: the option that it is for.
        governs: whether the option stands as this argument says.
        facts: all that it rests on, the record too.
    """

    application: str
    record: str
    option: str
    governs: bool = field(compare=False)
    facts: Facts

    @property
    def node(self) -> tuple[str, str]:
        """What its IRI is minted from."""
        return (self.application, self.record)


@dataclass(frozen=True)
class Requirement:
    """A requirement of a patient.

    Attributes:
        gate: what it instantiates.
        state: the local names of its states; there should be one.
        facts: what the state rests on.
        options: the options that have it.
    """

    gate: str
    state: tuple[str, ...]
    facts: Facts
    options: frozenset[str]


@dataclass
class Told:
    """What follows for one patient."""

    arguments: set[Argument] = field(default_factory=set)
    requirements: dict[str, Requirement] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A patient graph of which variants can be made."""

    iri: str
    triples: tuple[ox.Triple, ...] = field(repr=False)

    def without(self, facts: Facts, mark: str) -> Case:
        """Return the patient without some records."""
        gone = {ox.NamedNode(self.iri + fact) for fact in facts}
        return self._variant(
            (t for t in self.triples if t.subject not in gone and t.object not in gone), mark
        )

    def alone(self, facts: Facts, mark: str) -> Case:
        """Return the patient with some records and nothing else, on the day it was asked for.

        An operator or a centre is there if one of the records is about it, and the age or the year
        of birth if a record was made of it.
        """
        kept: set[object] = {ox.NamedNode(self.iri + fact) for fact in facts}
        # The swallows of a study are a part of it.
        kept |= {t.object for t in self.triples if t.subject in kept and t.predicate == SWALLOW}
        me = ox.NamedNode(self.iri)
        own = {TYPE, AS_OF}
        if any(fact.startswith("/recorded/") and not fact.startswith(_DERIVED) for fact in facts):
            own |= DIRECT
        bearers = {t.subject for t in self.triples if t.object in kept} - {me}
        return self._variant(
            (
                t
                for t in self.triples
                if t.subject in kept
                or t.object in kept | bearers
                or (t.subject in bearers and t.predicate == TYPE)
                or (t.subject == me and t.predicate in own)
            ),
            mark,
        )

    def _variant(self, triples: Iterable[ox.Triple], mark: str) -> Case:
        def moved(term: ox.NamedNode) -> ox.NamedNode:
            own = term.value.startswith(self.iri)
            return ox.NamedNode(term.value.replace(self.iri, self.iri + mark, 1)) if own else term

        renamed = []
        for triple in triples:
            subject, value = triple.subject, triple.object
            assert isinstance(subject, ox.NamedNode)
            value = moved(value) if isinstance(value, ox.NamedNode) else value
            renamed.append(ox.Triple(moved(subject), triple.predicate, value))
        return Case(self.iri + mark, tuple(renamed))


def case(triples: Iterable[ox.Triple]) -> Case:
    """Return the case of a patient graph whose IRIs all begin with that of the patient."""
    own = tuple(triples)
    (iri,) = {_value(t.subject) for t in own if t.predicate == TYPE and t.object == PATIENT}
    return Case(iri, own)


def derived(cases: Sequence[Case]) -> Iterator[Told]:
    """Yield what follows for each case, derived in batches."""
    for batch in in_batches(cases, BATCH):
        store = derive(knowledge(), [t for each in batch for t in each.triples]).store
        told = {each.iri: Told() for each in batch}
        for quad in store.quads_for_pattern(None, _SUPPORTS, None):
            patient = _object(store, quad.subject, _OF)
            told[patient].arguments.add(_argument(store, quad, patient))
        for quad in store.quads_for_pattern(None, _GATE, None):
            patient = _object(store, quad.subject, _IN)
            gate = _value(quad.object)
            told[patient].requirements[gate] = _requirement(store, quad, patient)
        yield from told.values()


def _argument(store: ox.Store, quad: ox.Quad, patient: str) -> Argument:
    application = _object(store, quad.subject, _APPLICATION)
    facts = _facts(store, quad, patient)
    record = _record(_value(quad.subject), patient, facts)
    option = _value(quad.object)
    governs = application == _object(store, quad.object, _GOVERNED)
    return Argument(application, record, option.removeprefix(patient), governs, _recorded(facts))


def _requirement(store: ox.Store, quad: ox.Quad, patient: str) -> Requirement:
    states = store.quads_for_pattern(quad.subject, _STATE, None)
    options = store.quads_for_pattern(None, _OPTION_HAS, quad.subject)
    return Requirement(
        gate=_value(quad.object),
        state=tuple(sorted(_value(q.object).rsplit("/", 1)[-1] for q in states)),
        facts=_recorded(_facts(store, quad, patient)),
        options=frozenset(_value(q.subject).removeprefix(patient) for q in options),
    )


def _facts(store: ox.Store, quad: ox.Quad, patient: str) -> Facts:
    found = store.quads_for_pattern(quad.subject, _FACT, None)
    return frozenset(_value(q.object).removeprefix(patient) for q in found)


def _recorded(facts: Facts) -> Facts:
    """The records among what a conclusion rests on, without the diagnoses derived from them."""
    return frozenset(fact for fact in facts if not fact.startswith(_DERIVED))


def _object(store: ox.Store, subject: Term, predicate: ox.NamedNode) -> str:
    assert not isinstance(subject, ox.Literal)
    (quad,) = store.quads_for_pattern(subject, predicate, None)
    return _value(quad.object)


def _value(term: Term) -> str:
    assert isinstance(term, ox.NamedNode)
    return term.value


def _record(argument: str, patient: str, facts: Facts) -> str:
    """The record among the facts from which the IRI of the argument is minted."""
    digest = argument.rsplit("/", 1)[-1]
    (record,) = (fact for fact in facts if sha1(f"{patient}{fact}".encode()).hexdigest() == digest)
    return record
