"""How deep a text nests, found before a parser can overflow its stack on it.

The scanners know strings, IRIs, comments and escapes, so that a bracket inside one of them does
not count and a bracket outside one cannot hide. Where a string, an IRI or a comment has no end
they refuse the text, so that scanner and parser cannot differ in what they take for text.
Every pattern is linear: possessive, without a way back.
"""

from __future__ import annotations

import re
from typing import Final

from poem_kg.errors import InputError, LimitExceeded
from poem_kg.limits import Limits

_TURTLE: Final = re.compile(
    r"""
    \\.                                                        # an escape in a local name
  | \#[^\r\n]*+
  | \"{3}(?:[^"\\]++|\\.|"(?!""))*+\"{3} | '{3}(?:[^'\\]++|\\.|'(?!''))*+'{3}
  | "(?!"")(?:[^"\\\r\n]++|\\.)*+"       | '(?!'')(?:[^'\\\r\n]++|\\.)*+'
  | <(?:[^<>"{}|^`\\\x00-\x20]++|\\[uU])*+>
  | (?P<star><<|\{\|)
  | (?P<open>[\[({])
  | (?P<close>[\])}])
  | (?P<bad>["'<])
    """,
    re.VERBOSE | re.DOTALL,
)
_JSON: Final = re.compile(
    r'"(?:[^"\\]++|\\.)*+"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<bad>")', re.DOTALL
)
_XML: Final = re.compile(
    r"""
    <!--(?!-?>)(?:[^-]++|-(?!->))*+-->
  | <!\[CDATA\[(?:[^\]]++|\](?!\]>))*+\]\]>
  | <\?(?:[^?]++|\?(?!>))*+\?>
  | (?P<close></[^<>]*+>)
  | <[^\s<>!?/"'](?:[^<>"'/]++|"[^"]*+"|'[^']*+'|/(?!>))*+(?:(?P<empty>/>)|(?P<open>>))
  | (?P<bad><)
    """,
    re.VERBOSE | re.DOTALL,
)
_DECLARATION: Final = re.compile(r"<!\s*+(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.I)
_UNCLOSED: Final = {
    '"': ('a string that begins with " has no end', 'close it with "'),
    "'": ("a string that begins with ' has no end", "close it with '"),
    "<": (
        "an IRI that begins with < has no > or a character no IRI may have",
        "close it with > and write spaces in it as %20",
    ),
}


def check_nesting(text: str, format_name: str, name: str, limits: Limits) -> None:
    """Refuse a text that nests deeper than `limits.nesting`, and what only hostile text has.

    Args:
        text: the decoded input.
        format_name: a key of `prechecks.FORMATS`.
        name: what messages call the input.
        limits: `nesting` holds here: brackets in Turtle and JSON-LD, elements in RDF/XML.

    Raises:
        LimitExceeded: too deep.
        InputError: a string, an IRI, a tag or a comment has no end; a document type or entity
            declaration in RDF/XML; a triple term of RDF 1.2.
    """
    if format_name == "rdf-xml":
        declaration = _DECLARATION.search(text)
        if declaration:
            cause = "has a document type or entity declaration, which can expand without bound"
            advice = "delete it and write the entities out"
            raise InputError(f"{name}:{line_at(text, declaration.start())}", cause, advice)
        pattern = _XML
    else:
        pattern = _JSON if format_name == "json-ld" else _TURTLE
    depth = 0
    for match in pattern.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            if depth > limits.nesting:
                cause = f"nests deeper than {limits.nesting} levels"
                where = f"{name}:{line_at(text, match.start())}"
                raise LimitExceeded(where, cause, "write the data with fewer levels")
        elif kind == "close":
            depth -= 1
        elif kind in ("star", "bad"):
            where = f"{name}:{line_at(text, match.start())}"
            if kind == "star":
                raise triple_term(where)
            raise InputError(where, *_unclosed(match.group(), format_name))


def triple_term(where: str) -> InputError:
    """Return the refusal of a statement about a statement, which no rule of ours could see."""
    cause = "holds a triple term (RDF-star, RDF 1.2)"
    return InputError(where, cause, "state the facts as plain triples")


def line_at(text: str, offset: int) -> int:
    """Return the line, counted from 1, on which a position of the text lies."""
    return text.count("\n", 0, offset) + 1


def _unclosed(character: str, format_name: str) -> tuple[str, str]:
    if format_name == "rdf-xml":
        return "a tag, comment or section that begins with < has no end", "close it"
    return _UNCLOSED[character]
