"""Tables as CSV: for spreadsheets, which would run a formula, and back as they were."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Final

from poem_kg.errors import InputError
from poem_kg.sheets.model import STATEMENT_COLUMN, Cell, Table

_MARK: Final = "\ufeff"
"""Before UTF-8, or some spreadsheets take it for something else."""
_DELIMITERS: Final = ",;\t"
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FORMULA: Final = re.compile(r"'*\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet takes for a formula, in the full-width forms too, guarded or not."""
_GUARDED: Final = re.compile(rf"'{_FORMULA.pattern}")


def csv_bytes(table: Table) -> bytes:
    """Return a table as CSV (RFC 4180) in UTF-8 with a byte order mark.

    Where a spreadsheet would read a formula an apostrophe stands before it, which `read_csv` takes
    away again; a text that has an apostrophe there gets one more.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell.text for cell in table.header])
    for _number, cells in table.rows:
        writer.writerow([guarded(cell.text) for cell in cells])
    return (_MARK + text.getvalue()).encode()


def read_csv(path: Path) -> Table:
    """Return the table of a CSV file, with comma, semicolon or tab between its cells.

    Raises:
        InputError: the file cannot be read, is not in UTF-8, or is no table.
    """
    name = str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(name, f"cannot be read ({error.strerror})", "check the path") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        advice = "save it as CSV UTF-8, or work with .xlsx"
        raise InputError(f"{name}:{line}", "is not in UTF-8", advice) from None
    if "\0" in text:
        raise InputError(name, "holds a NUL byte", "save it as CSV UTF-8")
    head = text[len(STATEMENT_COLUMN) : len(STATEMENT_COLUMN) + 1]
    delimiter = head if head and head in _DELIMITERS else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    try:
        for row in reader:
            # A line break in a cell is a line feed, whatever the program writes.
            texts = [unguarded(text.replace("\r\n", "\n")) for text in row]
            if any(text.strip() for text in texts):
                rows.append((len(rows) + 1, tuple(Cell(text) for text in texts)))
            else:
                rows.append((len(rows) + 1, ()))
    except csv.Error as error:
        where = f"{name}:{reader.line_num}"
        raise InputError(where, f"is no CSV ({error})", "save it as CSV UTF-8") from None
    header = rows[0][1] if rows else ()
    return Table(place=name, header=header, rows=tuple(row for row in rows[1:] if row[1]))


def guarded(text: str) -> str:
    """Return a text of a cell with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Return the text that `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text
