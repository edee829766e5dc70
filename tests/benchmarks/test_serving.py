"""The benchmark of the service compares like with like."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks import serving


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the default graph of the service holds."""
    path = tmp_path_factory.mktemp("serving") / "data.nt"
    serving.write_data(path)
    return path


@pytest.fixture(scope="module")
def ours(data: Path) -> tuple[list[Counter[str]], serving.Load]:
    """The rows that our service gives, and how it stands a load."""
    with serving.ours(data) as port:
        return serving.rows(port), serving.load(port, clients=2, seconds=0.5)


def test_both_services_give_the_same_rows_and_stand_a_load(
    data: Path, ours: tuple[list[Counter[str]], serving.Load]
) -> None:
    rows, load = ours
    with serving.reference(data) as port:
        reference = serving.rows(port)

    assert rows == reference
    assert all(rows) and len(rows) == len(set(serving.QUERIES)) == 10
    assert load.answers > 10 and 0 < load.median <= load.p99


@pytest.mark.slow
def test_a_row_that_differs_is_seen(
    data: Path, ours: tuple[list[Counter[str]], serving.Load], tmp_path: Path
) -> None:
    fewer = tmp_path / "data.nt"
    lines = data.read_bytes().splitlines(keepends=True)
    fewer.write_bytes(b"".join(line for line in lines if b"C24" not in line))
    with serving.reference(fewer) as port:
        reference = serving.rows(port)

    assert reference != ours[0]
