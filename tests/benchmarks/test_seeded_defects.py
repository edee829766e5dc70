"""The benchmark of seeded defects: that it counts rightly, and what `check` reaches in it."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from benchmarks._check import Found
from benchmarks._defects import KINDS, seeded
from benchmarks._drafts import Draft, Edit, misspelt
from benchmarks._harmless import HARMLESS
from benchmarks._texts import TEXT_KINDS
from benchmarks.seeded_defects import (
    HARMLESS_EACH,
    PLACES,
    SEED,
    Outcome,
    edits_of,
    judge,
    measure,
    names,
    score,
    table,
)
from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import parse_module
from poem_kg.resources import data_dir

A, B = "https://w3id.org/poem-kg/ontology/Aa", "https://w3id.org/poem-kg/ontology/Bb"


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    copy = tmp_path_factory.mktemp("clean") / "ontology"
    shutil.copytree(data_dir("ontology"), copy)
    return Draft.read(copy)


def found(term: str = "", message: str = "", *, file: str = "", line: int | None = None) -> Found:
    """Return a finding."""
    return Found("rule", term, message, file, line)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (found(A), True),
        (found(B, "points to poemkg:Aa"), True),
        (found(B, "Aa is not declared"), True),
        (found(B, f"see <{A}>"), True),
        (found(B, "Aaa is not declared"), False),
        (found(B, "x-Aa is not declared"), False),
        (found(B), False),
    ],
)
def test_a_finding_names_a_term_by_its_iri_or_by_its_whole_name(one: Found, told: bool) -> None:
    assert names(one, {A}) is told


EDIT = Edit(what="x", file="a.ttl", terms=frozenset({A}), touched=frozenset({B}))


def test_a_finding_on_what_refers_to_the_defect_is_right_but_no_hit() -> None:
    outcome = judge("k", EDIT, "", [found(B), found("https://e/C")], harmless=False)
    assert (len(outcome.hits), len(outcome.right), len(outcome.false)) == (0, 1, 1)


def test_every_finding_after_a_harmless_edit_is_false() -> None:
    outcome = judge("k", EDIT, "", [found(A)], harmless=True)
    assert (len(outcome.hits), len(outcome.right), len(outcome.false)) == (0, 0, 1)


@pytest.mark.parametrize(("line", "hit"), [(3, True), (5, True), (6, False), (None, False)])
def test_a_defect_of_no_term_is_hit_on_its_lines(line: int | None, hit: bool) -> None:
    edit = Edit(what="x", file="a.ttl", terms=frozenset(), lines=lambda text: (3, 5))
    outcome = judge("k", edit, "", [found(file="a.ttl", line=line)], harmless=False)
    assert bool(outcome.hits) is hit


def test_recall_counts_ontologies_and_precision_counts_findings() -> None:
    one, other = found(A), found("https://e/C")
    some = [
        Outcome("k", False, EDIT, (one,), (one, one), (), True),
        Outcome("k", False, EDIT, (), (one,), (other,), False),
        Outcome("h", True, EDIT, (), (), (), False),
    ]
    assert (score(some).recall, score(some).precision) == (0.5, 0.75)
    assert "| k | 2 | 1 | 1 | 3 | 1 |" in table(some)
    assert "| h | 1 | 1 |" in table(some)


def test_a_misspelt_name_is_no_name_that_there_is() -> None:
    wrong = misspelt(A + "bc", frozenset({A + "cb"}), 2)
    assert wrong not in (A + "bc", A + "cb")
    assert sorted(wrong) == sorted(A + "bc")


def test_there_are_enough_kinds_and_places() -> None:
    kinds = [*KINDS, *TEXT_KINDS]
    assert len(kinds) >= 20
    assert PLACES >= 5
    assert len(kinds) * PLACES >= 100
    assert len(HARMLESS) * HARMLESS_EACH >= 100


@pytest.mark.parametrize("kind", [*KINDS, *TEXT_KINDS])
def test_each_defect_stands_in_a_place_of_its_own(kind: str, draft: Draft) -> None:
    edits = seeded(draft, kind, PLACES, SEED)
    assert len({(edit.file, edit.what) for edit in edits}) == PLACES
    assert edits == seeded(draft, kind, PLACES, SEED) or kind in TEXT_KINDS


def test_an_edit_changes_what_it_says_and_nothing_else(draft: Draft, tmp_path: Path) -> None:
    unreadable = Counter[str]()
    edits = edits_of(draft, places=1, harmless=1, seed=SEED)
    for number, (kind, _harmless, edit) in enumerate(edits):
        folder = tmp_path / str(number)
        draft.written(edit, folder)
        changed = [
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file()
            and path.read_bytes() != (draft.folder / path.relative_to(folder)).read_bytes()
        ]
        assert changed == [edit.file], kind
        if edit.rewrite is not None:
            if edit.file.endswith(".ttl"):
                unreadable[kind] += not _same(folder / edit.file, draft, ())
            continue
        assert _same(folder / edit.file, draft, (*edit.removed, *edit.added)), kind
    assert +unreadable == {"syntax error": 1}


def _same(path: Path, draft: Draft, edited: tuple[ox.Triple, ...]) -> bool:
    """Return whether a file says what it said, but for the edited triples."""
    name = next(n for n in draft.files if path.as_posix().endswith(f"/{n}"))
    try:
        now = {t for t in parse_module(path) if "_:" not in str(t)}
    except KnowledgeError:
        return False
    was = {t for t in draft.files[name] if "_:" not in str(t)}
    return now ^ was == {t for t in edited if "_:" not in str(t)}


QUICK = ("misspelt own term", "figure without denominator", "syntax error", "label reworded")


def test_some_defects_are_found_and_an_edit_that_does_no_harm_is_not(draft: Draft) -> None:
    edits = edits_of(draft, places=1, harmless=1, seed=SEED, kinds=QUICK)
    total = score(measure(draft, edits, reasoner=False))
    assert (total.defects, total.found, total.harmless) == (3, 3, 1)
    assert total.false == 0


@pytest.mark.slow
def test_check_finds_what_was_seeded_and_nothing_else(draft: Draft) -> None:
    edits = edits_of(draft, places=PLACES, harmless=HARMLESS_EACH, seed=SEED)
    outcomes = list(measure(draft, edits, reasoner=False))
    total = score(outcomes)
    assert total.defects >= 100
    assert total.harmless >= 100
    missed = [(o.kind, o.edit.what) for o in outcomes if not o.harmless and not o.hits]
    wrong = [(o.kind, o.edit.what, o.false) for o in outcomes if o.false]
    assert total.recall >= 0.98, missed
    assert total.precision >= 0.98, wrong
