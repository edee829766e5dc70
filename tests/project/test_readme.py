"""What the documents show is what happens: their commands are run, their examples compared.

A fenced block marked `console` is a session: lines that begin with `$ ` are commands, what follows
is what they print, standard error included. A line of three dots stands for any lines, three dots
within a line for any text. The commands of a block share one shell; it starts in a new folder with
links to everything in the checkout, so that what they write is written there. A command that
fails must be followed by `$ echo $?`. Lines to be read only stand in blocks marked `sh`.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.here import inside
from tests.project.tree import ROOT, files

README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```(?:python|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "\x1e"


@dataclass(frozen=True)
class Step:
    """One command and what the document says that it prints."""

    command: str
    expected: str


@dataclass(frozen=True)
class Block:
    """One session of a document."""

    document: str
    line: int
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


def blocks(name: str) -> list[Block]:
    """Return the sessions of a document."""
    path = ROOT / name
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    return [
        Block(name, text.count("\n", 0, match.start()) + 1, steps_of(match[1]))
        for match in BLOCK.finditer(text)
    ]


def steps_of(session: str) -> tuple[Step, ...]:
    """Return the commands of a session; a command goes on after a backslash at the line's end."""
    joined = session.replace("\\\n", "\\\n\0")
    parts = re.split(r"^\$ ", joined, flags=re.MULTILINE)
    assert not parts[0].strip(), f"a session begins with a command, not with {parts[0]!r}"
    steps = []
    for part in parts[1:]:
        command, _, expected = re.sub(r"\\\n\0", "\1", part).partition("\n")
        steps.append(Step(command.replace("\1", "\\\n"), expected.replace("\1", "\\\n")))
    return tuple(steps)


def as_pattern(expected: str) -> re.Pattern[str]:
    """Return what the output must match in full; spaces at the ends of lines do not count."""
    lines = [line.rstrip() for line in expected.strip("\n").split("\n")]
    parts = [
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"\n"
        for line in lines
    ]
    return re.compile("".join(parts) if expected.strip() else "")


SHOWN = {"COLUMNS": "100", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
"""The environment of a session."""


def link(folder: Path) -> None:
    """Link everything in the checkout into the folder of a session."""
    for entry in ROOT.iterdir():
        # What a session copies and then edits must not be a link to the real one.
        if entry.name == "ontology":
            shutil.copytree(entry, folder / entry.name)
        elif entry.name not in (".git", "advice", "build", "dist", "export"):
            (folder / entry.name).symlink_to(entry)


def run(block: Block, folder: Path) -> list[tuple[int, str]]:
    """Return exit status and output of each command of a block."""
    link(folder)
    script = "".join(
        f"{step.command}\n_status=$?; printf '{MARK}%s{MARK}' $_status; (exit $_status)\n"
        for step in block.steps
    )
    programs = str(Path(sys.executable).parent)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    environment |= {"PATH": programs + os.pathsep + os.environ.get("PATH", ""), **SHOWN}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
    )
    parts = done.stdout.decode().split(MARK)
    assert len(parts) == 2 * len(block.steps) + 1, f"the session ended early: {parts[-1]}"
    return [(int(status), out) for out, status in zip(parts[::2], parts[1::2], strict=False)]


def longest(block: Block) -> tuple[str, ...]:
    """The commands of the longest session that begins as this one does.

    What a page shows in parts, each from the beginning, is run once.
    """
    shown = commands_of(block)
    begun = (commands for commands in map(commands_of, BLOCKS) if commands[: len(shown)] == shown)
    return max(begun, key=len)


def commands_of(block: Block) -> tuple[str, ...]:
    """The commands of a session."""
    return tuple(step.command for step in block.steps)


_SAID: dict[tuple[str, ...], list[tuple[int, str]]] = {}


def said_by(commands: tuple[str, ...], folder: Path) -> list[tuple[int, str]]:
    """Exit status and output of each command, which run for the first who asks."""
    if commands not in _SAID:
        _SAID[commands] = run(Block("", 0, tuple(Step(each, "") for each in commands)), folder)
    return _SAID[commands]


BLOCKS = [block for name in files() if name.endswith(".md") for block in blocks(name)]


