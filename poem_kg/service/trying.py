"""Changes to try on a patient: what would change a therapy, and what a change has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from poem_kg.explain.words import Words
from poem_kg.intake.fields import Field, Fields
from poem_kg.model import Advice
from poem_kg.service.filled import said
from poem_kg.service.visit import Visit
from poem_kg.whatif.hypotheses import Change
from poem_kg.whatif.search import WhatIf
from poem_kg.whatif.text import change_words, goal_words, outcome_words
from poem_kg.whatif.variants import Outcome


@dataclass(frozen=True)
class Difference:
    """How a therapy stood for the held patient and stands now, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Tried:
    """What was changed of the held patient, and what that changed."""

    facts: tuple[Difference, ...]
    therapies: tuple[Difference, ...]


@dataclass(frozen=True)
class Switch:
    """One way to reach a goal.

    Attributes:
        changes: what would be recorded, in words.
        outcome: how the therapy would stand.
        sets: what a button sends to try it; "" where the form has no field for it.
    """

    changes: str
    outcome: str
    sets: str


@dataclass(frozen=True)
class Goal:
    """What could be reached for a therapy, and how."""

    therapy: str
    goal: str
    switches: tuple[Switch, ...]
    more: int


@dataclass(frozen=True, eq=False)
class Trying:
    """Tells of changes.

    Attributes:
        fields: the form.
        words: how it is said.
    """

    fields: Fields
    words: Words

    def summary(self, advice: Advice) -> str:
        """Return an advice in one line."""
        return "; ".join(f"{label}: {how}" for label, how in self._standings(advice).items())

    def tried(self, held: Visit, visit: Visit, earlier: Advice, now: Advice) -> Tried:
        """Return what differs between the patient that is held and the one at hand.

        Args:
            held: the form as the held patient fills it.
            visit: the form as it was sent.
            earlier: the advice for the held patient.
            now: the advice for the one at hand.
        """
        before, after = self._standings(earlier), self._standings(now)
        nothing = self._outcome(None, None, None)
        names = sorted(held.entries.keys() | visit.entries.keys())
        fields = self.fields.by_name
        return Tried(
            facts=tuple(
                Difference(
                    fields[name].label,
                    said(fields[name], _value(held, name)),
                    said(fields[name], _value(visit, name)),
                )
                for name in names
                if _value(held, name) != _value(visit, name)
            ),
            therapies=tuple(
                Difference(label, before.get(label, nothing), after.get(label, nothing))
                for label in dict.fromkeys((*after, *before))
                if before.get(label) != after.get(label)
            ),
        )

    def goals(self, found: WhatIf) -> tuple[Goal, ...]:
        """Return what could be reached, with the ways that were found."""
        return tuple(
            Goal(
                therapy=self.fields.knowledge.label(therapy.therapy),
                goal=goal_words(reach, self.words),
                switches=tuple(
                    Switch(
                        changes="; ".join(change_words(c, self.words) for c in way.changes),
                        outcome=outcome_words(way.outcome, self.words),
                        sets=self._sets(way.changes),
                    )
                    for way in reach.ways
                ),
                more=reach.number - len(reach.ways),
            )
            for therapy in found.therapies
            for reach in therapy.reaches
            if reach.ways
        )

    def _standings(self, advice: Advice) -> dict[str, str]:
        return {
            option.label: self._outcome(option.standing, option.line, option.readiness)
            for option in advice.options
        }

    def _outcome(self, standing: str | None, line: int | None, readiness: str | None) -> str:
        outcome = Outcome(standing=standing, line=line, readiness=readiness)
        return outcome_words(outcome, self.words)

    def _sets(self, changes: tuple[Change, ...]) -> str:
        by_concept = self.fields.by_concept
        if any(change.concept not in by_concept for change in changes):
            return ""
        return urlencode([(by_concept[c.concept].name, _set_to(c, by_concept)) for c in changes])


def _set_to(change: Change, by_concept: Mapping[str, Field]) -> str:
    if change.value is not None:
        return change.value
    wanted = (change.status, change.result)
    choices = by_concept[change.concept]
    for choice in (*choices.choices, *choices.found):
        if (choice.status, choice.result) == wanted:
            return choice.value
    return change.status


def _value(visit: Visit, name: str) -> str:
    entry = visit.entries.get(name)
    return entry.value if entry else ""
