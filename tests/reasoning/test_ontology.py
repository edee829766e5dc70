"""The ontology itself under the reasoner and the OWL 2 DL profile, offline."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.knowledge import module_files, parse_module
from poem_kg.owl.reasoning import OwlReport, examine
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


def _with_a_clash(merged: list[ox.Triple]) -> list[ox.Triple]:
    """A member of two kinds of disorder that exclude each other, in the real files."""
    disjoint = ox.NamedNode("http://www.w3.org/2002/07/owl#disjointWith")
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    member = ox.NamedNode("urn:x:member")
    pair = next(triple for triple in merged if triple.predicate == disjoint)
    return [*merged, *(ox.Triple(member, kind, term) for term in (pair.subject, pair.object))]


@pytest.fixture(scope="module")
def reports() -> dict[str, OwlReport]:
    """Return what is found in every ontology of this file, from one start of Java."""
    graphs = {_name(alignment): _merged(alignment) for alignment in TOGETHER}
    graphs["clash"] = _with_a_clash(graphs[_name(None)])
    return dict(zip(graphs, examine(graphs.values()), strict=True))


@pytest.fixture(scope="module")
def by_owl_api_5() -> dict[str, list[str]]:
    """Return the violations that the OWL API 5 finds, from one start of Java too."""
    found = owlapi5.violations_of_each(_merged(alignment) for alignment in TOGETHER)
    return dict(zip(map(_name, TOGETHER), found, strict=True))


def test_every_file_is_under_test() -> None:
    checked = {path.resolve() for path in [*module_files(ONTOLOGY), *ALIGNMENTS]}
    assert checked == {path.resolve() for path in ONTOLOGY.rglob("*.ttl")}


@pytest.mark.parametrize("alignment", [_name(one) for one in TOGETHER])
def test_consistent_and_no_class_is_unsatisfiable(
    alignment: str, reports: dict[str, OwlReport]
) -> None:
    result = reports[alignment].result
    assert result is not None
    assert result.consistent
    assert result.unsatisfiable == ()


def test_the_reasoner_sees_the_axioms(reports: dict[str, OwlReport]) -> None:
    result = reports["clash"].result
    assert result is not None
    assert not result.consistent


@pytest.mark.parametrize("alignment", [_name(one) for one in TOGETHER])
def test_within_owl_2_dl(
    alignment: str, reports: dict[str, OwlReport], by_owl_api_5: dict[str, list[str]]
) -> None:
    assert (reports[alignment].violations, reports[alignment].refusals) == ((), ())
    assert by_owl_api_5[alignment] == []
