"""What-if and what-next as text, in the words of the ontology for an audience."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from poem_kg.explain.words import Words
from poem_kg.whatif.hypotheses import Change
from poem_kg.whatif.questions import NextQuestion, WhatNext
from poem_kg.whatif.search import STANDING, Reach, TherapyWhatIf, WhatIf
from poem_kg.whatif.variants import Outcome

_WIDTH: Final = 100

Line = tuple[int, str]
"""How far a line is indented, in steps of two, and what it says."""


def what_if_text(found: WhatIf, words: Words) -> str:
    """Return as text what would change how therapies stand.

    Args:
        found: what to tell.
        words: how to tell it.
    """
    return _wrapped(what_if_lines(found, words))


def what_next_text(found: WhatNext, words: Words) -> str:
    """Return as text the questions, and what each answer would change.

    Args:
        found: what to tell.
        words: how to tell it.
    """
    return _wrapped(what_next_lines(found, words))


def what_if_lines(found: WhatIf, words: Words) -> Iterator[Line]:
    """Yield the lines of `what_if_text`, an empty one before each therapy."""
    yield 0, words.say("what-if-about", number=str(found.facts))
    for therapy in found.therapies:
        yield 0, ""
        yield from _therapy(therapy, words)


def _therapy(found: TherapyWhatIf, words: Words) -> Iterator[Line]:
    named, now = words.thing(found.therapy), outcome_words(found.now, words)
    yield 0, words.say("what-if-therapy", therapy=named, outcome=now)
    never = []
    for reach in found.reaches:
        goal = goal_words(reach, words)
        if reach.size is not None:
            yield from _reached(reach, goal, words)
        elif reach.complete:
            never.append(goal)
        else:
            number = str(reach.none_up_to)
            yield 1, words.say("what-if-unsearched", goal=goal, number=number)
    if never:
        yield 1, words.say("what-if-never", goals="; ".join(never))


def _reached(reach: Reach, goal: str, words: Words) -> Iterator[Line]:
    key = "what-if-reached" if reach.complete else "what-if-reached-partly"
    yield 1, words.say(key, goal=goal, size=str(reach.size), number=str(reach.number))
    for way in reach.ways:
        changes = "; ".join(change_words(c, words) for c in way.changes)
        outcome = outcome_words(way.outcome, words)
        yield 2, "- " + words.say("what-if-way", changes=changes, outcome=outcome)
    if left := reach.number - len(reach.ways):
        yield 2, "- " + words.say("what-if-further", number=str(left))


def goal_words(reach: Reach, words: Words) -> str:
    """Return what would be reached: a standing, a line, a readiness."""
    if reach.aspect != STANDING:
        return words.say("what-if-readiness", readiness=_plain(reach.readiness))
    if reach.standing is None:
        return words.say("what-if-not-offered")
    if reach.line is not None:
        return words.say("what-if-line", line=str(reach.line))
    return words.say("what-if-standing", standing=_plain(reach.standing))


def what_next_lines(found: WhatNext, words: Words) -> Iterator[Line]:
    """Yield the lines of `what_next_text`."""
    if not found.questions:
        yield 0, words.say("what-next-nothing")
    for question in found.questions:
        named = words.thing(question.criterion)
        yield 0, words.say("what-next-question", rank=str(question.rank), question=named)
        yield from _answers(question, words)


def _answers(question: NextQuestion, words: Words) -> Iterator[Line]:
    if not question.answers:
        yield 1, words.say("what-next-no-bearing")
    for answer in question.answers:
        effects = [
            words.say(
                "what-next-effect",
                therapy=words.thing(effect.therapy),
                outcome=outcome_words(effect.after, words),
            )
            for effect in answer.effects
        ] or [words.say("what-next-no-effect")]
        change = change_words(answer.change, words)
        yield 1, "- " + words.say("what-next-answer", change=change, effects="; ".join(effects))


def outcome_words(outcome: Outcome, words: Words) -> str:
    """Return how a therapy stands."""
    if outcome.standing is None:
        return words.say("outcome-none")
    readiness = _plain(outcome.readiness)
    if outcome.line is not None:
        return words.say("outcome-line", line=str(outcome.line), readiness=readiness)
    standing = _plain(outcome.standing)
    return words.say("outcome-standing", standing=standing, readiness=readiness)


def change_words(change: Change, words: Words) -> str:
    """Return what would be recorded, and what is known of it now."""
    concept = words.thing(change.concept)
    if change.value:
        said = words.say("change-value", concept=concept, value=change.value)
    elif change.result:
        key = f"change-result-{change.status}"
        said = words.say(key, concept=concept, result=words.thing(change.result))
    elif change.can_be_done:
        said = words.say(f"change-done-{change.status}", concept=concept)
    else:
        said = words.say(f"change-{change.status}", concept=concept)
    return words.say(f"change-{change.basis}", change=said)


def _plain(code: str | None) -> str:
    return (code or "").replace("-", " ")


def _wrapped(lines: Iterable[Line]) -> str:
    told: list[str] = []
    for level, text in lines:
        start = "  " * level
        told += textwrap.wrap(
            text,
            width=_WIDTH,
            initial_indent=start,
            subsequent_indent=start + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return "\n".join(told) + "\n"
