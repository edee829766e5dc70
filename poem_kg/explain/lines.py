"""An explanation as lines of text, section by section, each line with the links that it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from poem_kg.explain.facts import Telling
from poem_kg.explain.groups import Group, alternatives, grouped, needs
from poem_kg.explain.model import Link, OptionExplanation, WhyNot, links
from poem_kg.explain.sentences import basis, conditions, noted, requirement, standing, statement
from poem_kg.namespaces import compact

_CLOSING: Final = ("disclaimer", "review")
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
    if told.explanation.asked == "why-not":
        return
    if not told.explanation.options:
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
        yield Line(noted(notice, told), 3)
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


def _group(group: Group, main: Group, option: OptionExplanation, told: Telling) -> Iterator[Line]:
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
        text = statement(step, told)
        if own:
            open_ones = told.criteria_of(own, step.facts)
            text = say("statement-if", text=text, criteria=open_ones)
        yield Line(text, 3, tuple(tells))


def _requirements(option: OptionExplanation, told: Telling, known: Iterable[str]) -> Iterator[Line]:
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


def _outranked(option: OptionExplanation, told: Telling) -> Iterator[Line]:
    refusal = {w.option: w for w in told.explanation.why_not}.get(option.option)
    if refusal is not None and refusal.outranked_by:
        therapies = told.words.things(refusal.outranked_by)
        yield Line(told.words.say("outranked", therapies=therapies), 2)


def _ways(refusal: WhyNot, told: Telling) -> Iterator[Line]:
    if refusal.left_out:
        text = told.words.say(
            "left-out-way",
            statements="; ".join(map(told.words.thing, refusal.left_out)),
            mark=told.mark(refusal.left_out),
        )
        yield Line(text, 2)
    elif refusal.silent:
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
        tells = tuple(
            link
            for way in refusal.ways
            if way.via == alternative.via and way.criteria in alternative.choices
            for link in links([way.statement], way.criteria, None, told.explanation)
        )
        yield Line(told.words.say(key, **values), 3, tells)
    known = {f for way in refusal.ways for c in way.criteria for f in told.criteria[c].facts}
    if known:
        yield Line(told.words.say("known-by", facts=told.facts_of(sorted(known))), 2)
