"""The table of mappings is read whatever its cells hold."""

from __future__ import annotations

from pathlib import Path

from poem_kg.checking.folder import read_folder
from poem_kg.checking.mappings import mapping_problems
from poem_kg.knowledge import load_knowledge
from tests.checking.defects import TABLE, copy, edit, line_of


def test_a_cell_of_any_length_is_read_and_told_in_short(tmp_path: Path) -> None:
    made = copy(tmp_path)
    long = "\tachalasia mimic" + "k" * 140_000 + "\t"
    edit(made / TABLE, "\tachalasia mimic\t", long)

    (problem,) = mapping_problems(read_folder(made), load_knowledge())

    assert (problem.name, problem.line) == ("mapping-terms", line_of(made / TABLE, long))
    assert problem.message.startswith('is called "achalasia mimick') and len(problem.message) < 700


def test_a_row_without_cells_and_one_with_too_many_are_told(tmp_path: Path) -> None:
    made = copy(tmp_path)
    table = made / TABLE
    rows = table.read_text(encoding="utf-8").rstrip("\n") + "\n\na\tb" + "\tc" * 40 + "\n"
    table.write_text(rows, encoding="utf-8")
    last = rows.count("\n")

    problems = list(mapping_problems(read_folder(made), load_knowledge()))

    cells = {p.line: p.message for p in problems if " cells where the table has " in p.message}
    assert {line: told.split(" cells")[0] for line, told in cells.items()} == {
        last - 1: "has 0",
        last: "has 42",
    }
