"""The page of a patient: what the form sends comes back filled in, with the advice it earns."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest

from poem_kg.intake.chart import Entry
from poem_kg.intake.fields import Fields
from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.service.model import Answer, Call, Refusal
from poem_kg.service.patient_page import PatientPage
from poem_kg.service.visit import Reception, carried
from tests.service.advice import EXAMPLES, STORIES, advice, kb, source
from tests.service.documents import documents
from tests.service.pages import Page, read
from tests.service.test_forms import multipart, part

S3A = "S3a-type-iii"


@cache
def patient_page() -> PatientPage:
    return PatientPage(documents().pages, kb(), DEFAULT_LIMITS)


@cache
def entries(story: str) -> dict[str, Entry]:
    reception = Reception(kb(), Fields(kb().knowledge), DEFAULT_LIMITS)
    return dict(reception.begun(source(story)).entries)


def sent(fields: Mapping[str, str]) -> Answer:
    body = urlencode(fields).encode()
    kind = "application/x-www-form-urlencoded"
    return patient_page().answer(
        Call(kind="page", path="patient", method="POST", body=body, media_type=kind)
    )


def form(story: str, **more: str) -> dict[str, str]:
    """What a browser sends when the fields say what an example says."""
    filled = {f"f.{name}": entry.value for name, entry in entries(story).items()}
    days = {f"d.{name}": entry.date for name, entry in entries(story).items() if entry.date}
    return filled | days | more


def values(page: Page) -> dict[str, str]:
    """What stands in the form of a page, by field; what is empty left out."""
    found = {}
    for control in (*page.all("input"), *page.all("select")):
        name = control.get("name", "")
        if control.get("type") == "radio" and control.get("checked") is None:
            continue
        value = control.get("value", "")
        if control.tag.endswith("select"):
            chosen = [o for o in control.iter() if o.get("selected") is not None]
            value = chosen[0].get("value", "") if chosen else ""
        if name.startswith(("f.", "d.")) and value:
            found[name] = value
    return found


def standings(page: Page) -> str:
    (told,) = [p for p in page.all("p") if p.get("id") == "told"]
    return "".join(told.itertext())


@pytest.mark.parametrize("story", STORIES[::5])
def test_an_example_fills_its_fields_and_comes_with_its_advice(story: str) -> None:
    call = Call(kind="page", path="patient", parameters=(("example", story),))

    page = read(patient_page().answer(call))

    assert values(page) == {k: v for k, v in form(story).items() if v}
    for option in advice(story).options:
        assert f"{option.label}: " in standings(page)


def test_the_empty_form_asks_the_first_question_first_and_has_each_field_once() -> None:
    page = read(patient_page().answer(Call(kind="page", path="patient")))

    names = [c.get("name", "") for c in (*page.all("input"), *page.all("select"))]
    assert {n.removeprefix("f.") for n in names if n.startswith("f.")} == set(
        Fields(kb().knowledge).by_name
    )
    ids = [e.get("id") for e in page.all("*") if e.get("id")]
    assert len(ids) == len(set(ids))
    assert values(page) == {} and standings(page) == ""


def test_what_was_filled_in_comes_back_with_the_day_of_the_answers() -> None:
    page = read(sent({"f.AchalasiaTypeIII": "present", "f.Age": "50", "on": "2026-03-02"}))

    assert values(page) == {
        "f.AchalasiaTypeIII": "present",
        "d.AchalasiaTypeIII": "2026-03-02",
        "f.Age": "50",
    }
    assert "preferred, needs information" in standings(page)


def test_the_answer_is_for_nobody_else() -> None:
    answer = sent(form(S3A))

    assert dict(answer.headers)["Cache-Control"] == "no-store"
    assert Call(kind="page", path="patient", method="POST").private
    assert not Call(kind="page", path="patient").private


def test_a_file_is_read_whatever_it_is_called_and_carried_whole() -> None:
    data = (EXAMPLES / f"{S3A}.ttl").read_bytes()

    page = read(patient_page().answer(file("patient", data)))

    assert values(page) == form(S3A)
    (base,) = [i.get("value", "") for i in page.all("input") if i.get("name") == "base"]
    assert base64.b64decode(base.partition(":")[2]) == data


def test_a_file_that_was_not_changed_is_advised_on_byte_by_byte() -> None:
    fields = form(S3A, base=carried(source(S3A)), download="advice.json")

    answer = sent(fields)

    told = advice(S3A).to_json()
    assert answer.media_type.startswith("application/json")
    assert told["provenance"]["inputDigest"].encode() in answer.body


def test_an_operator_with_fewer_procedures_blocks_and_the_page_tells_the_difference() -> None:
    held = read(sent(form(S3A, hold="yes")))
    (carries,) = [i.get("value", "") for i in held.all("input") if i.get("name") == "held"]

    tried = read(sent(form(S3A, held=carries) | {"f.PoemProcedureCount": "8"}))

    assert "preferred, blocked" in standings(tried)
    rows = [" ".join(" ".join(r.itertext()).split()) for r in tried.all("tr")]
    assert any("120" in row and "8" in row.split() for row in rows)
    assert any("preferred, ready" in row and "preferred, blocked" in row for row in rows)
    back = read(sent(form(S3A, held=carries, restore="yes") | {"f.PoemProcedureCount": "8"}))
    assert values(back) == form(S3A)


def test_changes_that_are_kept_are_the_patient() -> None:
    fields = form(S3A, held=carried(source(S3A)), release="yes") | {"f.PoemProcedureCount": "8"}

    page = read(sent(fields))

    assert [i.get("value") for i in page.all("input") if i.get("name") == "held"] == [""]
    assert values(page)["f.PoemProcedureCount"] == "8"


def test_each_way_that_is_found_can_be_tried_and_does_what_it_says() -> None:
    story = "S6a-type-ii-treatment-naive"
    therapy = next(o for o in advice(story).options if "dilation" in o.label)
    page = read(sent(form(story, ask="what-if", therapy=therapy.therapy)))
    ways = [b.get("value", "") for b in page.all("button") if b.get("name") == "set"]

    assert ways
    for way in ways[:3]:
        tried = read(sent(form(story, set=way)))
        assert (
            dict(parse_qsl(way)).items()
            <= {k.removeprefix("f."): v for k, v in values(tried).items()}.items()
        )
        assert "What that changes" in "".join(tried.root.itertext())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html>", "cannot be used"),
        (b"\xff\xfe\x00", "cannot be used"),
        (b"@prefix x: <urn:x:> . x:a x:b x:c .", "cannot be used"),
        (b"<urn:x:<script>alert(1)</script>> a <urn:x:b> .", "cannot be used"),
    ],
)
def test_a_file_that_is_no_patient_is_refused_on_the_page(data: bytes, said: str) -> None:
    answer = patient_page().answer(file("x.ttl", data))

    assert answer.status in (400, 413, 422)
    page = read(answer)
    (alert,) = [e for e in page.all("div") if e.get("role") == "alert"]
    assert said in "".join(alert.itertext())
    assert b"<script>alert" not in answer.body


def test_an_answer_that_cannot_be_is_told_and_the_rest_is_kept() -> None:
    answer = sent({"f.EckardtScore": "seven", "f.ChestPain": "present", "on": "2026-03-02"})

    assert answer.status == 400
    page = read(answer)
    assert values(page)["f.ChestPain"] == "present"
    (alert,) = [e for e in page.all("div") if e.get("role") == "alert"]
    assert "Eckardt score" in "".join(alert.itertext())


def test_a_violation_is_shown_as_a_finding() -> None:
    page = read(sent({"f.EckardtScore": "13", "on": "2026-03-02"}))

    assert re.search(r"above 12.* is not possible", "".join(page.root.itertext()))


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"f.Nothing": "present"}, 400),
        ({"base": "turtle:!!!"}, 400),
        ({"set": "Nothing=present"}, 400),
    ],
)
def test_what_is_not_of_this_form_is_refused(fields: dict[str, str], status: int) -> None:
    with pytest.raises(Refusal) as refusal:
        sent(fields)

    assert refusal.value.status == status


def file(name: str, data: bytes) -> Call:
    call = multipart(part("file", data, file=name))
    assert Path(name).name == name
    return call
