"""The passages of the modelled page lead to every statement of it, at the place it names."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise

from poem_kg.index import Index
from poem_kg.knowledge import load_knowledge
from poem_kg.namespaces import POEMKG, RDF, SOURCE, STATEMENT
from tests.project.tree import ROOT

INDEX = Index(load_knowledge().ontology)
PAGE = SOURCE + "droracle2025"
PASSAGES = sorted(INDEX.having(RDF + "type", POEMKG + "Passage"))
WHOLE = {"C48", "C72", "C74", "C75", "C76", "C73"}
"""Claims about several places of the page, or about the page as a whole."""


def of(subject: str, name: str) -> tuple[str, ...]:
    return INDEX.all(subject, POEMKG + name)


def places() -> dict[str, set[str]]:
    """Statement to the places of its passages."""
    found: dict[str, set[str]] = defaultdict(set)
    for passage in PASSAGES:
        for statement in of(passage, "modelledBy"):
            found[statement].update(of(passage, "locator"))
    return found


def test_there_is_a_passage_for_every_place_in_the_page() -> None:
    ordinals = sorted(int(of(passage, "ordinal")[0]) for passage in PASSAGES)

    assert ordinals == list(range(1, 94))
    assert {of(passage, "ofSource") for passage in PASSAGES} == {(PAGE,)}


def test_every_claim_is_told_at_the_place_that_its_statement_names() -> None:
    found = places()
    claims = {f"C{n:02d}" for n in range(1, 77)}
    assert set(found) == {f"{STATEMENT}droracle2025-{claim}" for claim in claims}

    for claim in sorted(claims - WHOLE):
        statement = f"{STATEMENT}droracle2025-{claim}"
        assert of(statement, "locator")[0] in found[statement], claim


def test_claims_about_several_places_are_told_at_each() -> None:
    found = places()

    assert found[STATEMENT + "droracle2025-C48"] == {
        "Safety Considerations, bullet 2",
        "Safety Considerations, bullet 3",
    }
    for claim in WHOLE - {"C48", "C75"}:
        statement = f"{STATEMENT}droracle2025-{claim}"
        head = of(statement, "locator")[0].split(",")[0]
        assert all(place.startswith(head) for place in found[statement]), claim


def test_the_order_of_the_passages_is_that_of_the_claims() -> None:
    firsts = [
        min(int(s[-2:]) for s in of(passage, "modelledBy"))
        for passage in sorted(PASSAGES, key=lambda p: int(of(p, "ordinal")[0]))
        if of(passage, "modelledBy")
    ]
    body = [n for n in firsts if n < 72 and n != 48]

    assert all(one <= other for one, other in pairwise(body))


def test_no_digest_stands_twice_but_for_lines_that_repeat() -> None:
    counted: dict[str, list[int]] = defaultdict(list)
    for passage in PASSAGES:
        (digest,) = of(passage, "textDigest")
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", digest)
        counted[digest].append(int(of(passage, "ordinal")[0]))

    assert sorted(n for n in counted.values() if len(n) > 1) == [[79, 82]]


def test_the_words_of_the_page_are_not_kept() -> None:
    text = (ROOT / "ontology" / "passages" / "droracle-2025.ttl").read_text(encoding="utf-8")
    kept = set(re.findall(r"^\t(\S+) ", text, re.M))

    assert kept - {"a", "rdfs:label", "skos:definition"} <= {
        "dcterms:description",
        "dcterms:license",
        "dcterms:title",
        "owl:versionIRI",
        "poemkg:locator",
        "poemkg:modelledBy",
        "poemkg:notModelledBecause",
        "poemkg:ofSource",
        "poemkg:ordinal",
        "poemkg:textDigest",
    }
    assert len(set(re.findall(r'notModelledBecause "([^"]+)"', text))) < 10, "reasons, not words"
