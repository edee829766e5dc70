"""Axioms without an IRI, long lists, language tags and datatypes: no difference goes unseen."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from poem_kg.changes.comparing import resting_on, term_changes
from poem_kg.changes.model import Detail, TermChange
from poem_kg.changes.structures import said_in
from poem_kg.changes.terms import Terms
from poem_kg.changes.versions import versions
from poem_kg.errors import InputError
from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.namespaces import MODULE, POEMKG
from tests.changes.editing import Copy
from tests.changes.test_diff import as_it_stands, told

CRITERIA = MODULE + "criteria"
DISJOINT = "\n[] a owl:AllDisjointClasses ; owl:members ( poemkg:Age poemkg:ChestPain ) .\n"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def between(old: Path, new: Path) -> dict[str, TermChange]:
    with versions(str(old), str(new)) as (before, after):
        return {change.term: change for change in term_changes(Terms(before), Terms(after))}


def test_an_axiom_without_an_iri_is_a_difference_of_its_module(copy: Copy) -> None:
    copy.add("criteria.ttl", DISJOINT)
    (change,) = told(copy).values()
    assert (change.term, change.kind, change.file) == (CRITERIA, "module", "criteria.ttl")
    assert (change.effect, change.change) == ("behaviour", "changed")
    (detail,) = change.details
    assert detail.label == "owl:AllDisjointClasses"
    assert "owl:members (age in years, chest pain)" in detail.added[0]


def test_in_a_file_that_is_no_ontology_it_is_a_difference_of_the_root(copy: Copy) -> None:
    text = f"@prefix owl: <http://www.w3.org/2002/07/owl#> .\n@prefix poemkg: <{POEMKG}> ."
    (copy.path / "a.ttl").write_text(text + DISJOINT)
    (change,) = told(copy).values()
    assert (change.term, change.kind) == (POEMKG, "module")
    assert "AllDisjointClasses" in change.details[0].property


def test_what_an_axiom_speaks_of_rests_on_it(copy: Copy) -> None:
    copy.add("criteria.ttl", DISJOINT)
    with versions(str(copy)) as (version,):
        new = Terms(version)
    reach = resting_on(CRITERIA, as_it_stands(), new)
    assert reach >= {CRITERIA, POEMKG + "Age", POEMKG + "ChestPain"}
    assert resting_on(CRITERIA, new, new) == {CRITERIA}


def test_the_last_of_many_items_is_seen(copy: Copy, tmp_path: Path) -> None:
    items = [f'"text {n}"' for n in range(45)]
    block = "\npoemkg:ChestPain owl:oneOf ( {} ) .\n"
    other = Copy(tmp_path / "other")
    copy.add("criteria.ttl", block.format(" ".join(items)))
    other.add("criteria.ttl", block.format(" ".join([*items[:-1], '"something else"'])))
    (change,) = between(copy.path, other.path).values()
    (detail,) = change.details
    assert detail.removed[0].endswith('"text 43", "text 44")')
    assert detail.added[0].endswith('"text 43", "something else")')


def test_a_node_that_points_to_itself_is_compared_at_once(copy: Copy) -> None:
    circle = "poemkg:ChestPain rdfs:seeAlso _:a . _:a rdfs:seeAlso _:a ; rdfs:isDefinedBy _:a .\n"
    copy.add("criteria.ttl", circle)
    (change,) = told(copy).values()
    assert change.details[0].added[0].count("_:c14n0") == 5


def test_a_file_that_takes_too_long_to_compare_is_named(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = partial(said_in, limits=replace(DEFAULT_LIMITS, seconds=0.3))
    monkeypatch.setattr("poem_kg.changes.terms.said_in", quick)
    pairs = itertools.permutations(range(20), 2)
    copy.add("criteria.ttl", "".join(f"_:b{a} rdfs:seeAlso _:b{b} .\n" for a, b in pairs))
    with pytest.raises(InputError) as refused:
        told(copy)
    assert str(refused.value).startswith(f"{copy}/criteria.ttl: takes longer than 0.3 s; ")


@pytest.mark.parametrize(
    ("old", "new", "removed", "added"),
    [
        ('"chest pain"@en', '"chest pain"', '"chest pain"@en', '"chest pain"'),
        ('"chest pain"@en', '"chest pain"@de', '"chest pain"@en', '"chest pain"@de'),
        ('"chest pain"@en', '"chest pain "@en', '"chest pain"@en', '"chest pain "@en'),
        ('"chest pain"@en', '"pain"@en', "chest pain", "pain"),
    ],
)
def test_a_text_is_told_with_its_tag_where_no_more_differs(
    copy: Copy, old: str, new: str, removed: str, added: str
) -> None:
    copy.edit("criteria.ttl", "criterion:chest-pain", old, new)
    (change,) = told(copy).values()
    assert [(d.removed, d.added) for d in change.details] == [((removed,), (added,))]


def test_a_number_is_told_with_its_datatype_where_no_more_differs(copy: Copy) -> None:
    copy.edit(
        *("criteria.ttl", "criterion:procedure-count-floor"),
        *("metFrom 20.0", 'metFrom "20.0"^^<http://www.w3.org/2001/XMLSchema#double>'),
    )
    (detail,) = only(told(copy)).details
    assert detail.removed == ('"20.0"^^xsd:decimal',)
    assert detail.added == ('"20.0"^^xsd:double',)


def test_two_terms_of_one_label_are_told_by_their_names(copy: Copy, tmp_path: Path) -> None:
    other = Copy(tmp_path / "other")
    for one, name in ((copy, "One"), (other, "Two")):
        one.add(
            "criteria.ttl",
            'poemkg:One rdfs:label "same"@en .\npoemkg:Two rdfs:label "same"@en .\n'
            f"poemkg:ChestPain rdfs:seeAlso poemkg:{name} .\n",
        )
    detail: Detail
    (detail,) = only(between(copy.path, other.path)).details
    assert (detail.removed, detail.added) == (("poemkg:One",), ("poemkg:Two",))


def only(changes: dict[str, TermChange]) -> TermChange:
    (change,) = changes.values()
    return change
