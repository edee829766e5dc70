"""What an import did, in lines."""

from __future__ import annotations

from collections.abc import Iterator

from poem_kg.errors import one_line, shorten
from poem_kg.sheets.model import SheetReport

_CELL = 80


def report_lines(report: SheetReport, *, check: bool) -> Iterator[str]:
    """Yield what an import did, or found to be wrong, line by line.

    Args:
        report: what `import_sheet` returned.
        check: whether nothing was to be written.
    """
    if report.refused:
        yield from map(str, report.refused)
        count = len(report.refused)
        yield f"nothing was written: {count} {'place is' if count == 1 else 'places are'} refused"
        return
    for change in report.changes:
        told = f"{_short(change.before)} -> {_short(change.after)}"
        yield f"{change.statement} {change.column}: {told}"
    for statement in report.added:
        yield f"{statement} is new"
    for statement in report.overtaken:
        yield f"{statement} was edited in the ontology after the export, and stays as it is there"
    if report.absent:
        yield f"statements without a row, which stay as they are: {len(report.absent)}"
    for path in report.written:
        yield f"{path}: written"
    if not report.changes:
        yield "the sheet says what the ontology says; nothing was written"
    elif check:
        yield f"cells that would change something: {len(report.changes)}; nothing was written"
    else:
        yield f"cells that changed something: {len(report.changes)}; now run: poem-kg check"


def _short(text: str) -> str:
    return f'"{shorten(one_line(text), _CELL)}"' if text else "nothing"
