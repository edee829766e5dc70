"""An advice that is run again: what agrees, what differs, and files that are no advice."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poem_kg.errors import InputError, LimitExceeded
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.model import Advice
from poem_kg.replay import Recorded, Replay, compare, read_advice, replay_text
from tests.cli.here import inside
from tests.cli.test_contract import ROOT, command

EXAMPLES = sorted((ROOT / "examples").glob("*.ttl"))
S3A, S3B = (
    ROOT / "examples" / "S3a-type-iii.ttl",
    ROOT / "examples" / "S3b-type-iii-new-operator.ttl",
)
POEM = "options[PerOralEndoscopicMyotomy]"
Change = Callable[[dict[str, Any]], Any]


@cache
def kb() -> KnowledgeBase:
    return KnowledgeBase.load()


@cache
def advised(path: Path, day: date | None) -> Advice:
    return kb().recommend(path, as_of=day)


@cache
def advice_text(path: Path) -> str:
    return json.dumps(advised(path, None).to_json())


def again(document: object, patient: Path, folder: Path) -> Replay:
    file = folder / "advice.json"
    file.write_text(json.dumps(document))
    recorded = read_advice(str(file))
    return compare(recorded, advised(patient, recorded.as_of))


def changed(change: Change) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(advice_text(S3A))
    change(document)
    return document


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_replays_to_the_same(path: Path, tmp_path: Path) -> None:
    found = again(json.loads(advice_text(path)), path, tmp_path)
    assert found.identical
    assert found.differences == ()
    assert {"options", "provenance.queries", "provenance.ontologyDigest"} <= set(found.agrees)


def _option(document: dict[str, Any]) -> dict[str, Any]:
    return next(o for o in document["options"] if o["therapy"].endswith("PerOralEndoscopicMyotomy"))


def _query(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["provenance"]["queries"][-1]
    return found


CHANGES: dict[str, tuple[Change, str, object]] = {
    "ontology digest": (
        lambda d: d["provenance"].update(ontologyDigest="sha256:0"),
        "provenance.ontologyDigest",
        "sha256:0",
    ),
    "ontology version": (
        lambda d: d["provenance"].update(ontologyVersion="0.0.1"),
        "provenance.ontologyVersion",
        "0.0.1",
    ),
    "input digest": (
        lambda d: d["provenance"].update(inputDigest="sha256:0"),
        "provenance.inputDigest",
        "sha256:0",
    ),
    "graph digest": (
        lambda d: d["provenance"].update(inputGraphDigest="sha256:0"),
        "provenance.inputGraphDigest",
        "sha256:0",
    ),
    "a query digest": (
        lambda d: _query(d).update(digest="sha256:0"),
        "provenance.queries[derive/800-requirements-of-options].digest",
        "sha256:0",
    ),
    "readiness": (
        lambda d: _option(d).update(readiness="withheld"),
        f"{POEM}.readiness",
        "withheld",
    ),
    "a rank that is text": (lambda d: _option(d).update(rank="1"), f"{POEM}.rank", "1"),
    "a rank that is true": (lambda d: _option(d).update(rank=True), f"{POEM}.rank", True),
    "an argument's facts": (
        lambda d: _option(d)["for"][0].update(facts=[]),
        f"{POEM}.for[droracle2025-C01].facts",
        [],
    ),
    "another patient": (lambda d: d.update(patient="urn:x"), "patient", "urn:x"),
    "conforms": (lambda d: d.update(conforms=False), "conforms", False),
    "options that are no array": (lambda d: d.update(options=7), "options", 7),
    "members that are no objects": (lambda d: d.update(tests=[1, [2]]), "tests", [1, [2]]),
    "a key of nobody's": (lambda d: d.update(mine="yes"), "mine", "yes"),
}


@pytest.mark.parametrize(("change", "path", "old"), CHANGES.values(), ids=CHANGES)
def test_a_difference_is_named_by_its_path(
    change: Change, path: str, old: object, tmp_path: Path
) -> None:
    document = changed(change)
    assert json.dumps(document) != advice_text(S3A)
    found = again(document, S3A, tmp_path)
    assert not found.identical
    assert [(d.path, d.old) for d in found.differences] == [(path, old)]
    part = path.split("[")[0]
    assert part not in found.agrees


def test_a_member_that_is_gone_and_one_that_is_new(tmp_path: Path) -> None:
    found = again(changed(lambda d: d["options"].pop()), S3A, tmp_path)
    (new,) = found.differences
    assert (new.path, new.old) == ("options[LaparoscopicHellerMyotomy]", None)
    extra = {"therapy": "urn:surgery"}
    found = again(changed(lambda d: d["options"].append(extra)), S3A, tmp_path)
    (old,) = found.differences
    assert (old.path, old.old, old.new) == ("options[urn:surgery]", extra, None)


def test_another_order_is_a_difference(tmp_path: Path) -> None:
    found = again(changed(lambda d: d["options"].reverse()), S3A, tmp_path)
    (order,) = found.differences
    assert order.path == "options in order"
    assert order.new == ["PerOralEndoscopicMyotomy", "LaparoscopicHellerMyotomy"]


def test_members_that_no_key_tells_apart_are_compared_as_a_whole(tmp_path: Path) -> None:
    def twice(document: dict[str, Any]) -> None:
        document["options"].append(copy.deepcopy(document["options"][0]))

    found = again(changed(twice), S3A, tmp_path)
    assert [d.path for d in found.differences] == ["options"]


def test_the_day_of_the_earlier_advice_holds(tmp_path: Path) -> None:
    earlier = kb().recommend(S3A, as_of=date(2020, 1, 1)).to_json()
    assert earlier["options"] == []
    assert again(earlier, S3A, tmp_path).identical


def test_other_knowledge_shows(tmp_path: Path) -> None:
    file = tmp_path / "advice.json"
    file.write_text(advice_text(S3A))
    base = kb().knowledge
    other = KnowledgeBase(replace(base, prepare=base.prepare[1:], derive=base.derive[:-1]))
    found = compare(read_advice(str(file)), other.recommend(S3A))
    paths = [d.path for d in found.differences]
    assert f"provenance.queries[{base.prepare[0].name}]" in paths
    assert f"provenance.queries[{base.derive[-1].name}]" in paths
    assert any(path.startswith(POEM) for path in paths)


@pytest.fixture
def advice(tmp_path: Path) -> str:
    file = tmp_path / "advice.json"
    file.write_text(advice_text(S3A))
    return str(file)


def test_the_command_ends_with_0_when_nothing_differs(advice: str) -> None:
    done = command("recommend", str(S3A), "--replay", advice)
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode().splitlines()
    assert "agrees   provenance.inputDigest" in lines
    assert lines[-1] == "the same"
    assert done.stderr == b""


def test_the_command_ends_with_1_and_says_what_differs(advice: str, tmp_path: Path) -> None:
    done = inside("recommend", str(S3B), "--replay", advice)
    assert done.returncode == 1
    told = done.stdout.decode()
    assert f'differs  {POEM}.readiness: "ready" -> "blocked"' in told
    assert "agrees   provenance.ontologyDigest" in told
    assert all(len(line) < 220 for line in told.splitlines())
    output = tmp_path / "replay.json"
    done = inside("recommend", str(S3B), "--replay", advice, "--format", "json", "-o", str(output))
    assert done.returncode == 1
    found = json.loads(output.read_text())
    assert found["identical"] is False
    assert {"path": f"{POEM}.readiness", "old": "ready", "new": "blocked"} in found["differences"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--as-of", "2026-01-01"], "--as-of 2026-01-01: does not go with --replay"),
        (["--format", "turtle"], "turtle: is not known here; choose one of table, json"),
    ],
)
def test_options_that_do_not_go_with_it(advice: str, options: list[str], told: str) -> None:
    done = inside("recommend", str(S3A), "--replay", advice, *options)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().startswith(told)


def nested(levels: int) -> str:
    return '{"patient": ' + "[" * levels + "]" * levels + "}"


def _advice_with(**provenance: object) -> str:
    def change(document: dict[str, Any]) -> None:
        document["provenance"].update(provenance)

    return json.dumps(changed(change))


MALFORMED: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "is empty"),
    "no JSON": ("hello", "is no JSON"),
    "half": ('{"patient": ', "is no JSON"),
    "a string without end": ('{"patient": "x', "has no end"),
    "binary": (b"\x00\x01", "NUL byte"),
    "not UTF-8": (b'{"patient": "\xff"}', "is not in UTF-8"),
    "an array": ("[]", "lacks 'patient'"),
    "a number": ("7", "lacks 'patient'"),
    "another object": ('{"a": 1}', "lacks 'patient'"),
    "a patient file": (S3A.read_text(), "is no JSON"),
    "no provenance": (json.dumps(changed(lambda d: d.pop("provenance"))), "lacks 'provenance'"),
    "provenance of text": (
        json.dumps(changed(lambda d: d.update(provenance="none"))),
        "records no provenance",
    ),
    "no digest": (_advice_with(inputDigest=None), "records no inputDigest"),
    "digest of another type": (_advice_with(ontologyDigest=[1]), "records no ontologyDigest"),
    "no queries": (_advice_with(queries={}), "records no queries"),
    "a day that is none": (_advice_with(asOf="yesterday"), "asOf that is no date"),
    "a day that is a number": (_advice_with(asOf=20260101), "asOf that is no date"),
    "a day that is a list": (_advice_with(asOf=[]), "asOf that is no date"),
    "no number": ('{"patient": NaN}', "a number that cannot be read"),
    "a number of 5,000 digits": ('{"patient": ' + "9" * 5000 + "}", "a number that cannot be read"),
    "a number without bound": ('{"patient": 1e999}', "cannot be written"),
    "half a character": ('{"patient": "\\ud800"}', "cannot be written"),
    "too deep": (nested(DEFAULT_LIMITS.nesting), "nests deeper than 128 levels"),
    "much too deep": (nested(100_000), "nests deeper than 128 levels"),
    "too large": (" " * (DEFAULT_LIMITS.body_bytes + 1), "is larger than 5 MB"),
}


@pytest.mark.parametrize(("content", "told"), MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_advice_is_refused_in_one_line(
    content: str | bytes, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "advice.json"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(InputError) as caught:
        read_advice(str(file))
    assert told in str(caught.value)
    assert "advice.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_limits_hold_to_the_byte_and_the_level(tmp_path: Path) -> None:
    file = tmp_path / "advice.json"
    text = advice_text(S3A)
    file.write_text(text)
    size = replace(DEFAULT_LIMITS, body_bytes=len(text))
    assert read_advice(str(file), limits=size).as_of is not None
    with pytest.raises(LimitExceeded):
        read_advice(str(file), limits=replace(size, body_bytes=len(text) - 1))
    depth = _depth(json.loads(text))
    assert read_advice(str(file), limits=replace(DEFAULT_LIMITS, nesting=depth)).document
    with pytest.raises(LimitExceeded):
        read_advice(str(file), limits=replace(DEFAULT_LIMITS, nesting=depth - 1))


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


@pytest.mark.parametrize(
    ("content", "told"),
    [(nested(100_000), "nests deeper"), ('{"patient": "\\ud800"}', "cannot be written")],
)
def test_the_command_ends_with_2_for_what_is_no_advice(
    content: str, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "advice.json"
    file.write_text(content)
    done = inside("recommend", str(S3A), "--replay", str(file))
    assert done.returncode == 2
    assert done.stdout == b""
    (line,) = done.stderr.decode().splitlines()
    assert told in line


def test_a_file_that_is_not_there_is_named() -> None:
    done = inside("recommend", str(S3A), "--replay", "nowhere.json")
    assert done.returncode == 2
    assert done.stderr == b"nowhere.json: no such file; check the path\n"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "therapy", "criterion", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(
    key=st.sampled_from(["options", "patient", "findings", "notices", "queries", "x"]),
    value=JSON_VALUES,
)
def test_any_value_in_any_place_is_compared(key: str, value: object) -> None:
    now = advised(S3A, None)
    document = json.loads(advice_text(S3A))
    place = document["provenance"] if key == "queries" else document
    kept = place.get(key)
    place[key] = value
    found = compare(Recorded(name="x", document=document, as_of=None), now)
    assert found.identical == (kept == value and type(kept) is type(value))
    assert replay_text(found).count("\n") <= len(found.agrees) + 53
