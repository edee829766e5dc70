"""Statements out: as a workbook, as one CSV file, or as a folder of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from poem_kg.errors import InputError
from poem_kg.namespaces import POEMKG
from poem_kg.resources import own_ontology
from poem_kg.serialise import write_all
from poem_kg.sheets.cells import LONGEST, term_text
from poem_kg.sheets.csv_files import csv_bytes
from poem_kg.sheets.model import (
    FILE_COLUMN,
    STATEMENT_COLUMN,
    TERMS_SHEET,
    VERSION_COLUMN,
    Cell,
    Table,
)
from poem_kg.sheets.statements import (
    Row,
    Statements,
    in_column_order,
    labels,
    read_statements,
    version_of,
)
from poem_kg.sheets.workbook import workbook_bytes


def export_sheet(
    target: Path, *, ontology: Path | None = None, force: bool = False
) -> tuple[Path, ...]:
    """Write the statements of an ontology as a spreadsheet and return the files written.

    Each file of the ontology that holds statements is a table of its own, each statement a row,
    each property with its kind of value a column. The same ontology gives the same bytes.

    Args:
        target: a file that ends in `.xlsx`, one that ends in `.csv`, which holds all statements
            in one table, or a folder, which gets one CSV file a table and is made if its parent
            is there.
        ontology: the folder of the ontology; None is that of the package, unless another lies
            here.
        force: write over what is there.

    Raises:
        InputError: something is there already, cannot be written, or a value does not fit into a
            cell, or no ontology is named in another checkout than that of the package.
        KnowledgeError: a file of the ontology is no Turtle.
    """
    folder = (
        ontology if ontology is not None else own_ontology("poem-kg sheet export", "--ontology")
    )
    statements = read_statements(folder)
    if not statements.rows:
        raise InputError(str(folder), "holds no statement", "name the folder of an ontology")
    suffix = target.suffix.lower()
    if suffix == ".xlsx":
        tables = (*_tables(statements), _terms(statements))
        files = {target: workbook_bytes(tables)}
    elif suffix == ".csv":
        files = {target: csv_bytes(_table("statements", tuple(statements.rows.values()), {}))}
    elif suffix and not target.is_dir():
        cause = "has a name that ends neither in .xlsx nor in .csv"
        raise InputError(str(target), cause, "choose one of them, or the name of a folder")
    else:
        files = {target / f"{t.place}.csv": csv_bytes(t) for t in _tables(statements)}
    there = [path for path in files if path.exists()]
    if there and not force:
        cause = "is there already and may hold edits"
        raise InputError(str(there[0]), cause, "choose another name, or add --force")
    if suffix not in (".xlsx", ".csv"):
        try:
            target.mkdir(exist_ok=True)
        except OSError as error:
            cause = f"cannot be made ({error.strerror})"
            raise InputError(str(target), cause, "choose another place") from None
    write_all(files)
    return tuple(files)


def _tables(statements: Statements) -> tuple[Table, ...]:
    named = labels(statements)
    by_file: dict[str, list[Row]] = {}
    for row in statements.rows.values():
        by_file.setdefault(row.file, []).append(row)
    names = _names(list(by_file))
    return tuple(_table(names[file], rows, named) for file, rows in by_file.items())


def _names(files: Sequence[str]) -> dict[str, str]:
    """A short name for each file: its own, or its path where two have the same.

    No two are the same in whatever letters, as not every disk tells these apart, and none is that
    of the list of terms.
    """
    stems = Counter(Path(file).stem.casefold() for file in files)
    free = {file for file in files if stems[Path(file).stem.casefold()] == 1}
    taken = {TERMS_SHEET.casefold()}
    names: dict[str, str] = {}
    for file in sorted(files, key=lambda file: (file not in free, file)):
        path = PurePosixPath(file).with_suffix("")
        name = first = path.name if file in free else str(path).replace("/", "-")
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{first}-{number}"
        taken.add(name.casefold())
        names[file] = name
    return names


def _table(name: str, rows: Sequence[Row], named: dict[str, tuple[str, str]]) -> Table:
    columns = in_column_order(column for row in rows for column in row.values)
    headers = (STATEMENT_COLUMN, FILE_COLUMN, *(c.header for c in columns), VERSION_COLUMN)
    body = []
    for number, row in enumerate(rows, start=2):
        cells = row.cells
        for header, text in cells.items():
            if len(text) > LONGEST:
                cause = f"has {len(text)} characters in {header}, more than a cell holds"
                raise InputError(row.file, f"{term_text(row.iri)} {cause}", "shorten it")
        texts = (
            term_text(row.iri),
            row.file,
            *(cells.get(column.header, "") for column in columns),
            version_of(cells),
        )
        body.append((number, tuple(Cell(text) for text in texts)))
    notes = {
        column.header: ": ".join(filter(None, named.get(column.predicate, ())))
        for column in columns
    }
    notes[STATEMENT_COLUMN] = "Which statement the row is about. A new row needs a new name."
    notes[FILE_COLUMN] = "The file of the ontology in which the statement stands."
    notes[VERSION_COLUMN] = "Tells what was changed since the export. Empty for a new statement."
    return Table(
        place=name,
        header=tuple(Cell(header) for header in headers),
        rows=tuple(body),
        notes={header: note for header, note in notes.items() if note},
    )


def _terms(statements: Statements) -> Table:
    """What cells can name, to look up and copy from."""
    found = sorted(
        (term_text(iri), label, about)
        for iri, (label, about) in labels(statements).items()
        if iri not in statements.rows and label and not iri.startswith(POEMKG + "module/")
    )
    return Table(
        place=TERMS_SHEET,
        header=(Cell("term"), Cell("label"), Cell("definition")),
        rows=tuple(
            (number, tuple(Cell(text[:LONGEST]) for text in texts))
            for number, texts in enumerate(found, start=2)
        ),
    )
