"""Units are UCUM codes, identifiers have the form of their terminology, numbers a check digit."""

from __future__ import annotations

import pytest

from poem_kg.checking.mappings import verhoeff
from poem_kg.checking.units import is_ucum
from poem_kg.checking.vocabularies import is_unknown, meant_namespace, meant_term, vocabularies
from poem_kg.namespaces import PREFIXES, RDF, SH, SKOS


@pytest.mark.parametrize(
    "code",
    "% cm {score} mm[Hg] 1 a mm[Hg].s.cm s mm2/mm[Hg] mg/dL 10*9/L kg/m2 mo wk L/(min.m2) "
    "/min umol/L [IU]/L m/s2 {patients} 10.L/(min.(m2.kg))".split(),
)
def test_a_code_of_ucum_is_one(code: str) -> None:
    assert is_ucum(code)


@pytest.mark.parametrize(
    "code",
    ["", "mmHg", "sec", "percent", "cms", "years", "mm[HG]", "mm[Hg](s)", "//", "cm.", "Cm", "c m"],
)
def test_what_people_write_in_place_of_a_code_is_none(code: str) -> None:
    assert not is_ucum(code)


def test_a_digit_that_is_wrong_or_moved_is_noticed() -> None:
    assert verhoeff("22298006")
    for n, digit in enumerate("22298006"):
        for other in "0123456789".replace(digit, ""):
            assert not verhoeff("22298006"[:n] + other + "22298006"[n + 1 :])
    assert not verhoeff("22928006")


def test_the_pinned_vocabularies_know_their_terms_and_no_other() -> None:
    assert len(vocabularies()) >= 10
    assert {SKOS, SH, RDF, PREFIXES["prov"], PREFIXES["dcterms"]} <= set(vocabularies())
    for term in ("definition", "prefLabel", "exactMatch"):
        assert not is_unknown(SKOS + term)
    assert not is_unknown(RDF + "_12") and not is_unknown("https://example.org/any")
    assert is_unknown(SKOS + "definiton") and meant_term(SKOS + "definiton") == SKOS + "definition"
    assert is_unknown(SKOS + "altlabel") and meant_term(SKOS + "altlabel") == SKOS + "altLabel"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://www.w3.org/ns/prov#", "prov"),
        ("http://www.w3.org/ns/prov/", "prov"),
        ("http://purl.org/dc/elements/1.1/", "dcterms"),
        ("http://www.w3.org/2004/02/skos/cor#", "skos"),
        ("http://w3id.org/poem-kg/ontology/", "poemkg"),
    ],
)
def test_a_namespace_that_is_nearly_one_is_recognised(written: str, meant: str) -> None:
    assert meant_namespace(written) == PREFIXES[meant]


@pytest.mark.parametrize(
    "namespace", [*PREFIXES.values(), "https://example.org/ns#", "http://purl.obolibrary.org/obo/"]
)
def test_a_namespace_of_its_own_is_no_slip(namespace: str) -> None:
    assert meant_namespace(namespace) is None
