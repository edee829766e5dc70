"""Every file that holds statements is a table of its own, whatever the files are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.sheets.exporting import export_sheet
from poem_kg.sheets.importing import import_sheet
from tests.sheets.folders import Sheet, make_folder, state

PREFIXES = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .
@prefix stmt: <https://w3id.org/poem-kg/statement/> .
"""
FILES = ("a-b.ttl", "a/b.ttl", "b.ttl", "terms.ttl", "c/Terms.ttl", "B.ttl", "a-b-2.ttl", "d/x.ttl")


def odd_folder(folder: Path) -> Path:
    """A folder of files whose names are much the same, with a statement each."""
    make_folder(folder)
    for number, name in enumerate(FILES):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{PREFIXES}stmt:n-{number} a owl:NamedIndividual , poemkg:Kind .\n")
    return folder


@pytest.mark.parametrize("target", ["sheet.xlsx", "sheet.csv", "sheets"])
def test_no_statement_is_lost_and_all_are_read_back(target: str, tmp_path: Path) -> None:
    folder = odd_folder(tmp_path / "ontology")
    export_sheet(tmp_path / target, ontology=folder)

    report = import_sheet(tmp_path / target, ontology=folder)

    assert (report.refused, report.absent, report.changes) == ((), (), ())


def test_no_two_names_are_the_same_on_a_disk_that_ignores_capital_letters(tmp_path: Path) -> None:
    folder = odd_folder(tmp_path / "ontology")

    written = export_sheet(tmp_path / "sheets", ontology=folder)

    assert len({path.name.lower() for path in written}) == len(FILES) + 1
    assert "terms.csv" not in {path.name.lower() for path in written}
    rows = [row for path in written for row in Sheet(path).rows[1:]]
    assert {row[1] for row in rows} == {*FILES, "guidelines/x.ttl"}
    assert len(rows) == len(FILES) + 2


def test_the_lock_of_an_editor_is_no_file_of_the_ontology(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "ontology")
    before = state(folder)
    (folder / ".#schema.ttl").symlink_to("somebody@somewhere.4711:1")
    (folder / "gone.ttl").symlink_to("nowhere.ttl")

    export_sheet(tmp_path / "sheet.csv", ontology=folder)

    assert import_sheet(tmp_path / "sheet.csv", ontology=folder).refused == ()
    (folder / ".#schema.ttl").unlink()
    (folder / "gone.ttl").unlink()
    assert state(folder) == before
