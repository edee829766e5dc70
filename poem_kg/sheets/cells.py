r"""What a cell of a sheet says: columns, and texts that stand for values and back.

A column is a property and one kind of value, as its header says: `poemkg:therapy` holds terms,
`poemkg:locator text` texts, `skos:definition text en` texts in English, `poemkg:value decimal`
numbers. So a cell needs no quotes. Several terms stand on a line each; several texts have a `|`
between them. A backslash hides what would else be a mark: `\|`, `\\`, `\n`, `\r`, `\t`, `\e` for
a text of no characters, `\uXXXX` for a character that no cell can hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.literals import literal_problem
from poem_kg.namespaces import PREFIXES, RDF, XSD, compact

Value = ox.NamedNode | ox.Literal

LONGEST: Final = 32_767
"""The most characters that a spreadsheet keeps in one cell."""

_PARTS: Final = re.compile(r"(?:[^\\|]|\\.|\\\Z)+", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.|\Z)", re.DOTALL)
_PLAIN: Final = {"\\": "\\", "|": "|", "n": "\n", "r": "\r", "t": "\t", "e": ""}
_MARKS: Final = {"\\": r"\\", "|": r"\|", "\r": r"\r", "\t": r"\t"}
_UNHELD: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_SPELT: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What a workbook takes for the number of a character."""
_LANGUAGE: Final = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*")
_NAME: Final = re.compile(r"[A-Za-z]\w*")


class BadCell(ValueError):
    """A cell that cannot be read: what is wrong, and what to do."""

    def __init__(self, cause: str, advice: str) -> None:
        super().__init__(cause, advice)
        self.cause = cause
        self.advice = advice


@dataclass(frozen=True, kw_only=True)
class Column:
    """A property and one kind of value.

    Attributes:
        predicate: the IRI of the property.
        datatype: the IRI of the datatype; empty where the values are terms.
        language: the language, for texts that have one.
    """

    predicate: str
    datatype: str = ""
    language: str = ""

    @property
    def header(self) -> str:
        """What stands at the head of the column."""
        name = term_text(self.predicate)
        if not self.datatype:
            return name
        if self.datatype == XSD + "string":
            return f"{name} text"
        if self.language:
            return f"{name} text {self.language}"
        return f"{name} {term_text(self.datatype).removeprefix('xsd:')}"


def column_of(triple: ox.Triple) -> Column | None:
    """Return the column in which the object of a triple stands; None for a blank node."""
    value = triple.object
    if isinstance(value, ox.NamedNode):
        return Column(predicate=triple.predicate.value)
    if isinstance(value, ox.Literal):
        return Column(
            predicate=triple.predicate.value,
            datatype=value.datatype.value,
            language=value.language or "",
        )
    return None


def read_header(text: str) -> Column:
    """Return the column that a header names.

    Raises:
        BadCell: it names none.
    """
    words = text.split()
    name = read_iri(words[0])
    match words[1:]:
        case []:
            return Column(predicate=name)
        case ["text"]:
            return Column(predicate=name, datatype=XSD + "string")
        case ["text", language] if _LANGUAGE.fullmatch(language.lower()):
            return Column(predicate=name, datatype=RDF + "langString", language=language.lower())
        case [kind] if ":" in kind:
            return Column(predicate=name, datatype=read_iri(kind))
        case [kind] if _NAME.fullmatch(kind):
            return Column(predicate=name, datatype=XSD + kind)
    raise BadCell(
        f'"{text}" heads no column', "write a property, then text, text en, decimal or the like"
    )


def cell_text(values: Iterable[Value]) -> str:
    """Return the values of one column as the text of a cell, always in the same order."""
    terms = sorted(value.value for value in values if isinstance(value, ox.NamedNode))
    if terms:
        return "\n".join(term_text(term) for term in terms)
    texts = sorted(value.value for value in values if isinstance(value, ox.Literal))
    return " | ".join(_escaped(text) for text in texts)


def read_cell(text: str, column: Column) -> list[Value]:
    """Return the values that a cell stands for.

    Raises:
        BadCell: it cannot be read as values of the column.
    """
    if not column.datatype:
        return [ox.NamedNode(read_iri(word)) for word in text.replace("|", " ").split()]
    texts = [_unescaped(part.strip()) for part in _PARTS.findall(text) if part.strip()]
    values: list[Value] = [_literal(text, column) for text in texts]
    return values


def term_text(iri: str) -> str:
    """Return a term as it stands in a cell: with a prefix of ours, or in angle brackets."""
    name = compact(iri)
    return name if name != iri else f"<{iri}>"


def read_iri(word: str) -> str:
    """Return the IRI that a word of a cell stands for.

    Raises:
        BadCell: it stands for none.
    """
    if word.startswith("<") and word.endswith(">"):
        iri = word[1:-1]
    else:
        prefix, colon, local = word.partition(":")
        if colon and local.startswith("//"):
            raise BadCell(f'"{word}" is an address', f"write it as <{word}>")
        if not colon or prefix not in PREFIXES:
            cause = f'"{word}" is no term: it has no prefix that is known here'
            raise BadCell(cause, "write it like poemkg:NAME, or as <IRI>")
        iri = PREFIXES[prefix] + local
    try:
        return ox.NamedNode(iri).value
    except ValueError:
        raise BadCell(f'"{word}" is no IRI', "write it like poemkg:NAME, or as <IRI>") from None


def _literal(text: str, column: Column) -> ox.Literal:
    if column.language:
        return ox.Literal(text, language=column.language)
    if column.datatype == XSD + "decimal" and text.lstrip("+-").isdecimal():
        text += ".0"  # a spreadsheet drops the nought, and Turtle has decimals with a point
    literal = ox.Literal(text, datatype=ox.NamedNode(column.datatype))
    problem = literal_problem(literal, DEFAULT_LIMITS)
    if problem:
        raise BadCell(*problem)
    return literal


def _escaped(text: str) -> str:
    if not text:
        return r"\e"
    inner = text.strip()
    start = text[: len(text) - len(text.lstrip())] if inner else text
    end = text[len(text.rstrip()) :] if inner else ""
    marked = "".join(_MARKS.get(c, c) for c in inner)
    marked = _SPELT.sub(r"\\u005F", _UNHELD.sub(lambda m: _numbered(m[0]), marked))
    return "".join(map(_numbered, start)) + marked + "".join(map(_numbered, end))


def _numbered(character: str) -> str:
    return f"\\u{ord(character):04X}" if character != "\n" else r"\n"


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        mark = match[1]
        if len(mark) > 1:
            number = int(mark[1:], 16)
            if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
                raise BadCell(f"\\{mark} is no character", "write the character itself")
            return chr(number)
        if mark not in _PLAIN:
            cause = f"\\{mark} means nothing" if mark else "a backslash ends the text"
            raise BadCell(cause, r"write a backslash as \\")
        return _PLAIN[mark]

    return _ESCAPE.sub(plain, text)
