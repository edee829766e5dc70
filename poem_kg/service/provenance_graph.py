"""The way from facts to a therapy as a graph that can be walked, and the same as a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from poem_kg.explain.facts import Telling
from poem_kg.explain.layout import IN_PAGE, LINE, PADDING, Box, Part, Picture, arranged
from poem_kg.explain.panels import Panel
from poem_kg.explain.svg import curve

_BASELINE: Final = 12
_NAMED: Final = 2
"""How many neighbours a node names to those who cannot see the lines."""


@dataclass(frozen=True)
class Ref:
    """A name on the page, and where it leads, or None."""

    text: str
    href: str | None


@dataclass(frozen=True)
class Line:
    """A line of text in a picture, at x and y."""

    x: str
    y: str
    text: str
    bold: bool = False


@dataclass(frozen=True, kw_only=True)
class Node:
    """Something in a graph that can be gone to.

    Attributes:
        id: its name within the graph: the number of its box, and for a part of a box its number.
        to: the ids of the nodes or boxes that it leads to, and of the source that it names.
        rests: what it rests on, in words: the first few, then how many more.
        leads: what it leads to, likewise.
    """

    id: str
    ref: Ref
    x: str
    y: str
    width: str
    height: str
    lines: tuple[Line, ...]
    to: tuple[str, ...]
    rests: tuple[str, ...]
    leads: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A box of a graph: what can be gone to in it, and lines that lead nowhere."""

    kind: str
    x: str
    y: str
    width: str
    height: str
    lines: tuple[Line, ...]
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Ground:
    """A criterion, and the facts that bear on it."""

    ref: Ref
    facts: tuple[Ref, ...]


@dataclass(frozen=True)
class Told:
    """One thing that the sources say, and what it alone rests on."""

    ref: Ref
    rests: tuple[Ground, ...]


@dataclass(frozen=True)
class Group:
    """What the sources say of a therapy for the same reasons."""

    head: str
    rests: tuple[Ground, ...]
    told: tuple[Told, ...]
    sources: tuple[Ref, ...]


@dataclass(frozen=True, kw_only=True)
class Graph:
    """The graph of one therapy.

    Attributes:
        therapy: its name.
        edges: for each line its path, and the ids of what it joins.
        groups: the same as a list.
    """

    therapy: str
    width: str
    height: str
    heads: tuple[Line, ...]
    edges: tuple[tuple[str, str, str], ...]
    frames: tuple[Frame, ...]
    groups: tuple[Group, ...]


def provenance_graph(panel: Panel, told: Telling, href: Callable[[str], str | None]) -> Graph:
    """Return the graph of one option, or of one therapy that is not offered.

    Args:
        panel: what stands in it.
        told: the explanation and its words.
        href: where what has an IRI is found: records, criteria, statements, sources, therapies.
    """
    picture = arranged([panel], told, IN_PAGE)
    walk = _Walk(picture, told, href)
    return Graph(
        therapy=told.words.thing(panel.therapy),
        width=_number(picture.width),
        height=_number(picture.height),
        heads=tuple(Line(_number(x), _number(y), text) for x, y, text in picture.heads),
        edges=walk.edges(),
        frames=tuple(
            walk.frame(box) for box in sorted(picture.boxes, key=lambda box: (box.column, box.y))
        ),
        groups=_groups(panel, href),
    )


