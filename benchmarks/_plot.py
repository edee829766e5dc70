"""A plot of what a cohort run costs against the number of patients, as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 420, 320, 64, 48, 40
_STYLE = "font-family='sans-serif' font-size='12' fill='#222'"

Point = tuple[float, float]


def plot(title: str, seconds: Sequence[Point], memory: Sequence[Point], exponent: float) -> str:
    """Return two panels: seconds against patients, both on logarithmic axes, and peak memory.

    Args:
        title: stands above both.
        seconds: patients and seconds without start-up.
        memory: patients and MB of the largest process.
        exponent: the slope that was fitted to the first.
    """
    left = _panel(f"seconds (slope {exponent:.3f}; dashed: 1)", seconds, log=True, offset=0)
    right = _panel("peak memory of a process, MB", memory, log=False, offset=_WIDTH)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{2 * _WIDTH}' height='{_HEIGHT}' "
        f"viewBox='0 0 {2 * _WIDTH} {_HEIGHT}'>\n<rect width='100%' height='100%' fill='white'/>\n"
        f"<text x='{_WIDTH}' y='16' text-anchor='middle' {_STYLE}>{title}</text>\n"
        f"{left}{right}</svg>\n"
    )


def _panel(title: str, points: Sequence[Point], *, log: bool, offset: int) -> str:
    low, high = _decades([x for x, _ in points])
    if log:
        bottom, top = _decades([y for _, y in points])
        ticks = [float(e) for e in range(bottom, top + 1)]
    else:
        bottom, top = 0, math.ceil(max(y for _, y in points) / 100) * 100
        ticks = [float(t) for t in range(0, top + 1, max(100, top // 500 * 100))]

    def x(value: float) -> float:
        share = (math.log10(value) - low) / (high - low)
        return offset + _LEFT + share * (_WIDTH - _LEFT - 20)

    def y(value: float) -> float:
        share = ((math.log10(value) if log else value) - bottom) / (top - bottom)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP - 16)

    parts = [f"<text x='{offset + _LEFT}' y='{_TOP}' {_STYLE}>{title}</text>\n"]
    for exponent in range(low, high + 1):
        at = x(10**exponent)
        parts.append(_line(at, y(10**bottom if log else bottom), at, y(10**top if log else top)))
        parts.append(
            f"<text x='{at:.1f}' y='{_HEIGHT - _BOTTOM + 16}' text-anchor='middle' {_STYLE}>"
            f"{10**exponent:,}</text>\n"
        )
    for tick in ticks:
        at = y(10**tick if log else tick)
        parts.append(_line(x(10**low), at, x(10**high), at))
        text = f"{10**tick:g}" if log else f"{tick:g}"
        parts.append(
            f"<text x='{offset + _LEFT - 6}' y='{at + 4:.1f}' text-anchor='end' {_STYLE}>"
            f"{text}</text>\n"
        )
    parts.append(
        f"<text x='{offset + (_LEFT + _WIDTH) / 2:.0f}' y='{_HEIGHT - 10}' text-anchor='middle' "
        f"{_STYLE}>patients</text>\n"
    )
    if log:
        (first, start), last = points[0], points[-1][0]
        end = start * last / first
        parts.append(_line(x(first), y(start), x(last), y(end), "#999' stroke-dasharray='5 4"))
    path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points)
    parts.append(f"<polyline points='{path}' fill='none' stroke='#1f5fa8' stroke-width='2'/>\n")
    parts += [
        f"<circle cx='{x(a):.1f}' cy='{y(b):.1f}' r='4' fill='#1f5fa8'/>\n" for a, b in points
    ]
    return "".join(parts)


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str = "#ddd") -> str:
    ends = f"x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}'"
    return f"<line {ends} stroke='{stroke}'/>\n"


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)
