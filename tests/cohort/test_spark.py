"""A cohort on a real Spark cluster comes to the same as on one machine, whatever dies meanwhile."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
import zstandard

from benchmarks.patients import Drawn, draw, in_graph
from poem_kg.cohort.local import Settings, run_local
from poem_kg.cohort.model import Block
from poem_kg.cohort.spark import _Run, run_spark, whole_files
from poem_kg.cohort.spark_rows import BLOCKS, batch
from poem_kg.cohort.spark_session import Files, find_java, java_home, session
from poem_kg.cohort.spark_tasks import Work, adviser, joined
from poem_kg.cohort.summary.report import summarise
from poem_kg.errors import KnowledgeError, PoemKgError, ToolMissing
from poem_kg.knowledge import load_knowledge
from poem_kg.resources import data_dir
from tests.cohort.clusters import SETTINGS, cluster, executors, kill_one_when, wait_for

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PATIENTS = 200
CHUNK = 25
JOB = Path(sys.modules[run_spark.__module__].__file__ or "").with_name("spark_job.py")


@pytest.fixture(scope="module")
def drawn() -> tuple[Drawn, ...]:
    return tuple(draw(PATIENTS, seed=4))


@pytest.fixture(scope="module")
def inputs(drawn: Sequence[Drawn], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the patients in three files, packed in three ways."""
    folder = tmp_path_factory.mktemp("inputs")
    first, second, third = (drawn[start : start + 70] for start in (0, 70, 140))
    (folder / "one.nq.gz").write_bytes(gzip.compress(b"".join(map(in_graph, first))))
    (folder / "two.nq.zst").write_bytes(zstandard.compress(b"".join(map(in_graph, second))))
    (folder / "three.nt").write_bytes(b"".join(patient.data for patient in third))
    return folder


