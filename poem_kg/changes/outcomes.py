"""What follows for a patient, as things that can be held against each other one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from poem_kg.namespaces import POEMKG, PROV, RDF

_TYPE: Final = f"<{RDF}type>".encode()
_GROUNDS: Final = frozenset(
    {
        f"<{PROV}wasDerivedFrom>".encode(),
        f"<{PROV}wasInfluencedBy>".encode(),
        f"<{POEMKG}derivedBy>".encode(),
        f"<{POEMKG}ofPatient>".encode(),
        f"<{POEMKG}supports>".encode(),
        f"<{POEMKG}beside>".encode(),
        f"<{POEMKG}requirement>".encode(),
        f"<{POEMKG}decides>".encode(),
        f"<{POEMKG}statement>".encode(),
    }
)
"""What ties a conclusion to others or to facts; the rest is what it says."""
_SUBJECT: Final = (
    "therapy",
    "criterion",
    "disorder",
    "test",
    "about",
    "outcomeOfStudy",
)
"""What a conclusion is about, the first that it has; else its statement."""

Lines = Iterable[bytes]


@dataclass(frozen=True, order=True)
class Item:
    """One thing that an advice says, so that two advices can be compared.

    Attributes:
        part: "option", "argument", "requirement", "diagnosis", "test", "question", "silence",
            "notice", "classification", "record"; a note is called by its role, such as "caution".
        therapy: the option that it belongs to, or "".
        subject: the IRI that it is about.
        statement: the statement it rests on, or "".
        says: what it says of its subject, as pairs of local name and value, sorted.
    """

    part: str
    therapy: str
    subject: str
    statement: str
    says: tuple[tuple[str, str], ...]

    def value(self, name: str) -> str:
        """Return what it says under a name, or ""."""
        return next((value for key, value in self.says if key == name), "")


_PARTS: Final = {
    "Option": "option",
    "Argument": "argument",
    "Note": "note",
    "Requirement": "requirement",
    "Diagnosis": "diagnosis",
    "TestFirst": "test",
    "Question": "question",
    "NoStatement": "silence",
    "Notice": "notice",
    "Classification": "classification",
}


@dataclass(frozen=True)
class Outcome:
    """What follows for one patient by one version.

    Attributes:
        refused: why the patient is not accepted, in the words of the shapes; else empty.
        lines: the conclusions, subject, predicate and object of each.
    """

    refused: tuple[str, ...]
    lines: frozenset[bytes]

    @cached_property
    def items(self) -> frozenset[Item]:
        """What the advice says."""
        return frozenset(_items(self.lines))

    @property
    def options(self) -> dict[str, Item]:
        """The options by therapy."""
        return {item.therapy: item for item in self.items if item.part == "option"}

    @property
    def named(self) -> frozenset[str]:
        """Every IRI that is an object in the conclusions, such as statements and criteria."""
        objects = {line.rsplit(b" ", 1)[-1] for line in self.lines}
        return frozenset(o[1:-1].decode() for o in objects if o.startswith(b"<"))


def _items(lines: Lines) -> Iterator[Item]:
    about: dict[bytes, dict[bytes, list[bytes]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        subject, predicate, value = line.split(b" ", 2)
        about[subject][predicate].append(value)
    required: dict[bytes, list[bytes]] = defaultdict(list)
    therapies: dict[bytes, str] = {}
    for node, told in about.items():
        for value in told.get(_word("requirement"), ()):
            required[value].append(node)
        if told.get(_word("therapy")):
            therapies[node] = _plain(told[_word("therapy")][0])
    for node, told in about.items():
        part = _part(told)
        if part is None:
            continue
        if part == "note":
            part = _role(told)
        options = [
            *told.get(_word("supports"), ()),
            *told.get(_word("beside"), ()),
            *required.get(node, ()),
        ]
        names = [therapies[option] for option in options if option in therapies]
        if part == "option":
            names = [therapies[node]]
        for statement in told.get(_word("statement")) or [b""]:
            yield from _of_node(part, told, statement, names)


def _of_node(
    part: str, told: dict[bytes, list[bytes]], statement: bytes, therapies: list[str]
) -> Iterator[Item]:
    by = _plain(statement)
    subjects = next((told[w] for name in _SUBJECT if (w := _word(name)) in told), [statement])
    says = tuple(
        sorted(
            (_plain(predicate).rsplit("/", 1)[-1], _plain(value))
            for predicate, values in told.items()
            if predicate not in _GROUNDS and predicate != _TYPE
            for value in values
        )
    )
    for subject in subjects:
        for therapy in sorted(set(therapies)) or [""]:
            yield Item(part, therapy, _plain(subject), by, says)


def _part(told: dict[bytes, list[bytes]]) -> str | None:
    for kind in told.get(_TYPE, ()):
        part = _PARTS.get(_plain(kind).removeprefix(POEMKG))
        if part:
            return part
    return "record" if _TYPE in told else None


def _role(told: dict[bytes, list[bytes]]) -> str:
    """What a note is beside an option, such as "caution"."""
    role = _plain(min(told.get(_word("role"), [b""]))).removeprefix(POEMKG)
    return role.removesuffix("Role") or "note"


def _word(name: str) -> bytes:
    return f"<{POEMKG}{name}>".encode()


def _plain(term: bytes) -> str:
    """An IRI without its brackets, a literal without its quotes and datatype."""
    if term.startswith(b"<"):
        return term[1:-1].decode()
    return term[1 : term.rindex(b'"')].decode() if term else ""
