"""Many patients in one call get the findings that each gets alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyoxigraph as ox
import pytest

from poem_kg.model import Finding
from poem_kg.namespaces import POEMKG
from poem_kg.validation import PatientValidator, in_order
from tests.generated.batches import in_batches
from tests.generated.patients import random_patients
from tests.shapes.support import EXAMPLES, PATIENTS, TYPE, knowledge, ours, read, validator

Triples = Sequence[ox.Triple]


def test_in_one_call_each_case_has_the_findings_it_has_alone() -> None:
    patients = [
        *(case.triples() for case in PATIENTS),
        *(read(path) for path in EXAMPLES),
        *(p.triples() for p in random_patients(150, seed=21)),
    ]
    cases = _cases(patients)
    found: dict[str, tuple[Finding, ...]] = {}
    for batch in in_batches(cases.items(), 30):
        found |= validator().validate_many(dict(batch))
    assert list(found) == list(cases)
    assert found == {name: _alone(data) for name, data in cases.items()}
    assert sum(map(bool, found.values())) > 200


def test_the_reference_engine_tells_cases_apart_as_well() -> None:
    cases = _cases([case.triples() for case in PATIENTS[::12]])
    reference = PatientValidator(knowledge(), engine="pyshacl")
    assert reference.validate_many(cases) == {name: _alone(data) for name, data in cases.items()}


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


def test_findings_are_put_in_order_anew_after_naming_back() -> None:
    case = next(c for c in PATIENTS if c.id == "contradiction-exclusive/1-two-types")
    findings = validator().validate(case.triples()).findings
    assert in_order([*reversed(findings), *findings]) == findings


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
