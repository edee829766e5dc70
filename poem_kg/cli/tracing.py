"""The command that leads from the sentences of a source to patients."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from poem_kg.cli.options import Output, emit, one_of


def trace(
    ontology: Annotated[
        Path | None,
        typer.Option("--ontology", metavar="DIR", help="The ontology folder; else the package's."),
    ] = None,
    patients: Annotated[
        list[Path] | None,
        typer.Option("--patients", metavar="DIR", help="Folders with patients; else examples."),
    ] = None,
    format: Annotated[str, typer.Option("--format", "-f", help="html, csv or turtle")] = "html",
    page: Annotated[
        Path | None,
        typer.Option("--page", metavar="FILE", help="Hold this page against the passages instead."),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Of which source the page is, if of several.")
    ] = None,
    output: Output = None,
) -> None:
    """From each sentence of a source to the statements, criteria and patients behind it."""
    from poem_kg.knowledge_base import KnowledgeBase
    from poem_kg.resources import data_dir, own_ontology
    from poem_kg.tracing.formats import trace_csv, trace_turtle
    from poem_kg.tracing.holding import held_against, read_page, told
    from poem_kg.tracing.html import trace_html
    from poem_kg.tracing.model import FLAGGED
    from poem_kg.tracing.tracing import patient_files
    from poem_kg.tracing.tracing import trace as traced

    one_of(format, ("html", "csv", "turtle"))
    if ontology is None:
        own_ontology("poem-kg trace", "--ontology")  # refuses in another checkout
    kb = KnowledgeBase.load(ontology=ontology)
    if page is not None:
        held = held_against(read_page(page), kb, source=source)
        emit(told(held, page.name).encode(), output)
        if not held.same:
            raise typer.Exit(1)
        return
    folder = data_dir("examples") if ontology is None else ontology.resolve().parent / "examples"
    found = traced(kb, patient_files(patients or ([folder] if folder.is_dir() else [])))
    write = {"html": trace_html, "csv": trace_csv, "turtle": trace_turtle}[format]
    emit(write(found), output)
    print(
        f"{len(found.passages)} passages, {found.counted(FLAGGED)} of them open; "
        f"{len(found.statements)} statements, {found.unexercised} of them in none of "
        f"{found.patients} patients",
        file=sys.stderr,
    )
    for name in found.left_out:
        print(f"{name}: does not conform, and was left out; run poem-kg validate", file=sys.stderr)
