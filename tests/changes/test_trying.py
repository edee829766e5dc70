"""What an outcome can rest on: an edit of text spares the second derivation, no other edit does."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from poem_kg.changes.trying import Trial
from poem_kg.knowledge import load_knowledge
from tests.changes.editing import PAGE, Copy
from tests.derivation.view import knowledge


@cache
def trial() -> Trial:
    return Trial(knowledge())


@pytest.mark.parametrize(
    ("file", "term", "old", "new", "alike"),
    [
        ("criteria.ttl", "criterion:chest-pain", '"chest pain"@en', '"pain"@en', True),
        (PAGE, "stmt:droracle2025-C02", ":optionStanding", ":preferredStanding", False),
        pytest.param(
            *("measures.ttl", "poemkg:Age", "maximum 130.0", "maximum 40.0", False),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_an_edit_of_text_alone_leaves_alike_what_conclusions_rest_on(
    file: str, term: str, old: str, new: str, alike: bool, tmp_path: Path
) -> None:
    copy = Copy(tmp_path).edit(file, term, old, new)
    other = Trial(load_knowledge(ontology=copy.path))
    assert (trial().read == other.read) is alike
