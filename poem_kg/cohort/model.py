"""What passes between the parts of a cohort run: patients in, results out."""

from __future__ import annotations

from dataclasses import dataclass, field

from poem_kg.model import Finding


@dataclass(frozen=True)
class Block:
    """The lines of one patient, as they stand in the input.

    Attributes:
        name: where they begin, `FILE:LINE`, or what a grouped input calls them; for messages.
        data: N-Triples or N-Quads in UTF-8, each line with its line feed.
        graph: the IRI of their named graph, or None where the input has no graphs; who a result
            is about when the lines name no patient.
        problem: why there are no lines, where what stood there could not be read at all.
        strays: the nodes, in N-Triples, that do not hang together with the patient; where they
            are named elsewhere in the input too, its patients are not kept together.
        missing: the nodes, in N-Triples, that a record or the patient links to but no line of the
            block is about; where they are told elsewhere, patients are not kept together either.
    """

    name: str
    data: bytes = field(repr=False)
    graph: str | None = None
    problem: str | None = None
    strays: tuple[bytes, ...] = ()
    missing: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class OptionRow:
    """One option of one patient, a row of `options.parquet`.

    Attributes:
        patient, disorder, therapy: IRIs.
        standing: "line", "preferred", "option" or "conditional".
        line: the number of the line where the standing is "line".
        rank: from 1; ties share one.
        readiness: "withheld", "blocked", "needs-information", "needs-action" or "ready".
        unknown: the criteria that are unknown and hold the option back, IRIs, sorted.
        statements: the statements that bring the option in, IRIs, the governing one first.
    """

    patient: str
    disorder: str
    therapy: str
    standing: str
    line: int | None
    rank: int
    readiness: str
    unknown: tuple[str, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """What a manifest counts about an advised patient besides its options.

    Attributes:
        diagnoses: disorder IRI and basis ("recorded" or "derived"), each once.
        no_statement: kind and term of what the sources are silent on, each once.
        question: the criterion that is asked first, or None.
    """

    diagnoses: tuple[tuple[str, str], ...] = ()
    no_statement: tuple[tuple[str, str], ...] = ()
    question: str | None = None


@dataclass(frozen=True)
class PatientResult:
    """What came of one block: either advice or the reasons why there is none.

    Attributes:
        patient: the IRI of the patient; the graph or the name of the block where it has none.
        advice: the lines of the patient's graph in N-Quads, in a fixed order; empty where the
            patient was rejected.
        options: a row for each option.
        tally: what the manifest counts.
        findings: why the patient was rejected; empty where it was advised.
    """

    patient: str
    advice: bytes = field(default=b"", repr=False)
    options: tuple[OptionRow, ...] = ()
    tally: Tally = Tally()
    findings: tuple[Finding, ...] = ()

    @property
    def rejected(self) -> bool:
        """Whether there is no advice."""
        return bool(self.findings)
