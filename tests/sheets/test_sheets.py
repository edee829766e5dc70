"""The statements as a spreadsheet: out and back without loss, and an edit is what it says."""

from __future__ import annotations

import random
import re
import shutil
import zipfile
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from openpyxl import load_workbook

from poem_kg.errors import InputError
from poem_kg.formatting import format_file
from poem_kg.knowledge import parse_module
from poem_kg.resources import data_dir
from poem_kg.serialise import in_order
from poem_kg.sheets.cells import Column, Value, cell_text, read_cell, term_text
from poem_kg.sheets.csv_files import guarded, unguarded
from poem_kg.sheets.exporting import export_sheet
from poem_kg.sheets.importing import import_sheet
from poem_kg.sheets.model import SheetReport
from poem_kg.sheets.statements import Statements, read_statements
from poem_kg.turtle import write_turtle
from tests.cli.here import command
from tests.sheets.folders import Sheet, exported, make_folder, state

ONTOLOGY = data_dir("ontology")


TARGETS = ("sheet.xlsx", "sheet.csv", "sheets")


NAMES = ("sheet.xlsx", "sheet.csv")


@pytest.mark.parametrize("name", TARGETS)
def test_the_ontology_goes_out_and_back_to_the_same_bytes(name: str, tmp_path: Path) -> None:
    """Back into a copy whose statements were all taken away, so that every cell is read."""
    copy = tmp_path / "copy"
    shutil.copytree(ONTOLOGY, copy)
    export_sheet(tmp_path / name, ontology=copy)
    before = state(copy)
    same = import_sheet(tmp_path / name, ontology=copy)
    assert (same.changes, same.refused, same.absent, same.written) == ((), (), (), ())
    assert state(copy) == before

    emptied(copy, tmp_path / name)
    assert state(copy) != before
    report = import_sheet(tmp_path / name, ontology=copy)

    assert report.refused == ()
    assert len(report.added) > 200
    assert state(copy) == before


def emptied(folder: Path, sheets: Path) -> None:
    """Take all statements from the ontology, and the versions from the sheets."""
    for path in folder.rglob("*.ttl"):
        kept = [t for t in parse_module(path) if "/poem-kg/statement/" not in str(t.subject)]
        path.write_text(write_turtle(kept))
    if sheets.suffix == ".xlsx":
        book = load_workbook(sheets)
        for sheet in book.worksheets[:-1]:
            for row in sheet.iter_rows(min_row=2):
                row[-1].value = None
        book.save(sheets)
    else:
        for path in [sheets] if sheets.is_file() else sheets.iterdir():
            sheet = Sheet(path)
            for row in sheet.rows[1:]:
                row[-1] = ""
            sheet.save()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("statement", "header", "value", "gone", "come"),
    [
        ("stmt:x-1", "rdfs:label text en", "first of all", ['"first"@en'], ['"first of all"@en']),
        ("stmt:x-1", "poemkg:about", "poemkg:Two", ["poemkg:One"], []),
        ("stmt:x-1", "poemkg:about", "poemkg:Two\nstmt:x-2\n", ["poemkg:One"], ["stmt:x-2"]),
        ("stmt:x-1", "poemkg:value decimal", "94.25", ["94.0"], ["94.25"]),
        ("stmt:x-1", "poemkg:value decimal", "95", ["94.0"], ["95.0"]),
        ("stmt:x-1", "poemkg:value decimal", "", ["94.0"], []),
        ("stmt:x-2", "poemkg:value decimal", "-1.5", [], ["-1.5"]),
        ("stmt:x-2", "poemkg:count integer", "4", ["3"], ["4"]),
        ("stmt:x-2", "poemkg:sure boolean", "false", ["true"], ["false"]),
        ("stmt:x-2", "skos:note text", "a | c", ['"b"'], ['"c"']),
        ("stmt:x-2", "skos:note text", r"a | b | c\|d\\ ", [], [r'"c|d\\"']),
        ("stmt:x-2", "skos:note text", "a | b | two\nlines", [], ['"""two\nlines"""']),
    ],
)
def test_an_edit_of_a_cell_changes_that_value_alone(
    statement: str,
    header: str,
    value: str,
    gone: list[str],
    come: list[str],
    name: str,
    folder: Path,
) -> None:
    sheet = exported(folder, name)
    sheet.set(statement, header, value)
    before = set(parse_module(folder / "guidelines/x.ttl"))

    report = import_sheet(sheet.save(), ontology=folder)

    after = set(parse_module(folder / "guidelines/x.ttl"))
    assert report.refused == ()
    assert sorted(shown(before - after)) == sorted(gone)
    assert sorted(shown(after - before)) == sorted(come)
    assert [(c.statement, c.column) for c in report.changes] == [(statement, header)]
    assert (folder / "guidelines/x.ttl").read_text() == write_turtle(after)


