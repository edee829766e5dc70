"""The documentation as built by `make docs`: which files there are, and what is said without."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).with_name("docs")
"""Where the site lies in a checkout and in an installed package; git ignores it."""
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


def site_files(folder: Path | None = None) -> Mapping[str, Path]:
    """Return the files of the site by path: a closed list, so that no path leads elsewhere.

    Args:
        folder: of the site; else that of this installation. Where it is missing there are none.
    """
    root = FOLDER if folder is None else folder
    return {
        path.relative_to(root).as_posix(): path
        for path in sorted(root.rglob("*"))
        if path.suffix in TYPES and path.is_file()
    }
