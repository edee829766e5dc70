"""Where a run under way lies, and what can be told of it from outside."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

from poem_kg.errors import InputError

ADVICE, OPTIONS, REJECTED, MANIFEST = (
    "advice.nq.zst",
    "options.parquet",
    "rejected.jsonl",
    "manifest.json",
)
JOURNAL: Final = "journal.jsonl"
SETTINGS: Final = "settings.json"


def working_folder(output: Path) -> Path:
    """Return the folder of the run that is to become an output.

    Raises:
        InputError: the output has no name of its own.
    """
    if output.name in ("", ".."):
        raise InputError(str(output), "is no name for a new folder", "name one that is not there")
    return output.with_name(output.name + ".partial")


def settings_under_way(output: Path) -> dict[str, Any]:
    """Return the settings of the unfinished run of an output; none where there is no such run.

    Raises:
        InputError: they cannot be read.
    """
    path = working_folder(output) / SETTINGS
    return read_settings(path) if path.exists() else {}


def finished_before(output: Path) -> dict[str, Any] | None:
    """Return the manifest of a run that was killed after its output had its name, or None.

    What it had still to do is done: its working folder goes.
    """
    folder = working_folder(output)
    if not folder.exists() or (folder / "out").exists() or not (output / MANIFEST).exists():
        return None
    shutil.rmtree(folder, ignore_errors=True)
    manifest: dict[str, Any] = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def discard(output: Path) -> None:
    """Take back an unfinished run; a kill in between leaves one that can be gone on with."""
    folder = working_folder(output)
    (folder / JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def read_settings(path: Path) -> dict[str, Any]:
    """Return the settings of an unfinished run.

    Raises:
        InputError: the file is damaged.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("startedAt"), str):
        raise InputError(str(path.parent), "is damaged", "delete it and start anew")
    return told
