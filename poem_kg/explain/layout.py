"""Where the boxes of a picture of an explanation lie.

Columns run from left to right, panels from top to bottom. Texts are wrapped by an estimate of
their width, so that the picture needs no measuring of fonts and is the same on every machine.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from poem_kg.explain.facts import Telling
from poem_kg.explain.panels import COLUMNS, Content, Panel, Piece, panels

LINE: Final = 16
"""The height of a line in pixels."""
PADDING: Final = 8
"""The space between the border of a box and its text, in pixels."""
_GAP: Final = 12
_BETWEEN: Final = 40
_LAST: Final = len(COLUMNS) - 1
_BULLET: Final = "• "


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Lengths in pixels.

    Attributes:
        character: the width that a character of 12 pixels is taken to have. Common fonts take 5.6
            (Arial) to 7.2 (DejaVu Sans) pixels on average of such text.
        widths: of the columns.
        gutter: between two columns.
        margin: around everything.
        title: what the title takes; 0 where there is none.
    """

    character: float
    widths: tuple[int, ...]
    gutter: int
    margin: int
    title: int

    def left(self, column: int) -> float:
        """Return the x of a column."""
        return self.margin + sum(self.widths[:column]) + column * self.gutter


ALONE: Final = Sizes(character=7.3, widths=(250, 260, 480, 270), gutter=90, margin=24, title=36)
"""For a file that is shown with whatever font there is."""
IN_PAGE: Final = Sizes(character=6.4, widths=(152, 168, 300, 158), gutter=36, margin=2, title=0)
"""For a page, which names fonts as narrow as Arial."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """An item or a foot of a box: its text, what it names, and the lines that it takes."""

    text: str
    about: str | None
    first: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Box:
    """A box with its place and size in pixels.

    Attributes:
        lines: what is written in it; `bold` of them, the first, are its head.
        about: what it shows, or None for a group.
        parts: its items, then its feet.
        items: how many of the parts are items.
    """

    name: str
    kind: str
    column: int
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    bold: int
    title: str
    about: str | None
    parts: tuple[Part, ...]
    items: int

    @property
    def middle(self) -> float:
        """The y of its middle."""
        return self.y + self.height / 2

    def at(self, item: int | None) -> float:
        """Return the y of the middle of an item, by its number, or of the box."""
        if item is None:
            return self.middle
        part = self.parts[item]
        return self.y + PADDING + (part.first + part.count / 2) * LINE


@dataclass(frozen=True)
class Edge:
    """A line from the right side of a box to the left side of another, or to an item of it."""

    start: str
    end: str
    item: int | None = None


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
    return arranged(panels(told), told, ALONE)


def arranged(shown: Sequence[Panel], told: Telling, sizes: Sizes) -> Picture:
    """Return the picture of some panels, one below the other.

    Args:
        shown: the panels.
        told: the explanation and its words.
        sizes: how wide everything is.
    """
    boxes: list[Box] = []
    edges: list[Edge] = []
    heads: list[tuple[float, float, str]] = []
    top: float = sizes.margin + sizes.title
    for number, panel in enumerate(shown):
        heads += [
            (sizes.left(i), top + LINE, told.words.say(f"column-{name}"))
            for i, name in enumerate(COLUMNS)
        ]
        placed = _placed(panel, top + 2 * LINE, f"p{number}", sizes)
        boxes += placed.values()
        edges += [Edge(placed[a].name, placed[b].name, item) for a, b, item in panel.edges]
        top = max(box.y + box.height for box in placed.values()) + _BETWEEN
    return Picture(
        title=told.words.say("picture", patient=told.title()),
        width=sizes.left(len(sizes.widths)) - sizes.gutter + sizes.margin,
        height=top - _BETWEEN + sizes.margin,
        heads=tuple(heads),
        boxes=tuple(boxes),
        edges=tuple(edges),
    )


def _placed(panel: Panel, top: float, prefix: str, sizes: Sizes) -> dict[str, Box]:
    """The boxes of a panel by their own names: statements in order, others beside what they join.

    Statements stack from the top. Every other box lies as near as it can to the middle of what it
    is joined to.
    """
    found: dict[str, Box] = {}
    order = {name: number for number, name in enumerate(panel.boxes)}
    ahead: dict[str, list[tuple[str, int | None]]] = {}
    behind: dict[str, list[tuple[str, int | None]]] = {}
    for start, end, item in panel.edges:
        ahead.setdefault(start, []).append((end, item))
        behind.setdefault(end, []).append((start, None))
    for column, joined in ((2, {}), (3, behind), (1, ahead), (0, ahead)):
        wanted = {
            name: _mean([found[o].at(item) for o, item in joined.get(name, ()) if o in found])
            for name, content in panel.boxes.items()
            if content.column == column
        }
        own = sorted(wanted, key=lambda name: (wanted[name] or 0, order[name]))
        boxes = [_box(panel.boxes[name], f"{prefix}b{order[name]}", column, sizes) for name in own]
        places = _apart([(wanted[n], b.height) for n, b in zip(own, boxes, strict=True)], top)
        found |= {
            name: replace(box, y=round(y, 1))
            for name, box, y in zip(own, boxes, places, strict=True)
        }
    return {name: found[name] for name in panel.boxes}


def _apart(boxes: Sequence[tuple[float | None, float]], top: float) -> list[float]:
    """Where boxes begin that keep their order and do not overlap, each near the middle it wants.

    What is left of each wish once the boxes above are taken off must not fall from box to box;
    neighbours for which it does share the mean of their wishes (isotonic regression by pooling).
    """
    above: list[float] = []
    pools: list[tuple[float, int]] = []
    down = 0.0
    for middle, height in boxes:
        last = pools[-1][0] / pools[-1][1] if pools else top
        wish = last if middle is None else middle - height / 2 - down
        above.append(down)
        down += height + _GAP
        total, count = wish, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before = pools.pop()
            total, count = total + before[0], count + before[1]
        pools.append((total, count))
    starts = [max(top, total / count) for total, count in pools for _ in range(count)]
    return [start + y for start, y in zip(starts, above, strict=True)]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _box(content: Content, name: str, column: int, sizes: Sizes) -> Box:
    width = sizes.widths[column]
    room = int((width - 2 * PADDING) / sizes.character)
    head = _wrapped(content.head, room)
    lines = list(head)
    parts = []
    for pieces, bullet in ((content.items, _BULLET), (content.feet, "")):
        for piece in pieces:
            own = _wrapped(piece.text, room, bullet)
            parts.append(Part(text=piece.text, about=piece.about, first=len(lines), count=len(own)))
            lines += own
    return Box(
        name=name,
        kind=content.kind,
        column=column,
        x=sizes.left(column),
        y=0,
        width=width,
        height=len(lines) * LINE + 2 * PADDING,
        lines=tuple(lines),
        bold=len(head) if content.items or column == _LAST else 0,
        title="\n".join([content.head, *_texts(content.items), *_texts(content.feet)]),
        about=content.about,
        parts=tuple(parts),
        items=len(content.items),
    )


def _texts(pieces: Iterable[Piece]) -> list[str]:
    return [piece.text for piece in pieces]


def _wrapped(text: str, room: int, bullet: str = "") -> list[str]:
    return textwrap.wrap(
        text, width=room, initial_indent=bullet, subsequent_indent=" " * len(bullet)
    )
