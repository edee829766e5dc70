"""The properties of random patients, tried on more of them than `make test` does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.derivation.random_patients import TRIES

HERE = Path(__file__).parent
MORE = 30


def test_more_is_more() -> None:
    assert TRIES < MORE or "POEM_KG_PROPERTIES" in os.environ


@pytest.mark.slow
@pytest.mark.parametrize("name", ["test_added_records", "test_properties"])
def test_properties_hold_for_more_random_patients(name: str) -> None:
    # How many are tried is read at collection, so they run in a process of their own.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow"]
    done = subprocess.run(
        [*command, str(HERE / f"{name}.py")],
        cwd=HERE.parents[1],
        env={**os.environ, "POEM_KG_PROPERTIES": str(MORE)},
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 0, done.stdout[-3000:]
