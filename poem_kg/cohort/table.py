"""The table of options: rows are appended as Arrow record batches, and become Parquet at the end.

A Parquet file ends with a footer that tells where everything lies, so it cannot be appended to
after a kill; a stream of record batches can.
"""

from __future__ import annotations

import os
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


class TableWriter:
    """A file of record batches that only grows.

    Args:
        path: made where it is missing.
        size: what of it is kept, a size that it had after a batch; the rest is cut off.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115
        os.truncate(path, min(size, path.stat().st_size))
        self.size = path.stat().st_size

    def write(self, rows: Sequence[OptionRow]) -> None:
        """Append rows as one batch, with its length before it."""
        if not rows:
            return
        data = memoryview(record_batch(rows).serialize())
        for part in (len(data).to_bytes(8, "big"), data):
            view = memoryview(part)
            while view:
                view = view[self._file.write(view) or 0 :]
            self.size += len(part)

    def sync(self) -> None:
        """Have the system put it on the disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def record_batch(rows: Sequence[OptionRow]) -> pa.RecordBatch:
    """Return rows as an Arrow record batch."""
    import pyarrow as pa

    columns = schema()
    return pa.record_batch(
        [pa.array([getattr(row, f.name) for row in rows], type=f.type) for f in columns],
        schema=columns,
    )


def write_parquet(source: Path, target: Path) -> None:
    """Write what a `TableWriter` has written as a Parquet file, the same bytes for the same rows.

    Memory stays that of some 100,000 rows.
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
