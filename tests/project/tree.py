"""The files of the repository, as git knows them."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def files(*under: str) -> list[str]:
    """Return tracked files, and new ones that are not ignored, as paths from the root, sorted.

    Args:
        under: folders or files to look in; all of the repository where none is given.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *under],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    assert found, f"git lists no file under {', '.join(under) or 'the repository'}"
    return sorted(found)


def text_of(name: str) -> str | None:
    """Return the text of a file, or None where it is not UTF-8."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
