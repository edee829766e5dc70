"""What belongs together in an explanation, so that it is told and drawn once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from poem_kg.explain.model import CriterionState, OptionExplanation, RequirementStep, Step, Way


@dataclass(frozen=True, kw_only=True)
class Group:
    """Statements of one role that rest on the same criteria and facts.

    Attributes:
        criteria: those that the statements share; a statement that may apply has open ones of its
            own besides.
    """

    role: str
    applies: str
    indirect: bool
    via: str | None
    criteria: tuple[str, ...]
    facts: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def rests_on(self) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
        """What two groups have in common that are there for the same reason."""
        return (self.via, self.criteria, self.facts)


@dataclass(frozen=True, kw_only=True)
class Needs:
    """Requirements of an option: `held` give it its readiness, `open` are open too, `met` hold."""

    held: tuple[RequirementStep, ...]
    open: tuple[RequirementStep, ...]
    met: tuple[RequirementStep, ...]


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Ways to an option that are as open as each other.

    Attributes:
        choices: lists of criteria; all of a list must hold, of any one list.
        statements: those that would then offer the therapy.
    """

    via: str | None
    choices: tuple[tuple[str, ...], ...]
    statements: tuple[str, ...]


def grouped(steps: Iterable[Step], criteria: dict[str, CriterionState]) -> tuple[Group, ...]:
    """Return statements grouped by role and by what they rest on, in the order of the first.

    Args:
        steps: the statements beside an option.
        criteria: the state of each criterion; those that may apply are grouped by what is met.
    """
    found: dict[tuple[object, ...], tuple[tuple[str, ...], list[Step]]] = {}
    for step in steps:
        shared = step.criteria
        if step.applies != "yes" and not step.indirect:
            shared = tuple(c for c in shared if criteria[c].state == "met")
        facts = step.facts if shared else ()
        key = (step.role, step.applies, step.indirect, step.via, shared, facts)
        found.setdefault(key, (shared, []))[1].append(step)
    return tuple(
        Group(
            role=own[0].role,
            applies=own[0].applies,
            indirect=own[0].indirect,
            via=own[0].via,
            criteria=shared,
            facts=own[0].facts if shared else (),
            steps=tuple(own),
        )
        for shared, own in found.values()
    )


def needs(option: OptionExplanation) -> Needs:
    """Return the requirements of an option by what they make of it."""
    every = option.requirements
    unmet = [r for r in every if r.state != "met"]
    return Needs(
        held=tuple(r for r in unmet if r.decisive),
        open=tuple(r for r in unmet if not r.decisive),
        met=tuple(r for r in every if r.state == "met"),
    )


def alternatives(
    ways: Iterable[Way], criteria: dict[str, CriterionState]
) -> tuple[Alternative, ...]:
    """Return the ways to an option; those by one criterion are joined where their facts agree.

    Args:
        ways: the statements that would offer a therapy.
        criteria: the state of each criterion.
    """
    by_criteria: dict[tuple[str | None, tuple[str, ...]], list[str]] = {}
    for way in ways:
        by_criteria.setdefault((way.via, way.criteria), []).append(way.statement)
    joined: dict[tuple[object, ...], list[tuple[str | None, tuple[str, ...], list[str]]]] = {}
    for (via, needed), statements in by_criteria.items():
        first = criteria[needed[0]]
        single = len(needed) == 1
        key = (via, first.state, first.facts) if single else (via, needed)
        joined.setdefault(key, []).append((via, needed, statements))
    return tuple(
        Alternative(
            via=own[0][0],
            choices=tuple(needed for _, needed, _ in own),
            statements=tuple(dict.fromkeys(s for *_, found in own for s in found)),
        )
        for own in joined.values()
    )
