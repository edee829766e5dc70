"""The table of options: rows are appended as Arrow record batches, and become Parquet at the end.

A Parquet file ends with a footer that tells where everything lies, so it cannot be appended to
after a kill; a stream of record batches can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from poem_kg.cohort.model import OptionRow

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_A_GROUP: Final = 100_000


def schema() -> pa.Schema:
    """Return the columns of the table, those of `OptionRow`."""
    import pyarrow as pa

    kinds: dict[str, Any] = {
        "line": pa.int32(),
        "rank": pa.int32(),
        "unknown": pa.list_(pa.string()),
        "statements": pa.list_(pa.string()),
    }
    optional = {"line"}
    return pa.schema(
        [
            pa.field(f.name, kinds.get(f.name, pa.string()), nullable=f.name in optional)
            for f in fields(OptionRow)
        ]
    )


def rows_as_bytes(rows: Sequence[OptionRow]) -> bytes:
    """Return rows as one record batch with its length before it, to append to a file."""
    if not rows:
        return b""
    data: bytes = record_batch(rows).serialize().to_pybytes()
    return len(data).to_bytes(8, "big") + data


def record_batch(rows: Sequence[OptionRow]) -> pa.RecordBatch:
    """Return rows as an Arrow record batch."""
    import pyarrow as pa

    columns = schema()
    return pa.record_batch(
        [pa.array([getattr(row, f.name) for row in rows], type=f.type) for f in columns],
        schema=columns,
    )


def write_parquet(source: Path, target: Path) -> None:
    """Write a file of what `rows_as_bytes` has returned as a Parquet file.

    The same rows give the same bytes, however they came in batches. Memory stays that of some
    100,000 rows.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = schema()
    with (
        open(source, "rb") as file,
        pq.ParquetWriter(target, columns, compression="zstd") as writer,
    ):
        waiting: list[pa.RecordBatch] = []
        number = 0
        while header := file.read(8):
            data = file.read(int.from_bytes(header, "big"))
            waiting.append(pa.ipc.read_record_batch(data, columns))
            number += waiting[-1].num_rows
            if number >= _ROWS_A_GROUP:
                writer.write_table(pa.Table.from_batches(waiting, columns).combine_chunks())
                waiting, number = [], 0
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting, columns).combine_chunks())
