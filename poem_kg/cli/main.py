"""The command line: `poem-kg recommend | validate | explain | classify | cohort | query | ...`.

RDF and JSON go to the standard output, words about them to the standard error. A command ends
with 0 when all is well (information and warnings may be there), 1 when a patient violates a shape
or a check found something, 2 when the input or the call is wrong.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from poem_kg import __version__
from poem_kg.cli.changes import diff, impact
from poem_kg.cli.checking import check
from poem_kg.cli.formatting import format
from poem_kg.cli.graph import export, query, serve
from poem_kg.cli.many import cohort
from poem_kg.cli.patient import classify, explain, recommend, validate
from poem_kg.cli.sheets import app as sheet
from poem_kg.cli.tracing import trace
from poem_kg.cli.writing import new
from poem_kg.errors import PoemKgError

app = typer.Typer(
    name="poem-kg",
    help="Guidance on achalasia as a knowledge graph: a patient goes in as RDF, the recommended "
    "therapies come out with their provenance. For research and education; not for decisions "
    "about a person.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

for _command in (recommend, validate, explain, classify, cohort, query, check, export, serve):
    app.command()(_command)
app.command()(format)
app.command()(diff)
app.command()(impact)
app.command()(trace)
app.add_typer(new, name="new")
app.add_typer(sheet, name="sheet")


def main() -> None:
    """Run the command line; every foreseeable error is one line and an exit code."""
    try:
        app()
    except PoemKgError as error:
        print(str(error), file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"poem-kg {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of every command."""