def shown(triples: set[ox.Triple]) -> list[str]:
    """The objects as Turtle of ours writes them."""
    texts = [write_turtle([t]).split("\n\n", 1)[1].split(" ", 1)[1] for t in triples]
    return [text.removesuffix(" ;\n\t.\n").split(" ", 0)[0] for text in texts]


def said(statements: Statements) -> set[tuple[str, ox.Triple]]:
    """What each file says, with the same labels of blank nodes for the same."""
    files = statements.triples.items()
    return {(file, triple) for file, triples in files for triple in in_order(triples)}


@cache
def as_it_stands() -> tuple[Statements, set[tuple[str, ox.Triple]]]:
    """The statements of the ontology and what its files say; a copy says the same."""
    statements = read_statements(ONTOLOGY)
    return statements, said(statements)


def random_edits(seed: int, count: int, name: str, folder: Path) -> None:
    """Edit cells of the ontology at random; the triples that change must be theirs alone."""
    chance = random.Random(seed)
    shutil.copytree(ONTOLOGY, folder)
    statements, before = as_it_stands()
    sheet = exported(folder, name)
    names = {row[0] for row in sheet.rows[1:]}
    places = [
        (row, column)
        for row in statements.rows.values()
        for column in row.values
        if term_text(row.iri) in names
    ]
    gone: set[ox.Triple] = set()
    come: set[ox.Triple] = set()
    for row, column in chance.sample(places, count):
        subject, predicate = ox.NamedNode(row.iri), ox.NamedNode(column.predicate)
        old = row.values[column]
        if column.datatype == "":
            term = ox.NamedNode(chance.choice(sorted(statements.described())))
            new: set[Value] = {*old[1:], term}
        elif column.language or column.datatype.endswith("string"):
            text = old[0].value + chance.choice((" x", "\n", "|=", "\\", " =1", "é"))
            new = {*old[1:], ox.Literal(text, language=column.language or None)}
        else:
            continue
        sheet.set(term_text(row.iri), column.header, cell_text(new))
        gone |= {ox.Triple(subject, predicate, value) for value in set(old) - new}
        come |= {ox.Triple(subject, predicate, value) for value in new - set(old)}

    report = import_sheet(sheet.save(), ontology=folder)

    after = said(read_statements(folder))
    assert report.refused == ()
    assert {triple for _, triple in before - after} == gone
    assert {triple for _, triple in after - before} == come
    assert all(format_file(path).line is None for path in report.written)


@pytest.mark.parametrize("name", NAMES)
def test_edits_of_many_cells_change_their_values_alone(name: str, tmp_path: Path) -> None:
    random_edits(1, 12, name, tmp_path / "ontology")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 40))
def test_edits_of_very_many_cells_change_their_values_alone(seed: int, tmp_path: Path) -> None:
    random_edits(seed, 150, NAMES[seed % 2], tmp_path / "ontology")


@pytest.mark.parametrize("name", NAMES)
def test_a_text_that_no_cell_holds_is_told_and_not_cut(name: str, tmp_path: Path) -> None:
    long = f'stmt:x-1 a poemkg:Kind ; poemkg:locator "{"a" * 32_768}" .'
    folder = make_folder(tmp_path / "ontology", long)

    with pytest.raises(InputError, match="has 32768 characters in poemkg:locator text"):
        exported(folder, name)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("value", [94, 94.0])
