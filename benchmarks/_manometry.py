"""High-resolution manometry of one patient, drawn to look like one disorder.

Nothing here decides anything: a pattern says from which distributions a study is drawn, so a drawn
study may miss or meet any criterion of any edition, as studies of real patients do.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from benchmarks._chart import Chart, decimal, term

DCI, LATENCY = term("distalContractileIntegral"), term("distalLatency")
PRESSURE, BREAK = term("pressurization"), term("transitionZoneBreak")


@dataclass(frozen=True)
class Pattern:
    """How swallows come out; shares are probabilities, the rest of the swallows is normal.

    Attributes:
        failed, weak, premature, vigorous, pressurized: shares of the swallows.
        raised: how likely the relaxation pressure is raised.
        bolus: how likely the reader states a raised intrabolus pressure.
    """

    failed: float = 0.03
    weak: float = 0.08
    premature: float = 0.01
    vigorous: float = 0.005
    pressurized: float = 0.01
    raised: float = 0.05
    bolus: float = 0.03


PATTERNS = {
    "AchalasiaTypeI": Pattern(failed=0.99, weak=0.01, raised=0.9, pressurized=0.0, bolus=0.1),
    "AchalasiaTypeII": Pattern(failed=0.99, weak=0.01, raised=0.96, pressurized=0.75, bolus=0.4),
    "AchalasiaTypeIII": Pattern(failed=0.3, weak=0.01, premature=0.68, raised=0.95, bolus=0.3),
    "EGJOutflowObstruction": Pattern(weak=0.1, raised=0.95, pressurized=0.1, bolus=0.8),
    "DistalOesophagealSpasm": Pattern(failed=0.05, premature=0.4, vigorous=0.05),
    "HypercontractileOesophagus": Pattern(weak=0.02, vigorous=0.45, raised=0.15),
    "AbsentContractility": Pattern(failed=0.995, weak=0.005, raised=0.02),
    "IneffectiveOesophagealMotility": Pattern(failed=0.25, weak=0.6),
    "OpioidInducedOesophagealDysfunction": Pattern(premature=0.35, vigorous=0.1, raised=0.7),
    "": Pattern(),
}
"""By the disorder that a study should look like; "" is a normal study."""

_SHARES = {
    "FailedSwallowShare": ("failed",),
    "PrematureSwallowShare": ("premature",),
    "HypercontractileSwallowShare": ("vigorous",),
    "PressurizedSwallowShare": ("pressurized",),
    "IneffectiveSwallowShare": ("failed", "weak"),
    "FailedOrPrematureSwallowShare": ("failed", "premature"),
}


@dataclass(frozen=True)
class Protocol:
    """How a centre does and reports its studies.

    Attributes:
        detail: how likely swallows are exported one by one instead of as percentages.
        upright: how likely there are five upright swallows after the ten supine ones.
        supine_limit, upright_limit: the upper limit of its catheter, in mmHg.
        stated: how likely it says yes or no to a raised pressure instead of the value.
        missing: how likely a value of a swallow is missing.
        edition: local name of the edition by which it counts percentages, or "".
    """

    detail: float
    upright: float
    supine_limit: float
    upright_limit: float
    stated: float
    missing: float
    edition: str


def protocol(rng: random.Random) -> Protocol:
    """Return how one centre works."""
    return Protocol(
        detail=rng.choice((0.95, 0.8, 0.5, 0.2, 0.05)),
        upright=rng.choice((0.98, 0.95, 0.9, 0.5)),
        supine_limit=rng.choice((15.0, 15.0, 15.0, 22.0, 19.0, 28.0)),
        upright_limit=rng.choice((12.0, 12.0, 15.0)),
        stated=rng.choice((0.02, 0.05, 0.3)),
        missing=rng.choice((0.0, 0.002, 0.01)),
        edition=rng.choice(("chicago40", "chicago40", "")),
    )


def study(chart: Chart, look: str, date: str, how: Protocol, rng: random.Random) -> None:
    """Add a study that looks like a disorder, with its swallows or percentages and pressures."""
    pattern = PATTERNS[look]
    node = chart.record("Study", "HighResolutionManometry", date=date)
    upright = rng.random() < how.upright
    positions = ("supine", "upright") if upright else ("supine",)
    if rng.random() < how.detail:
        for number in range(1, 16 if upright else 11):
            position = "supine" if number <= 10 else "upright"
            chart.swallow(node, number, position, _swallow(pattern, how, rng))
    else:
        for concept, shares in _SHARES.items():
            if rng.random() < 0.8:
                likely = sum(getattr(pattern, share) for share in shares)
                count = sum(rng.random() < likely for _ in range(10))
                chart.record(
                    "Measurement",
                    concept,
                    date=date,
                    value=decimal(10.0 * count),
                    part_of=node,
                    position="supine",
                    counted_by=how.edition,
                )
    raised = rng.random() < pattern.raised
    stated = rng.random() < how.stated
    for position in positions:
        if rng.random() < 0.03:
            continue
        if stated:
            status = "present" if raised else "absent"
            concept = "RaisedIntegratedRelaxationPressure"
            chart.record(
                "FindingRecord", concept, status, date=date, part_of=node, position=position
            )
        else:
            _relaxation(chart, node, date, position, raised, how, rng)
    if rng.random() < 0.6:
        status = "present" if rng.random() < pattern.bolus else "absent"
        chart.record("FindingRecord", "RaisedIntrabolusPressure", status, date=date, part_of=node)


def _relaxation(
    chart: Chart,
    node: str,
    date: str,
    position: str,
    raised: bool,
    how: Protocol,
    rng: random.Random,
) -> None:
    limit = how.supine_limit if position == "supine" else how.upright_limit
    value = limit * (rng.uniform(1.02, 2.6) if raised else rng.betavariate(3.0, 2.5))
    chart.record(
        "Measurement",
        "IntegratedRelaxationPressure",
        date=date,
        value=decimal(value),
        part_of=node,
        position=position,
        limit=decimal(limit) if rng.random() < 0.97 else "",
    )


def _swallow(pattern: Pattern, how: Protocol, rng: random.Random) -> dict[str, float]:
    kind = rng.random()
    values: dict[str, float] = {}
    latency = rng.gauss(6.4, 0.7)
    gap = 0.0 if rng.random() < 0.6 else rng.expovariate(0.9)
    if kind < pattern.failed:
        strength, latency, gap = rng.lognormvariate(3.0, 0.6), 0.0, -1.0
    elif kind < pattern.failed + pattern.weak:
        strength, gap = rng.uniform(90.0, 460.0), rng.uniform(0.0, 9.0)
    elif kind < pattern.failed + pattern.weak + pattern.premature:
        strength, latency = rng.lognormvariate(7.5, 0.6), rng.gauss(3.9, 0.35)
    elif kind < pattern.failed + pattern.weak + pattern.premature + pattern.vigorous:
        strength = 7000.0 + rng.expovariate(0.0003)
    else:
        strength = rng.lognormvariate(7.4, 0.5)
    pressurized = rng.random() < pattern.pressurized
    pressure = rng.gauss(45.0, 10.0) if pressurized else rng.gauss(13.0, 5.0)
    values[DCI] = strength
    if latency > 0.0:  # a failed swallow has no latency
        values[LATENCY] = latency
    values[PRESSURE] = pressure if pressure > 0.0 else 0.0
    if gap >= 0.0:  # and no break in a contraction that is not there
        values[BREAK] = gap
    if how.missing and rng.random() < how.missing * 4:
        values.pop(rng.choice(tuple(values)))
    return values
