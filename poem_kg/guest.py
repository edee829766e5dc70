"""A patient file is a guest: it may bring data, and nothing that would change what is known.

What is checked here is checked before SHACL sees the graph, because a single triple of the wrong
kind makes a merged graph conform: a shape switched off, a term given a new meaning, a conclusion
handed in as if it had been derived.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.knowledge import Knowledge
from poem_kg.model import Finding
from poem_kg.namespaces import BASE, OWL, POEMKG, RDF, RDFS, SH, SHAPES, SKOS
from poem_kg.reading import SourceGraph

_TYPE: Final = ox.NamedNode(RDF + "type")
_PATIENT: Final = ox.NamedNode(POEMKG + "Patient")
_ALLOWED: Final = ox.NamedNode(POEMKG + "forPatients")
_LABELLING: Final = frozenset({RDFS + "label", RDFS + "comment", RDFS + "seeAlso"})
_CALLED: Final = (RDFS + "label", SKOS + "altLabel")
_SCHEMA: Final = (OWL, RDFS, SH)
_BEFORE_NAME: Final = re.compile(r".*[/#:]", re.DOTALL)
_LIKE_PATIENT: Final = 0.75
"""How like the class of patients a type must be written to be told as a slip for it."""
_TYPE_TERM: Final = str(_TYPE).encode()
_PATIENT_VALUE: Final = f"{_PATIENT} .\n".encode()
_BASE_TERM: Final = f"<{BASE}".encode()


class Admission:
    """The rules of admission by one knowledge, for any number of patients.

    Args:
        knowledge: tells which words there are, and which of them a patient file may use.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._words = frozenset(
            t.subject.value for t in knowledge.ontology if isinstance(t.subject, ox.NamedNode)
        )
        self._guests = frozenset(
            _name(t.subject) for t in knowledge.ontology if t.predicate == _ALLOWED
        )
        self._names = [w.removeprefix(POEMKG) for w in self._words if w.startswith(POEMKG)]
        # Words that were found fine before: most files use the same few.
        self._fine: set[ox.NamedNode] = set()
        self._known: set[ox.NamedNode] = set()
        self._glanced: set[bytes] = set()

    def admit(self, source: SourceGraph) -> str:
        """Return the IRI of the one patient of a graph that holds nothing but data.

        Args:
            source: the graph as it was read.

        Raises:
            InputError: a triple is about a term, statement, source or shape of ours; uses a word
                that only the knowledge or the derivation may use; brings schema words (OWL, RDFS,
                SHACL); or there is not exactly one patient.
        """
        for triple in source.triples:
            self._refuse_redefinition(triple, source)
            predicate = triple.predicate
            if predicate in self._fine:
                continue
            _refuse_schema(triple, source)
            self._refuse_reserved(triple, source)
            if predicate != _TYPE:
                self._fine.add(predicate)
        return _only_patient(source)

    def unknown_terms(self, source: SourceGraph) -> tuple[Finding, ...]:
        """Return a Violation for every word in our namespace that the ontology does not have.

        Each names the nearest words that it does have.

        Args:
            source: the graph as it was read.
        """
        found: dict[tuple[str, str, str], Finding] = {}
        for triple in source.triples:
            for term in (triple.predicate, triple.object):
                if not isinstance(term, ox.NamedNode) or term in self._known:
                    continue
                if not term.value.startswith(BASE):
                    continue
                if term.value in self._words:
                    self._known.add(term)
                    continue
                subject = _name(triple.subject)
                found[subject, triple.predicate.value, term.value] = Finding(
                    focus=subject,
                    path=triple.predicate.value,
                    value=term.value,
                    severity="Violation",
                    message=self._unknown(term.value.removeprefix(POEMKG)),
                    shape=SHAPES + "known-term",
                )
        return tuple(found[key] for key in sorted(found))

    def glance(self, lines: Iterable[bytes]) -> str | None:
        """Return the patient of a graph that raises no question at first sight, or None.

        Where it returns a patient, `admit` returns the same and `unknown_terms` nothing; where it
        returns None they tell what is the matter, if anything is. It is quick because it looks at
        each word once for all patients.

        Args:
            lines: canonical N-Triples without blank nodes and triple terms.
        """
        fine = self._glanced
        patients: set[bytes] = set()
        last = b""
        for line in lines:
            subject, predicate, value = line.split(b" ", 2)
            if subject != last:
                last = subject
                iri = subject[1:-1].decode()
                if iri.startswith(BASE) or iri in self._words:
                    return None
            if predicate not in fine and not self._fine_predicate(predicate):
                return None
            if value.startswith(b"<"):
                key = b"a " + value if predicate == _TYPE_TERM else value
                if predicate == _TYPE_TERM and value == _PATIENT_VALUE:
                    patients.add(subject)
                if key in fine:
                    continue
                if not self._fine_object(value[1:-4].decode(), predicate == _TYPE_TERM):
                    return None
                if value.startswith(_BASE_TERM):
                    fine.add(key)
        if len(patients) != 1:
            return None
        (patient,) = patients
        return patient[1:-1].decode()

    def _fine_predicate(self, term: bytes) -> bool:
        iri = term[1:-1].decode()
        fine = iri in _LABELLING or not iri.startswith(_SCHEMA)
        if iri.startswith(BASE):
            fine = iri in self._words and iri in self._guests
        if fine:
            self._glanced.add(term)
        return fine

    def _fine_object(self, iri: str, is_kind: bool) -> bool:
        if iri.startswith(BASE):
            return iri in self._words and (not is_kind or iri in self._guests)
        return not is_kind or iri in _LABELLING or not iri.startswith(_SCHEMA)

    def _unknown(self, name: str) -> str:
        near = difflib.get_close_matches(name, self._names, n=3)
        meant = f"did you mean {' or '.join(near)}?" if near else "see ontology/ for the words"
        return f"{name} is not in the ontology; {meant}"

    def _refuse_redefinition(self, triple: ox.Triple, source: SourceGraph) -> None:
        subject = _name(triple.subject)
        if subject.startswith(BASE) or subject in self._words:
            raise InputError(
                source.where(subject),
                f"says something about {_short(subject)}, which belongs to the knowledge",
                "leave the triple out; a patient file brings records only",
            )

    def _refuse_reserved(self, triple: ox.Triple, source: SourceGraph) -> None:
        """Refuse words of ours that only statements or conclusions may use."""
        used = [triple.predicate]
        if triple.predicate == _TYPE and isinstance(triple.object, ox.NamedNode):
            used.append(triple.object)
        for term in used:
            reserved = term.value.startswith(BASE) and term.value in self._words
            if reserved and term.value not in self._guests:
                raise InputError(
                    source.where(term.value),
                    f"uses {_short(term.value)}, which a patient file may not use so",
                    "name a class by poemkg:concept of a record, and leave conclusions to poem-kg",
                )


