"""Patients that do not stand together are put together first, and lose nothing by it."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from benchmarks.patients import Drawn, draw
from poem_kg.cohort.local import Settings, run_local
from poem_kg.errors import InputError
from poem_kg.reading import read_graph
from tests.cli.here import inside
from tests.cli.test_contract import EXAMPLES, ROOT
from tests.cohort.alone import EX, knowledge_base
from tests.cohort.runs import (
    advised,
    children,
    cohort_file,
    gone,
    manifest,
    reconcile,
    rejected,
    start,
    wait_for,
    written,
)
from tests.cohort.test_blocks import graphs_without_run, patient
from tests.derivation.view import knowledge

PREFIXES = """@prefix poem: <https://w3id.org/poem-kg/ontology/> .
@prefix ex: <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def group(
    folder: Path, *inputs: Path, output: str = "out", **kw: Any
) -> tuple[Path, list[str], dict[str, Any]]:
    """Run a cohort; return its output, what was told, and its manifest."""
    told: list[str] = []
    settings = Settings(jobs=2, chunk_size=7, **kw)
    found = run_local(knowledge(), inputs, folder / output, settings, tell=told.append)
    return folder / output, told, found


def recommended(path: Path) -> frozenset[str]:
    """The conclusions about one patient file, without what hangs on its bytes."""
    graph = knowledge_base().recommend(path).graph
    return frozenset(str(t) for t in graph if "urn:poem-kg:" not in str(t))


@pytest.mark.parametrize("each", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_examples_in_turtle_are_advised_as_recommend_advises_them(
    tmp_path: Path, each: int
) -> None:
    examples = EXAMPLES[::each]
    assert len(examples) > 5
    output, told, _ = group(tmp_path, *examples)

    assert len(told) == 1 and "grouping the triples of each patient in a store on disk" in told[0]
    found = graphs_without_run(output)
    for path in examples:
        expected = recommended(path)
        (iri,) = {t.split()[0].strip("<>") for t in expected if "ontology/Patient>" in t}
        assert found[iri] == expected, path.name
    reconcile(output, len(examples))


@pytest.fixture(scope="module")
def drawn() -> list[Drawn]:
    return [p for p in draw(10, seed=31) if not p.spoiled]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory, drawn: list[Drawn]) -> Path:
    """These patients as N-Triples, in a folder beside what comes of them, `expected`."""
    path = tmp_path_factory.mktemp("formats") / "cohort.nt"
    path.write_bytes(b"".join(p.data for p in drawn))
    group(path.parent, path, output="expected")
    return path


@pytest.mark.parametrize("kind", ["ttl", "trig", "nq", "jsonl"])
def test_every_format_gives_the_same_advice(
    tmp_path: Path, drawn: list[Drawn], cohort: Path, kind: str
) -> None:
    expected = cohort.with_name("expected")
    other = tmp_path / f"cohort.{kind}"
    with other.open("wb") as file:
        if kind == "ttl":
            ox.serialize(ox.parse(path=cohort), file, format=ox.RdfFormat.TURTLE)
        for number, each in enumerate(drawn if kind != "ttl" else ()):
            graph = ox.NamedNode(f"{EX}graph/{number}")
            quads = list(ox.parse(each.data, format=ox.RdfFormat.N_TRIPLES))
            if kind != "jsonl":
                quads = [ox.Quad(q.subject, q.predicate, q.object, graph) for q in quads]
            format = {"trig": ox.RdfFormat.TRIG, "nq": ox.RdfFormat.N_QUADS}.get(
                kind, ox.RdfFormat.JSON_LD
            )
            text = ox.serialize(quads, format=format) or b""
            file.write(text.replace(b"\n", b" ") + b"\n" if kind == "jsonl" else text)

    output, told, _ = group(tmp_path, other)

    assert bool(told) == (kind != "nq")
    assert graphs_without_run(output) == graphs_without_run(expected)


