"""The command about many patients: cohort."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from poem_kg.cli.options import (
    AsOf,
    colour_for,
    day_in,
    emit,
    one_of,
)
from poem_kg.errors import InputError
from poem_kg.serialise import write_atomically


def cohort(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT...",
            help='Files and folders with patients, or "-": N-Triples, N-Quads, Turtle, TriG or '
            "lines of JSON-LD; plain, gzip or zstd.",
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="DIR", help="The folder to make.")
    ] = None,
    runner: Annotated[
        str, typer.Option("--runner", help="local, or spark to run on a cluster.")
    ] = "local",
    master: Annotated[
        str | None, typer.Option("--master", help="The Spark master, such as local[2].")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Processes; else one for each core.")
    ] = None,
    chunk_size: Annotated[
        int, typer.Option("--chunk-size", min=1, max=50_000, help="Patients derived together.")
    ] = 200,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was stopped or killed.")
    ] = False,
    group: Annotated[
        bool, typer.Option("--group", help="First put the lines of each patient together.")
    ] = False,
    input_format: Annotated[
        str | None,
        typer.Option(
            "--input-format",
            help="ntriples, nquads, turtle, trig or jsonl, whatever the names of files say.",
        ),
    ] = None,
    as_of: AsOf = None,
    patient_seconds: Annotated[
        float, typer.Option("--patient-seconds", min=1.0, help="The longest one patient may take.")
    ] = 30.0,
    summary: Annotated[
        Path | None,
        typer.Option("--summary", metavar="DIR", help="Tell what a finished run came to."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="With --summary: also write this page.")
    ] = None,
    suppress_below: Annotated[
        int, typer.Option("--suppress-below", min=0, help="With --summary: mask smaller counts.")
    ] = 0,
) -> None:
    """Advice for many patients: validated, derived, and none lost."""
    if summary is not None:
        if inputs or output:
            raise InputError("--summary", "goes alone", "leave inputs and --output out")
        _tell_summary(summary, html, suppress_below)
        return
    from poem_kg.cohort.command import RUNNERS, run_command, summary_line
    from poem_kg.cohort.local import Settings

    one_of(runner, RUNNERS)
    if output is None:
        raise InputError("--output", "is missing", "name the folder to make")
    settings = Settings(
        jobs=jobs or len(os.sched_getaffinity(0)),
        chunk_size=chunk_size,
        as_of=day_in(as_of),
        group=group,
        resume=resume,
        input_format=input_format,
        seconds=patient_seconds,
    )

    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    try:
        told = run_command(inputs or [], output, settings, runner=runner, master=master, tell=tell)
    except KeyboardInterrupt:
        on = "--resume goes on from the last chunk that was written"
        tell(f"{output}: stopped; {on if runner == 'local' else 'nothing is left of it'}")
        raise typer.Exit(130) from None
    tell(summary_line(told, output))
    if told["counts"]["rejected"]:
        raise typer.Exit(1)


def _tell_summary(folder: Path, html: Path | None, suppress_below: int) -> None:
    from poem_kg.cohort.summary.report import summarise, summary_text
    from poem_kg.knowledge import load_knowledge

    found = summarise(folder, load_knowledge(), suppress_below=suppress_below)
    emit(summary_text(found, colour=colour_for(None)).encode(), None)
    if html is not None:
        from poem_kg.cohort.summary.page import summary_html

        write_atomically(html, summary_html(found))
