"""Words as they are looked for: without case and accents, and in each spelling that is known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Final

_LIGATURES: Final = str.maketrans({"æ": "ae", "œ": "oe"})
"""What Unicode does not take apart."""
WORD: Final = re.compile(r"\w+")
_NAMED_IRI: Final = re.compile(r"(?:https?://\S*[/#]|[a-z][\w-]*:)(?=\w)")
_WHOLE, _BEGINS, _HOLDS = 3, 2, 1
_SHORT: Final = 3
"""A shorter word has to stand at the beginning of the word it finds."""
_ALIKE: Final = 0.8
_LEAST: Final = 5
"""How alike two words are that are spellings of one, and how long at least."""


def spellings(named: Iterable[tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Return each word with another spelling, to all its spellings, itself first.

    Args:
        named: the names of one thing after the other; where two of them differ in words that are
            alike, these are spellings of one word.
    """
    same: dict[str, set[str]] = {}
    for texts in named:
        names = [wanted(text) for text in texts]
        for number, one in enumerate(names):
            for other in names[number + 1 :]:
                for first, second in _respelled(one, other):
                    joined = same.get(first, {first}) | same.get(second, {second})
                    same |= dict.fromkeys(joined, joined)
    return {word: (word, *sorted(joined - {word})) for word, joined in same.items()}


def wanted(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded; of an IRI or a prefixed name the end alone."""
    return tuple(folded(word) for word in WORD.findall(_NAMED_IRI.sub("", text)))


def folded(text: str) -> str:
    """Return a text without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(c for c in apart if not unicodedata.combining(c))


def _respelled(one: tuple[str, ...], other: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The words in which two names differ, where these are all spellings of the same words."""
    if len(one) != len(other):
        return
    apart = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if all(
        min(len(a), len(b)) >= _LEAST and SequenceMatcher(None, a, b).ratio() >= _ALIKE
        for a, b in apart
    ):
        yield from apart


def quality(sought: str, token: str) -> int:
    """Return how well a word finds another: 0 where it does not, 3 where they are the same."""
    if token == sought:
        return _WHOLE
    if token.startswith(sought):
        return _BEGINS
    return _HOLDS if len(sought) >= _SHORT and sought in token else 0
