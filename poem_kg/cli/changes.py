"""Commands about two versions of the knowledge: diff, impact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from poem_kg.cli.options import Output, emit, json_bytes, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from poem_kg.changes.document import Part

FORMATS: Final = ("text", "markdown", "json")

_VERSION: Final = "A folder with poem-kg.ttl, or a git revision: REV, or REV:path/to/ontology."
Old = Annotated[str, typer.Argument(metavar="OLD", help=_VERSION)]
New = Annotated[str, typer.Argument(metavar="NEW", help=_VERSION)]
Format = Annotated[str, typer.Option("--format", "-f", help=", ".join(FORMATS))]


def diff(old: Old, new: New, format: Format = "text", output: Output = None) -> None:
    """What differs between two versions of the ontology, in words, told by what it does."""
    one_of(format, FORMATS)
    from poem_kg.changes.impact import diff as compared
    from poem_kg.changes.telling import diff_parts
    from poem_kg.model import as_json

    found = compared(old, new)
    if format == "json":
        emit(json_bytes(as_json(found)), output)
    else:
        emit(_written(diff_parts(found), format), output)


def impact(
    old: Old,
    new: New,
    patients: Annotated[
        int, typer.Option("--patients", min=0, max=99_999, help="Drawn besides the examples.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same patients.")] = 1,
    format: Format = "text",
    output: Output = None,
) -> None:
    """Which patients gain, lose or change an option from one version to another, and why."""
    one_of(format, FORMATS)
    from poem_kg.changes.impact import impact as tried
    from poem_kg.changes.telling import impact_parts
    from poem_kg.model import as_json

    found = tried(old, new, patients=patients, seed=seed)
    if format == "json":
        emit(json_bytes(as_json(found)), output)
    else:
        emit(_written(impact_parts(found), format), output)


def _written(parts: Iterable[Part], format: str) -> bytes:
    from poem_kg.changes.document import to_markdown, to_text

    return (to_markdown if format == "markdown" else to_text)(parts).encode()
