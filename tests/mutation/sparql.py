"""Just enough SPARQL to find the parts of a query: its triples, filters, clauses and constants.

The queries of `queries/` keep one style (see CONTRIBUTING.md), so a list of tokens with their
places is enough; every mutant is parsed by the engine before it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from poem_kg import namespaces

Key = str
"""A predicate, or "a <class>" for `rdf:type` of a class."""
ANYTHING: Key = "?"
ANY_CLASS: Key = "a ?"

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<iri><[^<>\s]*>)
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<var>[?$]\w+)
      | (?P<pname>[A-Za-z][\w-]*:[\w-]*)
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<word>[A-Za-z]\w*)
      | (?P<op>&&|\|\||<=|>=|!=|\^\^|[=<>!+*/^|(){}.;,-])""",
    re.VERBOSE,
)
_CLOSING = {"{": "}", "(": ")"}


@dataclass(frozen=True)
class Token:
    """One token with its place in the text."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Pattern:
    """One triple pattern, or one triple of a template.

    Attributes:
        start: where its own text begins (of a list after ";" or "," this is the repeated part).
        end: behind it and its closing dot.
        subject: its tokens.
        predicate: its tokens.
        object: its tokens.
        group: number of the innermost group `{ }` that holds it.
        template: whether it stands in the CONSTRUCT template.
    """

    start: int
    end: int
    subject: tuple[Token, ...]
    predicate: tuple[Token, ...]
    object: tuple[Token, ...]
    group: int
    template: bool

    def text(self) -> str:
        """The pattern on one line."""
        parts = ("".join(t.text for t in p) for p in (self.subject, self.predicate, self.object))
        return " ".join(parts)


@dataclass(frozen=True)
class Clause:
    """A FILTER, BIND, OPTIONAL, MINUS, UNION branch or group.

    Attributes:
        kind: "FILTER", "EXISTS", "NOT EXISTS", "BIND", "OPTIONAL", "MINUS", "UNION", "GROUP".
        start: where its keyword begins.
        body: where its group or expression begins.
        end: behind it.
        number: of its group, -1 of an expression.
        parent: number of the group that holds it.
    """

    kind: str
    start: int
    body: int
    end: int
    number: int
    parent: int


class Parsed:
    """The parts of one CONSTRUCT or SELECT query.

    Attributes:
        text: the query.
        tokens: all but comments.
        patterns: in the order of the text.
        clauses: likewise.
        where: index of the first token behind WHERE.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [t for t in _tokens(text) if t.kind != "comment"]
        self.patterns: list[Pattern] = []
        self.clauses: list[Clause] = []
        self._groups = 0
        start = 0
        for number, token in enumerate(self.tokens):
            if token.text.upper() == "CONSTRUCT":
                after = self._triples(number + 2, 0, template=True)
                start = after
                break
        while self.tokens[start].text.upper() != "WHERE":
            start += 1
        self.where = start + 1
        self._group(start + 1)

    def _group(self, at: int) -> tuple[int, int]:
        """Read the group that opens at a token; return what follows and its number."""
        assert self.tokens[at].text == "{", self.text
        self._groups += 1
        group, at = self._groups, at + 1
        while (token := self.tokens[at]).text != "}":
            word = token.text.upper()
            if word == "SELECT":
                while self.tokens[at].text.upper() != "WHERE":
                    at += 1
                at, _ = self._group(at + 1)
                while self.tokens[at].text != "}":
                    at += 1
            elif word in ("FILTER", "BIND"):
                at = self._expression(at, group)
            elif word in ("OPTIONAL", "MINUS", "UNION"):
                body = at + 1
                at, number = self._group(body)
                self._clause(word, token.start, body, at, number, group)
            elif word == "{":
                at, number = self._group(at)
                self._clause("GROUP", token.start, self.tokens.index(token), at, number, group)
            elif token.text == ".":
                at += 1
            else:
                at = self._triples(at, group)
        return at + 1, group

    def _clause(
        self, kind: str, start: int, body: int, after: int, number: int, parent: int
    ) -> None:
        end = self.tokens[after - 1].end
        self.clauses.append(Clause(kind, start, self.tokens[body].start, end, number, parent))

    def _expression(self, at: int, parent: int) -> int:
        first = self.tokens[at]
        words = [t.text.upper() for t in self.tokens[at + 1 : at + 3]]
        if words[0] == "EXISTS" or words == ["NOT", "EXISTS"]:
            body = at + (2 if words[0] == "EXISTS" else 3)
            after, number = self._group(body)
            kind = "EXISTS" if words[0] == "EXISTS" else "NOT EXISTS"
            self._clause(kind, first.start, body, after, number, parent)
            return after
        body = at = at + 1
        depth = 0
        while True:
            text = self.tokens[at].text
            if text == "{":
                begins = self.tokens[at - 1].start
                after, number = self._group(at)
                self._clause("CONDITION", begins, at, after, number, parent)
                at = after
                continue
            depth += {"(": 1, ")": -1}.get(text, 0)
            at += 1
            if depth == 0:
                break
        self._clause(first.text.upper(), first.start, body, at, -1, parent)
        return at

    def _triples(self, at: int, group: int, *, template: bool = False) -> int:
        """Read triples up to the end of the group or the next clause; return what follows."""
        while self.tokens[at].text not in ("{", "}") and not _is_keyword(self.tokens[at]):
            subject = (self.tokens[at],)
            start, at = self.tokens[at].start, at + 1
            while True:
                begin = at
                while not self._ends_path(at, begin):
                    at += 1
                predicate = tuple(self.tokens[begin:at])
                while True:
                    object_, at = (self.tokens[at],), at + 1
                    sign = self.tokens[at]
                    end = sign.end if sign.text == "." else self.tokens[at - 1].end
                    self.patterns.append(
                        Pattern(start, end, subject, predicate, object_, group, template)
                    )
                    start = sign.start
                    if sign.text != ",":
                        break
                    at += 1
                if sign.text != ";":
                    break
                at += 1
            if sign.text == ".":
                at += 1
        return at + 1 if template else at

    def _ends_path(self, at: int, begin: int) -> bool:
        if at == begin:
            return False
        before, here = self.tokens[at - 1].text, self.tokens[at].text
        continues = here in ("/", "|", ")", "*", "+") or before in ("/", "|", "(", "^")
        return not continues