def test_the_readme_shows_commands_that_are_run() -> None:
    assert README.exists(), "README.md is missing"
    shown = [block for block in BLOCKS if block.document == "README.md"]
    assert any(block.steps for block in shown), "README.md has no block marked ```console"


PLAIN = [
    block
    for block in BLOCKS[1:]
    if all(re.fullmatch(r"poem-kg [\w ./=-]+", command) for command in commands_of(block))
    and longest(block) == commands_of(block)
]
"""Sessions that need no shell. The quick suite does without a process for each of their commands;
the first session of all is run as a reader would each time, and make slow runs these so too."""


def hold(block: Block, outcome: list[tuple[int, str]]) -> None:
    """Hold what came of a session, or of one that begins like it, against what is shown."""
    commands = [*(step.command for step in block.steps[1:]), ""]
    outcome = outcome[: len(block.steps)]
    for step, (status, output), following in zip(block.steps, outcome, commands, strict=True):
        printed = "".join(line.rstrip() + "\n" for line in output.strip("\n").split("\n"))
        assert status == 0 or following == "echo $?", f"$ {step.command}\n{output}"
        if step.expected.strip() or output.strip():
            assert as_pattern(step.expected).fullmatch(printed), (
                f"{block}: $ {step.command}\nprints\n{printed}\nnot\n{step.expected}"
            )


@pytest.mark.parametrize(
    "block",
    [pytest.param(b, marks=pytest.mark.slow) if b in PLAIN else b for b in BLOCKS] or [None],
    ids=str,
)
def test_a_session_goes_as_the_document_shows_it(block: Block | None, tmp_path: Path) -> None:
    assert block is not None, "no document has a block marked ```console"

    hold(block, said_by(longest(block), tmp_path))


@pytest.mark.parametrize("block", PLAIN, ids=str)
def test_a_plain_session_goes_as_the_document_shows_it(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link(tmp_path)
    for name, value in SHOWN.items():
        monkeypatch.setenv(name, value)

    done = [inside(*shlex.split(c)[1:], cwd=tmp_path) for c in commands_of(block)]

    hold(block, [(each.returncode, (each.stdout + each.stderr).decode()) for each in done])


def test_the_python_examples_of_the_readme_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert README.exists(), "README.md is missing"
    monkeypatch.chdir(ROOT)
    shown = "\n".join(PYTHON.findall(README.read_text(encoding="utf-8")))
    test = doctest.DocTestParser().get_doctest(shown, {}, "README.md", str(README), 0)
    told: list[str] = []

    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append)

    assert result.failed == 0, "".join(told)


def test_git_does_not_see_what_the_readme_writes() -> None:
    """Who follows it in a clone does not commit the advice on a patient with `git add .`."""
    steps = [step for block in BLOCKS if block.document == "README.md" for step in block.steps]
    named = {name for step in steps for name in re.findall(r"--output (\S+)", step.command)}

    done = subprocess.run(
        ["git", "check-ignore", "--no-index", *(f"{name}/file" for name in named)],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )

    assert {"advice", "export"} <= named
    assert set(done.stdout.splitlines()) == {f"{name}/file" for name in named}


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("a\n", "a\n"),
        ("a\n...\nd\n", "a\nb\nc\nd\n"),
        ("a ... z\n", "a b z\n"),
        ("...\n", "a\nb\n"),
    ],
)
def test_dots_stand_for_what_is_left_out(expected: str, printed: str) -> None:
    assert as_pattern(expected).fullmatch(printed)


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("a\n", "b\n"),
        ("a\n", "a\nb\n"),
        ("a\n...\nd\n", "a\nb\n"),
        ("a...z\n", "a\nz\n"),
        ("", "a\n"),
    ],
)
def test_anything_else_counts(expected: str, printed: str) -> None:
    assert not as_pattern(expected).fullmatch(printed)


def test_a_session_is_cut_into_commands(tmp_path: Path) -> None:
    session = "$ echo one \\\n  two\none two\n$ false\n$ echo $?\n1\n"

    block = Block("here", 1, steps_of(session))

    assert [step.expected for step in block.steps] == ["one two\n", "", "1\n"]
    assert run(block, tmp_path) == [(0, "one two\n"), (1, ""), (0, "1\n")]
