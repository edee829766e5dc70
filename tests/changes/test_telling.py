"""Reports: Markdown that a code host shows as it was meant, JSON whose keys are documented."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from poem_kg.changes import model
from poem_kg.changes.document import (
    Bullets,
    Heading,
    Paragraph,
    Table,
    to_markdown,
    to_text,
)
from poem_kg.changes.model import Diff, Effect, Impact, PanelEntry
from poem_kg.changes.telling import impact_parts
from poem_kg.model import as_json
from tests.changes.editing import ONTOLOGY, Copy
from tests.cli.here import command
from tests.derivation.view import ROOT

PAGE = (ROOT / "docs" / "changes.md").read_text(encoding="utf-8")


def test_no_text_of_the_knowledge_is_taken_for_markup() -> None:
    bad = "a|b `c` <img src=x> [d](e) @someone #7 _f_ *g* \n& \u202eh"
    text = to_markdown(
        [Heading("T", 1), Table(("x", "y"), ((bad, "z"),)), Bullets(((bad, (bad,)),))]
    )
    lines = text.splitlines()
    assert lines[0] == "# T"
    assert [line.replace("\\|", "").count("|") for line in lines if line.startswith("|")] == [
        3,
        3,
        3,
    ]
    for mark in ("<img", "[d]", "`c`", "@someone", " #7", "_f_", "*g*", "\u202e"):
        assert mark not in text.replace("\\" + mark[:1], "")
    assert "&amp;" in text


def test_a_terminal_gets_one_line_for_each_thing() -> None:
    text = to_text(
        [Heading("T"), Paragraph("p\x1b[31m"), Table(("n", "m"), (("1", ""), ("2", "3")))]
    )
    assert text == "T\n-\n\np\\u001B[31m\n\n  n  1\n\n  n  2\n  m  3\n\n"


def effect(number: int, part: str = "option") -> Effect:
    return Effect(
        part=part,
        change="lost",
        therapy="urn:t",
        subject="",
        was=f"was {number}",
        now="",
        through=tuple(f"urn:s{n}" for n in range(9)),
        because=(),
        patients=1,
        examples=("one", "two", "three", "four"),
    )


def test_a_report_stays_readable_and_says_what_it_leaves_out() -> None:
    effects = tuple(effect(n) for n in range(100)) + tuple(effect(n, "notice") for n in range(100))
    panel = tuple(PanelEntry(name=f"p{n}", effects=(0, 100, 101)) for n in range(25))
    diff = Diff(
        old="old", new="new", old_version="1", new_version="2", old_digest="", new_digest="",
        changes=(), queries_differ=True, not_imported=(), tried=25, affected=25,
    )  # fmt: skip
    found = Impact(
        diff=diff, seed=1, panel=25, drawn=0, refused=0, affected=25, shown_only=0, grounds_only=0,
        effects=effects, panel_affected=panel, examples=(), untried=("urn:u",),
        labels={"urn:t": "therapy", "urn:u": "not met"},
    )  # fmt: skip
    text = to_markdown(impact_parts(found))
    assert len(text.encode()) < 60_000, "a comment holds 65,536"
    assert text.count("60 more rows; --format json shows all.") == 2
    assert "queries of the two versions differ" in text
    assert "urn:s3; 5 more" in text
    assert "one, two, four" in text
    assert "2 things differ besides" in text
    assert text.index("Not tried") < text.index("not met")


@pytest.mark.parametrize(
    "result", [c for c in vars(model).values() if isinstance(c, type) and is_dataclass(c)]
)
def test_every_key_of_the_json_is_documented(result: type) -> None:
    for field in fields(result):
        first, *rest = field.name.split("_")
        key = first + "".join(word.capitalize() for word in rest)
        assert f"`{key}`" in PAGE, f"{result.__name__}.{field.name}"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy in which a label is another."""
    return Copy(tmp_path).edit(
        "criteria.ttl", "criterion:chest-pain", '"chest pain"@en', '"pain in the chest"@en'
    )


def test_the_command_writes_what_the_function_returns(copy: Copy) -> None:
    done = command("impact", ONTOLOGY, copy.path, "--patients", "0", "--format", "json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["affected"] == 0
    assert [c["effect"] for c in document["diff"]["changes"]] == ["wording"]
    assert set(document) == set(as_json_keys(Impact))


@pytest.mark.slow
def test_the_command_writes_a_report_to_a_file(copy: Copy, tmp_path: Path) -> None:
    file = tmp_path / "impact.md"
    done = command(
        *("impact", ONTOLOGY, copy.path, "--patients", "0", "--format", "markdown"),
        *("--output", file),
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "No patient tried gets another advice." in file.read_text(encoding="utf-8")


def as_json_keys(result: type) -> list[str]:
    return [
        first + "".join(word.capitalize() for word in rest)
        for first, *rest in (field.name.split("_") for field in fields(result))
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("diff", "no-such-place", "."), "no-such-place: is no folder"),
        (("impact", ".", ".", "--format", "html"), "html: is not known here"),
    ],
)
def test_a_wrong_call_ends_with_two_and_one_line(arguments: tuple[str, ...], told: str) -> None:
    done = command(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1


def test_results_print_as_json() -> None:
    assert as_json(effect(1))["through"][0] == "urn:s0"
