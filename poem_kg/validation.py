"""Whether a patient, or the knowledge itself, keeps to the shapes; the only door to SHACL engines.

A patient is validated together with a small read-only vocabulary, because a shape for a class
would otherwise pass over its subclasses in silence. Shapes and data never share a graph: nothing
that a patient file says can switch a shape off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pyoxigraph as ox

from poem_kg.errors import KnowledgeError, ToolMissing
from poem_kg.knowledge import Knowledge
from poem_kg.model import Finding
from poem_kg.namespaces import POEMKG, RDFS, SH
from poem_kg.resources import data_dir

Engine = Literal["auto", "shacl", "pyshacl"]
ResultRow = tuple[str, str | None, str | None, str, str, str]
"""Focus, path, value, local name of the severity, message and shape of one result."""
RawReport = Callable[[bytes], list[ResultRow]]

PATIENT_SHAPES: Final = ("kinds", "patient", "records", "studies", "contradictions")
STATEMENT_SHAPES: Final = ("kinds", "statements", "criteria")
CONCLUSION_SHAPES: Final = ("conclusions",)

_NODE_NUMBER: Final = re.compile(r"[-:][0-9]+\Z")
_SEVERITIES: Final = ("Violation", "Warning", "Info")
_KIND_OF: Final = ox.NamedNode(POEMKG + "isKindOf")
_SUBCLASS: Final = ox.NamedNode(RDFS + "subClassOf")
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
        self._vocabulary = _n_triples(vocabulary(knowledge))
        self.engine, self._run = _compiled(PATIENT_SHAPES, engine)

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
        if not cases:
            return {}
        rows: dict[str, list[ResultRow]] = {name: [] for name in cases}
        found = self._run(b"".join((*cases.values(), self._vocabulary)))
        if len(cases) == 1:
            rows = dict.fromkeys(cases, found)
        else:
            for row in found:
                focus = row[0]
                name = focus if focus in rows else _NODE_NUMBER.sub("", focus)
                if name not in rows:
                    return self._validate_halves(cases)
                rows[name].append(row)
        return {name: _findings(own) for name, own in rows.items()}

    def _validate_halves(self, cases: Mapping[str, bytes]) -> dict[str, tuple[Finding, ...]]:
        named = list(cases.items())
        middle = len(named) // 2
        first, second = (self.validate_many(dict(h)) for h in (named[:middle], named[middle:]))
        return first | second


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
    name, run = _compiled(STATEMENT_SHAPES, engine)
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
    name, run = _compiled(CONCLUSION_SHAPES, engine)
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


def _compiled(names: Iterable[str], engine: Engine) -> tuple[str, RawReport]:
    """The name of the engine that will run, and the function that runs it on N-Triples."""
    folder = data_dir("shapes")
    try:
        text = "\n".join((folder / f"{n}.ttl").read_text(encoding="utf-8") for n in names)
    except OSError as error:
        raise KnowledgeError(f"{error.filename}: {error.strerror}; restore the file") from None
    if engine != "pyshacl":
        try:
            return "shacl", _rust(text)
        except ImportError:
            if engine == "shacl":
                raise ToolMissing("shacl is not installed; pip install shacl") from None
    try:
        return "pyshacl", _pyshacl(text)
    except ImportError:
        raise ToolMissing("no SHACL engine is installed; pip install shacl or pyshacl") from None


def _rust(text: str) -> RawReport:
    import shacl

    try:
        shapes = shacl.Shapes.from_text(text)
    except ValueError as error:
        raise KnowledgeError(f"shapes: {error}; correct the Turtle") from None

    def run(data: bytes) -> list[ResultRow]:
        try:
            report = shapes.validate_text(data.decode(), format="ntriples")
        except ValueError as error:
            raise KnowledgeError(f"shapes: {error}; correct the shape") from None
        return [
            (
                _plain(result.focus_node),
                _simple_path(result.path),
                result.value_plain,
                result.severity,
                result.message or "",
                _plain(result.source_shape or ""),
            )
            for result in report.results
        ]

    return run


def _plain(term: str) -> str:
    """An IRI without its brackets; anything else as it is."""
    return term[1:-1] if term.startswith("<") else term


def _simple_path(path: str | None) -> str | None:
    """The IRI of a path that is one property, or None."""
    simple = path is not None and path.startswith("<") and ">" not in path[:-1]
    return _plain(path) if path is not None and simple else None


def _pyshacl(text: str) -> RawReport:
    import pyshacl
    from pyshacl.errors import ReportableRuntimeError, ShapeLoadError
    from rdflib import RDF, Graph, URIRef

    try:
        shapes = Graph().parse(data=text, format="turtle")
    except SyntaxError as error:
        raise KnowledgeError(f"shapes: {error}; correct the Turtle") from None
    result_class = URIRef(SH + "ValidationResult")

    def run(data: bytes) -> list[ResultRow]:
        try:
            _, report, _ = pyshacl.validate(
                _rdflib_graph(data), shacl_graph=shapes, inference="none", advanced=False
            )
        except (ShapeLoadError, ReportableRuntimeError) as error:
            raise KnowledgeError(f"shapes: {error}; correct the shape") from None
        return [_row(report, node) for node in report.subjects(RDF.type, result_class)]

    def _row(report: Any, node: Any) -> ResultRow:
        found = {
            name: report.value(node, URIRef(SH + name))
            for name in ("focusNode", "resultPath", "value", "resultSeverity", "sourceShape")
        }
        path, value, shape = found["resultPath"], found["value"], found["sourceShape"]
        # A query's own message is the more precise one; pySHACL gives that of the shape as well.
        general = {str(message) for message in shapes.objects(shape, URIRef(SH + "message"))}
        messages = {str(message) for message in report.objects(node, URIRef(SH + "resultMessage"))}
        return (
            str(found["focusNode"]),
            str(path) if isinstance(path, URIRef) else None,
            None if value is None else str(value),
            str(found["resultSeverity"]).removeprefix(SH),
            min(messages - general or messages, default=""),
            str(shape),
        )

    return run


def _rdflib_graph(data: bytes) -> Any:
    """N-Triples as an rdflib graph whose literals keep the form in which they were written."""
    from rdflib import Graph, Literal, URIRef

    def term(node: Any) -> Any:
        if isinstance(node, ox.Literal):
            if node.language:
                return Literal(node.value, lang=node.language)
            return Literal(node.value, datatype=URIRef(node.datatype.value), normalize=False)
        return URIRef(node.value)

    graph = Graph()
    for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES):
        graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
    return graph