def _is_keyword(token: Token) -> bool:
    return token.kind == "word" and token.text.upper() in (
        "FILTER", "BIND", "OPTIONAL", "MINUS", "UNION", "SELECT", "GROUP", "ORDER",
    )  # fmt: skip


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(text, at)
        assert match is not None, text[at : at + 40]
        assert match.lastgroup is not None
        yield Token(match.lastgroup, match[0], at, match.end())
        at = match.end()


def spelled_out(text: str) -> str:
    """Return a query with every triple by itself, without lists after ";" and ","."""
    parsed = Parsed(text)
    chains: list[list[Pattern]] = []
    for pattern in parsed.patterns:
        if chains and pattern.subject == chains[-1][-1].subject:
            chains[-1].append(pattern)
        else:
            chains.append([pattern])
    for chain in reversed([c for c in chains if len(c) > 1]):
        lines = " ".join(f"{p.text()} ." for p in chain)
        text = text[: chain[0].start] + lines + text[chain[-1].end :]
    return text


def prefixes(text: str) -> dict[str, str]:
    """Return the namespaces that a query declares."""
    return dict(re.findall(r"^PREFIX\s+(\w*):\s*<([^>]*)>", text, flags=re.MULTILINE))


def expanded(token: Token, known: dict[str, str]) -> str:
    """Return the IRI of a token."""
    if token.kind == "iri":
        return token.text[1:-1]
    if token.text == "a":
        return namespaces.RDF + "type"
    prefix, _, name = token.text.partition(":")
    return known[prefix] + name


def reads(text: str) -> frozenset[Key]:
    """Return the predicates and classes that the WHERE of a query looks at."""
    parsed, known = Parsed(text), prefixes(text)
    return frozenset(key for p in parsed.patterns if not p.template for key in _keys(p, known))


def writes(text: str) -> frozenset[Key]:
    """Return the predicates and classes that a CONSTRUCT gives."""
    parsed, known = Parsed(text), prefixes(text)
    return frozenset(key for p in parsed.patterns if p.template for key in _keys(p, known))


def _keys(pattern: Pattern, known: dict[str, str]) -> Iterator[Key]:
    if len(pattern.predicate) == 1 and pattern.predicate[0].text == "a":
        (target,) = pattern.object
        yield ANY_CLASS if target.kind == "var" else f"a <{expanded(target, known)}>"
        return
    for token in pattern.predicate:
        if token.kind == "var":
            yield ANYTHING
        elif token.text == "a":
            yield ANY_CLASS
        elif token.kind in ("iri", "pname"):
            yield expanded(token, known)
