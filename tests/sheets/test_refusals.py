"""A cell, a row or a file that is wrong is refused by its place, and nothing is written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from poem_kg.errors import InputError
from poem_kg.sheets.exporting import export_sheet
from poem_kg.sheets.importing import import_sheet
from tests.sheets.folders import exported, refused, state

NAMES = ("sheet.xlsx", "sheet.csv")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("statement", "header", "value", "told"),
    [
        ("stmt:x-1", "poemkg:about", "poemkg:Onne", "did you mean poemkg:One?"),
        ("stmt:x-1", "poemkg:about", "One", "it has no prefix"),
        ("stmt:x-1", "poemkg:about", "https://example.org/a", "write it as <https://"),
        ("stmt:x-1", "poemkg:about", "<a b>", "it has no prefix"),
        ("stmt:x-1", "poemkg:about", "skos:nott", "did you mean skos:note?"),
        ("stmt:x-1", "poemkg:value decimal", "94,5", '"94,5" is no xsd:decimal'),
        ("stmt:x-1", "poemkg:value decimal", "about 94", "is no xsd:decimal"),
        ("stmt:x-1", "poemkg:count integer", "3.0", "is no xsd:integer"),
        ("stmt:x-1", "poemkg:sure boolean", "yes", "write true or false"),
        ("stmt:x-1", "poemkg:locator text", r"a\b", r"\b means nothing"),
        ("stmt:x-1", "poemkg:locator text", "a\\", "a backslash ends the text"),
        ("stmt:x-1", "poemkg:locator text", r"\uD800", "is no character"),
        ("stmt:x-1", "rdf:type", "", "the statement has no kind"),
        ("stmt:x-1", "file", "guidelines/y.ttl", "the statement stands in guidelines/x.ttl"),
        ("stmt:x-1", "statement", "stmt:x-3", "is no statement of the ontology"),
        ("stmt:x-1", "statement", "stmt:x-2", "has a row already"),
        ("stmt:x-1", "statement", "", "the row names no statement"),
        ("stmt:x-1", "version", "", "edited both here and in the ontology"),
    ],
)
def test_a_bad_cell_is_refused_by_sheet_row_and_column(
    statement: str, header: str, value: str, told: str, name: str, folder: Path
) -> None:
    sheet = exported(folder, name)
    row, column = sheet.place(statement, header)
    if header == "version":
        sheet.set(statement, "rdfs:label text en", "other")
    if value == "stmt:x-2":
        row = 2  # the second of the two rows is told
    sheet.rows[1][column] = value

    reason = refused(sheet, folder)

    place = ", sheet x" if name.endswith(".xlsx") else ""
    letter = chr(ord("A") + column)
    assert reason.startswith(f"{sheet.path}{place}, row {row + 1}, column {letter} ({header}): ")
    assert told in reason


@pytest.mark.parametrize(
    ("value", "told"),
    [("=1+1", "is a formula"), (date(2026, 1, 2), "is a date"), ("#REF!", "is the error #REF!")],
)
def test_a_cell_that_is_no_text_is_refused(value: Any, told: str, folder: Path) -> None:
    sheet = exported(folder, "sheet.xlsx")
    sheet.set("stmt:x-1", "poemkg:locator text", value)

    assert told in refused(sheet, folder)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("poemkg:abot", "did you mean poemkg:about?"),
        ("poemkg:about text", "takes terms"),
        ("poemkg:value", "write the header poemkg:value decimal"),
        ("poemkg:value text", "write the header poemkg:value decimal"),
        ("poemkg:locator no such kind", "heads no column"),
        ("poemkg:sure boolean", "heads column"),
        ("notes", "has no prefix"),
        ("rdf:type text", "rdf:type text is no column; write the header rdf:type"),
        ("rdfs:label", "rdfs:label is no column; write the header rdfs:label text"),
        ("rdfs:label decimal", "write the header rdfs:label text"),
        ("rdfs:comment", "rdfs:comment is no column; write the header rdfs:comment text"),
        ("rdfs:seeAlso text", "rdfs:seeAlso text is no column; write the header rdfs:seeAlso"),
        ("skos:note", "skos:note is no column; write the header skos:note text"),
    ],
)
def test_a_bad_header_is_refused(header: str, told: str, name: str, folder: Path) -> None:
    sheet = exported(folder, name)
    column = sheet.rows[0].index("poemkg:about")
    sheet.rows[0][column] = header

    reason = refused(sheet, folder)

    assert ", row 1, column " in reason and told in reason


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("header", ["statement", "file", "version"])
def test_a_table_without_the_columns_that_hold_it_together_is_refused(
    header: str, name: str, folder: Path
) -> None:
    sheet = exported(folder, name)
    column = sheet.rows[0].index(header)
    for row in sheet.rows:
        row[column] = "" if name.endswith(".csv") else None

    assert f"has no column {header}" in refused(sheet, folder)


@pytest.mark.parametrize("name", NAMES)
def test_a_cell_under_no_header_is_refused(name: str, folder: Path) -> None:
    sheet = exported(folder, name)
    sheet.rows[1].append("left over")

    assert "stands under no header" in refused(sheet, folder)


@pytest.mark.parametrize("name", NAMES)
def test_every_bad_cell_is_told(name: str, folder: Path) -> None:
    sheet = exported(folder, name)
    sheet.set("stmt:x-1", "poemkg:value decimal", "a")
    sheet.set("stmt:x-1", "poemkg:about", "b")
    sheet.set("stmt:x-2", "poemkg:count integer", "c")

    assert len(import_sheet(sheet.save(), ontology=folder).refused) == 3


@pytest.mark.parametrize("name", ["a b", "-a", "a/b", "a#b", ""])
def test_a_new_statement_has_a_plain_name(name: str, folder: Path) -> None:
    sheet = exported(folder, "sheet.csv")
    row = list(sheet.rows[1])
    row[0], row[-1] = f"<https://w3id.org/poem-kg/statement/{name}>", ""
    sheet.rows.append(row)

    assert "column A (statement): " in refused(sheet, folder)


@pytest.mark.parametrize("name", NAMES)
def test_what_changed_in_the_ontology_meanwhile_is_not_undone(name: str, folder: Path) -> None:
    sheet = exported(folder, name)
    path = folder / "guidelines/x.ttl"
    path.write_text(path.read_text().replace('"first"', '"changed"'))
    before = state(folder)

    report = import_sheet(sheet.path, ontology=folder)
    assert (report.refused, report.changes) == ((), ())
    assert report.overtaken == ("stmt:x-1",)
    assert state(folder) == before

    sheet.set("stmt:x-1", "poemkg:locator text", "there")
    assert "edited both here and in the ontology" in refused(sheet, folder)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_a_comment_is_not_written_over(name: str, folder: Path) -> None:
    sheet = exported(folder, name)
    path = folder / "guidelines/x.ttl"
    path.write_text(path.read_text() + "# kept\n")
    sheet.set("stmt:x-1", "poemkg:locator text", "there")

    assert "the comment would be lost" in refused(sheet, folder)


@pytest.mark.parametrize("name", NAMES)
def test_an_export_does_not_write_over_edits(name: str, folder: Path) -> None:
    sheet = exported(folder, name)

    with pytest.raises(InputError, match="may hold edits"):
        export_sheet(sheet.path, ontology=folder)
    export_sheet(sheet.path, ontology=folder, force=True)


def test_a_sheet_of_empty_rows_without_end_is_refused(folder: Path) -> None:
    path = exported(folder, "a.xlsx").path
    book = load_workbook(path)
    book["x"].cell(1_000_000, 1).number_format = "@"
    book.save(path)

    with pytest.raises(InputError, match="has 1000000 rows"):
        import_sheet(path, ontology=folder)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.xlsx", b"no zip", "is no workbook that can be read"),
        ("a.csv", b"statement\n\xff", ":2: is not in UTF-8"),
        ("a.csv", b'statement,"a\n', "is no CSV"),
        ("a.csv", b"a\0", "NUL"),
        ("a.ods", b"", "ends neither in .xlsx nor in .csv"),
        ("none.csv", None, "no such file"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(
    name: str, data: bytes | None, told: str, folder: Path
) -> None:
    path = folder.parent / name
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(InputError, match=told.replace(".", r"\.")):
        import_sheet(path, ontology=folder)
