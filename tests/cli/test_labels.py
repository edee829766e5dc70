"""A label in the place of a name, in JSON-LD."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.guest import names_meant
from poem_kg.knowledge import load_knowledge
from tests.cli.test_near_misses import JSON, refusal


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("achalasia type II", "is no name of the vocabulary; did you mean AchalasiaTypeII?"),
        ("Achalasia  Type II", "is no name of the vocabulary; did you mean AchalasiaTypeII?"),
        (
            "something of the gullet",
            "is neither a name of the vocabulary nor an IRI; "
            "write a name as ontology/ has it, without spaces",
        ),
    ],
)
def test_a_label_in_place_of_a_name_leads_to_the_name(
    written: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = JSON.replace('"AchalasiaTypeII"', f'"{written}"')

    assert refusal(text, "p.jsonld", tmp_path, monkeypatch) == f'p.jsonld:9: "{written}" {told}\n'


def test_the_name_of_a_node_is_still_an_iri(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = JSON.replace("https://example.org/patients/1/mimics", "urn:x:the mimics")

    assert refusal(text, "p.jsonld", tmp_path, monkeypatch) == (
        'p.jsonld:10: "urn:x:the mimics" is no IRI; write spaces in it as %20\n'
    )


def test_names_are_found_by_label_then_by_synonym_then_without_spaces() -> None:
    knowledge = load_knowledge()

    assert names_meant(knowledge, "pneumatic dilation") == ("PneumaticDilation",)
    assert names_meant(knowledge, "botox") == ("BotulinumToxinInjection",)
    assert names_meant(knowledge, "has Record") == ("hasRecord",)
    assert names_meant(knowledge, "no such thing") == ()
