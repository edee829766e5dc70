"""The command that checks the knowledge: check."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from poem_kg.cli.options import Output, emit, json_bytes, one_of
from poem_kg.errors import one_line


def check(
    folder: Annotated[
        Path | None, typer.Argument(help="The ontology folder; else that of the package.")
    ] = None,
    reasoner: Annotated[
        bool,
        typer.Option(
            help="Also run the OWL reasoner and the OWL 2 DL profile check, and try the examples."
        ),
    ] = True,
    format: Annotated[
        str, typer.Option("--format", "-f", help="table, text, json or sarif")
    ] = "table",
    output: Output = None,
) -> None:
    """Is the knowledge sound? Every rule, with file, line and what to do."""
    from poem_kg.checking.run import check_knowledge
    from poem_kg.checking.sarif import report_sarif
    from poem_kg.checking.told import report_lines, report_text
    from poem_kg.model import as_json
    from poem_kg.resources import own_ontology

    one_of(format, ("table", "text", "json", "sarif"))
    if folder is None:
        folder = own_ontology("poem-kg check", "poem-kg check")
    report = check_knowledge(folder, reasoner=reasoner)
    base = _base(folder)
    if format == "json":
        emit(json_bytes(as_json(report)), output)
    elif format == "sarif":
        emit(report_sarif(report, base=base), output)
    else:
        told = report_lines if format == "text" else report_text
        emit(told(report, base=base).encode(), output)
    if not report.sound:
        raise typer.Exit(1)


def _base(folder: Path) -> str:
    """What leads from where the command runs to the files of a folder; else the folder's name.

    What of it is not UTF-8 is written as escapes, as the names of the files are.
    """
    try:
        inside = Path(os.path.abspath(folder)).relative_to(Path.cwd())
    except ValueError:
        return f"{one_line(folder.resolve().name)}/"
    return "" if inside == Path() else f"{one_line(inside.as_posix())}/"
