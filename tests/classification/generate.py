"""Complete and incomplete studies, the same from run to run.

A profile says what kinds of swallows a supine study has; it aims at one threshold of one edition,
at it or one swallow to either side. Every profile is crossed with every state of the relaxation
pressure in both positions and with upright swallows that do and do not show peristalsis. The
figures of a swallow are drawn from its kind, the edges of the kind among them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Final

from tests.classification import oracle
from tests.classification.studies import EDITIONS, HELD_BY, Pressure, Study, Swallow

TOTALS: Final = (10, 20)
"""So that 20, 50 and 70 per cent are whole numbers of swallows, and every share ends."""

_FAILED: Final = ("0", "42", "99.9")
_WEAK: Final = ("100", "100.1", "270", "449.9", "450")
_FIRM: Final = ("450.1", "451", "1800", "7999.9", "8000")
_STRONG: Final = ("8000.1", "9200")
_SHORT: Final = ("2.9", "4.4", "4.49")
_LONG: Final = ("4.51", "4.6", "6.2")
_CLOSED: Final = ("0", "3", "4.96", "5")
_BROKEN: Final = ("5.04", "7")
_PRESSED: Final = ("30", "30.1", "55")
_UNPRESSED: Final = ("0", "12", "29.9")

# DCI, latency and break of each kind. An edge latency is premature by the 2012 iteration alone.
_KINDS: Final = {
    "failed": (_FAILED, _LONG, _CLOSED + _BROKEN),
    "weak": (_WEAK, _LONG, _CLOSED),
    "broken": (_FIRM, _LONG, _BROKEN),
    "firm": (_FIRM, _LONG, _CLOSED),
    "strong": (_STRONG, _LONG, _CLOSED),
    "premature": (_FIRM, _SHORT, _CLOSED),
    "premature-strong": (_STRONG, _SHORT, _CLOSED),
    "edge": (_FIRM, ("4.5",), _CLOSED),
    "short-weak": (_WEAK, _SHORT, _CLOSED),
    "short-failed": (_FAILED, _SHORT, _CLOSED),
}

Part = tuple[str, float, int]
"""A kind of swallow, its share, and how many swallows more or fewer."""
Profile = tuple[tuple[Part, ...], str, Part]
"""Parts, the kind of all other swallows, and how many are pressurized."""

_NONE: Final = ("pressurized", 0.0, 0)
_FIFTH: Final = ("pressurized", 0.2, 0)
AROUND: Final = (-1, 0, 1)
PROFILES: Final[tuple[Profile, ...]] = (
    *(((), "failed", ("pressurized", 0.2, more)) for more in AROUND),
    ((), "failed", _NONE),
    ((), "short-failed", _NONE),
    ((), "failed", ("pressurized", 0.0, 1)),
    ((), "failed", ("pressurized", 1.0, 0)),
    ((("firm", 0.0, 1),), "failed", _FIFTH),
    ((("weak", 0.0, 1),), "failed", _NONE),
    ((("short-weak", 0.2, 0),), "failed", _NONE),
    ((("short-failed", 0.2, 0),), "failed", _NONE),
    *(((("premature", 0.2, more),), "failed", _NONE) for more in AROUND),
    *(((("premature", 0.2, more),), "firm", _NONE) for more in AROUND),
    *(((("edge", 0.2, more),), "firm", _NONE) for more in AROUND),
    *(((("strong", 0.2, more),), "firm", _NONE) for more in AROUND),
    *(((("failed", 0.5, more),), "firm", _NONE) for more in AROUND),
    *(((("failed", 0.2, 0), ("weak", 0.3, more)), "firm", _NONE) for more in AROUND),
    *(((("broken", 0.3, 0), ("weak", 0.4, more)), "firm", _NONE) for more in AROUND),
    ((("firm", 0.0, 1), ("premature", 0.3, 0)), "failed", _NONE),
    ((("premature", 0.2, 0), ("strong", 0.2, 0)), "firm", _NONE),
    ((("premature-strong", 0.2, 0),), "weak", _NONE),
    ((("strong", 0.2, 0),), "broken", _NONE),
    ((), "firm", _FIFTH),
    ((), "firm", _NONE),
    ((), "premature", _NONE),
)
_UPRIGHT: Final = (("failed", "failed"), ("failed", "premature"), ("failed", "firm"))
"""The kind of most of the upright swallows and of one."""
LIMITS: Final = {"supine": Decimal("15.0"), "upright": Decimal("12.0")}
"""Made up: the limit is the study's own."""
_BESIDE: Final = {"raised": "0.1", "at": "0", "normal": "-0.1"}


def complete_studies(seed: int = 4) -> tuple[Study, ...]:
    """Return studies in which nothing is left open that an edition asks for."""
    rng = random.Random(seed)
    return tuple(_complete(rng))


def _complete(rng: random.Random) -> Iterator[Study]:
    for number, (total, profile, levels, ends) in enumerate(_strata(rng)):
        study = Study(
            name=f"study-{number:03}",
            swallows=(*_supine(profile, total, rng), *_upright(*ends, rng)),
            pressures=dict(zip(LIMITS, map(_pressure(rng), LIMITS, levels), strict=True)),
            intrabolus=rng.random() < 0.7,
            symptoms=rng.random() < 0.9,
            obstruction_excluded=rng.random() < 0.9,
        )
        # I69: the 2012 iteration takes the share of failed swallows from the reader.
        share = oracle.percent(study, oracle.failed, "supine")
        assert share
        key = ("chicago2012", "FailedSwallowShare", "supine")
        yield replace(study, shares={key: exact(share)})


