"""A date after today is told on the standard error, and changes nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from poem_kg.cli import clock
from poem_kg.cli.clock import day_to_come
from poem_kg.knowledge_base import KnowledgeBase
from tests.cli.here import inside
from tests.cli.test_bad_input import PATIENT
from tests.cli.test_contract import ROOT

TEMPLATE = (ROOT / "examples" / "template.ttl").read_text(encoding="utf-8")
SMALL = PATIENT.replace(
    "poemkg:present .",
    "poemkg:present ; poemkg:date '2062-03-05'^^xsd:date .\n"
    "<urn:example:p> poemkg:birthYear 2015 .",
)
SLIPPED = TEMPLATE.replace("2026-03-05", "2062-03-05")
COMMANDS = ("recommend", "explain", "validate", "classify")


def at(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: day)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_day_to_come_is_told_in_one_line_and_only_there(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.ttl"
    path.write_text(SMALL)
    at(date(2026, 11, 29), monkeypatch)
    early = inside(command, str(path), "-f", "json")
    at(date(2062, 3, 5), monkeypatch)
    late = inside(command, str(path), "-f", "json")

    assert early.returncode == late.returncode == 0
    assert early.stdout == late.stdout
    assert late.stderr == b""
    told = early.stderr.decode()
    assert told.startswith(
        f"{path}:8: achalasia type I is dated 2062-03-05, after today, 2026-11-29"
    )
    assert "; correct the date, or give --as-of DAY" in told
    assert told.count("\n") == 1


def test_the_newest_of_several_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.ttl"
    path.write_text(SLIPPED.replace("2026-03-01", "2061-03-01"))
    kb = KnowledgeBase.load()
    found = day_to_come(kb.read(path), kb.knowledge, today=date(2026, 11, 29), advice="mend it")

    line = next(n for n, t in enumerate(SLIPPED.split("\n"), start=1) if "2062-03-05" in t)
    assert str(found) == (
        f"{path}:{line}: pneumatic dilation is dated 2062-03-05 (and 2 more), after today, "
        "2026-11-29, and the newest date is the day to go by; mend it"
    )


def test_a_date_of_nothing_that_counts_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "p.ttl"
    made = "<urn:example:p> <http://purl.org/dc/terms/created> '2094-01-01'^^xsd:date ."
    path.write_text(f"{PATIENT}\n{made}\n")
    kb = KnowledgeBase.load()

    assert day_to_come(kb.read(path), kb.knowledge, today=date(2026, 11, 29), advice="x") is None


@pytest.mark.parametrize("command", [c for c in COMMANDS if c != "validate"])
def test_who_names_the_day_is_told_nothing(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.ttl"
    path.write_text(SMALL)
    at(date(2026, 11, 29), monkeypatch)

    assert inside(command, str(path), "--as-of", "2026-03-05").stderr == b""
    assert inside(command, str(path), "--as-of", "2062-03-05").stderr == b""


def test_an_advice_is_run_again_for_its_own_day_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, advice = tmp_path / "p.ttl", tmp_path / "advice.json"
    path.write_text(SMALL)
    at(date(2026, 11, 29), monkeypatch)
    inside("recommend", str(path), "-f", "json", "-o", str(advice))
    done = inside("recommend", str(path), "--replay", str(advice))

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("written", "told"), [("2026-11-29", False), ("2026-11-30", True), ("2027-01-01", True)]
)
def test_only_what_lies_after_today_is_told(written: str, told: bool, tmp_path: Path) -> None:
    path = tmp_path / "p.ttl"
    path.write_text(TEMPLATE.replace("2026-03-05", written))
    kb = KnowledgeBase.load()
    source = kb.read(path)
    found = day_to_come(source, kb.knowledge, today=date(2026, 11, 29), advice="mend it")

    assert (found is not None) == told
    assert found is None or written in str(found)


def test_what_was_entered_in_error_sets_no_day_and_is_not_told(tmp_path: Path) -> None:
    path = tmp_path / "p.ttl"
    path.write_text(
        TEMPLATE.replace("poemkg:absent ; poemkg:result poemkg:Declined", "poemkg:enteredInError")
        .replace("2026-03-05", "2062-03-05", 1)
    )  # fmt: skip
    kb = KnowledgeBase.load()
    source = kb.read(path)

    assert kb.recommend(source).provenance.as_of == "2026-03-05"
    assert day_to_come(source, kb.knowledge, today=date(2026, 11, 29), advice="mend it") is None
