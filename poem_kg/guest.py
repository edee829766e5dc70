"""A patient file is a guest: it may bring data, and nothing that would change what is known.

What is checked here is checked before SHACL sees the graph, because a single triple of the wrong
kind makes a merged graph conform: a shape switched off, a term given a new meaning, a conclusion
handed in as if it had been derived.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.knowledge import Knowledge
from poem_kg.model import Finding
from poem_kg.namespaces import BASE, OWL, POEMKG, RDF, RDFS, SH, SHAPES
from poem_kg.reading import SourceGraph

_TYPE: Final = ox.NamedNode(RDF + "type")
_PATIENT: Final = ox.NamedNode(POEMKG + "Patient")
_ALLOWED: Final = ox.NamedNode(POEMKG + "forPatients")
_LABELLING: Final = frozenset({RDFS + "label", RDFS + "comment", RDFS + "seeAlso"})
_SCHEMA: Final = (OWL, RDFS, SH)

Node = ox.NamedNode | ox.BlankNode


def admit(source: SourceGraph, knowledge: Knowledge) -> str:
    """Return the IRI of the one patient of a graph that holds nothing but data.

    Args:
        source: the graph as it was read.
        knowledge: tells which words a patient file may use.

    Raises:
        InputError: a triple is about a term, statement, source or shape of ours; uses a word that
            only the knowledge or the derivation may use; brings schema words (OWL, RDFS, SHACL);
            or there is not exactly one patient.
    """
    words = _known(knowledge)
    guests = {_name(t.subject) for t in _with(knowledge.ontology, _ALLOWED)}
    for triple in source.triples:
        _refuse_redefinition(triple, source, words)
        _refuse_schema(triple, source)
        _refuse_reserved(triple, source, words, guests)
    return _only_patient(source)


def unknown_terms(source: SourceGraph, knowledge: Knowledge) -> tuple[Finding, ...]:
    """Return a Violation for every word in our namespace that the ontology does not have.

    Each names the nearest words that it does have.

    Args:
        source: the graph as it was read.
        knowledge: tells which words there are.
    """
    words = _known(knowledge)
    names = [word.removeprefix(POEMKG) for word in words if word.startswith(POEMKG)]
    found: dict[tuple[str, str, str], Finding] = {}
    for triple in source.triples:
        assert isinstance(triple.subject, ox.NamedNode)
        for term in (triple.predicate, triple.object):
            if not isinstance(term, ox.NamedNode) or not term.value.startswith(BASE):
                continue
            if term.value in words:
                continue
            near = difflib.get_close_matches(term.value.removeprefix(POEMKG), names, n=3)
            meant = f"did you mean {' or '.join(near)}?" if near else "see ontology/ for the words"
            key = (triple.subject.value, triple.predicate.value, term.value)
            found[key] = Finding(
                focus=triple.subject.value,
                path=triple.predicate.value,
                value=term.value,
                severity="Violation",
                message=f"{term.value.removeprefix(POEMKG)} is not in the ontology; {meant}",
                shape=SHAPES + "known-term",
            )
    return tuple(found[key] for key in sorted(found))


def _known(knowledge: Knowledge) -> frozenset[str]:
    """Every IRI about which the ontology says anything."""
    return frozenset(
        t.subject.value for t in knowledge.ontology if isinstance(t.subject, ox.NamedNode)
    )


def _with(triples: Iterable[ox.Triple], predicate: ox.NamedNode) -> Iterator[ox.Triple]:
    return (t for t in triples if t.predicate == predicate)


def _refuse_redefinition(triple: ox.Triple, source: SourceGraph, words: frozenset[str]) -> None:
    subject = _name(triple.subject)
    if subject.startswith(BASE) or subject in words:
        raise InputError(
            source.where(subject),
            f"says something about {_short(subject)}, which belongs to the knowledge",
            "leave the triple out; a patient file brings records only",
        )


def _refuse_schema(triple: ox.Triple, source: SourceGraph) -> None:
    for term in (triple.predicate, triple.object):
        if not isinstance(term, ox.NamedNode) or term.value in _LABELLING:
            continue
        if term.value.startswith(_SCHEMA) and (
            term == triple.predicate or triple.predicate == _TYPE
        ):
            raise InputError(
                source.where(term.value),
                f"uses {term.value}, a word for schemas, not for data",
                "leave the triple out; a patient file brings records only",
            )


def _refuse_reserved(
    triple: ox.Triple,
    source: SourceGraph,
    words: frozenset[str],
    guests: set[str],
) -> None:
    """Refuse words of ours that only statements or conclusions may use."""
    used = [triple.predicate]
    if triple.predicate == _TYPE and isinstance(triple.object, ox.NamedNode):
        used.append(triple.object)
    for term in used:
        reserved = term.value.startswith(BASE) and term.value in words
        if reserved and term.value not in guests:
            raise InputError(
                source.where(term.value),
                f"uses {_short(term.value)}, which a patient file may not use so",
                "name a class by poemkg:concept of a record, and leave conclusions to poem-kg",
            )


def _only_patient(source: SourceGraph) -> str:
    patients = sorted(
        {_name(t.subject) for t in _with(source.triples, _TYPE) if t.object == _PATIENT}
    )
    if not patients:
        raise InputError(source.name, "holds no patient", "type exactly one node as poemkg:Patient")
    if len(patients) > 1:
        raise InputError(
            source.where(patients[1]),
            f"holds {len(patients)} patients",
            "give one file for each patient",
        )
    return patients[0]


def _name(node: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    """The IRI of a node; what `read_graph` returns and what we wrote has IRIs only."""
    assert isinstance(node, ox.NamedNode)
    return node.value


def _short(iri: str) -> str:
    return "poemkg:" + iri.removeprefix(POEMKG) if iri.startswith(POEMKG) else f"<{iri}>"
