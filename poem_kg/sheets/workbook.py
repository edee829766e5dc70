"""Tables as a workbook of Excel, by openpyxl: every cell is text, and stays text when edited."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from poem_kg.errors import InputError, one_line
from poem_kg.sheets.model import TERMS_SHEET, Cell, Table

_LARGEST: Final = 100_000_000
"""The most bytes to which a workbook may unpack."""
_ROWS: Final = 50_000
_COLUMNS: Final = 1_000
_TITLE: Final = 31
"""The most characters of the name of a sheet."""
_WIDTHS: Final = (28, 24)
_SIGNED: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_DAWN: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every part: a workbook tells what it holds, not when it was made."""


def workbook_bytes(tables: Sequence[Table]) -> bytes:
    """Return tables as a workbook, one sheet each; the same tables give the same bytes."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    wrapped = Alignment(wrap_text=True, vertical="top")
    for table, title in zip(tables, _titles(tables), strict=True):
        sheet = book.create_sheet(title)
        for number, cells in ((1, table.header), *table.rows):
            for column, cell in enumerate(cells, start=1):
                if not cell.text and number > 1 and table.place == TERMS_SHEET:
                    continue
                made = sheet.cell(number, column)
                made.number_format = "@"
                made.alignment = wrapped
                if cell.text:
                    made.value = cell.text
                    made.data_type = "s"  # else a text that begins with = would be a formula
        for column, cell in enumerate(table.header, start=1):
            head = sheet.cell(1, column)
            head.font = Font(bold=True)
            head.fill = PatternFill("solid", fgColor="DDE5EE")
            note = table.notes.get(cell.text)
            if note:
                head.comment = Comment(note, "poem-kg", height=120, width=320)
            width = _WIDTHS[min(column, 2) - 1]
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.freeze_panes = "B2"
    written = io.BytesIO()
    book.save(written)
    return _without_time(written.getvalue())


def read_workbook(path: Path) -> tuple[Table, ...]:
    """Return the tables of a workbook, but for the list of terms.

    Raises:
        InputError: the file cannot be read as a workbook.
    """
    from openpyxl import load_workbook

    name = str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(name, f"cannot be read ({error.strerror})", "check the path") from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            size = sum(part.file_size for part in parts.infolist())
        if size > _LARGEST:
            cause = f"unpacks to more than {_LARGEST // 1_000_000} MB"
            raise InputError(name, cause, "export anew and copy your edits over")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl drops, and we never read
            book = load_workbook(io.BytesIO(data))
    except InputError:
        raise
    except Exception as error:  # openpyxl lets whatever goes wrong in a part through
        cause = f"is no workbook that can be read ({one_line(str(error))[:80]})"
        raise InputError(name, cause, "save it as .xlsx, Excel Workbook") from None
    return tuple(
        _table(sheet, f"{name}, sheet {sheet.title}")
        for sheet in book.worksheets
        if sheet.title != TERMS_SHEET
    )


def _table(sheet: Any, place: str) -> Table:
    if sheet.max_row > _ROWS or sheet.max_column > _COLUMNS:
        cause = f"has {sheet.max_row} rows and {sheet.max_column} columns"
        raise InputError(place, cause, "delete those that are empty")
    rows = [
        (number, tuple(_cell(cell) for cell in cells))
        for number, cells in enumerate(sheet.iter_rows(), start=1)
    ]
    full = [(n, cells) for n, cells in rows if any(c.text.strip() or c.problem for c in cells)]
    header = full[0][1] if full and full[0][0] == 1 else ()
    return Table(place=place, header=header, rows=tuple(row for row in full if row[0] > 1))


def _cell(cell: Any) -> Cell:
    value = cell.value
    match value:
        case None:
            return Cell()
        case _ if cell.data_type == "f":
            return Cell(problem=("is a formula", "write the value itself, in a cell of text"))
        case _ if cell.data_type == "e":
            return Cell(problem=(f"is the error {value}", "write the value"))
        case bool():
            return Cell("true" if value else "false")
        case int() | float():
            return Cell(repr(value))
        case str():
            return Cell(value.replace("\r\n", "\n"))
        case datetime() | date() | time() | timedelta():
            return Cell(problem=("is a date", "format the cell as text and write it again"))
        case _:
            return Cell(problem=("is no text", "format the cell as text and write it again"))


def _titles(tables: Sequence[Table]) -> list[str]:
    titles: list[str] = []
    for table in tables:
        plain = re.sub(r"[\[\]:*?/\\]", "-", table.place)
        title, number = plain[:_TITLE], 1
        while title.lower() in (other.lower() for other in titles):
            number += 1
            title = f"{plain[: _TITLE - 3]}-{number}"
        titles.append(title)
    return titles


def _without_time(data: bytes) -> bytes:
    """The workbook without the time at which it was made."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as parts,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for part in parts.infolist():
            content = parts.read(part)
            if part.filename == "docProps/core.xml":
                content = _SIGNED.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            kept = zipfile.ZipInfo(part.filename, _DAWN)
            kept.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(kept, content)
    return made.getvalue()
