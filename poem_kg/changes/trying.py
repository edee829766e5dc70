"""Patients tried in a version of the knowledge: accepted or refused, and what follows for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

import pyoxigraph as ox

from poem_kg.changes.outcomes import Outcome
from poem_kg.changes.structures import canonical_lines
from poem_kg.cohort.advising import hashes_of, object_words, words_of
from poem_kg.cohort.cases import NUMBER, STEM, Case, can_be_renamed
from poem_kg.cohort.reads import TYPE
from poem_kg.cohort.steps import Steps, internal_words
from poem_kg.derivation import derive
from poem_kg.errors import InputError
from poem_kg.guard import run_guarded
from poem_kg.guest import Admission
from poem_kg.knowledge import Knowledge
from poem_kg.model import Finding
from poem_kg.namespaces import POEMKG
from poem_kg.reading import SourceGraph
from poem_kg.validation import PatientValidator, vocabulary

_FOR_PATIENTS = ox.NamedNode(POEMKG + "forPatients")
_INTERNAL = ox.NamedNode(POEMKG + "internal")


class Trial:
    """One version, ready to try patients in.

    Args:
        knowledge: the version.
        place: what messages call its ontology.
    """

    def __init__(self, knowledge: Knowledge, place: str = "the ontology") -> None:
        self.knowledge = knowledge
        self._place = place
        self._admission = Admission(knowledge)
        self._validator = PatientValidator(knowledge)
        self._steps = Steps(knowledge.derive, internal_words(knowledge))
        self._prepared = tuple(knowledge.store())
        self._words = words_of(knowledge)
        self._hashes = hashes_of(self._words)

    @cached_property
    def read(self) -> tuple[frozenset[object], ...]:
        """All of the version that an outcome can rest on: two that have it alike conclude alike.

        Raises:
            InputError: its blank nodes hang together in a way that takes too long to compare.
        """
        words = self._steps.reads.words | object_words(self.knowledge) | {TYPE}
        admission = (_FOR_PATIENTS, _INTERNAL)
        prepared = [q.triple for q in self._prepared if str(q.predicate).encode() in words]
        return (
            frozenset(q.digest for q in self.knowledge.derive),
            frozenset(
                t.subject for t in self.knowledge.ontology if isinstance(t.subject, ox.NamedNode)
            ),
            frozenset(t for t in self.knowledge.ontology if t.predicate in admission),
            frozenset(vocabulary(self.knowledge)),
            frozenset(run_guarded(canonical_lines, prepared, where=self._place)),
        )

    def of_files(self, sources: Mapping[str, SourceGraph]) -> dict[str, Outcome]:
        """Return what follows for patients of files, by the same names.

        Args:
            sources: each as `read_graph` returned it.
        """
        found: dict[str, Outcome] = {}
        cases: dict[str, tuple[str, Case]] = {}
        for number, (name, source) in enumerate(sources.items()):
            refused, case = self._renamed(number, source)
            if refused:
                found[name] = Outcome(refused=refused, lines=frozenset())
            elif case is None:
                found[name] = self._alone(source)
            else:
                cases[case.name.removeprefix(STEM)] = (name, case)
        texts = {number: b"".join(case.lines) for number, (_, case) in cases.items()}
        for digits, outcome in self.of_drawn(texts).items():
            name, case = cases[digits]
            told = tuple(case.text(message) for message in outcome.refused)
            found[name] = replace(outcome, refused=told)
        return {name: found[name] for name in sources}

    def _renamed(self, number: int, source: SourceGraph) -> tuple[tuple[str, ...], Case | None]:
        """Why a patient is not admitted, or the patient under names that no other has."""
        try:
            iri = self._admission.admit(source)
        except InputError as error:
            return (error.cause,), None
        refused = _violations(self._admission.unknown_terms(source))
        lines = n_triples(source.triples)
        if refused or not can_be_renamed(iri, lines):
            return refused, None
        return (), Case(number, iri, lines, self._words.__contains__, self._hashes)

    def _alone(self, source: SourceGraph) -> Outcome:
        refused = _violations(self._validator.validate(source.triples).findings)
        if refused:
            return Outcome(refused=refused, lines=frozenset())
        lines = n_triples(derive(self.knowledge, source.triples).advice)
        return Outcome(refused=(), lines=frozenset(line[:-3] for line in lines))

    def of_drawn(self, patients: Mapping[str, bytes]) -> dict[str, Outcome]:
        """Return what follows for drawn patients, in their order.

        Args:
            patients: by number in five digits, the graph in N-Triples, its nodes called by `STEM`
                and the number.
        """
        cases = {STEM + number: data for number, data in patients.items()}
        refused = self._validator.refused(cases)
        store = ox.Store()
        store.bulk_extend(self._prepared)
        accepted = b"".join(data for name, data in cases.items() if name not in refused)
        store.load(accepted, format=ox.RdfFormat.N_TRIPLES, lenient=True)
        lines: dict[bytes, set[bytes]] = defaultdict(set)
        for step in self._steps.run(store):
            for line in step:
                lines[line[NUMBER]].add(line[:-3])
        return {
            number: Outcome(
                refused=_violations(refused.get(STEM + number, ())),
                lines=frozenset(lines.get(number.encode(), ())),
            )
            for number in patients
        }


def _violations(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f.message for f in findings if f.severity == "Violation"))


def n_triples(triples: Iterable[ox.Triple]) -> list[bytes]:
    """Return triples as lines of N-Triples, sorted."""
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return sorted(text.splitlines(keepends=True))
