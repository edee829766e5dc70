"""What follows for a patient, as things that can be held against each other one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from poem_kg.namespaces import POEMKG, PROV, RDF

_Nodes = dict[bytes, dict[bytes, list[bytes]]]
"""Subject to predicate to objects, as N-Triples writes them."""


def _word(name: str) -> bytes:
    return f"<{POEMKG}{name}>".encode()


_TYPE: Final = f"<{RDF}type>".encode()
_BESIDE: Final = _word("beside")
_REQUIREMENT: Final = _word("requirement")
_ROLE: Final = _word("role")
_STATEMENT: Final = _word("statement")
_SUPPORTS: Final = _word("supports")
_THERAPY: Final = _word("therapy")
_GROUNDS: Final = frozenset(
    {
        f"<{PROV}wasDerivedFrom>".encode(),
        f"<{PROV}wasInfluencedBy>".encode(),
        _BESIDE,
        _REQUIREMENT,
        _STATEMENT,
        _SUPPORTS,
        *map(_word, ("decides", "derivedBy", "ofPatient")),
    }
)
"""What ties a conclusion to others or to facts; the rest is what it says."""
_SUBJECT: Final = tuple(
    map(_word, ("therapy", "criterion", "disorder", "test", "about", "outcomeOfStudy"))
)
"""What a conclusion is about, the first that it has; else its statement."""


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

    @property
    def items(self) -> frozenset[Item]:
        """What the advice says."""
        return frozenset(_items(self._nodes))

    def items_of(self, nodes: frozenset[bytes]) -> frozenset[Item]:
        """Return what some conclusions say.

        Args:
            nodes: their IRIs, in angle brackets.
        """
        return frozenset(_items(self._nodes, only=nodes))

    @cached_property
    def options(self) -> dict[str, Item]:
        """The options by therapy."""
        options = frozenset(node for node, told in self._nodes.items() if _part(told) == "option")
        return {item.therapy: item for item in self.items_of(options)}

    @cached_property
    def _nodes(self) -> _Nodes:
        about: _Nodes = defaultdict(lambda: defaultdict(list))
        for line in self.lines:
            subject, predicate, value = line.split(b" ", 2)
            about[subject][predicate].append(value)
        return about

    @cached_property
    def named(self) -> frozenset[str]:
        """Every IRI that is an object in the conclusions, such as statements and criteria."""
        objects = {line.rsplit(b" ", 1)[-1] for line in self.lines}
        return frozenset(o[1:-1].decode() for o in objects if o.startswith(b"<"))


def nodes_of(lines: Iterable[bytes]) -> frozenset[bytes]:
    """Return the conclusions of which some lines tell, with those that an option has by them.

    Args:
        lines: subject, predicate and object of each.
    """
    nodes: set[bytes] = set()
    for line in lines:
        subject, predicate, value = line.split(b" ", 2)
        nodes.add(subject)
        if predicate == _REQUIREMENT:  # options share them
            nodes.add(value)
    return frozenset(nodes)


def _items(about: _Nodes, *, only: frozenset[bytes] | None = None) -> Iterator[Item]:
    required: dict[bytes, list[bytes]] = defaultdict(list)
    therapies: dict[bytes, str] = {}
    for node, told in about.items():
        if _REQUIREMENT in told:
            for value in told[_REQUIREMENT]:
                required[value].append(node)
        if _THERAPY in told:
            therapies[node] = _plain(told[_THERAPY][0])
    for node, told in about.items():
        if only is not None and node not in only:
            continue
        part = _part(told)
        if part is None:
            continue
        if part == "note":
            part = _role(told)
        options = (*told.get(_SUPPORTS, ()), *told.get(_BESIDE, ()), *required.get(node, ()))
        names = [therapies[option] for option in options if option in therapies]
        if part == "option":
            names = [therapies[node]]
        for statement in told.get(_STATEMENT) or [b""]:
            yield from _of_node(part, told, statement, names)


def _of_node(
    part: str, told: dict[bytes, list[bytes]], statement: bytes, therapies: list[str]
) -> Iterator[Item]:
    by = _plain(statement)
    subjects = next((told[word] for word in _SUBJECT if word in told), [statement])
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
    role = _plain(min(told.get(_ROLE, [b""]))).removeprefix(POEMKG)
    return role.removesuffix("Role") or "note"


def _plain(term: bytes) -> str:
    """An IRI without its brackets, a literal without its quotes and datatype."""
    if term.startswith(b"<"):
        return term[1:-1].decode()
    return term[1 : term.rindex(b'"')].decode() if term else ""
