"""What holds for every patient, whatever is recorded."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poem_kg.knowledge import Knowledge, load_knowledge
from tests.derivation.random_patients import FEW, Case, cases
from tests.derivation.view import EXAMPLES, ROOT, View, knowledge, outline, read, see, see_all
from tests.stories import each

STORIES = sorted(path.stem for path in EXAMPLES.glob("S*.ttl"))

UNRELATED = ["Dysphagia", "ChestPain", "Regurgitation", "WeightLoss", "BariumStasis"]


def ready(view: View) -> set[str]:
    return {name for name, readiness in view.readiness().items() if readiness == "ready"}


def renamed(triples: list[ox.Triple], names: list[int] | None = None) -> list[ox.Triple]:
    """Return the same graph with other IRIs for patient, people, places and records.

    Args:
        triples: the graph.
        names: which new name each gets, as a permutation; by default in the opposite order.
    """
    own = sorted({t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)})
    numbers = names or [len(own) - n for n in range(len(own))]
    new_names = {iri: f"urn:uuid:{n:08d}" for iri, n in zip(own, numbers, strict=True)}

    def new(node: Any) -> Any:
        found = new_names.get(getattr(node, "value", ""))
        return ox.NamedNode(found) if found else node

    return [ox.Triple(new(t.subject), t.predicate, new(t.object)) for t in triples]


def in_files(triples: list[ox.Triple], order: list[int]) -> list[ox.Triple]:
    """Return the graph as read from one file for each part, the files in some order."""
    parts = {n: ox.serialize(triples[n :: len(order)], format=ox.RdfFormat.TURTLE) for n in order}
    text = b"\n".join(parts[n] or b"" for n in order)
    return [q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE)]


def with_modules_in_another_order(folder: Path) -> Knowledge:
    """Return the knowledge loaded from a copy whose files are read in the opposite order."""
    copy = folder / "ontology"
    shutil.copytree(ROOT / "ontology", copy)
    modules = sorted(p for p in copy.rglob("*.ttl") if p.name != "poem-kg.ttl")
    catalog = copy / "catalog-v001.xml"
    text = catalog.read_text()
    for number, path in enumerate(reversed(modules)):
        name = f"{number:03d}-{path.name}"
        path.rename(copy / name)
        text = text.replace(f'uri="{path.relative_to(copy).as_posix()}"', f'uri="{name}"')
    catalog.write_text(text)
    return load_knowledge(ontology=copy, queries=ROOT / "queries")


def shown(view: View) -> set[tuple[str, str, str]]:
    """Return every warning that shows: option, side or kind, and statement or criterion."""
    found = set()
    for name in view.options:
        for side in ("cautions", "gaps"):
            found |= {(name, side, statement) for statement in view.said(name, side)}
        for criterion, (kind, _) in view.requirements(name).items():
            # Which diagnosis is asked for depends on the one that would govern.
            found.add((name, kind, "" if kind == "diagnosis" else criterion))
    return found


@cache
def told(name: str) -> dict[str, Any]:
    """Return what is told about a story."""
    return outline(see(read(EXAMPLES / f"{name}.ttl")))


def named(triples: Iterable[ox.Triple]) -> set[ox.Triple]:
    """Return the triples without blank nodes, which every reading names anew."""
    return {t for t in triples if ox.BlankNode not in (type(t.subject), type(t.object))}


@pytest.mark.parametrize("name", each(STORIES))
def test_neither_order_nor_names_matter(name: str) -> None:
    triples = read(EXAMPLES / f"{name}.ttl")
    expected = told(name)
    random.Random(7).shuffle(triples)
    assert outline(see(triples)) == expected
    assert outline(see(renamed(triples))) == expected


@FEW
@given(cases(), cases(), st.randoms(use_true_random=False))
def test_neither_order_nor_names_nor_other_patients_matter(
    case: Case, other: Case, chance: random.Random
) -> None:
    one, two = see_all([case.build("one"), other.build("two")])
    triples = case.build().triples()
    chance.shuffle(triples)
    own = len({t.subject for t in triples})
    assert outline(see(renamed(triples, chance.sample(range(own), own)))) == outline(one)
    assert outline(see(other.build())) == outline(two)


@FEW
@given(cases(), st.permutations(range(4)))
def test_the_order_of_the_files_of_a_patient_does_not_matter(case: Case, order: list[int]) -> None:
    triples = case.build().triples()
    assert outline(see(in_files(triples, order))) == outline(see(triples))


def test_the_order_of_the_files_of_the_knowledge_does_not_matter(tmp_path: Path) -> None:
    known = with_modules_in_another_order(tmp_path)
    assert known.ontology != knowledge().ontology
    assert named(known.ontology) == named(knowledge().ontology)
    assert set(known.prepared) == set(knowledge().prepared)
    for name in STORIES:
        triples = read(EXAMPLES / f"{name}.ttl")
        assert outline(see(triples, known=known)) == told(name), name


@FEW
@given(cases(), st.lists(st.sampled_from(UNRELATED), min_size=1, unique=True))
def test_an_unrelated_finding_changes_nothing(case: Case, findings: list[str]) -> None:
    before, after = case.build("before"), case.build("after")
    for finding in findings:
        after.has(finding)
    one, other = see_all([before, after])
    assert outline(one) == outline(other)


@FEW
@given(cases())
def test_unknown_is_never_false_and_never_hides_a_warning(case: Case) -> None:
    # What was known to be absent is unknown without its record: by that no option becomes ready,
    # and no caution, gap or requirement goes from an option that stays.
    absent = [n for n, (_, status, _) in enumerate(case.records) if status == "absent"]
    whole, *less = see_all(
        [case.build("whole"), *(case.build(f"without-{n}", without=n) for n in absent)]
    )
    for number, view in zip(absent, less, strict=True):
        assert ready(view) <= ready(whole), case.records[number]
        kept = {warning for warning in shown(whole) if warning[0] in view.options}
        assert kept <= shown(view), case.records[number]


@FEW
@given(cases())
def test_a_present_exclusion_withholds_whatever_else_is_recorded(case: Case) -> None:
    view = see(case.build().has("OesophagealCancer"))
    readiness = {n: r for n, r in view.readiness().items() if n != "OpioidDiscontinuation"}
    assert set(readiness.values()) <= {"withheld"}


@FEW
@given(cases())
def test_what_is_ready_has_every_requirement_met_and_a_settled_disorder(case: Case) -> None:
    for name, option in (view := see(case.build())).options.items():
        states = {state for _, state in view.requirements(name).values()}
        assert (option.readiness == "ready") == (states <= {"met"})
        if option.readiness == "ready":
            assert "yes" in view.said(name, "for").values()


@FEW
@given(cases())
def test_no_option_without_a_disorder(case: Case) -> None:
    bare = Case(tuple(r for r in case.records[1:] if not r[0].startswith("Opioid")), case.in_place)
    assert see(bare.build()).options == {}


HASH_SEEDS = """
import json
from tests.derivation.view import example, outline, see
for name in ("S1b", "S6b", "S9", "S12"):
    view = see(example(name))
    print(json.dumps(outline(view)))
    print("\\n".join(map(str, view.derivation.advice)))
"""


def test_the_advice_does_not_depend_on_the_hash_seed() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", HASH_SEEDS],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    (only,) = printed
    assert len(only) > 10_000
