"""A new statement or source, from what its author says to files that are there and sound."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.authoring.cast import Cast, Pair
from poem_kg.authoring.drafting import Draft, Statement, make_statement
from poem_kg.authoring.edits import Edits
from poem_kg.authoring.terms import Terms
from poem_kg.checking.model import Problem
from poem_kg.checking.run import check_knowledge
from poem_kg.errors import InputError
from poem_kg.knowledge import load_knowledge
from poem_kg.namespaces import POEMKG, SHAPES, STATEMENT, XSD, compact
from poem_kg.tracing.appearing import Appearance

FALSE: Final = ox.Literal("false", datatype=ox.NamedNode(XSD + "boolean"))

_MODELLED_BY: Final = ox.NamedNode(POEMKG + "modelledBy")

PATIENTS: Final = Path("examples", "statements")
"""Where patients made for statements lie, from the folder that holds the ontology."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What was written, or would be.

    Attributes:
        iri: the IRI of the new statement or source.
        block: its block of Turtle, as it stands in the file.
        files: the files that were written, the patients among them.
        supposed: what was not said, with what was written for it: option to term.
        warnings: what the checks say about it without refusing it.
        shown: how the statement shows in the patient made for it; empty where none was made.
    """

    iri: str
    block: str
    files: tuple[Path, ...]
    supposed: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    shown: tuple[Appearance, ...] = ()


def new_statement(
    draft: Draft,
    *,
    ontology: Path,
    patients: Path | None = None,
    with_patients: bool = True,
    keep: bool = True,
) -> Written:
    """Write a statement into the file of its source, with two patients, and return what was done.

    In the one patient the statement shows in the advice, in the other it does not; both are
    derived before anything is written. All checks but the reasoner run on a copy first.

    Args:
        draft: what the author says.
        ontology: the folder of the ontology.
        patients: the folder for the patients; None: `examples/statements` beside the ontology.
        with_patients: write the two patients.
        keep: False only tells what would be written.

    Raises:
        InputError: something that the author said cannot be used, a check refuses the statement,
            no patient could be made, or a file cannot be written. Nothing has changed then.
        KnowledgeError: the ontology is broken already.
    """
    edits = Edits(ontology)
    statement = make_statement(draft, Terms(edits.triples))
    path = edits.home(statement.source)
    if path is None:
        path = add_home(edits, statement.source)
    edits.add(path, statement.triples)
    for passage in statement.passages:
        stands = ox.Triple(ox.NamedNode(passage), _MODELLED_BY, ox.NamedNode(statement.iri))
        edits.add(edits.declaring(passage), (stands,))
    folder = patients if patients is not None else edits.root.parent / PATIENTS
    with tempfile.TemporaryDirectory(prefix="poem-kg-") as scratch:
        trial = edits.copy_to(Path(scratch))
        warnings = refuse_unsound(edits, trial, statement.iri)
        pair = _pair(statement, trial) if with_patients else None
    others = {} if pair is None else _patient_files(pair, statement, folder)
    files = edits.write(others) if keep else (*others, *edits.changed)
    return Written(
        iri=statement.iri,
        block=block_of(edits.text(path), statement.iri),
        files=files,
        supposed=statement.supposed,
        warnings=warnings,
        shown=() if pair is None else pair.shown.shows,
    )


def add_home(edits: Edits, source: str) -> Path:
    """Add the file for the statements of a source, titled by its label.

    A source that does not say whether it governs is said not to.
    """
    terms = Terms(edits.triples)
    label = terms.label(source)
    if not terms.index.all(source, POEMKG + "governing"):
        # A source with statements says whether it governs; that it does is never supposed.
        said = ox.Triple(ox.NamedNode(source), ox.NamedNode(POEMKG + "governing"), FALSE)
        edits.add(edits.declaring(source), (said,))
    return edits.add_module(
        source,
        title=f"poem-kg: statements of {label}",
        description=f"What {label} says.",
    )


def refuse_unsound(edits: Edits, trial: Path, iri: str) -> tuple[str, ...]:
    """Return what the checks newly warn of, and refuse what they newly call an error.

    Args:
        edits: the changes, of which the folder before them is compared.
        trial: a copy of the ontology with the changes.
        iri: the new term, which the findings are about.

    Raises:
        InputError: a check found an error that was not there before.
    """
    after = _problems(trial)
    before = {_key(p) for p in _problems(edits.root)} if after else set()
    new = [problem for problem in after if _key(problem) not in before]
    # What a shape says is meant for the author of the one statement, so it is told first.
    worst = sorted(
        new,
        key=lambda p: (p.severity != "error", p.term != iri, not p.rule.startswith(SHAPES), p.rule),
    )
    if worst and worst[0].severity == "error":
        more = sum(p.severity == "error" for p in new) - 1
        also = f" (and {more} more)" if more else ""
        first = worst[0]
        raise InputError(compact(first.term), first.message.rstrip(".") + also, _advice(first))
    return tuple(f"{compact(p.term)}: {p.message}; {p.advice}" for p in worst)


def block_of(text: str, iri: str) -> str:
    """Return the block of a term in canonical Turtle."""
    name = compact(iri)
    for block in text.split("\n\n"):
        if block.split("\n", 1)[0] in (name, f"<{iri}>"):
            return block.rstrip("\n") + "\n"
    return ""


def told(written: Written, *, keep: bool) -> str:
    """Return in words what was written, or would be."""
    verb = "wrote" if keep else "would write"
    lines = [f"{verb} {path}" for path in written.files]
    if written.supposed:
        said = ", ".join(f"--{name} {value}" for name, value in written.supposed)
        lines.append(f"not said, so written: {said}")
    if written.shown:
        ways = ", ".join(dict.fromkeys(a.told() for a in written.shown))
        lines.append(f"in the one patient it shows as {ways}; in the other it does not show")
    lines += [f"warning: {warning}" for warning in written.warnings]
    return "".join(f"{line}\n" for line in lines)


def _pair(statement: Statement, trial: Path) -> Pair:
    pair = Cast(load_knowledge(ontology=trial)).pair(statement.iri)
    if pair is None:
        raise InputError(
            compact(statement.iri),
            "no patient could be made in whom it shows and one in whom it does not",
            "see whom it is about, or write it with --no-patients and the patients by hand",
        )
    return pair


def _patient_files(pair: Pair, statement: Statement, folder: Path) -> dict[Path, bytes]:
    name = statement.iri.removeprefix(STATEMENT)
    return {
        folder / f"{name}-shown.ttl": pair.shown.text.encode(),
        folder / f"{name}-not-shown.ttl": pair.not_shown.text.encode(),
    }


def _problems(ontology: Path) -> tuple[Problem, ...]:
    return check_knowledge(ontology, reasoner=False).problems


def _key(problem: Problem) -> tuple[str, str, str]:
    return problem.rule, problem.term, problem.message


def _advice(problem: Problem) -> str:
    return problem.advice.rstrip(".").replace("; ", ", ")
