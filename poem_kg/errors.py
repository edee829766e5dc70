"""The exceptions of poem-kg: each is one line for a person and one exit code for a program."""

from __future__ import annotations

import unicodedata
from typing import ClassVar

_LONGEST = 300
_SPACES = "\t\n\r\x0b\x0c\x85\u2028\u2029"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class PoemKgError(Exception):
    """What every error of this package is; `exit_code` is what a command ends with."""

    exit_code: ClassVar[int] = 2


class KnowledgeError(PoemKgError):
    """Our own ontology, shapes, queries or contexts are missing or broken."""


class ToolMissing(PoemKgError):
    """Something outside this package that the call needs is not there, such as Java."""


class InputError(PoemKgError):
    """What was handed in cannot be used.

    The text is one line, `FILE:LINE: cause; what to do`, at most 300 characters, in which
    control characters and those that turn the direction of writing are escaped, because a file
    name or a piece of the input may stand in it.

    Args:
        location: `FILE`, or `FILE:LINE` where the line is known; `-` is the standard input.
        cause: what is wrong, without a full stop.
        advice: what to do, without a full stop.
    """

    def __init__(self, location: str, cause: str, advice: str) -> None:
        super().__init__(location, cause, advice)
        self.location = location
        self.cause = cause
        self.advice = advice

    def __str__(self) -> str:
        place = shorten(one_line(self.location), 110, keep="end")
        advice = shorten(one_line(self.advice), 110)
        cause = shorten(one_line(self.cause), _LONGEST - len(place) - len(advice) - 4)
        return f"{place}: {cause}; {advice}"


class LimitExceeded(InputError):
    """The input is well formed so far but asks for more time, memory or size than is allowed."""


def one_line(text: str) -> str:
    """Return the text on one line, with characters that are not seen written as escapes."""
    return "".join(_visible(c) for c in text)


def _visible(character: str) -> str:
    if character in _SPACES:
        return " "
    if unicodedata.category(character) in _UNSEEN:
        return f"\\u{ord(character):04X}"
    return character


def shorten(text: str, length: int, *, keep: str = "start") -> str:
    """Return at most `length` characters of the text, with an ellipsis where some were cut.

    Args:
        text: the text.
        length: the most characters to return, at least 1.
        keep: `start` or `end`, the part that stays.
    """
    if len(text) <= length:
        return text
    return "…" + text[len(text) - length + 1 :] if keep == "end" else text[: length - 1] + "…"
