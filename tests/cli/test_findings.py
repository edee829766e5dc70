"""The table of findings tells as much as the JSON: which record, which property, which value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from poem_kg.findings import Places
from poem_kg.knowledge import Knowledge, load_knowledge
from poem_kg.model import Finding
from poem_kg.namespaces import POEMKG, SHAPES, compact
from tests.cli.here import inside
from tests.cli.test_contract import ROOT

TEMPLATE = (ROOT / "examples" / "template.ttl").read_text(encoding="utf-8")
S3A = str(ROOT / "examples" / "S3a-type-iii.ttl")
PERSON = "https://example.org/patients/1"
SECOND = """
patient:second a poemkg:Condition ; poemkg:concept poemkg:AchalasiaTypeII ;
  poemkg:status poemkg:absent ; poemkg:date "2026-03-02"^^xsd:date .
"""
DEFECTS = {
    "a property misspelt": TEMPLATE.replace("poemkg:hasRecord\n", "poemkg:hasRecords\n"),
    "two records that disagree": TEMPLATE.replace("patient:diagnosis ,", "patient:diagnosis , "
                                                  "patient:second ,") + SECOND,
    "a class misspelt": TEMPLATE.replace("poemkg:AchalasiaMimic", "poemkg:AchalasiaMimik"),
    "swallows without a position": TEMPLATE.replace("; poemkg:position poemkg:supine ;\n", ";\n"),
    "values that are none": TEMPLATE.replace('poemkg:value "7"', 'poemkg:value "-7"'),
}  # fmt: skip


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def table(path: Path) -> str:
    """Return the table of `validate` as one line, without the spaces of its layout."""
    return " ".join(inside("validate", str(path)).stdout.decode().split())


@pytest.mark.parametrize("name", DEFECTS)
def test_the_table_has_all_that_the_json_has(name: str, tmp_path: Path) -> None:
    path = tmp_path / "p.ttl"
    path.write_text(DEFECTS[name])
    told = table(path)
    findings = json.loads(inside("validate", str(path), "-f", "json").stdout)["findings"]

    assert findings
    for finding in findings:
        for key in ("severity", "message", "focus"):
            assert " ".join(finding[key].split()) in told
        for key in ("path", "value", "shape"):
            assert compact(finding[key] or "") in told


def test_each_record_that_is_ignored_is_named_once() -> None:
    told = " ".join(inside("recommend", S3A, "--as-of", "2020-01-01").stdout.decode().split())

    assert told.count("Ignored, because it is later than the as-of date") == 1
    assert "At https://example.org/poem-kg/S3a/patient (patient), poemkg:hasRecord:" in told
    assert told.count("https://example.org/poem-kg/S3a/eckardt (Eckardt score)") == 1
    assert told.count("https://example.org/poem-kg/S3a/mimics (achalasia mimic)") == 1


def test_this_record_has_a_name(tmp_path: Path) -> None:
    path = tmp_path / "p.ttl"
    path.write_text(DEFECTS["two records that disagree"])

    assert f"poemkg:hasRecord: {PERSON}/diagnosis (achalasia type II)" in table(path)
    for command in ("recommend", "explain", "classify"):
        told = inside(command, str(path), "-f", "json").stderr.decode()
        assert f"poemkg:hasRecord: {PERSON}/diagnosis (achalasia type II)" in told
        assert told.count("\n") == 1


def test_a_node_without_a_name_is_called_by_its_class(tmp_path: Path) -> None:
    path = tmp_path / "p.ttl"
    path.write_text(DEFECTS["swallows without a position"])

    assert ":c14n0 (swallow), poemkg:position" in table(path)


def test_classify_tells_findings_in_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / "p.ttl"
    path.write_text(DEFECTS["a property misspelt"])
    told = " ".join(inside("classify", str(path)).stdout.decode().split())

    assert f"{PERSON}/irp (integrated relaxation pressure)" in told


def finding(value: str | None, focus: str = "urn:a", path: str | None = "urn:p") -> Finding:
    return Finding(
        focus=focus, path=path, value=value, severity="Warning", message="Mend this.",
        shape=SHAPES + "x",
    )  # fmt: skip


def test_what_a_file_says_stays_on_its_line_and_is_seen(knowledge: Knowledge) -> None:
    places = Places(knowledge, ())

    assert places.of(finding("a\nb\x1b[31mc")) == "At urn:a, urn:p: a b\\u001B[31mc"
    assert places.of(finding("")) == 'At urn:a, urn:p: ""'
    assert len(places.of(finding("x" * 9000))) < 600


def test_places_are_told_once_and_in_their_order(knowledge: Knowledge) -> None:
    (told,) = Places(knowledge, ()).told(
        [finding("urn:b"), finding(POEMKG + "Patient"), finding("urn:b"), finding(None, "urn:z")]
    )

    assert (told.severity, told.message, told.rule) == ("Warning", "Mend this.", "shapes:x")
    assert told.places == (
        "At urn:a, urn:p:",
        "  urn:b",
        "  poemkg:Patient (patient)",
        "At urn:z, urn:p",
    )


def test_findings_that_say_something_else_stay_apart(knowledge: Knowledge) -> None:
    first, second = finding("urn:b"), finding("urn:c", path=None)
    other = Finding(
        focus="urn:a", path=None, value=None, severity="Info", message="Mend this.", shape="urn:s"
    )
    told = Places(knowledge, ()).told([first, other, second])

    assert [(t.severity, t.places) for t in told] == [
        ("Warning", ("At urn:a, urn:p: urn:b", "At urn:a: urn:c")),
        ("Info", ("At urn:a",)),
    ]
