"""Each invariant can fail: in a damaged copy of the knowledge it does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.derivation.view import ROOT
from tests.invariants.checking import outcomes
from tests.invariants.mutants import DAMAGES, Damage, damaged
from tests.invariants.registry import INVARIANTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the ontology and the queries, to be damaged."""
    copy = tmp_path_factory.mktemp("damaged")
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, copy / name)
    return copy


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_each_invariant_can_fail(damage: Damage, folder: Path) -> None:
    patients = damage.patients()
    before = outcomes([*patients.values()])
    with damaged(folder, damage) as known:
        after = outcomes([*patients.values()], known=known)
    for name, (facts, told), (_, changed) in zip(patients, before, after, strict=True):
        check = INVARIANTS[name].check
        assert check(facts, told) is not False, f"{name} fails in the knowledge as it is"
        assert check(facts, changed) is False, f"{name} does not notice the damage"


def test_every_invariant_is_seen_to_fail() -> None:
    assert {name for damage in DAMAGES for name in damage.breaks} == {*INVARIANTS}