def test_a_number_that_a_spreadsheet_made_of_a_text_is_the_number(
    value: float, folder: Path
) -> None:
    sheet = exported(folder, "sheet.xlsx")
    sheet.set("stmt:x-1", "poemkg:value decimal", value)

    report = import_sheet(sheet.save(), ontology=folder)

    assert (report.changes, report.refused, report.written) == ((), (), ())


@pytest.mark.parametrize("name", NAMES)
def test_rows_and_columns_may_move_and_go_and_nothing_is_lost(name: str, folder: Path) -> None:
    sheet = exported(folder, name)
    before = state(folder)
    column = sheet.rows[0].index("skos:note text")
    sheet.rows = [[*row[:1], *row[:column:-1], *row[1:column]] for row in sheet.rows]
    del sheet.rows[1]

    report = import_sheet(sheet.save(), ontology=folder)

    assert (report.refused, report.changes) == ((), ())
    assert report.absent == ("stmt:x-1",)
    assert state(folder) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_new_row_is_a_new_statement(name: str, folder: Path) -> None:
    sheet = exported(folder, name)
    row = list(sheet.rows[1])
    row[0], row[-1] = "stmt:x-new.1", ""
    sheet.rows.append(row)
    sheet.set("stmt:x-1", "poemkg:about", "stmt:x-new.1")

    report = import_sheet(sheet.save(), ontology=folder)

    assert report.refused == ()
    assert report.added == ("stmt:x-new.1",)
    new = {t for t in parse_module(folder / "guidelines/x.ttl") if "x-new" in str(t.subject)}
    assert len(new) == 7


def test_blank_nodes_and_what_is_no_statement_stay(tmp_path: Path) -> None:
    extra = (
        'stmt:x-1 a poemkg:Kind ; poemkg:about [ rdfs:label "in" ] ; rdfs:label "a" . ex:b a ex:c .'
    )
    folder = make_folder(tmp_path / "ontology", extra)
    sheet = exported(folder, "sheet.xlsx")
    sheet.set("stmt:x-1", "rdfs:label text", "b")
    before = (folder / "guidelines/x.ttl").read_text()

    import_sheet(sheet.save(), ontology=folder)

    assert (folder / "guidelines/x.ttl").read_text() == before.replace('"a"', '"b"')


TEXTS = (
    "=1+1", "'=1", "''-a", "-5", "-5a", "+", "@a", "\t=1", "\uff1da", "'plain'", "a|b", "|",
    "\\", "\\|", " a ", "\n", "a\n|\nb", "", "\r\n", "_x000D_", "_x0041_a", "\x1f\x7f", "\u2028",
    "\ufeff", "\ufffe", "a\tb", "94.0", "TRUE", "2026-01-02", "1-3", '"', "a,b;c", "😀", "\u202e",
    " ", "\\e", "\\n",
)  # fmt: skip


CONTROLS = set("\x0b\x1f\x7f")
"""Which are refused in a literal, where somebody writes it into a cell."""


def made(seed: int) -> list[str]:
    chance = random.Random(seed)
    alphabet = "ab =+-@'|\\\n\r\t\"_x0041_\u00a0\u2028\x0b,;"
    return ["".join(chance.choices(alphabet, k=chance.randint(0, 12))) for _ in range(40)]


@pytest.mark.parametrize("texts", [TEXTS, made(1), made(2)], ids=["odd", "drawn", "drawn too"])
@pytest.mark.parametrize("name", TARGETS)
def test_no_text_is_changed_on_the_way(texts: list[str], name: str, tmp_path: Path) -> None:
    column = ox.NamedNode("https://w3id.org/poem-kg/ontology/locator")
    kind = ox.NamedNode("https://w3id.org/poem-kg/ontology/Kind")
    type_ = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    fine = [text for text in texts if not set(text) & CONTROLS]
    triples = []
    for number, text in enumerate(fine):
        subject = ox.NamedNode(f"https://w3id.org/poem-kg/statement/t-{number // 2}")
        triples += [ox.Triple(subject, column, ox.Literal(text)), ox.Triple(subject, type_, kind)]
    folder = make_folder(tmp_path / "ontology")
    path = folder / "guidelines/x.ttl"
    path.write_text(write_turtle([*triples, *parse_module(path)]))
    before = path.read_text()
    export_sheet(tmp_path / name, ontology=folder)

    assert import_sheet(tmp_path / name, ontology=folder).changes == ()

    emptied(folder, tmp_path / name)
    report = import_sheet(tmp_path / name, ontology=folder)

    assert report.refused == ()
    assert path.read_text() == before