def names_meant(knowledge: Knowledge, words: str) -> tuple[str, ...]:
    """Return the names of our vocabulary that words were probably meant as, at most three.

    Args:
        knowledge: has the names with their labels and synonyms.
        words: what was written in place of a name: a label, a synonym, or a name with spaces in it.
    """
    wanted, joined = " ".join(words.split()).casefold(), "".join(words.split()).casefold()
    by_way: dict[str, set[str]] = {way: set() for way in (*_CALLED, "")}
    for triple in knowledge.ontology:
        term, text, way = triple.subject, triple.object, triple.predicate.value
        if not isinstance(term, ox.NamedNode) or not term.value.startswith(POEMKG):
            continue
        name = term.value.removeprefix(POEMKG)
        if way in _CALLED and isinstance(text, ox.Literal) and text.value.casefold() == wanted:
            by_way[way].add(name)
        if name.casefold() == joined:
            by_way[""].add(name)
    found = next((names for names in by_way.values() if names), set())
    return tuple(sorted(found)[:3])


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


def _only_patient(source: SourceGraph) -> str:
    patients = sorted(
        {_name(t.subject) for t in source.triples if t.predicate == _TYPE and t.object == _PATIENT}
    )
    if not patients:
        raise _no_patient(source)
    if len(patients) > 1:
        raise InputError(
            source.where(patients[1]),
            f"holds {len(patients)} patients",
            "give one file for each patient",
        )
    return patients[0]


def _no_patient(source: SourceGraph) -> InputError:
    """The refusal, with the type that was probably meant as that of a patient, if one was."""
    typed = {
        t.object.value
        for t in source.triples
        if t.predicate == _TYPE and isinstance(t.object, ox.NamedNode)
    }
    local = {_BEFORE_NAME.sub("", iri).casefold(): iri for iri in sorted(typed)}
    meant = _BEFORE_NAME.sub("", _PATIENT.value)
    near = difflib.get_close_matches(meant.casefold(), sorted(local), n=1, cutoff=_LIKE_PATIENT)
    if not near:
        return InputError(
            source.name, "holds no patient", "type exactly one node as poemkg:Patient"
        )
    iri = local[near[0]]
    namespace = iri.removesuffix(_BEFORE_NAME.sub("", iri))
    if namespace == POEMKG:
        return InputError(
            source.where(iri),
            f"holds no patient, but a {_short(iri)}",
            f"did you mean {_short(_PATIENT.value)}?",
        )
    # The line that has to change is the one that declares the prefix, where there is one.
    where = source.where_written(namespace)
    return InputError(
        source.where(iri) if where == source.name else where,
        f"holds no patient, but a {_short(iri)}",
        f"did you mean the namespace {POEMKG}?",
    )


def _name(node: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    """The IRI of a node; what `read_graph` returns and what we wrote has IRIs only."""
    assert isinstance(node, ox.NamedNode)
    return node.value


def _short(iri: str) -> str:
    return "poemkg:" + iri.removeprefix(POEMKG) if iri.startswith(POEMKG) else f"<{iri}>"
