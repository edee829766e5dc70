"""Which of the media types that we have a client would rather read (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_MOST_RANGES: Final = 64


def best(accept: str, offered: Sequence[str]) -> str | None:
    """Return the offered media type that an Accept header likes best, or None.

    The more specific range counts for a type; where types are liked equally the earlier one is
    taken. Without a header, or with one that cannot be read at all, it is the first.

    Args:
        accept: the header.
        offered: media types without parameters, the preferred one first.
    """
    ranges = [found for part in accept.split(",")[:_MOST_RANGES] if (found := _range(part))]
    if not ranges:
        return offered[0]
    liked = [(_quality(ranges, kind), -place, kind) for place, kind in enumerate(offered)]
    quality, _, kind = max(liked)
    return kind if quality > 0 else None


def _range(part: str) -> tuple[str, float] | None:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    if name.count("/") != 1:
        return None
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return name, min(1.0, max(0.0, float(value)))
            except ValueError:
                return None
    return name, 1.0


def _quality(ranges: Sequence[tuple[str, float]], kind: str) -> float:
    family = kind.split("/")[0] + "/*"
    for wanted in (kind, family, "*/*"):
        qualities = [quality for name, quality in ranges if name == wanted]
        if qualities:
            return max(qualities)
    return 0.0
