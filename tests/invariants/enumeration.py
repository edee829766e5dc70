"""The patients that are enumerated: the disorders in full, each factor in full, pairs of gates.

1. *disorders*: the factors that decide which options there are, in full product.
2. *factors*: each other factor in every value, under each of the disorders that stand for all.
3. *coupled*: two factors that reach one gate together, in full product.
4. *pairs*: the factors of every two gates; of the values that leave the same requirements in the
   same states one stands for all.
5. *random*: every factor in a random value, to attack the argument that 1 to 4 suffice.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from tests.invariants.factors import Choice, choice, factors
from tests.invariants.independence import coupled, prepared, reaching

DECIDING = ("disorder", "judgement", "opioid", "opioid dysfunction")
"""The factors that decide which options there are and how they stand."""

UNDER: tuple[dict[str, str], ...] = (
    {"disorder": "AchalasiaTypeII present"},
    {"disorder": "AchalasiaTypeIII present"},
    {"disorder": "Achalasia present"},
    {"disorder": "DistalOesophagealSpasm present"},
    {"disorder": "EGJOutflowObstruction present"},
    {"disorder": "AbsentContractility present", "judgement": "present"},
    {"disorder": "EGJOutflowObstruction present", "opioid dysfunction": "present"},
    {
        "disorder": "AbsentContractility present",
        "judgement": "present",
        "opioid dysfunction": "present",
    },
    {"disorder": "unknown", "opioid dysfunction": "present"},
    {"disorder": "AchalasiaTypeIII present", "opioid": "present", "opioid dysfunction": "unknown"},
    {"disorder": "AchalasiaTypeI provisional"},
    {"disorder": "HypercontractileOesophagus present"},
)
"""The disorders under which each factor is enumerated: between them they bring in every gate."""

OUTFLOW, ABSENT = UNDER[6], UNDER[7]
"""Those that bring in most gates at once; an outflow obstruction excludes absent contractility."""

States = Mapping[str, object]
"""What a patient's requirements are: criterion to state."""


def disorder_choices() -> Iterator[Choice]:
    """Yield the full product of what decides the options."""
    disorder, judgement, opioid, dysfunction = (factors()[name].values for name in DECIDING)
    for first, second in product(disorder, judgement):
        lone = not judged(first)
        for third, fourth in product(opioid, dysfunction):
            if lone and second != "unknown" and (third, fourth) != ("absent", "absent"):
                continue  # no statement that asks for the judgement is about this disorder
            yield choice(
                "disorders", dict(zip(DECIDING, (first, second, third, fourth), strict=True))
            )


def judged(disorder: str) -> bool:
    """Return whether a statement about a disorder of this value asks for the judgement too."""
    known = prepared()
    asking = {
        criterion
        for application, need in known.pairs("whenNeeds")
        if need in known.reached(factors()["judgement"].concepts())
        for criterion in known.of("disorderCriterion", application)
    }
    entries = factors()["disorder"].values[disorder]
    there = (e.concept for e in entries if e.status in ("present", "provisional"))
    return any(known.of("meetsCriterion", concept) & asking for concept in there)


def factor_choices() -> Iterator[Choice]:
    """Yield each other factor in every value, under each disorder."""
    for under in UNDER:
        for name, factor in factors().items():
            if name not in DECIDING:
                for value in factor.values:
                    yield choice("factors", {**under, name: value})


def coupled_choices() -> Iterator[Choice]:
    """Yield the full product of every two factors that reach a gate together."""
    for first, second in coupled():
        if {first, second} <= set(DECIDING):
            continue  # these are in the full product of the disorders
        for one, other in product(factors()[first].values, factors()[second].values):
            yield choice("coupled", {**_under(first, second), first: one, second: other})


def gate_factors() -> list[str]:
    """Return the factors that reach a gate and do not decide the options."""
    criteria = {gate.criterion for gate in prepared().gates().values()}
    found = {name for criterion in criteria for name in reaching(criterion)}
    return [name for name in factors() if name in found and name not in DECIDING]


def pair_choices(states: Mapping[tuple[str, str], States]) -> Iterator[Choice]:
    """Yield the factors of every two gates, under both disorders that bring in most gates.

    Args:
        states: the states of the requirements of a factor's value, by factor and value.
    """
    for first, second in combinations(gate_factors(), 2):
        if (first, second) in coupled() or (second, first) in coupled():
            continue
        for under in (OUTFLOW, ABSENT):
            for one, other in product(standing_for(first, states), standing_for(second, states)):
                yield choice("pairs", {**under, first: one, second: other})


def standing_for(name: str, states: Mapping[tuple[str, str], States]) -> Sequence[str]:
    """Return of the values of a factor one for each set of states that they bring."""
    seen: dict[tuple[tuple[str, object], ...], str] = {}
    for value in factors()[name].values:
        key = tuple(sorted(states[name, value].items(), key=str))
        seen.setdefault(key, value)
    return list(seen.values())


def random_choices(count: int, *, seed: int) -> Iterator[Choice]:
    """Yield patients with a random value of every factor, half of them close to ready."""
    rng = random.Random(seed)
    for _ in range(count):
        care = rng.choice((0.0, 0.6, 0.9))
        yield choice(
            "random",
            {
                name: factor.background if rng.random() < care else rng.choice([*factor.values])
                for name, factor in factors().items()
            },
        )


def _under(*names: str) -> dict[str, str]:
    return ABSENT if "support tests" in names else OUTFLOW
