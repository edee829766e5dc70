"""JSON-LD: contexts from the package only, and nothing dropped without a word."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from poem_kg import resources
from poem_kg.errors import KnowledgeError, LimitExceeded
from poem_kg.jsonld import prepare_jsonld
from poem_kg.limits import DEFAULT_LIMITS, Limits
from tests.reading.conftest import read, refusal

# A test here forks beside a thread, of which Python 3.12 and later warn.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

OURS = "https://w3id.org/poem-kg/context/patient"
DOCUMENT = {"@context": [{"e": "http://e.org/"}, {"id": "@id", "age": "e:age"}]}


def packaged(iri: str) -> dict[str, Any] | None:
    return DOCUMENT if iri == OURS else None


def prepared(document: dict[str, Any], limits: Limits = DEFAULT_LIMITS) -> list[str]:
    data = prepare_jsonld(json.dumps(document), "-", limits, packaged=packaged)
    return [str(quad.triple) for quad in ox.parse(data, ox.RdfFormat.JSON_LD)]


AGE = '<a:a> <http://e.org/age> "7"^^<http://www.w3.org/2001/XMLSchema#integer>'


@pytest.mark.parametrize(
    "document",
    [
        {"@context": OURS, "id": "a:a", "age": 7},
        {"@context": [None, OURS], "id": "a:a", "age": 7},
        {"@graph": [{"@context": [OURS], "id": "a:a", "age": 7}]},
        {"@id": "a:a", "@included": [{"@context": OURS, "id": "a:a", "age": 7}]},
    ],
)
def test_a_packaged_context_stands_in_for_its_iri(document: dict[str, Any]) -> None:
    assert prepared(document) == [AGE]


def test_a_packaged_context_may_be_named_within_a_term() -> None:
    context = {"x": {"@id": "a:x", "@context": OURS}}
    assert AGE in prepared({"@context": context, "@id": "a:b", "x": {"id": "a:a", "age": 7}})


def test_contexts_may_not_be_named_more_often_than_the_limit() -> None:
    document = {"@context": [OURS] * 3, "id": "a:a", "age": 7}
    assert prepared(document, Limits(context_uses=3)) == [AGE]
    with pytest.raises(LimitExceeded, match="names contexts more than 2 times"):
        prepared(document, Limits(context_uses=2))


def test_the_context_of_the_package_is_found_by_its_iri_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "patient.jsonld").write_text(json.dumps(DOCUMENT))
    monkeypatch.setattr(resources, "data_dir", lambda name: tmp_path)
    assert resources.context_document(OURS) == DOCUMENT
    assert resources.context_document("patient.jsonld") is None
    assert resources.context_document(f"{OURS}/../../../etc/passwd") is None


def test_a_broken_context_of_ours_is_our_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "patient.jsonld").write_text("[]")
    monkeypatch.setattr(resources, "data_dir", lambda name: tmp_path)
    with pytest.raises(KnowledgeError, match="install the package again"):
        resources.context_document(OURS)


def test_a_remote_context_is_refused_and_not_fetched() -> None:
    visits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_error(404)

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/context.jsonld"
    try:
        for context, reason in (
            (address, "is not in the package"),
            ({"@import": address}, "would load a context"),
            ({"x": {"@id": "a:x", "@context": address}}, "is not in the package"),
        ):
            document = {"@context": context, "@id": "a:a", "a:b": {"a:c": 1}}
            assert reason in refusal(json.dumps(document), "json-ld")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert visits == []


def test_a_remote_vocabulary_is_only_a_name() -> None:
    text = '{"@context": {"@vocab": "http://127.0.0.1:9/"}, "@id": "a:a", "b": 1}'
    assert len(read(text, "json-ld").triples) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"@id": "a:a", "finding": "a:b"}', '"finding" is defined by no @context'),
        ('{"@id": "a:a", "@type": "Patient"}', '"Patient" is defined by no @context'),
        ('{"@context": [null], "@id": "a:a", "x": 1}', '"x" is defined by no @context'),
        ('{"@id": "a:a", "birth year": 1970}', "cannot become a property"),
        ('{"@id": "a:a", "_:p": 1}', "cannot become a property"),
        ('{"@id": "a b", "a:b": 1}', "is no IRI"),
        ('{"@id": "a:a", "a:b": {"@id": "a b"}}', "is no IRI"),
        ('{"@context": {"i": "@id"}, "i": "a b", "a:b": 1}', "is no IRI"),
        ('{"@context": {"x": {"@id": "a:x", "@type": "@id"}}, "x": "a b"}', "is no IRI"),
        ('{"@id": "a:a", "a:b": {"@value": "x", "@language": "e n"}}', "is no language tag"),
        ('{"@id": "a:a", "@idd": "a:b"}', "is no keyword"),
        ('{"@vocab": "a:", "@id": "a:a", "b": 1}', "stands outside @context"),
        ('[{"@id": "a:a", "a:b": 1}, "lost"]', "stands where an object must"),
    ],
)
def test_what_a_processor_would_drop_in_silence_is_refused(text: str, reason: str) -> None:
    assert reason in refusal(text, "json-ld")


@pytest.mark.parametrize(
    "text",
    [
        '{"@context": {"n": "@nest", "f": "a:f"}, "@id": "a:a", "n": {"f": 1}}',
        '{"@id": "a:a", "@included": [{"@id": "a:b", "a:f": 1}]}',
        '{"@context": {"birth year": "a:year"}, "@id": "a:a", "birth year": 1970}',
        '{"@context": {"note": null}, "@id": "a:a", "a:f": 1, "note": "for the nurse"}',
        '{"@context": {"f": {"@id": "a:f", "@container": "@language"}}, "f": {"en": "x"}}',
        '{"@context": {"f": {"@id": "a:f", "@type": "@json"}}, "f": {"free text": ["a b"]}}',
        '{"@id": "a:a", "@reverse": {"a:f": {"@id": "a:b"}}}',
        '{"@id": "a:a", "a:f": {"@list": [1]}, "a:g": {"@set": []}}',
    ],
)
def test_what_json_ld_allows_comes_through(text: str) -> None:
    assert read(text, "json-ld").triples


def test_a_key_twice_in_one_object_is_refused_with_its_line() -> None:
    line = refusal('{"@id": "a:a",\n"a:b": 1,\n"a:b": 2}')
    assert line.startswith('-:2: "a:b" is twice in one object')


@pytest.mark.parametrize(
    "number",
    [
        *("1e400", "-1e400", "NaN", "Infinity", "-Infinity", "9223372036854775808", "9" * 5000),
        *("0.12345678901234567890", "0e99999999999999999999", "1e-400"),
    ],
)
def test_a_number_that_cannot_be_held_is_refused(number: str) -> None:
    assert "-:2: " in refusal(f'{{"@id": "a:a",\n"a:b": {number}}}', "json-ld")


def test_half_a_surrogate_pair_is_refused() -> None:
    assert "half of a surrogate pair" in refusal('{"@id": "a:a", "a:b": "\\ud800"}')


def test_a_json_number_typed_as_decimal_is_written_as_a_decimal() -> None:
    context = '{"v": {"@id": "a:v", "@type": "http://www.w3.org/2001/XMLSchema#decimal"}}'
    graph = read(f'{{"@context": {context}, "@id": "a:a", "v": [15.50, 0.001, 1e-7]}}')
    values = sorted(t.object.value for t in graph.triples if isinstance(t.object, ox.Literal))
    assert values == ["0.0000001", "0.001", "15.5"]
