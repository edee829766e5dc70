"""Three engines, one digest: what follows for generated patients is the same on each.

Every engine runs the derive steps on the same prepared knowledge and batch of patients. What it
concluded is compared as one digest for each patient, over the sorted lines of all triples that are
about the patient, working ones included, each literal in its normal spelling.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256

import pyoxigraph as ox
import pytest

from poem_kg.derivation import derive
from tests.derivation.patients import CASE, Patient
from tests.derivation.view import knowledge
from tests.engines.compare import Engine, Triple, normal_triples, ntriples_of
from tests.engines.oxigraph import Oxigraph
from tests.engines.rdflib_engine import Rdflib
from tests.generated.batches import in_batches
from tests.generated.patients import random_patients

BATCHES = {"rdflib": 50, "arq": 100}
"""Patients in one graph for each engine: fewer pay for the fixed part of every step more often,
many more meet joins that the engine does not order well."""
FEW = 12

Digests = dict[str, str]


@pytest.fixture(params=BATCHES)
def other(request: pytest.FixtureRequest) -> tuple[str, Engine]:
    """The name of another engine and the engine."""
    name: str = request.param
    return name, request.getfixturevalue("arq") if name == "arq" else Rdflib()


def digests(triples: Iterable[Triple]) -> Digests:
    """Return one digest for each patient, over the lines of all nodes named below it."""
    lines: dict[str, list[str]] = defaultdict(list)
    for triple in normal_triples(triples):
        subject = triple[0].strip("<>")
        assert subject.startswith(CASE), f"{triple} is about no patient"
        patient = subject.removeprefix(CASE).split("/")[0]
        lines[patient].append(ntriples_of([triple]))
    return {
        patient: sha256("".join(sorted(own)).encode()).hexdigest() for patient, own in lines.items()
    }


@cache
def _prepared() -> str:
    known = knowledge()
    return _text((*known.ontology, *known.prepared))


def _text(triples: Sequence[ox.Triple]) -> str:
    return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()


def run(engine: Engine, patients: Sequence[Patient]) -> set[Triple]:
    """Run every derive step on an engine and return what it constructed."""
    data = _text([t for patient in patients for t in patient.triples()])
    engine.load(_prepared() + data)
    found: set[Triple] = set()
    for step in knowledge().derive:
        triples = engine.construct(step.text)
        engine.add(triples)
        found |= triples
    return found


def compare(other: tuple[str, Engine], count: int, *, seed: int) -> None:
    name, engine = other
    patients = list(random_patients(count, seed=seed))
    ours: Digests = {}
    theirs: Digests = {}
    for batch in in_batches(patients, BATCHES[name]):
        ours |= digests(run(Oxigraph(), batch))
        theirs |= digests(run(engine, batch))
    different = sorted(p for p in ours.keys() | theirs.keys() if ours.get(p) != theirs.get(p))
    assert not different, f"{name} concludes something else for {different[:3]}"
    assert len(ours) == len(patients)
    assert len(set(ours.values())) == len(patients)


def test_a_few_patients(other: tuple[str, Engine]) -> None:
    compare(other, FEW, seed=41)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(5))
def test_five_hundred_patients(other: tuple[str, Engine], part: int) -> None:
    compare(other, 100, seed=500 + part)


def test_the_digest_is_over_all_that_the_product_concludes() -> None:
    patients = list(random_patients(3, seed=41))
    advice = derive(knowledge(), [t for p in patients for t in p.triples()]).advice
    concluded = {(str(t.subject), str(t.predicate), str(t.object)) for t in advice}
    assert normal_triples(concluded) < normal_triples(run(Oxigraph(), patients))


def test_a_digest_changes_with_any_triple_and_with_no_spelling() -> None:
    node, value = f"<{CASE}random-1/x>", "<http://www.w3.org/2001/XMLSchema#decimal>"
    one: Triple = (node, "<urn:p>", f'"4.50"^^{value}')
    same: Triple = (node, "<urn:p>", f'"4.5"^^{value}')
    other: Triple = (node, "<urn:p>", f'"4.6"^^{value}')
    assert digests([one]) == digests([same]) == digests([same, one])
    assert digests([one]) != digests([other]) != digests([one, other])
    assert digests([one]).keys() == {"random-1"}
