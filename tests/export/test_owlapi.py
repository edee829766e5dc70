"""The exported ontology opens in the OWL API 5, as in Protégé, and is all there."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.export.contents import knowledge_triples
from poem_kg.export.files import export_files
from poem_kg.export.formats import FILE_SUFFIXES
from poem_kg.namespaces import OWL, POEMKG, RDF
from tests.export.files import knowledge_base
from tests.reasoning import owlapi5
from tests.reasoning.test_owlapi5_roundtrip import canonical


@pytest.mark.parametrize("format", ["turtle", pytest.param("rdfxml", marks=pytest.mark.slow)])
def test_the_owl_api_opens_the_exported_ontology_and_loses_nothing(
    format: str, tmp_path: Path
) -> None:
    """An empty catalogue: whatever it would import is an error."""
    export_files("ontology", format=format, folder=tmp_path)
    document = tmp_path / f"ontology{FILE_SUFFIXES[format]}"

    answer = owlapi5.saved(document, {}, ["turtle"], tmp_path)

    assert list(answer) == [POEMKG]
    saved = answer[POEMKG]["turtle"]
    after = canonical(q.triple for q in ox.parse(path=saved, format=ox.RdfFormat.TURTLE))
    before = canonical(knowledge_triples("ontology", knowledge_base()))
    assert sorted(before - after) == []
    assert sorted(after - before) == []


def test_the_exported_ontology_has_one_header_and_keeps_every_other_triple() -> None:
    exported = set(knowledge_triples("ontology", knowledge_base()))
    whole = set(knowledge_base().knowledge.ontology)
    headers = {
        t.subject
        for t in whole
        if t.predicate.value == RDF + "type" and t.object == ox.NamedNode(OWL + "Ontology")
    }
    assert len(headers) > 10

    dropped = whole - exported

    assert exported <= whole
    assert all(t.subject in headers for t in dropped)
    root = {t for t in whole if t.subject == ox.NamedNode(POEMKG)}
    assert {t.predicate.value for t in root - exported} == {OWL + "imports"}
