"""Nothing of a patient stays behind: not in the log, the counts, files, caches or a process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.test_bad_input import PATIENT
from tests.cohort.runs import gone
from tests.server.client import FORM, QUERY, Reply, post, raw, send
from tests.server.running import Running

MARK = "Xq7Zpatient"
AGE = "61.53125"
"""With more places than any figure of a log has, or a time could pass for it."""
OPERATIONS = ("recommend", "validate", "explain", "classify")
BODY = PATIENT.replace("urn:example:", f"urn:{MARK}:") + (
    f"<urn:{MARK}:p> <urn:{MARK}:name> '{MARK} Doe', 'born {MARK}'@en ; poemkg:age {AGE} .\n"
)
JSON = json.dumps({"@id": f"urn:{MARK}", f"urn:{MARK}:p": f"{MARK} Doe"})

BOUNDARY = "----line"
UPLOAD = f"multipart/form-data; boundary={BOUNDARY}"


def upload(text: str, *, name: str = f"{MARK}.ttl") -> str:
    """What a browser sends for a patient file."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return f"{head}{text}\r\n--{BOUNDARY}--\r\n"


@pytest.fixture
def own(open_to_a_friend: Running) -> Running:
    """A service that hardly anybody else talks to."""
    return open_to_a_friend


def calls(running: Running) -> Iterator[Reply]:
    """Send what tells of a patient in every way that a client has."""
    for operation in OPERATIONS:
        yield post(running, operation, BODY)
        yield post(running, operation, BODY + f"<urn:{MARK}")
        yield post(running, operation, BODY + f"<urn:{MARK}:x> a poemkg:{MARK} .")
        yield post(running, operation, JSON, "application/ld+json")
        yield post(running, operation, BODY, f"text/{MARK}")
        yield post(running, operation, BODY.encode("utf-16"))
        yield post(running, f"{operation}?as-of={MARK}&{MARK}={MARK}", BODY)
        yield post(running, f"{operation}?option={MARK}&why-not={MARK}", BODY)
        yield post(running, operation, "[" * 500 + MARK)
    for kind in ("text/turtle", "image/svg+xml", "text/plain", "application/trig"):
        yield post(running, "explain", BODY, Accept=kind)
        yield post(running, "recommend", BODY, Accept=kind)
    for body, kind in (
        (f"f.ChestPain={MARK}&on=2026-03-02", FORM),
        (f"f.{MARK}=present", FORM),
        (f"f.Age={AGE}&base=turtle:{MARK}", FORM),
        (f"f.ChestPain=present&on={MARK}", FORM),
        (f"f.Age=61&download={MARK}", FORM),
        (upload(BODY), UPLOAD),
        (upload(BODY + f"<urn:{MARK}"), UPLOAD),
        (upload(JSON, name=f"{MARK}.jsonld"), UPLOAD),
        (MARK, UPLOAD),
        (BODY, "text/turtle"),
    ):
        yield send(running, "/patient", method="POST", body=body, Content_Type=kind)
    yield send(running, f"/patient?example={MARK}")
    yield post(running, MARK, BODY)
    yield post(running, f"../queries/diagnoses?patient=urn:{MARK}", BODY)
    yield send(running, "/queries/diagnoses", method="POST", body=BODY, Content_Type="text/turtle")
    yield send(running, f"/queries/diagnoses?patient={MARK}")
    yield send(running, f"/queries/{MARK}?{MARK}={MARK}")
    yield send(running, f"/{MARK}/{MARK}?{MARK}", Referer=MARK, User_Agent=MARK, Cookie=MARK)
    yield send(running, "/health", Host=MARK)
    yield send(running, f"/{MARK}", method=MARK.upper())
    query = f"SELECT * {{ ?s ?p '{MARK}' }}"
    yield send(running, f"/sparql?query={quote(query)}")
    yield send(running, f"/sparql?query={quote(query)}&default-graph-uri=urn:{MARK}")
    yield send(running, "/sparql", method="POST", body=query, Content_Type=QUERY)
    yield send(running, "/sparql", method="POST", body=f"query={quote(query + '{')}",
               Content_Type=FORM)  # fmt: skip
    yield send(running, "/sparql", method="POST", body=f"{MARK}", Content_Type=f"text/{MARK}")


def test_nothing_of_a_patient_is_written_anywhere(own: Running) -> None:
    files_before = open_files(own)
    replies = list(calls(own))
    broken = (
        f"GET /{MARK} HTTP/1.1\r\nHost: localhost\r\n{MARK}\r\n\r\n",
        f"{MARK}\r\n\r\n",
        f"POST /api/recommend HTTP/1.1\r\nHost: {MARK}\r\nContent-Length: {MARK}\r\n\r\n",
        "POST /api/recommend HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        f"{MARK}\r\n",
    )
    for text in broken:
        raw(own, text.encode())
    assert any(MARK.encode() in reply.body for reply in replies), "the marker is not used at all"
    assert {reply.status for reply in replies} >= {200, 400, 404, 405, 415, 422}
    assert own.logged("request", count=len(replies)), "some calls are not in the log"
    everything = own.text() + send(own, "/metrics").text + send(own, "/health").text
    for form in (MARK, MARK.lower(), MARK.upper(), "Doe", AGE):
        assert form not in everything, form
    assert list(own.temporary.rglob("*")) == []
    assert open_files(own) <= files_before
    print(f"{len(replies) + len(broken)} calls that tell of a patient")


def open_files(running: Running) -> set[str]:
    """Return the files that the service holds open, without pipes, sockets and devices."""
    found = set()
    for pid in (running.pid, *running.children()):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = str(descriptor.readlink())
            except FileNotFoundError:
                continue
            if target.startswith("/") and not target.startswith("/dev/"):
                found.add(target)
    return found


def test_every_answer_about_a_patient_asks_that_nobody_keeps_it(own: Running) -> None:
    for operation in OPERATIONS:
        for body in (BODY, BODY + "<", ""):
            reply = post(own, operation, body)
            assert reply.headers["cache-control"] == "no-store"
            assert "etag" not in reply.headers
    for body in (BODY, BODY + "<"):
        reply = send(
            own, "/queries/diagnoses", method="POST", body=body, Content_Type="text/turtle"
        )
        assert reply.headers["cache-control"] == "no-store"
        reply = send(own, "/patient", method="POST", body=upload(body), Content_Type=UPLOAD)
        assert reply.headers["cache-control"] == "no-store"
        assert "etag" not in reply.headers


def test_a_process_that_has_seen_a_patient_sees_no_other_client(own: Running) -> None:
    assert own.logged("serving")
    before = own.workers()
    for _ in range(len(before) * 2):
        assert post(own, "recommend", BODY).status == 200
        page = send(own, "/patient", method="POST", body=upload(BODY), Content_Type=UPLOAD)
        assert page.status == 200
        assert send(own, "/sparql?query=ASK%7B%7D").status == 200
    assert gone(before), "a process that has seen a patient still runs"


def test_an_answer_holds_nothing_of_the_one_before(own: Running) -> None:
    other = BODY.replace(MARK, "Ab3other")
    assert MARK not in post(own, "recommend", other).text
    assert MARK not in send(own, "/queries/find-a-term").text
