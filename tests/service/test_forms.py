"""A form is taken apart in memory, or refused in a sentence."""

from __future__ import annotations

import tempfile
from urllib.parse import urlencode

import pytest

from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.service.forms import Upload, posted
from poem_kg.service.model import Call, Refusal

BOUNDARY = "----line"


def sent(body: bytes, media_type: str) -> Call:
    return Call(kind="page", path="patient", method="POST", body=body, media_type=media_type)


def part(name: str, data: bytes, *, file: str | None = None) -> bytes:
    told = f'; filename="{file}"' if file is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{told}\r\n\r\n'
    return head.encode() + data + b"\r\n"


def multipart(*parts: bytes) -> Call:
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return sent(body, f"multipart/form-data; boundary={BOUNDARY}")


def test_fields_come_decoded_and_the_last_one_counts() -> None:
    body = urlencode([("f.A", "present"), ("f.B", "é\u202e"), ("f.A", " absent ")]).encode()

    form = posted(sent(body, "application/x-www-form-urlencoded"), DEFAULT_LIMITS)

    assert form.fields == {"f.A": ["present", " absent "], "f.B": ["é\u202e"]}
    assert form.one("f.A") == "absent" and form.one("f.C") == ""


def test_a_file_comes_byte_by_byte() -> None:
    data = b"\xef\xbb\xbf@prefix x: <urn:x:> .\r\n\x00\xff"

    form = posted(
        multipart(part("on", b"2026-03-02"), part("file", data, file="a.ttl")), DEFAULT_LIMITS
    )

    assert form.one("on") == "2026-03-02"
    assert form.files == {"file": Upload("a.ttl", data)}


def test_a_file_that_nobody_chose_is_none() -> None:
    assert posted(multipart(part("file", b"", file="")), DEFAULT_LIMITS).files == {}


def test_a_large_file_never_reaches_a_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("a temporary file was made")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)
    data = b"x" * (DEFAULT_LIMITS.body_bytes - 1_000)

    form = posted(multipart(part("file", data, file="large.ttl")), DEFAULT_LIMITS)

    assert form.files["file"].data == data


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"", "", 415),
        (b"{}", "application/json", 415),
        (b"@prefix", "text/turtle", 415),
        (b"--other\r\n\r\n", f"multipart/form-data; boundary={BOUNDARY}", 400),
        (b"", "multipart/form-data", 400),
        (b"f.A=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"f.%d=1" % n for n in range(2_001)), "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, media_type: str, status: int) -> None:
    with pytest.raises(Refusal) as refusal:
        posted(sent(body, media_type), DEFAULT_LIMITS)

    assert refusal.value.status == status
    assert "<" not in refusal.value.sentence
