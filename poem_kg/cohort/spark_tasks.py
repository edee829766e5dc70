"""What advises on the workers of Spark: blocks to results, and results to what is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from poem_kg.cohort.advising import Adviser
from poem_kg.cohort.counts import Counts
from poem_kg.cohort.model import Block
from poem_kg.cohort.packing import Packed
from poem_kg.cohort.spark_rows import COUNTS, LINES, RESULTS, batch
from poem_kg.cohort.workers import Workers
from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import Knowledge, load_knowledge
from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.provenance import digest_of_queries

if TYPE_CHECKING:
    import pyarrow as pa

_BLANK: Final = re.compile(rb"(?:^|\s)_:", re.MULTILINE)


@dataclass(frozen=True)
class Work:
    """What a worker needs to know of a run.

    Attributes:
        ontology, queries: folders on every worker, or None for those of the package.
        digest: that of the knowledge on the driver, by `digest_of`.
        as_of: the day for which to advise, or None.
        chunk_size: patients to advise at once.
        seconds: how long one patient may take.
    """

    ontology: str | None
    queries: str | None
    digest: str
    as_of: date | None
    chunk_size: int
    seconds: float

    def advise(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the results of blocks, in batches of RESULTS.

        A patient that crashes or hangs is rejected, as on one machine.

        Args:
            batches: of BLOCKS, sorted by block, file and place.

        Raises:
            KnowledgeError: the knowledge here is not that of the driver.
        """
        blocks = joined(batches)
        chunks = iter(lambda: list(islice(blocks, self.chunk_size)), [])
        with Workers(adviser(self).advise, jobs=1, seconds=self.seconds) as workers:
            for packed in workers.map(chunks):
                yield batch(RESULTS, [_row(packed)])


@cache
def adviser(work: Work) -> Adviser:
    """Return the adviser of this process, made once.

    Raises:
        KnowledgeError: the knowledge here is not that of the driver.
    """
    knowledge = load_knowledge(
        ontology=Path(work.ontology) if work.ontology else None,
        queries=Path(work.queries) if work.queries else None,
    )
    if digest_of(knowledge) != work.digest:
        raise KnowledgeError(
            "a worker has other knowledge than the driver; install the same poem-kg on both"
        )
    return Adviser(knowledge, as_of=work.as_of)


def digest_of(knowledge: Knowledge) -> str:
    """Return one digest of the ontology and the queries."""
    queries = (*knowledge.prepare, *knowledge.derive)
    return f"{knowledge.digest} {digest_of_queries((q.name, q.digest) for q in queries)}"


def joined(batches: Iterable[pa.RecordBatch]) -> Iterator[Block]:
    """Yield one block of all rows that belong together, cut where it is too large anyway.

    Args:
        batches: of BLOCKS, sorted by block, file and place.
    """
    most = DEFAULT_LIMITS.body_bytes
    rows = (row for rows in batches for row in zip(*map(_values, rows.columns), strict=True))
    for _, parts in groupby(rows, key=itemgetter(0)):
        names: list[str] = []
        graph: str | None = None
        files: set[str] = set()
        pieces: list[bytes] = []
        size = 0
        for _, _, name, its_graph, file, _, data, *_ in parts:
            names.append(name)
            graph = its_graph
            files.add(file)
            if size <= most:
                pieces.append(data)
                size += len(data)
        data = b"".join(pieces)
        problem = None
        if len(files) > 1 and _BLANK.search(data):
            problem = (
                f"{names[0]}: the graph goes on in another file and has blank nodes, which are "
                "others in each file; write the graph into one file"
            )
        yield Block(name=names[0], data=data, graph=graph, problem=problem)


def _values(column: Any) -> list[Any]:
    values: list[Any] = column.to_pylist()
    return values


def _row(packed: Packed) -> tuple[Any, ...]:
    return (
        packed.advice or None,
        # Without the last line feed, which the writer of lines adds.
        packed.rejected.decode().removesuffix("\n") or None,
        json.dumps(packed.counts.as_json()),
        [asdict(option) for option in packed.options],
    )


def unpacked(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the lines of advice, many in one row, without the last line feed of a row.

    Args:
        batches: zstd frames in each row.
    """
    import zstandard

    for rows in batches:
        for frames in rows.column(0):
            reader = zstandard.ZstdDecompressor().stream_reader(
                frames.as_py(), read_across_frames=True
            )
            yield batch(LINES, [(reader.read().decode().removesuffix("\n"),)])


def merged(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield one row with what all counts add up to."""
    total = Counts()
    for rows in batches:
        for told in rows.column(0).to_pylist():
            total.merge(Counts.from_json(json.loads(told)))
    yield batch(COUNTS, [(json.dumps(total.as_json()),)])