def test_json_ld_with_the_packaged_context_is_read_line_by_line(tmp_path: Path) -> None:
    template = json.loads((ROOT / "examples" / "template.jsonld").read_text())
    assert isinstance(template["@context"], str)
    lines = [json.dumps(template).replace(template["id"], EX + name) for name in ("one", "two")]
    (tmp_path / "in.jsonl").write_text("\n".join([lines[0], "{ not json", "", lines[1]]))

    output, _, told = group(tmp_path, tmp_path / "in.jsonl")

    (message,) = rejected(output)[f"{tmp_path}/in.jsonl:2"]
    assert message.startswith(f"{tmp_path}/in.jsonl:2:")
    assert told["counts"]["patients"] == 3
    assert advised(output).keys() | rejected(output).keys() == {
        EX + "one", EX + "two", f"{tmp_path}/in.jsonl:2",
    }  # fmt: skip
    reconcile(output, 3)


def test_one_document_of_json_ld_may_hold_all(tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples" / "template.jsonld", tmp_path / "in.jsonld")

    output, _, told = group(tmp_path, tmp_path / "in.jsonld")

    assert told["counts"]["patients"] == 1
    expected = knowledge_base().recommend(tmp_path / "in.jsonld")
    assert set(advised(output)) == ({expected.patient} if expected.conforms else set())


BAD_LINES: dict[str, str | bytes] = {
    "a context on the network": '{"@context": "https://example.org/context", "@id": "a:b"}',
    "deep nesting": "[" * 500 + "]" * 500,
    "no UTF-8": b'{"@id": "\xff"}',
    "too large": '{"@id": "a:b", "a:c": "' + "x" * 5_000_001 + '"}',
}


@pytest.mark.parametrize("kind", BAD_LINES)
def test_a_bad_line_of_json_ld_costs_itself_only(tmp_path: Path, kind: str) -> None:
    bad = BAD_LINES[kind]
    quads = list(ox.parse(patient("p1"), format=ox.RdfFormat.N_TRIPLES))
    good = (ox.serialize(quads, format=ox.RdfFormat.JSON_LD) or b"").replace(b"\n", b" ")
    path = tmp_path / "in.jsonl"
    path.write_bytes((bad if isinstance(bad, bytes) else bad.encode()) + b"\n" + good + b"\n")

    output, _, _ = group(tmp_path, path)

    assert set(rejected(output)) == {f"{path}:1"}
    assert set(advised(output)) == {EX + "p1"}


def test_literals_keep_the_form_in_which_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "in.ttl"
    path.write_text(
        PREFIXES
        + """ex:p a poem:Patient ; poem:hasRecord ex:r ; poem:age 007 ;
        <u:says> 1.50 , "001"^^xsd:integer , true , "1"^^xsd:boolean , "x"@en-GB , "y" ,
            "2026-01-02Z"^^xsd:date , 1.0E1 , "a\\nb" .
        ex:r a poem:Condition ; poem:concept poem:AchalasiaTypeII ; poem:status poem:present ."""
    )

    output, _, _ = group(tmp_path, path)

    told = {t.split("<u:says> ")[1] for t in advised(output)[EX + "p"] if "<u:says>" in t}
    expected = {str(t.object) for t in read_graph(path).triples if t.predicate.value == "u:says"}
    assert told == expected
    assert len(told) == 9
    assert graphs_without_run(output)[EX + "p"] == recommended(path)


def test_what_belongs_to_nobody_is_told_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "in.ttl"
    path.write_text(
        PREFIXES
        + """ex:p a poem:Patient ; poem:hasRecord ex:r .
        ex:r a poem:Condition ; poem:concept poem:AchalasiaTypeII ; poem:status poem:present .
        ex:nobody poem:status poem:present ; poem:concept poem:Comorbidity ."""
    )

    output, told, found = group(tmp_path, path)

    assert told[-1] == "2 triples belong to no patient and were left out"
    assert found["counts"]["orphanTriples"] == 2
    assert set(advised(output)) == {EX + "p"}


def test_nodes_that_patients_share_are_told_to_each(tmp_path: Path) -> None:
    path = tmp_path / "in.ttl"
    body = "".join(
        f"""ex:{p} a poem:Patient ; poem:hasRecord ex:{p}r ; poem:operator ex:op .
        ex:{p}r a poem:Condition ; poem:concept poem:AchalasiaTypeIII ; poem:status poem:present .
        """
        for p in ("p1", "p2", "p3")
    )
    shared = """ex:op a poem:Operator ; poem:hasProperty ex:opr ; <u:knows> ex:p2 .
        ex:opr a poem:OperatorAttestation ; poem:concept poem:PoemProcedureCount ;
        poem:status poem:present ; poem:value 30 ."""
    path.write_text(PREFIXES + body + shared)

    output, told, _ = group(tmp_path, path)

    assert len(told) == 1
    found = advised(output)
    assert set(found) == {EX + "p1", EX + "p2", EX + "p3"}
    for triples in found.values():
        assert any(f"<{EX}opr> <https://w3id.org/poem-kg/ontology/value>" in t for t in triples)
    p1 = "\n".join(found[EX + "p1"])
    assert f"<{EX}p2r>" not in p1  # another patient is not gone through


def test_a_patient_in_several_graphs_is_what_all_of_them_say(tmp_path: Path) -> None:
    path = tmp_path / "in.trig"
    path.write_text(
        PREFIXES
        + """ex:p a poem:Patient ; poem:age 50 .
        ex:g { ex:p a poem:Patient ; poem:hasRecord ex:r . ex:r a poem:Condition ;
          poem:concept poem:AchalasiaTypeII ; poem:status poem:present . }
        ex:h { ex:p a poem:Patient ; poem:birthYear 1976 . }
        ex:i { ex:q a poem:Patient ; poem:hasRecord ex:r . ex:r a poem:Condition ;
          poem:concept poem:AchalasiaTypeI ; poem:status poem:present . }"""
    )

    output, told, found = group(tmp_path, path)

    assert len(told) == 1
    assert found["counts"]["patients"] == 2
    assert set(advised(output)) | set(rejected(output)) == {EX + "p", EX + "q"}
    assert "AchalasiaTypeI>" in "\n".join(advised(output)[EX + "q"])


def test_a_relative_name_costs_its_patient_only(tmp_path: Path) -> None:
    path = tmp_path / "in.ttl"
    good = patient("p1").decode()
    path.write_text(PREFIXES + good + "ex:p2 a poem:Patient ; poem:hasRecord <r> .\n")

    output, _, _ = group(tmp_path, path)

    (message,) = rejected(output)[EX + "p2"]
    assert "the IRI <r> is relative" in message
    assert set(advised(output)) == {EX + "p1"}


def blank(folder: Path) -> Path:
    """Patients whose records, and one of which itself, have no names."""
    path = folder / "blank.ttl"
    record = "a poem:Condition ; poem:concept poem:AchalasiaTypeII ; poem:status poem:present"
    path.write_text(
        PREFIXES
        + f"ex:p1 a poem:Patient ; poem:hasRecord [ {record} ] , _:b . _:b {record} .\n"
        + f"ex:p2 a poem:Patient ; poem:hasRecord [ {record} ] .\n"
        + f"[] a poem:Patient ; poem:hasRecord [ {record} ] .\n" * 3
    )
    return path


def test_blank_nodes_come_out_the_same_every_time(tmp_path: Path) -> None:
    path = blank(tmp_path)

    one, _, _ = group(tmp_path, path, output="one")
    two, _, _ = group(tmp_path, path, output="two")

    assert written(one) == written(two)
    assert manifest(one)["counts"]["patients"] == 5
    assert len(set(advised(one))) + len(rejected(one)) >= 3


@pytest.mark.parametrize("format", [".nt", ".nq"])
def test_labels_of_two_files_are_told_apart(tmp_path: Path, format: str) -> None:
    for name in ("p1", "p2"):
        data = patient(name).replace(f"<{EX}{name}/r>".encode(), b"_:r")
        (tmp_path / f"{name}{format}").write_bytes(data)

    output, _, _ = group(tmp_path, tmp_path / f"p1{format}", tmp_path / f"p2{format}", group=True)

    assert set(advised(output)) == {EX + "p1", EX + "p2"}


def test_a_file_that_is_no_turtle_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "in.ttl"
    path.write_text(PREFIXES + "ex:p a poem:Patient ;\n poem:age fifty .\n")

    done = inside("cohort", str(path), "--output", str(tmp_path / "out"))

    assert done.returncode == 2
    said = done.stderr.decode()
    first, *others = said.splitlines()
    assert "grouping" in first
    assert len(others) == 1 and others[0].startswith(f"{path}:5: is no Turtle")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "<<" * 100_000, pytest.param("(" * 200_000, marks=pytest.mark.slow)],
)
def test_text_that_crashes_a_parser_ends_no_run_without_a_word(tmp_path: Path, text: str) -> None:
    path = tmp_path / "in.ttl"
    path.write_text(f"<a:b> <c:d> {text}")

    with pytest.raises(InputError) as caught:
        group(tmp_path, path)

    assert str(caught.value).startswith(str(path))


