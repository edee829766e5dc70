"""The ontology itself under the reasoner and the OWL 2 DL profile, offline."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.knowledge import module_files, parse_module
from poem_kg.reasoning import check_consistency, profile_violations
from poem_kg.resources import data_dir
from tests.reasoning import owlapi5

ONTOLOGY = data_dir("ontology")
ALIGNMENTS = sorted((ONTOLOGY / "alignments").glob("*.ttl"))
TOGETHER = [None, *ALIGNMENTS]


def _name(alignment: Path | None) -> str:
    return "root" if alignment is None else f"root with {alignment.stem}"


def _merged(alignment: Path | None) -> list[ox.Triple]:
    files = [*module_files(ONTOLOGY), *([] if alignment is None else [alignment])]
    return [triple for path in files for triple in parse_module(path)]


def test_every_file_is_under_test() -> None:
    checked = {path.resolve() for path in [*module_files(ONTOLOGY), *ALIGNMENTS]}
    assert checked == {path.resolve() for path in ONTOLOGY.rglob("*.ttl")}


@pytest.mark.parametrize("alignment", TOGETHER, ids=_name)
def test_consistent_and_no_class_is_unsatisfiable(alignment: Path | None) -> None:
    result = check_consistency(_merged(alignment))
    assert result.consistent
    assert result.unsatisfiable == ()


def test_the_reasoner_sees_the_axioms() -> None:
    """A member of two kinds of disorder that exclude each other is noticed in the real files."""
    merged = _merged(None)
    disjoint = ox.NamedNode("http://www.w3.org/2002/07/owl#disjointWith")
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    member = ox.NamedNode("urn:x:member")
    pair = next(triple for triple in merged if triple.predicate == disjoint)
    both = [ox.Triple(member, kind, term) for term in (pair.subject, pair.object)]
    assert not check_consistency([*merged, *both]).consistent


@pytest.mark.parametrize("alignment", TOGETHER, ids=_name)
def test_within_owl_2_dl(alignment: Path | None) -> None:
    merged = _merged(alignment)
    assert profile_violations(merged) == ()
    assert owlapi5.violations(merged) == []
