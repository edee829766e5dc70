"""A patient that crashes or hangs a worker is rejected; nobody else loses anything."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from poem_kg.cohort.local import Settings, run_local
from poem_kg.cohort.model import Block, PatientResult
from poem_kg.cohort.packing import Packed
from poem_kg.cohort.workers import Workers
from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import Knowledge, load_knowledge
from poem_kg.limits import Limits
from poem_kg.resources import data_dir
from tests.cohort.alone import adviser, block
from tests.cohort.runs import advised, cohort_file, gone, manifest, reconcile, rejected

SOURCE = "http://purl.org/dc/terms/identifier"
HANGS = f"""
CONSTRUCT {{ ?patient a ?one }}
WHERE {{
  ?patient <{SOURCE}> "hangs" .
  ?one ?a ?b .
  ?two ?c ?d .
  ?three ?e ?f .
  FILTER(STR(?one) = CONCAT(STR(?two), STR(?three), "x"))
}}
"""
BLOATS = f"""
CONSTRUCT {{ ?patient a ?one }}
WHERE {{
  SELECT ?patient ?one
  WHERE {{
    ?patient <{SOURCE}> "bloats" .
    ?one ?a ?b .
    ?two ?c ?d .
  }}
  ORDER BY ?two
}}
"""
SMALL = Limits(memory_bytes=300_000_000)


@pytest.fixture(scope="module")
def explosive(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The knowledge with two steps more, which are too much for patients with a certain mark."""
    folder = tmp_path_factory.mktemp("explosive") / "queries"
    shutil.copytree(data_dir("queries"), folder)
    (folder / "derive" / "005-hangs.rq").write_text("#+ summary: Hangs." + HANGS)
    (folder / "derive" / "006-bloats.rq").write_text("#+ summary: Bloats." + BLOATS)
    return load_knowledge(queries=folder)


def mark(source: Path, target: Path, marks: dict[int, str]) -> list[str]:
    """Write a cohort anew in which some patients, by number, bear a mark; return their IRIs."""
    lines = source.read_bytes()
    iris = [f"https://example.org/cohort/P{number:07d}" for number in marks]
    for iri, text in zip(iris, marks.values(), strict=True):
        first = f"<{iri}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>".encode()
        assert lines.count(first) == 1
        lines = lines.replace(first, f'<{iri}> <{SOURCE}> "{text}" .\n'.encode() + first)
        # The line that types a patient stays the first.
        head, _, rest = lines.partition(f'<{iri}> <{SOURCE}> "{text}" .\n'.encode())
        typed, _, rest = rest.partition(b"\n")
        lines = head + typed + b"\n" + f'<{iri}> <{SOURCE}> "{text}" .\n'.encode() + rest
    target.write_bytes(lines)
    return iris


@pytest.mark.parametrize(
    ("text", "reason", "seconds"),
    [
        # In the quick tests a worker that hangs is one that sleeps, further down.
        pytest.param("hangs", "took longer than 4 s", 4.0, marks=pytest.mark.slow),
        ("bloats", "ended with SIGABRT", 20.0),
    ],
)
def test_the_patient_that_does_it_is_rejected_and_all_others_are_advised(
    tmp_path: Path, explosive: Knowledge, text: str, reason: str, seconds: float
) -> None:
    whole = cohort_file(tmp_path / "whole.nt", 24)
    (culprit,) = mark(whole, tmp_path / "marked.nt", {9: text})
    settings = Settings(jobs=2, chunk_size=8, seconds=seconds, limits=SMALL)

    run_local(explosive, [whole], tmp_path / "undisturbed", settings)
    run_local(explosive, [tmp_path / "marked.nt"], tmp_path / "out", settings)

    others = advised(tmp_path / "undisturbed")
    assert others.pop(culprit)
    assert advised(tmp_path / "out") == others
    refused = rejected(tmp_path / "out")
    (message,) = refused.pop(culprit)
    assert reason in message
    assert "look at this patient by itself" in message
    assert refused == rejected(tmp_path / "undisturbed")
    reconcile(tmp_path / "out", 24)


@pytest.mark.slow
def test_several_do_it_in_chunks_side_by_side(tmp_path: Path, explosive: Knowledge) -> None:
    whole = cohort_file(tmp_path / "whole.nt", 12)
    marks = {2: "bloats", 3: "hangs", 9: "bloats"}
    culprits = mark(whole, tmp_path / "marked.nt", marks)
    settings = Settings(jobs=2, chunk_size=4, seconds=4.0, limits=SMALL)

    told = run_local(explosive, [tmp_path / "marked.nt"], tmp_path / "out", settings)

    assert set(culprits) <= rejected(tmp_path / "out").keys()
    assert told["counts"]["patients"] == 12
    assert told == manifest(tmp_path / "out")
    reconcile(tmp_path / "out", 12)


