"""The namespaces that poem-kg writes and reads, in one place."""

from __future__ import annotations

from typing import Final

BASE: Final = "https://w3id.org/poem-kg/"
POEMKG: Final = BASE + "ontology/"
MODULE: Final = POEMKG + "module/"
STATEMENT: Final = BASE + "statement/"
SOURCE: Final = BASE + "source/"
CRITERION: Final = BASE + "criterion/"
SHAPES: Final = BASE + "shapes/"
QUERY: Final = BASE + "query/"
WORDS: Final = BASE + "words/"
DATASET: Final = BASE + "dataset/"

DCTERMS: Final = "http://purl.org/dc/terms/"
OWL: Final = "http://www.w3.org/2002/07/owl#"
PROV: Final = "http://www.w3.org/ns/prov#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SH: Final = "http://www.w3.org/ns/shacl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

PREFIXES: Final[dict[str, str]] = {
    "bibo": "http://purl.org/ontology/bibo/",
    "cito": "http://purl.org/spar/cito/",
    "criterion": CRITERION,
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": DCTERMS,
    "fabio": "http://purl.org/spar/fabio/",
    "fhir": "http://hl7.org/fhir/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "module": MODULE,
    "owl": OWL,
    "poemkg": POEMKG,
    "prov": PROV,
    "query": QUERY,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": "https://schema.org/",
    "sh": SH,
    "spdx": "http://spdx.org/rdf/terms#",
    "shapes": SHAPES,
    "skos": SKOS,
    "source": SOURCE,
    "sssom": "https://w3id.org/sssom/",
    "stmt": STATEMENT,
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "words": WORDS,
    "xsd": XSD,
}
"""Prefix to namespace, as every file, query and export of the project writes them."""


def compact(iri: str) -> str:
    """Return the IRI as a prefixed name where one of `PREFIXES` fits, else as it is."""
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and "/" not in local:
            return f"{prefix}:{local}"
    return iri
