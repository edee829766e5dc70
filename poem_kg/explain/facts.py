"""Facts, criteria and places in words: the small pieces that every form of explanation uses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from poem_kg.errors import one_line
from poem_kg.explain.model import CriterionState, Explanation, Fact, ToldStatement
from poem_kg.explain.words import Words
from poem_kg.namespaces import compact
from poem_kg.review import review_text

_UNITLESS: Final = ("1", "")
_YEAR: Final = "a"
"""The UCUM unit of ages and time points."""


class Telling:
    """An explanation in the words of one audience, piece by piece.

    Args:
        explanation: what to tell.
        words: how to tell it.
    """

    def __init__(self, explanation: Explanation, words: Words) -> None:
        self.explanation = explanation
        self.words = words
        self.facts = {f.record: f for f in explanation.facts}
        self.criteria = {c.criterion: c for c in explanation.criteria}
        self.statements = {s.statement: s for s in explanation.statements}
        self._places: dict[tuple[str, str], int] = {}

    def title(self) -> str:
        """Return how the patient is called; characters that are not seen are written out."""
        told, say = self.explanation, self.words.say
        if told.label is None:
            return say("title-unnamed", iri=one_line(told.patient))
        return say("title-named", label=one_line(told.label), iri=one_line(told.patient))

    def fact(self, record: str) -> str:
        """Return a record in words, with its date."""
        fact = self.facts[record]
        text = self._undated(fact)
        return self.words.say("dated", fact=text, date=fact.date) if fact.date else text

    def facts_of(self, records: Iterable[str]) -> str:
        """Return several records in words; those that read the same are told once."""
        told = [self.fact(record) for record in records if record in self.facts]
        return "; ".join(dict.fromkeys(told))

    def criterion(self, iri: str, records: Iterable[str]) -> str:
        """Return a criterion in words, with those of the records that bear on it."""
        state = self.criteria[iri]
        counted = set(records)
        bearing = [record for record in state.facts if record in counted]
        name = self.words.thing(iri)
        if not bearing:
            return self.words.say("criterion-only", criterion=name)
        return self.words.say(
            self._way_of_bearing(state, bearing), criterion=name, facts=self.facts_of(bearing)
        )

    def criteria_of(self, iris: Iterable[str], records: Iterable[str]) -> str:
        """Return several criteria in words."""
        records = tuple(records)
        return "; ".join(self.criterion(iri, records) for iri in iris)

    def quantity(self, text: str) -> str:
        """Return a number with its UCUM unit, years in the words of the audience."""
        number, _, unit = text.partition(" ")
        return self.words.say("years", number=number) if unit == _YEAR else text

    def mark(self, statements: Iterable[str]) -> str:
        """Return the numbers of the places where statements stand, counted as they come up."""
        places = dict.fromkeys((self._source(s), self.place(s)) for s in statements)
        numbers = [self._places.setdefault(place, len(self._places) + 1) for place in places]
        return self.words.say("mark", number=_ranges(sorted(numbers)))

    def places(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Return by source the numbers that were given so far, each with its place in words."""
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for (source, text), number in self._places.items():
            mark = self.words.say("mark", number=str(number))
            found[source] = (*found.get(source, ()), (mark, text))
        return found

    def place(self, statement: str) -> str:
        """Return where a statement stands and how far that was verified."""
        told, say = self.statements[statement], self.words.say
        place = say(
            "reference",
            iri=compact(statement),
            kind=told.kind,
            direction=told.direction or "",
            strength=told.strength or "",
            certainty=told.certainty or "",
            review=told.review or "",
            place="; ".join(self._locators(told)),
            verified=say(f"verified-{told.verified}"),
        )
        reviewed = review_text(told)
        return say("reviewed", text=place, review=reviewed) if reviewed else place

    def _locators(self, told: ToldStatement) -> list[str]:
        parts = [told.source.locator] if told.source.locator else []
        if told.source.marker:
            parts.append(self.words.say("marker", marker=told.source.marker))
        if told.claim:
            parts.append(self.words.say("claim", claim=told.claim))
        return [part for part in parts if part]

    def _source(self, statement: str) -> str:
        return self.words.thing(self.statements[statement].source.iri)

    def _way_of_bearing(self, state: CriterionState, bearing: list[str]) -> str:
        if set(bearing) <= set(state.raised_by):
            return "criterion-raised"
        asked_for = {self.facts[record].concept for record in bearing}
        same = state.state == "met" and asked_for == {state.presence_of}
        return "criterion-same" if same else "criterion-by"

    def _undated(self, fact: Fact) -> str:
        say = self.words.say
        concept, record = self.words.thing(fact.concept), compact(fact.record)
        if fact.value is not None:
            value = self.quantity(f"{fact.value} {_unit(fact.unit)}".strip())
            return say("fact-value", concept=concept, value=value, record=record)
        if fact.result is not None:
            result = self.words.thing(fact.result)
            key = f"fact-result-{fact.status}"
            return say(key, concept=concept, result=result, record=record)
        return say(f"fact-{fact.status}", concept=concept, record=record)


def _unit(ucum: str | None) -> str:
    """The unit as it is read; annotations in braces are no units."""
    return "" if ucum is None or ucum in _UNITLESS or ucum.startswith("{") else ucum


def _ranges(numbers: list[int]) -> str:
    """Numbers in order, three or more in a row as first and last."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(str(n) for n in run) for run in runs
    )
