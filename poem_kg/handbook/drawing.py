"""Pictures of trees and of columns, as the pictures of explanations are drawn, with their words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from poem_kg.explain.layout import LINE, PADDING, Box, Edge, Picture
from poem_kg.explain.svg import draw
from poem_kg.handbook.marking import escaped

_CHARACTER: Final = 7.3
_WIDTH: Final = 250
_GUTTER: Final = 56
_MARGIN: Final = 24
_TOP: Final = 52
_GAP: Final = 8


@dataclass(frozen=True)
class Node:
    """A box of a tree with those right below it."""

    text: str
    below: tuple[Node, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Block:
    """A box of a picture in columns.

    Attributes:
        name: what edges call it; no two blocks share it.
        head: its first line, in bold.
        items: what is listed below.
        kind: how it is coloured, as in the pictures of explanations.
    """

    name: str
    head: str
    items: tuple[str, ...] = ()
    kind: str = "statement"


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A picture and what it says in words.

    Attributes:
        title: what it shows, in a sentence: its short text alternative.
        svg: the picture.
        words: the same as HTML, for who does not see it.
    """

    title: str
    svg: bytes
    words: str

    def markup(self, address: str) -> str:
        """Return the picture with its words below it, as HTML without an empty line.

        Args:
            address: where the picture lies, seen from the page.
        """
        return (
            f'<figure class="drawn"><a href="{escaped(address)}">'
            f'<img src="{escaped(address)}" alt="{escaped(self.title)}"></a>'
            f"<figcaption>{escaped(self.title)}</figcaption></figure>\n"
            f"<details><summary>The same in words</summary>\n{self.words}\n</details>\n"
        )


def tree(title: str, root: Node) -> Drawing:
    """Return a tree, its root on the left.

    Args:
        title: what it shows.
        root: the tree.
    """
    boxes: list[Box] = []
    edges: list[Edge] = []

    def place(node: Node, depth: int, top: float) -> tuple[Box, float]:
        """The box of a node, those below it being placed first, and where the next may begin."""
        box = _box(f"n{len(boxes)}", node.text, (), depth, "statement" if depth else "option-ready")
        boxes.append(box)
        at = len(boxes) - 1
        end = top
        placed = []
        for child in node.below:
            below, end = place(child, depth + 1, end)
            placed.append(below)
            edges.append(Edge(box.name, below.name))
        middle = (placed[0].middle + placed[-1].middle) / 2 if placed else top + box.height / 2
        boxes[at] = replace(box, y=round(max(top, middle - box.height / 2), 1))
        return boxes[at], max(end, boxes[at].y + box.height + _GAP)

    place(root, 0, _TOP)
    return Drawing(title=title, svg=_drawn(title, (), boxes, edges), words=_listed((root,)))


def columns(
    title: str,
    content: Sequence[tuple[str, Sequence[Block]]],
    joined: Iterable[tuple[str, str]],
    *,
    falling: int | None = None,
) -> Drawing:
    """Return blocks in columns, and what joins them.

    Args:
        title: what it shows.
        content: each column, its head and its blocks from the top.
        joined: names of blocks, from the one on the left to the one on the right.
        falling: by how much each column stands lower than the one before, in pixels, so that
            lines over several columns can be told apart; without it all are centred.
    """
    edges = [Edge(start, end) for start, end in joined]
    placed: list[list[Box]] = []
    for number, (_, blocks) in enumerate(content):
        column, top = [], _TOP + 24.0
        for block in blocks:
            box = _box(block.name, block.head, block.items, number, block.kind)
            column.append(replace(box, y=top))
            top += box.height + 2 * _GAP
        placed.append(column)
    tallest = max(column[-1].y + column[-1].height for column in placed if column)
    boxes = []
    for number, column in enumerate(placed):
        shift = (tallest - column[-1].y - column[-1].height) / 2 if column else 0
        shift = round(shift, 1) if falling is None else number * falling
        boxes += [replace(box, y=box.y + shift) for box in column]
    heads = tuple((_left(i), _TOP + 8.0, head) for i, (head, _) in enumerate(content))
    words = _described(content, edges)
    return Drawing(title=title, svg=_drawn(title, heads, boxes, edges), words=words)


def _left(column: int) -> float:
    return _MARGIN + column * (_WIDTH + _GUTTER)


def _box(name: str, head: str, items: Sequence[str], column: int, kind: str) -> Box:
    room = int((_WIDTH - 2 * PADDING) / _CHARACTER)
    bold = textwrap.wrap(head, width=room)
    lines = list(bold)
    for item in items:
        lines += textwrap.wrap(item, width=room, initial_indent="• ", subsequent_indent="  ")
    return Box(
        name=name,
        kind=kind,
        column=column,
        x=_left(column),
        y=0,
        width=_WIDTH,
        height=len(lines) * LINE + 2 * PADDING,
        lines=tuple(lines),
        bold=len(bold) if items else 0,
        title="\n".join([head, *items]),
        about=None,
        parts=(),
        items=0,
    )


def _drawn(
    title: str,
    heads: tuple[tuple[float, float, str], ...],
    boxes: Sequence[Box],
    edges: Sequence[Edge],
) -> bytes:
    return draw(
        Picture(
            title=title,
            width=max(box.x + box.width for box in boxes) + _MARGIN,
            height=max(box.y + box.height for box in boxes) + _MARGIN,
            heads=heads,
            boxes=tuple(boxes),
            edges=tuple(edges),
        )
    )


def _listed(nodes: Sequence[Node]) -> str:
    items = (
        f"<li>{escaped(node.text)}{_listed(node.below) if node.below else ''}</li>"
        for node in nodes
    )
    return f"<ul>{''.join(items)}</ul>"


def _described(content: Sequence[tuple[str, Sequence[Block]]], edges: Iterable[Edge]) -> str:
    names: Mapping[str, str] = {b.name: b.head for _, blocks in content for b in blocks}
    after: dict[str, list[str]] = {}
    for edge in edges:
        after.setdefault(edge.start, []).append(names[edge.end])
    told = []
    for head, blocks in content:
        items = []
        for block in blocks:
            holds = f": {', '.join(map(escaped, block.items))}" if block.items else ""
            leads = ", ".join(map(escaped, after.get(block.name, ())))
            items.append(
                f"<li><b>{escaped(block.head)}</b>{holds}"
                f"{f' (leads to: {leads})' if leads else ''}</li>"
            )
        told.append(f"<li>{escaped(head)}<ul>{''.join(items)}</ul></li>")
    return f"<ul>{''.join(told)}</ul>"
