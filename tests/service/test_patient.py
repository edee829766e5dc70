"""The patient API says what the commands say, and keeps nothing."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from poem_kg import KnowledgeBase
from poem_kg.service.model import Call
from poem_kg.service.patient import OPERATIONS, RDF_TYPES
from tests.service.calls import EXAMPLES, example, patient, published, service
from tests.service.test_sparql import sentence
from tests.stories import each

STORIES = sorted(path.stem for path in EXAMPLES.glob("S*.ttl"))
VIOLATING = b"""@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .
<urn:p> a poemkg:Patient ; poemkg:age "x" ."""


@pytest.mark.parametrize("story", each(STORIES))
def test_a_posted_patient_gets_the_advice_of_the_command(story: str) -> None:
    answer = patient("recommend", example(story))

    advice = KnowledgeBase(published().kb.knowledge).recommend(EXAMPLES / f"{story}.ttl")
    assert answer.status == 200 and answer.media_type == "application/json"
    assert json.loads(answer.body) == json.loads(json.dumps(advice.to_json()))


@pytest.mark.parametrize("accept", RDF_TYPES)
def test_an_advice_comes_as_rdf(accept: str) -> None:
    answer = patient("recommend", example("S3a-type-iii"), accept=accept)

    format = ox.RdfFormat.from_media_type(accept)
    assert format is not None and answer.media_type.startswith(accept)
    read = {str(quad.triple) for quad in ox.parse(answer.body, format)}
    expected = published().kb.recommend(EXAMPLES / "S3a-type-iii.ttl").graph
    assert read == {str(triple) for triple in expected}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_of_a_patient_may_be_stored(operation: str) -> None:
    answer = patient(operation, example("S3a-type-iii"))

    assert answer.status == 200
    assert dict(answer.headers)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("operation", ["recommend", "explain", "classify"])
def test_a_violation_gives_the_findings_and_no_advice(operation: str) -> None:
    answer = patient(operation, VIOLATING)

    told = json.loads(answer.body)
    assert answer.status == 422
    assert told["conforms"] is False and told["findings"]
    assert not told.get("options")


def test_validation_tells_of_a_violation_as_a_result() -> None:
    answer = patient("validate", VIOLATING)

    assert answer.status == 200
    assert json.loads(answer.body)["conforms"] is False


def test_an_explanation_comes_as_words_and_as_a_picture() -> None:
    words = patient("explain", example("S3a-type-iii"), accept="text/plain", audience="researcher")
    picture = patient("explain", example("S3a-type-iii"), accept="image/svg+xml")

    assert words.status == picture.status == 200
    assert b"<svg" in picture.body and len(words.body) > 1000


def test_hypothetical_questions_are_answered() -> None:
    story, therapy = example("S2-gastric-cancer"), "LaparoscopicHellerMyotomy"

    changes = patient("explain", story, ask="what-if", option=therapy)
    asked = patient("explain", story, ask="what-next")

    assert changes.status == asked.status == 200
    assert [t["label"] for t in json.loads(changes.body)["therapies"]] != []
    assert json.loads(asked.body)


def test_the_day_is_a_parameter() -> None:
    answer = patient("recommend", example("S3a-type-iii"), as_of="2026-11-01")

    assert json.loads(answer.body)["provenance"]["asOf"] == "2026-11-01"


@pytest.mark.parametrize(
    ("operation", "parameters", "status", "why"),
    [
        ("nothing", {}, 404, "no such operation"),
        ("recommend", {"option": "x"}, 400, "no parameter option"),
        ("recommend", {"as_of": "yesterday"}, 400, "is no date"),
        ("explain", {"ask": "why"}, 400, "what-if and what-next"),
        ("explain", {"audience": "nobody"}, 400, "no such audience"),
        ("explain", {"why_not": "x", "option": "y"}, 400, "leave one of them out"),
        ("explain", {"option": "<script>"}, 400, "<script>"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_in_one_sentence(
    operation: str, parameters: dict[str, str], status: int, why: str
) -> None:
    answer = patient(operation, example("S3a-type-iii"), **parameters)

    assert answer.status == status and why in sentence(answer)


@pytest.mark.parametrize(
    ("body", "media_type", "status", "why"),
    [
        (b"<a> a x", "text/turtle", 400, "Body:1: is no Turtle"),
        (b"", "text/turtle", 400, "is empty"),
        (b"x=1", "application/x-www-form-urlencoded", 415, "Content-Type: text/turtle"),
        (b"{}", "application/pdf", 415, "no format of RDF"),
        (b"\xff\xfe", "", 400, "UTF-16"),
        (b'<urn:a> <urn:b> "c" .', "", 400, "no patient"),
    ],
)
def test_a_body_that_is_no_patient_is_refused(
    body: bytes, media_type: str, status: int, why: str
) -> None:
    call = Call(kind="patient", path="recommend", method="POST", body=body, media_type=media_type)

    answer = service().answer(call)

    assert answer.status == status and why in sentence(answer)


def test_no_acceptable_type_is_told() -> None:
    answer = patient("validate", example("S3a-type-iii"), accept="image/png")

    assert answer.status == 406 and "application/json" in sentence(answer)
