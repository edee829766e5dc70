"""The command: the block on the standard output, words on the standard error, exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.authoring.made_up import ROOT, copied, held

STATEMENT = [
    "--source=mja2021",
    "--id=X1",
    "--kind=recommendation",
    "--label=an invented label",
    "--definition=An invented definition.",
    "--locator=nowhere",
    "--therapy=pneumatic dilation",
    "--disorder=hypercontractile oesophagus",
    "--direction=for",
    "--standing=option",
    "--set=editorial-note=An invented note.",
]


def poem_kg(*arguments: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "poem_kg", *arguments],
        cwd=ROOT,
        input=answers,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_source_without_a_file_gets_one(tmp_path: Path) -> None:
    ontology = copied(tmp_path)

    done = poem_kg("new", "statement", f"--ontology={ontology}", *STATEMENT)

    assert done.returncode == 0, done.stderr
    assert done.stdout in (ontology / "guidelines" / "mja-2021.ttl").read_text("utf-8")
    assert done.stderr.count("wrote ") == 6
    assert "not said, so written: --certainty poemkg:certaintyNotGraded" in done.stderr
    assert 'skos:editorialNote "An invented note."@en' in done.stdout


def test_a_term_that_is_not_there_is_exit_code_2_and_one_line(tmp_path: Path) -> None:
    ontology = copied(tmp_path)
    before = held(tmp_path)

    done = poem_kg("new", "statement", f"--ontology={ontology}", *STATEMENT, "--when=hiatal-hernai")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "--when: “hiatal-hernai” is not known here; did you mean criterion:hiatal-hernia?\n"
    )
    assert held(tmp_path) == before


def test_without_options_it_asks_and_an_early_end_is_exit_code_2(tmp_path: Path) -> None:
    ontology = copied(tmp_path)
    before = held(tmp_path)

    done = poem_kg("new", "statement", f"--ontology={ontology}", answers="mja2021\ngap\n")

    assert (done.returncode, done.stdout) == (2, "")
    assert "kind of statement: " in done.stderr
    assert done.stderr.endswith(
        "the answers ended here; answer all questions; nothing was written\n"
    )
    assert held(tmp_path) == before


ANSWERS = (
    "mja2021",
    "recommendation",
    "X1",
    "an invented label",
    "An invented definition.",
    "nowhere",
    "for",
    "hypercontractile oesophagus",
    *("", ""),  # no other disorder, no interpretation
    "option",
    "pneumatic dilation",
    *("", ""),  # no other therapy, no verification note
    *("", "", "", ""),  # certainty, review, strength and verification as offered
    "editorial-note",
    "An invented note.",
    "",
)
"""The answers that say what the options of `STATEMENT` say."""


@pytest.mark.slow
def test_answers_write_the_block_that_options_write(tmp_path: Path) -> None:
    by_options, by_answers = copied(tmp_path / "a"), copied(tmp_path / "b")

    options = poem_kg("new", "statement", f"--ontology={by_options}", *STATEMENT)
    asked = poem_kg(
        "new", "statement", f"--ontology={by_answers}", answers="\n".join((*ANSWERS, "yes", ""))
    )

    assert asked.returncode == 0, asked.stderr
    assert asked.stdout == options.stdout
    assert held(by_answers.parent) == held(by_options.parent)


@pytest.mark.slow
def test_who_says_no_in_the_end_writes_nothing(tmp_path: Path) -> None:
    ontology = copied(tmp_path)
    before = held(tmp_path)

    asked = poem_kg(
        "new", "statement", f"--ontology={ontology}", answers="\n".join((*ANSWERS, "no", ""))
    )

    assert (asked.returncode, asked.stdout) == (0, "")
    assert asked.stderr.endswith("nothing was written\n")
    assert held(tmp_path) == before
