"""Where the boxes of a picture of an explanation lie: facts, criteria, statements, option.

Columns from left to right, one panel an option below the other. Texts are wrapped by an estimate
of their width, so that the picture needs no measuring of fonts and is the same everywhere.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from poem_kg.explain_facts import Telling
from poem_kg.explain_groups import alternatives, grouped, needs
from poem_kg.explain_lines import basis, conditions, requirement, standing
from poem_kg.explanation import OptionExplanation, RequirementStep, WhyNot

FONT_SIZE: Final = 12
CHARACTER: Final = 6.6
"""The width in pixels that a character of the font is taken to have, on the safe side."""
LINE: Final = 16
PADDING: Final = 8
_GAP: Final = 10
_GUTTER: Final = 70
_MARGIN: Final = 20
_HEAD: Final = 44
_PANEL_GAP: Final = 36
_WIDTHS: Final = (220, 250, 470, 230)
WIDTH: Final = 2 * _MARGIN + sum(_WIDTHS) + 3 * _GUTTER


@dataclass(frozen=True, kw_only=True)
class Box:
    """A box: place and size in pixels, the lines that stand in it, and its whole text.

    Attributes:
        kind: what it shows, and how: "fact", "criterion-met", "statement", "option-ready" ...
        column: 0 for facts, 1 for criteria, 2 for statements, 3 for the option.
        bold: how many of the first lines are its heading.
    """

    name: str
    kind: str
    column: int
    lines: tuple[str, ...]
    bold: int
    title: str
    x: float = 0
    y: float = 0

    @property
    def width(self) -> int:
        """The width in pixels, that of its column."""
        return _WIDTHS[self.column]

    @property
    def height(self) -> int:
        """The height in pixels that its lines need."""
        return len(self.lines) * LINE + 2 * PADDING


@dataclass(frozen=True, order=True)
class Edge:
    """A line from one box to another, by their names."""

    start: str
    end: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Boxes and edges; heads stand over the columns, at x and y."""

    title: str
    width: int
    height: float
    heads: tuple[tuple[float, float, str], ...]
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]


class _Panel:
    """The boxes of one option, before they have a place."""

    def __init__(self, number: int, told: Telling) -> None:
        self._number = number
        self._told = told
        self.boxes: dict[str, Box] = {}
        self.edges: set[Edge] = set()

    def add(self, key: str, kind: str, column: int, head: str, items: Iterable[str] = ()) -> str:
        name = f"panel{self._number}-{column}-{key}"
        if name not in self.boxes:
            room = int((_WIDTHS[column] - 2 * PADDING) / CHARACTER)
            top = _wrapped(head, room, "")
            rest = [line for item in items for line in _wrapped(item, room, "• ")]
            title = "\n".join([head, *items])
            self.boxes[name] = Box(
                name=name,
                kind=kind,
                column=column,
                lines=(*top, *rest),
                bold=len(top) if rest or column == 3 else 0,
                title=title,
            )
        return name

    def criterion(self, iri: str, facts: Iterable[str] | None) -> str:
        state = self._told.criteria[iri]
        text = self._told.words.say(
            f"picture-criterion-{state.state}", criterion=self._told.words.thing(iri)
        )
        name = self.add(iri, f"criterion-{state.state}", 1, text)
        for record in state.facts:
            if facts is None or record in facts:
                self.edges.add(Edge(self.fact(record), name))
        return name

    def fact(self, record: str) -> str:
        return self.add(record, "fact", 0, self._told.fact(record))

    def join(self, criteria: Iterable[str], facts: Iterable[str] | None, end: str) -> None:
        counted = None if facts is None else tuple(facts)
        for iri in criteria:
            self.edges.add(Edge(self.criterion(iri, counted), end))


def layout(told: Telling) -> Picture:
    """Return the picture of an explanation: a panel for each option and each refusal.

    Args:
        told: the explanation and its words.
    """
    explanation = told.explanation
    panels = [_option(o, n, told) for n, o in enumerate(explanation.options)]
    refused = [w for w in explanation.why_not if w.option is None]
    panels += [_refusal(w, n, told) for n, w in enumerate(refused, len(panels))]
    boxes: list[Box] = []
    heads: list[tuple[float, float, str]] = []
    top = _MARGIN + _HEAD
    names = [told.words.say(f"column-{c}") for c in ("facts", "criteria", "statements", "options")]
    for panel in panels:
        heads += [(_left(i), top + LINE, name) for i, name in enumerate(names)]
        placed, bottom = _placed(panel, top + 2 * LINE)
        boxes += placed
        top = bottom + _PANEL_GAP
    return Picture(
        title=told.words.say("picture", patient=told.title()),
        width=WIDTH,
        height=max(top - _PANEL_GAP, _MARGIN + _HEAD) + _MARGIN,
        heads=tuple(heads),
        boxes=tuple(boxes),
        edges=tuple(sorted(edge for panel in panels for edge in panel.edges)),
    )


def _option(option: OptionExplanation, number: int, told: Telling) -> _Panel:
    panel, say = _Panel(number, told), told.words.say
    therapy = told.words.thing(option.therapy)
    end = panel.add(
        option.therapy,
        f"option-{option.readiness}",
        3,
        say("option-title", rank=str(option.rank), therapy=therapy),
        (standing(option, told), say(f"readiness-{option.readiness}")),
    )
    parts = needs(option)
    for key, found in (("held", parts.held), ("also-open", parts.open), ("in-place", parts.met)):
        for context in dict.fromkeys(r.context for r in found):
            own = [r for r in found if r.context == context]
            _requirements(panel, key, own, end, told)
    for index, group in enumerate(grouped(option.steps, told.criteria)):
        role, reason = say(f"role-{group.role}"), basis(group, option, told)
        head = say("group", role=role, basis=reason) if reason else say("group-same", role=role)
        items = [_statement(s.statement, told) for s in group.steps]
        box = panel.add(
            f"group{index}", f"statement-{group.role}", 2, head, (*items, _sources(items_of(group.steps), told))
        )
        panel.join((c for s in group.steps for c in s.criteria), group.facts, box)
        panel.edges.add(Edge(box, end))
    return panel


def items_of(steps: Iterable[object]) -> list[str]:
    return []