class _Walk:
    """Which node of a picture leads to which."""

    def __init__(self, picture: Picture, told: Telling, href: Callable[[str], str | None]) -> None:
        self._told = told
        self._href = href
        self._picture = picture
        self._boxes = {box.name: box for box in picture.boxes}
        self._ahead: dict[str, list[str]] = defaultdict(list)
        self._behind: dict[str, list[str]] = defaultdict(list)
        for edge in picture.edges:
            end = _id(edge.end, edge.item)
            self._ahead[_id(edge.start)].append(end)
            self._behind[end].append(_id(edge.start))
        self._texts = {
            _id(box.name): box.parts[0].text if box.about is None else _head(box)
            for box in picture.boxes
        }
        for box in picture.boxes:
            for number, part in enumerate(box.parts[: box.items]):
                self._texts[_id(box.name, number)] = part.text

    def edges(self) -> tuple[tuple[str, str, str], ...]:
        found = []
        for edge in self._picture.edges:
            path = curve(self._boxes[edge.start], self._boxes[edge.end], edge.item)
            found.append((path, _id(edge.start), _id(edge.end, edge.item)))
        return tuple(found)

    def frame(self, box: Box) -> Frame:
        """A box: one node where it shows one thing, else a node for each of its parts."""
        lines = _lines(box, 0, len(box.lines))
        own = _id(box.name)
        if box.about is not None:
            whole = Ref(_head(box), self._href(box.about))
            nodes = [self._node(box, own, whole, 0, len(lines))]
            lines = ()
        else:
            head = box.parts[0].first if box.parts else len(lines)
            lines = lines[:head]
            nodes = [self._part(box, number, part) for number, part in enumerate(box.parts)]
        return Frame(
            kind=box.kind,
            x=_number(box.x),
            y=_number(box.y),
            width=_number(box.width),
            height=_number(box.height),
            lines=lines,
            nodes=tuple(nodes),
        )

    def _part(self, box: Box, number: int, part: Part) -> Node:
        href = self._href(part.about) if part.about else None
        ref = Ref(part.text, href)
        return self._node(box, _id(box.name, number), ref, part.first, part.count)

    def _node(self, box: Box, own: str, ref: Ref, first: int, count: int) -> Node:
        group = _id(box.name)
        whole = box.about is not None
        foot = not whole and int(own.partition(".")[2]) >= box.items
        to = [] if foot else self._ahead[group] + self._sources(box, own)
        rests = [] if foot else self._behind[own] + (self._behind[group] if own != group else [])
        space = 0 if whole else 3
        top = box.y if whole else box.y + PADDING + first * LINE
        return Node(
            id=own,
            ref=ref,
            x=_number(box.x + space),
            y=_number(top),
            width=_number(box.width - 2 * space),
            height=_number(box.height if whole else count * LINE),
            lines=_lines(box, first, count),
            to=tuple(dict.fromkeys(to)),
            rests=self._few(rests),
            leads=self._few([] if foot else self._ahead[group]),
        )

    def _sources(self, box: Box, own: str) -> list[str]:
        """The foot of a group that names the source of one of its statements."""
        if box.about is not None:
            return []
        statement = box.parts[int(own.partition(".")[2])].about
        known = self._told.statements.get(statement or "")
        return [
            _id(box.name, number)
            for number, part in enumerate(box.parts)
            if number >= box.items and known is not None and part.about == known.source.iri
        ]

    def _few(self, ids: Iterable[str]) -> tuple[str, ...]:
        texts = list(dict.fromkeys(self._texts[i] for i in ids))
        if len(texts) <= _NAMED + 1:
            return tuple(texts)
        return (*texts[:_NAMED], f"{len(texts) - _NAMED} more")


def _groups(panel: Panel, href: Callable[[str], str | None]) -> tuple[Group, ...]:
    facts: dict[str, list[str]] = defaultdict(list)
    grounds: dict[tuple[str, int | None], list[str]] = defaultdict(list)
    for start, end, item in panel.edges:
        if panel.boxes[end].column == 1:
            facts[end].append(start)
        else:
            grounds[end, item].append(start)

    def ref(name: str) -> Ref:
        return Ref(panel.boxes[name].head, href(name))

    def rests(name: str, item: int | None) -> tuple[Ground, ...]:
        found = grounds[name, item]
        return tuple(Ground(ref(c), tuple(map(ref, facts[c]))) for c in found)

    return tuple(
        Group(
            head=box.head,
            rests=rests(name, None),
            told=tuple(
                Told(Ref(piece.text, href(piece.about or "")), rests(name, number))
                for number, piece in enumerate(box.items)
            ),
            sources=tuple(Ref(piece.text, href(piece.about or "")) for piece in box.feet),
        )
        for name, box in panel.boxes.items()
        if box.column == 2
    )


def _id(name: str, item: int | None = None) -> str:
    number = name.rpartition("b")[2]
    return number if item is None else f"{number}.{item}"


def _head(box: Box) -> str:
    return box.title.partition("\n")[0]


def _lines(box: Box, first: int, count: int) -> tuple[Line, ...]:
    found = []
    for number in range(first, first + count):
        text = box.lines[number]
        indent = len(text) - len(text.lstrip(" "))
        x = box.x + PADDING + indent * 5
        y = box.y + PADDING + number * LINE + _BASELINE
        found.append(Line(_number(x), _number(y), text.strip(), number < box.bold))
    return tuple(found)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
