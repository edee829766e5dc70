"""Copies of the ontology with something changed, as an author would change it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.derivation.view import ROOT

ONTOLOGY = ROOT / "ontology"
PAGE = "guidelines/droracle-2025.ttl"


class Copy:
    """A copy of the ontology.

    Args:
        folder: where to make it; the copy is its folder `ontology`.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ontology"
        shutil.copytree(ONTOLOGY, self.path)

    def __str__(self) -> str:
        return str(self.path)

    def edit(self, file: str, term: str, old: str, new: str) -> Copy:
        """Replace text in the block of a term, and give the copy back."""
        path = self.path / file
        before = path.read_text()
        block = self.block(file, term)
        assert block.count(old) == 1, f"{term} has {old!r} {block.count(old)} times"
        path.write_text(before.replace(block, block.replace(old, new)))
        return self

    def drop(self, file: str, term: str) -> Copy:
        """Take a term out, and give the copy back."""
        path = self.path / file
        path.write_text(path.read_text().replace(self.block(file, term), ""))
        return self

    def add(self, file: str, text: str) -> Copy:
        """Add text at the end of a file, and give the copy back."""
        path = self.path / file
        path.write_text(path.read_text() + text)
        return self

    def block(self, file: str, term: str) -> str:
        """Return the block of a term."""
        text = (self.path / file).read_text()
        found = re.search(rf"^{re.escape(term)}\n.*?^\t\.\n", text, re.MULTILINE | re.DOTALL)
        assert found, f"{file} has no block {term}"
        return found[0]
