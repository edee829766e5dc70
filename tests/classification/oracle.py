"""What each edition says of a study, in plain Python: an oracle without ontology and queries.

Written from the tables of the editions and from the interpretations I59 to I74. Everything has
three values: True, False, and None for what is not known. A percentage is a range, from what is
surely of a kind to what may be, in exact fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction

from tests.classification.studies import Study, Swallow

Truth = bool | None
Kind = Callable[[Swallow], Truth]
Judge = Callable[[Fraction, Fraction], Truth]
"""Judges the least and the most that a percentage can be."""


def every(values: Iterable[Truth]) -> Truth:
    """Return the conjunction."""
    found = list(values)
    return False if False in found else None if None in found else True


def some(values: Iterable[Truth]) -> Truth:
    """Return the disjunction."""
    found = list(values)
    return True if True in found else None if None in found else False


def no(value: Truth) -> Truth:
    """Return the negation."""
    return None if value is None else not value


def _on(value: Decimal | None, test: Callable[[Decimal], bool]) -> Truth:
    return None if value is None else test(value)


def failed(s: Swallow) -> Truth:
    return _on(s.dci, lambda dci: dci < 100)


def weak(s: Swallow) -> Truth:
    return _on(s.dci, lambda dci: 100 <= dci <= 450)


def ineffective(s: Swallow) -> Truth:
    return some((failed(s), weak(s), _on(s.gap, lambda gap: gap > 5)))


def hypercontractile(s: Swallow) -> Truth:
    return _on(s.dci, lambda dci: dci > 8000)


def pressurized(s: Swallow) -> Truth:
    return _on(s.pressurization, lambda pressure: pressure >= 30)


def premature(s: Swallow) -> Truth:
    short = _on(s.latency, lambda latency: latency < Decimal("4.5"))
    return every((short, _on(s.dci, lambda dci: dci > 450)))


def premature_2012(s: Swallow) -> Truth:
    return _on(s.latency, lambda latency: latency <= Decimal("4.5"))


def failed_or_premature(s: Swallow) -> Truth:
    return some((failed(s), premature(s)))


MEASURES: dict[str, dict[str, Kind | None]] = {
    "chicago40": {
        "FailedSwallowShare": failed,
        "IneffectiveSwallowShare": ineffective,
        "HypercontractileSwallowShare": hypercontractile,
        "PressurizedSwallowShare": pressurized,
        "PrematureSwallowShare": premature,
        "FailedOrPrematureSwallowShare": failed_or_premature,
    },
    "chicago2012": {
        # I69: not counted from the integral, so only what the reader states.
        "FailedSwallowShare": None,
        "PressurizedSwallowShare": pressurized,
        "PrematureSwallowShare": premature_2012,
    },
}
"""The shares of each edition, and the kind of swallow that each counts."""


def percent(study: Study, kind: Kind, position: str) -> tuple[Fraction, Fraction] | None:
    """Return the least and the most that the share of a kind can be, or None without swallows."""
    if any(s.position is None for s in study.swallows):
        return None
    found = [kind(s) for s in study.swallows if s.position == position]
    if not found:
        return None
    least, most = found.count(True), len(found) - found.count(False)
    return Fraction(100 * least, len(found)), Fraction(100 * most, len(found))


def at_least(bound: int) -> Judge:
    return lambda least, most: True if least >= bound else False if most < bound else None


def above(bound: int) -> Judge:
    return lambda least, most: True if least > bound else False if most <= bound else None


def between(low: int, high: int) -> Judge:
    return lambda least, most: every((at_least(low)(least, most), no(above(high)(least, most))))


def none_or_from(bound: int) -> Judge:
    """I67: no swallow at all; not from the bound on; between the two unknown."""
    return lambda least, most: True if most == 0 else False if least >= bound else None


def _agreed(said: Iterable[Truth]) -> Truth:
    """What several accounts of one thing say together: those that differ leave it unknown."""
    found = {value for value in said if value is not None}
    return found.pop() if len(found) == 1 else None


class Reading:
    """One edition's look at a study."""

    def __init__(self, study: Study, edition: str) -> None:
        self._study = study
        self._edition = edition

    def share(self, measure: str, judge: Judge, position: str = "supine") -> Truth:
        """Judge a share as counted here and as counted by the reader."""
        kind = MEASURES[self._edition][measure]
        counted = percent(self._study, kind, position) if kind else None
        stated = self._study.shares.get((self._edition, measure, position))
        return _agreed(
            (
                judge(*counted) if counted else None,
                None if stated is None else judge(Fraction(stated), Fraction(stated)),
            )
        )

    def raised(self, position: str) -> Truth:
        """I62: above the limit of the study; at the limit neither raised nor not raised."""
        pressure = self._study.pressures.get(position)
        if pressure is None:
            return None
        value, limit = pressure.value, pressure.limit
        measured = None if value is None or limit is None or value == limit else value > limit
        return _agreed((pressure.raised, measured))

    def at_limit(self, position: str) -> Truth:
        pressure = self._study.pressures.get(position)
        if pressure is None:
            return None
        value, limit = pressure.value, pressure.limit
        measured = None if value is None or limit is None else value == limit
        return _agreed((None if pressure.raised is None else False, measured))


