"""An explanation as plain text, 100 characters wide."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Final

from poem_kg.explain.facts import Telling
from poem_kg.explain.lines import SECTIONS, Line
from poem_kg.explain.model import Explanation
from poem_kg.explain.words import Words

_WIDTH: Final = 100
_STARTS: Final = {0: ("", "  "), 1: ("  ", "    "), 2: ("  ", "    "), 3: ("    - ", "      ")}
"""Level of a line to how it begins and how it goes on."""


def explain_lines(
    explanation: Explanation, words: Words, *, sections: Iterable[str] = tuple(SECTIONS)
) -> tuple[Line, ...]:
    """Return the lines of an explanation, with the links that each tells.

    Lines for which the audience has no words are left out, and so are the places of statements
    that no section before them has named.

    Args:
        explanation: what to tell.
        words: how to tell it.
        sections: names from `SECTIONS`, in the order in which to tell them.
    """
    told = Telling(explanation, words)
    lines = [line for name in sections for line in SECTIONS[name](told)]
    return tuple(line for line in lines if line.text)


def explain_text(
    explanation: Explanation, words: Words, *, sections: Iterable[str] = tuple(SECTIONS)
) -> str:
    """Return an explanation as text.

    Args:
        explanation: what to tell.
        words: how to tell it.
        sections: names from `SECTIONS`, in the order in which to tell them.
    """
    told: list[str] = []
    for line in explain_lines(explanation, words, sections=sections):
        first, rest = _STARTS[line.level]
        if told and line.level == 0:
            told.append("")
        told += textwrap.wrap(
            line.text,
            width=_WIDTH,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(told) + "\n"