class Logged:
    """Advice as ever, but it is written down who was advised when, and some patients do harm.

    Args:
        log: where a line is written for each patient that a worker takes up.
        harm: what happens at which patient, by the name of its block.
    """

    def __init__(self, log: Path, harm: dict[str, Callable[[], object]]) -> None:
        self.log = log
        self.harm = harm
        adviser()  # made before workers are forked, so that none of them makes its own

    def __call__(self, blocks: Sequence[Block]) -> list[PatientResult]:
        with self.log.open("a") as log:
            log.write("".join(f"{os.getpid()} {each.name}\n" for each in blocks))
        for each in blocks:
            if each.name in self.harm:
                self.harm[each.name]()
        return adviser().advise(blocks)

    def tries(self) -> dict[str, int]:
        names = [line.split()[1] for line in self.log.read_text().splitlines()]
        return {name: names.count(name) for name in names}

    def workers(self) -> list[int]:
        return sorted({int(line.split()[0]) for line in self.log.read_text().splitlines()})


def chunks() -> list[list[Block]]:
    from benchmarks.patients import draw

    blocks = [block(p.data, str(number)) for number, p in enumerate(draw(12, seed=3))]
    return [blocks[start : start + 4] for start in range(0, 12, 4)]


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def fail() -> None:
    raise ZeroDivisionError


def fill() -> None:
    bytearray(10**12)


@pytest.mark.parametrize(
    ("harm", "reason", "seconds"),
    [
        (crash, "ended with SIGSEGV", 30.0),
        (fail, "stopped with ZeroDivisionError", 30.0),
        (fill, "stopped with MemoryError", 30.0),
        (lambda: os._exit(3), "ended without an answer", 30.0),
        (lambda: time.sleep(60), "took longer than 5 s", 5.0),
    ],
    ids=["crash", "fail", "fill", "exit", "hang"],
)
def test_only_the_chunk_of_the_culprit_is_tried_again(
    tmp_path: Path, harm: Callable[[], object], reason: str, seconds: float
) -> None:
    logged = Logged(tmp_path / "log", {"5": harm})

    with Workers(logged, jobs=2, seconds=seconds) as workers:
        packed = list(workers.map(chunks()))

    assert [part.counts.patients for part in packed] == [4, 4, 4]
    assert reason.encode() in packed[1].rejected
    assert packed[0].counts.rejected == packed[2].counts.rejected == 0
    assert packed[1].counts.rejected == 1
    again = {name for name, number in logged.tries().items() if number > 1}
    assert again == {"4", "5", "6", "7"}
    assert max(logged.tries().values()) == 2


def test_several_do_harm_in_chunks_side_by_side(tmp_path: Path) -> None:
    harm: dict[str, Callable[[], object]] = {"2": crash, "3": lambda: time.sleep(60), "9": crash}
    logged = Logged(tmp_path / "log", harm)

    with Workers(logged, jobs=2, seconds=8.0) as workers:
        packed = list(workers.map(chunks()))

    assert [part.counts.patients for part in packed] == [4, 4, 4]
    assert packed[1].counts.rejected == 0
    assert packed[0].rejected.count(b"ended with SIGSEGV") == 1
    assert packed[0].rejected.count(b"took longer than 8 s") == 1
    assert packed[2].rejected.count(b"ended with SIGSEGV") == 1
    assert [part.counts.rejected for part in packed] == [2, 0, 1]


def test_a_worker_that_waits_is_not_taken_for_one_that_hangs(tmp_path: Path) -> None:
    """Its answer lies there while the run is busy with something else for long."""
    logged = Logged(tmp_path / "log", {})
    waited = False

    packed: list[Packed] = []
    with Workers(logged, jobs=2, seconds=4.0) as workers:
        for part in workers.map(chunk for chunk in chunks()):
            packed.append(part)
            if not waited:
                time.sleep(6.0)
                waited = True

    assert [part.counts.patients for part in packed] == [4, 4, 4]
    assert set(logged.tries().values()) == {1}


def test_a_chunk_that_was_tried_again_comes_to_the_same_bytes(tmp_path: Path) -> None:
    def once() -> None:
        if not (tmp_path / "done").exists():
            (tmp_path / "done").touch()
            crash()

    with Workers(adviser().advise, jobs=1) as workers:
        expected = list(workers.map(chunks()))
    with Workers(Logged(tmp_path / "log", {"5": once}), jobs=1) as workers:
        found = list(workers.map(chunks()))

    assert [p.advice for p in found] == [p.advice for p in expected]
    assert [p.options for p in found] == [p.options for p in expected]
    assert [p.rejected for p in found] == [p.rejected for p in expected]


def test_a_wrong_query_ends_the_run_instead_of_rejecting_everybody(tmp_path: Path) -> None:
    def wrong() -> None:
        raise KnowledgeError("derive/x.rq: is no CONSTRUCT; make it one")

    logged = Logged(tmp_path / "log", {"5": wrong})

    with pytest.raises(KnowledgeError, match="make it one"), Workers(logged, jobs=2) as workers:
        list(workers.map(chunks()))

    assert gone(logged.workers())


def test_workers_end_with_the_run(tmp_path: Path) -> None:
    logged = Logged(tmp_path / "log", {"5": crash})

    with Workers(logged, jobs=3) as workers:
        list(workers.map(chunks()))

    assert len(logged.workers()) > 3
    assert gone(logged.workers(), seconds=0.1)
