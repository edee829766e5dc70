"""What somebody saves while a command reads and writes is not written over."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg import formatting
from poem_kg.errors import InputError
from poem_kg.sheets import importing
from poem_kg.sheets.model import Table
from poem_kg.turtle import write_turtle
from tests.sheets.folders import exported, make_folder

PLAIN = "<urn:a> <urn:b> 1 ."
SAVED = '\n<urn:saved> <urn:by> "a colleague" .\n'
TOLD = r"x\.ttl: was changed by somebody else meanwhile; nothing was written; run"


def test_format_keeps_what_was_saved_since_it_read_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, path = tmp_path / "a.ttl", tmp_path / "x.ttl"
    for file in (other, path):
        file.write_text(PLAIN)

    def slowly(triples: Iterable[ox.Triple]) -> str:
        if next(turns) == 2:
            path.write_text(SAVED)
        return write_turtle(triples)

    turns = count(1)  # the second file that it words is x.ttl
    monkeypatch.setattr(formatting, "write_turtle", slowly)
    with pytest.raises(InputError, match=TOLD):
        formatting.format_files([tmp_path])

    assert path.read_text() == SAVED
    assert other.read_text() == PLAIN


def test_a_sheet_keeps_what_was_saved_since_the_ontology_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder(tmp_path / "ontology")
    path = folder / "guidelines" / "x.ttl"
    sheet = exported(folder, "sheet.csv")
    sheet.set("stmt:x-1", "poemkg:locator text", "there")
    sheet.save()
    tables = importing._tables

    def slowly(source: Path) -> tuple[Table, ...]:
        path.write_text(path.read_text() + SAVED)
        return tables(source)

    monkeypatch.setattr(importing, "_tables", slowly)
    with pytest.raises(InputError, match=TOLD):
        importing.import_sheet(sheet.path, ontology=folder)

    assert path.read_text().endswith(SAVED) and '"here"' in path.read_text()
