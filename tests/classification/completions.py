"""Ways to fill the gaps of an incomplete study."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import islice, product
from typing import Final

from tests.classification.generate import LIMITS
from tests.classification.studies import HELD_BY, Pressure, Study, Swallow

# Either side of every threshold of both editions.
_GRID: Final = {
    "dci": ("99", "100", "450", "451", "8000", "8001"),
    "latency": ("4.4", "4.5", "4.6"),
    "pressurization": ("29", "30"),
    "gap": ("5", "5.1"),
}
_FIRM: Final = Swallow("upright", *map(Decimal, ("1000", "6", "0", "0")))
_FAILED: Final = replace(_FIRM, dci=Decimal(0))


def completions(study: Study, most: int, seed: int = 3) -> Iterator[Study]:
    """Yield complete studies that agree with a study in all that it states.

    All of them where there are not more than asked for; otherwise those in which every gap is
    filled from the same end of its values, and then some at random.

    Args:
        study: a study without stated shares.
        most: how many at most.
    """
    choices = list(_choices(study))
    rng = random.Random(seed)
    sizes = [len(values) for values in choices]
    number = 1
    for size in sizes:
        number *= size
    if number <= most:
        yield from (_filled(study, picked) for picked in product(*choices))
        return
    yield _filled(study, [values[0] for values in choices])
    yield _filled(study, [values[-1] for values in choices])
    drawn = ([rng.choice(values) for values in choices] for _ in range(most - 2))
    yield from islice((_filled(study, picked) for picked in drawn), most)


Change = tuple[str, object]
"""What to fill: a swallow by its place and figure, a pressure by its position, a question."""


def _choices(study: Study) -> Iterator[list[Change]]:
    for place, swallow in enumerate(study.swallows):
        for name in HELD_BY:
            if getattr(swallow, name) is None:
                yield [(f"{place} {name}", Decimal(value)) for value in _GRID[name]]
        if swallow.position is None:
            yield [(f"{place} position", position) for position in LIMITS]
    for position, limit in LIMITS.items():
        if not any(swallow.position == position for swallow in study.swallows):
            yield [(f"{position} swallow", _FIRM), (f"{position} swallow", _FAILED)]
        told = study.pressures.get(position, Pressure())
        if told.raised is None and told.limit is None:
            values = [told.value] if told.value is not None else [limit]
            limits = [v + Decimal(d) for v in values for d in (-1, 0, 1)]
            yield [(position, Pressure(values[0], other)) for other in limits]
    for question in ("intrabolus", "symptoms", "obstruction_excluded"):
        if getattr(study, question) is None:
            yield [(question, False), (question, True)]


def _filled(study: Study, picked: list[Change] | tuple[Change, ...]) -> Study:
    swallows, pressures, answers = list(study.swallows), dict(study.pressures), {}
    for what, value in picked:
        first, _, name = what.partition(" ")
        if name == "swallow":
            assert isinstance(value, Swallow)
            swallows.append(replace(value, position=first))
        elif name:
            changed: dict[str, object] = {name: value}
            swallows[int(first)] = replace(swallows[int(first)], **changed)  # type: ignore[arg-type]
        elif isinstance(value, Pressure):
            pressures[first] = value
        else:
            answers[first] = bool(value)
    filled = replace(study, swallows=tuple(swallows), pressures=pressures)
    return replace(filled, **answers)  # type: ignore[arg-type]
