"""A page as its sentences, each known by a digest, so that it can be held against its passages.

The words of a page are not ours to copy. What is kept of each sentence is where it stands and the
SHA-256 of its text; who has the page can tell with that whether it still says the same.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

_BULLET: Final = re.compile(r"[\u2022\u2023\u25e6\u2043\u2219*\-\u2013]\s+")
_END: Final = re.compile(r"(?<=[a-z0-9)][.!?])\s+(?=[A-Z])")
_SPACE: Final = re.compile(r"\s+")


def sentences(page: str) -> tuple[str, ...]:
    """Return the sentences of a page in their order, headings and list items among them.

    Every line that is not empty is one, or several where full stops part them.

    Args:
        page: the page as plain text, a list item a line.
    """
    found = []
    for line in page.splitlines():
        text = _SPACE.sub(" ", line).strip()
        text = _BULLET.sub("", text, count=1) if _BULLET.match(text) else text
        found += [part for part in _END.split(text) if part]
    return tuple(found)


def digest(sentence: str) -> str:
    """Return the digest of a sentence: "sha256:" and 64 hexadecimal digits.

    It does not rest on spaces or on how letters with accents are encoded.
    """
    text = _SPACE.sub(" ", unicodedata.normalize("NFC", sentence)).strip()
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
