"""How far a statement was reviewed, and why it is left out, in the few words that an output needs.

What nobody has reviewed yet gets no words of its own: every output says once that the content is
pending human review.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from poem_kg.model import LeftOut

UNREVIEWED: Final = "pending-human-review"
"""The code of the review state that every output tells of by its notice."""


class Told(Protocol):
    """A conclusion or a statement that tells how far it was reviewed."""

    @property
    def review(self) -> str | None:
        """The code of the review state."""

    @property
    def reviewed_by(self) -> str | None:
        """Who gave it."""

    @property
    def reviewed_on(self) -> str | None:
        """The day, as YYYY-MM-DD."""

    @property
    def left_out(self) -> LeftOut | None:
        """Why the statement no longer speaks for anything."""


def review_text(told: Told) -> str:
    """Return the review state with who and when, such as "approved by A. Nobody, 2026-11-29".

    Nothing where it is still pending and nobody is named.
    """
    if told.review in (None, UNREVIEWED) and told.reviewed_by is None:
        return ""
    who = f" by {told.reviewed_by}" if told.reviewed_by else ""
    when = f", {told.reviewed_on}" if told.reviewed_on else ""
    return f"{(told.review or '').replace('-', ' ')}{who}{when}"


def left_out_text(left_out: LeftOut, label: Callable[[str], str]) -> str:
    """Return why a statement is left out, such as "left out: superseded (a newer statement)".

    Args:
        left_out: the grounds.
        label: gives the name of a term, statement or source.
    """
    by = f" ({'; '.join(map(label, left_out.by))})" if left_out.by else ""
    return f"left out: {left_out.label}{by}"


def remarks(told: Told, label: Callable[[str], str]) -> str:
    """Return both in brackets, each after a space, to put behind the name of a statement."""
    parts = [review_text(told)]
    if told.left_out is not None:
        parts.append(left_out_text(told.left_out, label))
    return "".join(f" [{part}]" for part in parts if part)
