"""What the benchmark of steps says of a batch and of a slope is so."""

from __future__ import annotations

import json
import subprocess
import sys

import pyoxigraph as ox
import pytest

from benchmarks.steps import NOISE, batch, exponent, sample
from poem_kg.knowledge import load_knowledge


def subjects(data: bytes) -> set[object]:
    return {quad.subject for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)}


def test_a_larger_batch_repeats_the_patients_and_shares_no_node() -> None:
    texts = sample(4)

    assert len(texts) == 4
    assert len(subjects(batch(texts, 8))) == 2 * len(subjects(batch(texts, 4)))


def test_every_second_patient_has_a_study_with_swallows() -> None:
    assert ["/hasSwallow>" in text for text in sample(6)] == [False, True] * 3


def test_the_exponent_is_that_of_the_cost_of_all_patients_together() -> None:
    sizes = (50, 200, 1600)

    assert exponent(dict.fromkeys(sizes, 40.0)) == pytest.approx(1)
    assert exponent({n: 0.5 * n for n in sizes}) == pytest.approx(2)
    assert exponent({n: 7.0 * n**0.05 for n in sizes}) == pytest.approx(1.05)


def test_below_the_noise_and_for_one_batch_there_is_none() -> None:
    assert exponent({50: 9.0, 1600: NOISE / 2}) is None
    assert exponent({50: 40.0}) is None


def test_the_figures_come_as_json() -> None:
    command = [sys.executable, "-m", "benchmarks.steps", "--json", "--sizes", "2,4"]
    found = json.loads(
        subprocess.run([*command, "--repeat", "1"], capture_output=True, check=True).stdout
    )

    assert [step["step"] for step in found["steps"]] == [q.name for q in load_knowledge().derive]
    assert set(found["queriesMsAPatient"]) == {"2", "4"}
