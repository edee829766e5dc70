"""A patient who is posted is a guest of data only, whatever the bytes are."""

from __future__ import annotations

import gzip
import json
import time
import zlib

import pytest

from tests.cli.test_bad_input import CASES, GOOD, PATIENT
from tests.server.client import (
    FORM,
    Reply,
    check_protected,
    check_refused,
    listening_trap,
    post,
    send,
)
from tests.server.running import Running

OPERATIONS = ("recommend", "validate", "explain", "classify")
TYPES = {
    "ttl": "text/turtle",
    "trig": "application/trig",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "xyz": "",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
}
RECORD = "<urn:example:r> "
REFUSED = {
    "own evidence": "<https://w3id.org/poem-kg/source/mine> poemkg:governing true .",
    "relabelled": "<https://w3id.org/poem-kg/source/droracle2025> rdfs:label 'the best' .",
    "a term as class of itself": "poemkg:AchalasiaTypeI a poemkg:AchalasiaTypeII .",
    "a record of another kind": "<urn:example:p> poemkg:meetsCriterion <urn:x> .",
    "punning": "<urn:example:p> a poemkg:AchalasiaTypeI .",
    "a class of one's own": "<urn:x> a <http://www.w3.org/2002/07/owl#Class> .",
    "an import": "<urn:x> owl:imports <TRAP> .",
    "a rule": "<urn:s> sh:rule [ a sh:SPARQLRule ; sh:construct 'CONSTRUCT {} WHERE {}' ] .",
    "a target": "<urn:s> sh:targetClass poemkg:Patient .",
    "a list": "<urn:example:p> poemkg:hasRecord ( <urn:a> <urn:b> ) .",
    "a cyclic subclass": "<urn:a> rdfs:subClassOf <urn:b> . <urn:b> rdfs:subClassOf <urn:a> .",
    "an illegal IRI": "<urn:example:p> <urn:q> <http://a b> .",
    "an IRI with a brace": "<urn:example:p> <urn:q> <http://a/{x}> .",
    "an IRI with an escaped space": "<urn:example:p> <urn:q> <http://a/\\u0020x> .",
    "a huge exponent": "<urn:example:p> poemkg:age 1e999999999 .",
    "not a number": "<urn:example:p> poemkg:age 'NaN'^^xsd:double .",
    "a day that is none": "<urn:example:r> poemkg:date '2024-02-30'^^xsd:date .",
    "a year far away": "<urn:example:r> poemkg:date '999999999999-01-01'^^xsd:date .",
    "a control character": "<urn:example:p> rdfs:comment 'a\\u0000b' .",
}
IGNORED = {
    "a cyclic list": "<urn:l> <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> <urn:l> .",
    "a cycle of foreign words": "<urn:a> <urn:broader> <urn:b> . <urn:b> <urn:broader> <urn:a> .",
    "a foreign type": "<urn:example:p> a <http://hl7.org/fhir/Patient> .",
}
BOMBS = {
    "brackets": ("ttl", "<urn:a> <urn:b> " + "[ <urn:c> " * 100_000),
    "lists": ("ttl", "<urn:a> <urn:b> " + "( " * 100_000),
    "quoted triples": ("ttl", "<< " * 100_000),
    "annotations": ("ttl", "<urn:a> <urn:b> <urn:c> " + "{| <urn:d> <urn:e> " * 50_000),
    "triple terms in lines": ("nt", "<urn:a> <urn:b> " + "<<( <urn:a> <urn:b> " * 50_000),
    "triple terms in quads": ("nq", "<urn:a> <urn:b> " + "<<( <urn:a> <urn:b> " * 50_000),
    "graphs": ("trig", "{" * 100_000),
    "objects": ("jsonld", '{"urn:a":' * 100_000),
    "arrays": ("jsonld", "[" * 1_000_000),
    "elements": ("rdf", "<a>" * 100_000),
    "laughs": (
        "rdf",
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "ha">'
        + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
        + "]><r>&a9;</r>",
    ),
    "an outside entity": (
        "rdf",
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "TRAP">]><r>&a;</r>',
    ),
    "an outside DTD": ("rdf", '<?xml version="1.0"?><!DOCTYPE r SYSTEM "TRAP"><r/>'),
    "a file as entity": (
        "rdf",
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r>&a;</r>',
    ),
    "a context elsewhere": ("jsonld", '{"@context":"TRAP","@id":"urn:a","urn:b":"c"}'),
    "a context among others": (
        "jsonld",
        '{"@context":[{},"TRAP"],"@id":"urn:a","urn:b":"c"}',
    ),
    "a context within a term": (
        "jsonld",
        '{"@context":{"a":{"@id":"urn:a","@context":"TRAP"}},"@id":"urn:a","a":{"@id":"urn:b"}}',
    ),
    "an imported context": (
        "jsonld",
        '{"@context":{"@version":1.1,"@import":"TRAP"},"@id":"urn:a","urn:b":"c"}',
    ),
    "a context that takes the patient elsewhere": (
        "jsonld",
        '{"@context":{"Patient":"urn:else"},"@id":"urn:a","@type":"Patient","urn:b":"c"}',
    ),
    "a file as context": ("jsonld", '{"@context":"file:///etc/passwd","urn:b":"c"}'),
}


