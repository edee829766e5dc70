"""What an explanation consists of: for each option the way from the facts to it, and why not.

Facts, criteria, statements and queries stand once each, in tables; options and refusals refer to
them by IRI, and to queries by name. Every array has a fixed order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from poem_kg.model import (
    Diagnosis,
    Estimate,
    LeftOut,
    NoStatement,
    Notice,
    QueryReference,
    Shown,
    SourceReference,
    TestFirst,
    as_json,
)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A record about the patient, the operator or the centre; `value` is in the UCUM `unit`."""

    record: str
    concept: str
    label: str
    status: str
    value: str | None
    unit: str | None
    result: str | None
    result_label: str | None
    date: str | None


@dataclass(frozen=True, kw_only=True)
class CriterionState:
    """A criterion and what it is for this patient: "met", "not-met" or "unknown".

    Attributes:
        speaks_for: the facts that speak for it.
        speaks_against: the facts that speak against it.
        raised_by: the facts that only make it a question.
        presence_of: the class whose presence is all that it asks for, or None.
    """

    criterion: str
    label: str
    state: str
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    raised_by: tuple[str, ...]
    presence_of: str | None

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact that bears on it, by IRI."""
        return tuple(sorted({*self.speaks_for, *self.speaks_against, *self.raised_by}))


@dataclass(frozen=True, kw_only=True)
class ToldStatement:
    """A statement with its place in the source and how far that was verified."""

    statement: str
    claim: str | None
    label: str
    says: str | None
    kind: str
    direction: str | None
    strength: str | None
    certainty: str | None
    verified: str | None
    review: str | None
    source: SourceReference
    estimate: Estimate | None
    reviewed_by: str | None = None
    reviewed_on: str | None = None
    left_out: LeftOut | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One statement beside an option: the criteria that it needs, and the facts behind them.

    Attributes:
        role: "for", "against", "caution", "gap" or "outcome".
        applies: "yes", or "unknown" where not every criterion is met.
        via: the treat-as transfer by which the statement reaches the patient, or None.
        queries: the names of the queries that concluded it.
    """

    statement: str
    role: str
    applies: str
    indirect: bool
    via: str | None
    criteria: tuple[str, ...]
    facts: tuple[str, ...]
    queries: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RequirementStep:
    """One requirement of an option.

    Attributes:
        state: whether the requirement holds: "met", "not-met" or "unknown".
        excludes: the criterion must not be met, where other requirements need theirs met.
        not_done: it is open only because a test is known not to have been done.
        brings: the readiness that it brings, or None where it holds nothing back.
        decisive: it alone would give the option the readiness that it has.
        statements: those that ask for it, the governing source first.
        context: further criteria that bring it in, such as the disorder.
        queries: the names of the queries that concluded it.
    """

    criterion: str
    label: str
    kind: str
    state: str
    excludes: bool
    not_done: bool
    brings: str | None
    decisive: bool
    statements: tuple[str, ...]
    context: tuple[str, ...]
    facts: tuple[str, ...]
    queries: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OptionExplanation(Shown):
    """Why an option stands where it stands; `statement` is the one that governs."""

    option: str
    therapy: str
    label: str
    rank: int
    standing: str
    line: int | None
    disorder: str
    via: str | None
    readiness: str
    statement: str
    steps: tuple[Step, ...]
    requirements: tuple[RequirementStep, ...]
    queries: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Way:
    """A statement that would offer a therapy, and the criteria that it needs for that.

    Attributes:
        criteria: the disorder and every further condition; the table of criteria has their state.
        via: the treat-as transfer by which the statement would reach the patient, or None.
        disorder: the class of the disorder.
    """

    statement: str
    disorder: str
    via: str | None
    criteria: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WhyNot:
    """Why a therapy is not ready or not offered.

    Attributes:
        reason: "not-offered"; the readiness of the option where that is not "ready"; "outranked"
            where nothing is open but other options come first; "ready" where nothing speaks.
        option: the option, or None where it is not offered.
        held_by: the criteria of the requirements that give the option its readiness.
        outranked_by: the therapies of the options with a better rank.
        silent: the sources say nothing on it for this patient while they offer another of its
            family.
        ways: the statements that would offer it.
        left_out: the statements that would speak for it here and are left out.
    """

    therapy: str
    label: str
    reason: str
    option: str | None
    held_by: tuple[str, ...]
    outranked_by: tuple[str, ...]
    silent: bool
    ways: tuple[Way, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Explanation(Shown):
    """Why the advice for one patient is what it is.

    Attributes:
        asked: "everything", "option" or "why-not".
        label: what the patient file calls the patient, or None.
        graph: the part of the facts, conclusions and statements that the explanation uses.
    """

    asked: str
    patient: str
    label: str | None
    as_of: str | None
    ontology_version: str
    ontology_digest: str
    diagnoses: tuple[Diagnosis, ...]
    options: tuple[OptionExplanation, ...]
    why_not: tuple[WhyNot, ...]
    tests: tuple[TestFirst, ...]
    no_statement: tuple[NoStatement, ...]
    notices: tuple[Notice, ...]
    facts: tuple[Fact, ...]
    criteria: tuple[CriterionState, ...]
    statements: tuple[ToldStatement, ...]
    queries: tuple[QueryReference, ...]
    graph: tuple[ox.Triple, ...] = field(default=(), repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the explanation as the documented JSON object."""
        document: dict[str, Any] = as_json(self)
        del document["graph"]
        return document


@dataclass(frozen=True, order=True)
class Link:
    """One piece of the chain: what a statement has to do with a criterion and a fact.

    `criterion` and `fact` are None where the statement holds of everyone, or rests on no record.
    """

    statement: str
    criterion: str | None
    fact: str | None
    source: str


def links(
    statements: Iterable[str],
    criteria: Iterable[str],
    facts: Iterable[str] | None,
    explanation: Explanation,
) -> Iterator[Link]:
    """Yield how statements hang on criteria and facts, each fact at the criteria it bears on.

    Args:
        statements: IRIs of statements.
        criteria: IRIs of the criteria that they need.
        facts: IRIs of the records that count; None counts every one that bears on a criterion.
        explanation: has the tables.
    """
    source = {s.statement: s.source.iri for s in explanation.statements}
    bearing = {c.criterion: c.facts for c in explanation.criteria}
    counted = None if facts is None else set(facts)
    pairs: set[tuple[str | None, str | None]] = set()
    for criterion in criteria:
        found = {(criterion, f) for f in bearing[criterion] if counted is None or f in counted}
        pairs |= found or {(criterion, None)}
    placed = {fact for _, fact in pairs}
    pairs.update((None, fact) for fact in (counted or ()) if fact not in placed)
    for statement in statements:
        for one, other in sorted(pairs, key=str) or [(None, None)]:
            yield Link(statement, one, other, source[statement])


def chain(explanation: Explanation) -> frozenset[Link]:
    """Return every link that an explanation tells, whatever its words.

    Args:
        explanation: what was computed.
    """
    found: set[Link] = set()
    for option in explanation.options:
        for step in option.steps:
            found.update(links([step.statement], step.criteria, step.facts, explanation))
        for need in option.requirements:
            criteria = (need.criterion, *need.context)
            found.update(links(need.statements, criteria, need.facts, explanation))
    for refusal in explanation.why_not:
        for way in refusal.ways:
            found.update(links([way.statement], way.criteria, None, explanation))
    return frozenset(found)
