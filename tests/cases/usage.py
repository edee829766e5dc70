"""The cases as data: which patient shows which statement, and where.

`statements.tsv` has one row for each expectation: a statement, a patient (an example by its story,
such as S3a, or a file of `patients/`), where the statement shows, and the details of that:

- for, against, caution, gap, outcome: therapy, whether it applies, and "indirect" of an estimate
- via: the therapy that comes by this transfer
- requirement: therapy, kind and state of a requirement that the statement asks for
- test: the test to take first; question, no-question: the criterion that is asked for, or is not
- notice: kind and whether it applies; noStatement: its kind
- report: it is about a page, not about patients, and is found by a report or question of `queries/`
- absent: it shows nowhere
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from poem_kg.namespaces import POEMKG, STATEMENT

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
NEGATIVE = ("absent", "no-question")

_USED = ox.NamedNode(POEMKG + "usedByCase")


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    statement: str
    patient: str
    shows: str
    detail: str

    @property
    def iri(self) -> str:
        return STATEMENT + self.statement

    @property
    def path(self) -> Path:
        """The file of the patient."""
        own = HERE / "patients" / f"{self.patient}.ttl"
        return own if own.exists() else next(EXAMPLES.glob(f"{self.patient}-*.ttl"))

    def __str__(self) -> str:
        return " ".join((self.statement, self.patient, self.shows, self.detail)).strip()


@cache
def cases() -> tuple[Case, ...]:
    """Return every row of the table."""
    with (HERE / "statements.tsv").open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(
            Case(row["statement"], row["patient"], row["shows"], row["detail"] or "")
            for row in rows
        )


def usage() -> tuple[ox.Triple, ...]:
    """Return `statement poemkg:usedByCase "case"` for every statement that a case shows."""
    used = {
        (case.iri, case.patient if case.shows != "report" else "report")
        for case in cases()
        if case.shows not in NEGATIVE
    }
    return tuple(
        ox.Triple(ox.NamedNode(statement), _USED, ox.Literal(name))
        for statement, name in sorted(used)
    )