def statuses(reply: Reply) -> str:
    """Check that a reply is no advice, whether a sentence or findings; return what it says."""
    if reply.status == 422 and reply.media_type == "application/json":
        told = json.loads(reply.body)
        assert not told["conforms"] and not told.get("options"), told
        check_protected(reply)
        return reply.text
    return check_refused(reply, 400, 413, 415, 422)


def test_what_the_command_refuses_is_refused_over_http(service: Running) -> None:
    for name, (file, content, code, told) in CASES.items():
        kind = TYPES[file.rpartition(".")[2]]
        for operation in ("recommend", "explain"):
            reply = post(service, operation, content, kind)
            assert reply.status in ((422,) if code == 1 else (400, 413)), (name, reply)
            where = told.replace(file, "Body" if told.startswith(file) else "body")
            assert where.lower() in statuses(reply).lower(), (name, reply.text)
            assert reply.headers["cache-control"] == "no-store", name
    print(f"{len(CASES)} kinds of bad input to 2 operations")


def test_no_triple_of_a_guest_reaches_the_knowledge(service: Running) -> None:
    asked = "recommend"
    before = post(service, asked, GOOD).body
    with listening_trap() as trap:
        url = f"http://127.0.0.1:{trap.port}/x"
        for name, triples in REFUSED.items():
            reply = post(service, asked, PATIENT + triples.replace("TRAP", url))
            assert reply.status in (400, 413, 422), (name, reply)
            statuses(reply)
    expected = advice(post(service, asked, PATIENT))
    for name, triples in IGNORED.items():
        found = advice(post(service, asked, PATIENT + triples))
        for key in ("options", "tests", "notices", "noStatement"):
            assert found[key] == expected[key], name
    assert post(service, asked, GOOD).body == before
    print(f"{len(REFUSED)} triples of a guest that are refused, {len(IGNORED)} without effect")


def test_no_nesting_and_no_reference_outwards_does_more_than_end_its_call(
    service: Running,
) -> None:
    nursery = service.nursery()
    with listening_trap() as trap:
        url = f"http://127.0.0.1:{trap.port}/x"
        for name, (suffix, text) in BOMBS.items():
            began = time.monotonic()
            reply = post(service, "validate", text.replace("TRAP", url), TYPES[suffix])
            assert time.monotonic() - began < 5, name
            check_refused(reply, 400, 413)
            assert b"root:" not in reply.body
        link = f'<{url}>; rel="http://www.w3.org/ns/json-ld#context"'
        reply = post(service, "validate", '{"a": "b"}', "application/json", Link=link)
        check_refused(reply, 400, 415)
    assert service.nursery() == nursery
    print(f"{len(BOMBS) + 1} bombs and references")


