"""A file that an editor saved in its own way is told in words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from poem_kg.checking.folder import read_folder
from poem_kg.checking.run import check_knowledge
from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import load_knowledge
from tests.checking.defects import PAGE, copy
from tests.cli.here import inside

PREFIXES = (
    "@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .\n"
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
)
"""Two lines that a file begins with."""


@pytest.mark.parametrize(
    "said",
    [
        'poemkg:Achalasia rdfs:seeAlso <<( poemkg:Achalasia rdfs:label "x" )>> .',
        "<< poemkg:Achalasia rdfs:seeAlso poemkg:Achalasia >> rdfs:seeAlso poemkg:Achalasia .",
        "poemkg:Achalasia rdfs:seeAlso poemkg:Achalasia {| rdfs:seeAlso poemkg:Achalasia |} .",
        "poemkg:Achalasia rdfs:seeAlso poemkg:Achalasia ~ poemkg:reifier .",
        'poemkg:Achalasia rdfs:seeAlso "x"@en--ltr .',
    ],
)
def test_what_only_rdf_1_2_has_is_a_finding_at_its_line(tmp_path: Path, said: str) -> None:
    (tmp_path / "poem-kg.ttl").write_text(f"{PREFIXES}# <<( in words\n{said}\n", "utf-8")

    (problem,) = [p for p in read_folder(tmp_path).problems if p.name == "syntax"]

    assert (problem.file, problem.line) == ("poem-kg.ttl", 4)
    assert "RDF 1.2" in problem.message and problem.advice.startswith("State the facts as plain")


def test_a_file_that_nests_deeper_than_a_parser_can_go_is_a_finding(tmp_path: Path) -> None:
    deep = "[ rdfs:seeAlso " * 1_000 + "[]" + " ]" * 1_000
    (tmp_path / "poem-kg.ttl").write_text(f"{PREFIXES}{deep} .\n", "utf-8")

    (problem,) = [p for p in read_folder(tmp_path).problems if p.name == "syntax"]

    assert problem.line == 3 and "nests deeper" in problem.message


@pytest.mark.parametrize("format", ["table", "text", "json", "sarif"])
def test_names_that_are_not_utf_8_are_told_with_escapes(tmp_path: Path, format: str) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (folder / "poem-kg.ttl").write_text(PREFIXES, "utf-8")
    (folder / os.fsdecode(b"na\xefve.ttl")).write_text("not turtle", "utf-8")

    done = inside("check", str(folder), "--no-reasoner", "-f", format)

    assert (done.returncode, done.stderr) == (1, b"")
    told = done.stdout.decode().replace("\\\\", "\\").replace("%5C", "\\")
    assert "na\\uDCEFve.ttl" in told
    assert format == "json" or "caf\\uDCE9/na" in told


def test_a_byte_order_mark_is_called_so_and_what_follows_is_read(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    page = folder / PAGE
    text = page.read_bytes()
    page.write_bytes(b"\xef\xbb\xbf" + text)

    (problem,) = read_folder(folder).problems

    assert (problem.file, problem.line) == (PAGE, 1)
    assert problem.message == "begins with a byte order mark, which no Turtle may"
    assert "poem-kg format" in problem.advice


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_in_another_encoding_a_file_is_one_finding_and_its_terms_are_known(
    tmp_path: Path, encoding: str
) -> None:
    folder = copy(tmp_path)
    disorders = folder / "disorders.ttl"
    text = disorders.read_text(encoding="utf-8").replace("chalasia", "chalas\xefa", 1)
    disorders.write_bytes(text.encode(encoding, errors="replace"))

    (problem,) = check_knowledge(folder, reasoner=False).problems

    assert (problem.name, problem.file) == ("syntax", "disorders.ttl")
    assert problem.message == "is not UTF-8" and problem.advice == "Save the file as UTF-8."


def test_a_module_that_lies_elsewhere_or_nowhere_is_told_in_one_line(tmp_path: Path) -> None:
    folder = copy(tmp_path / "made")
    words = folder / "words.ttl"
    outside = tmp_path / "words.ttl"
    outside.write_bytes(words.read_bytes())
    words.unlink()
    words.symlink_to(outside)
    with pytest.raises(KnowledgeError, match=r"lies outside of .*; move it there"):
        load_knowledge(ontology=folder)

    words.unlink()
    words.symlink_to(words)
    with pytest.raises(KnowledgeError, match="leads to no file; correct its uri, or the link"):
        load_knowledge(ontology=folder)
