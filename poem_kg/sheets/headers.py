"""The first row of a table: which column holds what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from poem_kg.errors import InputError
from poem_kg.sheets.cells import BadCell, Column, read_header
from poem_kg.sheets.model import (
    FILE_COLUMN,
    STATEMENT_COLUMN,
    VERSION_COLUMN,
    Cell,
    Table,
)
from poem_kg.sheets.names import Names

_OWN: Final = (STATEMENT_COLUMN, FILE_COLUMN, VERSION_COLUMN)


@dataclass(frozen=True, kw_only=True)
class Headers:
    """Where the columns of a table are.

    Attributes:
        columns: what each header of a property means.
        positions: where each header stands, from 0.
    """

    columns: dict[str, Column]
    positions: dict[str, int]

    @property
    def used(self) -> frozenset[int]:
        """The positions that have a header."""
        return frozenset(self.positions.values())

    def position(self, header: str) -> int | None:
        """Return where a header stands, or None."""
        return self.positions.get(header)

    def text(self, cells: Sequence[Cell], header: str) -> str:
        """Return the text of a row under a header, empty where there is none."""
        position = self.positions.get(header)
        return cells[position].text if position is not None and position < len(cells) else ""

    def where(self, place: str, position: int | None) -> str:
        """Return how messages call a cell: the row, the letter of the column, its header."""
        if position is None:
            return place
        header = next((h for h, p in self.positions.items() if p == position), None)
        told = f"{place}, column {letter(position)}"
        return f"{told} ({header})" if header else told


def letter(position: int) -> str:
    """Return the letters by which a spreadsheet calls a column, from 0."""
    text = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def read_headers(table: Table, names: Names) -> Headers:
    """Return where the columns of a table are.

    Raises:
        InputError: a header is missing, twice there, or names no property of the ontology.
    """
    columns: dict[str, Column] = {}
    positions: dict[str, int] = {}
    for position, cell in enumerate(table.header):
        where = f"{table.place}, row 1, column {letter(position)}"
        if cell.problem:
            raise InputError(where, *cell.problem)
        text = " ".join(cell.text.split())
        if not text:
            continue
        if text not in _OWN:
            try:
                column = read_header(text)
                names.check_column(column)
            except BadCell as error:
                raise InputError(where, error.cause, error.advice) from None
            text = column.header
            columns[text] = column
        if text in positions:
            cause = f"{text} heads column {letter(positions[text])} too"
            raise InputError(where, cause, "keep one of the columns")
        positions[text] = position
    for own in _OWN:
        if own not in positions:
            cause = f"has no column {own} in its first row"
            raise InputError(table.place, cause, "export anew, and leave that row as it is")
    return Headers(columns=columns, positions=positions)
