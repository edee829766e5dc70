"""The Python door: one object that holds the knowledge and answers for patients."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import BinaryIO, Final

import pyoxigraph as ox

from poem_kg.advice import Conclusions
from poem_kg.asking import asks_everything, bind, check_known, check_patient, find_query
from poem_kg.catalogue import Query
from poem_kg.classifying import classified_studies, study_notices
from poem_kg.derivation import Derivation, derive
from poem_kg.errors import InputError
from poem_kg.explain.builder import explain
from poem_kg.explain.formats import written
from poem_kg.explain.model import Explanation
from poem_kg.explain.words import Words
from poem_kg.export.dataset import Beside, beside
from poem_kg.guest import Admission, names_meant
from poem_kg.knowledge import Knowledge, as_quads, load_alignments, load_knowledge
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.model import Advice, Finding, Provenance, QueryReference, Question, StudyReport
from poem_kg.namespaces import POEMKG, XSD
from poem_kg.notebook.showing import Showing
from poem_kg.provenance import run_triples
from poem_kg.query_result import QueryResult, query_result
from poem_kg.reading import SourceGraph, read_graph
from poem_kg.validation import PatientValidator
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
        return read_graph(
            path,
            format=format,
            limits=limits,
            stdin=stdin,
            meant=partial(names_meant, self.knowledge),
        )

    def validate(self, patient: SourceGraph | PathLike) -> tuple[Finding, ...]:
        """Return what the shapes find in a patient, worst first.

        Raises:
            InputError: the file cannot be used at all.
        """
        source = self._source(patient)
        self._admission.admit(source)
        return self._findings(source)

    def only_approved(self) -> KnowledgeBase:
        """Return the same knowledge, of which only approved statements speak for a therapy.

        What warns stays, approved or not, and each advice tells what was left out.
        """
        return self._approved

    @cached_property
    def _approved(self) -> KnowledgeBase:
        return KnowledgeBase(self.knowledge.only_approved())

    def recommend(
        self,
        patient: SourceGraph | PathLike,
        *,
        as_of: date | None = None,
        approved_only: bool = False,
    ) -> Advice:
        """Return the advice for a patient; without options where the patient does not conform.

        Args:
            patient: a file, or what `read` returned.
            as_of: the day for which to advise; without it the newest date among the records.
            approved_only: as `only_approved`.

        Raises:
            InputError: the file cannot be used at all.
        """
        if approved_only and not self.knowledge.approved_only:
            return self.only_approved().recommend(patient, as_of=as_of)
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
            approved_only=self.knowledge.approved_only,
        )
        if any(f.severity == "Violation" for f in findings):
            return Advice(
                patient=iri,
                conforms=False,
                findings=findings,
                provenance=provenance,
                notebook=self._showing,
            )
        derivation = self.derive(source, as_of=as_of)
        conclusions = Conclusions(self.knowledge, derivation, iri)
        provenance = replace(provenance, as_of=provenance.as_of or conclusions.as_of())
        return Advice(
            patient=iri,
            conforms=True,
            findings=findings,
            diagnoses=conclusions.diagnoses(),
            options=tuple(replace(o, notebook=self._showing) for o in conclusions.options()),
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
            notebook=self._showing,
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
                notebook=self._showing,
            )
        return StudyReport(
            patient=advice.patient,
            conforms=True,
            findings=advice.findings,
            studies=classified_studies(self.knowledge, advice),
            diagnoses=advice.diagnoses,
            notices=study_notices(self.knowledge, advice),
            provenance=advice.provenance,
            notebook=self._showing,
        )

    def explain(
        self,
        patient: SourceGraph | PathLike,
        *,
        option: str | None = None,
        why_not: str | None = None,
        as_of: date | None = None,
    ) -> Explanation:
        """Return why the options stand where they stand, and why others are not offered.

        Args:
            patient: a file, or what `read` returned.
            option: only this option, by IRI, local name, label or synonym of its therapy.
            why_not: only why this therapy is not ready or not offered, by the same names.
            as_of: the day for which to advise; without it the newest date among the records.

        Raises:
            InputError: the file cannot be used or violates the shapes, or nothing is called so.
        """
        source = self._source(patient)
        advice = self.recommend(source, as_of=as_of)
        if not advice.conforms:
            raise _violates(source)
        derivation = self.derive(source, as_of=as_of)
        told = explain(self.knowledge, advice, derivation, option=option, refused=why_not)
        options = tuple(replace(o, notebook=self._showing) for o in told.options)
        return replace(told, options=options, notebook=self._showing)

    def tell(
        self, explanation: Explanation, *, format: str = "text", audience: str = "clinician"
    ) -> str:
        """Return an explanation in words, as data or as a picture.

        Args:
            explanation: what `explain` returned.
            format: one of `explain.formats.EXPLANATION_FORMATS`.
            audience: one of `explain.words.audiences`.
        """
        return written(explanation, Words(self.knowledge, audience), format=format).decode()

    def ask(
        self,
        name: str,
        patient: SourceGraph | PathLike | None = None,
        /,
        *,
        as_of: date | None = None,
        limits: Limits = DEFAULT_LIMITS,
        **parameters: object,
    ) -> QueryResult:
        """Return the answer to a query of the catalogue.

        >>> KnowledgeBase.load().ask("mimics").variables
        ('group', 'member', 'label', 'place', 'therapy', 'statement', 'source')

        Args:
            name: its name, with or without its folder, or a file with a query.
            patient: for a query about a patient, who is asked with all that follows: a file, or
                what `read` returned.
            as_of: the day for which to derive.
            limits: what the query may cost.
            parameters: of the query; an IRI in full or as `poemkg:NAME`.

        Raises:
            InputError: the query, a parameter or the patient cannot be used, or the value of a
                parameter is nowhere in what is asked.
            LimitExceeded: the query takes too much.
        """
        query = find_query(name)
        given = [(key, str(value)) for key, value in parameters.items()]
        bindings = bind(query, given)
        check_patient(
            query,
            patient,
            missing="hand it in after the name of the query",
            needless="ask it without one",
        )
        store = self.graph_for(query, patient, as_of=as_of)
        check_known(query, given, store)
        return query_result(
            store,
            query.text,
            name=query.name,
            about_patient=patient is not None,
            bindings=bindings,
            limits=limits,
            notebook=self._showing,
        )

    def sparql(
        self,
        text: str,
        patient: SourceGraph | PathLike | None = None,
        /,
        *,
        as_of: date | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> QueryResult:
        """Return the answer to a query of your own, from all that the service's `/sparql` asks.

        That is the ontology, what was prepared from it and the alignments, and the named graphs.
        Otherwise as `ask`.

        Args:
            text: SELECT, ASK, CONSTRUCT or DESCRIBE.
            patient: asked as well.
            as_of: the day for which to derive.
            limits: what the query may cost.

        Raises:
            InputError: the text is no query, or the patient cannot be used.
            LimitExceeded: the query takes too much.
        """
        return query_result(
            self.graph_for(None, patient, as_of=as_of),
            text,
            name="query",
            about_patient=patient is not None,
            limits=limits,
            notebook=self._showing,
        )

    def graph_for(
        self,
        query: Query | None,
        patient: SourceGraph | PathLike | None,
        *,
        as_of: date | None = None,
    ) -> ox.Store:
        """Return what a query is asked of: the knowledge, and what it needs besides.

        A question of one's own, without a line that names its graph, is asked of all that there
        is: what the service publishes as its dataset, and the patient where there is one.

        Args:
            query: its front matter tells what it needs; None is a question of one's own.
            patient: added with all that was derived for it.
            as_of: the day for which to derive.

        Raises:
            InputError: the patient cannot be used or violates the shapes.
        """
        if patient is None:
            store = self.knowledge.store()
        else:
            source = self._source(patient)
            if any(f.severity == "Violation" for f in self.validate(source)):
                raise _violates(source)
            store = self.derive(source, as_of=as_of).store
        if query is None or asks_everything(query):
            store.bulk_extend(self._beside.quads)
        elif query.front_matter.get("graph") == "alignments":
            store.bulk_extend(as_quads(load_alignments()))
        return store

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
        found = what_if(
            self.knowledge,
            self._dated(source, as_of),
            patient=self._admission.admit(source),
            therapy=therapy,
            audience=audience,
        )
        return replace(found, notebook=self._showing)

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
        dated = self._dated(source, as_of)
        found = what_next(self.knowledge, dated, questions, patient=patient)
        return replace(found, notebook=self._showing)

    def _repr_html_(self) -> str:
        return self._showing.html(self.knowledge)

    @cached_property
    def _showing(self) -> Showing:
        return Showing(self.knowledge)

    @cached_property
    def _beside(self) -> Beside:
        """The rest of the dataset, read when a question of one's own is first asked."""
        return beside(self.knowledge)

    @cached_property
    def _admission(self) -> Admission:
        return Admission(self.knowledge)

    def _findings(self, source: SourceGraph, as_of: date | None = None) -> tuple[Finding, ...]:
        unknown = self._admission.unknown_terms(source)
        return unknown + self._validator.validate(self._dated(source, as_of)).findings

    @cached_property
    def _validator(self) -> PatientValidator:
        """The shapes, compiled once for all patients."""
        return PatientValidator(self.knowledge)

    def _dated(self, source: SourceGraph, as_of: date | None) -> tuple[ox.Triple, ...]:
        """The triples of the input, with the as-of date where one was asked for."""
        if as_of is None:
            return source.triples
        patient = ox.NamedNode(self._admission.admit(source))
        day = ox.Literal(as_of.isoformat(), datatype=_DATE)
        return (*source.triples, ox.Triple(patient, _AS_OF, day))

    def _source(self, patient: SourceGraph | PathLike) -> SourceGraph:
        return patient if isinstance(patient, SourceGraph) else self.read(patient)


def _violates(source: SourceGraph) -> InputError:
    advice = "run poem-kg validate and correct the file"
    return InputError(source.name, "violates the shapes", advice)
