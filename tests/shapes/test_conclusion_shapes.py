"""Every conclusion tells where it comes from, and each shape notices one that does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.model import Finding, Provenance, QueryReference
from poem_kg.namespaces import POEMKG
from poem_kg.provenance import run_triples
from poem_kg.validation import CONCLUSION_SHAPES, PATIENT_SHAPES, validate_conclusions
from tests.generated.batches import in_batches
from tests.generated.patients import random_patients
from tests.shapes.support import (
    CONCLUSIONS,
    DEFECTS,
    EXAMPLES,
    PATIENTS,
    SUBCLASS,
    TYPE,
    Case,
    fired,
    first_of_each_shape,
    knowledge,
    ours,
    reporting_shapes,
    with_defect,
)

STORY = "S4a-outflow-obstruction-no-imaging"
TOGETHER = ("S13a-swallows-only", "S13b-whole-study", STORY)
"""Their advice has conclusions of every kind, and the files of `conclusions` change it."""
STORIES = [path for path in EXAMPLES if path.stem.startswith("S")]
DIGEST = "sha256:" + 64 * "0"


@cache
def graph(path: Path) -> tuple[ox.Triple, ...]:
    return KnowledgeBase(knowledge()).recommend(path).graph


@cache
def advised() -> Knowledge:
    """The knowledge with the advice of some stories in it."""
    base = knowledge()
    told = [t for path in EXAMPLES if path.stem in TOGETHER for t in graph(path)]
    triples = dict.fromkeys((*base.ontology, *base.prepared, *told))
    return replace(base, ontology=tuple(triples), prepared=())


@cache
def kinds() -> frozenset[ox.NamedNode]:
    """The kinds of conclusions, as the ontology lists them."""
    found = (t.subject for t in knowledge().ontology if _is_kind(t))
    return frozenset(kind for kind in found if isinstance(kind, ox.NamedNode))


def _is_kind(triple: ox.Triple) -> bool:
    return triple.predicate == SUBCLASS and triple.object == ours("Conclusion")


def conclusions(triples: Iterable[ox.Triple]) -> set[object]:
    return {t.subject for t in triples if t.predicate == TYPE and t.object in kinds()}


@pytest.mark.parametrize("case", first_of_each_shape(CONCLUSIONS))
def test_exactly_this_shape_notices_the_flaw(case: Case) -> None:
    flawed = with_defect(case, advised())
    found = list(fired(validate_conclusions(flawed, (), engine="shacl").findings))
    assert found.count(case.shape) == case.expected > 0, found
    assert set(found) == {case.shape, *case.also}


def test_every_shape_has_a_flaw() -> None:
    assert len(CONCLUSIONS) == 78
    flawed = {case.shape for case in CONCLUSIONS}
    assert flawed == reporting_shapes() - {case.shape for case in (*PATIENTS, *DEFECTS)}


@pytest.mark.slow
def test_both_engines_agree_on_an_advice_with_every_flaw_at_once() -> None:
    flawed = advised()
    for case in CONCLUSIONS:
        flawed = with_defect(case, flawed)
    fast = validate_conclusions(flawed, (), engine="shacl").findings
    assert len({f.shape for f in fast}) > 20
    assert validate_conclusions(flawed, (), engine="pyshacl").findings == fast


def test_a_flaw_is_told_with_what_to_do() -> None:
    (case,) = [c for c in CONCLUSIONS if c.id == "diagnosis-fact/1-missing"]
    (finding,) = [
        f
        for f in validate_conclusions(with_defect(case, advised()), ()).findings
        if f.shape.endswith("diagnosis-fact")
    ]
    assert finding == Finding(
        focus=finding.focus,
        path="http://www.w3.org/ns/prov#wasDerivedFrom",
        value=None,
        severity="Violation",
        message="Let the diagnosis be derived from the records that name it or lead to it.",
        shape="https://w3id.org/poem-kg/shapes/diagnosis-fact",
    )
    assert finding.focus.startswith("https://example.org/poem-kg/S13b/patient/recorded/diagnosis/")


def test_shapes_for_conclusions_never_judge_a_patient_file() -> None:
    assert set(CONCLUSION_SHAPES).isdisjoint(PATIENT_SHAPES)


def test_every_conclusion_of_every_story_tells_where_it_comes_from() -> None:
    seen = {str(kind): 0 for kind in kinds()}
    for path in STORIES:
        triples = graph(path)
        report = validate_conclusions(knowledge(), triples, engine="shacl")
        assert report.findings == (), path
        for triple in triples:
            if triple.predicate == TYPE and triple.object in kinds():
                seen[str(triple.object)] += 1
    assert len(STORIES) >= 23
    assert len(seen) > 9
    assert min(seen.values()) > 4, seen
    assert sum(seen.values()) > 1_500


def test_the_reference_engine_finds_nothing_either() -> None:
    report = validate_conclusions(advised(), (), engine="pyshacl")
    assert report.findings == ()
    assert report.engine == "pyshacl"


def test_random_patients() -> None:
    assert _told_where_from(100, seed=11) > 6_000


@pytest.mark.slow
def test_two_thousand_random_patients() -> None:
    assert _told_where_from(2_000, seed=12) > 150_000


def _told_where_from(count: int, *, seed: int) -> int:
    """Validate all conclusions about random patients; return how many conclusions those are."""
    known = knowledge()
    checked = 0
    for patients in in_batches(random_patients(count, seed=seed), 100):
        triples = [t for patient in patients for t in patient.triples()]
        advice = derive(known, triples).advice
        run = run_triples(_provenance(known), advice, patient=patients[0].iri.value)
        report = validate_conclusions(known, (*triples, *advice, *run), engine="shacl")
        assert report.findings == (), list(islice(report.findings, 3))
        checked += len(conclusions(advice))
    print(f"{checked} conclusions about {count} random patients tell where they come from")
    return checked


def _provenance(known: Knowledge) -> Provenance:
    """What a run on several patients at once would record."""
    return Provenance(
        ontology_version=known.version,
        ontology_digest=known.digest,
        input_digest=DIGEST,
        input_graph_digest=DIGEST,
        as_of=None,
        queries=tuple(
            QueryReference(name=q.name, iri=q.iri, digest=q.digest)
            for q in (*known.prepare, *known.derive)
        ),
    )


def test_a_run_has_the_same_name_whenever_the_same_was_used() -> None:
    base = _provenance(knowledge())
    patient = POEMKG + "nobody"
    once = run_triples(base, (), patient=patient)
    assert run_triples(base, (), patient=patient) == once
    other = "sha256:" + 64 * "1"
    (query, *rest) = base.queries
    changed = [
        replace(base, ontology_digest=other),
        replace(base, input_digest=other),
        replace(base, input_graph_digest=other),
        replace(base, as_of="2026-01-01"),
        replace(base, queries=(replace(query, digest=other), *rest)),
        replace(base, queries=tuple(rest)),
    ]
    names = {run_triples(each, (), patient=patient)[0].subject for each in (base, *changed)}
    assert len(names) == len(changed) + 1
    assert all(str(name).startswith("<urn:poem-kg:run:") for name in names)


def test_a_run_leaves_what_the_queries_derived_as_it_is() -> None:
    (path,) = [path for path in EXAMPLES if path.stem == STORY]
    kb = KnowledgeBase(knowledge())
    source = kb.read(path)
    advice = kb.derive(source).advice
    added = [t for t in graph(path) if t not in {*source.triples, *advice}]
    generated = {t.subject for t in added if t.predicate.value.endswith("#wasGeneratedBy")}
    assert generated >= conclusions(advice)
    others = [t for t in added if not t.predicate.value.endswith("#wasGeneratedBy")]
    assert {str(t.subject).split(":")[1] for t in others} == {"poem-kg"}
