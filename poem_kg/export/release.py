"""What the ontology's own header says about this release."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from poem_kg.errors import KnowledgeError
from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import DCTERMS, OWL, POEMKG, XSD


@dataclass(frozen=True, kw_only=True)
class Release:
    """One version of the knowledge.

    Attributes:
        version: the version, such as "0.1.0".
        version_iri: the IRI of the ontology in this version.
        previous: the version before, where the header names it (`owl:priorVersion`).
        created: the date as the header has it, an xsd:dateTime.
        title: the title of the ontology.
        description: what it is about, in one paragraph.
        creator: the name of who made it.
        licence: the IRI of the licence.
        digest: "sha256:" and the digest of the ontology's files.
    """

    version: str
    version_iri: str
    previous: str | None
    created: ox.Literal
    title: str
    description: str
    creator: str
    licence: str
    digest: str


def release_of(knowledge: Knowledge) -> Release:
    """Return what the header of the root file says.

    Raises:
        KnowledgeError: the header lacks one of these, apart from the version before.
    """
    index = Index(t for t in knowledge.ontology if t.subject == ox.NamedNode(POEMKG))

    def told(prop: str) -> str:
        value = index.one(POEMKG, prop)
        if value is None:
            raise KnowledgeError(f"poem-kg.ttl: the header has no <{prop}>; add it")
        return value

    prior = index.one(POEMKG, OWL + "priorVersion")
    return Release(
        version=knowledge.version,
        version_iri=told(OWL + "versionIRI"),
        previous=prior.removeprefix(POEMKG).strip("/") if prior else None,
        created=ox.Literal(told(DCTERMS + "created"), datatype=ox.NamedNode(XSD + "dateTime")),
        title=told(DCTERMS + "title"),
        description=told(DCTERMS + "description"),
        creator=told(DCTERMS + "creator"),
        licence=told(DCTERMS + "license"),
        digest=knowledge.digest,
    )
