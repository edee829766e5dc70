"""A report as text for people: a block a finding, or one line a finding for editors and logs."""

from __future__ import annotations

from typing import Final

from poem_kg.checking.model import CheckReport, Problem
from poem_kg.errors import one_line
from poem_kg.namespaces import compact
from poem_kg.render import Page

_INDENT: Final = len("warning ")
_SEE: Final = "each rule is explained in docs/check.md; waive one in waivers.ttl, with a reason"


def report_text(report: CheckReport, *, base: str = "") -> str:
    """Return a report for reading: of each finding where it is, what is wrong and what to do.

    Lines are at most 100 characters long, but a place is never broken, so that a terminal can
    open it.

    Args:
        report: what was found.
        base: what stands before each file, such as `ontology/`.
    """
    parts = [f"checked: {line}\n" for line in report.checked]
    parts += [_block(problem, base) for problem in report.problems]
    if report.problems:
        parts.append(f"\n{_SEE}\n")
    return "".join(parts) + _counts(report)


def _block(problem: Problem, base: str) -> str:
    page = Page(colour=False)
    page.line(one_line(f"{compact(problem.term)} {problem.message}"), indent=_INDENT)
    page.line(problem.advice, indent=_INDENT)
    return f"\n{problem.severity:7} {problem.place(base)}  {problem.name}\n{page.text()}"


def report_lines(report: CheckReport, *, base: str = "") -> str:
    """Return a report with one line a finding, `FILE:LINE: severity rule: term: cause; advice`.

    The last line has the counts and what was not checked. It names no place, so no editor takes
    it for a finding.

    Args:
        report: what was found.
        base: what stands before each file.
    """
    lines = [
        one_line(
            f"{p.place(base)}: {p.severity} {p.name}: {compact(p.term)}: {p.message}; {p.advice}"
        )
        for p in report.problems
    ]
    lines += [
        one_line(f"{p.place(base)}: waived {p.name}: {compact(p.term)}: {p.message}; {p.waived}")
        for p in report.waived
    ]
    end = "; ".join((_counts(report).rstrip("\n"), *report.unchecked))
    return "".join(f"{line}\n" for line in (*lines, end))


def _counts(report: CheckReport) -> str:
    errors = sum(p.severity == "error" for p in report.problems)
    warnings = len(report.problems) - errors
    found = f"{_many(errors, 'error')}, {_many(warnings, 'warning')}"
    return f"{found}, {len(report.waived)} waived\n"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
