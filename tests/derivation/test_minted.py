"""What a derivation mints is named after the patient, so renaming a patient renames the advice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha1
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.derivation import Derivation, derive
from poem_kg.namespaces import POEMKG
from poem_kg.reading import read_graph
from tests.derivation.view import knowledge
from tests.stories import each

EXAMPLES = Path(__file__).parents[2] / "examples"
QUERIES = Path(__file__).parents[2] / "queries" / "derive"
MINTS = re.compile(r"BIND\((IRI\(CONCAT.*)\)$", flags=re.MULTILINE)
MINTED = re.compile(
    r"IRI\(CONCAT\(STR\(\?(?:patient|option)\)"
    r'(?:, "/(?:[a-z]+(?:-[a-z]+)*/)+", SHA1\(STR\(\?\w+\)\)(?:, "/", SHA1\(STR\(\?\w+\)\))*)+\)\)'
    r" AS \?\w+"
)
RECORDS = [ox.NamedNode(POEMKG + name) for name in ("fact", "latest")]

Strings = set[str]


def minting(text: str) -> list[str]:
    """Return how a query text mints IRIs."""
    return MINTS.findall(text)


def test_an_iri_is_minted_of_the_patient_words_and_single_terms() -> None:
    found = {path.name: minting(path.read_text("utf-8")) for path in QUERIES.glob("*.rq")}

    assert sum(map(len, found.values())) > 80
    assert not [
        (name, iri) for name, iris in found.items() for iri in iris if not MINTED.fullmatch(iri)
    ]


def test_every_iri_that_is_minted_is_looked_at() -> None:
    texts = [path.read_text("utf-8") for path in QUERIES.glob("*.rq")]

    assert sum(text.count("SHA1(") > 0 for text in texts) == sum(bool(minting(t)) for t in texts)
    assert sum(text.count("CONCAT(") for text in texts) == sum(len(minting(t)) for t in texts)


@pytest.mark.parametrize(
    "iri",
    [
        'IRI(CONCAT(STR(?patient), "/argument/", SHA1(CONCAT(STR(?a), " ", STR(?b))))) AS ?x',
        'IRI(CONCAT(STR(?record), "/argument/", SHA1(STR(?a)))) AS ?x',
        "IRI(CONCAT(STR(?patient), SHA1(STR(?a)))) AS ?x",
        'IRI(CONCAT(STR(?patient), "/argument/", STR(?a))) AS ?x',
    ],
)
def test_any_other_way_of_minting_is_noticed(iri: str) -> None:
    assert not MINTED.fullmatch(iri)


def renamed(lines: Iterable[str], names: Mapping[str, str]) -> Strings:
    """Return triples with the nodes of a patient, and what is minted from them, renamed by text."""
    found = set()
    for line in lines:
        for old, new in sorted(names.items(), key=lambda pair: -len(pair[0])):
            line = line.replace(f"<{old}>", f"<{new}>").replace(f"<{old}/", f"<{new}/")
            line = line.replace(_hash(old), _hash(new))
        found.add(line)
    return found


def _hash(name: str) -> str:
    return sha1(name.encode(), usedforsecurity=False).hexdigest()


def _lines(triples: Iterable[ox.Triple]) -> Strings:
    return {str(triple) for triple in triples}


@pytest.fixture(scope="module", params=each(sorted(p.stem for p in EXAMPLES.glob("S*.ttl"))))
def example(request: pytest.FixtureRequest) -> list[ox.Triple]:
    return list(read_graph(EXAMPLES / f"{request.param}.ttl").triples)


@pytest.fixture(scope="module")
def before(example: list[ox.Triple]) -> Derivation:
    return derive(knowledge(), example)


def test_renaming_a_patient_renames_the_advice(
    example: list[ox.Triple], before: Derivation
) -> None:
    nodes = {t.subject.value for t in example if isinstance(t.subject, ox.NamedNode)}
    (patient,) = {
        t.subject.value
        for t in example
        if t.object == ox.NamedNode(POEMKG + "Patient") and isinstance(t.subject, ox.NamedNode)
    }
    own = patient + "/recorded/"
    minted = {
        q.object.value
        for fact in RECORDS
        for q in before.store.quads_for_pattern(None, fact, None)
        if isinstance(q.object, ox.NamedNode) and q.object.value.startswith(own)
    }
    # A name in the order of the old ones, since the first of several facts is the first by name.
    names = {old: f"urn:new:{number:04}" for number, old in enumerate(sorted(nodes))}
    names |= {old: old.replace(patient, names[patient], 1) for old in sorted(minted)}
    moved = ox.parse(
        "\n".join(f"{line} ." for line in renamed(_lines(example), names)),
        format=ox.RdfFormat.N_TRIPLES,
    )

    after = derive(knowledge(), [quad.triple for quad in moved])

    assert renamed(_lines(before.advice), names) == _lines(after.advice)


def test_what_is_minted_and_acts_as_a_record_says_so(
    example: list[ox.Triple], before: Derivation
) -> None:
    store = before.store
    told = {t.subject for t in example}

    made = {
        q.object
        for fact in RECORDS
        for q in store.quads_for_pattern(None, fact, None)
        if q.object not in told
    }

    assert all("/recorded/" in str(node) for node in made)
