"""What a step can read is never told too narrowly: else a triple that it needs is left out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import RDF, URIRef, Variable
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from benchmarks.patients import draw
from poem_kg.catalogue import Query
from poem_kg.cohort.reads import constructs, reads
from poem_kg.derivation import derive
from poem_kg.namespaces import POEMKG
from tests.cohort.alone import adviser, block
from tests.derivation.view import knowledge

DERIVE = knowledge().derive


def patterns(node: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield every triple pattern of an algebra, those inside of EXISTS and of paths too."""
    if isinstance(node, CompValue):
        for name, value in node.items():
            if name in ("triples", "template"):
                yield from value
            else:
                yield from patterns(value)
    elif isinstance(node, dict):
        yield from chain.from_iterable(patterns(value) for value in node.values())
    elif isinstance(node, list | tuple):
        yield from chain.from_iterable(patterns(value) for value in node)


def where(query: Query) -> list[tuple[Any, Any, Any]]:
    return list(patterns(algebra(query.text).p))


@cache
def algebra(text: str) -> Any:
    """The algebra of a query, which takes long to make."""
    return prepareQuery(text).algebra


def bracketed(term: URIRef) -> bytes:
    return f"<{term}>".encode()


def predicates(path: Any) -> Iterator[URIRef]:
    """Yield the predicates of a path, or the one that stands there."""
    if isinstance(path, URIRef):
        yield path
    elif isinstance(path, PropertyPath):
        for value in vars(path).values():
            for each in value if isinstance(value, list | tuple) else [value]:
                yield from predicates(each)


def made(text: str) -> Query:
    return Query(name="made-up", path=Path("made-up.rq"), text=text, front_matter={})


PATHS_OF_NO_STEP = ("a path of no step", "a path of no step in brackets")


def missed(query: Query) -> list[str]:
    """Return what a query reads by its algebra and `reads` does not see."""
    told = reads(query)
    found = []
    for subject, predicate, value in where(query):
        if isinstance(predicate, Variable):
            if not told.everything:
                found.append(f"any predicate: {subject} {predicate} {value}")
            continue
        for each in predicates(predicate):
            # A literal stands for any object of a predicate other than rdf:type.
            classes = [value] if isinstance(value, URIRef) else [URIRef("urn:a"), URIRef("urn:b")]
            for kind in classes:
                if not told.sees(bracketed(each), bracketed(kind)):
                    found.append(f"{subject} {each} {value}")
    return found


@pytest.mark.parametrize("query", DERIVE, ids=lambda query: query.name)
def test_every_pattern_of_a_step_is_seen(query: Query) -> None:
    assert where(query)
    assert missed(query) == []


WRITINGS = {
    "a kind": "?a a poem:Study .",
    "two kinds": "?a a poem:Study , poem:Condition .",
    "any kind": "?a a ?kind .",
    "any kind after others": "?a poem:status poem:present ; a ?kind .",
    "a kind in brackets": "?a a <urn:kind> .",
    "a kind without a space": "?a a poem:Study.",
    "a kind at the end": "?b poem:status ?s . ?a a poem:Study",
    "a kind in a filter": "?b poem:status ?s . FILTER NOT EXISTS { ?b a poem:Study }",
    "any kind in a filter": "?b poem:status ?s . FILTER EXISTS { ?b a ?kind }",
    "the type by name": "?a rdf:type ?kind .",
    "the type in full": "?a <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> poem:Study .",
    "any predicate": "?a ?property ?b .",
    "any predicate after others": "?a poem:status ?s ; ?property ?b .",
    "any predicate after another object": "?a poem:status ?s , ?t ; ?property 7 .",
    "any predicate of a term": "poem:Study ?property ?b .",
    "any predicate of a full term": "<urn:x> ?property ?b .",
    "any predicate with a text": '?a ?property "text" .',
    "any predicate with a number": "?a ?property 7 .",
    "any predicate with a term": "?a ?property poem:Study .",
    "any predicate with a full term": "?a ?property <urn:x> .",
    "any predicate over lines": "?a\n  ?property\n  ?b .",
    "any predicate in a filter": "?b poem:status ?s . FILTER EXISTS { ?b ?property ?c }",
    "any predicate in an option": "?b poem:status ?s OPTIONAL { ?b ?property ?c }",
    "any predicate behind a comment": "?b poem:status ?s . # why\n ?b ?property ?c",
    "any predicate of a variable with a dollar": "$a $property $b .",
    "a predicate in a subquery": "{ SELECT ?a WHERE { ?a poem:holds ?b } }",
    "a predicate in a union": "{ ?a poem:holds ?b } UNION { ?a <urn:held> ?b }",
    "a predicate in a path": "?a poem:holds/<urn:held>* ?b .",
    "a predicate with a digit": "?a poem:x1-y_2 ?b .",
    "a predicate with a dot": "?a poem:x.y ?b .",
    "a predicate with a percent": "?a poem:x%20y ?b .",
    "a predicate of the empty prefix": "?a :holds ?b .",
    "a predicate that begins with a digit": "?a poem:1st ?b .",
    "a hash in an IRI": '?a <urn:x#y> "#" . ?a <urn:z#> ?b .',
    "a text with a quote": "?a poem:holds 'it is \"so' . ?a <urn:q> 'x\"' .",
    "a text over lines": '?a poem:holds """one " # two\n""" . ?a <urn:q> ?b .',
    "every predicate but one": "?a !poem:x ?b .",
    "every predicate but some": "?a !(poem:x|^a) ?b .",
    "a path of no step": "?a poem:x* ?b .",
    "a path of no step in brackets": "?a (poem:x|^poem:y)* ?b .",
    "without WHERE": "?a poem:holds ?b .",
    "blank node brackets": "?a poem:holds [ poem:status ?s ] .",
    "any predicate in blank node brackets": "?a poem:holds [ ?property ?s ] .",
    "a kind in blank node brackets": "?a poem:holds [ a ?kind ] .",
}


