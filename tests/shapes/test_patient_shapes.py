"""Each shape for patients fires on its cases and on nothing else."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.knowledge import Knowledge
from poem_kg.model import Finding
from poem_kg.namespaces import POEMKG
from poem_kg.resources import data_dir
from poem_kg.validation import PATIENT_SHAPES, PatientValidator, vocabulary
from tests.shapes.support import (
    CONCLUSIONS,
    DEFECTS,
    EXAMPLES,
    MARK,
    PATIENTS,
    SUBCLASS,
    TYPE,
    Case,
    fired,
    knowledge,
    ours,
    read,
    reporting_shapes,
    validator,
)

INVALID = [case for case in PATIENTS if case.expected]
VALID = [case for case in PATIENTS if not case.expected]
PREPARED = [ours(n) for n in ("isKindOf", "goesStale", "ruleOutTestOf", "rulesOutFor")]
PREPARED += [ours("positiveFor"), ours("forPatients")]


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.id)
def test_exactly_this_shape_fires(case: Case) -> None:
    findings = validator().validate(case.triples()).findings
    grave = Counter(fired(f for f in findings if f.severity != "Info"))
    assert Counter(fired(findings))[case.shape] == case.expected, findings
    assert set(grave) <= {case.shape, *case.also}, findings


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.id)
def test_the_valid_twin_is_silent(case: Case) -> None:
    findings = validator().validate(case.triples()).findings
    assert case.shape not in fired(findings), findings
    assert all(f.severity == "Info" for f in findings), findings


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.id)
def test_subclasses_fire_like_their_classes(case: Case) -> None:
    """A class put below a concept, a result or a kind of record is treated as that is."""
    expected = validator().validate(case.triples()).findings
    found = _validator_with_kinds().validate(_specialised(case)).findings
    assert {_unmarked(f) for f in found} == set(expected)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_conform_without_a_warning(path: Path) -> None:
    report = validator().validate(read(path))
    assert report.conforms
    assert [f for f in report.findings if f.severity == "Warning"] == []


def test_every_shape_has_an_invalid_case_and_a_valid_twin() -> None:
    assert len(PATIENTS) == 361
    invalid, valid = {case.shape for case in INVALID}, {case.shape for case in VALID}
    assert invalid == valid == reporting_shapes() - {c.shape for c in (*DEFECTS, *CONCLUSIONS)}


def test_findings_are_told_once_worst_first_and_name_the_other_record() -> None:
    case = next(c for c in PATIENTS if c.id == "contradiction-exclusive/1-two-types")
    report = validator().validate(case.triples())
    assert not report.conforms
    assert report.engine == "shacl"
    assert report.findings == (
        Finding(
            focus="https://example.org/case/patient",
            path="https://w3id.org/poem-kg/ontology/hasRecord",
            value="https://example.org/case/diagnosis",
            severity="Violation",
            message="Correct this record or https://example.org/case/iii: "
            "a patient has at most one of the two at a time.",
            shape="https://w3id.org/poem-kg/shapes/contradiction-exclusive",
        ),
    )


def test_what_a_patient_says_about_shapes_switches_none_off() -> None:
    case = next(c for c in PATIENTS if c.id == "value-maximum/1-score-too-high")
    off = ox.NamedNode("http://www.w3.org/ns/shacl#deactivated")
    true = ox.Literal("true", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean"))
    shape = ox.NamedNode("https://w3id.org/poem-kg/shapes/value-maximum")
    report = validator().validate((*case.triples(), ox.Triple(shape, off, true)))
    assert "value-maximum" in fired(report.findings)


def test_the_vocabulary_holds_only_what_shapes_read() -> None:
    texts = [(data_dir("shapes") / f"{name}.ttl").read_text() for name in PATIENT_SHAPES]
    read_by_shapes = set(re.findall(r"\bpoemkg:([A-Za-z]+)", " ".join(texts)))
    triples = vocabulary(knowledge())
    assert 400 < len(triples) < 1_000
    for triple in triples:
        assert triple.predicate != TYPE
        assert "/statement/" not in str(triple)
        name = triple.predicate.value.removeprefix(POEMKG)
        assert triple.predicate == SUBCLASS or name in read_by_shapes


@cache
def _validator_with_kinds() -> PatientValidator:
    return PatientValidator(_with_kinds(knowledge()), engine="shacl")


def _with_kinds(base: Knowledge) -> Knowledge:
    """The knowledge with one class more below every class."""
    extra = []
    for triple in (*base.ontology, *base.prepared):
        if triple.predicate in PREPARED and isinstance(triple.subject, ox.NamedNode):
            kind = ox.NamedNode(triple.subject.value + MARK)
            extra.append(ox.Triple(kind, triple.predicate, triple.object))
            extra.append(ox.Triple(kind, ours("isKindOf"), kind))
            extra.append(ox.Triple(kind, SUBCLASS, triple.subject))
    return replace(base, prepared=(*base.prepared, *dict.fromkeys(extra)))


def _specialised(case: Case) -> list[ox.Triple]:
    """The case with subclasses in place of classes, except on what is absent."""
    triples = case.triples()
    absent = {t.subject for t in triples if t.object == ours("absent")}
    kinds = {t.subject for t in knowledge().prepared if t.object == ours("Record")}
    changed = []
    for triple in triples:
        value = triple.object
        names = triple.predicate in (ours("concept"), ours("result"))
        types = triple.predicate == TYPE and value in kinds - {ours("Record")}
        if isinstance(value, ox.NamedNode) and (types or (names and triple.subject not in absent)):
            value = ox.NamedNode(value.value + MARK)
        changed.append(ox.Triple(triple.subject, triple.predicate, value))
    return changed


def _unmarked(finding: Finding) -> Finding:
    value = finding.value.removesuffix(MARK) if finding.value else None
    return replace(finding, value=value)
