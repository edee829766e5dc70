"""Who follows the author's guide to the letter gets what it says, at every step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from poem_kg.checking.run import check_knowledge
from poem_kg.checking.told import report_lines
from tests.docs.guide import Block, apply, blocks, change, chapters, checkout, sections, shell
from tests.project.test_readme import as_pattern

STEPS = sections(chapters()["From zero to a reviewed change"])
BREAKAGES = sections(chapters()["Ten ways to break it"])
FILE = "ontology/guidelines/sis-2031.ttl"


def follow(session: Block, folder: Path, *, without: str = "") -> None:
    """Do what a session shows, and hold what comes out against what it shows."""
    steps = [s for s in session.steps if not without or not s.command.startswith(without)]
    outcome = shell(folder, [step.command for step in steps])
    following = [*(step.command for step in steps[1:]), ""]
    for step, (status, output), then in zip(steps, outcome, following, strict=True):
        printed = "".join(line.rstrip() + "\n" for line in output.strip("\n").split("\n"))
        assert status == 0 or then == "echo $?", f"$ {step.command}\n{output}"
        if step.expected.strip() or output.strip():
            assert as_pattern(step.expected).fullmatch(printed), (
                f"$ {step.command}\nprints\n{printed}\nnot\n{step.expected}"
            )


@pytest.mark.parametrize("found", [STEPS, BREAKAGES], ids=["steps", "breakages"])
def test_there_are_ten(found: dict[str, str]) -> None:
    assert [name.split(".")[0] for name in found] == [str(i) for i in range(1, 11)]


def walk(here: Path, subtests: pytest.Subtests, *, without: str = "") -> str:
    """Do the ten steps, each as a test of its own, and return what the file holds then.

    Args:
        here: a checkout.
        subtests: takes the steps.
        without: commands that begin like this are left out.
    """
    for name, section in STEPS.items():
        found = blocks(section)
        assert any(block.kind in ("shell-session", "turtle", "diff") for block in found)
        with subtests.test(name):
            for block in found:
                if block.kind == "shell-session":
                    follow(block, here, without=without)
                elif block.kind in ("turtle", "diff"):
                    apply(block, here)
    return (here / FILE).read_text(encoding="utf-8")


def said_of(here: Path, text: str) -> str:
    """What the check says where the file holds this text."""
    (here / FILE).write_text(text, encoding="utf-8")
    report = check_knowledge(here / "ontology", reasoner=False)
    assert not report.sound
    return report_lines(report, base="ontology/")


def expect(line: str, printed: str) -> None:
    """Hold a line that the guide shows against the lines that were printed."""
    found = any(as_pattern(line).fullmatch(f"{each}\n") for each in printed.splitlines())
    assert found, f"{line}\nis not among\n{printed}"


def test_the_steps_lead_to_a_reviewed_change(tmp_path: Path, subtests: pytest.Subtests) -> None:
    here = checkout(tmp_path)

    # `diff` tries some 500 patients; make slow asks for it too.
    whole = walk(here, subtests, without="poem-kg diff")

    # A semicolon hides the rest of the file, and a source that is not there what it is.
    alone = {name for name in BREAKAGES if name.startswith(("1. ", "7. "))}
    for names in (*({name} for name in sorted(alone)), BREAKAGES.keys() - alone):
        text, lines = whole, []
        for name in names:
            edit, said = blocks(BREAKAGES[name])
            text = change(text, edit.text)
            lines += said.text.splitlines()
        printed = re.sub(r"(?<=\.ttl:)\d+", "N", said_of(here, text))
        for line in lines:
            expect(re.sub(r"(?<=\.ttl:)\d+", "N", line), printed)


@pytest.mark.slow
def test_each_breakage_is_named_with_file_and_line(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    here = checkout(tmp_path)
    whole = walk(here, subtests)

    for name, section in BREAKAGES.items():
        with subtests.test(name):
            edit, said = blocks(section)
            printed = said_of(here, change(whole, edit.text))
            for line in said.text.splitlines():
                expect(line, printed)


def test_a_change_is_made_in_the_block_that_it_names() -> None:
    text = "a:b\n\tx ;\n\t.\n\na:c\n\tx ;\n\t.\n"

    assert change(text, "@@ a:c\n-\tx ;\n+\ty ;\n") == "a:b\n\tx ;\n\t.\n\na:c\n\ty ;\n\t.\n"
    with pytest.raises(AssertionError, match="does not stand there once"):
        change(text, "-\tx ;\n+\ty ;\n")
