"""A report as text for people: a table, or one line a finding for editors and logs."""

from __future__ import annotations

from typing import Final

from poem_kg.checking.model import CheckReport
from poem_kg.errors import one_line
from poem_kg.namespaces import compact
from poem_kg.render import table_text

_SEE: Final = "each rule is explained in docs/check.md; waive one in waivers.ttl, with a reason"


def report_text(report: CheckReport, *, base: str = "") -> str:
    """Return a report as a table, 100 characters wide.

    Args:
        report: what was found.
        base: what stands before each file, such as `ontology/`.
    """
    parts = [f"checked: {line}\n" for line in report.checked]
    if report.problems:
        rows = (
            (p.severity, p.place(base), p.name, compact(p.term), f"{p.message}; {p.advice}")
            for p in report.problems
        )
        heads = ("severity", "place", "rule", "term", "problem")
        parts.append(table_text(heads, rows, colour=False))
        parts.append(_SEE + "\n")
    return "".join(parts) + _counts(report)


def report_lines(report: CheckReport, *, base: str = "") -> str:
    """Return a report with one line a finding, `FILE:LINE: severity rule: term: cause; advice`.

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
    return "".join(f"{line}\n" for line in lines) + _counts(report)


def _counts(report: CheckReport) -> str:
    errors = sum(p.severity == "error" for p in report.problems)
    warnings = len(report.problems) - errors
    found = f"{_many(errors, 'error')}, {_many(warnings, 'warning')}"
    return f"{found}, {len(report.waived)} waived\n"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
