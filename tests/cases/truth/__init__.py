"""The truth tables as data: `tables.toml` says what each is about, `NAME.tsv` has its lines.

A line gives for each input a value, several joined by `|`, all but those after `!`, or `*` for any;
then what follows. The first line that fits holds. `-` as an output says that the rules leave it
open; `refused` that validation finds a contradiction and nothing is concluded. The lines were
written from the rules, before anything was derived, and are what the tests expect.

`python -m tests.cases.truth` writes them as `docs/truth-tables.md`.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from pathlib import Path

HERE = Path(__file__).parent
ANY, OPEN, REFUSED = "*", "-", "refused"

Combination = tuple[str, ...]
"""One value for each input of a table, in their order."""


@dataclass(frozen=True)
class Line:
    """One line of a table: a pattern for each input and a value for each output."""

    number: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def fits(self, combination: Combination) -> bool:
        """Tell whether every value fits its pattern."""
        return all(
            fits(pattern, value) for pattern, value in zip(self.inputs, combination, strict=True)
        )


@dataclass(frozen=True)
class Table:
    """A truth table.

    Attributes:
        name: the name of its file.
        title: the heading under which it is published.
        section: the section of the rules that it states.
        rule: what it says, in words.
        shown_on: the terms on which it is tried, in words.
        patients: which patients its inputs describe.
        inputs: the values of each input.
        outputs: the names of what follows.
        lines: the rules, in their order.
    """

    name: str
    title: str
    section: str
    rule: str
    shown_on: str
    patients: str
    inputs: dict[str, tuple[str, ...]]
    outputs: tuple[str, ...]
    lines: tuple[Line, ...]

    @cached_property
    def combinations(self) -> tuple[Combination, ...]:
        """Every combination of input values."""
        return tuple(product(*self.inputs.values()))

    @cached_property
    def decided(self) -> dict[Combination, Line]:
        """The line that holds for each combination; one without a line is left out."""
        return {
            combination: line
            for combination in self.combinations
            if (line := self.line_for(combination))
        }

    def line_for(self, combination: Combination) -> Line | None:
        """Return the first line that fits."""
        return next((line for line in self.lines if line.fits(combination)), None)

    def covered(self, line: Line) -> list[Combination]:
        """Return the combinations for which a line holds."""
        return [c for c, held in self.decided.items() if held is line]

    def __str__(self) -> str:
        return self.name


def fits(pattern: str, value: str) -> bool:
    """Tell whether a value fits the pattern of a cell."""
    if pattern == ANY:
        return True
    if pattern.startswith("!"):
        return value not in pattern[1:].split("|")
    return value in pattern.split("|")


@cache
def tables() -> tuple[Table, ...]:
    """Return every table, in the order of the page."""
    with (HERE / "tables.toml").open("rb") as file:
        described = tomllib.load(file)
    return tuple(_table(one) for one in described["table"])


def table(name: str) -> Table:
    """Return one table by its name."""
    return next(one for one in tables() if one.name == name)


def _table(described: dict[str, str | list[str] | dict[str, list[str]]]) -> Table:
    name, inputs, outputs = (described[key] for key in ("name", "inputs", "outputs"))
    assert isinstance(name, str) and isinstance(inputs, dict) and isinstance(outputs, list)
    return Table(
        name=name,
        inputs={column: tuple(values) for column, values in inputs.items()},
        outputs=tuple(outputs),
        lines=tuple(_lines(name, [*inputs, *outputs], len(inputs))),
        **{key: str(described[key]).strip() for key in _WORDS},
    )


_WORDS = ("title", "section", "rule", "shown_on", "patients")


def _lines(name: str, header: list[str], inputs: int) -> Iterator[Line]:
    with (HERE / f"{name}.tsv").open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        assert next(rows) == header, f"{name}.tsv: the header is not that of tables.toml"
        for number, row in enumerate(rows, 1):
            assert len(row) == len(header), f"{name}.tsv, line {number}: {len(row)} cells"
            yield Line(number, tuple(row[:inputs]), tuple(row[inputs:]))
