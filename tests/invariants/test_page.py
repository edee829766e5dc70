"""`docs/invariants.md` is what the factors, the knowledge and the last full run make it."""

from __future__ import annotations

import re

import pytest

from tests.derivation.view import ROOT
from tests.invariants.enumeration import coupled_choices, disorder_choices, factor_choices
from tests.invariants.page import DRAWN, PAGE, RANDOM, Counts, read_counts, render
from tests.invariants.registry import INVARIANTS


@pytest.fixture(scope="module")
def counts() -> Counts:
    """What the page says the last full run has counted."""
    return read_counts(PAGE.read_text(encoding="utf-8"))


def test_the_page_is_current_but_for_its_counts(counts: Counts) -> None:
    assert PAGE.read_text(encoding="utf-8") == render(counts), "run make invariants"


def test_the_page_counts_the_patients_that_are_enumerated(counts: Counts) -> None:
    for kind, choices in (
        ("disorders", disorder_choices),
        ("factors", factor_choices),
        ("coupled", coupled_choices),
    ):
        assert counts.patients[kind] == sum(1 for _ in choices()), kind
    assert counts.patients["random"] == RANDOM >= 20_000
    assert counts.patients["drawn"] == DRAWN


def test_all_pairs_and_random_patients_agreed_with_their_parts(counts: Counts) -> None:
    assert counts.composed == counts.patients["pairs"] + counts.patients["random"]
    assert counts.twins == counts.patients["firm"] > DRAWN / 2


def test_every_invariant_spoke_of_some_patients(counts: Counts) -> None:
    total = sum(counts.patients.values())
    assert [name for name in INVARIANTS if not 20 <= counts.spoke[name] <= total] == []


def test_a_page_without_counts_is_refused() -> None:
    with pytest.raises(ValueError, match="make invariants"):
        read_counts("# Invariants\n")


def test_the_full_check_runs_on_every_change() -> None:
    assert re.search(r"^make invariants$", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    assert re.search(r"^invariants:", (ROOT / "Makefile").read_text(), re.MULTILINE)
