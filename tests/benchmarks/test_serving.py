"""The benchmark of the service compares like with like."""

from __future__ import annotations

from pathlib import Path

from benchmarks import serving


def test_both_services_give_the_same_rows_and_stand_a_load(tmp_path: Path) -> None:
    data = tmp_path / "data.nt"
    serving.write_data(data)
    with serving.ours(data) as port:
        ours = serving.rows(port)
        load = serving.load(port, clients=2, seconds=1.0)
    with serving.reference(data) as port:
        reference = serving.rows(port)

    assert ours == reference
    assert all(ours) and len(ours) == len(set(serving.QUERIES)) == 10
    assert load.answers > 10 and 0 < load.median <= load.p99


def test_a_row_that_differs_is_seen(tmp_path: Path) -> None:
    data = tmp_path / "data.nt"
    serving.write_data(data)
    claims = [line for line in data.read_bytes().splitlines(keepends=True) if b"C24" not in line]
    data.write_bytes(b"".join(claims))
    with serving.reference(data) as port:
        fewer = serving.rows(port)
    with serving.ours(data) as port:
        ours = serving.rows(port)

    assert fewer != ours
