"""Whether a patient, or the knowledge itself, keeps to the shapes.

A patient is validated together with a small read-only vocabulary, because a shape for a class
would otherwise pass over its subclasses in silence. Shapes and data never share a graph: nothing
that a patient file says can switch a shape off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import Knowledge
from poem_kg.model import Finding
from poem_kg.namespaces import POEMKG, RDFS, SH
from poem_kg.resources import data_dir
from poem_kg.screening import asking_of
from poem_kg.screens import Screen
from poem_kg.shacl_engines import Engine, RawReport, ResultRow, compiled

PATIENT_SHAPES: Final = ("kinds", "patient", "records", "studies", "contradictions")
STATEMENT_SHAPES: Final = ("kinds", "statements", "criteria")
CONCLUSION_SHAPES: Final = ("conclusions",)

_SLICE: Final = 8
"""Patients whom an engine gets at once: it reads all of them anew for each rule in SPARQL."""
_NODE_NUMBER: Final = re.compile(r"[-:][0-9]+\Z")
_SEVERITIES: Final = ("Violation", "Warning", "Info")
_KIND_OF: Final = ox.NamedNode(POEMKG + "isKindOf")
_SUBCLASS: Final = ox.NamedNode(RDFS + "subClassOf")
_SPARQL: Final = ox.NamedNode(SH + "sparql")
_SEVERITY: Final = ox.NamedNode(SH + "severity")
_VIOLATION: Final = ox.NamedNode(SH + "Violation")
_RECORD: Final = ox.NamedNode(POEMKG + "Record")
_TOPS: Final = (_RECORD, *(ox.NamedNode(POEMKG + n) for n in ("ClinicalConcept", "ResultClass")))
_READ_BY_SHAPES: Final = frozenset(
    ox.NamedNode(POEMKG + name)
    for name in (
        "allowsStatus",
        "comparesMeasure",
        "forPatients",
        "goesStale",
        "heldBySwallow",
        "inPosition",
        "integerValued",
        "maximum",
        "member",
        "minimum",
        "onShare",
        "onStudyFinding",
        "positiveFor",
        "readsTest",
        "recordedBy",
        "recordedOnlyBy",
        "recordsKind",
        "ruleOutTestOf",
        "rulesOutFor",
        "statedAs",
        "sumOf",
    )
)


@dataclass(frozen=True)
class Report:
    """What the shapes found, the gravest first, then by focus, shape, path and value.

    Attributes:
        conforms: whether there is no Violation.
        findings: each once.
        engine: the engine that ran, "shacl" or "pyshacl"; both find the same.
    """

    conforms: bool
    findings: tuple[Finding, ...]
    engine: str


class PatientValidator:
    """Compiled shapes and the vocabulary of one knowledge, to validate any number of patients.

    Args:
        knowledge: read once, when the validator is made.
        engine: "shacl" (fast), "pyshacl" (reference), or "auto": the fast one if it is installed.

    Raises:
        KnowledgeError: the shapes are missing or broken.
        ToolMissing: the engine is not installed.
    """

    def __init__(self, knowledge: Knowledge, *, engine: Engine = "auto") -> None:
        words = vocabulary(knowledge)
        self._vocabulary = _n_triples(words)
        self.engine, self._run = compiled(_shapes(PATIENT_SHAPES), engine)
        self._screen = Screen(words)
        self._run_on = lru_cache(maxsize=64)(self._on_topics)

    def validate(self, triples: Iterable[ox.Triple]) -> Report:
        """Return what the shapes find in a patient graph without blank nodes.

        Args:
            triples: one patient, as `read_graph` returns it, with `poemkg:asOf` if the caller asked
                for a date.
        """
        return _report(self._run(_n_triples(triples) + self._vocabulary), self.engine)

    def validate_many(self, cases: Mapping[str, bytes]) -> dict[str, tuple[Finding, ...]]:
        """Return for each case what `validate` finds in it alone, in the same order, in one call.

        The cases share a graph with the vocabulary, so what one of them says must not reach
        another. It does not, if each was admitted by `guest.Admission` (no word of the vocabulary
        stands as a predicate) and if no two cases name a node by the same IRI. A link to an IRI
        that is no node of its case, such as a class in place of a record, is the one thing that
        several may share. Where such an IRI is found wanting, the batch is halved until the case
        that links to it is alone.

        Shapes compare IRIs by their order as text (the smaller of two records is the value, the
        other stands in the message), so placeholders must sort as what they stand for.

        Args:
            cases: by the IRI of its patient, one patient in N-Triples without blank nodes. Its
                other nodes are named by the same IRI with `-` or `:` and digits after it, such as
                `urn:poem-kg:case:0123` and `urn:poem-kg:case:0123:07`.

        Raises:
            KnowledgeError: the shapes are broken.
        """
        asked: dict[frozenset[str] | None, list[str]] = {}
        for name, data in cases.items():
            topics = self._screen.topics(data) if self.engine == "shacl" else None
            asked.setdefault(topics, []).append(name)
        found: dict[str, tuple[Finding, ...]] = {}
        for topics, names in asked.items():
            run = self._run if topics is None else self._run_on(topics)
            for first in range(0, len(names), _SLICE):
                part = {name: cases[name] for name in names[first : first + _SLICE]}
                found |= self._validate_together(part, run)
        return {name: found[name] for name in cases}

    def refused(self, cases: Mapping[str, bytes]) -> dict[str, tuple[Finding, ...]]:
        """Return the cases with a Violation, and for each what `validate` finds in it alone.

        This is `validate_many` without the cases that conform, and quick if nearly all do: these
        are asked only what is cheap to ask, and what `screening` cannot answer.

        Args:
            cases: as for `validate_many`, in canonical N-Triples.

        Raises:
            KnowledgeError: the shapes are broken.
        """
        suspects = {name: cases[name] for name in self._suspects(cases)}
        return {
            name: findings
            for name, findings in self.validate_many(suspects).items()
            if any(f.severity == "Violation" for f in findings)
        }

    def _suspects(self, cases: Mapping[str, bytes]) -> list[str]:
        """The cases that may have a Violation."""
        if self.engine != "shacl" or len(cases) == 1:
            return list(cases)
        by_case = _by_case(self._run_gravest(self._with_vocabulary(cases)), cases)
        if by_case is None:
            return [name for half in _halves(cases) for name in self._suspects(half)]
        return [
            name
            for name, rows in by_case.items()
            if any(row[3] == "Violation" for row in rows)
            or self._screen.topics(cases[name], grave=True)
        ]

    def _validate_together(
        self, cases: Mapping[str, bytes], run: RawReport
    ) -> dict[str, tuple[Finding, ...]]:
        rows = run(self._with_vocabulary(cases))
        by_case = dict.fromkeys(cases, rows) if len(cases) == 1 else _by_case(rows, cases)
        if by_case is None:
            first, second = (self._validate_together(half, run) for half in _halves(cases))
            return first | second
        return {name: _findings(own) for name, own in by_case.items()}

    def _on_topics(self, topics: frozenset[str]) -> RawReport:
        """What runs every rule but those that a screen stands for and that are on other topics."""
        return compiled(_n_triples(asking_of(_patient_shapes(), topics)).decode(), "shacl")[1]

    @cached_property
    def _run_gravest(self) -> RawReport:
        """The same on no topic at all, without the rules in SPARQL that report no Violation."""
        shapes = asking_of(_patient_shapes(), ())
        mild = {t.subject for t in shapes if t.predicate == _SEVERITY and t.object != _VIOLATION}
        kept = [t for t in shapes if t.predicate != _SPARQL or t.subject not in mild]
        return compiled(_n_triples(kept).decode(), "shacl")[1]

    def _with_vocabulary(self, cases: Mapping[str, bytes]) -> bytes:
        return b"".join((*cases.values(), self._vocabulary))


def validate_patient(
    knowledge: Knowledge, triples: Iterable[ox.Triple], *, engine: Engine = "auto"
) -> Report:
    """Return what the shapes find in one patient graph; `PatientValidator` is for many.

    Args:
        knowledge: where the vocabulary comes from.
        triples: the patient, without blank nodes.
        engine: as for `PatientValidator`.

    Raises:
        KnowledgeError: the shapes are missing or broken.
        ToolMissing: the engine is not installed.
    """
    return PatientValidator(knowledge, engine=engine).validate(triples)


def validate_statements(knowledge: Knowledge, *, engine: Engine = "auto") -> Report:
    """Return what the shapes find in the statements, criteria and clinical terms.

    Args:
        knowledge: the ontology and what was prepared from it.
        engine: as for `PatientValidator`.

    Raises:
        KnowledgeError: the shapes are missing or broken.
        ToolMissing: the engine is not installed.
    """
    name, run = compiled(_shapes(STATEMENT_SHAPES), engine)
    return _report(run(_n_triples((*knowledge.ontology, *knowledge.prepared))), name)


def validate_conclusions(
    knowledge: Knowledge, triples: Iterable[ox.Triple], *, engine: Engine = "auto"
) -> Report:
    """Return what the shapes find in an advice: whether each conclusion tells where it comes from.

    Args:
        knowledge: what the conclusions were derived from.
        triples: patients, conclusions and runs, as `Advice.graph` holds them.
        engine: as for `PatientValidator`.

    Raises:
        KnowledgeError: the shapes are missing or broken.
        ToolMissing: the engine is not installed.
    """
    name, run = compiled(_shapes(CONCLUSION_SHAPES), engine)
    data = dict.fromkeys((*knowledge.ontology, *knowledge.prepared, *triples))
    return _report(run(_n_triples(data)), name)


def vocabulary(knowledge: Knowledge) -> tuple[ox.Triple, ...]:
    """Return what the shapes for patients read of the knowledge, and nothing else.

    That is the closed hierarchy of the classes that records can name, the kinds of records and what
    each is for, the facts about measures, what a classification reads of a study, and the prepared
    relations of tests and groups. No statement is in it, and no `rdf:type`, so that no shape can
    take a term for patient data.
    """
    kinds = [t for t in knowledge.prepared if t.predicate == _KIND_OF]
    narrow = {t.subject for t in kinds if t.object in _TOPS}
    records = {t.subject for t in kinds if t.object == _RECORD}
    facts = (
        t
        for t in (*knowledge.ontology, *knowledge.prepared)
        if t.predicate in _READ_BY_SHAPES or (t.predicate == _SUBCLASS and t.subject in records)
    )
    return (*(t for t in kinds if t.subject in narrow), *facts)


def _n_triples(triples: Iterable[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each finding once, the gravest first, then by focus, shape, path, value, message."""
    return tuple(
        sorted(
            set(findings),
            key=lambda f: (
                _SEVERITIES.index(f.severity),
                f.focus,
                f.shape,
                f.path or "",
                f.value or "",
                f.message,
            ),
        )
    )


