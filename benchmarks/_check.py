"""The findings of `poem-kg check`, as the benchmark of seeded defects reads them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from poem_kg.checking.run import check_knowledge
from poem_kg.errors import KnowledgeError


class Found(NamedTuple):
    """One finding.

    Attributes:
        rule: the name of the rule.
        term: the IRI that it is about.
        message: what is wrong, and what to do.
        file: the file in which it is.
        line: the line, or None.
    """

    rule: str
    term: str
    message: str
    file: str
    line: int | None

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same when lines move."""
        return (self.rule, self.term, self.message)


def check(folder: Path, *, reasoner: bool) -> list[Found]:
    """Return what `check` finds in a folder."""
    try:
        report = check_knowledge(folder, reasoner=reasoner)
    except KnowledgeError as error:
        return [Found("error", "", str(error), "", None)]
    return [
        Found(p.name, p.term, f"{p.message}; {p.advice}", p.file or "", p.line)
        for p in report.problems
    ]
