"""Tables as CSV (RFC 4180) that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

from poem_kg.errors import one_line

SEPARATOR: Final = "|"
"""Between the values of one cell; within a value it is written with a backslash before it."""

_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FORMULA: Final = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet takes for the beginning of a formula, in the full-width forms too."""


def cell(text: str) -> str:
    """Return a text as one cell.

    It is one line; characters that are not seen, such as those that turn the direction of
    writing, are written as escapes. Where a spreadsheet would read a formula, an apostrophe
    stands before it; a plain number such as -5 stays as it is.
    """
    line = one_line(text)
    return f"'{line}" if _FORMULA.match(line) and not _NUMBER.fullmatch(line) else line


def cell_of(values: Iterable[str]) -> str:
    """Return several values as one cell, in the order given."""
    return cell(SEPARATOR.join(value.replace(SEPARATOR, "\\" + SEPARATOR) for value in values))


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV in UTF-8: a header, comma, CRLF, quotes only where needed.

    Args:
        header: the names of the columns.
        rows: the cells, as `cell` and `cell_of` return them.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row has {len(row)} cells for {len(header)} columns")
        writer.writerow(row)
    return text.getvalue().encode()
