"""The log: one JSON object a line on the standard error, with nothing of what clients send.

A request is told by its route, method, status, time and size. Its path, parameters, headers and
body are never written, since any of them may say something of a patient.
"""

from __future__ import annotations

import json
import logging
import select
import sys
from datetime import UTC, datetime
from typing import Any, Final

_TAKEN: Final = ("asyncio", "uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")
_DROPPED: Final = frozenset({"uvicorn.access", "uvicorn.asgi"})
_unread = 0
"""How many lines were dropped since the last one that was taken."""


def tell(event: str, *, level: str = "info", **about: Any) -> None:
    """Write a line; where nobody reads the log it is dropped, so that the service goes on.

    How many were dropped stands in the next line that is taken.

    Args:
        event: what happened, in a word.
        level: info, warning or error.
        about: numbers and names from closed lists.
    """
    global _unread
    line = {"time": _now(), "level": level, "event": event, **about}
    if _unread:
        line["dropped"] = _unread
    # A pipe that is ready takes more than any of our lines is long (POSIX, PIPE_BUF).
    if not select.select([], [sys.stderr], [], 0)[1]:
        _unread += 1
        return
    _unread = 0
    sys.stderr.write(json.dumps(line, ensure_ascii=True) + "\n")
    sys.stderr.flush()


class _Handler(logging.Handler):
    """Writes what uvicorn says in our form, without the traceback that may quote a request."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        about = {"kind": kind} if kind else {}
        message = str(record.msg).partition("\n")[0][:100]  # asyncio shows what it held below
        tell("listener", level=record.levelname.lower(), message=message, **about)


def take_over() -> None:
    """Have uvicorn and asyncio write through `tell`, their messages without the arguments."""
    for name in _TAKEN:
        logger = logging.getLogger(name)
        logger.handlers = [] if name in _DROPPED else [_Handler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1 if name in _DROPPED else logging.WARNING)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
