"""Who follows the author's guide to the letter gets what it says, at every step."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.guide import Block, apply, blocks, change, chapters, checkout, sections, shell
from tests.project.test_readme import as_pattern

STEPS = sections(chapters()["From zero to a reviewed change"])


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which the steps are done one after the other."""
    return checkout(tmp_path_factory.mktemp("guide"))


def follow(session: Block, folder: Path) -> None:
    """Do what a session shows, and hold what comes out against what it shows."""
    steps = session.steps
    outcome = shell(folder, [step.command for step in steps])
    following = [*(step.command for step in steps[1:]), ""]
    for step, (status, output), then in zip(steps, outcome, following, strict=True):
        printed = "".join(line.rstrip() + "\n" for line in output.strip("\n").split("\n"))
        assert status == 0 or then == "echo $?", f"$ {step.command}\n{output}"
        if step.expected.strip() or output.strip():
            assert as_pattern(step.expected).fullmatch(printed), (
                f"$ {step.command}\nprints\n{printed}\nnot\n{step.expected}"
            )


def test_there_are_ten_steps() -> None:
    assert [name.split(".")[0] for name in STEPS] == [str(i) for i in range(1, 11)]


@pytest.mark.parametrize("name", STEPS)
def test_a_step_does_what_the_guide_says(name: str, here: Path) -> None:
    found = blocks(STEPS[name])

    assert any(block.kind in ("shell-session", "turtle", "diff") for block in found)
    for block in found:
        if block.kind == "shell-session":
            follow(block, here)
        elif block.kind in ("turtle", "diff"):
            apply(block, here)


def test_a_change_is_made_in_the_block_that_it_names() -> None:
    text = "a:b\n\tx ;\n\t.\n\na:c\n\tx ;\n\t.\n"

    assert change(text, "@@ a:c\n-\tx ;\n+\ty ;\n") == "a:b\n\tx ;\n\t.\n\na:c\n\ty ;\n\t.\n"
    with pytest.raises(AssertionError, match="does not stand there once"):
        change(text, "-\tx ;\n+\ty ;\n")
