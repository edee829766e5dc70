"""Section 5 of the rules on many patients: facts are necessary and sufficient for conclusions.

Each patient gets variants: one with the facts of an argument alone, one without each of the facts,
and one with the facts of a requirement and of the argument that governs an option with it alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.derivation.supports import Argument, Case, Facts, Requirement, Told, case, derived
from tests.derivation.view import EXAMPLES, read
from tests.generated.batches import in_batches
from tests.generated.patients import random_patients
from tests.invariants.enumeration import disorder_choices, factor_choices
from tests.invariants.factors import Choice

SETTLED = (("met",), ("notMet",))
TOGETHER = 100
"""Patients of which all variants are held in memory together."""


def _check(patients: Iterable[Case]) -> Counter[str]:
    """Check every argument and every settled requirement; return how many of what there were."""
    counts: Counter[str] = Counter()
    for cases in in_batches(patients, TOGETHER):
        told = list(derived(cases))
        counts += _sufficient(cases, told) + _necessary(cases, told) + _settled(cases, told)
        counts["patients"] += len(cases)
    print(dict(counts))
    return counts


def _sufficient(cases: Sequence[Case], told: Sequence[Told]) -> Counter[str]:
    expected: list[tuple[Case, set[Argument]]] = []
    for one, all_of_it in zip(cases, told, strict=True):
        by_facts: dict[Facts, set[Argument]] = defaultdict(set)
        for argument in all_of_it.arguments:
            by_facts[argument.facts].add(argument)
        for number, (facts, its) in enumerate(sorted(by_facts.items(), key=_by_name)):
            expected.append((one.alone(facts, f"~alone-{number}"), its))
    for (variant, its), left in zip(expected, derived([v for v, _ in expected]), strict=True):
        lost = its - left.arguments
        assert not lost, f"{variant.iri}: its facts alone do not bring back {lost}"
    return Counter(
        arguments=sum(len(its) for _, its in expected),
        several=sum(len(a.facts) > 1 for _, its in expected for a in its),
    )


def _necessary(cases: Sequence[Case], told: Sequence[Told]) -> Counter[str]:
    expected: list[tuple[Case, str, set[Argument]]] = []
    for one, all_of_it in zip(cases, told, strict=True):
        for fact in sorted({fact for a in all_of_it.arguments for fact in a.facts}):
            variant = one.without(frozenset({fact}), f"~without-{len(expected)}")
            its = {a for a in all_of_it.arguments if fact in a.facts}
            expected.append((variant, fact, its))
    for (variant, fact, its), left in zip(
        expected, derived([v for v, _, _ in expected]), strict=True
    ):
        still = {argument.node for argument in left.arguments}
        kept = {argument for argument in its if argument.node in still}
        assert not kept, f"{variant.iri}: without {fact} there still is {kept}"
    return Counter(facts=len(expected))


def _settled(cases: Sequence[Case], told: Sequence[Told]) -> Counter[str]:
    expected: list[tuple[Case, list[Requirement]]] = []
    for one, all_of_it in zip(cases, told, strict=True):
        by_facts: dict[Facts, list[Requirement]] = defaultdict(list)
        for requirement in all_of_it.requirements.values():
            if requirement.state in SETTLED and requirement.options:
                by_facts[requirement.facts | _of_an_option(requirement, all_of_it)].append(
                    requirement
                )
        for number, (facts, its) in enumerate(sorted(by_facts.items(), key=_by_name)):
            expected.append((one.alone(facts, f"~settled-{number}"), its))
    for (variant, its), left in zip(expected, derived([v for v, _ in expected]), strict=True):
        for requirement in its:
            found = left.requirements.get(requirement.gate)
            assert found is not None and found.state == requirement.state, (
                f"{variant.iri}: its facts alone do not settle {requirement}, but give {found}"
            )
    return Counter(requirements=sum(len(its) for _, its in expected))


def _of_an_option(requirement: Requirement, told: Told) -> Facts:
    """The facts of one argument that governs an option with the requirement."""
    governing = (a for a in told.arguments if a.governs and a.option in requirement.options)
    return min((a.facts for a in governing), key=sorted)


def _by_name(item: tuple[Facts, object]) -> list[str]:
    return sorted(item[0])


def _enumerated(choices: Iterable[Choice], step: int) -> Iterator[Case]:
    for number, chosen in enumerate(islice(choices, 0, None, step)):
        yield case(chosen.patient(f"enumerated-{number}").triples())


def _story(path: Path) -> Case:
    """The story with its records named below the patient, as the variants need it."""
    told = case(read(path))
    folder, _, name = told.iri.rpartition("/")
    text = "".join(f"{triple} .\n" for triple in told.triples)
    below = text.replace(f"<{folder}/", f"<{told.iri}/").replace(
        f"<{told.iri}/{name}>", f"<{told.iri}>"
    )
    return case(q.triple for q in ox.parse(below, format=ox.RdfFormat.N_TRIPLES))


def test_the_stories() -> None:
    counts = _check(_story(path) for path in sorted(EXAMPLES.glob("S*.ttl")))
    assert counts["patients"] >= 23
    assert counts["arguments"] > 90
    assert counts["requirements"] > 40
    assert counts["several"] > 0


@pytest.mark.slow
def test_random_patients() -> None:
    counts = _check(case(p.triples()) for p in random_patients(30, seed=31))
    assert counts["arguments"] > 75
    assert counts["several"] > 2
    assert counts["requirements"] > 120


def test_some_of_the_enumerated_factors() -> None:
    counts = _check(_enumerated(factor_choices(), 140))
    assert counts["patients"] > 20
    assert counts["arguments"] > 75
    assert counts["requirements"] > 120


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_two_thousand_random_patients(seed: int) -> None:
    counts = _check(case(p.triples()) for p in random_patients(500, seed=seed))
    assert counts["patients"] == 500
    assert counts["arguments"] > 1_500
    assert counts["requirements"] > 2_500


@pytest.mark.slow
def test_the_enumerated_factors() -> None:
    counts = _check(_enumerated(factor_choices(), 1))
    assert counts["patients"] > 3_000
    assert counts["arguments"] > 5_000


@pytest.mark.slow
def test_every_fifth_of_the_enumerated_disorders() -> None:
    counts = _check(_enumerated(disorder_choices(), 5))
    assert counts["patients"] > 800
    assert counts["several"] > 0
