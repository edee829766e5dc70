"""A therapy that a requirement or an exclusion excepts is not held back by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.derivation.patients import Patient
from tests.derivation.view import DILATION, HELLER, POEM, changed_knowledge, see

GUIDELINE = "guidelines/droracle-2025.ttl"
ACTS = {
    "Exclusion": ("excludedBy", "exclusion"),
    "SiteRequirement": ("requires", "site"),
}
"""Kind of statement to the property by which it holds a therapy back, and what it comes to."""


def held_back(folder: Path, kind: str, *statements: str) -> dict[str, bool]:
    """Whether the statements hold back three therapies of a child with a hiatal hernia."""
    known = changed_knowledge(folder, files={GUIDELINE: "".join(statements)})
    patient = Patient().has("AchalasiaTypeII").has("HiatalHernia").age(12)
    view = see(patient, known=known)
    return {
        therapy: "hiatal-hernia" in view.of_kind(therapy, ACTS[kind][1])
        for therapy in (HELLER, POEM, DILATION)
    }


def acting(kind: str, name: str, extra: str = "") -> str:
    return f"""
stmt:{name} a poemkg:{kind} ; rdfs:label "{name}"@en ; poemkg:source source:droracle2025 ;
  poemkg:{ACTS[kind][0]} criterion:hiatal-hernia ;
  poemkg:therapy poemkg:AchalasiaTherapy {extra} .
"""


@pytest.mark.parametrize("kind", ACTS)
@pytest.mark.parametrize(
    "elsewhere", ["", "; poemkg:disorder poemkg:Achalasia", "; poemkg:when criterion:child"]
)
def test_an_excepted_therapy_is_left_out(tmp_path: Path, kind: str, elsewhere: str) -> None:
    excepted = f"; poemkg:exceptTherapy poemkg:LaparoscopicHellerMyotomy {elsewhere}"

    found = held_back(tmp_path, kind, acting(kind, "test", excepted))

    assert found == {HELLER: False, POEM: True, DILATION: True}


def test_a_statement_without_exception_still_holds_it_back(tmp_path: Path) -> None:
    excepted = "; poemkg:exceptTherapy poemkg:LaparoscopicHellerMyotomy"

    both = (acting("Exclusion", "narrow", excepted), acting("Exclusion", "whole"))
    found = held_back(tmp_path, "Exclusion", *both)

    assert found == {HELLER: True, POEM: True, DILATION: True}
