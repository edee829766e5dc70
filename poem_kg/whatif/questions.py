"""What to find out next, and what each answer would change.

The questions are those of the advice, in its order. Each possible answer is one change, and its
consequences are those of the patient who results from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.knowledge import Knowledge
from poem_kg.model import Question, Shown
from poem_kg.whatif.answers import Answers
from poem_kg.whatif.dependencies import Dependencies
from poem_kg.whatif.hypotheses import Change, ChangeSet, Hypotheses, OpenFact
from poem_kg.whatif.open_facts import open_facts
from poem_kg.whatif.variants import Outcome, Variants

_NOTHING: Final[ChangeSet] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How a therapy stands now, and how it would after an answer."""

    therapy: str
    label: str
    before: Outcome
    after: Outcome


@dataclass(frozen=True, kw_only=True)
class PossibleAnswer:
    """One thing that could be recorded, and every therapy that would then stand otherwise."""

    change: Change
    effects: tuple[Effect, ...]


@dataclass(frozen=True, kw_only=True)
class NextQuestion:
    """A question of the advice with its answers.

    Attributes:
        answers: by concept; none where the question bears neither on a standing nor on readiness.
    """

    rank: int
    criterion: str
    label: str
    kind: str
    decides: tuple[str, ...]
    answers: tuple[PossibleAnswer, ...]


@dataclass(frozen=True, kw_only=True)
class WhatNext(Shown):
    """The questions about a patient, in the order in which to ask."""

    patient: str
    questions: tuple[NextQuestion, ...]


def what_next(
    knowledge: Knowledge,
    triples: Iterable[ox.Triple],
    questions: Iterable[Question],
    *,
    patient: str,
) -> WhatNext:
    """Return the questions of an advice, and what each answer would change.

    Args:
        knowledge: the ontology and what was prepared from it.
        triples: one valid patient, with `poemkg:asOf` where a day was asked for.
        questions: those of the advice for this patient.
        patient: the IRI of the patient.
    """
    dependencies = Dependencies(knowledge)
    answers = Answers(knowledge, dependencies)
    hypotheses = open_facts(knowledge, answers, dependencies, triples, patient=patient)
    asked = [(q, facts_asked(q.criterion, hypotheses, dependencies)) for q in questions]
    variants = Variants(knowledge, hypotheses)
    singles = [frozenset({c}) for _, facts in asked for f in facts for c in f.changes]
    variants.after([_NOTHING, *singles])
    return WhatNext(
        patient=patient,
        questions=tuple(
            NextQuestion(
                rank=question.rank,
                criterion=question.criterion,
                label=question.label,
                kind=question.kind,
                decides=question.decides,
                answers=tuple(
                    PossibleAnswer(change=c, effects=_effects(c, variants, knowledge))
                    for fact in facts
                    for c in fact.changes
                    if variants.consistent(frozenset({c}))
                ),
            )
            for question, facts in asked
        ),
    )


def facts_asked(
    criterion: str, hypotheses: Hypotheses, dependencies: Dependencies
) -> tuple[OpenFact, ...]:
    """Return the open facts that a question about a criterion asks for, by concept."""
    below = dependencies.state(criterion)
    return tuple(
        fact for fact in hypotheses.facts if not below.isdisjoint(fact.criteria or fact.touches)
    )


def _effects(change: Change, variants: Variants, knowledge: Knowledge) -> tuple[Effect, ...]:
    now, then = variants.outcomes(_NOTHING), variants.outcomes(frozenset({change}))
    return tuple(
        Effect(therapy=therapy, label=knowledge.label(therapy), before=before, after=after)
        for therapy in sorted(now.keys() | then.keys())
        if (before := now.get(therapy, Outcome())) != (after := then.get(therapy, Outcome()))
    )