def test_a_compressed_body_is_refused_unopened(service: Running) -> None:
    zeros = b"\0" * 100_000_000
    bodies = {
        "gzip": gzip.compress(zeros, 1),
        "x-gzip": gzip.compress(GOOD.encode()),
        "deflate": zlib.compress(zeros, 1),
        "br": b"\x0b\x02\x80abc\x03",
        "zstd": b"\x28\xb5\x2f\xfd",
        "GZIP": gzip.compress(GOOD.encode()),
        "identity, gzip": gzip.compress(GOOD.encode()),
        "gzip, identity": gzip.compress(GOOD.encode()),
    }
    for name, body in bodies.items():
        sentence = check_refused(post(service, "recommend", body, Content_Encoding=name), 415)
        assert "compressed" in sentence
    check_refused(post(service, "recommend", gzip.compress(GOOD.encode())), 400)
    for kind in (FORM, "application/sparql-query"):
        reply = send(
            service, "/sparql", method="POST", body="ASK {}", Content_Type=kind,
            Content_Encoding="gzip",
        )  # fmt: skip
        check_refused(reply, 415)
    assert post(service, "recommend", GOOD, Content_Encoding="identity").status == 200
    print(f"{len(bodies) + 3} compressed bodies")


def test_an_encoding_is_read_right_or_refused(service: Running) -> None:
    expected = advice(post(service, "recommend", GOOD))
    same = {
        "byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
        "CRLF": GOOD.replace("\n", "\r\n").encode(),
        "CR": GOOD.replace("\n", "\r").encode() if "#" not in GOOD else GOOD.encode(),
        "no line end at the end": GOOD.rstrip("\n").encode(),
    }
    for name, body in same.items():
        found = advice(post(service, "recommend", body))
        assert found == expected, name
    wrong = {
        "UTF-16": GOOD.encode("utf-16"),
        "UTF-16 without a mark": GOOD.encode("utf-16-le"),
        "UTF-32": GOOD.encode("utf-32"),
        "Latin-1": (GOOD + "# \xe9").encode("latin-1"),
        "a surrogate": (GOOD + "# ").encode() + b"\xed\xa0\x80",
        "overlong": (GOOD + "# ").encode() + b"\xc0\xaf",
        "half a character": GOOD.encode() + b"# \xe2\x82",
        "zero": GOOD.encode() + b"# \0",
        "two marks within": GOOD.encode() + b"\xfe\xff",
    }
    for body in wrong.values():
        check_refused(post(service, "recommend", body), 400)
    charset = post(service, "recommend", GOOD, "text/turtle; charset=utf-16")
    assert charset.status in (200, 400, 415)  # the bytes decide, not what is said of them
    print(f"{len(same)} bodies of the same advice, {len(wrong)} that are refused")


def advice(reply: Reply) -> dict[str, object]:
    """Return the advice without the digest of the bytes, which differ."""
    assert reply.status == 200, reply.text
    told: dict[str, object] = json.loads(reply.body)
    provenance = told.pop("provenance")
    assert isinstance(provenance, dict)
    provenance.pop("inputDigest")
    return {**told, **provenance}


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        ("records", 5_000),
        pytest.param("records", 100_000, marks=pytest.mark.slow),
        ("a chain", 100_000),
        ("one subject", 100_000),
    ],
)
def test_collections_of_many_items_are_answered_or_refused(
    service: Running, shape: str, count: int
) -> None:
    lines = [PATIENT]
    if shape == "records":
        items = ",".join(f"<urn:i:{n}>" for n in range(count))
        lines.append(f"<urn:example:p> poemkg:hasRecord {items} .")
    elif shape == "a chain":
        lines += [f"<urn:n:{n}> <urn:next> <urn:n:{(n + 1) % count}> ." for n in range(count)]
    else:
        items = ",".join(str(n) for n in range(count))
        lines.append(f"<urn:example:p> <urn:value> {items} .")
    began = time.monotonic()
    reply = post(service, "validate", "\n".join(lines), timeout=30)
    assert time.monotonic() - began < 12
    if reply.status != 200:
        statuses(reply) if reply.status != 503 else check_refused(reply, 503)
    assert post(service, "recommend", GOOD).status == 200
    print(f"{count} items, {shape}: {reply.status} in {time.monotonic() - began:.1f} s")


def test_refuted_and_mistaken_records_do_not_count(service: Running) -> None:
    told = advice(post(service, "recommend", PATIENT))
    assert told["options"]
    for status in ("enteredInError", "absent"):
        reply = post(service, "recommend", PATIENT.replace("poemkg:present", f"poemkg:{status}"))
        if reply.status == 200:
            assert not advice(reply)["options"], status
        else:
            statuses(reply)
    several = PATIENT + "<urn:q> a poemkg:Patient ; poemkg:hasRecord <urn:example:r> ."
    assert "2 patients" in check_refused(post(service, "recommend", several), 400)
