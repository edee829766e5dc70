"""The catalogue over calls: typed parameters that are bound, and the same rows as the file."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from poem_kg.asking import needs_patient
from poem_kg.catalogue import Query
from poem_kg.query_data import examples
from poem_kg.service.model import Answer, Call
from poem_kg.service.queries import offered, short_name
from tests.service.calls import example, published, service
from tests.service.test_sparql import sentence

KNOWLEDGE = [query for query in offered() if not needs_patient(query)]
PATIENT = [query for query in offered() if needs_patient(query)]


def call(name: str, body: bytes = b"", /, **parameters: str) -> Answer:
    return service().answer(
        Call(
            kind="query",
            path=name,
            method="POST" if body else "GET",
            parameters=tuple(parameters.items()),
            body=body,
            media_type="text/turtle",
        )
    )


@pytest.mark.parametrize("query", KNOWLEDGE, ids=short_name)
def test_a_call_gives_the_rows_of_the_file(query: Query) -> None:
    answer = call(short_name(query))

    rows = published().store.query(query.text)
    assert isinstance(rows, ox.QuerySolutions)
    assert answer.body == rows.serialize(format=ox.QueryResultsFormat.JSON)


def test_every_example_is_a_call_that_answers() -> None:
    tried = 0
    for query in KNOWLEDGE:
        for parameter, term in examples(query):
            answer = call(short_name(query), **{parameter.name: getattr(term, "value", "")})
            rows = json.loads(answer.body)["results"]["bindings"]
            assert rows, (query.name, parameter.name)
            assert {row[parameter.name]["value"] for row in rows} == {term.value}
            tried += 1
    assert tried > 20


@pytest.mark.parametrize("query", PATIENT, ids=short_name)
def test_queries_about_a_patient_take_one(query: Query) -> None:
    name = short_name(query)

    asked = call(name, example("S4c-outflow-obstruction-tumour"))
    without = call(name)

    assert asked.status == 200 and "results" in json.loads(asked.body)
    assert dict(asked.headers)["Cache-Control"] == "no-store"
    assert without.status == 405 and dict(without.headers)["Allow"] == "POST"


@pytest.mark.parametrize(
    ("name", "parameters", "status", "why"),
    [
        ("nothing", {}, 404, "/queries lists them"),
        ("claim", {"colour": "red"}, 400, "colour=red: names no parameter"),
        ("claim", {"clam": "C24"}, 400, "clam=C24: names no parameter"),
        ("thresholds", {"measure": "not an iri"}, 400, "measure=not an iri: is no IRI"),
        (
            "gates",
            {"therapy": "poemkg:PerOralEndoscopicMyotomi"},
            400,
            "therapy=poemkg:PerOralEndoscopicMyotomi: is nowhere in what is asked; "
            "did you mean poemkg:PerOralEndoscopicMyotomy?\n",
        ),
        ("claim", {"claim": "c24"}, 400, "claim=c24: is nowhere in what is asked"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(
    name: str, parameters: dict[str, str], status: int, why: str
) -> None:
    answer = call(name, **parameters)

    assert answer.status == status and why in sentence(answer)


def test_an_error_begins_with_what_was_sent_as_it_was_sent() -> None:
    assert sentence(call("claim", clam="C24")).startswith("clam=C24: ")
    assert sentence(call("nothing")).startswith("There is no such query")


def test_a_known_term_without_rows_is_an_answer() -> None:
    answer = call("gates", therapy="poemkg:Achalasia")

    assert answer.status == 200 and json.loads(answer.body)["results"]["bindings"] == []


def test_a_term_that_neither_the_knowledge_nor_the_patient_has_is_refused() -> None:
    body = example("S4c-outflow-obstruction-tumour")

    known = call("why-not-ready", body, patient="https://example.org/poem-kg/S4c/patient")
    therapy = call("why-not-ready", body, therapy="poem:PerOralEndoscopicMyotomy")
    patient = call("why-not-ready", body, patient="https://example.org/poem-kg/S4d/patient")

    assert known.status == 200 and json.loads(known.body)["results"]["bindings"]
    assert therapy.status == patient.status == 400
    assert "did you mean poemkg:PerOralEndoscopicMyotomy?" in sentence(therapy)
    assert "S4d/patient: is nowhere in what is asked" in sentence(patient)


@pytest.mark.parametrize(
    "value", ['C24" } UNION { ?statement ?p ?o }', "C24\n}", '"""', "\\u0022", "C24'#", "?x"]
)
def test_a_value_is_a_term_and_never_text(value: str) -> None:
    answer = call("find-a-term", text=value)

    assert answer.status == 200
    assert json.loads(answer.body)["results"]["bindings"] == []


def test_a_prefixed_name_is_taken_for_an_iri() -> None:
    assert (
        call("thresholds", measure="poemkg:PoemProcedureCount").body
        == call("thresholds", measure="https://w3id.org/poem-kg/ontology/PoemProcedureCount").body
    )


def test_the_list_is_what_can_be_called() -> None:
    listed = json.loads(service().answer(Call(kind="page", path="queries")).body)

    assert [entry["name"] for entry in listed] == [short_name(query) for query in offered()]
    assert {e["name"] for e in listed if e["method"] == "POST"} == set(map(short_name, PATIENT))


def test_the_list_is_rdf_as_well() -> None:
    answer = service().answer(Call(kind="page", path="queries", accept="application/n-triples"))

    assert len(answer.body.splitlines()) == len(set(published().queries)) > 300
