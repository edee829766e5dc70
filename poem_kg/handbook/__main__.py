"""Builds the site: `python -m poem_kg.handbook [--output FOLDER]`, as `make docs` does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from poem_kg.errors import PoemKgError
from poem_kg.handbook.building import build
from poem_kg.service.handbook import FOLDER


def main() -> int:
    """Build the site; one line says where it lies, or why it could not be built."""
    parser = argparse.ArgumentParser(prog="python -m poem_kg.handbook", description=__doc__)
    parser.add_argument(
        "--output",
        type=Path,
        default=FOLDER,
        help="the folder to write; else that from which poem-kg serve shows it",
    )
    folder = parser.parse_args().output
    try:
        count = build(folder)
    except PoemKgError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    told = f"{folder}: {count} files; open index.html, or run poem-kg serve"
    sys.stderr.write(f"{told}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
