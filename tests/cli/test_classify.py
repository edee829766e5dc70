"""The JSON of `classify`, its words and its exit codes are public contracts.

Adding a key is no break; a key that is renamed or gone is one.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.here import inside
from tests.cli.test_bad_input import CASES, PATIENT
from tests.cli.test_contract import ROOT, SOURCE, command

SWALLOWS = ROOT / "examples" / "S13a-swallows-only.ttl"
WHOLE = ROOT / "examples" / "S13b-whole-study.ttl"
TEMPLATE = ROOT / "examples" / "template.ttl"
WITHOUT = ROOT / "examples" / "S5-diverticulum-no-diagnosis.ttl"

TOP = {"patient", "conforms", "findings", "studies", "diagnoses", "notices", "provenance"}
STUDY = {"study", "test", "label", "date", "classified", "reason", "editions"}
EDITION = {"edition", "label", "results"}
RESULT = {
    "statement", "label", "outcome", "outcomeLabel", "truth", "unknown", "against", "facts",
    "settledBy", "source",
}  # fmt: skip
TRUTHS = ["met", "unknown", "not-met"]
OPERATED = """
<urn:example:p> poemkg:hasRecord <urn:example:operation> .
<urn:example:operation> a poemkg:ProcedureRecord ; poemkg:concept poemkg:LaparoscopicHellerMyotomy ;
  poemkg:status poemkg:present ; poemkg:date "2025-01-01"^^xsd:date .
"""
STUDIED = (
    PATIENT
    + """
<urn:example:p> poemkg:hasRecord <urn:example:study> .
<urn:example:study> a poemkg:Study ; poemkg:concept poemkg:HighResolutionManometry ;
  poemkg:status poemkg:present ; poemkg:date "2026-03-02"^^xsd:date ;
  poemkg:hasSwallow [ a poemkg:Swallow ; poemkg:position poemkg:supine ;
    poemkg:distalContractileIntegral 40.0 ] .
