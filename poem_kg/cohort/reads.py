"""What a query can read and what it constructs, told by its text alone.

It may tell more than is true, which costs time, but never less: a triple that no later step can
read is not kept for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from poem_kg.catalogue import Query
from poem_kg.namespaces import RDF

TYPE: Final = f"<{RDF}type>".encode()

_PREFIX: Final = re.compile(r"PREFIX\s+((?:[^\s:]+)?):\s*<([^>]*)>", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\(.)")
_TOKEN: Final = re.compile(
    r"""(?P<skip>\#[^\n]*|\s+)
    |(?P<text>\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<iri><[^<>"{}|^`\\\s]*>)
    |(?P<variable>[?$]\w+)
    |(?P<blank>_:\w+)
    |(?P<name>(?:[^\W\d_][\w.-]*)?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\[^\w\s])*)
    |(?P<number>[0-9.]*[0-9](?:[eE][+-]?[0-9]+)?)
    |(?P<word>@?\w[\w-]*)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_TERMS: Final = frozenset({"text", "iri", "variable", "blank", "name", "number"})
_BEGINS: Final = frozenset("[(")
"""With what else an object may begin."""
_NOBODY: Final = ("", "")


class _Token(NamedTuple):
    kind: str
    text: str

    @property
    def names(self) -> bool:
        return self.kind in ("iri", "name")


@dataclass(frozen=True)
class Reads:
    """The words that a query can read.

    Attributes:
        words: every IRI in the WHERE clause, in angle brackets.
        everything: whether a variable stands for a predicate, so that any triple can be read.
        kinds: the classes asked for by `a`; None where a variable stands for the class.
    """

    words: frozenset[bytes]
    everything: bool
    kinds: frozenset[bytes] | None

    def sees(self, predicate: bytes, value: bytes) -> bool:
        """Return whether a triple with this predicate and object can be read."""
        if self.everything:
            return True
        if predicate != TYPE:
            return predicate in self.words
        return self.kinds is None or value in self.kinds


def reads(query: Query) -> Reads:
    """Return what a query can read, by its text."""
    _, body = _halves(query.text)
    prefixes = dict(_PREFIX.findall(query.text))
    return Reads(
        words=frozenset(_iri(prefixes, token) for token in body if token.names),
        everything=any(_reads_any(body, place) for place in range(len(body))),
        kinds=_kinds(prefixes, body),
    )


def together(parts: Iterable[Reads]) -> Reads:
    """Return what any of some queries can read."""
    every = tuple(parts)
    kinds = [part.kinds for part in every]
    return Reads(
        words=frozenset().union(*(part.words for part in every)),
        everything=any(part.everything for part in every),
        kinds=None if None in kinds else frozenset().union(*(k for k in kinds if k is not None)),
    )


def constructs(query: Query) -> set[tuple[bytes, bytes]]:
    """Return the predicates of what a query constructs, each with its class where that is told.

    A predicate that cannot be told from the text has the empty name.
    """
    template, _ = _halves(query.text)
    prefixes = dict(_PREFIX.findall(query.text))
    found: set[tuple[bytes, bytes]] = set()
    left = iter([*template, _Token("mark", ".")])
    mark = "."
    for token in left:
        if mark == "." and token.text != ".":
            token = next(left)  # after the subject, the predicate
        if mark in ".;" and token.text in (".", ";"):
            mark = token.text
            continue
        if mark in ".;":
            kind = token.text == "a" or (token.names and _iri(prefixes, token) == TYPE)
            predicate = TYPE if kind else _iri(prefixes, token) if token.names else b""
            token = next(left, _Token(*_NOBODY))
        if token.kind == "mark":
            return {(b"", b"")}  # brackets, which are seldom used
        value = _iri(prefixes, token) if token.names and predicate == TYPE else b""
        found.add((predicate, value))
        mark = next(left, _Token(*_NOBODY)).text
        if mark not in (".", ";", ","):
            return {(b"", b"")}
    return found


def _halves(text: str) -> tuple[list[_Token], list[_Token]]:
    """The template of a CONSTRUCT, and all that follows it."""
    tokens = [
        _Token(str(found.lastgroup), found[0])
        for found in _TOKEN.finditer(text)
        if found.lastgroup != "skip"
    ]
    start = next((n for n, t in enumerate(tokens) if t.text.upper() == "CONSTRUCT"), -1) + 1
    if start >= len(tokens) or tokens[start].text != "{":
        return [], tokens[start:]
    depth = 0
    for end in range(start, len(tokens)):
        depth += {"{": 1, "}": -1}.get(tokens[end].text, 0)
        if not depth:
            return tokens[start + 1 : end], tokens[end + 1 :]
    return [], tokens


def _reads_any(tokens: Sequence[_Token], place: int) -> bool:
    """Whether, at a place, something stands for a predicate of which the text does not tell."""
    token = tokens[place]
    before = tokens[place - 1] if place else _Token(*_NOBODY)
    after = tokens[place + 1] if place + 1 < len(tokens) else _Token(*_NOBODY)
    if token.kind == "variable":
        # Between a subject and an object; in a list of columns it stands there too.
        if not (after.kind in _TERMS or after.text in _BEGINS) or _listed(tokens, place):
            return False
        if before.text in ("]", ")"):  # the end of a subject, or of what stands before one
            third = tokens[place + 2] if place + 2 < len(tokens) else _Token(*_NOBODY)
            return third.kind not in _TERMS and third.text not in _BEGINS
        return before.kind in _TERMS or before.text in (";", "[")
    if token.text == "!":  # every predicate but some
        inner = tokens[place + 2] if after.text == "(" and place + 2 < len(tokens) else after
        return inner.names or inner.text in ("a", "^")
    # A path of no step holds between anything and itself.
    return token.text in ("*", "?") and (
        before.names or before.text == "a" or (before.text == ")" and _is_path(tokens, place - 1))
    )


def _is_path(tokens: Sequence[_Token], end: int) -> bool:
    """Whether brackets hold a part of a path, and not a number to be multiplied."""
    depth = 0
    for token in reversed(tokens[: end + 1]):
        depth += {")": 1, "(": -1}.get(token.text, 0)
        if not depth:
            return True
        if token.kind in ("variable", "number", "text"):
            return False
    return True


def _listed(tokens: Sequence[_Token], place: int) -> bool:
    """Whether a variable is one of the columns of a SELECT, a GROUP BY or an ORDER BY."""
    depth = 0
    for token in reversed(tokens[:place]):
        if token.text == ")":
            depth += 1
        elif token.text == "(":
            if not depth:
                return False
            depth -= 1
        elif depth:
            continue
        elif token.text.upper() in ("SELECT", "DISTINCT", "BY"):
            return True
        elif token.kind not in ("variable", "word"):
            return False
    return False


def _kinds(prefixes: dict[str, str], tokens: Sequence[_Token]) -> frozenset[bytes] | None:
    kinds: set[bytes] = set()
    for place, token in enumerate(tokens):
        named = token.names and _iri(prefixes, token) == TYPE
        if not named and not (token.kind == "word" and token.text == "a"):
            continue
        while True:  # objects, with commas between them
            place += 1
            if place >= len(tokens) or not tokens[place].names:
                return None
            kinds.add(_iri(prefixes, tokens[place]))
            place += 1
            if place >= len(tokens) or tokens[place].text != ",":
                break
    return frozenset(kinds)


def _iri(prefixes: dict[str, str], token: _Token) -> bytes:
    if token.kind == "iri":
        return token.text.encode()
    prefix, _, name = token.text.partition(":")
    name = _ESCAPE.sub(r"\1", name.rstrip("."))
    return f"<{prefixes.get(prefix, '')}{name}>".encode()
