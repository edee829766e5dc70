"""The patients that benchmarks measure with are what they claim to be."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Iterable
from itertools import islice

import pyoxigraph as ox
import pytest

from benchmarks._chart import Chart
from benchmarks._network import network
from benchmarks._spoiling import SPOILS
from benchmarks._workup import Case, demography, work_up
from benchmarks.patients import Drawn, draw, in_graph, patients
from poem_kg.errors import InputError
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import POEMKG
from poem_kg.reading import read_graph


@pytest.fixture(scope="module")
def drawn() -> list[Drawn]:
    return list(draw(1000))


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return KnowledgeBase.load()


def violations(kb: KnowledgeBase, data: bytes) -> list[str]:
    """What `poem-kg validate` refuses the patient for."""
    try:
        source = read_graph(None, format="n-triples", stdin=io.BytesIO(data))
        findings = kb.validate(source)
    except InputError as error:
        return [str(error)]
    return [finding.message for finding in findings if finding.severity == "Violation"]


def test_the_same_seed_gives_the_same_patients_and_fewer_are_the_first_of_more() -> None:
    assert list(patients(20)) == list(islice(patients(50), 20))
    assert list(patients(5)) != list(patients(5, seed=2))


def test_a_patient_has_at_least_110_triples_on_average(drawn: list[Drawn]) -> None:
    sizes = [len(set(ox.parse(p.data, format=ox.RdfFormat.N_TRIPLES))) for p in drawn]

    assert sum(sizes) / len(sizes) >= 110
    assert sum(sizes) == sum(p.data.count(b"\n") for p in drawn), "no triple is there twice"


def test_every_node_stands_under_its_patient_or_is_an_operator_or_a_centre() -> None:
    for patient in draw(100):
        for quad in ox.parse(patient.data, format=ox.RdfFormat.N_TRIPLES):
            subject = str(quad.subject)[1:-1]
            shared = subject.startswith(
                ("https://example.org/cohort/operator/", "https://example.org/cohort/centre/")
            )
            own = subject.startswith(patient.iri)
            assert shared or own or patient.spoiled == "about_a_term", subject


def test_operators_and_centres_are_the_same_in_all_their_patients(drawn: list[Drawn]) -> None:
    lines: dict[bytes, set[bytes]] = {}
    for patient in drawn:
        of_this: dict[bytes, list[bytes]] = {}
        for line in patient.data.splitlines():
            if line.startswith(
                (b"<https://example.org/cohort/operator/", b"<https://example.org/cohort/centre/")
            ):
                of_this.setdefault(line.split(b"> ")[0].split(b"/r")[0], []).append(line)
        for node, told in of_this.items():
            lines.setdefault(node, set()).add(b"\n".join(told))

    assert len(lines) > 100
    assert {len(versions) for versions in lines.values()} == {1}


def test_all_disorders_in_scope_are_recorded_as_present_in_some(
    drawn: list[Drawn], kb: KnowledgeBase
) -> None:
    top = ox.NamedNode(POEMKG + "OesophagealMotilityDisorder")
    in_scope = {
        t.subject.value.removeprefix(POEMKG)
        for t in kb.knowledge.prepared
        if t.predicate.value == POEMKG + "isKindOf"
        and t.object == top
        and isinstance(t.subject, ox.NamedNode)
    }
    present = Counter(c for p in drawn for c, status, _ in p.facts if status == "present")

    assert len(in_scope) >= 13
    assert not in_scope - set(present)


def test_facts_are_present_absent_suspected_entered_in_error_and_seldom_alike(
    drawn: list[Drawn],
) -> None:
    statuses = Counter(status for p in drawn for _, status, _ in p.facts)

    assert set(statuses) == {"present", "absent", "provisional", "enteredInError"}
    assert len({p.facts for p in drawn}) > 900


def test_what_is_spoiled_is_refused_and_nothing_else(kb: KnowledgeBase) -> None:
    some = list(islice(draw(90, seed=11), 50, 70))
    assert any(patient.spoiled for patient in some)
    refused_alone(some, kb)


@pytest.mark.slow
def test_what_is_spoiled_among_many_is_refused_and_nothing_else(kb: KnowledgeBase) -> None:
    refused_alone(draw(90, seed=11), kb)


def refused_alone(patients: Iterable[Drawn], kb: KnowledgeBase) -> None:
    """Check that those who are spoiled are refused, and nobody else."""
    for patient in patients:
        found = violations(kb, patient.data)
        assert bool(found) == bool(patient.spoiled), (patient.iri, patient.spoiled, found)


def test_from_two_to_four_per_cent_are_spoiled(drawn: list[Drawn]) -> None:
    assert 20 <= sum(bool(p.spoiled) for p in drawn) <= 40


@pytest.mark.parametrize("kind", SPOILS)
def test_every_way_to_spoil_a_patient_is_found(kind: str, kb: KnowledgeBase) -> None:
    rng = random.Random(kind)
    centre = network(rng)[0]
    for number in (1, 2):
        chart = Chart(number)
        case = Case(chart, centre, rng)
        work_up(case)
        demography(case)
        data = "".join(chart.head + chart.body).encode()
        assert violations(kb, data) == []

        SPOILS[kind](chart, rng)
        assert violations(kb, "".join(chart.head + chart.body).encode())


def test_in_quads_each_patient_has_a_graph_of_its_own() -> None:
    first, second = draw(2)
    quads = [
        list(ox.parse(in_graph(patient), format=ox.RdfFormat.N_QUADS))
        for patient in (first, second)
    ]

    graphs = [{str(quad.graph_name) for quad in of_one} for of_one in quads]
    assert [len(names) for names in graphs] == [1, 1] and graphs[0] != graphs[1]
    assert len(quads[0]) == first.data.count(b"\n")
