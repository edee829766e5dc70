"""An explanation as lines of text, section by section, each line with the links that it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from poem_kg.explain_facts import Telling
from poem_kg.explain_groups import Alternative, Group, alternatives, grouped, needs
from poem_kg.explanation import Link, OptionExplanation, RequirementStep, Step, WhyNot, links
from poem_kg.model import Notice
from poem_kg.namespaces import compact

_CLOSING: Final = ("disclaimer", "review")
_YEAR: Final = "a"
"""The UCUM unit of the time points that are given in years."""
_ASIDE: Final = (*_CLOSING, "interpretation", "selection-factor")


@dataclass(frozen=True)
class Line:
    """One line: `level` 0 is a heading, 1 a title, 2 a sentence below it, 3 an item of a list."""

    text: str
    level: int
    tells: tuple[Link, ...] = ()


Section = Callable[[Telling], Iterator[Line]]


def patient(told: Telling) -> Iterator[Line]:
    """Yield who the patient is, for which day, and the diagnoses with what they rest on."""
    say, explanation = told.words.say, told.explanation
    yield Line(told.title(), 0)
    if explanation.as_of:
        yield Line(say("as-of", date=explanation.as_of), 2)
    for diagnosis in explanation.diagnoses:
        named = diagnosis.classification
        values = {
            "disorder": told.words.thing(diagnosis.disorder),
            "status": diagnosis.status,
            "facts": told.facts_of(diagnosis.facts),
        }
        if diagnosis.basis == "recorded":
            yield Line(say("diagnosis-recorded", **values), 2)
        elif named is None:
            yield Line(say("diagnosis-derived-unnamed", **values), 2)
        else:
            values["classification"] = told.words.thing(named)
            yield Line(say("diagnosis-derived", **values), 2)
    if not explanation.diagnoses:
        yield Line(say("no-diagnosis"), 2)


def tests(told: Telling) -> Iterator[Line]:
    """Yield the tests to take first."""
    if told.explanation.tests:
        yield Line(told.words.say("section-tests"), 0)
    for test in told.explanation.tests:
        text = told.words.say(
            "test-first",
            test=told.words.thing(test.test),
            iri=compact(test.statement),
            mark=told.mark([test.statement]),
            facts=told.facts_of(test.facts),
        )
        yield Line(text, 3)


def options(told: Telling) -> Iterator[Line]:
    """Yield each option: standing, readiness, requirements and statements."""
    if not told.explanation.options and told.explanation.asked == "everything":
        yield Line(told.words.say("no-options"), 0)
    for option in told.explanation.options:
        title = told.words.say(
            "option-title", rank=str(option.rank), therapy=told.words.thing(option.therapy)
        )
        yield Line(title, 0)
        yield from _behind(option, told)


def refusals(told: Telling) -> Iterator[Line]:
    """Yield why therapies are not offered; where that was asked for, why one is not ready too."""
    asked = told.explanation.asked == "why-not"
    offered = {o.option: o for o in told.explanation.options}
    wanted = [w for w in told.explanation.why_not if asked or w.option is None]
    if wanted:
        yield Line(told.words.say("section-why-not" if asked else "section-not-offered"), 0)
    for refusal in wanted:
        therapy = told.words.thing(refusal.therapy)
        asked_for = told.words.say(f"why-not-{refusal.reason}", therapy=therapy)
        yield Line(asked_for if asked else therapy, 1)
        option = offered.get(refusal.option or "")
        if option is None:
            yield from _ways(refusal, told)
        else:
            yield from _behind(option, told)


def silence(told: Telling) -> Iterator[Line]:
    """Yield what the sources are silent on, therapies aside."""
    silent = [n for n in told.explanation.no_statement if n.kind != "therapy"]
    if silent:
        yield Line(told.words.say("section-silence"), 0)
    for entry in silent:
        yield Line(told.words.say(f"silent-{entry.kind}", term=told.words.thing(entry.term)), 3)


def notices(told: Telling) -> Iterator[Line]:
    """Yield what else to know, and the decisions of ours that the advice rests on."""
    every = told.explanation.notices
    shown = [n for n in every if n.kind not in _ASIDE]
    if shown:
        yield Line(told.words.say("section-notices"), 0)
    for notice in shown:
        yield Line(_notice(notice, told), 3)
    decisions = [n for n in every if n.kind == "interpretation"]
    if decisions:
        yield Line(told.words.say("section-decisions"), 0)
        yield Line(told.words.things(n.statement for n in decisions if n.statement), 2)


def places(told: Telling) -> Iterator[Line]:
    """Yield the places in the sources that the sections before it have named."""
    found = told.places()
    if found:
        yield Line(told.words.say("section-sources"), 0)
    for source, numbered in found.items():
        yield Line(source, 1)
        yield from (Line(f"{mark} {text}", 3) for mark, text in numbered)


def about(told: Telling) -> Iterator[Line]:
    """Yield the queries that took part, the version, and what the advice is not for."""
    say, explanation = told.words.say, told.explanation
    if explanation.queries:
        yield Line(say("section-queries"), 0)
    for query in explanation.queries:
        yield Line(say("query", name=query.name, digest=query.digest), 3)
    yield Line(say("section-about"), 0)
    version, digest = explanation.ontology_version, explanation.ontology_digest
    yield Line(say("version", version=version, digest=digest), 2)
    for notice in explanation.notices:
        if notice.kind in _CLOSING:
            yield Line(notice.text or notice.label, 2)


SECTIONS: Final[Mapping[str, Section]] = {
    "patient": patient,
    "tests": tests,
    "options": options,
    "why-not": refusals,
    "silence": silence,
    "notices": notices,
    "places": places,
    "about": about,
}
"""The sections of the text in their order."""


def standing(option: OptionExplanation, told: Telling) -> str:
    """Return how an option stands, with the mark of the statement that governs."""
    values = {"disorder": told.words.thing(option.disorder), "mark": told.mark([option.statement])}
    if option.standing == "line":
        values["line"] = str(option.line)
    if option.standing == "conditional":
        values["transfer"] = told.words.thing(option.via or "")
        values["mark"] = told.mark([option.via or option.statement])
    return _by(told.words.say(f"standing-{option.standing}", **values), option.queries, told)


def requirement(need: RequirementStep, told: Telling, *, known: Iterable[str] = ()) -> str:
    """Return a requirement with its state, the facts behind it and what brings it in.

    Args:
        need: the requirement.
        told: the words.
        known: criteria that the reader has just been told of; they need no second mention.
    """
    say = told.words.say
    text = say(_situation(need), criterion=told.words.thing(need.criterion), mark=told.mark(need.statements))
    decisive, besides = _own_facts(need, told)
    if decisive:
        text = say("with-facts", text=text, facts=told.facts_of(decisive))
    if besides:
        text = say("with-other-facts", text=text, facts=told.facts_of(besides))
    if context := [c for c in need.context if c not in known]:
        criteria = told.criteria_of(context, need.facts)
        text = say("with-context", text=text, criteria=criteria)
    return _by(text, need.queries, told)


def basis(group: Group, option: OptionExplanation, told: Telling) -> str:
    """Return what the statements of a group rest on."""
    say = told.words.say
    by_state: dict[str, list[str]] = {}
    for criterion in group.criteria:
        by_state.setdefault(told.criteria[criterion].state, []).append(criterion)
    parts = []
    for state in ("met", "unknown", "not-met"):
        if found := by_state.get(state):
            indirect = "indirect-" if group.indirect and state != "met" else ""
            criteria = told.criteria_of(found, group.facts)
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


def _condition(named: str, criterion: str, told: Telling) -> str:
    state = told.criteria[criterion]
    facts = told.facts_of(state.facts)
    return told.words.say(f"condition-{state.state}", criteria=named, facts=facts)


def _behind(option: OptionExplanation, told: Telling) -> Iterator[Line]:
    """Yield what is behind an option; what it rests on is told once, at the top."""
    groups = grouped(option.steps, told.criteria)
    main = next(g for g in groups if option.statement in {s.statement for s in g.steps})
    yield Line(standing(option, told), 2)
    if shared := basis(main, option, told):
        yield Line(told.words.say("rests-on", basis=shared), 2)
    yield Line(told.words.say(f"readiness-{option.readiness}"), 2)
    yield from _outranked(option, told)
    known = main.criteria if main.applies == "yes" else ()
    yield from _requirements(option, told, known)
    for group in groups:
        yield from _group(group, main, option, told)


def _group(
    group: Group, main: Group, option: OptionExplanation, told: Telling
) -> Iterator[Line]:
    say = told.words.say
    role = say(f"role-{group.role}")
    parts = [] if group.rests_on == main.rests_on else [basis(group, option, told)]
    if group.applies != "yes" and not group.indirect:
        parts.append(say("basis-open"))
    elif not group.criteria:
        parts.append(say("basis-everyone"))
    reason = ", ".join(part for part in parts if part)
    yield Line(say("group", role=role, basis=reason) if reason else say("group-same", role=role), 2)
    for step in group.steps:
        tells = links([step.statement], step.criteria, step.facts, told.explanation)
        own = [c for c in step.criteria if c not in group.criteria]
        text = _statement(step, told)
        if own:
            open_ones = told.criteria_of(own, step.facts)
            text = say("statement-if", text=text, criteria=open_ones)
        yield Line(text, 3, tuple(tells))


def _statement(step: Step, told: Telling) -> str:
    statement = told.statements[step.statement]
    values = {
        "label": statement.label,
        "iri": compact(step.statement),
        "mark": told.mark([step.statement]),
        "queries": ", ".join(step.queries),
    }
    estimate = statement.estimate
    if step.role == "caution":
        return told.words.say("caution", **values, says=statement.says or statement.label)
    if estimate is None:
        return told.words.say("statement", **values)
    return told.words.say(
        "estimate",
        **values,
        population=estimate.population or "",
        n=estimate.n or "",
        time=_time(estimate.time_point or "", told),
    )


def _requirements(
    option: OptionExplanation, told: Telling, known: Iterable[str]
) -> Iterator[Line]:
    found = needs(option)
    said = set(known)
    for head, part in (("held", found.held), ("also-open", found.open), ("in-place", found.met)):
        if part:
            yield Line(told.words.say(head), 2)
        for need in part:
            criteria = (need.criterion, *need.context)
            tells = links(need.statements, criteria, need.facts, told.explanation)
            yield Line(requirement(need, told, known=said), 3, tuple(tells))
            said |= set(need.context)


def _own_facts(need: RequirementStep, told: Telling) -> tuple[list[str], list[str]]:
    """The facts of a requirement that brought its state, and the others; not those around it."""
    criterion = told.criteria[need.criterion]
    around = {f for c in need.context for f in told.criteria[c].facts} - set(criterion.facts)
    own = [f for f in need.facts if f not in around]
    holds = need.state == "not-met" if need.excludes else need.state == "met"
    side = criterion.speaks_for if holds else criterion.speaks_against
    decisive = [f for f in own if f in side] if need.state != "unknown" else []
    return decisive, [f for f in own if f not in decisive]


def _situation(need: RequirementStep) -> str:
    if need.excludes:
        return f"obstacle-{need.state}"
    return f"requirement-{need.kind}-{'not-done' if need.not_done else need.state}"


def _outranked(option: OptionExplanation, told: Telling) -> Iterator[Line]:
    refusal = {w.option: w for w in told.explanation.why_not}.get(option.option)
    if refusal is not None and refusal.outranked_by:
        therapies = told.words.things(refusal.outranked_by)
        yield Line(told.words.say("outranked", therapies=therapies), 2)


def _ways(refusal: WhyNot, told: Telling) -> Iterator[Line]:
    if refusal.silent:
        yield Line(told.words.say("silent"), 2)
    yield Line(told.words.say("offered-only" if refusal.ways else "never-offered"), 2)
    for alternative in alternatives(refusal.ways, told.criteria):
        values = {
            "conditions": conditions(alternative, told),
            "statements": ", ".join(compact(s) for s in alternative.statements),
            "mark": told.mark(alternative.statements),
        }
        key = "way"
        if alternative.via:
            key = "way-via"
            values["transfer"] = told.words.thing(alternative.via)
            values["mark"] = told.mark((alternative.via, *alternative.statements))
        needed = [w for w in refusal.ways if w.via == alternative.via]
        tells = tuple(
            link
            for way in needed
            if way.criteria in alternative.choices
            for link in links([way.statement], way.criteria, None, told.explanation)
        )
        yield Line(told.words.say(key, **values), 3, tells)
    known = {f for way in refusal.ways for c in way.criteria for f in told.criteria[c].facts}
    if known:
        yield Line(told.words.say("known-by", facts=told.facts_of(sorted(known))), 2)


def _notice(notice: Notice, told: Telling) -> str:
    text = told.words.say(
        f"notice-{notice.kind}",
        says=notice.text or notice.label,
        iri=compact(notice.statement or ""),
        mark=told.mark([notice.statement]) if notice.statement else "",
    )
    if notice.facts:
        text = told.words.say("notice-because", text=text, facts=told.facts_of(notice.facts))
    return text if notice.applies == "yes" else told.words.say("may-apply", text=text)


def _time(point: str, told: Telling) -> str:
    """A time point; a number of years in the words of the audience."""
    number, _, unit = point.partition(" ")
    return told.words.say("years", number=number) if unit == _YEAR else point


def _by(text: str, queries: Iterable[str], told: Telling) -> str:
    return told.words.say("with-queries", text=text, queries=", ".join(queries))