def _strata(rng: random.Random) -> Iterator[tuple[int, Profile, tuple[str, ...], tuple[str, str]]]:
    """Yield number of swallows, profile, pressure in each position, and upright swallows."""
    for total, profile in product(TOTALS, PROFILES):
        for levels in product(_BESIDE, repeat=len(LIMITS)):
            if "at" in levels and total != TOTALS[0]:
                continue
            # Only where both are raised do the upright swallows tell the types apart.
            both = set(levels) == {"raised"}
            for ends in _UPRIGHT if both else [rng.choice(_UPRIGHT)]:
                yield total, profile, levels, ends


def summarised(study: Study) -> Study:
    """Return the same study as a reader's summary: shares of each edition, and no swallow."""
    shares = dict(study.shares)
    for edition in EDITIONS:
        for measure, kind in oracle.MEASURES[edition].items():
            for position in LIMITS:
                share = oracle.percent(study, kind, position) if kind else None
                if share:
                    shares[edition, measure, position] = exact(share)
    return replace(study, swallows=(), shares=shares)


def incomplete_studies(number: int, seed: int = 7) -> Iterator[Study]:
    """Yield studies with gaps: figures, positions, pressures and answers left out, or at odds.

    The numbers of swallows are such that some percentages do not end.
    """
    rng = random.Random(seed)
    for index in range(number):
        missing = rng.choice((0.0, 0.05, 0.3))
        supine = _supine(rng.choice(PROFILES), rng.randint(1, 13), rng)
        upright = _upright(*rng.choice(_UPRIGHT), rng) if rng.random() < 0.8 else []
        swallows = [_with_gaps(s, missing, rng) for s in (*supine, *upright)]
        if rng.random() < 0.1:
            swallows[0] = replace(swallows[0], position=None)
        if rng.random() < 0.15:
            swallows = [s for s in swallows if s.position != "supine"]
        pressures = {
            position: _pressure(rng, stated=0.4)(position, rng.choice(tuple(_BESIDE)))
            for position in LIMITS
            if rng.random() < 0.9
        }
        yield Study(
            name=f"gaps-{index:03}",
            swallows=tuple(swallows),
            pressures={p: _odd(value, rng) for p, value in pressures.items()},
            intrabolus=rng.choice((True, True, False, None)),
            symptoms=rng.choice((True, True, False, None)),
            obstruction_excluded=rng.choice((True, True, False, None)),
            shares=dict(_stated(rng)),
        )


def _stated(rng: random.Random) -> Iterator[tuple[tuple[str, str, str], Decimal]]:
    if rng.random() < 0.5:
        yield ("chicago2012", "FailedSwallowShare", "supine"), Decimal(rng.choice(("100", "99.9")))
    if rng.random() < 0.3:
        edition = rng.choice(EDITIONS)
        measure = rng.choice(sorted(oracle.MEASURES[edition]))
        position = rng.choice(tuple(LIMITS))
        bound = rng.choice((0, 20, 50, 70, 100))
        beside = bound + Decimal(rng.choice(("-0.1", "0", "0.1")))
        yield (edition, measure, position), min(max(beside, Decimal(0)), Decimal(100))


def _with_gaps(swallow: Swallow, missing: float, rng: random.Random) -> Swallow:
    gone: dict[str, None] = {name: None for name in HELD_BY if rng.random() < missing}
    return replace(swallow, **gone)


def _odd(pressure: Pressure, rng: random.Random) -> Pressure:
    """Leave out the limit, or say yes or no beside the value, right or wrong."""
    dice = rng.random()
    if dice < 0.1 and pressure.value is not None:
        return replace(pressure, limit=None)
    if dice < 0.2:
        return replace(pressure, raised=rng.random() < 0.5)
    return pressure


def _pressure(rng: random.Random, stated: float = 0.3) -> Callable[[str, str], Pressure]:
    def draw(position: str, level: str) -> Pressure:
        if level != "at" and rng.random() < stated:
            return Pressure(raised=level == "raised")
        limit = LIMITS[position]
        return Pressure(value=limit + Decimal(_BESIDE[level]), limit=limit)

    return draw


def _supine(profile: Profile, total: int, rng: random.Random) -> list[Swallow]:
    parts, rest, pressed = profile
    kinds = [kind for kind, share, more in parts for _ in range(round(share * total) + more)]
    kinds = (kinds + [rest] * total)[:total]
    _, share, more = pressed
    number = min(round(share * total) + more, total)
    swallows = [_swallow("supine", kind, i < number, rng) for i, kind in enumerate(kinds)]
    rng.shuffle(swallows)
    return swallows


def _upright(most: str, one: str, rng: random.Random) -> list[Swallow]:
    kinds = [*[most] * 4, one]
    return [_swallow("upright", kind, rng.random() < 0.3, rng) for kind in kinds]


def _swallow(position: str, kind: str, pressed: bool, rng: random.Random) -> Swallow:
    dci, latency, gap = (Decimal(rng.choice(values)) for values in _KINDS[kind])
    pressure = Decimal(rng.choice(_PRESSED if pressed else _UNPRESSED))
    return Swallow(position, dci, latency, pressure, gap)


def exact(share: tuple[Fraction, Fraction]) -> Decimal:
    """Return the percentage of a complete study, whose least and most are one number."""
    least, most = share
    assert least == most, "the share of a complete study is one number"
    return Decimal(least.numerator) / Decimal(least.denominator)