"""
)


def classified(patient: Path | str, *arguments: str) -> dict[str, Any]:
    """The report on a patient file, or on Turtle from the standard input."""
    if isinstance(patient, Path):
        done = inside("classify", str(patient), "--format", "json", *arguments)
    else:
        done = inside("classify", "-", "--format", "json", *arguments, stdin=patient.encode())
    assert done.returncode == 0, done.stderr.decode()
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.fixture(scope="module", params=[SWALLOWS, WHOLE, TEMPLATE], ids=lambda path: path.stem)
def report(request: pytest.FixtureRequest) -> dict[str, Any]:
    return classified(request.param)


def results_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [r for s in report["studies"] for e in s["editions"] for r in e["results"]]


def test_every_documented_key_is_there(report: dict[str, Any]) -> None:
    assert report.keys() >= TOP
    for study in report["studies"]:
        assert study.keys() >= STUDY
        for edition in study["editions"]:
            assert edition.keys() >= EDITION
    for result in results_of(report):
        assert result.keys() >= RESULT
        assert result["source"].keys() >= SOURCE
        for named in (*result["unknown"], *result["against"], *result["settledBy"]):
            assert named.keys() >= {"term", "label"}
    assert report["provenance"]["inputGraphDigest"]


def test_every_key_is_documented(report: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8").split("## What `classify`")[1]
    told = set(re.findall(r"[A-Za-z]+", page))
    study = report["studies"][0]
    edition = study["editions"][0]

    for keys in (report, study, edition, edition["results"][0]):
        assert set(keys) <= told


def test_each_truth_says_what_it_rests_on(report: dict[str, Any]) -> None:
    study = report["studies"][0]["study"]
    for result in results_of(report):
        assert study in result["facts"]
        assert result["source"]["locator"]
        if result["truth"] == "met":
            assert result["unknown"] == result["against"] == []
        elif result["truth"] == "unknown":
            assert result["unknown"] and not result["against"]
        else:
            assert result["truth"] == "not-met" and result["against"]


def test_editions_and_results_stand_in_their_order(report: dict[str, Any]) -> None:
    names = [e["edition"].rsplit("/", 1)[-1] for e in report["studies"][0]["editions"]]
    assert names == ["chicago40", "chicago2012"]
    for edition in report["studies"][0]["editions"]:
        keys = [(TRUTHS.index(r["truth"]), r["statement"]) for r in edition["results"]]
        assert keys == sorted(keys)


def test_what_is_derived_is_provisional_and_names_its_edition() -> None:
    (diagnosis,) = classified(WHOLE)["diagnoses"]
    assert diagnosis["disorder"].endswith("/HypercontractileOesophagus")
    assert diagnosis["basis"] == "derived"
    assert diagnosis["status"] == "provisional"
    assert diagnosis["classification"].endswith("/chicago40")


def test_swallows_alone_leave_the_diagnosis_open() -> None:
    report = classified(SWALLOWS)
    assert report["diagnoses"] == []
    assert "met" not in {result["truth"] for result in results_of(report)}


def test_turtle_and_json_ld_are_classified_alike() -> None:
    turtle, json_ld = classified(TEMPLATE), classified(TEMPLATE.with_suffix(".jsonld"))
    assert turtle["studies"] == json_ld["studies"]


def test_a_patient_without_a_study_has_none() -> None:
    assert classified(WITHOUT)["studies"] == []
    done = inside("classify", str(WITHOUT))
    assert done.returncode == 0
    assert "No study is recorded that a classification reads." in done.stdout.decode()


def test_before_the_day_of_the_study_there_is_none() -> None:
    assert classified(WHOLE, "--as-of", "2026-03-01")["studies"] == []
    assert classified(WHOLE, "--as-of", "2026-03-02")["studies"] != []


@pytest.mark.parametrize("history", ["", OPERATED], ids=["of unknown history", "after operation"])
def test_a_study_that_may_not_be_read_is_told_with_the_reason(history: str) -> None:
    report = classified(STUDIED + history)

    (study,) = report["studies"]
    assert not study["classified"]
    assert study["editions"] == []
    assert study["reason"]
    assert [n["kind"] for n in report["notices"]] == ["caution"]
    told = inside("classify", "-", stdin=(STUDIED + history).encode()).stdout.decode()
    assert "Not classified." in told


def test_a_table_names_what_is_not_known_and_fits_its_width() -> None:
    told = inside("classify", str(SWALLOWS)).stdout.decode()
    assert "unknown      hypercontractile oesophagus by version 4.0" in told
    assert "at least 20 % premature swallows" in told
    assert max(map(len, told.splitlines())) <= 100


def test_a_violation_is_told_and_nothing_is_classified() -> None:
    broken = STUDIED.replace("poemkg:position poemkg:supine ;", "")
    done = inside("classify", "-", "--format", "json", stdin=broken.encode())

    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["conforms"] is False
    assert report["studies"] == []
    assert [f["shape"].rsplit("/", 1)[-1] for f in report["findings"]] == ["swallow-position"]
    assert len(done.stderr.decode().splitlines()) == 1
    table = command("classify", "-", stdin=broken.encode())
    assert table.returncode == 1
    assert "so nothing is classified" in table.stdout.decode()


@pytest.mark.parametrize("name", ["wrong syntax", "empty file", "no patient", "a term redefined"])
def test_bad_input_is_one_line_and_an_exit_code(name: str, tmp_path: Path) -> None:
    file, content, code, told = CASES[name]
    (tmp_path / file).write_text(str(content), encoding="utf-8")
    done = inside("classify", file, "-f", "json", "-o", "report.json", cwd=tmp_path)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == code == 2
    assert len(lines) == 1 and told in lines[0]
    assert done.stdout == b""
    assert not (tmp_path / "report.json").exists()


def test_a_call_without_sense_ends_with_2() -> None:
    assert inside("classify", str(WHOLE), "--format", "pdf").returncode == 2
    assert inside("classify", str(WHOLE), "--as-of", "yesterday").returncode == 2
    assert inside("classify").returncode == 2


def test_the_command_is_offered() -> None:
    assert " classify " in command("--help").stdout.decode()


def test_the_bytes_do_not_depend_on_the_hash_seed() -> None:
    one, other = (
        command("classify", str(WHOLE), "-f", "json", env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    )
    assert json.loads(one)["studies"]
    assert one == other
