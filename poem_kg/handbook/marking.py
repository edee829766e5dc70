"""Markup of generated pages: every text from the data is escaped here, and nowhere else."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+!.-])")


def escaped(text: str) -> str:
    """Return a text as HTML."""
    return html.escape(text)


def in_heading(text: str) -> str:
    """Return a text as Markdown of one line, in which no character means anything."""
    plain = " ".join(html.escape(text, quote=False).split())
    return _SPECIAL.sub(r"\\\1", plain)


def heading(level: int, text: str, anchor: str) -> str:
    """Return a heading that can be linked to.

    Args:
        level: 1 for the title of a page.
        text: what it says.
        anchor: what stands after the "#" of a link.
    """
    return f"{'#' * level} {in_heading(text)} {{: #{anchor} }}\n"


def linked(text: str, href: str | None) -> str:
    """Return a text as HTML that leads to an address, if there is one."""
    return f'<a href="{escaped(href)}">{escaped(text)}</a>' if href else escaped(text)


def fenced(text: str, language: str = "") -> str:
    """Return a text as a block of code; the fence is longer than any in it."""
    longest = max((len(found) for found in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as HTML.

    Attributes:
        heads: what stands over the columns, as plain text.
        rows: cells that are HTML already.
        caption: what the table shows.
    """

    heads: Sequence[str]
    rows: Iterable[Sequence[str]]
    caption: str = ""

    def __str__(self) -> str:
        """Return the table without an empty line, which would end a block of HTML."""
        caption = f"<caption>{escaped(self.caption)}</caption>" if self.caption else ""
        heads = "".join(f'<th scope="col">{escaped(head)}</th>' for head in self.heads)
        body = "\n".join(
            "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in self.rows
        )
        head = f"<thead><tr>{heads}</tr></thead>\n" if any(self.heads) else ""
        inner = f"{caption}\n{head}<tbody>\n{body}\n</tbody>"
        return f'<div class="wide"><table>{inner}</table></div>\n'
