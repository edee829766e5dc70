"""Turtle of ours is in its canonical form, so that a diff shows what changed and nothing else."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.knowledge import parse_module
from poem_kg.turtle import write_turtle

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "ontology").rglob("*.ttl"), *(ROOT / "shapes").glob("*.ttl")])


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
    "value", ['a\nb"', 'a\n"""', '"""\n""', "\\\n\\", "a\r\nb\t", '\n"', 'x"y\nz""w']
)
def test_a_string_of_several_lines_comes_back_as_it_was(value: str) -> None:
    triple = ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal(value))
    text = write_turtle([triple])
    assert [q.triple for q in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)] == [triple]
