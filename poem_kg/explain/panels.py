"""What stands in a picture of an explanation: the boxes of each option and what joins them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from poem_kg.explain.facts import Telling
from poem_kg.explain.groups import alternatives, grouped, needs
from poem_kg.explain.model import OptionExplanation, RequirementStep, WhyNot
from poem_kg.explain.sentences import basis, needed, standing

COLUMNS: Final = ("facts", "criteria", "statements", "options")
"""The columns from left to right, as the situations of their heads end."""
_FACTS, _CRITERIA, _STATEMENTS, _OPTIONS = range(4)


@dataclass(frozen=True, kw_only=True)
class Content:
    """What stands in a box.

    Attributes:
        kind: what it shows, and how it is: "fact", "criterion-met", "statement", "option" ...
        column: the index of its column.
        head: its first text.
        items: what is listed below.
        foot: its last text, or "".
    """

    kind: str
    column: int
    head: str
    items: tuple[str, ...] = ()
    foot: str = ""


@dataclass(frozen=True)
class Panel:
    """The boxes of one option by name, in their order, and the pairs of names that are joined."""

    boxes: dict[str, Content] = field(default_factory=dict)
    edges: dict[tuple[str, str], None] = field(default_factory=dict)


def panels(told: Telling) -> tuple[Panel, ...]:
    """Return a panel for each option and for each therapy that is not offered.

    Args:
        told: the explanation and its words.
    """
    explanation = told.explanation
    offered = [_offered(option, told) for option in explanation.options]
    refused = [w for w in explanation.why_not if w.option is None]
    return tuple(offered + [_refused(refusal, told) for refusal in refused])


def _offered(option: OptionExplanation, told: Telling) -> Panel:
    panel, say = Panel(), told.words.say
    therapy = told.words.thing(option.therapy)
    end = option.therapy
    panel.boxes[end] = Content(
        kind=f"option-{option.readiness}",
        column=_OPTIONS,
        head=say("option-title", rank=str(option.rank), therapy=therapy),
        items=(standing(option, told, marked=False), say(f"readiness-{option.readiness}")),
    )
    parts = needs(option)
    for head, found in (("held", parts.held), ("also-open", parts.open), ("in-place", parts.met)):
        if found:
            _required(panel, head, found, end, told)
    for number, group in enumerate(grouped(option.steps, told.criteria)):
        role, reason = say(f"role-{group.role}"), basis(group, option, told, facts=False)
        name = f"group{number}"
        panel.boxes[name] = Content(
            kind=f"statement-{group.role}",
            column=_STATEMENTS,
            head=say("group", role=role, basis=reason) if reason else say("group-same", role=role),
            items=tuple(told.words.thing(step.statement) for step in group.steps),
            foot=_sources((step.statement for step in group.steps), told),
        )
        for step in group.steps:
            _join(panel, step.criteria, step.facts, name, told)
        panel.edges[name, end] = None
    return panel


def _required(
    panel: Panel, head: str, found: tuple[RequirementStep, ...], end: str, told: Telling
) -> None:
    panel.boxes[head] = Content(
        kind=f"requirement-{head}",
        column=_STATEMENTS,
        head=told.words.say(head),
        items=tuple(needed(need, told, mark="") for need in found),
        foot=_sources((s for need in found for s in need.statements), told),
    )
    for need in found:
        _join(panel, (need.criterion, *need.context), need.facts, head, told)
    panel.edges[head, end] = None


def _refused(refusal: WhyNot, told: Telling) -> Panel:
    panel, say = Panel(), told.words.say
    end = refusal.therapy
    reason = say("why-not-not-offered", therapy=told.words.thing(refusal.therapy))
    panel.boxes[end] = Content(
        kind="option-not-offered",
        column=_OPTIONS,
        head=reason,
        items=(say("silent"),) if refusal.silent else (),
        foot="" if refusal.ways else say("never-offered"),
    )
    for number, alternative in enumerate(alternatives(refusal.ways, told.criteria)):
        name = f"way{number}"
        transfer = told.words.thing(alternative.via) if alternative.via else ""
        panel.boxes[name] = Content(
            kind="statement-way",
            column=_STATEMENTS,
            head=transfer or say("offered-only"),
            items=tuple(told.words.thing(s) for s in alternative.statements),
            foot=_sources(alternative.statements, told),
        )
        for choice in alternative.choices:
            _join(panel, choice, tuple(told.facts), name, told)
        panel.edges[name, end] = None
    return panel


def _join(
    panel: Panel, criteria: Iterable[str], facts: tuple[str, ...], end: str, told: Telling
) -> None:
    """Draw criteria before a box, and before each of them the facts that count."""
    for iri in criteria:
        state = told.criteria[iri]
        if iri not in panel.boxes:
            name = told.words.thing(iri)
            text = told.words.say(f"picture-criterion-{state.state}", criterion=name)
            panel.boxes[iri] = Content(kind=f"criterion-{state.state}", column=_CRITERIA, head=text)
        panel.edges[iri, end] = None
        for record in state.facts:
            if record in facts:
                text = told.fact(record)
                panel.boxes[record] = Content(kind="fact", column=_FACTS, head=text)
                panel.edges[record, iri] = None


def _sources(statements: Iterable[str], told: Telling) -> str:
    iris = dict.fromkeys(told.statements[s].source.iri for s in statements)
    return told.words.say("picture-source", source=told.words.things(iris))
