"""Bad input ends in one line that says where, what and what to do; nothing is written."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.cli.here import inside
from tests.cli.test_contract import ROOT, command

GOOD = (ROOT / "examples" / "S3a-type-iii.ttl").read_text(encoding="utf-8")
PATIENT = """@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<urn:example:p> a poemkg:Patient ; poemkg:hasRecord <urn:example:r> .
<urn:example:r> a poemkg:Condition ; poemkg:concept poemkg:AchalasiaTypeI ;
  poemkg:status poemkg:present .
"""

# name: (file name, content, exit code, what the line must contain)
CASES: dict[str, tuple[str, bytes | str, int, str]] = {
    "wrong syntax": ("p.ttl", PATIENT + "<urn:x> <urn:y> .\n", 2, "p.ttl:9"),
    "no format at all": ("p.xyz", "hello there", 2, "p.xyz:1"),
    "empty file": ("p.ttl", "", 2, "empty"),
    "prefixes only": ("p.ttl", "@prefix a: <urn:a:> .\n", 2, "no triples"),
    "no patient": ("p.ttl", "<urn:a> <urn:b> <urn:c> .", 2, "no patient"),
    "two patients": ("p.ttl", PATIENT + "<urn:q> a poemkg:Patient .", 2, "2 patients"),
    "a term redefined": (
        "p.ttl",
        PATIENT + "poemkg:EosinophilicOesophagitis rdfs:label 'harmless' .",
        2,
        "belongs to the knowledge",
    ),
    "a statement brought along": (
        "p.ttl",
        PATIENT + "<https://w3id.org/poem-kg/statement/mine> a poemkg:Recommendation .",
        2,
        "belongs to the knowledge",
    ),
    "a statement under another name": (
        "p.ttl",
        PATIENT + "<urn:mine> a poemkg:Recommendation .",
        2,
        "may not use",
    ),
    "a conclusion brought along": (
        "p.ttl",
        PATIENT + "<urn:example:p> poemkg:meets <urn:c> .",
        2,
        "may not use",
    ),
    "a shape switched off": (
        "p.ttl",
        PATIENT + "<https://w3id.org/poem-kg/shapes/x> sh:deactivated true .",
        2,
        "p.ttl:9",
    ),
    "a shape of one's own": ("p.ttl", PATIENT + "<urn:s> a sh:NodeShape .", 2, "schemas"),
    "sameAs": ("p.ttl", PATIENT + "<urn:a> owl:sameAs <urn:b> .", 2, "schemas"),
    "a subclass": ("p.ttl", PATIENT + "<urn:a> rdfs:subClassOf <urn:b> .", 2, "schemas"),
    "an ill-typed literal": (
        "p.ttl",
        PATIENT + "<urn:example:p> poemkg:age 'fifty'^^xsd:decimal .",
        2,
        "p.ttl:9",
    ),
    "infinity": (
        "p.ttl",
        PATIENT + "<urn:example:p> poemkg:age 'INF'^^xsd:decimal .",
        2,
        "INF",
    ),
    "an integer beyond 64 bits": (
        "p.ttl",
        PATIENT + "<urn:example:p> poemkg:birthYear 99999999999999999999 .",
        2,
        "p.ttl:9",
    ),
    "a decimal beyond 18 digits": (
        "p.ttl",
        PATIENT + "<urn:example:p> poemkg:age 50.0000000000000000001 .",
        2,
        "p.ttl:9",
    ),
    "an unknown term": (
        "p.ttl",
        PATIENT.replace("AchalasiaTypeI ", "AchalasiaType1 "),
        1,
        "did you mean AchalasiaType",
    ),
    "nesting beyond 128": ("p.ttl", "<urn:a> <urn:b> " + "[ <urn:c> " * 3000, 2, "128"),
    "nested braces": ("p.trig", "{" * 3000, 2, "128"),
    "nested JSON": ("p.jsonld", '{"a":' * 3000, 2, "128"),
    "a document type": (
        "p.rdf",
        '<?xml version="1.0"?><!DOCTYPE rdf [<!ENTITY a "b">]><rdf/>',
        2,
        "document type",
    ),
    "a remote context": (
        "p.jsonld",
        '{"@context": "https://example.org/context", "@id": "urn:a", "urn:b": "c"}',
        2,
        "context",
    ),
    "a relative IRI": ("p.ttl", "<a> <urn:b> <urn:c> .", 2, "relative"),
    "binary": ("p.ttl", b"\x00\x01\x02\x03", 2, "p.ttl"),
    "UTF-16": ("p.ttl", PATIENT.encode("utf-16"), 2, "p.ttl"),
    "Latin-1": ("p.ttl", (PATIENT + "# \xe9").encode("latin-1"), 2, "p.ttl"),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_one_line_and_an_exit_code(name: str, tmp_path: Path) -> None:
    file, content, code, told = CASES[name]
    path = tmp_path / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    output = tmp_path / "advice.json"
    start = time.monotonic()
    done = inside("recommend", file, "-f", "json", "-o", "advice.json", cwd=tmp_path)
    assert time.monotonic() - start < 10
    lines = done.stderr.decode().splitlines()
    assert done.returncode == code, lines
    assert len(lines) == 1 and told in lines[0]
    assert file in lines[0] and ";" in lines[0]
    assert done.stdout == b""
    assert output.exists() == (code == 1)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    done = command("recommend", "nowhere.ttl", cwd=tmp_path, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 2
    assert done.stderr.decode().startswith("nowhere.ttl: ")


def test_a_folder_is_told(tmp_path: Path) -> None:
    done = inside("recommend", str(tmp_path))
    assert done.returncode == 2
    assert "folder" in done.stderr.decode()


def test_a_call_without_sense_ends_with_2() -> None:
    assert inside("recommend", "-", "--format", "pdf").returncode == 2
    assert inside("recommend", "-", "--input-format", "pdf", stdin=b"x").returncode == 2
    assert inside("recommend", "-", "--as-of", "yesterday").returncode == 2
    assert command("recommend").returncode == 2


def test_output_into_a_missing_folder_is_told(tmp_path: Path) -> None:
    target = tmp_path / "missing" / "advice.json"
    done = inside("recommend", str(ROOT / "examples" / "S7-jackhammer.ttl"), "-o", str(target))
    assert done.returncode == 2
    assert len(done.stderr.decode().splitlines()) == 1
    assert not target.parent.exists()


def test_an_old_output_survives_bad_input(tmp_path: Path) -> None:
    (tmp_path / "p.ttl").write_text("no Turtle")
    (tmp_path / "advice.json").write_text("old")
    done = command("recommend", "p.ttl", "-o", "advice.json", cwd=tmp_path,
                   env={"PYTHONPATH": str(ROOT)})  # fmt: skip
    assert done.returncode == 2
    assert (tmp_path / "advice.json").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["advice.json", "p.ttl"]


@pytest.mark.parametrize("suffix", [".ttl", ".nt", ".nq", ".trig", ".rdf", ".jsonld"])
@pytest.mark.parametrize("by_name", [True, False])
def test_every_format_is_read_by_name_and_by_content(
    suffix: str, by_name: bool, tmp_path: Path
) -> None:
    from poem_kg.reading import read_graph
    from poem_kg.serialise import SUFFIXES, serialise

    format = {v: k for k, v in SUFFIXES.items()}[suffix]
    triples = read_graph(ROOT / "examples" / "S3a-type-iii.ttl").triples
    data = serialise(triples, format)
    path = tmp_path / f"patient{suffix}"
    path.write_bytes(data)
    run = command if suffix == ".ttl" else inside  # one format through a real standard input
    if by_name:
        done = run("recommend", str(path), "-f", "json")
    else:
        done = run("recommend", "-", "-f", "json", stdin=data)
    assert done.returncode == 0, done.stderr
    assert b'"readiness": "ready"' in done.stdout


def test_the_template_is_the_same_patient_in_turtle_and_json_ld() -> None:
    from poem_kg.reading import read_graph

    turtle = read_graph(ROOT / "examples" / "template.ttl")
    json_ld = read_graph(ROOT / "examples" / "template.jsonld")
    assert turtle.graph_digest == json_ld.graph_digest
    assert inside("validate", str(ROOT / "examples" / "template.ttl")).returncode == 0
