"""Advice and findings as text for a terminal or a file."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pyoxigraph as ox

from poem_kg.errors import shorten
from poem_kg.findings import Places
from poem_kg.knowledge import Knowledge
from poem_kg.model import (
    Advice,
    ClassifiedStudy,
    Diagnosis,
    EditionReading,
    Finding,
    Notice,
    Option,
    StatementReference,
    StudyReport,
)
from poem_kg.review import remarks

_WIDTH = 100
_NARROWEST = 20
_LONGEST_PLACE = 300
_READINESS_COLOUR = {
    "withheld": "bold red",
    "blocked": "red",
    "needs-information": "yellow",
    "needs-action": "yellow",
    "ready": "green",
}
_APPROVED_ONLY = (
    "Only approved statements speak for a therapy here; what warns stays, approved or not."
)
_SHOWN_NOTICES = (
    "exclusion",
    "natural-history",
    "follow-up",
    "gap",
    "caution",
    "already-done",
    "contradiction",
)


class Page:
    """Lines of text, plain or coloured, of a width that does not depend on the machine."""

    def __init__(self, *, colour: bool, width: int = _WIDTH) -> None:
        from rich.console import Console

        self._width = width
        self._buffer = io.StringIO()
        self._console = Console(
            file=self._buffer,
            width=width,
            force_terminal=colour,
            force_jupyter=False,  # else rich shows the lines there rather than write them
            color_system="standard" if colour else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def line(self, text: str = "", *, style: str | None = None, indent: int = 0) -> None:
        """Print a paragraph, wrapped."""
        from rich.padding import Padding
        from rich.text import Text

        self._console.print(Padding(Text(text, style=style or ""), (0, 0, 0, indent)))

    def item(
        self, name: str, text: str, *, indent: int = 3, column: int = 12, style: str | None = None
    ) -> None:
        """Print a name in its own column and the text beside it, wrapped."""
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=indent)
        grid.add_column(width=column)
        grid.add_column(width=self._width - indent - column - 3, overflow="fold")
        grid.add_row("", Text(name, style="dim"), Text(text, style=style or ""))
        self._console.print(grid)

    def table(self, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
        """Print a table over the whole width, in which every cell may wrap."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, width=self._width)
        for head in heads:
            table.add_column(head, overflow="fold")
        for row in rows:
            table.add_row(*(Text(c, style=_READINESS_COLOUR.get(c, "")) for c in row))
        self._console.print(table)

    def figures(
        self, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, words: int
    ) -> None:
        """Print a table whose first `words` columns are words that may wrap, the rest figures."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for place, head in enumerate(heads):
            if place < words:
                table.add_column(head, overflow="fold")
            else:
                table.add_column(head, justify="right", no_wrap=True)
        for row in rows:
            table.add_row(*(Text(c, style=_READINESS_COLOUR.get(c, "")) for c in row))
        self._console.print(table)

    def text(self) -> str:
        """Return what was printed, without spaces at the ends of lines."""
        return "\n".join(line.rstrip() for line in self._buffer.getvalue().splitlines()) + "\n"


def table_text(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, colour: bool) -> str:
    """Return a table as text, 100 characters wide; where that is too narrow, one row below another.

    Cells may wrap, as long as no column gets narrower than 20 characters or than it needs.
    """
    page = Page(colour=colour)
    rows = list(rows)
    needed = [
        max(len(head), *(min(len(row[i]), _NARROWEST) for row in rows), 1)
        for i, head in enumerate(heads)
    ]
    if sum(needed) + 3 * len(heads) <= _WIDTH:
        page.table(heads, rows)
        return page.text()
    column = max(len(head) for head in heads)
    for number, row in enumerate(rows, 1):
        page.line(f"{number}", style="bold")
        for head, cell in zip(heads, row, strict=True):
            if cell:
                page.item(head, cell, column=column)
    return page.text()


def advice_text(
    advice: Advice,
    knowledge: Knowledge,
    *,
    colour: bool,
    patient: Iterable[ox.Triple] = (),
) -> str:
    """Return an advice as text, 100 characters wide, coloured or plain.

    Args:
        advice: the advice.
        knowledge: what it was derived from.
        colour: whether to colour it.
        patient: the triples of the patient, by which findings call the records.
    """
    page = Page(colour=colour)
    page.line(f"Patient    {advice.patient}", style="bold")
    if advice.provenance.as_of:
        page.line(f"As of      {advice.provenance.as_of}")
    for diagnosis in advice.diagnoses:
        page.line(_diagnosis(diagnosis, knowledge))
    _print_findings(page, advice.findings, Places(knowledge, patient))
    if not advice.conforms:
        page.line("The patient file violates the shapes, so there is no advice.", style="bold red")
        return page.text()
    if advice.provenance.approved_only:
        page.line(_APPROVED_ONLY, style="bold")
    _print_options(page, advice, knowledge)
    _print_rest(page, advice, knowledge)
    page.line()
    for notice in advice.notices:
        if notice.kind in ("disclaimer", "review"):
            page.line(notice.text or notice.label, style="dim")
    return page.text()


def _print_options(page: Page, advice: Advice, knowledge: Knowledge) -> None:
    if not advice.options:
        page.line()
        kind = "an approved statement" if advice.provenance.approved_only else "a statement"
        page.line(f"No therapy has {kind} in these sources for this patient.", style="bold")
        return
    page.table(
        ("rank", "therapy", "standing", "readiness", "statement"),
        (
            (
                str(option.rank),
                option.label,
                _standing(option),
                option.readiness,
                _cite(option.for_[0]),
            )
            for option in advice.options
        ),
    )
    for option in advice.options:
        page.line(f"{option.label}: {_standing(option)}, {option.readiness}", style="bold")
        if option.via:
            page.item("by way of", knowledge.label(option.via))
        for name, references in (
            ("for", option.for_),
            ("against", option.against),
            ("caution", option.cautions),
            ("gap", option.gaps),
        ):
            # The same by way of several transfers is told once; the JSON tells them apart.
            for text in dict.fromkeys(_tell(r, knowledge) for r in references):
                page.item(name, text)
        if option.outcomes:
            indirect = any(r.indirect for r in option.outcomes)
            count = f"{len(option.outcomes)} estimates; see --format json or poem-kg explain"
            page.item("outcomes", count + (", from another population" if indirect else ""))
        for requirement in option.requirements:
            if requirement.state != "met":
                page.item(
                    requirement.state,
                    f"{requirement.label} ({requirement.kind}; {requirement.source.label})"
                    + remarks(requirement, knowledge.label),
                    style="yellow",
                )
        met = sum(r.state == "met" for r in option.requirements)
        page.item("met", f"{met} of {len(option.requirements)} requirements")
        page.line()


def _print_rest(page: Page, advice: Advice, knowledge: Knowledge) -> None:
    sections: tuple[tuple[str, list[tuple[str, str]]], ...] = (
        ("First", [("test", t.label + remarks(t, knowledge.label)) for t in advice.tests]),
        ("Ask next", [(f"{q.rank}", f"{q.label} ({q.kind})") for q in advice.questions]),
        (_silence(advice), [(n.kind, n.label) for n in advice.no_statement]),
        (
            "Notices",
            [(n.kind, _notice(n, knowledge)) for n in advice.notices if n.kind in _SHOWN_NOTICES],
        ),
        (
            "Left out, and therefore speaking for nothing here",
            [("", _notice(n, knowledge)) for n in advice.notices if n.kind == "left-out"],
        ),
        (
            "Decisions of ours that this rests on",
            [("", _notice(n, knowledge)) for n in advice.notices if n.kind == "interpretation"],
        ),
    )
    for title, items in sections:
        if items:
            page.line(title, style="bold")
            for name, text in items:
                page.item(name, text)


def _silence(advice: Advice) -> str:
    approved = "approved " if advice.provenance.approved_only else ""
    return f"No {approved}statement in these sources"


def _notice(notice: Notice, knowledge: Knowledge) -> str:
    may = " (may apply)" if notice.applies == "unknown" else ""
    return f"{notice.label}{may}{remarks(notice, knowledge.label)}"


def _print_findings(page: Page, findings: Iterable[Finding], places: Places) -> None:
    for told in places.told(findings):
        message = f"{told.message} (rule {told.rule})"
        page.item(told.severity, "\n".join((message, *told.places)), indent=0)


def studies_text(
    report: StudyReport,
    knowledge: Knowledge,
    *,
    colour: bool,
    patient: Iterable[ox.Triple] = (),
) -> str:
    """Return what the editions say of a patient's studies as text, 100 characters wide.

    Args:
        report: what was classified.
        knowledge: by which it was classified.
        colour: whether to colour it.
        patient: the triples of the patient, by which findings call the records.
    """
    page = Page(colour=colour)
    page.line(f"Patient    {report.patient}", style="bold")
    for diagnosis in report.diagnoses:
        page.line(_diagnosis(diagnosis, knowledge))
    _print_findings(page, report.findings, Places(knowledge, patient))
    if not report.conforms:
        page.line(
            "The patient file violates the shapes, so nothing is classified.", style="bold red"
        )
        return page.text()
    if not report.studies:
        page.line("No study is recorded that a classification reads.")
    for study in report.studies:
        _print_study(page, study)
    for notice in report.notices:
        page.line()
        page.line(notice.kind, style="bold")
        page.line(notice.text or notice.label, indent=3)
    page.line()
    page.line("A diagnosis derived from a study is provisional; a recorded diagnosis governs.")
    return page.text()


def _diagnosis(diagnosis: Diagnosis, knowledge: Knowledge) -> str:
    by = f" by {knowledge.label(diagnosis.classification)}" if diagnosis.classification else ""
    return f"Diagnosis  {diagnosis.label} ({diagnosis.basis}{by}, {diagnosis.status})"


def _print_study(page: Page, study: ClassifiedStudy) -> None:
    page.line()
    page.line(f"{study.label}{', ' + study.date if study.date else ''}", style="bold")
    if not study.classified:
        page.line("Not classified.", indent=3)
    for edition in study.editions:
        page.line()
        page.line(edition.label, style="bold", indent=2)
        _print_edition(page, edition)


def _print_edition(page: Page, edition: EditionReading) -> None:
    by_truth = {
        truth: [result for result in edition.results if result.truth == truth]
        for truth in ("met", "unknown", "not-met")
    }
    if not by_truth["met"]:
        page.line("no pattern of this edition is met", indent=3)
    for result in by_truth["met"]:
        page.item("met", result.label, style="green")
        if result.settled_by:
            page.item("settled by", ", ".join(test.label for test in result.settled_by), indent=6)
    for result in by_truth["unknown"]:
        page.item("unknown", result.label, style="yellow")
        page.item("not known", "; ".join(c.label for c in result.unknown), indent=6)
    open_or_met = {result.outcome for result in edition.results if result.truth != "not-met"}
    refuted = [r.outcome_label for r in by_truth["not-met"] if r.outcome not in open_or_met]
    if refuted:
        page.item("not met", ", ".join(dict.fromkeys(refuted)), style="dim")


def findings_text(findings: tuple[Finding, ...], name: str, places: Places, *, colour: bool) -> str:
    """Return validation results as text.

    Args:
        findings: what was found.
        name: what the patient file is called.
        places: says what each is about.
        colour: whether to colour it.
    """
    page = Page(colour=colour)
    counts = {
        severity: sum(f.severity == severity for f in findings)
        for severity in ("Violation", "Warning", "Info")
    }
    verdict = "does not conform" if counts["Violation"] else "conforms"
    told = ", ".join(f"{count} {severity}" for severity, count in counts.items())
    page.line(f"{name} {verdict}: {told}", style="bold")
    _print_findings(page, findings, places)
    return page.text()


def violations_line(name: str, findings: tuple[Finding, ...], places: Places) -> str:
    """Return one line that names the first violation, its place and how many there are."""
    violations = [f for f in findings if f.severity == "Violation"]
    first = violations[0]
    more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
    place = shorten(places.of(first), _LONGEST_PLACE)
    return f"{name}: {first.message} {place}{more}; poem-kg validate tells all"


def _standing(option: Option) -> str:
    inner = next((s.inner for s in option.standings), option.standing)
    if option.standing == "line":
        return f"line {option.line}"
    return f"{option.standing} ({inner})" if option.standing == "conditional" else option.standing


def _tell(reference: StatementReference, knowledge: Knowledge) -> str:
    may = " [may apply]" if reference.applies == "unknown" else ""
    return f"{reference.label}{may} ({_cite(reference)}){remarks(reference, knowledge.label)}"


def _cite(reference: StatementReference) -> str:
    claim = f"{reference.claim}, " if reference.claim else ""
    marker = f" [{reference.source.marker}]" if reference.source.marker else ""
    return f"{claim}{reference.source.label}{marker}"
