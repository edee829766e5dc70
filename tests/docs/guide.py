"""The author's guide as tests follow it: what is typed, what is edited, what is broken."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.project.test_readme import Step, steps_of
from tests.project.tree import ROOT, files

GUIDE = ROOT / "docs" / "authors-guide.md"
ROOMS = ("contexts", "examples", "ontology", "poem_kg", "queries", "shapes")
_FENCE = re.compile(r"^```([\w-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`((?:ontology|examples)/[\w./-]+)`")
_MARK = "\x1e"


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind, its text, and the file that the text above it names last."""

    kind: str
    text: str
    file: str

    @property
    def steps(self) -> tuple[Step, ...]:
        """The commands of a session."""
        return steps_of(self.text)


def chapters(level: int = 2) -> dict[str, str]:
    """Return heading to text, for the headings of a level."""
    text = GUIDE.read_text(encoding="utf-8")
    parts = re.split(rf"^{'#' * level} (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def sections(chapter: str) -> dict[str, str]:
    """Return heading to text, for what stands under "###" in a chapter."""
    parts = re.split(r"^### (.+)$", chapter, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def blocks(section: str) -> list[Block]:
    """Return the blocks of a section in their order."""
    found = []
    for match in _FENCE.finditer(section):
        named = _FILE.findall(section[: match.start()])
        found.append(Block(match[1], match[2], named[-1] if named else ""))
    return found


def change(text: str, diff: str) -> str:
    """Return a text after a change that a page shows as lines with "-" and "+".

    The lines to take away must stand there once. Lines after "@@ TERM" are looked for in the block
    of that term alone.
    """
    after = re.match(r"@@ (\S+)\n", diff)
    start = 0
    if after:
        diff = diff[after.end() :]
        start = re.search(rf"^{re.escape(after[1])}$", text, re.M).start()  # type: ignore[union-attr]
        end = text.index("\n\t.\n", start) + 4
    else:
        end = len(text)
    lines = diff.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in "- ")
    new = "".join(line[1:] for line in lines if line[0] in "+ ")
    part = text[start:end]
    assert part.count(old) == 1, f"the page takes away what does not stand there once:\n{old}"
    return text[:start] + part.replace(old, new) + text[end:]


def apply(block: Block, folder: Path) -> None:
    """Do in a checkout what a block says is to be edited."""
    path = folder / block.file
    text = path.read_text(encoding="utf-8")
    if block.kind == "turtle":
        path.write_text(f"{text}\n{block.text}", encoding="utf-8")
    else:
        path.write_text(change(text, block.text), encoding="utf-8")


def checkout(folder: Path) -> Path:
    """Return a checkout of what is in the working tree, as git repository with one commit."""
    for name in files(*ROOMS):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    (folder / ".gitignore").write_text("__pycache__/\n")
    setup = "git init --quiet --initial-branch main . && git add --all && git commit -qm base"
    shell(folder, [setup])
    return folder


def shell(folder: Path, commands: list[str]) -> list[tuple[int, str]]:
    """Return exit status and output of each command; `poem-kg` is that of the checkout."""
    script = "".join(
        f"{command}\n_status=$?; printf '{_MARK}%s{_MARK}' $_status; (exit $_status)\n"
        for command in commands
    )
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "A. Nobody"), ("EMAIL", "nobody@example.org"))
    }
    environment = os.environ | who
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "COLUMNS": "100",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    )
    parts = done.stdout.decode().split(_MARK)
    assert len(parts) == 2 * len(commands) + 1, f"the session ended early: {parts[-1]}"
    return [(int(status), out) for out, status in zip(parts[::2], parts[1::2], strict=False)]
