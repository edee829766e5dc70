"""The JSON of `recommend`, the command names and the exit codes are public contracts.

Adding a key is no break; a key that is renamed or gone is one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.here import inside

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("S*.ttl"))

TOP = {
    "patient", "conforms", "findings", "diagnoses", "options", "tests", "questions",
    "noStatement", "notices", "provenance",
}  # fmt: skip
SOURCE = {"iri", "title", "doi", "locator", "marker"}
STATEMENT = {
    "statement", "claim", "label", "kind", "direction", "strength", "certainty", "verified",
    "review", "applies", "indirect", "via", "facts", "source", "estimate",
}  # fmt: skip
ESTIMATE = {"value", "unit", "statistic", "timePoint", "population", "n", "scheme"}
OPTION = {
    "option", "therapy", "label", "rank", "standing", "line", "disorder", "via", "standings",
    "readiness", "for", "against", "cautions", "gaps", "outcomes", "requirements",
}  # fmt: skip
STANDING = {"standing", "line", "inner", "disorder", "via", "applies", "statement", "source"}
REQUIREMENT = {"criterion", "label", "kind", "state", "statement", "also", "facts", "source"}
VALUES = {
    "standing": {"line", "preferred", "option", "conditional"},
    "readiness": {"withheld", "blocked", "needs-information", "needs-action", "ready"},
    "applies": {"yes", "unknown"},
    "state": {"met", "not-met", "unknown"},
    "statement kind": {
        "recommendation", "preference", "efficacy", "line", "comparison", "rationale",
        "technique", "caution", "gap", "outcome", "harm",
    },
    "requirement kind": {
        "exclusion", "test", "line", "site", "operator", "counselling", "diagnosis",
        "population", "situation",
    },
    "notice kind": {
        "disclaimer", "review", "natural-history", "follow-up", "selection-factor", "gap",
        "caution", "already-done", "contradiction", "interpretation", "left-out",
        "exclusion",
    },
    "silence kind": {"disorder", "population", "situation", "therapy"},
}  # fmt: skip


def command(*arguments: str, stdin: bytes = b"", **kw: Any) -> subprocess.CompletedProcess[bytes]:
    """Run `poem-kg` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "poem_kg", *arguments], input=stdin, capture_output=True, **kw
    )


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.stem)
def advice(request: pytest.FixtureRequest) -> dict[str, Any]:
    done = inside("recommend", str(request.param), "--format", "json")
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_every_documented_key_is_there(advice: dict[str, Any]) -> None:
    assert advice.keys() >= TOP
    for option in advice["options"]:
        assert option.keys() >= OPTION
        for standing in option["standings"]:
            assert standing.keys() >= STANDING
        for name in ("for", "against", "cautions", "gaps", "outcomes"):
            for statement in option[name]:
                assert statement.keys() >= STATEMENT
                assert statement["source"].keys() >= SOURCE
                if statement["estimate"] is not None:
                    assert statement["estimate"].keys() >= ESTIMATE
        for requirement in option["requirements"]:
            assert requirement.keys() >= REQUIREMENT
    for test in advice["tests"]:
        assert test.keys() >= {"test", "label", "statement", "facts", "source"}
    for question in advice["questions"]:
        assert question.keys() >= {"rank", "criterion", "label", "decides"}
    for silence in advice["noStatement"]:
        assert silence.keys() >= {"kind", "term", "label"}
    for notice in advice["notices"]:
        assert notice.keys() >= {"kind", "label", "applies", "statement", "facts", "source"}
    for diagnosis in advice["diagnoses"]:
        assert diagnosis.keys() >= {"disorder", "label", "basis", "classification", "facts"}
    assert advice["provenance"].keys() >= {
        "ontologyVersion",
        "ontologyDigest",
        "inputDigest",
        "inputGraphDigest",
        "queries",
    }


def test_every_code_is_a_documented_one(advice: dict[str, Any]) -> None:
    for option in advice["options"]:
        assert option["standing"] in VALUES["standing"]
        assert option["readiness"] in VALUES["readiness"]
        for name in ("for", "against", "cautions", "gaps", "outcomes"):
            for statement in option[name]:
                assert statement["kind"] in VALUES["statement kind"]
                assert statement["applies"] in VALUES["applies"]
        for requirement in option["requirements"]:
            assert requirement["kind"] in VALUES["requirement kind"]
            assert requirement["state"] in VALUES["state"]
    for notice in advice["notices"]:
        assert notice["kind"] in VALUES["notice kind"]
    for silence in advice["noStatement"]:
        assert silence["kind"] in VALUES["silence kind"]


def test_every_advice_says_what_it_is_not(advice: dict[str, Any]) -> None:
    texts: dict[str, list[str]] = {n["kind"]: [] for n in advice["notices"]}
    for notice in advice["notices"]:
        texts[notice["kind"]].append(notice["text"] or "")
    assert any("not for decisions about a person" in t for t in texts["disclaimer"])
    assert any("not a clinical clearance" in t for t in texts["disclaimer"])
    assert any("pending human review" in t for t in texts["review"])


def test_every_conclusion_names_statement_place_and_facts(advice: dict[str, Any]) -> None:
    for option in advice["options"]:
        assert option["for"]
        for statement in option["for"]:
            assert statement["facts"] and statement["source"]["locator"]
        for requirement in option["requirements"]:
            assert requirement["source"]["locator"]
            if requirement["state"] != "unknown":
                assert requirement["facts"]


def test_ranks_are_dense_and_in_order(advice: dict[str, Any]) -> None:
    ranks = [option["rank"] for option in advice["options"]]
    assert ranks == sorted(ranks)
    assert set(ranks) == set(range(1, len(set(ranks)) + 1))
    assert [q["rank"] for q in advice["questions"]] == [*range(1, len(advice["questions"]) + 1)]


def test_the_commands_keep_their_names() -> None:
    shown = command("--help").stdout.decode()
    for name in ("recommend", "validate", "explain", "query", "check", "export"):
        assert f" {name} " in shown


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_bytes_do_not_depend_on_the_hash_seed(seed: str) -> None:
    patient = str(ROOT / "examples" / "S1a-opioid-dysfunction-recorded.ttl")
    first = command("recommend", patient, "--format", "json", env={"PYTHONHASHSEED": "0"})
    other = command("recommend", patient, "--format", "json", env={"PYTHONHASHSEED": seed})
    assert first.returncode == 0
    assert first.stdout == other.stdout


@pytest.mark.parametrize("format", ["turtle", "ntriples", "nquads", "trig", "jsonld", "rdfxml"])
def test_rdf_output_is_the_same_graph_in_every_format(format: str, tmp_path: Path) -> None:
    from poem_kg.reading import read_graph
    from poem_kg.serialise import SUFFIXES

    patient = str(ROOT / "examples" / "S3a-type-iii.ttl")
    graphs = []
    for name in ("ntriples", format):
        path = tmp_path / f"{name}{SUFFIXES[name]}"
        assert inside("recommend", patient, "-f", name, "-o", str(path)).returncode == 0
        graphs.append(read_graph(path).graph_digest)
    assert graphs[0] == graphs[1]
