"""Generated documents are current."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.documents import DOCUMENTS
from poem_kg.knowledge import load_knowledge

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_generated_document_is_current(name: str) -> None:
    written = (ROOT / name).read_text(encoding="utf-8")
    assert written == DOCUMENTS[name](load_knowledge()), "run python -m poem_kg.documents"