def test_a_store_that_is_there_is_used_again(tmp_path: Path) -> None:
    source = tmp_path / "in.ttl"
    ox.serialize(
        ox.parse(path=cohort_file(tmp_path / "c.nt", 16)), str(source), format=ox.RdfFormat.TURTLE
    )
    undisturbed, _, _ = group(tmp_path, source, output="undisturbed")
    store = tmp_path / "out.partial" / "grouped"
    with start(source, tmp_path / "out", chunk=7) as process:
        assert wait_for(lambda: (store / "loaded").exists(), pause=0.001)
        process.kill()
    before = (store / "loaded").stat()

    told: list[str] = []
    settings = Settings(jobs=2, chunk_size=7, resume=True)
    seen: list[int] = []
    run_local(
        knowledge(), [source], tmp_path / "out", settings, tell=told.append,
        moved=lambda progress: seen.append((store / "loaded").stat().st_mtime_ns),
    )  # fmt: skip

    assert set(seen) == {before.st_mtime_ns}
    assert written(tmp_path / "out") == written(undisturbed)


def test_a_resumed_run_looks_whether_its_input_is_the_same(tmp_path: Path) -> None:
    source = tmp_path / "in.ttl"
    source.write_text(PREFIXES + patient("p1").decode())
    with start(source, tmp_path / "out", chunk=7) as process:
        assert wait_for(lambda: (tmp_path / "out.partial/grouped/loaded").exists(), pause=0.001)
        process.kill()
    source.write_text(PREFIXES + patient("p2").decode())

    with pytest.raises(InputError, match="was started with another input"):
        group(tmp_path, source, resume=True)


