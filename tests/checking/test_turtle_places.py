"""Each triple, prefix and comment of a Turtle file is told with the line on which it stands."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.namespaces import OWL, POEMKG, RDF, RDFS, SKOS
from poem_kg.turtle_places import places

FILES = sorted((Path(__file__).resolve().parents[2] / "ontology").rglob("*.ttl"))
TEXT = """\
# about the file
@prefix : <https://example.org/> .
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
@base <https://example.org/base/> .

:a a :Kind , # a remark
    :Other ;
  skos:note "a # that is no comment; nor a dot."@en-GB ,
    \"\"\"several
lines "quoted" \\u0041\"\"\" ;
  :number -1.5 , 2 , 3e4 , true ;
  :inner [ :deep <x> ; :list ( :one "two" ) ] ;
  :date "2026-01-01"^^:Date .
:b.c :p%20q :a.
_:label :p :a\\,b .
"""
A = "https://example.org/"


def test_what_a_file_says_is_found_on_its_line() -> None:
    found = places(TEXT)

    assert found.line(A + "a") == 6
    assert found.line(A + "a", RDF + "type", A + "Other") == 7
    assert found.line(A + "a", SKOS + "note", "a # that is no comment; nor a dot.") == 8
    assert found.line(A + "a", SKOS + "note", 'several\nlines "quoted" A') == 9
    assert found.line(A + "a", SKOS + "note") == 8
    assert [found.line(A + "a", A + "number", n) for n in ("-1.5", "2", "3e4", "true")] == [11] * 4
    assert found.line(A + "a", A + "deep", A + "base/x") == 12
    assert found.line(A + "a", A + "list", "two") == 12
    assert found.line(A + "b.c", A + "p%20q", A + "a") == 14
    assert found.line("_:label", A + "p", A + "a,b") == 15


def test_what_a_file_does_not_say_has_no_line() -> None:
    found = places(TEXT)

    assert found.line(A + "nobody") is None
    assert found.line(A + "a", A + "nothing") is None
    assert found.line(A + "a", RDF + "type", A + "a") is None


def test_a_term_is_found_wherever_it_stands() -> None:
    found = places(TEXT)

    assert found.mention(A + "one") == 12
    assert found.mention(A + "Date") == 13
    assert found.mention(A + "inner") == 12
    assert found.mention(A + "nobody") is None


def test_prefixes_and_comments_have_lines() -> None:
    found = places(TEXT)

    assert found.prefixes["skos"] == (SKOS, 3)
    assert found.comments == ((1, "about the file"), (6, "a remark"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_the_places_of_a_module_are_its_triples(path: Path) -> None:
    text = path.read_bytes().decode()

    told = {
        (p.subject, p.predicate, p.object)
        for p in places(text).triples
        if not p.subject.startswith("_:") and p.kind != "blank"
    }

    parsed = (q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE))
    assert told == {
        (t.subject.value, t.predicate.value, t.object.value)
        for t in parsed
        if isinstance(t.subject, ox.NamedNode) and isinstance(t.object, ox.NamedNode | ox.Literal)
    }


def test_line_ends_of_other_systems_count_once() -> None:
    for end in ("\r\n", "\r"):
        found = places(TEXT.replace("\n", end))

        assert found.line(A + "a", A + "date") == 13
        assert found.comments[1] == (6, "a remark")


def test_what_stands_before_and_after_an_error_is_found() -> None:
    text = (
        f'@prefix p: <{POEMKG}> .\np:A a <{OWL}Class> ;\n\t"lost" ] }} ^^ .\n'
        f'p:B <{RDFS}label> "b" .\np:C <{RDFS}label> "no end\n'
    )

    found = places(text)

    assert found.line(POEMKG + "A", RDF + "type", OWL + "Class") == 2
    assert found.line(POEMKG + "B", RDFS + "label", "b") == 4


def test_any_prefix_of_a_text_is_read() -> None:
    for end in range(len(TEXT)):
        places(TEXT[:end])
