"""What differs for many patients, told once for all for whom the same differs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from poem_kg.changes.drawing import Drawn
from poem_kg.changes.model import DrawnPatient, Effect, PanelEntry
from poem_kg.changes.patients import PatientChange, Sayings
from poem_kg.changes.terms import Terms
from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, compact
from poem_kg.whatif.recording import Fact

_WORD: Final = re.compile(r"[\w.-]+")
_ORDER: Final = ("acceptance", "option", "argument")

_Key = tuple[str, str, str, str, str, str, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Gathered:
    """Effects, the examples of the panel that have some, and the drawn patients that are named."""

    effects: tuple[Effect, ...]
    panel: tuple[PanelEntry, ...]
    examples: tuple[DrawnPatient, ...]


class Gathering:
    """Puts the differences of patients together.

    Args:
        terms: of the old and the new version.
        knowledge: of the old and the new version.
        otherwise: the statements of which an advice shows something else: what it was and is.
        reach: each term that differs, to the terms that rest on it.
        seed: of the drawn patients, which are called by it.
    """

    def __init__(
        self,
        terms: tuple[Terms, Terms],
        knowledge: tuple[Knowledge, Knowledge],
        *,
        otherwise: Mapping[str, tuple[str, str]],
        reach: Mapping[str, frozenset[str]],
        seed: int,
    ) -> None:
        self._old, self._new = terms
        self._knowledge = knowledge
        self._otherwise = otherwise
        self._reach = reach
        self._seed = seed

    def of(
        self,
        panel: Mapping[str, PatientChange],
        drawn: Mapping[str, PatientChange],
        patients: Sequence[Drawn],
    ) -> Gathered:
        """Return the effects on some patients.

        Args:
            panel: what differs for the examples, by name.
            drawn: what differs for the drawn ones, by number in five digits.
            patients: the drawn ones.
        """
        facts = {f"{patient.number:05}": patient.facts for patient in patients}
        whose: dict[_Key, list[str]] = defaultdict(list)
        for name, change in panel.items():
            for key in self._keys(change):
                whose[key].append(name)
        for number, change in drawn.items():
            for key in self._keys(change):
                whose[key].append(number)
        effects: list[Effect] = []
        named: dict[str, tuple[Fact, ...]] = {}
        for key, names in whose.items():
            examples = [n for n in names if n in panel]
            others = sorted((n for n in names if n not in panel), key=lambda n: (len(facts[n]), n))
            for number in others[:1]:
                examples.append(self._name(number))
                named[self._name(number)] = facts[number]
            effects.append(_effect(key, len(names), tuple(examples)))
        effects.sort(key=_rank)
        return Gathered(
            effects=tuple(effects),
            panel=tuple(
                PanelEntry(name=name, effects=places)
                for name in panel
                if (places := tuple(n for n, e in enumerate(effects) if name in e.examples))
            ),
            examples=tuple(
                DrawnPatient(name=name, facts=tuple(self._fact(f) for f in facts))
                for name, facts in sorted(named.items())
            ),
        )

    def label(self, iri: str) -> str:
        """Return the label of a term, in the new version where it is there."""
        for terms in (self._new, self._old):
            if iri in terms.by_iri:
                return terms.label(iri)
        # What was prepared has a label too, but stands in no file.
        return next(
            (label for k in reversed(self._knowledge) if (label := k.label(iri)) != _end(iri)),
            compact(iri),
        )

    def _name(self, number: str) -> str:
        return f"drawn-{self._seed}-{number}"

    def _keys(self, change: PatientChange) -> list[_Key]:
        """What differs for a patient; what rests on nothing else, on what the rest rests on."""
        found = list(dict.fromkeys(self._own_keys(change)))
        everything = tuple(sorted({term for key in found for term in key[-1]}))
        return [(*key[:-1], key[-1] or everything) for key in found]

    def _own_keys(self, change: PatientChange) -> Iterator[_Key]:
        if change.accepted:
            was, now = ("accepted", change.reasons[0])
            if change.accepted == "newly":
                was, now = now, was
            yield "acceptance", change.accepted, "", "", was, now, (), ()
        for option in change.options:
            about = {*option.through, *option.criteria}
            yield (
                "option",
                option.change,
                option.therapy,
                "",
                self._codes(option.was),
                self._codes(option.now),
                option.through,
                self._because(about or {option.therapy}),
            )
        for other in change.others:
            through = (other.statement,) if other.statement else ()
            yield (
                other.part,
                other.change,
                other.therapy,
                "" if other.subject in (other.statement, other.therapy) else other.subject,
                self._said(other.was),
                self._said(other.now),
                through,
                self._because({other.subject, *through} - {""}),
            )

        for statement in change.shown:
            was, now = self._otherwise[statement]
            yield "shown", "changed", "", "", was, now, (statement,), (statement,)

    def _because(self, about: set[str]) -> tuple[str, ...]:
        """The terms that differ and are named; where none is, those on which the named rest."""
        direct = about & self._reach.keys()
        if direct:
            return tuple(sorted(direct))
        return tuple(
            sorted(t for t, resting in self._reach.items() if not about.isdisjoint(resting))
        )

    def _codes(self, text: str) -> str:
        """The same with codes in place of local names."""
        return _WORD.sub(lambda word: self._code(word[0]), text)

    def _said(self, sayings: Sayings) -> str:
        return "; ".join(
            ", ".join(f"{self.label(POEMKG + name)}: {self._value(v)}" for name, v in said)
            or "there"
            for said in sayings
        )

    def _value(self, value: str) -> str:
        if value.startswith(POEMKG) and self._code(end := value.removeprefix(POEMKG)) != end:
            return self._code(end)
        return self.label(value) if "://" in value else value

    def _code(self, word: str) -> str:
        for knowledge in reversed(self._knowledge):
            try:
                return knowledge.notation(POEMKG + word)
            except KnowledgeError:
                continue
        return word

    def _fact(self, fact: Fact) -> str:
        said = self._code(fact.status) if not fact.value else fact.value
        result = f", {self.label(fact.result)}" if fact.result else ""
        return f"{self.label(fact.concept)}: {said}{result}" + (f" ({fact.date})" * bool(fact.date))


def _end(iri: str) -> str:
    return iri.rstrip("/").rsplit("/", 1)[-1]


def _effect(key: _Key, count: int, examples: tuple[str, ...]) -> Effect:
    part, change, therapy, subject, was, now, through, because = key
    return Effect(
        part=part,
        change=change,
        therapy=therapy,
        subject=subject,
        was=was,
        now=now,
        through=through,
        because=because,
        patients=count,
        examples=examples,
    )


def _rank(effect: Effect) -> tuple[object, ...]:
    part = _ORDER.index(effect.part) if effect.part in _ORDER else len(_ORDER)
    told = (effect.part, effect.therapy, effect.change, effect.subject)
    return (part, -effect.patients, *told, effect.was, effect.now, effect.through, effect.because)
