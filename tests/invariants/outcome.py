"""The conclusions about many patients, read in one pass, for checks on thousands of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

Properties = dict[str, list[str]]


@dataclass(frozen=True)
class Requirement:
    """What an option needs, by local names; `rests` are the records' IRIs."""

    criterion: str
    kind: str
    state: str
    statements: tuple[str, ...]
    rests: tuple[str, ...]


@dataclass(frozen=True)
class Argument:
    """A statement for an option."""

    statement: str
    standing: str
    disorder: str
    applies: str
    via: str
    rests: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """A statement beside an option."""

    statement: str
    role: str
    applies: str
    via: str
    indirect: bool
    rests: tuple[str, ...]


@dataclass(frozen=True)
class Option:
    """A therapy for a patient."""

    therapy: str
    standing: str
    inner: str
    line: str
    rank: int
    disorder: str
    via: str
    readiness: str
    requirements: tuple[Requirement, ...]
    arguments: tuple[Argument, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Outcome:
    """What was concluded about one patient.

    Attributes:
        options: by therapy.
        questions: criterion to the therapies that it decides.
        tests: test and statement.
        silent: kind and term.
        notices: kind, statement or therapy, and the records each rests on.
        statements: every statement that a conclusion names.
        bare: conclusions that name no statement although they should.
    """

    options: dict[str, Option]
    questions: dict[str, frozenset[str]]
    tests: frozenset[tuple[str, str]]
    silent: frozenset[tuple[str, str]]
    notices: tuple[tuple[str, str, tuple[str, ...]], ...]
    statements: frozenset[str]
    bare: tuple[str, ...]


def read_outcomes(advice: Iterable[ox.Triple], patients: Iterable[str]) -> list[Outcome]:
    """Return the outcome of each patient, in the order of their IRIs as given.

    Args:
        advice: what was derived for all of them.
        patients: their IRIs.
    """
    nodes: dict[str, Properties] = defaultdict(lambda: defaultdict(list))
    typed: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    owner: dict[str, str] = {}
    kinds: dict[str, list[str]] = defaultdict(list)
    for triple in advice:
        node = triple.subject.value  # type: ignore[union-attr]
        name = _name(triple.predicate.value)
        value = triple.object.value  # type: ignore[union-attr]
        nodes[node][name].append(value)
        if name == "type":
            kinds[node].append(_name(value))
        elif name == "ofPatient":
            owner[node] = value
    for node, patient in owner.items():
        for kind in kinds[node]:
            typed[patient][kind].append(node)
    beside: dict[str, list[str]] = defaultdict(list)
    for node, said in nodes.items():
        for option in (*said.get("beside", ()), *said.get("supports", ())):
            beside[option].append(node)
    reader = _Reader(nodes, beside)
    return [reader.outcome(typed.get(patient, {})) for patient in patients]


class _Reader:
    def __init__(self, nodes: dict[str, Properties], beside: dict[str, list[str]]) -> None:
        self._nodes = nodes
        self._beside = beside

    def outcome(self, mine: dict[str, list[str]]) -> Outcome:
        options = [self._option(node) for node in sorted(mine.get("Option", ()))]
        statements: set[str] = set()
        bare = []
        for kind, members in mine.items():
            for node in members:
                named = self._all(node, "statement")
                statements.update(named)
                if not named and kind in ("Option", "Argument", "Requirement", "TestFirst"):
                    bare.append(node)
        for option in options:
            for note in option.notes:
                statements.add(note.statement)
        bare += [n.role for option in options for n in option.notes if not n.statement]
        return Outcome(
            options={option.therapy: option for option in options},
            questions={
                self._one(node, "criterion"): frozenset(self._all(node, "decides"))
                for node in mine.get("Question", ())
            },
            tests=frozenset(
                (self._one(node, "test"), self._one(node, "statement"))
                for node in mine.get("TestFirst", ())
            ),
            silent=frozenset(
                (self._one(node, "silentOn"), term)
                for node in mine.get("NoStatement", ())
                for term in self._all(node, "about")
            ),
            notices=tuple(
                (
                    self._one(node, "kind"),
                    self._one(node, "statement") or self._one(node, "about"),
                    self._rests(node),
                )
                for node in sorted(mine.get("Notice", ()))
            ),
            statements=frozenset(statements),
            bare=tuple(bare),
        )

    def _option(self, node: str) -> Option:
        beside = sorted(self._beside.get(node, ()))
        return Option(
            therapy=self._one(node, "therapy"),
            standing=self._one(node, "standing"),
            inner=self._one(node, "inner"),
            line=self._one(node, "line"),
            rank=int(self._one(node, "rank")),
            disorder=self._one(node, "disorder"),
            via=self._one(node, "via"),
            readiness=",".join(self._all(node, "readiness")),
            requirements=tuple(
                self._requirement(r) for r in sorted(self._nodes[node].get("requirement", ()))
            ),
            arguments=tuple(self._argument(n) for n in beside if "supports" in self._nodes[n]),
            notes=tuple(self._note(n) for n in beside if "beside" in self._nodes[n]),
        )

    def _requirement(self, node: str) -> Requirement:
        return Requirement(
            criterion=self._one(node, "criterion"),
            kind=self._one(node, "kind"),
            state=",".join(self._all(node, "state")),
            statements=self._all(node, "statement"),
            rests=self._rests(node),
        )

    def _argument(self, node: str) -> Argument:
        return Argument(
            statement=self._one(node, "statement"),
            standing=self._one(node, "standing"),
            disorder=self._one(node, "disorder"),
            applies=self._one(node, "applies"),
            via=self._one(node, "via"),
            rests=self._rests(node),
        )

    def _note(self, node: str) -> Note:
        return Note(
            statement=self._one(node, "statement"),
            role=self._one(node, "role"),
            applies=self._one(node, "applies"),
            via=self._one(node, "via"),
            indirect=self._one(node, "indirect") == "true",
            rests=self._rests(node),
        )

    def _rests(self, node: str) -> tuple[str, ...]:
        return tuple(self._nodes[node].get("wasDerivedFrom", ()))

    def _all(self, node: str, name: str) -> tuple[str, ...]:
        return tuple(sorted(_name(value) for value in self._nodes[node].get(name, ())))

    def _one(self, node: str, name: str) -> str:
        values = self._nodes[node].get(name)
        return _name(values[0]) if values else ""


@cache
def _name(iri: str) -> str:
    """Return the local name of a term; what is no IRI stays as it is."""
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1] if iri.startswith("http") else iri
