"""Tables as they stand in a file, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from poem_kg.errors import InputError

STATEMENT_COLUMN: Final = "statement"
"""The header of the first column: which statement the row is about."""
FILE_COLUMN: Final = "file"
"""The header of the column that tells in which file of the ontology the statement stands."""
VERSION_COLUMN: Final = "version"
"""The header of the last column: a digest of the row as it was exported."""
TERMS_SHEET: Final = "terms"
"""The name of the sheet that only lists terms to choose from."""


@dataclass(frozen=True)
class Cell:
    """One cell: its text, or why it has none."""

    text: str = ""
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of a file.

    Attributes:
        place: what messages call it: the file, and its sheet where it has several.
        header: the cells of its first row.
        rows: the number of each further row that is not empty, from 1, and its cells.
        notes: what the header means, by its text.
    """

    place: str
    header: tuple[Cell, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one cell changes.

    Attributes:
        statement: the statement, with its prefix.
        column: the header of the column.
        before: the text of the cell as the ontology has it, empty where there is no value.
        after: the text of the cell that takes its place.
        file: the file of the ontology.
    """

    statement: str
    column: str
    before: str
    after: str
    file: Path


@dataclass(frozen=True, kw_only=True)
class SheetReport:
    """What an import found and did.

    Attributes:
        changes: what is changed, by cell, in the order of the sheet.
        added: the statements that are new.
        absent: the statements of the ontology that have no row; they stay as they are.
        overtaken: the statements that changed in the ontology after the export, but not in the
            sheet; they stay as they are.
        refused: what is wrong with the sheet; while there is something, no file is written.
        written: the files that were written.
    """

    changes: tuple[Change, ...]
    added: tuple[str, ...]
    absent: tuple[str, ...]
    overtaken: tuple[str, ...]
    refused: tuple[InputError, ...]
    written: tuple[Path, ...]
