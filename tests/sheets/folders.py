"""A small ontology in a folder, and its sheets edited as a spreadsheet program does."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from poem_kg.errors import InputError
from poem_kg.formatting import format_text
from poem_kg.sheets.exporting import export_sheet
from poem_kg.sheets.importing import import_sheet

HEAD = """@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ex: <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix stmt: <https://w3id.org/poem-kg/statement/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SCHEMA = """
rdfs:label a owl:AnnotationProperty .
skos:note a owl:AnnotationProperty .
poemkg:Kind a owl:Class .
poemkg:about a owl:ObjectProperty ; rdfs:label "about" ; skos:definition "What it is about." .
poemkg:value a owl:DatatypeProperty ; rdfs:range xsd:decimal .
poemkg:count a owl:DatatypeProperty ; rdfs:range xsd:integer .
poemkg:sure a owl:DatatypeProperty ; rdfs:range xsd:boolean .
poemkg:locator a owl:DatatypeProperty ; rdfs:range xsd:string .
poemkg:One a owl:NamedIndividual . poemkg:Two a owl:NamedIndividual .
"""
HEADER = "<https://w3id.org/poem-kg/ontology/module/x> a owl:Ontology .\n"
STATEMENTS = """
stmt:x-1 a owl:NamedIndividual , poemkg:Kind ; rdfs:label "first"@en ;
    poemkg:about poemkg:One , poemkg:Two ; poemkg:value 94.0 ; poemkg:locator "here" .
stmt:x-2 a owl:NamedIndividual , poemkg:Kind ; rdfs:label "second"@en ;
    poemkg:about stmt:x-1 ; poemkg:count 3 ; poemkg:sure true ; skos:note "a" , "b" .
"""


def make_folder(folder: Path, statements: str = STATEMENTS) -> Path:
    """A folder with two files in canonical form."""
    (folder / "guidelines").mkdir(parents=True)
    (folder / "schema.ttl").write_text(format_text(HEAD + SCHEMA))
    (folder / "guidelines/x.ttl").write_text(format_text(HEAD + HEADER + statements))
    return folder


def state(folder: Path) -> dict[str, bytes]:
    """The bytes of every file of a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.ttl"))}


class Sheet:
    """The largest table of an exported file, to be edited by the names of rows and columns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.suffix == ".xlsx":
            self._book: Any = load_workbook(path)
            self._sheet = max(self._book.worksheets[:-1], key=lambda sheet: sheet.max_row)
            self.rows: list[list[Any]] = [
                [cell.value for cell in row] for row in self._sheet.iter_rows()
            ]
        else:
            text = path.read_bytes().decode("utf-8-sig")
            self.rows = [list(row) for row in csv.reader(io.StringIO(text, newline=""))]

    def place(self, statement: str, header: str) -> tuple[int, int]:
        """Row and column, from 0."""
        row = next(n for n, cells in enumerate(self.rows) if cells[0] == statement)
        return row, self.rows[0].index(header)

    def set(self, statement: str, header: str, value: Any) -> None:
        row, column = self.place(statement, header)
        self.rows[row][column] = value

    def get(self, statement: str, header: str) -> Any:
        row, column = self.place(statement, header)
        return self.rows[row][column]

    def save(self) -> Path:
        if self.path.suffix == ".xlsx":
            sheet = self._sheet
            sheet.delete_rows(1, sheet.max_row)
            for number, cells in enumerate(self.rows, start=1):
                for column, value in enumerate(cells, start=1):
                    sheet.cell(number, column, value)
            self._book.save(self.path)
        else:
            text = io.StringIO()
            csv.writer(text, lineterminator="\r\n").writerows(self.rows)
            self.path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
        return self.path


Edit = Callable[[Sheet], None]


def cells_of(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Every cell below the first row."""
    for row in range(1, len(sheet.rows)):
        for column in range(len(sheet.rows[0])):
            yield row, column


def exported(folder: Path, name: str) -> Sheet:
    (path,) = export_sheet(folder.parent / name, ontology=folder)
    return Sheet(path)


def refused(sheet: Sheet, folder: Path) -> str:
    """Import what must be refused, and return the one reason."""
    error = refusal(sheet, folder)
    return f"{error.location}: {error.cause}; {error.advice}"


def refusal(sheet: Sheet, folder: Path) -> InputError:
    before = state(folder)
    report = import_sheet(sheet.save(), ontology=folder)
    assert len(report.refused) == 1
    assert report.written == () and state(folder) == before
    return report.refused[0]
