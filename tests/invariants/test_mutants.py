"""Each invariant can fail: in a damaged copy of the knowledge it does."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from tests.derivation.view import ROOT
from tests.invariants.checking import outcomes
from tests.invariants.factors import Choice
from tests.invariants.facts import Facts
from tests.invariants.mutants import DAMAGES, Damage, damaged
from tests.invariants.outcome import Outcome
from tests.invariants.registry import INVARIANTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the ontology and the queries, to be damaged."""
    copy = tmp_path_factory.mktemp("damaged")
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, copy / name)
    return copy


@cache
def as_it_is() -> dict[Choice, tuple[Facts, Outcome]]:
    """Return facts and conclusions of all the patients by the knowledge as it is."""
    patients = [*dict.fromkeys(p for damage in DAMAGES for p in damage.patients().values())]
    return dict(zip(patients, outcomes(patients), strict=True))


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_each_invariant_can_fail(damage: Damage, folder: Path) -> None:
    patients = damage.patients()
    with damaged(folder, damage) as known:
        after = outcomes([*patients.values()], known=known)
    for (name, patient), (_, changed) in zip(patients.items(), after, strict=True):
        facts, told = as_it_is()[patient]
        check = INVARIANTS[name].check
        assert check(facts, told) is not False, f"{name} fails in the knowledge as it is"
        assert check(facts, changed) is False, f"{name} does not notice the damage"


def test_every_invariant_is_seen_to_fail() -> None:
    assert {name for damage in DAMAGES for name in damage.breaks} == {*INVARIANTS}
