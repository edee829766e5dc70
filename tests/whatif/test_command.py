"""`poem-kg explain --what-if` and `--what-next`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from poem_kg.cli.main import app
from poem_kg.errors import InputError
from tests.derivation.view import EXAMPLES

STORY = str(EXAMPLES / "S3b-type-iii-new-operator.ttl")
POEM = ["--option", "per-oral endoscopic myotomy"]
BOTULINUM = ["--option", "botulinum toxin injection"]
"""Fewer hypothetical patients tell about it."""


def _told(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["explain", STORY, *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_what_if_is_told_in_words() -> None:
    text = _told("--what-if", *POEM)

    assert "per-oral endoscopic myotomy: now preferred, blocked." in text
    assert "ready: takes" in text
    assert "Nothing that is open can make it:" in text


def test_what_next_tells_questions_with_their_answers() -> None:
    text = _told("--what-next")

    assert text.startswith("1. ")


@pytest.mark.parametrize(
    ("arguments", "key"), [(["--what-if", *BOTULINUM], "therapies"), (["--what-next"], "questions")]
)
def test_both_come_as_json(arguments: list[str], key: str) -> None:
    document = json.loads(_told(*arguments, "--format", "json"))

    assert document[key]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--what-if", "--what-next"],
        ["--what-next", *POEM],
        ["--what-if", "--format", "svg"],
        ["--what-if", "--option", "leeches"],
    ],
)
def test_what_does_not_go_together_is_refused(arguments: list[str]) -> None:
    with pytest.raises(InputError):
        _told(*arguments)
