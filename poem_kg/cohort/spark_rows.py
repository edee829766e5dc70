"""The rows that pass between the stages of a run on Spark, as Spark and as Arrow name them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pyarrow as pa

BLOCKS: Final = (
    "block string, patient string, name string, graph string, file string, place long, "
    "data binary, strays array<binary>, missing array<binary>"
)
"""Rows that become blocks: those of one `block` belong together, in order of file and place.

`patient` is the IRI that a row seems to call a patient, if any; `strays` and `missing` are as in a
`Block`. A row without a block tells, in `place`, how many triples of its file belong to no patient.
"""

RESULTS: Final = (
    "advice binary, rejected string, counts string, options array<struct<patient:string, "
    "disorder:string, therapy:string, standing:string, line:int, rank:int, readiness:string, "
    "unknown:array<string>, statements:array<string>>>"
)
"""A row for each chunk of patients: their advice as zstd frames, the lines of JSON of those that
were rejected, the JSON of their counts, and their options."""

LINES: Final = "value string"
COUNTS: Final = "counts string"

BATCH_BYTES: Final = 4_000_000
"""About how much a batch may hold."""


def batch(names: str, rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    """Return rows, at least one, as a batch of one of the kinds above."""
    import pyarrow as pa

    schema = _schema(names)
    columns = [
        pa.array(column, type=field.type)
        for column, field in zip(zip(*rows, strict=True), schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


@cache
def _schema(names: str) -> pa.Schema:
    import pyarrow as pa

    text, texts, number = pa.string(), pa.list_(pa.string()), pa.int32()
    option = {
        **dict.fromkeys(("patient", "disorder", "therapy", "standing"), text),
        **{"line": number, "rank": number, "readiness": text},
        **dict.fromkeys(("unknown", "statements"), texts),
    }
    columns = {
        BLOCKS: {
            **dict.fromkeys(("block", "patient", "name", "graph", "file"), text),
            **{"place": pa.int64(), "data": pa.binary()},
            **dict.fromkeys(("strays", "missing"), pa.list_(pa.binary())),
        },
        RESULTS: {
            **{"advice": pa.binary(), "rejected": text, "counts": text},
            "options": pa.list_(pa.struct(list(option.items()))),
        },
        LINES: {"value": text},
        COUNTS: {"counts": text},
    }
    return pa.schema(list(columns[names].items()))
