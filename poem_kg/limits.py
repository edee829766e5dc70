"""Every limit that poem-kg puts on what it is given, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one call may cost; past a limit the call is refused, never cut short in silence.

    Megabytes and kilobytes are decimal. Whatever lies exactly on a limit is still allowed.

    Attributes:
        body_bytes: the most bytes of one file or request body.
        nesting: the most levels of brackets or elements; parsers overflow their stack far above.
        seconds: the longest that reading one input or answering one query may take, by the clock
            and by the processor.
        memory_bytes: what a worker process may take beyond what its parent already holds.
        query_bytes: the most bytes of the text of one query.
        rows: the most rows that one query may return.
        result_bytes: the most bytes of one result, also of one input written out in full.
        literal_characters: the most characters of one literal.
        context_uses: how often one JSON-LD file may name a context, since each is copied in.
    """

    body_bytes: int = 5_000_000
    nesting: int = 128
    seconds: float = 10.0
    memory_bytes: int = 1_000_000_000
    query_bytes: int = 64_000
    rows: int = 100_000
    result_bytes: int = 50_000_000
    literal_characters: int = 100_000
    context_uses: int = 100


DEFAULT_LIMITS: Final = Limits()
"""The limits that hold where nothing else is said."""
