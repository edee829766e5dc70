"""docs/writing.md tells of the options that there are, and its commands run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import typer
from typer.testing import CliRunner

from poem_kg.checking.run import check_knowledge
from poem_kg.cli.main import app
from poem_kg.cli.writing import new
from tests.authoring.made_up import ROOT, copied, held

PAGE = (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.S)


def test_every_option_on_the_page_exists() -> None:
    command = typer.main.get_command(new)
    known = {
        option
        for sub in command.commands.values()  # type: ignore[attr-defined]
        for parameter in sub.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }

    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE)) - {"--review"}

    assert told <= known
    assert "--direction" in told


def test_the_commands_of_the_page_run(tmp_path: Path) -> None:
    assert len(BLOCKS) == 2
    ontology = copied(tmp_path)
    before = held(ontology)

    for block in BLOCKS:
        words = shlex.split(block.replace("\\\n", " "))
        assert words[0] == "poem-kg"
        assert words[-1] == "--dry-run"
        done = CliRunner().invoke(app, [*words[1:], "--ontology", str(ontology)])
        assert done.exit_code == 0, done.output
        assert "would write" in done.stderr

    assert held(ontology) == before


def test_what_the_page_adds_by_hand_is_sound_but_for_the_source_and_the_use(tmp_path: Path) -> None:
    ontology = copied(tmp_path)
    (turtle,) = re.findall(r"```turtle\n(.*?)```", PAGE, re.S)
    files = ("disorders.ttl", "procedures.ttl", "criteria.ttl")
    for file, block in zip(files, turtle.split("\n\n"), strict=True):
        with (ontology / file).open("a", encoding="utf-8") as target:
            target.write("\n" + block.replace("source:invented2031", "source:aga2017"))

    report = check_knowledge(ontology, reasoner=False)

    assert [(p.severity, p.rule.split("/")[-1]) for p in report.problems] == [
        ("warning", "check-unused-criteria")
    ]
