"""A patient and an advice as readable JSON-LD, which reads back to exactly the same triples."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from poem_kg.compact_jsonld import ADVICE_CONTEXT, PATIENT_CONTEXT, compact_jsonld
from poem_kg.errors import InputError, KnowledgeError
from poem_kg.jsonld import prepare_jsonld
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.model import Advice
from poem_kg.namespaces import POEMKG, RDF, XSD
from poem_kg.reading import SourceGraph, read_graph
from poem_kg.resources import context_document
from tests.stories import each

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("S*.ttl"))
RANDOM_GRAPHS = 300
PATIENT = "https://example.org/p"

every_example = pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem, marks=story.marks)
        for path, story in zip(EXAMPLES, each(path.stem for path in EXAMPLES), strict=True)
    ],
)


@cache
def knowledge_base() -> KnowledgeBase:
    return KnowledgeBase.load()


@cache
def advice(path: Path) -> Advice:
    return knowledge_base().recommend(path)


@cache
def patient(path: Path) -> SourceGraph:
    return knowledge_base().read(path)


def back(data: bytes) -> set[ox.Triple]:
    """The triples that poem-kg reads in a JSON-LD document."""
    return set(read_graph("-", format="json-ld", stdin=io.BytesIO(data)).triples)


def quickly_back(data: bytes) -> set[ox.Triple]:
    """The same without a process of its own, for many small documents."""
    prepared = prepare_jsonld(data.decode(), "-", DEFAULT_LIMITS)
    return {quad.triple for quad in ox.parse(prepared, format=ox.RdfFormat.JSON_LD)}


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from objects(inner)


@every_example
def test_an_advice_reads_back_to_the_same_triples(path: Path) -> None:
    data = compact_jsonld(advice(path).graph, patient=advice(path).patient)

    assert len(advice(path).graph) > 100
    assert back(data) == set(advice(path).graph)


@every_example
def test_an_advice_with_its_context_in_full_is_read_by_others(path: Path) -> None:
    data = compact_jsonld(advice(path).graph, patient=advice(path).patient, embed=True)

    assert back(data) == set(advice(path).graph)
    assert set(ox.parse(data, format=ox.RdfFormat.JSON_LD)) == {
        ox.Quad(t.subject, t.predicate, t.object) for t in advice(path).graph
    }


@every_example
@pytest.mark.parametrize("context", [PATIENT_CONTEXT, ADVICE_CONTEXT])
def test_a_patient_reads_back_to_the_same_triples(path: Path, context: str) -> None:
    data = compact_jsonld(patient(path).triples, patient=advice(path).patient, context=context)

    assert back(data) == set(patient(path).triples)


def test_there_are_as_many_stories_as_files() -> None:
    assert len(EXAMPLES) >= 20


@every_example
def test_an_advice_nests_every_conclusion_and_names_no_property_in_full(path: Path) -> None:
    given = advice(path)
    document = json.loads(compact_jsonld(given.graph, patient=given.patient))

    assert document["id"] == given.patient
    options = document.get("options", [])
    assert [node["rank"] for node in options] == [option.rank for option in given.options]
    assert {node["id"] for node in options} == {option.option for option in given.options}
    kinds = {str(node.get("type")) for node in document["included"]}
    assert kinds <= {"['Run', 'prov:Activity']", "Measurement", "None"}
    for node in objects(document):
        assert [key for key in node if "/" in key or key.startswith("poemkg:")] == []


@every_example
def test_a_node_is_written_once(path: Path) -> None:
    document = json.loads(compact_jsonld(advice(path).graph, patient=advice(path).patient))
    written = [node["id"] for node in objects(document) if len(node) > 1 and "id" in node]

    assert len(written) == len(set(written))
    assert len(written) == len({triple.subject for triple in advice(path).graph})


def test_options_come_best_first_with_arguments_requirements_and_notes_in_place() -> None:
    path = next(path for path in EXAMPLES if path.stem == "S3a-type-iii")
    document = json.loads(compact_jsonld(advice(path).graph, patient=advice(path).patient))

    assert [option["rank"] for option in document["options"]] == [1, 2]
    first, second = document["options"]
    assert {argument["applies"] for argument in first["arguments"]} == {"met"}
    assert first["requirement"][0]["state"] == "met"
    assert all(isinstance(note["statement"], str) for note in second["notes"])
    assert document["hasRecord"][0]["status"] == "absent"
    assert document["@context"] == ADVICE_CONTEXT


def test_the_excerpt_in_the_documentation_is_part_of_the_advice() -> None:
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    excerpt = page.split("## An advice as JSON-LD")[1].split("```json\n")[1].split("```")[0]
    path = next(path for path in EXAMPLES if path.stem == "S3a-type-iii")
    document = json.loads(compact_jsonld(advice(path).graph, patient=advice(path).patient))

    assert holds(document, json.loads(excerpt))


def holds(whole: Any, part: Any) -> bool:
    """Tell whether a JSON value has all that a part of it has; arrays may have more."""
    if isinstance(part, dict):
        return all(key in whole and holds(whole[key], value) for key, value in part.items())
    if isinstance(part, list):
        return all(any(holds(item, wanted) for item in whole) for wanted in part)
    return bool(whole == part)


def test_an_advice_is_the_same_bytes_in_any_order_and_with_any_hash_seed() -> None:
    path = EXAMPLES[0]
    triples = list(advice(path).graph)
    expected = compact_jsonld(triples, patient=advice(path).patient)
    random.Random(1).shuffle(triples)
    program = (
        "import sys; from poem_kg.knowledge_base import KnowledgeBase as K;"
        "from poem_kg.compact_jsonld import compact_jsonld;"
        "a = K.load().recommend(sys.argv[1]);"
        "sys.stdout.buffer.write(compact_jsonld(a.graph, patient=a.patient))"
    )

    assert compact_jsonld(triples, patient=advice(path).patient) == expected
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program, str(path)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        assert done.stdout == expected


# Any graph


def iri(text: str) -> ox.NamedNode:
    return ox.NamedNode(text)


def drawn(random_: random.Random) -> list[ox.Triple]:
    """A graph of some nodes with everything that a context treats in a way of its own."""
    nodes = [iri(PATIENT), *(iri(f"{PATIENT}/{i}") for i in range(5)), iri("urn:x:1")]
    terms = [
        name for name in (context_document(ADVICE_CONTEXT) or {})["@context"] if name.isalpha()
    ]
    properties = [iri(POEMKG + name) for name in (*terms, "other", "a/b", "9", "")]
    properties += [
        iri(RDF + "type"),
        iri("http://www.w3.org/2000/01/rdf-schema#label"),
        iri("http://www.w3.org/ns/prov#used"),
        iri("http://purl.org/dc/terms/source"),
        iri("https://example.org/of-others"),
    ]
    classes = [
        iri(POEMKG + n) for n in ("Option", "Note", "Argument", "Patient", "id", "type", "x:y")
    ]
    texts = ("1", "01", "-0", "1.50", "true", "present", "", "é", "2026-03-02", "@id", "a b", "\n")
    kinds = ("string", "integer", "decimal", "boolean", "date", "double")
    literals = [ox.Literal(t, datatype=iri(XSD + random_.choice(kinds))) for t in texts]
    literals += [ox.Literal(t, language=random_.choice(("en", "de", "en-gb"))) for t in texts]
    found = []
    for _ in range(random_.randrange(1, 40)):
        kind = random_.randrange(4)
        others: list[ox.NamedNode] = [iri(POEMKG), iri(RDF + "nil"), *classes]
        values: Sequence[ox.NamedNode | ox.Literal] = nodes
        if kind < 2:
            values = others if kind else literals
        triple = (random_.choice(nodes), random_.choice(properties), random_.choice(values))
        found.append(ox.Triple(*triple))
    for node in nodes:
        if random_.random() < 0.7:
            found.append(ox.Triple(node, iri(RDF + "type"), random_.choice(classes)))
    return found


@pytest.mark.parametrize("context", [PATIENT_CONTEXT, ADVICE_CONTEXT])
def test_any_graph_reads_back_to_the_same_triples(context: str) -> None:
    for seed in range(RANDOM_GRAPHS):
        triples = drawn(random.Random(seed))
        data = compact_jsonld(triples, patient=PATIENT, context=context)
        assert quickly_back(data) == set(triples), f"{context} {seed}"


def test_a_chain_of_nodes_does_not_nest_without_end() -> None:
    nodes = [iri(f"{PATIENT}/{i:05}") for i in range(3000)]
    record = iri(POEMKG + "hasRecord")
    triples = [ox.Triple(a, record, b) for a, b in zip(nodes, nodes[1:] + nodes[:1], strict=True)]

    data = compact_jsonld(triples, patient=nodes[0].value)

    assert quickly_back(data) == set(triples)


@pytest.mark.parametrize("node", ["xsd:integer", "prov:x", "age:5", "type:x"])
def test_an_iri_that_would_read_as_a_short_name_is_refused(node: str) -> None:
    triples = [ox.Triple(iri(node), iri(RDF + "type"), iri(POEMKG + "Patient"))]

    with pytest.raises(
        InputError, match=f"<{node}>: the IRI begins with .*; give the node another"
    ):
        compact_jsonld(triples, patient=node)


def test_a_blank_node_is_no_input() -> None:
    triples = [ox.Triple(ox.BlankNode("b"), iri(RDF + "type"), iri(POEMKG + "Patient"))]

    with pytest.raises(ValueError, match="has a blank node"):
        compact_jsonld(triples, patient=PATIENT)


def test_a_context_that_is_not_ours_is_not_looked_up() -> None:
    with pytest.raises(KnowledgeError, match="is no context of the package"):
        compact_jsonld([], patient=PATIENT, context="https://example.org/context")


# The contexts themselves


def definitions(context: str) -> dict[str, Any]:
    document = context_document(context)
    assert document is not None
    found: dict[str, Any] = document["@context"]
    return found


@pytest.mark.parametrize("name", ["patient", "advice"])
def test_a_context_is_known_with_and_without_its_ending(name: str) -> None:
    base = "https://w3id.org/poem-kg/context/"

    assert context_document(base + name) == context_document(f"{base}{name}.jsonld")
    assert context_document(base + name) == json.loads(
        (ROOT / "contexts" / f"{name}.jsonld").read_text(encoding="utf-8")
    )
    assert {path.stem for path in (ROOT / "contexts").iterdir()} == {"patient", "advice"}


def test_what_the_context_of_a_patient_defines_means_the_same_in_an_advice() -> None:
    assert definitions(PATIENT_CONTEXT).items() <= definitions(ADVICE_CONTEXT).items()


def test_every_name_of_ours_in_a_context_is_in_the_ontology() -> None:
    declared = {t.subject for t in knowledge_base().knowledge.ontology}
    for name, definition in definitions(ADVICE_CONTEXT).items():
        if isinstance(definition, dict):
            full = definition.get("@reverse") or definition.get("@id") or f"poemkg:{name}"
            if full.startswith("poemkg:"):
                assert iri(POEMKG + full.removeprefix("poemkg:")) in declared, name
        if isinstance(definition, dict) and "@reverse" in definition:
            assert iri(POEMKG + name) not in declared, "a reversed name hides a property"


def test_every_property_of_an_advice_that_holds_an_iri_is_defined() -> None:
    defined = definitions(ADVICE_CONTEXT)
    used = {
        triple.predicate.value
        for path in EXAMPLES
        for triple in advice(path).graph
        if isinstance(triple.object, ox.NamedNode)
    }
    ours = {name.removeprefix(POEMKG) for name in used if name.startswith(POEMKG)}

    assert len(ours) > 25
    assert {name for name in ours if "@type" not in defined.get(name, {})} == set()
