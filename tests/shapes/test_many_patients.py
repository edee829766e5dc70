"""Many patients in one call get the findings that each gets alone, quickly or in full."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyoxigraph as ox
import pytest

from poem_kg.model import Finding
from poem_kg.namespaces import POEMKG, SH, SHAPES
from poem_kg.resources import data_dir
from poem_kg.screening import SCREENED, TOPICS, asking_of, rules, topic_of
from poem_kg.screens import Screen
from poem_kg.validation import PATIENT_SHAPES, PatientValidator, in_order, vocabulary
from tests.derivation.patients import Patient
from tests.generated.draws import FACTORS
from tests.generated.entries import Entry, write
from tests.generated.patients import random_patients
from tests.shapes.support import (
    EXAMPLES,
    PATIENTS,
    TYPE,
    knowledge,
    local,
    ours,
    read,
    validator,
)

Triples = Sequence[ox.Triple]


def test_many_are_told_what_each_is_told_alone_and_refused_are_those_with_a_violation() -> None:
    patients = [
        *(case.triples() for case in PATIENTS),
        *(read(path) for path in EXAMPLES),
        *(p.triples() for p in random_patients(20, seed=24)),
        *(p.triples() for p in _at_random(300, seed=25)),
    ]
    cases = _cases(patients)
    alone = {name: _alone(data) for name, data in cases.items()}
    grave = _grave(alone)
    assert validator().refused(cases) == grave
    assert validator().validate_many(cases) == alone
    assert len(grave) > 300
    found = {f.shape for own in alone.values() for f in own}
    assert found >= {SHAPES + name for name in SCREENED}


def test_conforming_patients_are_seldom_looked_at_twice() -> None:
    """A screen that suspects everybody would be right and of no use."""
    cases = _cases([p.triples() for p in random_patients(150, seed=26)])
    assert len(validator()._suspects(cases)) < 15


def test_every_rule_has_a_screen_made_for_its_text() -> None:
    asked = {local(s.value): digest for s, digest in rules(_patient_shapes()).items()}
    noted = {shape: digest for shape, (_, digest) in SCREENED.items()}
    assert {shape: asked[shape] for shape in noted} == noted, "read its screen, then note it"
    assert asked.keys() - noted.keys() == {"part-missing", "value-not-compared"}


def test_a_rule_that_was_changed_is_always_asked() -> None:
    triples = _patient_shapes()
    changed = [
        ox.Triple(t.subject, t.predicate, ox.Literal(t.object.value.replace("FLOOR", "CEIL")))
        if isinstance(t.object, ox.Literal) and t.predicate.value == SH + "select"
        else t
        for t in triples
    ]
    shape = ox.NamedNode(SHAPES + "value-whole")
    assert topic_of(shape, rules(triples)[shape]) == "values"
    assert topic_of(shape, rules(changed)[shape]) is None
    kept = {t.subject for t in asking_of(changed, ()) if t.predicate.value == SH + "sparql"}
    assert {local(s.value) for s in kept if isinstance(s, ox.NamedNode)} == {
        "part-missing",
        "value-not-compared",
        "value-whole",
    }


@pytest.mark.parametrize(
    "line",
    [
        '<urn:a> <{p}age> "many"^^<http://www.w3.org/2001/XMLSchema#decimal> .',
        "<urn:a> <{p}status> <{p}possible> .",
        '<urn:a> <{p}birthYear> "" .',
        "<urn:a>",
    ],
)
def test_what_a_screen_does_not_understand_is_suspect(line: str) -> None:
    screen = Screen(vocabulary(knowledge()))
    assert screen.topics(f"{line}\n".format(p=POEMKG).encode()) == TOPICS
    assert not screen.topics(b"")


def test_the_reference_engine_tells_cases_apart_as_well() -> None:
    cases = _cases([case.triples() for case in PATIENTS[::120]])
    reference = PatientValidator(knowledge(), engine="pyshacl")
    alone = {name: _alone(data) for name, data in cases.items()}
    assert reference.validate_many(cases) == alone
    assert reference.refused(cases) == _grave(alone)


@pytest.mark.parametrize("shared", ["https://example.org/nobody", POEMKG + "Achalasia"])
def test_a_link_to_what_several_share_is_found_in_the_case_that_has_it(shared: str) -> None:
    clean = list(random_patients(5, seed=22))
    linked, parted = clean[1].triples(), clean[3].triples()
    linked.append(ox.Triple(clean[1].iri, ours("hasRecord"), ox.NamedNode(shared)))
    record = next(t.object for t in parted if t.predicate == ours("hasRecord"))
    assert isinstance(record, ox.NamedNode)
    parted.append(ox.Triple(record, ours("partOf"), ox.NamedNode(shared)))
    patients = [p.triples() for p in clean]
    cases = _cases([patients[0], linked, patients[2], parted, patients[4], linked])
    found = validator().validate_many(cases)
    assert found == {name: _alone(data) for name, data in cases.items()}
    told = [name[-2:] for name, own in found.items() if shared in {f.focus for f in own}]
    assert told == ["01", "05"]
    assert validator().refused(cases) == _grave(found)


def test_a_value_in_place_of_a_record_is_not_lost() -> None:
    clean = [p.triples() for p in random_patients(3, seed=23)]
    patient = next(t.subject for t in clean[1] if t.object == ours("Patient"))
    clean[1].append(ox.Triple(patient, ours("hasRecord"), ox.Literal("Achalasia")))
    cases = _cases(clean)
    found = validator().validate_many(cases)
    assert '"Achalasia"' in {f.focus for f in found["urn:poem-kg:case:0001"]}
    assert found == {name: _alone(data) for name, data in cases.items()}


def test_no_cases_have_no_findings() -> None:
    assert validator().validate_many({}) == {}
    assert validator().refused({}) == {}


def test_findings_are_put_in_order_anew_after_naming_back() -> None:
    case = next(c for c in PATIENTS if c.id == "contradiction-exclusive/1-two-types")
    findings = validator().validate(case.triples()).findings
    assert in_order([*reversed(findings), *findings]) == findings


def _grave(found: dict[str, tuple[Finding, ...]]) -> dict[str, tuple[Finding, ...]]:
    """The cases with a Violation."""
    return {n: own for n, own in found.items() if any(f.severity == "Violation" for f in own)}


def _patient_shapes() -> list[ox.Triple]:
    folder = data_dir("shapes")
    return [triple for name in PATIENT_SHAPES for triple in read(folder / f"{name}.ttl")]


def _at_random(count: int, *, seed: int) -> Iterator[Patient]:
    """Patients whose records may contradict each other."""
    rng = random.Random(seed)
    for number in range(count):
        drawn: list[Entry] = []
        for freely, _ in FACTORS.values():
            for _ in range(rng.choice((0, 1, 1, 2))):
                drawn += freely(rng)
        patient = write(drawn, Patient(f"at-random-{number}", known=knowledge()))
        yield patient.as_of("2025-06-01") if rng.random() < 0.2 else patient


def _cases(patients: Iterable[Triples]) -> dict[str, bytes]:
    """Patients by placeholder, which keep the order of their nodes."""
    return dict(_case(number, triples) for number, triples in enumerate(patients))


def _case(number: int, triples: Triples) -> tuple[str, bytes]:
    name = f"urn:poem-kg:case:{number:04}"
    nodes = sorted({t.subject for t in triples}, key=str)
    patients = (t.subject for t in triples if (t.predicate, t.object) == (TYPE, ours("Patient")))
    patient = min(patients, key=str, default=nodes[0])
    new: dict[Any, Any] = {
        node: ox.NamedNode(f"{name}:{place:02}") for place, node in enumerate(nodes)
    }
    new[patient] = ox.NamedNode(name)
    renamed = [ox.Triple(new[t.subject], t.predicate, new.get(t.object, t.object)) for t in triples]
    return name, ox.serialize(renamed, format=ox.RdfFormat.N_TRIPLES) or b""


def _alone(data: bytes) -> tuple[Finding, ...]:
    triples = [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)]
    return validator().validate(triples).findings
