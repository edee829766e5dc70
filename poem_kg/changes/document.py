"""A report as parts, written as text for a terminal or as Markdown for a code host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from poem_kg.errors import one_line


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list; an item that is a pair has lines below it."""

    items: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Table:
    """A table; every row has as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Part = Heading | Paragraph | Bullets | Table


def to_text(parts: Iterable[Part]) -> str:
    """Return the parts as plain text."""
    return "\n".join("".join(f"{line}\n" for line in _text(part)) for part in parts)


def to_markdown(parts: Iterable[Part]) -> str:
    """Return the parts as Markdown; what the knowledge says in them is never taken for markup."""
    return "\n".join("".join(f"{line}\n" for line in _markdown(part)) for part in parts)


def _text(part: Part) -> list[str]:
    match part:
        case Heading(text, level):
            return [one_line(text), ("=" if level == 1 else "-") * len(one_line(text))]
        case Paragraph(text):
            return [one_line(text)]
        case Bullets(items):
            return [
                line
                for item, below in items
                for line in (f"  {one_line(item)}", *(f"      {one_line(b)}" for b in below))
            ]
        case Table(header, rows):
            return [line for row in rows for line in _record(header, row)]


def _record(header: tuple[str, ...], row: tuple[str, ...]) -> list[str]:
    """A row of a table as lines, since cells are long and terminals narrow."""
    first, *rest = (one_line(cell) for cell in row)
    width = max(len(name) for name in header)
    lines = [
        f"  {name:<{width}}  {cell}" for name, cell in zip(header[1:], rest, strict=True) if cell
    ]
    return [f"  {header[0]:<{width}}  {first}", *lines, ""]


def _markdown(part: Part) -> list[str]:
    match part:
        case Heading(text, level):
            return ["#" * level + " " + _escaped(text)]
        case Paragraph(text):
            return [_escaped(text)]
        case Bullets(items):
            return [
                line
                for item, below in items
                for line in (f"- {_escaped(item)}", *(f"  - {_escaped(b)}" for b in below))
            ]
        case Table(header, rows):
            lines = [header, ("---",) * len(header), *rows]
            return [
                "| " + " | ".join(c if c == "---" else _escaped(c) for c in line) + " |"
                for line in lines
            ]


def _escaped(text: str) -> str:
    """Text in which no character of Markdown or HTML has a meaning, and nobody is notified."""
    escaped = "".join("\\" + c if c in "\\`*_[]<>|#~" else c for c in one_line(text))
    return escaped.replace("@", "@\u200b").replace("&", "&amp;")
