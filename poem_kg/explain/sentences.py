"""The sentences of an explanation: how an option stands, what it needs, what was said of it."""

from __future__ import annotations

from collections.abc import Iterable

from poem_kg.explain.facts import Telling
from poem_kg.explain.groups import Alternative, Group
from poem_kg.explain.model import OptionExplanation, RequirementStep, Step
from poem_kg.model import LeftOut, Notice
from poem_kg.namespaces import compact


def standing(option: OptionExplanation, told: Telling, *, marked: bool = True) -> str:
    """Return how an option stands.

    Args:
        option: the option.
        told: the words.
        marked: with the mark of the statement that governs, or of the transfer that brings it.
    """
    governing = [option.via or option.statement]
    values = {
        "disorder": told.words.thing(option.disorder),
        "mark": told.mark(governing) if marked else "",
    }
    if option.standing == "line":
        values["line"] = str(option.line)
    if option.standing == "conditional":
        values["transfer"] = told.words.thing(option.via or "")
    return _by(told.words.say(f"standing-{option.standing}", **values), option.queries, told)


def requirement(need: RequirementStep, told: Telling, *, known: Iterable[str] = ()) -> str:
    """Return a requirement with its state, the facts behind it and what brings it in.

    Args:
        need: the requirement.
        told: the words.
        known: criteria that the reader has just been told of; they need no second mention.
    """
    say = told.words.say
    text = needed(need, told, mark=told.mark(need.statements))
    decisive, besides = _own_facts(need, told)
    if decisive:
        text = say("with-facts", text=text, facts=told.facts_of(decisive))
    if besides:
        text = say("with-other-facts", text=text, facts=told.facts_of(besides))
    if context := [c for c in need.context if c not in known]:
        criteria = told.criteria_of(context, need.facts)
        text = say("with-context", text=text, criteria=criteria)
    return _by(text, need.queries, told)


def needed(need: RequirementStep, told: Telling, *, mark: str) -> str:
    """Return a requirement with its state alone."""
    key = f"requirement-{need.kind}-{'not-done' if need.not_done else need.state}"
    if need.excludes:
        key = f"obstacle-{need.state}"
    return told.words.say(key, criterion=told.words.thing(need.criterion), mark=mark)


def basis(group: Group, option: OptionExplanation, told: Telling, *, facts: bool = True) -> str:
    """Return what the statements of a group rest on, with or without the facts."""
    say = told.words.say
    by_state: dict[str, list[str]] = {}
    for criterion in group.criteria:
        by_state.setdefault(told.criteria[criterion].state, []).append(criterion)
    parts = []
    for state in ("met", "unknown", "not-met"):
        if found := by_state.get(state):
            indirect = "indirect-" if group.indirect and state != "met" else ""
            criteria = told.criteria_of(found, group.facts if facts else ())
            parts.append(say(f"basis-{indirect}{state}", criteria=criteria))
    if group.via and group.via != option.via:
        parts.append(say("basis-via", transfer=told.words.thing(group.via)))
    return ", ".join(parts)


def conditions(alternative: Alternative, told: Telling) -> str:
    """Return what would have to hold for an option, each with what is known of it."""
    say, first = told.words.say, alternative.choices[0]
    if len(first) > 1:
        return "; ".join(_condition(told.words.thing(c), c, told) for c in first)
    named = told.words.thing(first[0])
    for (criterion,) in alternative.choices[1:]:
        named = say("either", first=named, second=told.words.thing(criterion))
    return _condition(named, first[0], told)


def statement(step: Step, told: Telling) -> str:
    """Return a statement beside an option; a caution in full, an estimate with its figures."""
    found = told.statements[step.statement]
    values = {
        "label": found.label,
        "iri": compact(step.statement),
        "mark": told.mark([step.statement]),
        "queries": ", ".join(step.queries),
    }
    estimate = found.estimate
    if step.role == "caution":
        text = told.words.say("caution", **values, says=found.says or found.label)
    elif estimate is None:
        text = told.words.say("statement", **values)
    else:
        text = told.words.say(
            "estimate",
            **values,
            population=estimate.population or "",
            n=estimate.n or "",
            time=told.quantity(estimate.time_point or ""),
        )
    return _left_out(text, found.left_out, told)


def noted(notice: Notice, told: Telling) -> str:
    """Return a notice with the facts that it rests on."""
    text = told.words.say(
        f"notice-{notice.kind}",
        says=notice.text or notice.label,
        iri=compact(notice.statement or ""),
        mark=told.mark([notice.statement]) if notice.statement else "",
    )
    text = _left_out(text, notice.left_out, told)
    if notice.facts:
        text = told.words.say("notice-because", text=text, facts=told.facts_of(notice.facts))
    return text if notice.applies == "yes" else told.words.say("may-apply", text=text)


def _left_out(text: str, left_out: LeftOut | None, told: Telling) -> str:
    """A sentence on a statement, with why it is left out where it is."""
    if left_out is None:
        return text
    by = told.words.things(left_out.by)
    say = told.words.say
    return say(
        "left-out", text=text, grounds=left_out.label, by=say("left-out-by", by=by) if by else ""
    )


def _condition(named: str, criterion: str, told: Telling) -> str:
    state = told.criteria[criterion]
    facts = told.facts_of(state.facts)
    return told.words.say(f"condition-{state.state}", criteria=named, facts=facts)


def _own_facts(need: RequirementStep, told: Telling) -> tuple[list[str], list[str]]:
    """The facts of a requirement that brought its state, and the others; not those around it."""
    criterion = told.criteria[need.criterion]
    around = {f for c in need.context for f in told.criteria[c].facts} - set(criterion.facts)
    own = [f for f in need.facts if f not in around]
    state = need.state
    if state == "unknown":  # A silence is unknown although its criterion is met.
        side = criterion.speaks_for if criterion.state == "met" else ()
    else:
        side = (
            criterion.speaks_against if (state == "met") == need.excludes else criterion.speaks_for
        )
    decisive = [f for f in own if f in side]
    return decisive, [f for f in own if f not in decisive]


def _by(text: str, queries: Iterable[str], told: Telling) -> str:
    return told.words.say("with-queries", text=text, queries=", ".join(queries))
