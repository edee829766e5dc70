"""What an advice consists of: frozen results that print as the documented JSON."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyoxigraph as ox


class Notebook(Protocol):
    """Whoever shows results in a notebook; it has the words that a result lacks."""

    def html(self, result: object) -> str:
        """Return a result as a piece of HTML."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A result that Jupyter shows as HTML; one that was made by hand is shown as Python writes it.

    Attributes:
        notebook: what shows it; no part of the result.
    """

    notebook: Notebook | None = field(default=None, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what shows it, since all the knowledge would be copied with it."""
        return {**self.__dict__, "notebook": None}

    def _repr_html_(self) -> str | None:
        return None if self.notebook is None else self.notebook.html(self)


@dataclass(frozen=True, kw_only=True)
class SourceReference:
    """Where a statement stands: source IRI, title, DOI, place in the source, marker as printed."""

    iri: str
    label: str
    title: str
    doi: str | None
    locator: str | None
    marker: str | None


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure with what is needed to read it; "not reported" where the source does not say.

    `value` and `baseline` are decimals in the UCUM `unit`, as the ontology writes them.
    """

    outcome: str | None
    value: str | None
    baseline: str | None
    unit: str | None
    statistic: str | None
    time_point: str | None
    population: str | None
    n: str | None
    scheme: str | None
    severity: str | None


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Why a statement no longer speaks for anything.

    Attributes:
        grounds: the codes of the grounds, such as "superseded" and "source-retracted".
        label: the grounds in words.
        by: the newer statement or source, the retracted source, or the decision it rests on.
    """

    grounds: tuple[str, ...]
    label: str
    by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StatementReference:
    """A statement as it bears on an option of this patient.

    `reviewed_on` is a day, as YYYY-MM-DD. A statement that warns goes on warning where it is left
    out, and tells why by `left_out`.
    """

    statement: str
    claim: str | None
    label: str
    kind: str
    direction: str | None
    strength: str | None
    certainty: str | None
    verified: str | None
    review: str | None
    applies: str
    indirect: bool
    via: str | None
    facts: tuple[str, ...]
    source: SourceReference
    estimate: Estimate | None
    reviewed_by: str | None = None
    reviewed_on: str | None = None
    left_out: LeftOut | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The standing that one argument gives an option."""

    standing: str
    line: int | None
    inner: str
    disorder: str
    via: str | None
    applies: str
    statement: str
    source: SourceReference
    review: str | None = None
    reviewed_by: str | None = None
    reviewed_on: str | None = None
    left_out: LeftOut | None = None


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What must hold before an option is used; `state` is "met", "not-met" or "unknown"."""

    criterion: str
    label: str
    kind: str
    state: str
    statement: str
    also: tuple[str, ...]
    facts: tuple[str, ...]
    source: SourceReference
    review: str | None = None
    reviewed_by: str | None = None
    reviewed_on: str | None = None
    left_out: LeftOut | None = None


@dataclass(frozen=True, kw_only=True)
class Option(Shown):
    """A therapy that at least one statement brings in for this patient."""

    option: str
    therapy: str
    label: str
    rank: int
    standing: str
    line: int | None
    disorder: str
    via: str | None
    standings: tuple[Standing, ...]
    readiness: str
    for_: tuple[StatementReference, ...]
    against: tuple[StatementReference, ...]
    cautions: tuple[StatementReference, ...]
    gaps: tuple[StatementReference, ...]
    outcomes: tuple[StatementReference, ...]
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """A disorder in scope; `basis` is "recorded" or "derived".

    `classification` is the edition by which it was derived, None where it was recorded.
    """

    disorder: str
    label: str
    basis: str
    status: str
    classification: str | None
    facts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TestFirst:
    """A test whose result must be known first."""

    test: str
    label: str
    statement: str
    facts: tuple[str, ...]
    source: SourceReference
    review: str | None = None
    reviewed_by: str | None = None
    reviewed_on: str | None = None
    left_out: LeftOut | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """What to find out next; `decides` are the therapies that the answer bears on."""

    rank: int
    criterion: str
    label: str
    kind: str
    decides: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NoStatement:
    """What the sources are silent on: a disorder, population, situation or therapy."""

    kind: str
    term: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something the reader should know that is no argument for or against an option."""

    kind: str
    label: str
    text: str | None
    applies: str
    statement: str | None
    facts: tuple[str, ...]
    source: SourceReference | None
    review: str | None = None
    reviewed_by: str | None = None
    reviewed_on: str | None = None
    left_out: LeftOut | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One validation result; `severity` is "Violation", "Warning" or "Info"."""

    focus: str
    path: str | None
    value: str | None
    severity: str
    message: str
    shape: str


@dataclass(frozen=True, kw_only=True)
class QueryReference:
    """A query that took part, by name, IRI and digest of its file."""

    name: str
    iri: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What exactly was asked of what: enough to run it again and compare.

    `approved_only` tells that statements that are not approved spoke for nothing.
    """

    ontology_version: str
    ontology_digest: str
    input_digest: str
    input_graph_digest: str
    as_of: str | None
    queries: tuple[QueryReference, ...]
    approved_only: bool = False


@dataclass(frozen=True, kw_only=True)
class NamedTerm:
    """A term with its label."""

    term: str
    label: str


@dataclass(frozen=True, kw_only=True)
class PatternResult:
    """What one pattern of an edition says of a study.

    `truth` is "met", "unknown" or "not-met"; `unknown` names the criteria that the study leaves
    open, `against` those that decide against the pattern, `settled_by` the tests that would settle
    an inconclusive result.
    """

    statement: str
    label: str
    outcome: str
    outcome_label: str
    truth: str
    unknown: tuple[NamedTerm, ...]
    against: tuple[NamedTerm, ...]
    facts: tuple[str, ...]
    settled_by: tuple[NamedTerm, ...]
    source: SourceReference


@dataclass(frozen=True, kw_only=True)
class EditionReading:
    """What one edition of a classification says of a study."""

    edition: str
    label: str
    results: tuple[PatternResult, ...]


@dataclass(frozen=True, kw_only=True)
class ClassifiedStudy:
    """A study as the editions read it; `reason` says why one was not classified."""

    study: str
    test: str
    label: str
    date: str | None
    classified: bool
    reason: str | None
    editions: tuple[EditionReading, ...]


@dataclass(frozen=True, kw_only=True)
class StudyReport(Shown):
    """The answer of `classify`: the studies of one patient and the diagnoses they yield."""

    patient: str
    conforms: bool
    findings: tuple[Finding, ...]
    studies: tuple[ClassifiedStudy, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    notices: tuple[Notice, ...] = ()
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class Advice(Shown):
    """The answer for one patient.

    Attributes:
        graph: the conclusions as triples, and the patient's own as they were read; empty where
            the patient did not conform.
    """

    patient: str
    conforms: bool
    findings: tuple[Finding, ...]
    diagnoses: tuple[Diagnosis, ...] = ()
    options: tuple[Option, ...] = ()
    tests: tuple[TestFirst, ...] = ()
    questions: tuple[Question, ...] = ()
    no_statement: tuple[NoStatement, ...] = ()
    notices: tuple[Notice, ...] = ()
    provenance: Provenance
    graph: tuple[ox.Triple, ...] = field(default=(), repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the advice as the documented JSON object."""
        document: dict[str, Any] = as_json(self)
        del document["graph"]
        return document


def as_json(value: Any) -> Any:
    """Return a result as JSON values; dataclasses become objects with camelCase keys."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            _key(f.name): () if f.name == "graph" else as_json(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if f.name != "notebook"
        }
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    return value


def _key(name: str) -> str:
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)
