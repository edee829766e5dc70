"""A cohort on this machine: read, hand out, write in order, check, rename."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

import poem_kg
from poem_kg.cohort.advising import Adviser
from poem_kg.cohort.blocks import NotTogether, blocks_of_lines, check_strays, patient_of
from poem_kg.cohort.grouping import GroupedInput
from poem_kg.cohort.inputs import Source, find_sources, lines_of
from poem_kg.cohort.ledger import Ledger
from poem_kg.cohort.model import Block
from poem_kg.cohort.seen import Seen
from poem_kg.cohort.serving import Advise
from poem_kg.cohort.workers import SECONDS_A_PATIENT, Workers
from poem_kg.cohort.working import discard, finished_before, settings_under_way
from poem_kg.errors import InputError
from poem_kg.knowledge import Knowledge
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.provenance import digest_of_queries

CHUNK_SIZE: Final = 200
"""Patients derived together; fewer cost more each, more cost memory and a longer retry."""

_MOST_STRAYS: Final = 100_000
"""More nodes that hang together with no patient show that patients are not kept together."""

PathLike = str | os.PathLike[str]


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        patients: done, those of an earlier run among them.
        done: bytes of the input read, as they lie on disk; 0 while the input is grouped.
        total: bytes of the input; 0 where nobody knows.
    """

    patients: int
    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to run a cohort.

    Attributes:
        jobs: how many processes advise.
        chunk_size: how many patients are derived together.
        as_of: the day for which to advise; else the newest date among a patient's records.
        group: put the lines of each patient together first, whatever the format.
        resume: go on with an unfinished run.
        input_format: what the inputs are in, whatever their names say.
        seconds: how long one patient may take.
        limits: `body_bytes` holds for a patient, `memory_bytes` for a worker.
    """

    jobs: int = 1
    chunk_size: int = CHUNK_SIZE
    as_of: date | None = None
    group: bool = False
    resume: bool = False
    input_format: str | None = None
    seconds: float = SECONDS_A_PATIENT
    limits: Limits = DEFAULT_LIMITS


def run_local(
    knowledge: Knowledge,
    inputs: Sequence[PathLike],
    output: PathLike,
    settings: Settings = Settings(),
    *,
    tell: Callable[[str], None] = lambda line: None,
    moved: Callable[[Progress], None] = lambda progress: None,
    stdin: BinaryIO | None = None,
) -> dict[str, Any]:
    """Advise on every patient of the inputs, and return the manifest of the output.

    Args:
        knowledge: what to derive from.
        inputs: files, folders, and "-" for the standard input.
        output: the folder to make.
        settings: how.
        tell: called with a line for people where something needs one.
        moved: called after each chunk.
        stdin: read in place of the standard input.

    Raises:
        InputError: inputs or output cannot be used; nothing has its final name then.
        KnowledgeError: a query or a shape is wrong.
    """
    if settings.jobs < 1 or settings.chunk_size < 1:
        raise InputError("--jobs, --chunk-size", "is less than 1", "give a larger number")
    run = _Run(knowledge, inputs, Path(output), settings, tell, moved, stdin)
    grouped = settings.group or not all(source.streamed for source in run.sources)
    if settings.resume:
        done = finished_before(Path(output))
        if done is not None:
            return done
        # Streaming may have been given up before.
        grouped = grouped or settings_under_way(Path(output)).get("grouped") is True
    try:
        return run.run(grouped=grouped)
    except NotTogether as error:
        if any(source.name == "-" for source in run.sources):
            raise InputError(str(error), "the standard input is gone", "give --group") from None
        tell(f"{error}: starting again with all input grouped")
        discard(Path(output))
        return run.run(grouped=True)


class _Run:
    def __init__(
        self,
        knowledge: Knowledge,
        inputs: Sequence[PathLike],
        output: Path,
        settings: Settings,
        tell: Callable[[str], None],
        moved: Callable[[Progress], None],
        stdin: BinaryIO | None,
    ) -> None:
        self.sources = find_sources(inputs, format=settings.input_format)
        self._knowledge = knowledge
        self._output = output
        self._settings = settings
        self._tell = tell
        self._moved = moved
        self._stdin = stdin
        self._position = 0
        self._seen = Seen()
        self._strays: dict[bytes, str] = {}
        self._missing: dict[bytes, str] = {}
        self._grouped: GroupedInput | None = None

    def run(self, *, grouped: bool) -> dict[str, Any]:
        settings = self._settings
        self._seen = Seen()
        self._strays.clear()
        self._missing.clear()
        adviser = Adviser(self._knowledge, as_of=settings.as_of, limits=settings.limits)
        told = {
            "inputs": [source.name for source in self.sources],
            "asOf": settings.as_of.isoformat() if settings.as_of else None,
            "chunkSize": settings.chunk_size,
            "grouped": grouped,
            "ontologyVersion": self._knowledge.version,
            "ontologyDigest": self._knowledge.digest,
            "queriesDigest": digest_of_queries(
                (q.name, q.digest) for q in (*self._knowledge.prepare, *self._knowledge.derive)
            ),
            "softwareVersion": poem_kg.__version__,
        }
        with Ledger(self._output, told, resume=settings.resume) as ledger:
            if grouped:
                self._tell(
                    f"{_named(self.sources)}: grouping the triples of each patient in a store "
                    "on disk first"
                )
                self._grouped = GroupedInput.load(
                    self.sources, ledger.folder / "grouped", stdin=self._stdin
                )
            with closing(_chunks(self._blocks(), settings.chunk_size)) as chunks:
                self._work(ledger, chunks, adviser.advise)
            self._check_strays()
            orphans = self._grouped.orphans() if self._grouped else 0
            if orphans:
                self._tell(f"{orphans} triples belong to no patient and were left out")
            if self._strays:
                self._tell(f"{len(self._strays):,} nodes hang together with no patient")
            extra = {"orphanTriples": orphans, "strayNodes": len(self._strays)}
            return ledger.finish({**told, "runner": "local", "counts": extra})

    def _work(self, ledger: Ledger, chunks: Iterator[list[Block]], advise: Advise) -> None:
        while ledger.ahead:
            chunk = next(chunks, None)
            if chunk is None:
                raise InputError(
                    str(ledger.folder), "was started with a longer input", "give the same input"
                )
            self._note_twice(chunk)
            ledger.passed(block.data for block in chunk)
        under_way: deque[list[Block]] = deque()

        def handed_out() -> Iterator[list[Block]]:
            for chunk in chunks:
                under_way.append(chunk)
                yield chunk

        workers = Workers(
            advise,
            jobs=self._settings.jobs,
            seconds=self._settings.seconds,
            limits=self._settings.limits,
        )
        with workers:
            for packed in workers.map(handed_out()):
                chunk = under_way.popleft()
                self._note_twice(chunk)
                ledger.write((block.data for block in chunk), packed)
                total = sum(source.size for source in self.sources)
                self._moved(Progress(ledger.counts.patients, self._position, total))

    def _blocks(self) -> Iterator[Block]:
        if self._grouped is not None:
            yield from self._grouped.blocks()
            return
        before = 0
        for source in self.sources:
            yield from blocks_of_lines(
                self._lines(source, before),
                name=source.name,
                quads=source.format == "n-quads",
                limits=self._settings.limits,
            )
            before += source.size

    def _lines(self, source: Source, before: int) -> Iterable[bytes]:
        def moved(position: int) -> None:
            self._position = before + position

        return lines_of(source, stdin=self._stdin, moved=moved, limits=self._settings.limits)

    def _note(self, block: Block) -> None:
        """Remember what of a block may show that patients are not kept together."""
        if self._grouped is not None:
            return
        again = all(source.name != "-" for source in self.sources)
        self._strays.update(dict.fromkeys(block.strays, block.name))
        if again:  # else the patient is refused for what it misses
            self._missing.update(dict.fromkeys(block.missing, block.name))
        if len(self._strays) + len(self._missing) > _MOST_STRAYS or (self._strays and not again):
            found = next(iter((*self._strays, *self._missing))).decode(errors="replace")
            raise NotTogether(
                block.name, f"{found} does not hang together with its patient", "give --group"
            )

    def _check_strays(self) -> None:
        """Look once more at the input where a node hung together with no patient."""
        if not self._strays and not self._missing:
            return
        for source in self.sources:
            check_strays(
                self._lines(source, 0),
                self._strays,
                name=source.name,
                missing=self._missing,
                limits=self._settings.limits,
            )

    def _note_twice(self, chunk: Iterable[Block]) -> None:
        """Refuse a patient whose lines stand in two places: each part alone would mislead."""
        for block in chunk:
            self._note(block)
            for name in {patient_of(block), block.graph or block.name}:
                if name.startswith("_:"):  # a name in its own file only
                    name = f"{block.name.rpartition(':')[0]} {name}"
                if name != block.name and not self._seen.add(name):
                    raise NotTogether(
                        name, "stands in more than one place of the input", "give --group"
                    )


def _named(sources: Sequence[Source]) -> str:
    """The first source, and how many others there are."""
    others = len(sources) - 1
    return sources[0].name + (f" and {others:,} more" if others else "")


def _chunks(blocks: Iterator[Block], size: int) -> Generator[list[Block]]:
    while chunk := list(islice(blocks, size)):
        yield chunk
