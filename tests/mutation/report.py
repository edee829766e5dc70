"""Figures and survivors as files: what was tried, what was caught, and why the rest was not."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FIGURES = HERE / "figures.tsv"
SURVIVORS = HERE / "survivors.tsv"
PAGE = HERE.parents[1] / "docs" / "mutants.md"
GROUPS = ("criteria", "statements", "shapes", "queries")
PATTERNS = "triple patterns of derive queries"
AT_LEAST = 0.9
COUNTS = ("possible", "tried", "caught", "equivalent")
EQUIVALENT = "Equivalent: "
"""How the reason of a survivor begins that no test could catch."""


@dataclass(frozen=True)
class Figure:
    """How many mutants of a group were tried, of how many that there are, and were caught.

    Attributes:
        equivalent: how many survivors are listed as changing nothing that could be noticed.
    """

    group: str
    possible: int
    tried: int
    caught: int
    equivalent: int = 0

    @property
    def share(self) -> float:
        """The share that was caught of those that are not equivalent, from 0 to 1."""
        return self.caught / max(1, self.tried - self.equivalent)


def read_figures() -> dict[str, Figure]:
    """Return the figures of the last run of each group."""
    with FIGURES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {
            row["group"]: Figure(row["group"], *(int(row[name]) for name in COUNTS)) for row in rows
        }


def write_figures(figures: Iterable[Figure]) -> None:
    """Write the figures, those of other groups as they were."""
    known = (read_figures() if FIGURES.exists() else {}) | {f.group: f for f in figures}
    lines = ["\t".join(("group", *COUNTS))]
    for group in (*GROUPS, PATTERNS):
        if group in known:
            f = known[group]
            lines.append(f"{f.group}\t{f.possible}\t{f.tried}\t{f.caught}\t{f.equivalent}")
    FIGURES.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_survivors() -> dict[tuple[str, str], str]:
    """Return the reason of each listed survivor, by group and name."""
    with SURVIVORS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["group"], row["mutant"]): row["reason"] for row in rows}


def page(figures: Mapping[str, Figure], survivors: Mapping[tuple[str, str], str]) -> str:
    """Return the page on the strength of the tests, as Markdown."""
    lines = [
        "# Strength of the tests",
        "",
        "Written by `make mutants`; do not edit.",
        "",
        "A mutant is the knowledge, a shape or a query with one small change: a triple or pattern",
        "dropped, a comparison flipped, a term swapped for one of its kind, a number changed. It",
        "is caught when what the tests approve differs: the advice for a patient of the corpus, a",
        "finding of a shape in its cases, an approved answer, what a statement rests on. A triple",
        "pattern is caught when one of its mutants is. Equivalent are survivors whose reason says",
        "why no test could catch them; the others are open. A sample is the same one every time.",
        "",
        "| group | possible | tried | caught | equivalent | share of the others |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {f.group} | {f.possible} | {f.tried} | {f.caught} | {f.equivalent} "
        f"| {100 * f.share:.1f} % |"
        for f in figures.values()
    ]
    reasons: dict[str, list[str]] = {}
    for (group, name), reason in survivors.items():
        reasons.setdefault(reason, []).append(f"{group}: `{name}`")
    lines += ["", "## Survivors", "", "By reason; the list is `tests/mutation/survivors.tsv`.", ""]
    for reason, names in sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0])):
        lines += [f"### {reason}", "", f"{len(names)} mutants.", ""]
        lines += [f"- {name}" for name in names] + [""]
    return "\n".join(lines).rstrip() + "\n"
