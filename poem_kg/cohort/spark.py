"""A cohort on Apache Spark: the pipeline of one machine, spread over the workers of a cluster.

Files are read whole and cut into blocks, one a patient; the blocks are shuffled, so that each task
gets as many as any other and the parts of one graph come together; a task advises its blocks chunk
by chunk. Between these stages stand Parquet files that Spark's own protocol commits, so that a
worker that is lost costs its tasks and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import poem_kg
from poem_kg.cohort.counts import Counts
from poem_kg.cohort.inputs import format_named
from poem_kg.cohort.spark_reading import Reading, format_of
from poem_kg.cohort.spark_rows import BLOCKS, COUNTS, LINES, RESULTS
from poem_kg.cohort.spark_session import Files, failure, literal_path, running_tasks, session
from poem_kg.cohort.spark_tasks import Work, digest_of, merged, unpacked
from poem_kg.cohort.workers import SECONDS_A_PATIENT
from poem_kg.errors import InputError, PoemKgError
from poem_kg.knowledge import load_knowledge
from poem_kg.provenance import digest_of_queries

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CHUNK_SIZE: Final = 200
_PATIENTS_A_TASK: Final = 10_000
_TASKS_A_CORE: Final = 3
_MOST_STRAYS: Final = 100_000
_TRIES: Final = 100
_BETWEEN: Final = 0.2
_LOOKS: Final = 5
_SMALL_PART: Final = 128 * 1024 * 1024

Map = Callable[[Iterator[Any]], Iterator[Any]]
"""What turns batches of Arrow into others."""


def run_spark(
    inputs: Sequence[str],
    output: str,
    *,
    master: str | None = None,
    format: str | None = None,
    group: bool = False,
    chunk_size: int = CHUNK_SIZE,
    as_of: date | None = None,
    seconds: float = SECONDS_A_PATIENT,
    ontology: str | None = None,
    queries: str | None = None,
    settings: dict[str, str] | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Advise on all patients of some files and return the manifest of the run.

    The output is a folder with `advice` (N-Quads, gzip), `options` (Parquet), `rejected` (lines of
    JSON) and, when all is complete and the counts agree, `manifest.json`. The advice is that of
    `recommend` on each patient alone.

    Args:
        inputs: files, folders and patterns on any file system that Spark can reach.
        output: a folder that does not exist yet, on any such file system.
        master: where to run; None leaves it to what started us.
        format: what all files are in, whatever their names say, as for one machine.
        group: the lines of a patient do not stand together in their file.
        chunk_size: patients to advise at once in a task.
        as_of: the day for which to advise.
        seconds: how long one patient may take.
        ontology: a folder that every worker has; by default that of the package.
        queries: the same.
        settings: further settings of Spark, by name.
        tell: called with a line for people as each stage begins.

    Raises:
        InputError: the output exists, an input is missing or is not what it should be.
        ToolMissing: pyspark or Java is not installed.
        PoemKgError: Spark failed, or the counts do not agree; nothing is left of the output.
    """
    if "-" in inputs:
        raise InputError("-", "cannot be read by a cluster", "name files or folders")
    if not inputs:
        raise InputError("INPUT", "is missing", "name a file or a folder")
    if chunk_size < 1:
        raise InputError("--chunk-size", "is less than 1", "give a larger number")
    reading = Reading(None if format is None else format_named(format), group)
    knowledge = load_knowledge(
        ontology=Path(ontology) if ontology else None, queries=Path(queries) if queries else None
    )
    work = Work(ontology, queries, digest_of(knowledge), as_of, chunk_size, seconds)
    started, clock = datetime.now(UTC), time.monotonic()
    with session(master, settings or {}) as spark:
        files = Files(spark)
        if files.exists(output):
            raise InputError(output, "is already there", "name another folder, or delete it")
        found = [file for path in inputs for file in files.listed(path)]
        if reading.format is None:
            for path, _ in found:
                format_of(path)
        run = _Run(spark, files, output.rstrip("/"))
        with run.whole_or_nothing():
            tell(f"reading {len(found):,} files")
            told = run.read(found, reading)
            tell(f"advising on {told['patients']:,} patients")
            counts = run.advise(work, told.pop("patients"))
            tell("writing the output")
            run.write()
            manifest = {
                "inputs": list(inputs),
                "asOf": as_of.isoformat() if as_of else None,
                "chunkSize": chunk_size,
                "grouped": group,
                "ontologyVersion": knowledge.version,
                "ontologyDigest": knowledge.digest,
                "queriesDigest": digest_of_queries(
                    (q.name, q.digest) for q in (*knowledge.prepare, *knowledge.derive)
                ),
                "softwareVersion": poem_kg.__version__,
                "runner": "spark",
                "master": spark.sparkContext.master,
                "counts": {**counts.as_json(), **told},
                "startedAt": started.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "seconds": round(time.monotonic() - clock, 3),
            }
            run.finish(json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    return manifest


class _Run:
    """The stages of a run, in their order."""

    def __init__(self, spark: SparkSession, files: Files, output: str) -> None:
        self._spark = spark
        self._files = files
        self._output = output
        self._blocks = f"{output}/blocks.unfinished"
        self._results = f"{output}/results.unfinished"
        self._group = f"poem-kg {uuid.uuid4()}"
        spark.sparkContext.setJobGroup(self._group, "poem-kg cohort", interruptOnCancel=True)

    @contextlib.contextmanager
    def whole_or_nothing(self) -> Iterator[None]:
        """Delete the output if anything fails, and say in one line what did."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            yield
        except BaseException as error:
            with contextlib.suppress(Exception):  # the cluster itself may be gone
                self._undo()
            if isinstance(error, PySparkException | Py4JError):
                raise failure(error) from None
            raise

    def _undo(self) -> None:
        """End what is running and delete the output, until no task writes into it any more."""
        context: Any = self._spark.sparkContext
        # Java may be about to submit a job that it has made folders for already.
        context._jsc.sc().cancelJobGroupAndFutureJobs(self._group)
        # What a session of somebody else does next is none of this group.
        context._jsc.sc().clearJobGroup()
        away = 0
        for _ in range(_TRIES):
            # A task that was told to end writes on until it notices.
            ended = not running_tasks(self._spark)
            self._files.delete(self._output)
            time.sleep(_BETWEEN)
            away = away + 1 if ended and not self._files.exists(self._output) else 0
            if away == _LOOKS:
                return

    def read(self, found: Sequence[tuple[str, int]], reading: Reading) -> dict[str, int]:
        """Write the blocks of all files and return what was counted of them.

        Returns:
            `patients`; `orphanTriples`, which belong to none; `strayNodes`, which hang together
            with none.

        Raises:
            InputError: a patient stands in more than one place.
        """
        from pyspark.sql import functions as F

        with self._whole(found):
            blocks = self._map_files(found, reading.blocks)
            blocks.write.option("compression", "zstd").parquet(self._blocks)
        blocks = self._spark.read.schema(BLOCKS).parquet(self._blocks)
        named = blocks.where("patient IS NOT NULL").groupBy("patient")
        twice = named.agg(F.count_distinct("block").alias("places")).where("places > 1")
        for row in twice.select("patient").limit(1).collect():
            raise InputError(
                row.patient,
                "stands in more than one place of the input",
                "put its lines together in one file, and give --group where they are apart",
            )
        strays, missing = self._nodes(blocks, "strays"), self._nodes(blocks, "missing")
        if strays or missing:
            with self._whole(found):
                self._map_files(found, partial(reading.check, strays, missing)).count()
        left = blocks.where("block IS NULL").agg(F.sum("place").alias("triples")).collect()
        patients = blocks.where("block IS NOT NULL").select("block").distinct().count()
        return {
            "patients": patients,
            "orphanTriples": int(left[0].triples or 0),
            "strayNodes": len(strays),
        }

    def _nodes(self, blocks: DataFrame, column: str) -> dict[bytes, str]:
        """The nodes of a column of lists, to the name of their block."""
        from pyspark.sql import functions as F

        told = blocks.where(f"size({column}) > 0").select("name", F.explode(column).alias("node"))
        nodes = {bytes(row.node): row.name for row in told.limit(_MOST_STRAYS + 1).collect()}
        if len(nodes) > _MOST_STRAYS:
            cause = f"{next(iter(nodes)).decode(errors='replace')} does not hang together with it"
            raise InputError(next(iter(nodes.values())), cause, "give --group")
        return nodes

    def _whole(self, found: Sequence[tuple[str, int]]) -> contextlib.AbstractContextManager[None]:
        """Settings by which no file is cut: the lines before one tell where a patient begins."""
        largest = max(size for _, size in found)
        return self._set(
            {
                "spark.sql.files.openCostInBytes": str(max(largest, 1)),
                "spark.sql.files.maxPartitionBytes": str(max(largest, _SMALL_PART)),
            }
        )

    def _map_files(self, found: Sequence[tuple[str, int]], function: Map) -> DataFrame:
        lines = whole_files(self._spark, [path for path, _ in found])
        return lines.mapInArrow(function, BLOCKS)

    def advise(self, work: Work, patients: int) -> Counts:
        """Write the results for so many patients and return their counts.

        Raises:
            PoemKgError: patients were lost, or came twice.
        """
        chunks = math.ceil(patients / work.chunk_size)
        wanted = _TASKS_A_CORE * self._spark.sparkContext.defaultParallelism
        tasks = max(1, min(chunks, max(wanted, math.ceil(patients / _PATIENTS_A_TASK))))
        # Patients are large: few of them fill a batch.
        with self._set({"spark.sql.parquet.columnarReaderBatchSize": "256"}):
            blocks = self._spark.read.schema(BLOCKS).parquet(self._blocks)
            together = blocks.where("block IS NOT NULL").repartition(tasks, "block")
            in_order = together.sortWithinPartitions("block", "file", "place")
            results = in_order.mapInArrow(work.advise, RESULTS)
            results.write.option("compression", "zstd").parquet(self._results)
        counted = self._read("counts").mapInArrow(merged, COUNTS)
        (row,) = counted.repartition(1).mapInArrow(merged, COUNTS).collect()
        counts = Counts.from_json(json.loads(row.counts))
        if not patients == counts.patients == counts.advised + counts.rejected:
            raise PoemKgError(
                f"{self._output}: {patients} patients were read, {counts.advised} advised and "
                f"{counts.rejected} rejected, which does not add up; run it again"
            )
        return counts

    def write(self) -> None:
        """Write advice, options and rejected."""
        from pyspark.sql import functions as F

        with self._set({"spark.sql.parquet.columnarReaderBatchSize": "16"}):
            advice = self._read("advice").where("advice IS NOT NULL").mapInArrow(unpacked, LINES)
            advice.write.option("compression", "gzip").text(f"{self._output}/advice")
        rejected = self._read("rejected").where("rejected IS NOT NULL")
        rejected.write.text(f"{self._output}/rejected")
        options = self._read("options").select(F.explode("options").alias("option"))
        options.select("option.*").write.parquet(f"{self._output}/options")

    def finish(self, manifest: str) -> None:
        """Take away what stood between the stages, and write the manifest."""
        self._files.delete(self._blocks)
        self._files.delete(self._results)
        self._files.write(f"{self._output}/manifest.json", manifest.encode())

    def _read(self, column: str) -> DataFrame:
        return self._spark.read.schema(RESULTS).parquet(self._results).select(column)

    @contextlib.contextmanager
    def _set(self, values: dict[str, str]) -> Iterator[None]:
        """Settings that hold while the jobs of one stage run."""
        always = {
            "spark.sql.execution.arrow.maxRecordsPerBatch": "2000",
            "spark.sql.execution.arrow.maxBytesPerBatch": "16m",
        }
        settings = always | values
        before = {name: self._spark.conf.get(name, None) for name in settings}
        for name, value in settings.items():
            self._spark.conf.set(name, value)
        try:
            yield
        finally:
            for name, old in before.items():
                if old is None:
                    self._spark.conf.unset(name)
                else:
                    self._spark.conf.set(name, old)


def whole_files(spark: SparkSession, paths: Sequence[str]) -> DataFrame:
    """Return the lines of files, with the URL of the file, in the order of each file.

    Compressed files are unpacked as they are read. The rows fail where Spark cut a file.
    """
    from pyspark.sql import functions as F

    reader = spark.read.option("lineSep", "\n").option("recursiveFileLookup", "true")
    reader = reader.option("ignoreCorruptFiles", "false").option("ignoreMissingFiles", "false")
    whole = F.col("_metadata.file_block_start") == 0
    cut = F.raise_error(F.lit("Spark cut an input file in two, which it was told not to"))
    url = F.when(whole, F.col("_metadata.file_path")).otherwise(cut).alias("file")
    lines = reader.text([literal_path(path) for path in paths])
    return lines.select(F.col("value").cast("binary").alias("line"), url)