@pytest.fixture(scope="module")
def expected(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the local runner makes of them."""
    output = tmp_path_factory.mktemp("local") / "output"
    run_local(load_knowledge(), [inputs], output, Settings(chunk_size=60))
    return output


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    with cluster() as session:
        yield session


@pytest.fixture
def small(drawn: Sequence[Drawn], tmp_path: Path) -> Path:
    """A file with four patients, one of them spoiled."""
    path = tmp_path / "small.nt"
    good = [patient for patient in drawn if not patient.spoiled][:3]
    bad = [patient for patient in drawn if patient.spoiled][:1]
    path.write_bytes(b"".join(patient.data for patient in good + bad))
    return path


def counts_of(output: Path) -> Any:
    return json.loads((output / "manifest.json").read_text())["counts"]


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    rows = pq.read_table(path).to_pylist()
    return sorted(tuple(map(repr, row.values())) for row in rows)


def test_a_cluster_concludes_what_one_machine_concludes(
    spark: SparkSession, inputs: Path, expected: Path, tmp_path: Path
) -> None:
    output = tmp_path / "output"

    manifest = run_spark([str(inputs)], str(output), chunk_size=CHUNK)

    counts = counts_of(expected)
    assert counts["patients"] == PATIENTS and counts["rejected"] > 3
    assert manifest["counts"] == counts == counts_of(output)
    assert rows_of(output / "options") == rows_of(expected / "options.parquet")
    rejected = [line for part in output.glob("rejected/part-*") for line in lines_of(part)]
    assert sorted(rejected) == sorted(lines_of(expected / "rejected.jsonl"))
    advice = [line for part in output.glob("advice/part-*.gz") for line in lines_of(part)]
    assert sorted(advice) == sorted(lines_of(expected / "advice.nq.zst"))
    known = load_knowledge()
    assert summarise(output, known).sections == summarise(expected, known).sections
    assert sorted(path.name for path in output.iterdir() if path.name[0] != ".") == [
        "advice",
        "manifest.json",
        "options",
        "rejected",
    ]


def lines_of(path: Path) -> list[bytes]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    if path.suffix == ".zst":
        data = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
    return data.splitlines()


def test_a_killed_executor_changes_nothing(
    spark: SparkSession, inputs: Path, expected: Path, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    before = executors()
    assert len(before) == 2

    with ThreadPoolExecutor(1) as aside:
        begun = output / "results.unfinished"
        killing = aside.submit(kill_one_when, begun, seconds=90)
        manifest = run_spark([str(inputs)], str(output), chunk_size=CHUNK)
        killed = killing.result()

    assert manifest["counts"] == counts_of(expected)
    assert killed in before - executors()
    assert stages_tried_again(spark) > 0, "the executor had nothing to do"


def stages_tried_again(spark: SparkSession) -> int:
    """How many stages of the last run lost a task, or were run once more because of one."""
    tracker = spark.sparkContext.statusTracker()
    group = spark.sparkContext.getLocalProperty("spark.jobGroup.id")
    jobs = [tracker.getJobInfo(job) for job in tracker.getJobIdsForGroup(group)]
    stages = [tracker.getStageInfo(stage) for job in jobs if job for stage in job.stageIds]
    return sum(stage.numFailedTasks + stage.currentAttemptId > 0 for stage in stages if stage)


@pytest.mark.slow
def test_the_lines_of_a_graph_may_stand_apart(
    spark: SparkSession, drawn: Sequence[Drawn], tmp_path: Path
) -> None:
    blocks = [in_graph(patient).splitlines(keepends=True) for patient in drawn[:20]]
    together, apart = tmp_path / "together.nq", tmp_path / "apart"
    together.write_bytes(b"".join(line for block in blocks for line in block))
    apart.mkdir()
    order = [number for number, block in enumerate(blocks) for _ in block]
    random.Random(1).shuffle(order)
    mixed = b"".join(blocks[number].pop(0) for number in order).splitlines(keepends=True)
    (apart / "1.nq").write_bytes(b"".join(mixed[:900]))
    (apart / "2.nq").write_bytes(b"".join(mixed[900:]))

    counts = run_spark([str(apart)], str(tmp_path / "output"), chunk_size=CHUNK)["counts"]

    run_local(load_knowledge(), [together], tmp_path / "local")
    assert counts == counts_of(tmp_path / "local")


@pytest.mark.slow
def test_files_of_turtle_are_grouped_on_the_workers(
    spark: SparkSession, drawn: Sequence[Drawn], tmp_path: Path
) -> None:
    folder = tmp_path / "turtle"
    folder.mkdir()
    for name, some in {"a": drawn[:4], "b": drawn[4:9], "c": drawn[9:12]}.items():
        data = b"".join(patient.data for patient in some)
        triples = [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)]
        ox.serialize(triples, folder / f"{name}.ttl", format=ox.RdfFormat.TURTLE)

    counts = run_spark([str(folder)], str(tmp_path / "output"), chunk_size=CHUNK)["counts"]

    run_local(load_knowledge(), [folder], tmp_path / "local")
    assert counts == counts_of(tmp_path / "local")


@pytest.mark.slow
def test_a_patient_that_hangs_a_worker_is_rejected_and_the_others_are_advised(
    spark: SparkSession, tmp_path: Path
) -> None:
    queries = tmp_path / "queries"
    shutil.copytree(data_dir("queries"), queries)
    (queries / "derive" / "998-never-ends.rq").write_text(NEVER_ENDS)
    path = tmp_path / "ages.nt"
    path.write_text("".join(PATIENT.replace("AGE", str(age)) for age in (41, 42, 91, 43)))

    manifest = run_spark(
        [str(path)], str(tmp_path / "output"), chunk_size=4, seconds=3, queries=str(queries)
    )

    (rejected,) = (tmp_path / "output" / "rejected").glob("part-*.txt")
    told = json.loads(rejected.read_text())
    assert manifest["counts"]["advised"] == 3
    assert told["patient"] == "https://example.org/p/91"
    assert "took longer than 3 s" in told["findings"][0]["message"]


PATIENT = """\
<https://example.org/p/AGE> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> \
<https://w3id.org/poem-kg/ontology/Patient> .
<https://example.org/p/AGE> <https://w3id.org/poem-kg/ontology/age> \
"AGE"^^<http://www.w3.org/2001/XMLSchema#integer> .
"""
NEVER_ENDS = """\
#+ summary: Nothing, after longer than anybody waits.
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
CONSTRUCT {
  ?patient poemkg:note ?a .
}
WHERE {
  ?patient poemkg:age 91 .
  ?a ?b ?c .
  ?d ?e ?f .
  ?g ?h ?i .
  FILTER(STRLEN(STR(?a)) + STRLEN(STR(?d)) + STRLEN(STR(?g)) = -1)
}
"""


def test_an_output_that_exists_is_refused_and_stays(
    spark: SparkSession, small: Path, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    output.mkdir()
    (output / "mine").write_text("kept")

    with pytest.raises(PoemKgError) as error:
        run_spark([str(small)], str(output))

    assert str(error.value) == f"{output}: is already there; name another folder, or delete it"
    assert [path.name for path in output.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("none.nt", None, "none.nt: no such file"),
        ("x.doc", b"x", "x.doc: has a name that tells no format"),
        ("bad.ttl", b"<urn:x:a> <urn:x:b> \n x", "bad.ttl:2: is no Turtle"),
        ("cut.nq.gz", gzip.compress(os.urandom(2000))[:-900], "cut.nq.gz: java.io.EOFException"),
        ("twice.nq", b"TWICE", "https://example.org/p/50: stands in more than one place"),
        ("stray.nt", b"STRAY", "urn:x:a> stands at "),
    ],
)
def test_an_input_that_cannot_be_used_is_one_line_and_leaves_nothing(
    spark: SparkSession, tmp_path: Path, name: str, text: bytes | None, expected: str
) -> None:
    path, output = tmp_path / name, tmp_path / "output"
    if text is not None:
        lines = PATIENT.replace("AGE", "50").encode()
        twice = b"".join(lines.replace(b" .\n", b" <urn:x:%d> .\n" % n) for n in (1, 2))
        stray = lines + b"<urn:x:a> <urn:x:b> <urn:x:c> .\n"
        stray += (
            lines.replace(b"/50", b"/51") + b"<https://example.org/p/51> <urn:x:b> <urn:x:a> .\n"
        )
        path.write_bytes(text.replace(b"TWICE", twice).replace(b"STRAY", stray))

    with pytest.raises(PoemKgError) as error:
        run_spark([str(path)], str(output))

    assert expected in str(error.value) and "\n" not in str(error.value)
    assert not output.exists()


def test_a_patient_too_few_ends_the_run_with_nothing(
    spark: SparkSession, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "output"
    monkeypatch.setattr(_Run, "read", one_more(_Run.read))

    with pytest.raises(PoemKgError, match="5 patients were read, 3 advised and 1 rejected"):
        run_spark([str(small)], str(output))

    assert not output.exists()


def one_more(read: Callable[..., dict[str, int]]) -> Callable[..., dict[str, int]]:
    """Read as always, and tell of a patient that is not there."""

    def reading(run: _Run, *given: Any) -> dict[str, int]:
        told = read(run, *given)
        return {**told, "patients": told["patients"] + 1}

    return reading


def test_a_file_that_spark_cuts_is_noticed(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "long.nt"
    path.write_bytes(b"<urn:x:a> <urn:x:b> <urn:x:c> .\n" * 100)
    lines = whole_files(spark, [str(path)])
    spark.conf.set("spark.sql.files.maxPartitionBytes", "1000")

    try:
        with pytest.raises(Exception, match="Spark cut an input file in two"):
            lines.collect()
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")


@pytest.mark.parametrize(
    "starter", [pytest.param("spark-submit", marks=pytest.mark.slow), "poem-kg"]
)
def test_it_is_started_from_the_command_line(starter: str, small: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    programs = Path(sys.executable).parent
    given: list[str | Path] = [small, "--output", output, "--chunk-size", "2"]
    home = java_home()
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    command: list[str | Path] = [programs / "poem-kg", "cohort", "--runner", "spark"]
    command += ["--master", "local[1]", *given]
    if starter == "poem-kg":
        defaults = "".join(f"{name} {value}\n" for name, value in SETTINGS.items())
        (tmp_path / "spark-defaults.conf").write_text(defaults)
        environment["SPARK_CONF_DIR"] = str(tmp_path)
    if starter == "spark-submit":
        conf = [f"--conf={k}={v}" for k, v in SETTINGS.items() if "executor" not in k]
        conf += ["--conf=spark.ui.enabled=false", "--conf=spark.driver.bindAddress=127.0.0.1"]
        conf += ["--conf=spark.log.level=WARN"]
        command = [programs / "spark-submit", "--master", "local[2]", *conf, JOB, *given]
        environment |= {"JAVA_HOME": str(home)} if home else {}

    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)

    assert done.returncode == 1, done.stderr
    # spark-submit sends all that its program says to the standard output.
    told = done.stdout if starter == "spark-submit" else done.stderr
    assert f"{output}: 4 patients, 3 advised, 1 rejected" in told
    assert "Traceback" not in done.stdout + done.stderr
    assert counts_of(output)["advised"] == 3
    master = json.loads((output / "manifest.json").read_text())["master"]
    assert master == ("local[2]" if starter == "spark-submit" else "local[1]")


@pytest.mark.slow
def test_an_interrupted_run_leaves_nothing_but_a_line(inputs: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    command: list[str | Path] = [Path(sys.executable).with_name("poem-kg"), "cohort", inputs]
    command += ["--output", output, "--runner", "spark", "--master", "local[1]"]

    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as run:
        wait_for(output / "results.unfinished", seconds=250)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)

    assert said.splitlines()[-1] == f"{output}: stopped; nothing is left of it"
    assert "Traceback" not in said and run.returncode == 130
    assert not output.exists()


@pytest.mark.slow
def test_a_job_that_was_on_its_way_when_the_run_was_undone_leaves_nothing(tmp_path: Path) -> None:
    output = tmp_path / "output"

    with session("local[1]", {}) as spark:
        undone = _Run(spark, Files(spark), str(output))
        spark.range(10).write.parquet(str(tmp_path / "warm"))

        def write_late() -> None:
            time.sleep(0.5)
            with contextlib.suppress(Exception):  # that it is refused is what it is about
                spark.range(10).write.parquet(f"{output}/results.unfinished")

        from pyspark import InheritableThread

        late = InheritableThread(target=write_late)
        late.start()
        undone._undo()
        late.join()
        assert not output.exists()


def test_a_worker_with_other_knowledge_advises_nobody() -> None:
    work = Work(None, None, "sha256:0", None, chunk_size=1, seconds=1)

    with pytest.raises(KnowledgeError, match="other knowledge than the driver"):
        adviser(work)


def test_blank_nodes_of_two_files_are_never_taken_for_one_another() -> None:
    line = b"<urn:x:a> <urn:x:b> _:b0 <urn:x:g> .\n"
    rows = [row("g", file, 0, line) for file in ("1.nq", "2.nq")]

    (block,) = joined([batch(BLOCKS, rows)])

    assert block.problem and "goes on in another file" in block.problem


def test_parts_of_a_graph_come_together_in_their_order() -> None:
    rows = [row("g", "1.nq", n, b"%d\n" % n) for n in range(3)]
    other = row("h", "1.nq", 9, b"9\n")

    blocks = list(joined([batch(BLOCKS, rows[:2]), batch(BLOCKS, [rows[2], other])]))

    assert blocks == [Block("1.nq:0", b"0\n1\n2\n", "g"), Block("1.nq:9", b"9\n", "h")]


def row(graph: str, file: str, place: int, data: bytes) -> tuple[Any, ...]:
    return (graph, None, f"{file}:{place}", graph, file, place, data, [], [])


def test_java_is_that_of_java_home_then_that_of_debian(tmp_path: Path) -> None:
    debian = tmp_path / "java-17-openjdk-arm64"
    newer = tmp_path / "java-21-openjdk-arm64"
    for home in (debian, newer, tmp_path / "mine"):
        (home / "bin").mkdir(parents=True)
        (home / "bin" / "java").touch()

    assert find_java(str(tmp_path / "mine"), tmp_path, "") == tmp_path / "mine"
    assert find_java(None, tmp_path, "") == debian
    shutil.rmtree(debian)
    assert find_java("", tmp_path, "") == newer
    assert find_java(None, tmp_path / "none", str(newer / "bin")) is None


@pytest.mark.parametrize("named", [None, "/nonexistent"])
def test_a_missing_java_is_one_line_that_says_what_to_install(
    named: str | None, tmp_path: Path
) -> None:
    with pytest.raises(ToolMissing, match="install openjdk-17-jre-headless"):
        find_java(named, tmp_path, str(tmp_path))
