"""The small signs on a statement: as printed, graded, verified, reviewed; and its figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from poem_kg.namespaces import POEMKG
from poem_kg.service.showing import Shown, plain_number, plain_unit
from poem_kg.service.triples import Graph

CITES: Final = POEMKG + "cites"
VERIFIED: Final = POEMKG + "verified"
REVIEW: Final = POEMKG + "review"
LEFT_OUT: Final = (POEMKG + "leftOutFor", POEMKG + "leftOutBy")
"""What tells that a statement no longer speaks for anything, and what took its place."""
_REVIEWED: Final = (POEMKG + "reviewedBy", POEMKG + "reviewedOn")
_GRADES: Final = tuple(POEMKG + name for name in ("standing", "direction", "strength", "certainty"))
_PRINTED: Final = POEMKG + "printed"
_DANGLING: Final = POEMKG + "dangling"
_VALUE: Final = POEMKG + "value"
_BASELINE: Final = POEMKG + "baselineValue"
_APPROXIMATE: Final = POEMKG + "approximate"
_UNIT: Final = POEMKG + "unit"
_DETAILS: Final = tuple(POEMKG + name for name in ("statistic", "timePoint", "sampleSize"))
_TONES: Final = {
    POEMKG + "approved": "good",
    POEMKG + "ownDecision": "ours",
    POEMKG + "unverifiedSource": "warn",
    POEMKG + "verifiedInSource": "good",
}
"""Values that are shown in a colour, beside their words."""


@dataclass(frozen=True)
class Mark:
    """A small sign on a statement.

    Attributes:
        name: the property.
        text: its value.
        href: where the value is found, or None.
        tone: the class of its colour, or nothing.
        told: whether the name is seen; a screen reader has it anyway.
    """

    name: str
    text: str
    href: str | None
    tone: str = ""
    told: bool = True


@dataclass(frozen=True)
class Figure:
    """The figure of an estimate.

    Attributes:
        value: with its unit, such as "about 14 %"; nothing where the result is told in words.
        details: what it is, when it was measured, of how many: name and text.
    """

    value: str
    details: tuple[tuple[str, str], ...]


class Marks:
    """Reads the signs of statements.

    Args:
        graph: what is known.
        shown: puts it into the parts of a page.
    """

    def __init__(self, graph: Graph, shown: Shown) -> None:
        self._graph = graph
        self._shown = shown

    def of(self, iri: str) -> tuple[Mark, ...]:
        """Return the marks of a statement: as printed, graded, verified, reviewed, left out."""
        marks = [self._marker(marker) for marker in self._graph.iris(iri, CITES)]
        for name in (*_GRADES, VERIFIED, REVIEW):
            marks += [
                Mark(
                    name=self._graph.label(name),
                    text=self._graph.label(value),
                    href=self._shown.link(value).href,
                    tone=_TONES.get(value, ""),
                    told=name in _GRADES,
                )
                for value in self._graph.iris(iri, name)
            ]
        marks += [
            Mark(self._graph.label(name), text, None)
            for name in _REVIEWED
            if (text := self._text(iri, name))
        ]
        marks += [
            Mark(
                name=self._graph.label(name),
                text=self._graph.label(value),
                href=self._shown.link(value).href,
                tone="bad",
            )
            for name in LEFT_OUT
            for value in self._graph.iris(iri, name)
        ]
        return tuple(marks)

    def figure(self, iri: str) -> Figure | None:
        """Return the figure of an estimate; None for another statement."""
        details = [(self._graph.label(name), self._text(iri, name)) for name in _DETAILS]
        told = tuple((name, text) for name, text in details if text)
        if not told:
            return None
        value, baseline = self._number(iri, _VALUE), self._number(iri, _BASELINE)
        change = f"from {baseline} to {value}" if baseline else value
        about = "about " if self._text(iri, _APPROXIMATE) == "true" else ""
        unit = plain_unit(self._text(iri, _UNIT))
        return Figure(f"{about}{change} {unit}".strip() if value else "", told)

    def _number(self, iri: str, name: str) -> str:
        return plain_number(self._text(iri, name))

    def _text(self, iri: str, name: str) -> str:
        found = self._graph.text(iri, name)
        return found.value if found else ""

    def _marker(self, marker: str) -> Mark:
        printed = self._graph.text(marker, _PRINTED)
        hangs = self._graph.text(marker, _DANGLING)
        dangling = hangs is not None and hangs.value == "true"
        text = f"[{printed.value}]" if printed else self._graph.label(marker)
        return Mark(
            name=self._graph.label(CITES),
            text=f"{text}, {self._graph.label(_DANGLING)}" if dangling else text,
            href=self._shown.link(marker).href,
            tone="warn" if dangling else "",
            told=False,
        )