@pytest.mark.parametrize("writing", WRITINGS)
def test_however_a_step_is_written(writing: str) -> None:
    text = (
        "#+ summary: made up\nPREFIX : <urn:empty:>\n"
        "PREFIX poem: <https://w3id.org/poem-kg/ontology/>\n"
        f"PREFIX rdf: <{RDF}>\n"
        f"CONSTRUCT {{ ?a <urn:made> ?a }}\nWHERE {{ {WRITINGS[writing]} }}\n"
    )
    if writing in PATHS_OF_NO_STEP:
        assert reads(made(text)).everything
    if writing == "without WHERE":
        text = text.replace("WHERE", "")
    query = made(text)

    assert where(query)
    assert missed(query) == []


def test_an_escaped_name_is_that_without_the_escape() -> None:
    text = "PREFIX p: <urn:> CONSTRUCT { ?a p:b ?a } WHERE { ?a p:x\\~y\\.z ?a }"
    query = made(text)

    assert reads(query).words == {b"<urn:x~y.z>"}


def test_steps_read_no_more_than_they_need() -> None:
    """A step that seemed to read everything would make all steps before it slow."""
    assert [query.name for query in DERIVE if reads(query).everything] == [
        query.name
        for query in DERIVE
        if any(isinstance(predicate, Variable) for _, predicate, _ in where(query))
    ]


@pytest.mark.parametrize("query", DERIVE, ids=lambda query: query.name)
def test_every_predicate_that_a_step_constructs_is_told(query: Query) -> None:
    template = algebra(query.text).template

    told = constructs(query)

    for _, predicate, value in template:
        if isinstance(predicate, Variable):
            assert (b"", b"") in told
        elif predicate == RDF.type:
            kind = bracketed(value) if isinstance(value, URIRef) else b""
            assert (bracketed(predicate), kind) in told
        else:
            assert (bracketed(predicate), b"") in told


TEMPLATES = {
    "one triple": ("?a poem:x ?b", {"poem:x"}),
    "with a dot": ("?a poem:x ?b.", {"poem:x"}),
    "two triples": ("?a poem:x ?b . ?a <urn:y> 'a . b' .", {"poem:x", "<urn:y>"}),
    "two of one subject": ("?a poem:x ?b ; poem:y ?c .", {"poem:x", "poem:y"}),
    "two of one subject and a dot": (
        "?a poem:x ?b ; poem:y ?c ; . ?d poem:z 7",
        {
            "poem:x",
            "poem:y",
            "poem:z",
        },
    ),
    "two objects": ("?a poem:x ?b , ?c .", {"poem:x"}),
    "nothing": ("", set()),
    "brackets": ("?a poem:x [ poem:y ?c ] .", None),
    "any predicate": ("?a ?x ?b .", None),
    "any predicate of two": ("?a poem:x ?b ; ?x ?b .", None),
}


@pytest.mark.parametrize("kind", TEMPLATES)
def test_however_a_template_is_written(kind: str) -> None:
    template, expected = TEMPLATES[kind]
    text = (
        "PREFIX poem: <https://w3id.org/poem-kg/ontology/>\n"
        f"CONSTRUCT {{ {template} }} WHERE {{ ?a poem:a ?b ; poem:b ?c ; poem:c ?x }}"
    )
    query = made(text)

    told = constructs(query)

    if expected is None:
        assert (b"", b"") in told
    else:
        full = {name.replace("poem:", f"<{POEMKG}") + ">" * (name[0] != "<") for name in expected}
        assert told == {(name.encode(), b"") for name in full}


def test_what_is_left_out_is_read_by_no_step() -> None:
    """Conclusions are those from all that there is, for one patient after another."""
    drawn = [p for p in draw(12, seed=77) if not p.spoiled]

    for each in drawn:
        (result,) = adviser().advise([block(each.data)])
        triples = [q.triple for q in ox.parse(each.data, format=ox.RdfFormat.N_TRIPLES)]
        expected = {str(triple) for triple in derive(knowledge(), triples).advice}
        quads = ox.parse(result.advice, format=ox.RdfFormat.N_QUADS)
        assert expected <= {str(quad.triple) for quad in quads}
