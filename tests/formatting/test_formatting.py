"""`poem-kg format`: one form for one graph, nothing lost, no file half-written."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.errors import InputError
from poem_kg.formatting import format_file, format_files, format_text
from poem_kg.knowledge import parse_module
from poem_kg.resources import data_dir
from poem_kg.serialise import in_order
from tests.cli.here import command
from tests.formatting.edits import edited, rewritten

ONTOLOGY = data_dir("ontology")
SMALL = sorted(path for path in ONTOLOGY.rglob("*.ttl") if path.stat().st_size < 30_000)
HEAD = """@prefix ex: <https://example.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


def read(text: str | bytes) -> list[ox.Triple]:
    data = text.encode() if isinstance(text, str) else text
    return [q.triple for q in ox.parse(data, format=ox.RdfFormat.TURTLE)]


def random_edits(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        triples = edited(parse_module(chance.choice(SMALL)), chance)
        text = rewritten(triples, chance).decode()

        once = format_text(text)

        assert in_order(read(once)) == in_order(triples), seed
        assert format_text(once) == once, seed
        assert format_text(rewritten(triples, chance).decode()) == once, seed


def test_random_edits_mean_the_same_after_formatting() -> None:
    random_edits(range(40))


@pytest.mark.slow
def test_many_random_edits_mean_the_same_after_formatting() -> None:
    random_edits(range(40, 1000))


def test_the_ontology_of_the_checkout_is_formatted() -> None:
    report = format_files(check=True)

    assert len(report.files) > 20
    assert (report.refused, report.changed, report.written) == ((), (), ())


def test_check_names_the_first_line_that_differs_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    good = format_text(HEAD + "ex:a skos:note 1 , 2 .")
    path.write_text(good.replace("1 ,\n\t\t2", "2 ,\n\t\t1"))
    line = good.split("\n").index("\t\t1 ,") + 1

    done = command("format", "--check", path)

    assert done.returncode == 1
    assert f"{path}:{line}: should be: 1 ,; run: poem-kg format" in (done.stderr)
    assert path.read_text() != good

    assert command("format", path).returncode == 0
    assert path.read_text() == good
    assert command("format", "--check", path).returncode == 0


def test_a_folder_is_taken_with_all_below_it_but_what_is_hidden(tmp_path: Path) -> None:
    for name in ("a.ttl", "b/c.ttl", ".git/d.ttl", "e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("<urn:a> <urn:b> 1 .")

    report = format_files([tmp_path])

    assert [p.relative_to(tmp_path).as_posix() for p in report.written] == ["a.ttl", "b/c.ttl"]
    assert (tmp_path / ".git/d.ttl").read_text() == "<urn:a> <urn:b> 1 ."


@pytest.mark.parametrize(
    ("data", "where", "told"),
    [
        (b"", "", "is empty"),
        (b"@prefix a: <urn:a> .", "", "holds no triples"),
        (b"<urn:a> <urn:b>\n 1 ..", ":2", "is no Turtle"),
        (b"\n\xff", ":2", "is not in UTF-8"),
        (b"<urn:a> <urn:b> 1 .\nskos:a <urn:b> 1 .", ":2", "add the line: @prefix skos: <http"),
        (b"<urn:a> <urn:b>\n <c> .", ":2", "is no Turtle"),
        (b"<urn:a> <urn:b> 1 . # why\n", ":1", "the comment would be lost"),
        (b"<urn:a> <urn:b> <<( <urn:a> <urn:b> 1 )>> .", ":1", "holds a triple term"),
        (b'<urn:a> <urn:b> "a"@en--ltr .', "", "a string with a direction"),
        (b"<urn:a> <urn:b> " + b"[ <urn:b> " * 200 + b"] " * 200 + b".", ":1", "nests deeper"),
        (b"<?xml version='1.0'?><Ontology/>", "", "is XML but no RDF/XML"),
    ],
)
def test_what_cannot_be_formatted_is_refused_and_stays(
    data: bytes, where: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.ttl"
    path.write_bytes(data)

    with pytest.raises(InputError) as caught:
        format_file(path)

    assert str(caught.value).startswith(f"{path}{where}: ")
    assert told in str(caught.value)


def test_while_one_file_is_refused_none_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:b> 1 .")
    (tmp_path / "b.ttl").write_text("<urn:a> <urn:b> 1 . # why\n")
    (tmp_path / "c.ttl").write_text("<urn:a>")

    done = command("format", tmp_path)

    assert done.returncode == 2
    assert f"{tmp_path}/b.ttl:1: the comment would be lost" in done.stderr
    assert f"{tmp_path}/c.ttl:1: is no Turtle" in done.stderr
    assert (tmp_path / "a.ttl").read_text() == "<urn:a> <urn:b> 1 ."


@pytest.mark.parametrize(
    ("name", "told"),
    [("none.ttl", "no such file"), ("a.owl", "does not end in .ttl"), ("", "holds no .ttl file")],
)
def test_a_path_without_turtle_is_an_error(name: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "a.owl").write_text("")

    done = command("format", tmp_path / name)

    assert done.returncode == 2
    assert told in done.stderr and done.stderr.count("\n") == 1


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<urn:a> <urn:b> 1 .")
    link = tmp_path / "link.ttl"
    link.symlink_to(path)

    format_files([link])

    assert link.is_symlink()
    assert path.read_text() == "\n<urn:a>\n\t<urn:b> 1 ;\n\t.\n"


def test_when_one_file_cannot_be_written_the_others_are_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text("<urn:a> <urn:b> 1 .")
    replace = os.replace

    def full(source: str, target: Path) -> None:
        if target.name == "b.ttl":
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        format_files([tmp_path])

    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == dict.fromkeys(
        ("a.ttl", "b.ttl"), "<urn:a> <urn:b> 1 ."
    )


def test_line_ends_and_a_byte_order_mark_are_put_right(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    good = "\n<urn:a>\n\t<urn:b> 1 ;\n\t.\n"
    path.write_bytes(b"\xef\xbb\xbf" + good.replace("\n", "\r\n").encode())

    report = format_files([path])

    assert report.changed[0].line == 1
    assert path.read_bytes() == good.encode()


COMMENTS = """# above all
@prefix ex: <https://example.org/> . # beside a prefix
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

# of the first
# in two lines

ex:a skos:note 1 ; # behind a value
  # in front of a value
  skos:note 2 ,
  "# none" , <https://example.org/#none> ;
  # before the dot
  .
#
##### Behind a block, before another
ex:b skos:note [ skos:note 3 # inside
  ] .
# at the end
"""


def test_comments_become_notes_of_the_terms_that_they_stand_at(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(COMMENTS)

    assert command("format", path).returncode == 2
    assert path.read_text() == COMMENTS
    done = command("format", "--notes", path)

    assert done.returncode == 0, done.stderr
    assert "comments turned into notes: 9" in done.stderr
    notes = {
        (t.subject.value[-1], t.object.value)  # type: ignore[union-attr]
        for t in read(path.read_text())
        if t.predicate.value.endswith("editorialNote")
    }
    assert notes == {
        ("a", "above all"),
        ("a", "beside a prefix"),
        ("a", "of the first\nin two lines"),
        ("a", "behind a value"),
        ("a", "in front of a value"),
        ("a", "before the dot"),
        ("b", "Behind a block, before another"),
        ("b", "inside"),
        ("b", "at the end"),
    }


def test_what_the_owl_api_writes_between_terms_is_no_comment() -> None:
    rule = "#" * 65
    banners = f"""{rule}\n#    Classes\n{rule}\n\n###  https://example.org/a\n"""
    generated = "###  Generated by the OWL API (version 5.1.20) https://github.com/owlcs/owlapi/\n"
    block = "ex:a skos:note 1 .\n"

    assert format_text(HEAD + banners + block + generated) == format_text(HEAD + block)


@pytest.mark.parametrize(
    "comment", ["###  https://example.org/other", "# Classes", "### Generated by hand", "#a"]
)
def test_what_only_looks_like_it_is_a_comment(comment: str) -> None:
    with pytest.raises(InputError, match="the comment would be lost"):
        format_text(f"{HEAD}ex:a skos:note 1 .\n{comment}\n")


RDFXML = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">
<!--
///////////////////////////////////////////////////////////////////////////////////////
//
// Individuals
//
///////////////////////////////////////////////////////////////////////////////////////
 -->
<!-- https://example.org/a -->
<rdf:Description rdf:about="https://example.org/a"><e:b>1</e:b></rdf:Description>
</rdf:RDF>
"""


def test_rdf_xml_under_the_name_of_turtle_becomes_turtle(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(RDFXML)

    format_files([path])

    assert path.read_text() == format_text('<https://example.org/a> <https://example.org/b> "1" .')


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("<!-- https://example.org/a -->", "<!-- why -->", ":10: the comment would be lost"),
        ("</e:b>", "</e:c>", "a.ttl:11: is no RDF/XML"),
        ("<rdf:RDF", "<!DOCTYPE a [<!ENTITY b 'c'>]><rdf:RDF", "document type"),
    ],
)
def test_rdf_xml_that_cannot_be_kept_is_refused(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(RDFXML.replace(old, new))

    with pytest.raises(InputError, match=told):
        format_file(path)


def test_without_a_checkout_the_files_must_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "data" / "ontology"
    monkeypatch.setattr("poem_kg.formatting.own_ontology", lambda *_: installed)

    with pytest.raises(InputError, match="no file is named, and this poem-kg is installed"):
        format_files()


def test_a_file_only_readable_is_told_in_one_line(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        folder = tmp_path / "a.ttl"
        folder.mkdir()
        done = command("format", folder)
    else:
        path = tmp_path / "b.ttl"
        path.write_text("<urn:a> <urn:b> 1 .")
        tmp_path.chmod(0o500)
        done = command("format", path)
        tmp_path.chmod(0o700)

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_control_characters_are_written_so_that_they_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text('<urn:a> <urn:b> "a\\u0000b\\u001B" , """c\\u0007\nd""" .')

    format_files([path])

    text = path.read_text()
    assert r'"a\u0000b\u001B"' in text and r'"""c\u0007' in text
    assert format_files([path], check=True).files[0].text == text


def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<urn:a> <urn:b> 1 .")
    path.chmod(0o640)

    format_files([path])

    assert path.stat().st_mode & 0o777 == 0o640


def test_when_it_is_interrupted_what_was_written_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text("<urn:a> <urn:b> 1 .")
    replace = os.replace

    def interrupted(source: str, target: Path) -> None:
        if target.name == "b.ttl":
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        format_files([tmp_path])

    assert (tmp_path / "a.ttl").read_text() == "<urn:a> <urn:b> 1 ."
