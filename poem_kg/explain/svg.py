"""An explanation as a picture: SVG that needs no script, no font and no other file."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import Final

from poem_kg.explain.facts import Telling
from poem_kg.explain.layout import LINE, PADDING, Box, Picture, layout
from poem_kg.explain.model import Explanation
from poem_kg.explain.words import Words

_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_FONT: Final = "Arial, Helvetica, Liberation Sans, DejaVu Sans, sans-serif"
_BASELINE: Final = 12
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold."""
_GREEN: Final = ("#e6f4ea", "#2e7d32")
_RED: Final = ("#fdecea", "#b3261e")
_AMBER: Final = ("#fff6e0", "#a15c00")
_GREY: Final = ("#f2f2f2", "#5f6368")
_BLUE: Final = ("#e8f0fe", "#1a56b0")
_COLOURS: Final = {
    "criterion-met": _BLUE,
    "criterion-unknown": _AMBER,
    "statement-for": _BLUE,
    "statement-against": _RED,
    "statement-caution": _AMBER,
    "requirement-held": _RED,
    "requirement-also-open": _AMBER,
    "requirement-in-place": _GREEN,
    "option-ready": _GREEN,
    "option-withheld": _RED,
    "option-blocked": _RED,
    "option-needs-information": _AMBER,
    "option-needs-action": _AMBER,
}
"""Kind of box to the colours of its ground and its border; all others are grey."""
_OPEN: Final = ("criterion-unknown", "option-not-offered")
"""Kinds with a broken border, so that no meaning rests on colour alone."""


def explain_svg(explanation: Explanation, words: Words) -> bytes:
    """Return an explanation as an SVG document, the same bytes for the same explanation.

    Args:
        explanation: what to draw.
        words: what to write.
    """
    return draw(layout(Telling(explanation, words)))


def draw(picture: Picture) -> bytes:
    """Return a picture as an SVG document in UTF-8, every text escaped.

    Args:
        picture: boxes and edges with their places.
    """
    ElementTree.register_namespace("", _NAMESPACE)
    width, height = _number(picture.width), _number(picture.height)
    root = ElementTree.Element(
        f"{{{_NAMESPACE}}}svg",
        {
            "viewBox": f"0 0 {width} {height}",
            "width": width,
            "height": height,
            "role": "img",
            "aria-labelledby": "title",
            "font-family": _FONT,
            "font-size": "12",
        },
    )
    _add(root, "title", picture.title, id="title")
    _add(root, "rect", width=width, height=height, fill="#ffffff")
    _text(root, 24, 30, picture.title, weight="bold", size="16")
    for x, y, head in picture.heads:
        _text(root, x, y, head, weight="bold", fill="#5f6368")
    places = {box.name: box for box in picture.boxes}
    lines = _add(root, "g", fill="none", stroke="#9aa0a6")
    for edge in picture.edges:
        start, end = places[edge.start], places[edge.end]
        path = curve(start, end, edge.item)
        _add(lines, "path", d=path, **{"data-from": edge.start, "data-to": edge.end})
    for box in picture.boxes:
        _draw_box(root, box)
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _draw_box(root: ElementTree.Element, box: Box) -> None:
    ground, border = _COLOURS.get(box.kind, _GREY)
    group = _add(root, "g", id=box.name)
    _add(group, "title", box.title)
    rect = _add(
        group,
        "rect",
        x=_number(box.x),
        y=_number(box.y),
        width=_number(box.width),
        height=_number(box.height),
        rx="4",
        fill=ground,
        stroke=border,
    )
    if box.kind in _OPEN:
        rect.set("stroke-dasharray", "5 3")
    for number, line in enumerate(box.lines):
        y = box.y + PADDING + number * LINE + _BASELINE
        _text(group, box.x + PADDING, y, line, weight="bold" if number < box.bold else None)


def curve(start: Box, end: Box, item: int | None) -> str:
    """Return the path of an edge, from one box to another or to an item of it, by its number."""
    x, y = start.x + start.width, start.middle
    to_x, to_y = end.x, end.at(item)
    bend = (x + to_x) / 2
    points = (x, y, bend, y, bend, to_y, to_x, to_y)
    a, b, c, d, e, f, g, h = (_number(p) for p in points)
    return f"M {a} {b} C {c} {d}, {e} {f}, {g} {h}"


def _text(
    parent: ElementTree.Element,
    x: float,
    y: float,
    text: str,
    *,
    weight: str | None = None,
    size: str | None = None,
    fill: str = "#202124",
) -> None:
    indent = len(text) - len(text.lstrip(" "))
    shift = indent * 5
    node = _add(parent, "text", text.strip(), x=_number(x + shift), y=_number(y), fill=fill)
    if weight:
        node.set("font-weight", weight)
    if size:
        node.set("font-size", size)


def _add(
    parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    node = ElementTree.SubElement(parent, f"{{{_NAMESPACE}}}{name}", attributes)
    node.text = _FORBIDDEN.sub("\ufffd", text) if text else text
    return node


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
