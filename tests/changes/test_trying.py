"""What an outcome can rest on: an edit of text spares the second derivation, no other edit does."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.changes.trying import Trial
from poem_kg.errors import InputError
from poem_kg.guard import run_guarded
from poem_kg.knowledge import load_knowledge
from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.namespaces import RDF
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


def test_what_would_take_for_ever_to_compare_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [ox.BlankNode(f"b{n}") for n in range(20)]
    kind = ox.NamedNode(RDF + "type")
    knot = tuple(ox.Triple(one, kind, other) for one, other in itertools.permutations(nodes, 2))
    quick = partial(run_guarded, limits=replace(DEFAULT_LIMITS, seconds=0.3))
    monkeypatch.setattr("poem_kg.changes.trying.run_guarded", quick)
    version = Trial(replace(knowledge(), prepared=knot), "main:ontology")
    with pytest.raises(InputError, match=r"^main:ontology: takes longer than 0\.3 s; "):
        _ = version.read
