"""A report as text, as JSON and as SARIF 2.1.0, each with place, rule, term and advice."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import pytest

from poem_kg.checking.model import CheckReport, found
from poem_kg.checking.rules import DANGLING, SYNTAX, UNITS, rules
from poem_kg.checking.sarif import report_sarif
from poem_kg.checking.told import report_lines, report_text
from poem_kg.model import as_json
from poem_kg.namespaces import SOURCE, STATEMENT

ERROR = found(UNITS, STATEMENT + "a-1", 'has the unit "x\ny"', file="a b/c.ttl", line=7)
BROKEN = found(SYNTAX, "c.ttl", "is no Turtle", file="c.ttl")
NOWHERE = found(DANGLING, SOURCE + "m", "has no entry")
WAIVED = CheckReport(sound=True, checked=(), problems=())


@pytest.fixture
def report() -> CheckReport:
    aside = dataclasses.replace(NOWHERE, waived="known")
    return CheckReport(
        sound=False, checked=("everything",), problems=(ERROR, BROKEN, NOWHERE), waived=(aside,)
    )


def test_a_line_a_finding_begins_with_file_and_line(report: CheckReport) -> None:
    lines = report_lines(report, base="ontology/").splitlines()

    assert lines[0].startswith('ontology/a b/c.ttl:7: error units: stmt:a-1: has the unit "x y"; ')
    assert lines[1].startswith("ontology/c.ttl: error syntax: c.ttl: is no Turtle; ")
    assert lines[2].startswith("-: warning dangling-citations: source:m: ")
    assert lines[3].endswith("waived dangling-citations: source:m: has no entry; known")
    assert lines[4] == "2 errors, 1 warning, 1 waived"


def test_the_last_line_tells_what_was_not_checked_and_names_no_place(report: CheckReport) -> None:
    checked = ("everything", "no patients, since there are errors")
    partly = dataclasses.replace(report, checked=checked)

    *others, last = report_lines(partly).splitlines()

    assert last == "2 errors, 1 warning, 1 waived; no patients, since there are errors"
    assert others == report_lines(report).splitlines()[:-1]
    assert partly.unchecked == checked[1:] and "checked: no patients" in report_text(partly)


def test_a_shape_lies_beside_the_ontology() -> None:
    problem = found(UNITS, STATEMENT + "a-1", "x", file="../shapes/a.ttl", line=3)

    assert problem.place("ontology/") == "shapes/a.ttl:3"
    assert problem.place() == "../shapes/a.ttl:3"


def test_for_reading_a_finding_is_a_block_of_lines(report: CheckReport) -> None:
    text = report_text(report, base="ontology/")

    assert text.startswith("checked: everything\n\n")
    assert 'error   ontology/a b/c.ttl:7  units\n        stmt:a-1 has the unit "x y"\n' in text
    assert "\nwarning -  dangling-citations\n        source:m has no entry\n" in text
    assert UNITS.mend[:20] in text and "docs/check.md" in text
    assert text.endswith("2 errors, 1 warning, 1 waived\n")


def test_for_reading_lines_are_short_and_no_place_is_broken() -> None:
    deep = "a-folder/" * 15 + "a file.ttl"
    problem = found(UNITS, STATEMENT + "a-1", "has a unit " + "that is long " * 20, file=deep)
    lines = report_text(CheckReport(sound=False, checked=(), problems=(problem,))).splitlines()

    assert f"error   {deep}  units" in lines
    assert max(len(line) for line in lines if deep not in line) <= 100


def test_as_json_every_finding_has_the_same_keys(report: CheckReport) -> None:
    told = json.loads(json.dumps(as_json(report)))

    assert set(told) == {"sound", "checked", "problems", "waived"}
    keys = "rule name severity term message advice file line waived".split()
    assert [sorted(p) for p in told["problems"]] == [sorted(keys)] * 3
    assert told["problems"][0]["line"] == 7 and told["problems"][2]["file"] is None


def test_sarif_has_the_structure_that_the_standard_asks_for(report: CheckReport) -> None:
    log = json.loads(report_sarif(report, base="ontology/"))

    assert set(log) == {"$schema", "version", "runs"} and log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert ids == sorted(rule.name for rule in rules()) and len(set(ids)) == len(ids)
    assert all(
        _is_message(r["shortDescription"]) and _is_message(r["help"]) for r in driver["rules"]
    )
    assert {r["defaultConfiguration"]["level"] for r in driver["rules"]} == {"error", "warning"}
    assert len(run["results"]) == 4
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert _is_message(result["message"])
        assert re.fullmatch("[0-9a-f]{64}", result["partialFingerprints"]["problem/v1"])
        for place in result.get("locations", []):
            physical = place["physicalLocation"]
            assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", physical["artifactLocation"]["uri"])
            assert physical.get("region", {"startLine": 1})["startLine"] >= 1
    first, second, third, aside = run["results"]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "ontology/a%20b/c.ttl"},
        "region": {"startLine": 7},
    }
    assert "region" not in second["locations"][0]["physicalLocation"]
    assert "locations" not in third and "suppressions" not in third
    assert aside["suppressions"] == [{"kind": "inSource", "justification": "known"}]


def test_a_fingerprint_does_not_change_when_lines_move(report: CheckReport) -> None:
    moved = dataclasses.replace(report, problems=(dataclasses.replace(ERROR, line=99),))

    def prints(of: CheckReport) -> str:
        result: dict[str, Any] = json.loads(report_sarif(of))["runs"][0]["results"][0]
        return str(result["partialFingerprints"])

    assert prints(moved) == prints(report)


def _is_message(value: dict[str, str]) -> bool:
    return set(value) == {"text"} and bool(value["text"].strip())
