"""An explanation in each of its formats, for one audience."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from poem_kg.explain.model import Explanation
from poem_kg.explain.svg import explain_svg
from poem_kg.explain.text import explain_text
from poem_kg.explain.words import Words
from poem_kg.serialise import serialise


def written(explanation: Explanation, words: Words, *, format: str) -> bytes:
    """Return an explanation in a format, the same bytes for the same explanation.

    Args:
        explanation: what to tell.
        words: how to tell it; JSON and Turtle have no words and are the same for everyone.
        format: one of `EXPLANATION_FORMATS`.
    """
    return _WRITERS[format](explanation, words)


def _text(explanation: Explanation, words: Words) -> bytes:
    return explain_text(explanation, words).encode()


def _json(explanation: Explanation, words: Words) -> bytes:
    return (json.dumps(explanation.to_json(), ensure_ascii=False, indent=2) + "\n").encode()


def _turtle(explanation: Explanation, words: Words) -> bytes:
    return serialise(explanation.graph, "turtle")


_WRITERS: Final[Mapping[str, Callable[[Explanation, Words], bytes]]] = {
    "text": _text,
    "json": _json,
    "turtle": _turtle,
    "svg": explain_svg,
}

EXPLANATION_FORMATS: Final = tuple(_WRITERS)
"""The formats, the default one first."""
