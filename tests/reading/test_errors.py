"""An error is one line, whatever is put into it."""

from __future__ import annotations

import pickle

import pytest

from poem_kg.errors import InputError, KnowledgeError, LimitExceeded, PoemKgError, ToolMissing


def test_an_input_error_reads_place_cause_and_what_to_do() -> None:
    assert str(InputError("f.ttl:3", "no dot", "add one")) == "f.ttl:3: no dot; add one"


@pytest.mark.parametrize("character", ["\n", "\r", "\u2028", "\x1b", "\u202e", "\u2066", "\ud800"])
def test_no_character_breaks_or_turns_the_line(character: str) -> None:
    text = f"a{character}b"
    line = str(InputError(text, text, text))
    assert line.isprintable()
    assert character not in line


def test_a_long_text_is_cut_but_the_end_of_the_place_and_what_to_do_stay() -> None:
    line = str(InputError("x" * 500 + ".ttl:7", "y" * 500, "shorten it"))
    assert len(line) == 300
    assert ".ttl:7: y" in line
    assert line.endswith("y…; shorten it")


@pytest.mark.parametrize("kind", [InputError, LimitExceeded])
def test_an_input_error_survives_the_way_between_processes(kind: type[InputError]) -> None:
    back = pickle.loads(pickle.dumps(kind("f.ttl:3", "no dot", "add one")))
    assert type(back) is kind
    assert str(back) == "f.ttl:3: no dot; add one"


@pytest.mark.parametrize("kind", [InputError, LimitExceeded, KnowledgeError, ToolMissing])
def test_every_error_is_ours_and_ends_a_command_with_2(kind: type[PoemKgError]) -> None:
    assert PoemKgError in kind.__mro__
    assert kind.exit_code == 2
