"""Whether the programs that `hatch_build.py` builds from npm packages are here."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).with_name("static") / "vendor"


def is_built(*names: str) -> bool:
    """Return whether all of these files are in the folder of the built programs."""
    return all((FOLDER / name).is_file() for name in names)
