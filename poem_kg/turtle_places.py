"""Where in a Turtle file something is said: line numbers for terms, properties and values.

A parser forgets lines, and a person who is to mend a file needs them. This reads the text beside
the parser: it never refuses, so that a file that is not yet Turtle has places too, up to and
after its error. What a triple means is for the parser to say.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

import pyoxigraph as ox

from poem_kg.namespaces import RDF, XSD

_NAME: Final = r"""[^\s<>"'();,\[\]{}\\\#.@^]"""
_TOKEN: Final = re.compile(
    rf"""
      (?P<comment>\#[^\n\r]*)
    | (?P<iri><[^<>"{{}}|^`\x00-\x20]*>)
    | (?P<long>\"\"\"(?:[^"\\]|\\.|\"{{1,2}}(?!\"))*\"\"\"|'''(?:[^'\\]|\\.|'{{1,2}}(?!'))*''')
    | (?P<string>"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<typed>\^\^)
    | (?P<number>[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?!{_NAME}))
    | (?P<name>(?:{_NAME}|\\.|\.+(?={_NAME}))+)
    | (?P<mark>[.;,\[\](){{}}])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CONTROLS: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_LINE_END: Final = re.compile(r"\n|\r\n?")
_FIRST: Final = RDF + "first"
_TYPE: Final = RDF + "type"
_BOOLEAN: Final = XSD + "boolean"
_STRING: Final = XSD + "string"


class Place(NamedTuple):
    """One triple as it stands in the file.

    Attributes:
        owner: IRI (or `_:label`) of the block in which it stands.
        subject: its subject; for what is said in square brackets, `_:` and a number of ours.
        predicate: IRI of the property.
        object: IRI, `_:label`, or the text of the literal without quotes.
        kind: "iri", "blank" or "literal".
        datatype: IRI of the datatype of a literal, where the text tells it; else "".
        subject_line: the line on which the subject stands, from 1.
        predicate_line: the line on which the property stands.
        line: the line on which the value begins.
    """

    owner: str
    subject: str
    predicate: str
    object: str
    kind: str
    datatype: str
    subject_line: int
    predicate_line: int
    line: int


@dataclass(frozen=True, eq=False)
class Places:
    """The places of one Turtle text.

    Attributes:
        triples: as they stand in the file, in its order.
        comments: line and text of each comment, without the `#` and the spaces around.
        prefixes: prefix to namespace and the line that declares it.
        subjects: IRI and line of each block, in the order of the file.
    """

    triples: tuple[Place, ...]
    comments: tuple[tuple[int, str], ...]
    prefixes: Mapping[str, tuple[str, int]]
    subjects: tuple[tuple[str, int], ...]

    def line(
        self, subject: str, predicate: str | None = None, object: str | None = None
    ) -> int | None:
        """Return the line on which something is said, or None where the file does not say it.

        Args:
            subject: IRI of a term that has a block; what its brackets hold belongs to it.
            predicate: IRI of a property: the line where it (or its value) stands.
            object: IRI or text of the value: the line where that begins.
        """
        if predicate is None and object is None:
            return self._blocks.get(subject)
        for place in self._about.get(subject, ()):
            if predicate is not None and place.predicate != predicate:
                continue
            if object is None:
                return place.predicate_line
            if place.object == object:
                return place.line
        return None

    def mention(self, term: str) -> int | None:
        """Return the first line on which an IRI stands anywhere, a datatype included, or None."""
        return self._mentions.get(term)

    @cached_property
    def _blocks(self) -> dict[str, int]:
        blocks: dict[str, int] = {}
        for subject, line in self.subjects:
            blocks.setdefault(subject, line)
        return blocks

    @cached_property
    def _about(self) -> dict[str, list[Place]]:
        about: dict[str, list[Place]] = defaultdict(list)
        for place in self.triples:
            about[place.owner].append(place)
            if place.subject != place.owner:
                about[place.subject].append(place)
        return about

    @cached_property
    def _mentions(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for place in self.triples:
            said = [(place.subject, place.subject_line), (place.predicate, place.predicate_line)]
            if place.kind == "iri":
                said.append((place.object, place.line))
            elif place.datatype:
                said.append((place.datatype, place.line))
            for iri, line in said:
                if line < found.get(iri, line + 1):
                    found[iri] = line
        return found


@lru_cache(maxsize=128)
def places(text: str) -> Places:
    """Return where in a Turtle text its triples, prefixes and comments stand, read once.

    Args:
        text: Turtle, or what is meant to be Turtle: what cannot be understood is passed over.
    """
    return _Reader(text).read()


class _Reader:
    """Follows the tokens of a text; it is thrown away after one use."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(m.end() for m in _LINE_END.finditer(text))]
        self._triples: list[Place] = []
        self._comments: list[tuple[int, str]] = []
        self._prefixes: dict[str, tuple[str, int]] = {}
        self._subjects: list[tuple[str, int]] = []
        self._base = ""
        self._blanks = 0

    def read(self) -> Places:
        self._walk(list(self._tokens()))
        return Places(
            triples=tuple(self._triples),
            comments=tuple(self._comments),
            prefixes=self._prefixes,
            subjects=tuple(self._subjects),
        )

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        """Kind, text and line of each token; comments are put aside."""
        for match in _TOKEN.finditer(self._text):
            kind, text = match.lastgroup or "", match.group()
            line = bisect_right(self._starts, match.start())
            if kind == "comment":
                self._comments.append((line, text[1:].strip()))
            else:
                yield kind, text, line

    def _walk(self, tokens: list[tuple[str, str, int]]) -> None:
        owner = subject = predicate = ""
        subject_line = predicate_line = 0
        outer: list[tuple[str, int, str, int]] = []  # what the open brackets stand in
        lists = 0
        heading = False  # the open list is the subject
        at = 0
        while at < len(tokens):
            kind, text, line = tokens[at]
            at += 1
            if self._is_directive(kind, text, tokens, at):
                at = self._directive(text, tokens, at)
                owner = subject = predicate = ""
                outer, lists, heading = [], 0, False
            elif text == "." and kind == "mark":
                owner = subject = predicate = ""
                outer, lists, heading = [], 0, False
            elif text == ";" and kind == "mark":
                predicate = ""
            elif text == "[" and kind == "mark":
                blank = self._blank()
                if not subject:
                    owner = owner or blank
                    subject, subject_line = blank, line
                    self._subjects.append((blank, line))
                    outer.append((blank, line, "", 0))
                else:
                    self._add(
                        owner, subject, predicate, blank, "blank", "",
                        subject_line, predicate_line, line,
                    )  # fmt: skip
                    outer.append((subject, subject_line, predicate, predicate_line))
                    subject, subject_line, predicate = blank, line, ""
            elif text == "]" and kind == "mark":
                if outer:
                    subject, subject_line, predicate, predicate_line = outer.pop()
            elif kind == "mark":
                # The items of a list are told as values of the property that has the list; those
                # of a list that is itself the subject as what that begins with.
                if text == "(" and not subject:
                    subject = self._blank()
                    owner = owner or subject
                    subject_line = predicate_line = line
                    predicate = _FIRST
                    self._subjects.append((subject, line))
                    heading = True
                lists += {"(": 1, ")": -1}.get(text, 0)
                if heading and lists == 0:
                    predicate, heading = "", False
            elif not subject:
                if kind in ("iri", "name"):
                    subject = owner = self._iri(kind, text)
                    subject_line = line
                    self._subjects.append((subject, line))
            elif not predicate:
                if kind in ("iri", "name"):
                    predicate = _TYPE if text == "a" else self._iri(kind, text)
                    predicate_line = line
            else:
                value, value_kind, datatype, at = self._value(tokens, at - 1)
                if value_kind:
                    self._add(
                        owner, subject, predicate, value, value_kind, datatype,
                        subject_line, predicate_line, line,
                    )  # fmt: skip

    def _add(self, *parts: object) -> None:
        self._triples.append(Place(*parts))  # type: ignore[arg-type]

    def _blank(self) -> str:
        self._blanks += 1
        return f"_:{self._blanks}"

    def _is_directive(
        self, kind: str, text: str, tokens: list[tuple[str, str, int]], at: int
    ) -> bool:
        if kind == "at":
            return text in ("@prefix", "@base")
        return kind == "name" and text.upper() in ("PREFIX", "BASE") and at < len(tokens)

    def _directive(self, text: str, tokens: list[tuple[str, str, int]], at: int) -> int:
        """Read what follows PREFIX or BASE and return where to go on."""
        line = tokens[at - 1][2]
        if text.upper().endswith("PREFIX"):
            if at + 1 >= len(tokens) or tokens[at + 1][0] != "iri":
                return at
            prefix = tokens[at][1].removesuffix(":")
            self._prefixes[prefix] = (self._iri("iri", tokens[at + 1][1]), line)
            return at + 2
        if at < len(tokens) and tokens[at][0] == "iri":
            self._base = self._iri("iri", tokens[at][1])
            return at + 1
        return at

    def _value(self, tokens: list[tuple[str, str, int]], at: int) -> tuple[str, str, str, int]:
        """The value at a token, its kind, its datatype and where to go on."""
        kind, text, _ = tokens[at]
        at += 1
        if kind in ("string", "long"):
            inner = text[3:-3] if kind == "long" else text[1:-1]
            datatype = _STRING
            if at < len(tokens) and tokens[at][0] == "at":
                at += 1
                datatype = ""
            elif at + 1 < len(tokens) and tokens[at][0] == "typed":
                datatype = self._iri(tokens[at + 1][0], tokens[at + 1][1])
                at += 2
            return _unescaped(inner), "literal", datatype, at
        if kind == "number":
            exact = "decimal" if "." in text else "integer"
            return text, "literal", XSD + ("double" if "e" in text.lower() else exact), at
        if text in ("true", "false"):
            return text, "literal", _BOOLEAN, at
        if kind == "iri" or (kind == "name" and ":" in text):
            iri = self._iri(kind, text)
            return iri, "blank" if iri.startswith("_:") else "iri", "", at
        return "", "", "", at

    def _iri(self, kind: str, text: str) -> str:
        """The IRI that a token stands for; a name with an unknown prefix stays as it is."""
        if kind == "iri":
            iri = _unescaped(text[1:-1])
            return _resolved(self._base, iri)
        prefix, colon, local = text.partition(":")
        if not colon or prefix == "_" or prefix not in self._prefixes:
            return text
        return self._prefixes[prefix][0] + _unescaped(local)


def _resolved(base: str, reference: str) -> str:
    """The IRI that a reference stands for below a base, whatever the scheme of that is."""
    if not base or _SCHEME.match(reference):
        return reference
    said = f"<{reference}> <{_FIRST}> <{_FIRST}> ."
    try:
        (quad,) = ox.parse(said, format=ox.RdfFormat.TURTLE, base_iri=base)
    except (SyntaxError, ValueError):
        return reference
    return quad.subject.value if isinstance(quad.subject, ox.NamedNode) else reference


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _meant(match.group(1)), text)


def _meant(escape: str) -> str:
    if len(escape) > 1:
        code = int(escape[1:], 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    return _CONTROLS.get(escape, escape)
