"""What a check returns: problems, each with its rule, its place and what to do."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Final, Literal

from poem_kg.namespaces import BASE

RULE: Final = BASE + "check/"
"""Namespace of the rules that are neither a query nor a shape."""

UNCHECKED: Final = "no "
"""What a line begins with that tells what was not checked."""

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One thing that the knowledge must be.

    Attributes:
        name: words with hyphens, unique; waivers and reports name it.
        iri: of the query or shape that looks, or one below `RULE`.
        severity: "error", or "warning" where a person has to judge.
        finds: what is wrong where the rule finds something, in one sentence.
        mend: what to do, in one sentence.
        waivable: whether a waiver in the data can set it aside.
    """

    name: str
    iri: str
    severity: Severity
    finds: str
    mend: str
    waivable: bool = True


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong in the knowledge.

    Attributes:
        rule: the IRI of the rule.
        name: the name of the rule.
        severity: "error" or "warning".
        term: the IRI that it is about; for a file that cannot be read, its path in the folder.
        message: what is wrong.
        advice: what to do.
        file: where it stands, as a path from the folder with `/`; None where nothing tells. The
            shapes lie beside the folder, so theirs begins with `../`.
        line: the line in the file, from 1; None where it is about the file as a whole.
        waived: the reason why it is set aside; None where it is not.
    """

    rule: str
    name: str
    severity: Severity
    term: str
    message: str
    advice: str
    file: str | None = None
    line: int | None = None
    waived: str | None = None

    def path(self, base: str = "") -> str | None:
        """Return the file as seen from elsewhere, or None where nothing tells it.

        Args:
            base: what leads from there to the folder, such as `ontology/`.
        """
        return None if self.file is None else posixpath.normpath(base + self.file)

    def place(self, base: str = "") -> str:
        """Return `FILE:LINE`, `FILE`, or `-` where nothing tells."""
        path = self.path(base)
        if path is None:
            return "-"
        return path if self.line is None else f"{path}:{self.line}"


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """What was checked and what was found.

    Attributes:
        sound: no problem of severity "error" that is not waived.
        checked: a line for each kind of check, with counts; where something was not checked, one
            that begins with `UNCHECKED` and says why.
        problems: what is not waived, errors first, then by file, line, rule and term.
        waived: what is, in the same order, each with its reason.
    """

    sound: bool
    checked: tuple[str, ...]
    problems: tuple[Problem, ...]
    waived: tuple[Problem, ...] = ()

    @property
    def unchecked(self) -> tuple[str, ...]:
        """Those lines of `checked` that tell what was not checked, and why not."""
        return tuple(line for line in self.checked if line.startswith(UNCHECKED))


def found(
    rule: Rule,
    term: str,
    message: str,
    *,
    advice: str | None = None,
    file: str | None = None,
    line: int | None = None,
) -> Problem:
    """Return a problem of a rule.

    Args:
        rule: what was broken.
        term: the IRI that it is about.
        message: what is wrong there.
        advice: what to do there; by default what the rule says.
        file: path within the folder.
        line: the line, from 1.
    """
    return Problem(
        rule=rule.iri,
        name=rule.name,
        severity=rule.severity,
        term=term,
        message=message,
        advice=rule.mend if advice is None else advice,
        file=file,
        line=line,
    )
