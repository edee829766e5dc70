"""What came of a cohort: read from the output of a run, told in tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from poem_kg.cohort.summary.counting import (
    MANIFEST,
    Manifest,
    count_options,
    count_reasons,
    read_manifest,
)
from poem_kg.cohort.summary.model import Section, Summary
from poem_kg.cohort.summary.sections import Sections
from poem_kg.cohort.summary.words import SummaryWords
from poem_kg.errors import InputError
from poem_kg.knowledge import Knowledge

__all__ = ["Summary", "summarise", "summary_text"]

_WIDTH = 80


def summarise(folder: Path, knowledge: Knowledge, *, suppress_below: int = 0) -> Summary:
    """Return what came of a finished run, in constant memory.

    Args:
        folder: the output of `poem-kg cohort`, by either runner.
        knowledge: where labels, codes and their order come from.
        suppress_below: counts of patients from 1 to one less are kept back, and with them those
            from which they could be worked out.

    Raises:
        InputError: a file is missing or damaged, or the files do not agree with the manifest.
    """
    manifest = read_manifest(folder)
    words = SummaryWords(knowledge)
    options = count_options(folder, words.codes)
    rejected, reasons = count_reasons(folder)
    for name, found, told in (
        ("options", options.options, manifest.options),
        ("patients with an option", options.patients, manifest.with_option),
        ("patients with a best option", options.best.total(), options.patients),
        ("rejected patients", rejected, manifest.rejected),
    ):
        if found != told:
            cause = f"expects {told} {name}, but the files beside it hold {found}"
            raise InputError(str(folder / MANIFEST), cause, "run poem-kg cohort again")
    return Summary(
        notices=words.notices,
        remarks=tuple(_remarks(manifest, knowledge, suppress_below)),
        sections=Sections(words, manifest, options, reasons, suppress_below).all(),
        words=(*words.readiness, *words.standings),
        versions=tuple(manifest.versions.items()),
        digests=tuple(sorted(manifest.digests.items())),
    )


def _remarks(manifest: Manifest, knowledge: Knowledge, suppress_below: int) -> Iterator[str]:
    yield "Unknown means that no record tells, not that the fact is absent."
    if suppress_below > 1:
        yield (
            f"Counts of 1 to {suppress_below - 1} are shown as <{suppress_below}, and others are "
            "kept back where those could be worked out from them. Somebody should still read this "
            "before it is shared."
        )
    if manifest.versions.get("ontologyDigest", knowledge.digest) != knowledge.digest:
        yield "The labels are those of another version of the ontology than the one that advised."


def summary_text(summary: Summary, *, colour: bool) -> str:
    """Return a summary as tables, 80 characters wide, coloured or plain."""
    from poem_kg.render import Page

    page = Page(colour=colour, width=_WIDTH)
    for section in summary.sections:
        page.line(section.title, style="bold")
        page.line(section.note, style="dim")
        if not section.rows:
            page.line("none", indent=2)
            page.line()
            continue
        page.figures(
            (*section.keys, *(head for name in section.counted for head in (name, "share"))),
            _cells(section),
            words=len(section.keys),
        )
        if section.more:
            page.line(f"and {section.more} more", style="dim")
            page.line()
    for remark in (*summary.remarks, *summary.notices):
        page.line(remark, style="dim")
    page.line(", ".join(f"{name} {value}" for name, value in summary.versions), style="dim")
    return page.text()


def _cells(section: Section) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each row; what several rows share is written once."""
    above = None
    grouped = section.chart in ("grouped", "stacked")
    for row in section.rows:
        first = "" if grouped and row.keys[0] == above else row.keys[0]
        above = row.keys[0]
        figures = (text for figure in row.figures for text in (figure.told, figure.told_share))
        yield (first, *row.keys[1:], *figures)
