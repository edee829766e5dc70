"""What reads on the workers of Spark: lines of whole files to blocks, in constant memory."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from multiprocessing.connection import Pipe
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from poem_kg.cohort.blocks import blocks_of_lines, check_strays, patient_of
from poem_kg.cohort.grouping import GroupedInput
from poem_kg.cohort.inputs import GROUPED, STREAMED, Source
from poem_kg.cohort.model import Block
from poem_kg.cohort.spark_rows import BATCH_BYTES, BLOCKS, batch
from poem_kg.errors import InputError, PoemKgError

if TYPE_CHECKING:
    import pyarrow as pa

_FORMATS: Final = STREAMED | GROUPED
_KINDS: Final = ", ".join(f".{suffix}" for suffix in _FORMATS)
_PACKINGS: Final = (".gz", ".zst")


def format_of(name: str) -> str:
    """Return the format of a file, by its name.

    Raises:
        InputError: the name tells none.
    """
    bare = name.lower()
    for packing in _PACKINGS:
        bare = bare.removesuffix(packing)
    format = _FORMATS.get(bare.rpartition(".")[2])
    if format is None:
        raise InputError(name, "has a name that tells no format", f"end it with {_KINDS}")
    return format


def name_of(url: str) -> str:
    """Return what messages call a file: its path, with the scheme where it is not on this machine.

    >>> name_of("file:///data/one%20more.nt"), name_of("hdfs://name/data/one.nt")
    ('/data/one more.nt', 'hdfs://name/data/one.nt')
    """
    return unquote(url).removeprefix("file://").removeprefix("file:")


@dataclass(frozen=True)
class Reading:
    """How files are read.

    Attributes:
        format: what all files are in, or None to go by their names.
        group: whether the patients of a file do not stand together in it.
    """

    format: str | None = None
    group: bool = False

    def blocks(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the blocks of whole files, in batches of BLOCKS.

        Args:
            batches: a line and the URL of its file in each row; the lines of a file follow each
                other in their order.

        Raises:
            NotTogether: the lines of a patient do not stand together in its file.
            InputError: a file of a grouped format is not what it should be.
        """
        rows: list[tuple[Any, ...]] = []
        size = 0
        for url, pairs in groupby(_pairs(batches), key=itemgetter(0)):
            lines = (line + b"\n" for _, line in pairs)
            for place, block in enumerate(self._blocks_of_file(url, lines)):
                if isinstance(block, int):
                    rows.append((None, None, None, None, url, block, None, None, None))
                    continue
                rows.append(_row(url, place, block))
                size += len(block.data)
                if size > BATCH_BYTES:
                    yield batch(BLOCKS, rows)
                    rows, size = [], 0
        if rows:
            yield batch(BLOCKS, rows)

    def check(
        self,
        strays: Mapping[bytes, str],
        missing: Mapping[bytes, str],
        batches: Iterable[pa.RecordBatch],
    ) -> Iterator[pa.RecordBatch]:
        """Yield nothing, when it is sure that no block has what belongs to another.

        Args:
            strays: each stray node of any block, to the name of that block.
            missing: each node that a block misses, to the name of that block.
            batches: as for `blocks`.

        Raises:
            NotTogether: one has.
        """
        for url, pairs in groupby(_pairs(batches), key=itemgetter(0)):
            lines = (line + b"\n" for _, line in pairs)
            if self._is_streamed(name_of(url)):
                check_strays(lines, strays, name=name_of(url), missing=missing)
        yield from ()

    def _is_streamed(self, name: str) -> bool:
        format = self.format or format_of(name)
        return format in STREAMED.values() and not self.group

    def _blocks_of_file(self, url: str, lines: Iterable[bytes]) -> Iterator[Block | int]:
        """The blocks, and at the end how many triples are in none, where anybody counts them."""
        name = name_of(url)
        format = self.format or format_of(name)
        if self._is_streamed(name):
            return blocks_of_lines(lines, name=name, quads=format == STREAMED["nq"])
        return _grouped(name, format, lines)


def _row(url: str, place: int, block: Block) -> tuple[Any, ...]:
    graph = block.graph
    # A blank node is a name in its own file only.
    together = graph is not None and not graph.startswith("_:")
    patient = patient_of(block)
    if patient.startswith("_:") or patient == block.name:
        patient = ""
    return (
        graph if together else f"{url}\n{graph or place}",
        patient or None,
        block.name,
        graph,
        url,
        place,
        block.data,
        list(block.strays),
        list(block.missing),
    )


def _grouped(name: str, format: str, lines: Iterable[bytes]) -> Iterator[Block | int]:
    """The blocks of a file that is laid on this worker's disk, and loaded into a store there."""
    with tempfile.TemporaryDirectory(prefix="poem-kg-") as folder:
        copy = Path(folder) / "input"
        with copy.open("wb") as out:
            out.writelines(lines)

        def found() -> Iterator[Block | int]:
            source = Source(str(copy), format)
            grouped = GroupedInput.load((source,), Path(folder) / "grouped")
            yield from grouped.blocks()
            yield grouped.orphans()

        try:
            yield from _in_child(found, name)
        except InputError as error:
            where = error.location.replace(str(copy), name)
            raise InputError(where, error.cause, error.advice) from None


def _in_child(found: Callable[[], Iterator[Block | int]], name: str) -> Iterator[Block | int]:
    """What is found, by a process of its own.

    A store on disk has threads; a process that once opened one must not fork any more, and this
    one has other files to read and other tasks to do.
    """
    ours, theirs = Pipe(duplex=False)
    pid = os.fork()
    if pid == 0:
        try:
            ours.close()
            try:
                for item in found():
                    theirs.send(item)
                theirs.send(None)
            except PoemKgError as error:
                theirs.send(error)
        finally:
            os._exit(0)
    theirs.close()
    try:
        while (item := ours.recv()) is not None:
            if isinstance(item, PoemKgError):
                raise item
            yield item
    except EOFError:
        raise InputError(
            name, "cannot be grouped", "see whether it is what its name says"
        ) from None
    finally:
        ours.close()
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _pairs(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, bytes]]:
    for read in batches:
        lines, files = read.column(0), read.column(1)
        yield from zip(files.to_pylist(), lines.to_pylist(), strict=True)
