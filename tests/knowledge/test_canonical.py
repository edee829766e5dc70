"""Turtle of ours is in its canonical form, so that a diff shows what changed and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.knowledge import parse_module
from poem_kg.serialise import in_order
from poem_kg.turtle import write_turtle

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "ontology").rglob("*.ttl"), *(ROOT / "shapes").glob("*.ttl")])


def read(text: str) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_is_canonical(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == write_turtle(parse_module(path))


def test_the_canonical_form_does_not_rest_on_order_or_labels() -> None:
    text = """@prefix ex: <https://example.org/> .
    ex:b ex:p [ ex:q 1 , 2 ] , ( ex:x [ ex:q "a\\nb"@en ] ) .
    ex:a ex:p _:shared . ex:c ex:p _:shared . _:shared ex:q true , 1.50 , "x" ."""
    triples = [q.triple for q in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)]
    once = write_turtle(triples)
    renamed = [
        q.triple
        for q in ox.parse(text.replace("_:shared", "_:other").encode(), format=ox.RdfFormat.TURTLE)
    ]
    assert write_turtle(reversed(renamed)) == once
    again = [q.triple for q in ox.parse(once.encode(), format=ox.RdfFormat.TURTLE)]
    assert write_turtle(again) == once
    assert len(again) == len(triples)


@pytest.mark.parametrize(
    ("turtle", "count"),
    [
        ("_:a ex:p _:b . _:b ex:p _:a .", 2),
        ("_:a ex:p _:a .", 1),
        ("_:a ex:p _:a ; ex:q _:b . _:b ex:q [] .", 3),
        ("ex:a ex:p _:x , _:y . ex:b ex:p _:x , _:y . _:x ex:q 1 . _:y ex:q 1 .", 6),
        ("ex:a ex:p _:l . _:l a ex:Special ; rdf:first 1 ; rdf:rest () .", 4),
        ("ex:a ex:p _:l . _:l rdf:first 1 ; rdf:rest _:m . _:m rdf:first 2 ; rdf:rest _:l .", 5),
        ("ex:a ex:p ( " + "1 " * 60 + "2 ) , ( " + "1 " * 60 + "3 ) .", 246),
    ],
    ids=["ring", "itself", "below itself", "twins", "list with a type", "endless list", "long"],
)
def test_no_triple_of_an_unusual_graph_is_lost(turtle: str, count: int) -> None:
    head = (
        "@prefix ex: <https://example.org/> .\n"
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    )
    triples = read(head + turtle)
    renamed = read(head + re.sub(r"_:(\w)", r"_:other\1", turtle))

    text = write_turtle(triples)

    assert len(read(text)) == len(triples) == count
    assert in_order(read(text)) == in_order(triples)
    assert write_turtle(read(text)) == text == write_turtle(reversed(renamed))


def test_a_graph_in_which_everything_shares_everything_is_written_soon() -> None:
    steps = "".join(f"_:n{n} ex:p _:n{n + 1} ; ex:q _:n{n + 1} . " for n in range(60))
    triples = read("@prefix ex: <https://example.org/> . " + steps)

    text = write_turtle(triples)

    assert in_order(read(text)) == in_order(triples)


@pytest.mark.parametrize("turtle", ['<urn:a> <urn:b> "c"@en--ltr .', "<< <urn:a> <urn:b> 1 >> ."])
def test_what_turtle_1_1_cannot_say_is_refused(turtle: str) -> None:
    with pytest.raises(ValueError, match=r"has no place in RDF 1\.1 Turtle"):
        write_turtle(read(turtle))


@pytest.mark.parametrize(
    "value", ['a\nb"', 'a\n"""', '"""\n""', "\\\n\\", "a\r\nb\t", '\n"', 'x"y\nz""w']
)
def test_a_string_of_several_lines_comes_back_as_it_was(value: str) -> None:
    triple = ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal(value))
    text = write_turtle([triple])
    assert [q.triple for q in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)] == [triple]
