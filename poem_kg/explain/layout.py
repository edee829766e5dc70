"""Where the boxes of a picture of an explanation lie.

Columns run from left to right, panels from top to bottom. Texts are wrapped by an estimate of
their width, so that the picture needs no measuring of fonts and is the same on every machine.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from poem_kg.explain.facts import Telling
from poem_kg.explain.panels import COLUMNS, Content, Panel, panels

CHARACTER: Final = 7.3
"""The width in pixels that a character of 12 pixels is taken to have, on the safe side.

Common fonts take 5.6 (Arial) to 7.2 (DejaVu Sans) pixels on average of such text.
"""
LINE: Final = 16
"""The height of a line in pixels."""
PADDING: Final = 8
"""The space between the border of a box and its text, in pixels."""
_GAP: Final = 12
_GUTTER: Final = 90
_MARGIN: Final = 24
_TITLE: Final = 36
_BETWEEN: Final = 40
_WIDTHS: Final = (250, 260, 480, 270)
_LAST: Final = len(COLUMNS) - 1
_BULLET: Final = "• "


@dataclass(frozen=True, kw_only=True)
class Box:
    """A box with its place and size in pixels; `bold` of its lines, the first, are its head."""

    name: str
    kind: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    bold: int
    title: str

    @property
    def middle(self) -> float:
        """The y of its middle."""
        return self.y + self.height / 2


@dataclass(frozen=True)
class Edge:
    """A line from the right side of one box to the left side of another, by their names."""

    start: str
    end: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Boxes and edges in pixels; each head stands over a column, at x and y."""

    title: str
    width: float
    height: float
    heads: tuple[tuple[float, float, str], ...]
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]


def layout(told: Telling) -> Picture:
    """Return the picture of an explanation, a panel for each option and for each refusal.

    Args:
        told: the explanation and its words.
    """
    boxes: list[Box] = []
    edges: list[Edge] = []
    heads: list[tuple[float, float, str]] = []
    top: float = _MARGIN + _TITLE
    for number, panel in enumerate(panels(told)):
        heads += [
            (_left(i), top + LINE, told.words.say(f"column-{name}"))
            for i, name in enumerate(COLUMNS)
        ]
        placed = _placed(panel, top + 2 * LINE, f"p{number}")
        boxes += placed.values()
        edges += [Edge(placed[a].name, placed[b].name) for a, b in panel.edges]
        top = max(box.y + box.height for box in placed.values()) + _BETWEEN
    return Picture(
        title=told.words.say("picture", patient=told.title()),
        width=_left(len(_WIDTHS)) - _GUTTER + _MARGIN,
        height=top - _BETWEEN + _MARGIN,
        heads=tuple(heads),
        boxes=tuple(boxes),
        edges=tuple(edges),
    )


def _placed(panel: Panel, top: float, prefix: str) -> dict[str, Box]:
    """The boxes of a panel by their own names: statements in order, others beside what they join.

    Statements stack from the top. Every other box lies as near as it can to the middle of the
    boxes that it is joined to, below the box before it.
    """
    found: dict[str, Box] = {}
    names = {name: f"{prefix}b{number}" for number, name in enumerate(panel.boxes)}
    ahead: dict[str, list[str]] = {}
    for start, end in panel.edges:
        ahead.setdefault(start, []).append(end)
    behind: dict[str, list[str]] = {}
    for start, end in panel.edges:
        behind.setdefault(end, []).append(start)
    for column, joined in ((2, {}), (3, behind), (1, ahead), (0, ahead)):
        own = [name for name, content in panel.boxes.items() if content.column == column]
        wanted = {n: _middle(found[o] for o in joined.get(n, ()) if o in found) for n in own}
        if joined:
            own.sort(key=lambda name: (wanted[name] or 0, names[name]))
        y = top
        for name in own:
            box = _box(panel.boxes[name], names[name], _left(column))
            middle = wanted[name] if joined else None
            if middle is not None:
                y = max(y, middle - box.height / 2)
            found[name] = _at(box, y)
            y = found[name].y + box.height + _GAP
    return {name: found[name] for name in panel.boxes}


def _middle(boxes: Iterable[Box]) -> float | None:
    middles = [box.middle for box in boxes]
    return sum(middles) / len(middles) if middles else None


def _box(content: Content, name: str, left: float) -> Box:
    width = _WIDTHS[content.column]
    room = int((width - 2 * PADDING) / CHARACTER)
    head = _wrapped(content.head, room)
    items = [line for item in content.items for line in _wrapped(item, room, _BULLET)]
    foot = _wrapped(content.foot, room) if content.foot else []
    return Box(
        name=name,
        kind=content.kind,
        x=left,
        y=0,
        width=width,
        height=len(head + items + foot) * LINE + 2 * PADDING,
        lines=(*head, *items, *foot),
        bold=len(head) if items or content.column == _LAST else 0,
        title="\n".join(text for text in (content.head, *content.items, content.foot) if text),
    )


def _at(box: Box, y: float) -> Box:
    return Box(**{**vars(box), "y": round(y, 1)})


def _wrapped(text: str, room: int, bullet: str = "") -> list[str]:
    return textwrap.wrap(
        text, width=room, initial_indent=bullet, subsequent_indent=" " * len(bullet)
    )


def _left(column: int) -> float:
    return _MARGIN + sum(_WIDTHS[:column]) + column * _GUTTER
