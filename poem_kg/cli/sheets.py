"""The commands `sheet export` and `sheet import`: the statements as a spreadsheet."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="The statements as a spreadsheet, out and back without loss.", no_args_is_help=True
)

Ontology = Annotated[
    Path | None, typer.Option("--ontology", help="The ontology folder; else that of the package.")
]


@app.command("export")
def export_command(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A file .xlsx or .csv, or a folder for one CSV file a table."
        ),
    ],
    ontology: Ontology = None,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
) -> None:
    """Write the statements as a spreadsheet to edit."""
    from poem_kg.sheets.exporting import export_sheet

    for path in export_sheet(target, ontology=ontology, force=force):
        print(path, file=sys.stderr)


@app.command("import")
def import_command(
    source: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="What `sheet export` wrote, with your edits."),
    ],
    ontology: Ontology = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 if something would change.")
    ] = False,
) -> None:
    """Bring the edits of a spreadsheet into the ontology, cell by cell."""
    from poem_kg.sheets.importing import import_sheet
    from poem_kg.sheets.telling import report_lines

    report = import_sheet(source, ontology=ontology, check=check)
    for line in report_lines(report, check=check):
        print(line, file=sys.stderr)
    if report.refused:
        raise typer.Exit(2)
    if check and report.changes:
        raise typer.Exit(1)
