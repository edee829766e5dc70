"""Who else is in the batch, in what order, in how many processes: nothing of it changes advice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.patients import draw
from poem_kg.cohort.local import Settings, run_local
from poem_kg.cohort.model import Block
from tests.cohort.alone import EX, adviser, alone, block, made_up, together
from tests.cohort.runs import advised, cohort_file, manifest, rejected, written
from tests.derivation.view import knowledge


def digest(output: Path) -> str:
    return str(manifest(output)["counts"]["advice"])


@pytest.mark.parametrize("count", [10, pytest.param(40, marks=pytest.mark.slow)])
def test_chunks_and_jobs_change_nothing(tmp_path: Path, count: int) -> None:
    source = cohort_file(tmp_path / "patients.nt", count, seed=13)
    outputs = []
    for chunk, jobs in ((1, 2), (7, 1), (7, 3), (200, 2)):
        outputs.append(tmp_path / f"{chunk}-{jobs}")
        told = run_local(knowledge(), [source], outputs[-1], Settings(chunk_size=chunk, jobs=jobs))
        assert told["counts"]["patients"] == count and told["counts"]["rejected"]

    first, *others = outputs
    for other in others:
        assert digest(other) == digest(first)
        assert advised(other) == advised(first)
        for name in ("rejected.jsonl", "options.parquet"):
            assert written(other)[name] == written(first)[name], other.name
    assert written(outputs[1]) == written(outputs[2])  # the same chunks, so the same frames


def test_the_order_of_patients_changes_nothing(tmp_path: Path) -> None:
    drawn = [p.data for p in draw(30, seed=8)]
    (tmp_path / "one.nt").write_bytes(b"".join(drawn))
    random.Random(1).shuffle(drawn)
    (tmp_path / "other.nt").write_bytes(b"".join(drawn))

    for name in ("one", "other"):
        settings = Settings(chunk_size=10, jobs=2)
        run_local(knowledge(), [tmp_path / f"{name}.nt"], tmp_path / name, settings)

    assert digest(tmp_path / "one") == digest(tmp_path / "other")
    assert rejected(tmp_path / "one").keys() == rejected(tmp_path / "other").keys()


def test_results_come_in_the_order_of_the_blocks() -> None:
    blocks = [block(p.data, p.iri) for p in draw(12, seed=8)]

    forwards = adviser().advise(blocks)
    backwards = adviser().advise(blocks[::-1])

    assert forwards == backwards[::-1]
    assert [r.patient for r in forwards] == [b.name for b in blocks]


def operated(patient: str, count: int, *, operator: str = "ex:op", centre: str = "ex:c") -> Block:
    """A patient whose operator has done so many procedures, told under names that others use."""
    lines = [
        "ex:p poem:hasRecord ex:r",
        "ex:r a poem:Condition",
        "ex:r poem:concept poem:AchalasiaTypeIII",
        "ex:r poem:status poem:present",
        f"ex:p poem:operator {operator}",
        f"{operator} a poem:Operator",
        f"{operator} poem:hasProperty ex:op/count",
        "ex:op/count a poem:OperatorAttestation",
        "ex:op/count poem:concept poem:PoemProcedureCount",
        "ex:op/count poem:status poem:present",
        f'ex:op/count poem:value "{count}"^^<http://www.w3.org/2001/XMLSchema#integer>',
        f"ex:p poem:centre {centre}",
        f"{centre} a poem:Centre",
    ]
    data = made_up(*lines).replace(f"<{EX}p>".encode(), f"<{EX}{patient}>".encode())
    return block(data, patient)


def test_what_others_say_of_a_shared_operator_stays_with_them() -> None:
    blocks = [operated("p1", 3), operated("p2", 300), operated("p3", 3), operated("p4", 300)]

    found = together(blocks)

    assert found == [alone(each) for each in blocks]
    assert all(outcome.triples for outcome in found)


def test_patients_with_contradictory_records_under_one_name_keep_their_own() -> None:
    present = made_up(
        "ex:p poem:hasRecord ex:r",
        "ex:r a poem:Condition",
        "ex:r poem:concept poem:AchalasiaTypeII",
        "ex:r poem:status poem:present",
    )
    blocks = [
        block(present.replace(f"<{EX}p>".encode(), f"<{EX}p{n}>".encode()).replace(b"TypeII>", b))
        for n, b in enumerate((b"TypeI>", b"TypeII>", b"TypeIII>", b"TypeNone>"))
    ]
    blocks.append(block(blocks[1].data.replace(b"/present>", b"/absent>")))

    found = together(blocks)

    assert found == [alone(each) for each in blocks]
    assert [outcome.triples is None for outcome in found] == [False, False, False, True, False]


def test_patients_whose_names_begin_with_that_of_another_are_told_apart() -> None:
    names = ("p", "p/r", "p/r/r", "p-1", "p#r", "p?x=r", "p%20", "pé", "p/recorded", "p/recorded/x")
    blocks = [operated(name, number) for number, name in enumerate(names, start=1)]

    found = together(blocks)

    assert found == [alone(each) for each in blocks]
    assert all(outcome.triples for outcome in found)


def test_the_same_patient_twice_in_a_batch_is_advised_twice_alike() -> None:
    one = operated("p", 3)

    first, second = adviser().advise([one, one])

    assert first == second


@pytest.mark.parametrize("culprit", ["a triple about a term", "two patients", "no RDF"])
def test_refused_patients_leave_the_others_alone(culprit: str) -> None:
    data = {
        "a triple about a term": made_up('poem:Condition poem:label "x"'),
        "two patients": made_up("ex:q a poem:Patient"),
        "no RDF": b"nonsense\n",
    }[culprit]
    blocks = [operated("p1", 3), block(data, "culprit"), operated("p2", 300)]

    found = together(blocks)

    assert found == [alone(each) for each in blocks]
    assert [outcome.triples is None for outcome in found] == [False, True, False]
