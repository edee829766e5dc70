"""Real clients open what the running service serves: the OWL API, as in Protégé, and rdflib."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import rdflib

from poem_kg.knowledge import read_catalog
from poem_kg.namespaces import BASE, POEMKG
from poem_kg.resources import data_dir
from tests.reasoning import owlapi5
from tests.server.running import Running
from tests.service.documents import published

FORMS = {
    "ontology/": "RDF/XML Syntax",
    "ontology.rdf": "RDF/XML Syntax",
    "ontology.ttl": "Turtle Syntax",
}
"""Address to what the OWL API makes of it; it asks for RDF/XML where it can choose."""


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    with Running("--workers", "1") as running:
        yield running


def test_the_owl_api_opens_the_ontology_whole(service: Running) -> None:
    catalog = read_catalog(data_dir("ontology"))
    version = f"ontology/{published().version}"
    addresses = [service.url + path for path in (*FORMS, f"{version}/", f"{version}.ttl")]

    opened = owlapi5.fetched(addresses)

    expected = owlapi5.axioms(catalog[POEMKG], catalog)
    assert len(expected) > 5000
    for address, found in zip(addresses, opened, strict=True):
        assert found["iri"] == POEMKG, address
        assert found["version"] == f"{BASE}{version}/"
        assert found["imports"] == []
        assert found["axioms"] == expected, address
    assert [found["form"] for found in opened[: len(FORMS)]] == list(FORMS.values())


def test_the_root_file_asks_for_what_it_imports(service: Running) -> None:
    with pytest.raises(AssertionError, match="poem-kg/ontology/module/"):
        owlapi5.fetched([f"{service.url}ontology/?imports=kept"])


@pytest.mark.parametrize("form", ["turtle", "xml", "nt", None])
def test_rdflib_follows_an_iri_to_its_description(service: Running, form: str | None) -> None:
    path = "statement/droracle2025-C16"

    graph = rdflib.Graph().parse(service.url + path, format=form)

    label = graph.value(rdflib.URIRef(BASE + path), rdflib.RDFS.label)
    assert str(label) == "POEM preferred in type III achalasia"
