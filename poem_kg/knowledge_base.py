"""The Python door: one object that holds the knowledge and answers for patients."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final

import pyoxigraph as ox

from poem_kg.advice import Conclusions
from poem_kg.classifying import classified_studies, study_notices
from poem_kg.derivation import Derivation, derive
from poem_kg.guest import Admission
from poem_kg.knowledge import Knowledge, load_knowledge
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.model import Advice, Finding, Provenance, QueryReference, Question, StudyReport
from poem_kg.namespaces import POEMKG, XSD
from poem_kg.provenance import run_triples
from poem_kg.reading import SourceGraph, read_graph
from poem_kg.validation import validate_patient
from poem_kg.whatif.questions import WhatNext, what_next
from poem_kg.whatif.search import WhatIf, what_if

_AS_OF: Final = ox.NamedNode(POEMKG + "asOf")
_DATE: Final = ox.NamedNode(XSD + "date")

PathLike = str | os.PathLike[str]


@dataclass(frozen=True)
class KnowledgeBase:
    """The knowledge, ready to answer.

    >>> kb = KnowledgeBase.load()
    >>> advice = kb.recommend("examples/S3a-type-iii.ttl")
    >>> [(option.label, option.standing, option.readiness) for option in advice.options]
    [('per-oral endoscopic myotomy', 'preferred', 'ready'), \
('laparoscopic Heller myotomy', 'option', 'ready')]
    """

    knowledge: Knowledge

    @classmethod
    def load(cls, *, ontology: Path | None = None, queries: Path | None = None) -> KnowledgeBase:
        """Return the knowledge that comes with the package, or that of other folders.

        Raises:
            KnowledgeError: the knowledge is incomplete or broken.
        """
        return cls(load_knowledge(ontology=ontology, queries=queries))

    def read(
        self,
        path: PathLike | None,
        *,
        format: str | None = None,
        limits: Limits = DEFAULT_LIMITS,
        stdin: BinaryIO | None = None,
    ) -> SourceGraph:
        """Return the graph of a patient file, or of the standard input for None and "-".

        Raises:
            InputError: the file cannot be used; the text says where and why.
        """
        return read_graph(path, format=format, limits=limits, stdin=stdin)

    def validate(self, patient: SourceGraph | PathLike) -> tuple[Finding, ...]:
        """Return what the shapes find in a patient, worst first.

        Raises:
            InputError: the file cannot be used at all.
        """
        source = self._source(patient)
        self._admission.admit(source)
        return self._findings(source)

    def recommend(self, patient: SourceGraph | PathLike, *, as_of: date | None = None) -> Advice:
        """Return the advice for a patient; without options where the patient does not conform.

        Args:
            patient: a file, or what `read` returned.
            as_of: the day for which to advise; without it the newest date among the records.

        Raises:
            InputError: the file cannot be used at all.
        """
        source = self._source(patient)
        iri = self._admission.admit(source)
        findings = self._findings(source, as_of)
        provenance = Provenance(
            ontology_version=self.knowledge.version,
            ontology_digest=self.knowledge.digest,
            input_digest=source.digest,
            input_graph_digest=source.graph_digest,
            as_of=as_of.isoformat() if as_of else None,
            queries=tuple(
                QueryReference(name=q.name, iri=q.iri, digest=q.digest)
                for q in (*self.knowledge.prepare, *self.knowledge.derive)
            ),
        )
        if any(f.severity == "Violation" for f in findings):
            return Advice(patient=iri, conforms=False, findings=findings, provenance=provenance)
        derivation = self.derive(source, as_of=as_of)
        conclusions = Conclusions(self.knowledge, derivation, iri)
        provenance = replace(provenance, as_of=provenance.as_of or conclusions.as_of())
        return Advice(
            patient=iri,
            conforms=True,
            findings=findings,
            diagnoses=conclusions.diagnoses(),
            options=conclusions.options(),
            tests=conclusions.tests(),
            questions=conclusions.questions(),
            no_statement=conclusions.no_statement(),
            notices=conclusions.notices(),
            provenance=provenance,
            graph=(
                *source.triples,
                *derivation.advice,
                *run_triples(provenance, derivation.advice, patient=iri),
            ),
        )

    def classify(
        self, patient: SourceGraph | PathLike, *, as_of: date | None = None
    ) -> StudyReport:
        """Return what each edition of a classification says of the patient's studies.

        Args:
            patient: a file, or what `read` returned.
            as_of: the day for which to classify; without it the newest date among the records.

        Raises:
            InputError: the file cannot be used at all.
        """
        advice = self.recommend(patient, as_of=as_of)
        if not advice.conforms:
            return StudyReport(
                patient=advice.patient,
                conforms=False,
                findings=advice.findings,
                provenance=advice.provenance,
            )
        return StudyReport(
            patient=advice.patient,
            conforms=True,
            findings=advice.findings,
            studies=classified_studies(self.knowledge, advice),
            diagnoses=advice.diagnoses,
            notices=study_notices(self.knowledge, advice),
            provenance=advice.provenance,
        )

    def derive(self, source: SourceGraph, *, as_of: date | None = None) -> Derivation:
        """Return the conclusions about an admitted and valid patient, with the whole graph.

        Args:
            source: what `read` returned.
            as_of: the day for which to derive.
        """
        return derive(self.knowledge, self._dated(source, as_of))

    def what_if(
        self,
        source: SourceGraph,
        *,
        as_of: date | None = None,
        therapy: str | None = None,
        audience: str = "clinician",
    ) -> WhatIf:
        """Return the smallest sets of changes that would change how therapies stand.

        Args:
            source: an admitted and valid patient, as `read` returned it.
            as_of: the day for which to advise.
            therapy: only this one, by IRI, local name or label.
            audience: for a "researcher" what is recorded can change as well.

        Raises:
            InputError: no statement gives a therapy of that name a standing.
        """
        return what_if(
            self.knowledge,
            self._dated(source, as_of),
            patient=self._admission.admit(source),
            therapy=therapy,
            audience=audience,
        )

    def what_next(
        self, source: SourceGraph, questions: Iterable[Question], *, as_of: date | None = None
    ) -> WhatNext:
        """Return the questions of an advice, and what each answer would change.

        Args:
            source: the patient, as `read` returned it.
            questions: those of the advice.
            as_of: the day for which the advice was given.
        """
        patient = self._admission.admit(source)
        return what_next(self.knowledge, self._dated(source, as_of), questions, patient=patient)

    @cached_property
    def _admission(self) -> Admission:
        return Admission(self.knowledge)

    def _findings(self, source: SourceGraph, as_of: date | None = None) -> tuple[Finding, ...]:
        unknown = self._admission.unknown_terms(source)
        return unknown + validate_patient(self.knowledge, self._dated(source, as_of)).findings

    def _dated(self, source: SourceGraph, as_of: date | None) -> tuple[ox.Triple, ...]:
        """The triples of the input, with the as-of date where one was asked for."""
        if as_of is None:
            return source.triples
        patient = ox.NamedNode(self._admission.admit(source))
        day = ox.Literal(as_of.isoformat(), datatype=_DATE)
        return (*source.triples, ox.Triple(patient, _AS_OF, day))

    def _source(self, patient: SourceGraph | PathLike) -> SourceGraph:
        return patient if isinstance(patient, SourceGraph) else self.read(patient)