def _report(rows: Iterable[ResultRow], engine: str) -> Report:
    findings = _findings(rows)
    conforms = all(f.severity != "Violation" for f in findings)
    return Report(conforms=conforms, findings=findings, engine=engine)


def _findings(rows: Iterable[ResultRow]) -> tuple[Finding, ...]:
    return in_order(
        Finding(
            focus=focus, path=path, value=value, severity=severity, message=message, shape=shape
        )
        for focus, path, value, severity, message, shape in rows
    )


def _by_case(
    rows: Iterable[ResultRow], cases: Mapping[str, bytes]
) -> dict[str, list[ResultRow]] | None:
    """The rows about the nodes of each case, or None where one is about something else."""
    found: dict[str, list[ResultRow]] = {name: [] for name in cases}
    for row in rows:
        focus = row[0]
        own = found.get(focus if focus in found else _NODE_NUMBER.sub("", focus))
        if own is None:
            return None
        own.append(row)
    return found


def _halves(cases: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    named = list(cases.items())
    middle = len(named) // 2
    return dict(named[:middle]), dict(named[middle:])


def _shapes(names: Iterable[str]) -> str:
    """The text of shape files, one after the other."""
    folder = data_dir("shapes")
    try:
        return "\n".join((folder / f"{n}.ttl").read_text(encoding="utf-8") for n in names)
    except OSError as error:
        raise KnowledgeError(f"{error.filename}: {error.strerror}; restore the file") from None


def _patient_shapes() -> list[ox.Triple]:
    text = _shapes(PATIENT_SHAPES).encode()
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
