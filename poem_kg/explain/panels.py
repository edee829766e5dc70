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


@dataclass(frozen=True)
class Piece:
    """A text in a box, and the IRI of what it names, or None."""

    text: str
    about: str | None = None


@dataclass(frozen=True, kw_only=True)
class Content:
    """What stands in a box.

    Attributes:
        kind: what it shows, and how it is: "fact", "criterion-met", "statement", "option" ...
        column: the index of its column.
        head: its first text.
        about: the IRI of the fact, criterion or therapy that it shows; None for a group.
        items: what is listed below.
        feet: its last texts, such as the sources.
    """

    kind: str
    column: int
    head: str
    about: str | None = None
    items: tuple[Piece, ...] = ()
    feet: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Panel:
    """The boxes of one option by name, in their order, and what joins them.

    An edge runs from one name to another, and there to one of the items, by its number, or to the
    whole box.
    """

    therapy: str
    boxes: dict[str, Content] = field(default_factory=dict)
    edges: dict[tuple[str, str, int | None], None] = field(default_factory=dict)


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
    panel, say = Panel(option.therapy), told.words.say
    therapy = told.words.thing(option.therapy)
    end = option.therapy
    panel.boxes[end] = Content(
        kind=f"option-{option.readiness}",
        column=_OPTIONS,
        head=say("option-title", rank=str(option.rank), therapy=therapy),
        about=end,
        items=(
            Piece(standing(option, told, marked=False)),
            Piece(say(f"readiness-{option.readiness}")),
        ),
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
            items=tuple(_named(step.statement, told) for step in group.steps),
            feet=_sources((step.statement for step in group.steps), told),
        )
        for place, step in enumerate(group.steps):
            shared = [c for c in step.criteria if c in group.criteria]
            own = [c for c in step.criteria if c not in group.criteria]
            _join(panel, shared, step.facts, (name, None), told)
            _join(panel, own, step.facts, (name, place), told)
        panel.edges[name, end, None] = None
    return panel


def _required(
    panel: Panel, head: str, found: tuple[RequirementStep, ...], end: str, told: Telling
) -> None:
    panel.boxes[head] = Content(
        kind=f"requirement-{head}",
        column=_STATEMENTS,
        head=told.words.say(head),
        items=tuple(Piece(needed(need, told, mark=""), need.statements[0]) for need in found),
        feet=_sources((s for need in found for s in need.statements), told),
    )
    shared = set[str].intersection(*({need.criterion, *need.context} for need in found))
    for place, need in enumerate(found):
        for criterion in (need.criterion, *need.context):
            end_at = (head, None if criterion in shared else place)
            _join(panel, (criterion,), need.facts, end_at, told)
    panel.edges[head, end, None] = None


def _refused(refusal: WhyNot, told: Telling) -> Panel:
    panel, say = Panel(refusal.therapy), told.words.say
    end = refusal.therapy
    reason = say("why-not-not-offered", therapy=told.words.thing(refusal.therapy))
    panel.boxes[end] = Content(
        kind="option-not-offered",
        column=_OPTIONS,
        head=reason,
        about=end,
        items=(Piece(say("silent")),) if refusal.silent else (),
        feet=() if refusal.ways else (Piece(say("never-offered")),),
    )
    for number, alternative in enumerate(alternatives(refusal.ways, told.criteria)):
        name = f"way{number}"
        transfer = told.words.thing(alternative.via) if alternative.via else ""
        panel.boxes[name] = Content(
            kind="statement-way",
            column=_STATEMENTS,
            head=transfer or say("offered-only"),
            items=tuple(_named(s, told) for s in alternative.statements),
            feet=_sources(alternative.statements, told),
        )
        for choice in alternative.choices:
            _join(panel, choice, tuple(told.facts), (name, None), told)
        panel.edges[name, end, None] = None
    return panel


def _join(
    panel: Panel,
    criteria: Iterable[str],
    facts: tuple[str, ...],
    end: tuple[str, int | None],
    told: Telling,
) -> None:
    """Draw criteria before a box or one of its items, and before them the facts that count."""
    for iri in criteria:
        state = told.criteria[iri]
        if iri not in panel.boxes:
            name = told.words.thing(iri)
            text = told.words.say(f"picture-criterion-{state.state}", criterion=name)
            panel.boxes[iri] = Content(
                kind=f"criterion-{state.state}", column=_CRITERIA, head=text, about=iri
            )
        panel.edges[iri, *end] = None
        for record in state.facts:
            if record in facts:
                text = told.fact(record)
                panel.boxes[record] = Content(kind="fact", column=_FACTS, head=text, about=record)
                panel.edges[record, iri, None] = None


def _named(statement: str, told: Telling) -> Piece:
    return Piece(told.words.thing(statement), statement)


def _sources(statements: Iterable[str], told: Telling) -> tuple[Piece, ...]:
    iris = dict.fromkeys(told.statements[s].source.iri for s in statements)
    return tuple(
        Piece(told.words.say("picture-source", source=told.words.thing(iri)), iri) for iri in iris
    )
