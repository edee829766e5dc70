"""The command `format`: Turtle files in their canonical form."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from poem_kg.formatting import FormatReport


def format(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Turtle files, or folders of them; none is the ontology of this checkout.",
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 if a file would change.")
    ] = False,
    notes: Annotated[
        bool, typer.Option("--notes", help="Turn comments into notes of their terms.")
    ] = False,
) -> None:
    """Put Turtle files in their canonical form, so that a diff shows what changed."""
    from poem_kg.formatting import format_files

    report = format_files(tuple(paths or ()), check=check, notes=notes)
    for error in report.refused:
        print(error, file=sys.stderr)
    for file in report.changed:
        if file.path in report.written:
            told = f"{file.path}: formatted"
            if file.notes:
                told += f", comments turned into notes: {file.notes}"
        else:
            told = f"{file.path}:{file.line}: {file.difference}"
            told += f"; run: poem-kg format {file.path}"
        print(told, file=sys.stderr)
    print(_counts(report), file=sys.stderr)
    if report.refused:
        raise typer.Exit(2)
    if check and report.changed:
        raise typer.Exit(1)


def _counts(report: FormatReport) -> str:
    total = len(report.files) + len(report.refused)
    done = "formatted" if report.written else "not formatted"
    counts = [f"{len(report.changed)} {done}"] if report.changed or not report.refused else []
    counts += [f"{len(report.refused)} refused"] if report.refused else []
    return f"{total} {'file' if total == 1 else 'files'}, {', '.join(counts)}"
