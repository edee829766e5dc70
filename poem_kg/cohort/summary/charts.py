"""The charts of a summary, as SVG that needs no script, no font file and no network."""

from __future__ import annotations

import io
import re
from typing import Any, Final

from poem_kg.cohort.summary.model import Section
from poem_kg.errors import ToolMissing

_BARS: Final = 300  # pixels, as are the next four
_ROOM: Final = 260  # for labels, some of it for a font that is wider than the one measured
_LABEL: Final = 230
_STEP: Final = 26
_SUBSTEP: Final = 16
_INK: Final = "currentColor"
_ONE: Final = "#3b7dbb"
_FADED: Final = "#8888884d"
_FONT: Final = "Liberation Sans"  # measured with the one that comes with the renderer
_AFTER_NUMBER: Final = "slice(datum.label, indexof(datum.label, ' ') + 1)"
_SCHEMES: Final = {"basis": "tableau10", "readiness": "redyellowblue", "standing": "viridis"}

MISSING: Final = (
    "altair and vl-convert-python draw the page of charts and are not installed; "
    'pip install "poem-kg[charts]"'
)


def chart_svg(section: Section) -> str | None:
    """Return a section as an SVG element, or None where there is nothing to draw.

    Bars are counts of patients; where a count is kept back there is no bar. Text has the colour
    of the text around the element.

    Raises:
        ToolMissing: the packages of the extra `charts` are not installed.
    """
    if section.chart == "none" or all(row.figures[0].count is None for row in section.rows):
        return None
    try:
        import altair as alt
        import vl_convert  # noqa: F401  (altair draws with it)
    except ImportError:
        raise ToolMissing(MISSING) from None
    buffer = io.StringIO()
    _chart(section, alt).save(buffer, format="svg")
    return _inline(buffer.getvalue(), section)


def _chart(section: Section, alt: Any) -> Any:
    bars = _bars(section)
    data = [
        {
            "bar": bar,
            "part": row.keys[1] if section.legend else "",
            "place": section.legend.index(row.keys[1]) if section.legend else 0,
            "n": row.figures[0].count,
        }
        for bar, row in zip(bars, section.rows, strict=True)
        if row.figures[0].count is not None
    ]
    encoding: dict[str, Any] = {
        "x": alt.X(
            "n:Q",
            title=section.counted[0],
            axis=alt.Axis(format=",d", labelOverlap="greedy", tickCount=5, tickMinStep=1),
        ),
        "y": alt.Y(
            "bar:N",
            axis=alt.Axis(labelExpr=_AFTER_NUMBER, minExtent=_ROOM, maxExtent=_ROOM),
            scale=alt.Scale(domain=list(dict.fromkeys(bars))),
            title=None,
        ),
    }
    mark: dict[str, Any] = {"color": _ONE}
    if section.legend:
        mark = {"stroke": _INK, "strokeWidth": 0.5}
        scheme = _SCHEMES[section.keys[1]]
        encoding["color"] = alt.Color(
            "part:N",
            scale=alt.Scale(domain=list(section.legend), scheme=scheme),
            legend=alt.Legend(orient="top", title=None, columns=3),
        )
        encoding["order"] = alt.Order("place:Q")
    if section.chart == "grouped":
        encoding["yOffset"] = alt.YOffset("part:N", sort=list(section.legend))
    step = _SUBSTEP if section.chart == "grouped" else _STEP
    return (
        alt.Chart(alt.Data(values=data), width=_BARS, height=alt.Step(step))
        .mark_bar(**mark)
        .encode(**encoding)
        .configure(background="transparent", font=_FONT)
        .configure_axis(
            labelColor=_INK,
            titleColor=_INK,
            tickColor=_FADED,
            domainColor=_FADED,
            gridColor=_FADED,
            labelLimit=_LABEL,
            labelFontSize=12,
            titleFontWeight="normal",
        )
        .configure_axisY(grid=False, ticks=False, domain=False)
        .configure_legend(labelColor=_INK, labelFontSize=12)
        .configure_view(stroke=None)
    )


def _bars(section: Section) -> list[str]:
    """For each row the name of its bar: a number that tells it apart, and what is shown."""
    firsts = [row.keys[0] for row in section.rows]
    if not section.legend:
        return [f"{number} {first}" for number, first in enumerate(firsts)]
    numbers = {first: number for number, first in enumerate(dict.fromkeys(firsts))}
    return [f"{numbers[first]} {first}" for first in firsts]


def _inline(svg: str, section: Section) -> str:
    """Name the drawing for those who hear it, and let it shrink with the page."""
    from html import escape

    label = f"Bar chart: {section.title}. The table beside it has the same numbers."
    named = f'<svg role="img" aria-label="{escape(label, quote=True)}"'
    return re.sub(r'^<svg xmlns="[^"]*" xmlns:xlink="[^"]*" version="[^"]*"', named, svg.strip())