def chicago_4_0(study: Study) -> dict[str, Truth]:
    """Return what version 4.0 says of each of its patterns."""
    read = Reading(study, "chicago40")
    raised = [read.raised(position) for position in ("supine", "upright")]
    limit = [read.at_limit(position) for position in ("supine", "upright")]
    both = every(raised)
    normal = every(no(value) for value in raised + limit)
    all_failed = read.share("FailedSwallowShare", at_least(100))
    half_failed = read.share("FailedSwallowShare", at_least(50))
    spastic = read.share("PrematureSwallowShare", at_least(20))
    pressed = read.share("PressurizedSwallowShare", at_least(20))
    unpressed = read.share("PressurizedSwallowShare", none_or_from(20))
    strong = read.share("HypercontractileSwallowShare", at_least(20))
    mostly = read.share("IneffectiveSwallowShare", above(70))
    partly = read.share("IneffectiveSwallowShare", between(50, 70))
    no_peristalsis = read.share("FailedOrPrematureSwallowShare", at_least(100))
    none_upright = read.share("FailedOrPrematureSwallowShare", at_least(100), "upright")
    clear = every((study.symptoms, study.obstruction_excluded))
    other_disorders = every((no(spastic), no(strong)))
    return {
        "type-i": every((both, all_failed, unpressed, none_upright)),
        "type-ii": every((both, all_failed, pressed, none_upright)),
        "type-iii": every((both, spastic, no_peristalsis, none_upright)),
        "inconclusive-supine-only": every((raised[0], no(raised[1]), no(limit[1]), no_peristalsis)),
        "inconclusive-upright-only": every(
            (raised[1], no(raised[0]), no(limit[0]), no_peristalsis)
        ),
        "inconclusive-at-limit-supine": every((limit[0], no_peristalsis)),
        "inconclusive-at-limit-upright": every((limit[1], no_peristalsis)),
        "inconclusive-peristalsis": every((both, no(no_peristalsis), some((pressed, spastic)))),
        "inconclusive-secondary": every((both, no_peristalsis, no(none_upright))),
        "outflow-obstruction": every((both, study.intrabolus, no(no_peristalsis))),
        "absent-contractility": every((normal, all_failed)),
        "spasm": every((normal, spastic, clear)),
        "hypercontractile": every((normal, strong, no(spastic), clear)),
        "ineffective": every(
            (normal, some((mostly, half_failed)), no(all_failed), other_disorders)
        ),
        "ineffective-inconclusive": every((normal, partly, no(half_failed), other_disorders)),
    }


def chicago_2012(study: Study) -> dict[str, Truth]:
    """Return what the 2012 iteration, as far as it was verified, says of its two patterns."""
    read = Reading(study, "chicago2012")
    raised = read.raised("supine")
    all_failed = read.share("FailedSwallowShare", at_least(100))
    pressed = read.share("PressurizedSwallowShare", at_least(20))
    spastic = read.share("PrematureSwallowShare", at_least(20))
    return {
        "type-ii": every((raised, all_failed, pressed)),
        "type-iii": every((raised, spastic)),
    }


def expected(study: Study) -> dict[str, Truth]:
    """Return what every pattern of both editions says, by its name with the edition's before it."""
    editions = {"chicago40": chicago_4_0(study), "chicago2012": chicago_2012(study)}
    return {
        f"{edition}-{pattern}": truth
        for edition, patterns in editions.items()
        for pattern, truth in patterns.items()
    }
