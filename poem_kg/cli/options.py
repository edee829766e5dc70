"""What commands share: their options, and how they read and write."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poem_kg.errors import InputError
from poem_kg.serialise import write_atomically

if TYPE_CHECKING:
    from poem_kg.findings import Places
    from poem_kg.model import Finding

File = Annotated[str, typer.Argument(help='A patient file, or "-" for the standard input.')]
InputFormat = Annotated[
    str | None,
    typer.Option(
        "--input-format",
        help="turtle, ntriples, nquads, trig, rdfxml or jsonld; else told by name or content.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="The day (YYYY-MM-DD) to advise for; else the newest record's."),
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write here in place of standard output.")
]


def one_of(value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a value that is not among those allowed, with one line."""
    if value not in allowed:
        raise InputError(value, "is not known here", f"choose one of {', '.join(allowed)}")


def not_together(given: dict[str, object]) -> None:
    """Refuse options of which only one may be given."""
    wanted = [name for name, value in given.items() if value]
    if len(wanted) > 1:
        raise InputError(wanted[0], f"does not go with {wanted[1]}", "leave one of them out")


def day_in(text: str | None) -> date | None:
    """Return the day that an option names, or None."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--as-of {text}", "is no date", "write it as YYYY-MM-DD") from None


def json_bytes(value: object) -> bytes:
    """Return a value as JSON for people to read, with a line feed."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def colour_for(output: Path | None) -> bool:
    """Tell whether what is written there may be coloured: a terminal."""
    return output is None and sys.stdout.isatty()


def emit(data: bytes, output: Path | None) -> None:
    """Write to a file, whole or not at all, or to the standard output."""
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_atomically(output, data)


def tell_findings(file: str, findings: tuple[Finding, ...], places: Places) -> None:
    """Say in one line on the standard error what violates the shapes."""
    from poem_kg.render import violations_line

    print(violations_line(file, findings, places), file=sys.stderr)
