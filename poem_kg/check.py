"""Is the knowledge sound? One report over imports, shapes, check queries and OWL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from poem_kg.catalogue import Query, read_queries
from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import Knowledge, load_knowledge, parse_module
from poem_kg.namespaces import QUERY
from poem_kg.render import table_text
from poem_kg.resources import data_dir
from poem_kg.validation import validate_statements


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong in the knowledge.

    Attributes:
        rule: the IRI of the shape or query that found it, or the name of the OWL check.
        severity: "error" or "warning".
        term: the IRI that it is about.
        message: what is wrong.
        advice: what to do.
    """

    rule: str
    severity: str
    term: str
    message: str
    advice: str


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """What was checked and what was found.

    Attributes:
        sound: no problem of severity "error".
        checked: a line for each kind of check, with counts.
        problems: sorted by severity, rule and term.
    """

    sound: bool
    checked: tuple[str, ...]
    problems: tuple[Problem, ...]


def check_knowledge(folder: Path | None = None, *, reasoner: bool = True) -> CheckReport:
    """Return what is wrong with an ontology folder, by default with that of the package.

    Args:
        folder: a folder with `poem-kg.ttl` and `catalog-v001.xml`.
        reasoner: also ask HermiT for consistency and the OWL API for the OWL 2 DL profile.

    Raises:
        KnowledgeError: a file is missing, is no Turtle, or an import cannot be resolved.
        ToolMissing: there is no Java for the OWL checks.
    """
    root = folder if folder is not None else data_dir("ontology")
    knowledge = load_knowledge(ontology=root)
    checked = [f"{len(knowledge.files)} modules, {len(knowledge.ontology)} triples, imports closed"]
    problems = list(_shape_problems(knowledge))
    checked.append("statement and criterion shapes")
    queries = read_queries(data_dir("queries") / "check")
    for query in queries:
        problems += _query_problems(query, knowledge)
    checked.append(f"{len(queries)} check queries")
    alignments = _alignments(root)
    checked.append(f"{len(alignments)} alignment files")
    if reasoner:
        problems += _owl_problems(knowledge.ontology, "the ontology")
        for path, triples in alignments:
            problems += _owl_problems((*knowledge.ontology, *triples), path.name)
        checked.append("OWL 2 DL profile (OWL API), consistency and satisfiability (HermiT)")
    ordered = sorted(set(problems), key=lambda p: (p.severity, p.rule, p.term, p.message))
    return CheckReport(
        sound=not any(p.severity == "error" for p in ordered),
        checked=tuple(checked),
        problems=tuple(ordered),
    )


def report_text(report: CheckReport) -> str:
    """Return a report as text."""
    lines = [f"checked: {line}\n" for line in report.checked]
    if report.problems:
        rows = ((p.severity, _short(p.term), f"{p.message}; {p.advice}") for p in report.problems)
        lines.append(table_text(("severity", "term", "problem"), rows, colour=False))
    errors = sum(p.severity == "error" for p in report.problems)
    lines.append(f"{errors} errors, {len(report.problems) - errors} warnings\n")
    return "".join(lines)


def _shape_problems(knowledge: Knowledge) -> Iterator[Problem]:
    for finding in validate_statements(knowledge).findings:
        yield Problem(
            rule=finding.shape,
            severity="error" if finding.severity == "Violation" else "warning",
            term=finding.focus,
            message=finding.message,
            advice=f"see {finding.path}" if finding.path else "see the shape",
        )


def _query_problems(query: Query, knowledge: Knowledge) -> Iterator[Problem]:
    store = knowledge.store()
    try:
        rows = store.query(query.text)
    except (SyntaxError, RuntimeError) as error:
        raise KnowledgeError(f"{query.path}: {error}; correct the query") from None
    assert isinstance(rows, ox.QuerySolutions)
    names = [v.value for v in rows.variables]
    for row in rows:
        values = [str(getattr(row[name], "value", row[name]) or "") for name in names]
        rest = ", ".join(f"{n} {v}" for n, v in zip(names[1:], values[1:], strict=True) if v)
        yield Problem(
            rule=QUERY + query.name.replace("/", "-"),
            severity=query.front_matter.get("severity", "error"),
            term=values[0],
            message=f"{query.summary.rstrip('.')}{': ' + rest if rest else ''}",
            advice=query.front_matter.get("advice", "correct the statement"),
        )


def _alignments(root: Path) -> list[tuple[Path, tuple[ox.Triple, ...]]]:
    return [(p, parse_module(p)) for p in sorted((root / "alignments").glob("*.ttl"))]


def _owl_problems(triples: tuple[ox.Triple, ...], name: str) -> Iterator[Problem]:
    from poem_kg.reasoning import check_consistency, profile_violations

    for violation in profile_violations(triples):
        yield Problem(
            rule="owl-2-dl",
            severity="error",
            term=name,
            message=violation,
            advice="declare the term once, of one kind",
        )
    result = check_consistency(triples)
    if not result.consistent:
        yield Problem(
            rule="consistency",
            severity="error",
            term=name,
            message="contradicts itself",
            advice="look at what was changed last",
        )
    for iri in result.unsatisfiable:
        yield Problem(
            rule="satisfiability",
            severity="error",
            term=iri,
            message="can have no member",
            advice="look at its superclasses and at what they are disjoint with",
        )


def _short(iri: str) -> str:
    return iri.rsplit("/", 1)[-1] or iri