@pytest.mark.parametrize("texts", [TEXTS, *(made(seed) for seed in range(3, 20))])
def test_a_cell_says_what_it_was_made_from(texts: list[str]) -> None:
    column = Column(predicate="urn:a", datatype="http://www.w3.org/2001/XMLSchema#string")
    values = {ox.Literal(text) for text in texts}

    text = cell_text(values)

    assert unguarded(guarded(text)) == text
    fine = {v for v in values if not set(v.value) & CONTROLS}
    assert set(read_cell(cell_text(fine), column)) == fine


def test_the_same_ontology_gives_the_same_workbook(folder: Path) -> None:
    first = exported(folder, "a.xlsx").path.read_bytes()

    assert exported(folder, "b.xlsx").path.read_bytes() == first


def test_a_workbook_does_not_tell_when_it_was_made(folder: Path) -> None:
    with zipfile.ZipFile(exported(folder, "a.xlsx").path) as parts:
        core = parts.read("docProps/core.xml").decode()

        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert set(re.findall(r">([0-9]{4})-", core)) == {"1980"}


def test_what_excel_takes_for_the_number_of_a_character_is_hidden_from_it() -> None:
    assert cell_text([ox.Literal("_x0041_ _x41_")]) == r"\u005Fx0041_ _x41_"


def test_a_workbook_explains_its_columns_and_lists_terms(folder: Path) -> None:
    book = load_workbook(exported(folder, "a.xlsx").path)

    head = {cell.value: cell.comment for cell in book["x"][1]}
    assert head["poemkg:about"].text == "about: What it is about."
    assert [c.value for c in book["terms"][2]][:2] == ["poemkg:about", "about"]


def test_semicolons_and_windows_line_ends_are_read(folder: Path) -> None:
    sheet = exported(folder, "sheet.csv")
    sheet.set("stmt:x-1", "poemkg:locator text", "a\nb")
    text = sheet.save().read_bytes().decode("utf-8-sig")
    rows = Sheet(sheet.path).rows
    lines = [";".join('"' + c.replace("\n", "\r\n") + '"' for c in row) for row in rows]
    assert "," in text
    sheet.path.write_bytes("\r\n".join(lines).replace('"statement"', "statement").encode())

    report = import_sheet(sheet.path, ontology=folder)

    assert [(c.column, c.after) for c in report.changes] == [("poemkg:locator text", "a\nb")]


def test_the_commands_export_check_import_and_refuse(folder: Path) -> None:
    path, before = folder.parent / "a.csv", state(folder)
    done = command("sheet", "export", path, "--ontology", folder)
    assert (done.returncode, done.stderr) == (0, f"{path}\n")
    assert command("sheet", "import", path, "--ontology", folder, "--check").returncode == 0
    sheet = Sheet(path)
    sheet.set("stmt:x-1", "poemkg:locator text", "there")
    sheet.save()

    done = command("sheet", "import", path, "--ontology", folder, "--check")
    assert done.returncode == 1 and state(folder) == before
    assert 'stmt:x-1 poemkg:locator text: "here" -> "there"' in done.stderr

    done = command("sheet", "import", path, "--ontology", folder)
    assert done.returncode == 0 and state(folder) != before
    assert "now run: poem-kg check" in done.stderr

    sheet.set("stmt:x-1", "poemkg:about", "poemkg:None")
    done = command("sheet", "import", sheet.save(), "--ontology", folder)
    assert done.returncode == 2
    assert done.stderr.endswith("nothing was written: 1 place is refused\n")
    assert isinstance(import_sheet(path, ontology=folder), SheetReport)