def by_predicate(line: bytes) -> bytes:
    return line.split(b" ")[1]


def test_a_run_that_turned_to_grouping_is_gone_on_with_as_such(tmp_path: Path) -> None:
    lines: list[bytes] = cohort_file(tmp_path / "c.nt", 16).read_bytes().splitlines(keepends=True)
    source = tmp_path / "in.nt"
    lines.sort(key=by_predicate)
    source.write_bytes(b"".join(lines))
    undisturbed, _, _ = group(tmp_path, source, output="undisturbed")
    with start(source, tmp_path / "out", chunk=7) as process:
        assert wait_for(lambda: (tmp_path / "out.partial/grouped/loaded").exists(), pause=0.001)
        process.kill()

    output, told, _ = group(tmp_path, source, resume=True)

    assert not any("starting again" in line for line in told)
    assert written(output) == written(undisturbed)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So many patients that loading them takes a while; N-Triples are Turtle too."""
    return cohort_file(tmp_path_factory.mktemp("many") / "in.ttl", 3000)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nobody_goes_on_loading_when_the_run_has_ended(
    tmp_path: Path, many: Path, number: signal.Signals
) -> None:
    with start(many, tmp_path / "out") as process:
        assert wait_for(lambda: (tmp_path / "out.partial/grouped/store").exists(), pause=0.001)
        started = children(process.pid)
        os.kill(process.pid, number)
        process.communicate(timeout=30)

    assert len(started) == 1 and gone(started, seconds=2.0)
    assert not (tmp_path / "out").exists()


def test_two_runs_that_group_go_in_one_process(tmp_path: Path) -> None:
    """A store on disk has threads; a process that was forked beside them would wait for ever."""
    path = tmp_path / "in.ttl"
    path.write_text(PREFIXES + patient("p1").decode())

    for name in ("one", "two", "three"):
        output, _, _ = group(tmp_path, path, output=name)
        assert set(advised(output)) == {EX + "p1"}
