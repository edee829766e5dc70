"""What either engine is given and hands back, where the two once differed at our own door."""

from __future__ import annotations

import pytest

from poem_kg.errors import KnowledgeError
from poem_kg.shacl_engines import Engine, ResultRow, compiled

PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix : <urn:> .\n"
ENGINES = pytest.mark.parametrize("engine", ["shacl", "pyshacl"])


def rows(engine: Engine, shapes: str, data: str) -> list[ResultRow]:
    _, run = compiled(PREFIXES + shapes, engine)
    return run(data.encode())


@ENGINES
def test_a_text_is_in_a_list_of_texts(engine: Engine) -> None:
    shapes = ':S sh:targetNode :a ; sh:path :p ; sh:in ( "one" "two" ) .'

    found = rows(
        engine, shapes, '<urn:a> <urn:p> "one" , "three" .'.replace(" , ", " .\n<urn:a> <urn:p> ")
    )

    assert [(focus, value) for focus, _, value, *_ in found] == [("urn:a", "three")]


@ENGINES
def test_a_blank_node_is_no_iri_and_is_told_as_what_it_is(engine: Engine) -> None:
    shapes = ":S sh:targetSubjectsOf :p ; sh:path :p ; sh:nodeKind sh:IRI ."

    found = rows(engine, shapes, "<urn:a> <urn:p> _:b .\n")

    assert [(focus, (value or "")[:2]) for focus, _, value, *_ in found] == [("urn:a", "_:")]


@ENGINES
def test_what_a_shape_inside_found_is_no_result_of_its_own(engine: Engine) -> None:
    shapes = (
        ":S sh:targetNode :a ; sh:node :T . :T sh:property :U . :U sh:path :p ; sh:minCount 1 ."
    )

    found = rows(engine, shapes, "<urn:a> <urn:q> <urn:b> .\n")

    assert [(focus, shape) for focus, *_, shape in found] == [("urn:a", "urn:S")]


@ENGINES
def test_a_severity_of_ones_own_keeps_its_iri(engine: Engine) -> None:
    shapes = ":S sh:targetNode :a ; sh:path :p ; sh:minCount 1 ; sh:severity :Grave ."

    found = rows(engine, shapes, "<urn:a> <urn:q> <urn:b> .\n")

    assert [severity for *_, severity, _, _ in found] == ["urn:Grave"]


@ENGINES
def test_a_shape_that_cannot_be_asked_is_told_in_one_line(engine: Engine) -> None:
    query = "SELECT $this WHERE { $this :p ?x MINUS { $this :q ?x } }"
    shapes = f':S sh:targetNode :a ; sh:sparql [ sh:select """PREFIX : <urn:> {query}""" ] .'

    with pytest.raises(KnowledgeError, match=r"^shapes: .*; correct the shape$"):
        rows(engine, shapes, "<urn:a> <urn:p> <urn:b> .\n")
