"""Statements back in: what a sheet changes, cell by cell, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.formatting import format_file
from poem_kg.namespaces import RDF, STATEMENT
from poem_kg.resources import own_ontology
from poem_kg.serialise import refuse_changed, write_all
from poem_kg.sheets.cells import BadCell, Column, Value, read_cell, read_iri, term_text
from poem_kg.sheets.csv_files import read_csv
from poem_kg.sheets.headers import Headers, read_headers
from poem_kg.sheets.model import (
    FILE_COLUMN,
    STATEMENT_COLUMN,
    VERSION_COLUMN,
    Cell,
    Change,
    SheetReport,
    Table,
)
from poem_kg.sheets.names import Names
from poem_kg.sheets.statements import Row, Statements, read_statements, version_of
from poem_kg.sheets.workbook import read_workbook
from poem_kg.turtle import write_turtle

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")
_TYPE: Final = Column(predicate=RDF + "type")
_AGAIN: Final = "export anew and make your edit there"


def import_sheet(source: Path, *, ontology: Path | None = None, check: bool = False) -> SheetReport:
    """Bring the edits of a sheet into an ontology and tell what they are.

    Only cells that differ from the ontology change anything; a statement without a row and a
    property without a column stay as they are. The files that change are written in canonical
    form, all or none, and each whole or not at all; while a cell is refused, none is written.

    Args:
        source: a workbook, a CSV file, or a folder of CSV files, as `export_sheet` wrote it.
        ontology: the folder of the ontology; None is that of the package, unless another lies
            here.
        check: only tell; write nothing.

    Raises:
        InputError: the sheet cannot be read, or a file cannot be written or was changed by
            somebody else since it was read, or no ontology is named in another checkout than that
            of the package; no file has changed then.
        KnowledgeError: a file of the ontology is no Turtle.
    """
    folder = ontology
    if folder is None:
        folder = own_ontology("poem-kg sheet import", "--ontology")
    statements = read_statements(folder)
    reading = _Reading(statements, _tables(source))
    files = {} if reading.refused else reading.texts()
    refused = [*reading.refused]
    for file in files:
        try:
            format_file(statements.folder / file)  # has a comment that would be lost
        except InputError as error:
            refused.append(error)
    written = {} if check or refused else files
    refuse_changed({statements.folder / file: statements.data[file] for file in written})
    write_all({statements.folder / file: text.encode() for file, text in written.items()})
    return SheetReport(
        changes=tuple(reading.changes),
        added=tuple(reading.added),
        absent=tuple(term_text(iri) for iri in statements.rows if iri not in reading.places),
        overtaken=tuple(reading.overtaken),
        refused=tuple(refused),
        written=tuple(statements.folder / file for file in written),
    )


def _tables(source: Path) -> tuple[Table, ...]:
    if source.is_dir():
        paths = sorted(source.glob("*.csv"))
        if not paths:
            raise InputError(str(source), "holds no .csv file", "name a folder that was exported")
        return tuple(read_csv(path) for path in paths)
    if not source.exists():
        raise InputError(str(source), "no such file or folder", "check the path")
    match source.suffix.lower():
        case ".xlsx":
            return read_workbook(source)
        case ".csv":
            return (read_csv(source),)
    cause = "has a name that ends neither in .xlsx nor in .csv"
    raise InputError(str(source), cause, "save it as one of them")


@dataclass
class _Reading:
    """What the tables say, gathered row by row."""

    statements: Statements
    tables: Sequence[Table]
    refused: list[InputError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    overtaken: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    removed: dict[str, set[ox.Triple]] = field(default_factory=dict)
    stated: dict[str, set[ox.Triple]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = Names(self.statements)
        heads: list[tuple[Table, Headers]] = []
        for table in self.tables:
            try:
                heads.append((table, read_headers(table, self._names)))
            except InputError as error:
                self.refused.append(error)
        self._names.also(self._new(heads))
        for table, headers in heads:
            for number, cells in table.rows:
                self._row(table, headers, number, cells)

    def texts(self) -> dict[str, str]:
        """Return the canonical text of each file that changes."""
        return {
            file: write_turtle(
                (set(self.statements.triples[file]) - self.removed.get(file, set()))
                | self.stated.get(file, set())
            )
            for file in self.statements.triples
            if self.removed.get(file, set()) != self.stated.get(file, set())
        }

    def _new(self, heads: Iterable[tuple[Table, Headers]]) -> Iterator[str]:
        """The statements that rows name and the ontology lacks; cells may name them."""
        for table, headers in heads:
            for _number, cells in table.rows:
                try:
                    yield read_iri(headers.text(cells, STATEMENT_COLUMN).strip())
                except BadCell:
                    continue

    def _row(self, table: Table, headers: Headers, number: int, cells: Sequence[Cell]) -> None:
        place = f"{table.place}, row {number}"
        bad = [
            InputError(headers.where(place, position), *cell.problem)
            for position, cell in enumerate(cells)
            if cell.problem
        ]
        bad += [
            InputError(headers.where(place, position), "stands under no header", "empty the cell")
            for position, cell in enumerate(cells)
            if cell.text.strip() and position not in headers.used
        ]
        if bad:
            self.refused += bad
            return
        texts = {header: headers.text(cells, header) for header in headers.columns}
        version = headers.text(cells, VERSION_COLUMN).strip()
        try:
            iri = self._statement(headers.text(cells, STATEMENT_COLUMN).strip(), place, version)
        except BadCell as error:
            where = headers.where(place, headers.position(STATEMENT_COLUMN))
            self.refused.append(InputError(where, error.cause, error.advice))
            return
        file = headers.text(cells, FILE_COLUMN).strip()
        row = self.statements.rows.get(iri)
        problem = self._file_problem(row, file)
        if problem:
            where = headers.where(place, headers.position(FILE_COLUMN))
            self.refused.append(InputError(where, *problem))
            return
        before = row.cells if row else {}
        edited = [h for h, text in texts.items() if text != before.get(h, "")]
        if row is None:
            if not texts.get(_TYPE.header, "").strip():
                where = headers.where(place, headers.position(_TYPE.header))
                advice = "write what kind of statement it is, with owl:NamedIndividual"
                self.refused.append(InputError(where, "a new statement has no kind", advice))
                return
            self.added.append(term_text(iri))
        elif edited and version != version_of(before):
            if version == version_of(texts):
                self.overtaken.append(term_text(iri))
            else:
                where = headers.where(place, headers.position(VERSION_COLUMN))
                cause = "the statement was edited both here and in the ontology since the export"
                self.refused.append(InputError(where, cause, _AGAIN))
            return
        for header in edited:
            self._cell(iri, row, file, headers, header, texts[header], place)

    def _statement(self, word: str, place: str, version: str) -> str:
        if not word:
            raise BadCell("the row names no statement", "write its name, or delete the row")
        iri = read_iri(word)
        known = iri in self.statements.rows
        if not known and version:
            cause = f"{word} is no statement of the ontology"
            near = self._names.near_statement(word)
            advice = f"did you mean {near}? " if near else ""
            raise BadCell(cause, f"{advice}for a new statement, empty the cell {VERSION_COLUMN}")
        local = iri.removeprefix(STATEMENT)
        if not known and (local == iri or not _NAME.fullmatch(local)):
            raise BadCell(f"{word} is no name of a statement", "write it like stmt:SOURCE-C01")
        if iri in self.places:
            raise BadCell(f"{word} has a row already: {self.places[iri]}", "keep one of the rows")
        self.places[iri] = place
        return iri

    def _file_problem(self, row: Row | None, file: str) -> tuple[str, str] | None:
        if row is not None and file != row.file:
            return f"the statement stands in {row.file}", f"write {row.file} again"
        if file not in self.statements.triples:
            known = sorted({r.file for r in self.statements.rows.values()})
            return f'there is no file "{file}"', f"write one of {', '.join(known)}"
        return None

    def _cell(
        self,
        iri: str,
        row: Row | None,
        file: str,
        headers: Headers,
        header: str,
        text: str,
        place: str,
    ) -> None:
        column = headers.columns[header]
        old: set[Value] = set(row.values.get(column, ())) if row else set()
        try:
            new = set(read_cell(text, column))
            self._names.check(new)
            if column == _TYPE and not new:
                raise BadCell("the statement has no kind", "write what kind of statement it is")
        except BadCell as error:
            where = headers.where(place, headers.position(header))
            self.refused.append(InputError(where, error.cause, error.advice))
            return
        if new == old:
            return
        subject, predicate = ox.NamedNode(iri), ox.NamedNode(column.predicate)
        gone, come = self.removed.setdefault(file, set()), self.stated.setdefault(file, set())
        gone |= {ox.Triple(subject, predicate, value) for value in old - new}
        come |= {ox.Triple(subject, predicate, value) for value in new - old}
        self.changes.append(
            Change(
                statement=term_text(iri),
                column=header,
                before=row.cells.get(header, "") if row else "",
                after=text.strip(),
                file=self.statements.folder / file,
            )
        )
