"""What is served as it is: the modules of ontology, alignments and shapes, and plain files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from poem_kg.knowledge import parse_module
from poem_kg.namespaces import BASE, OWL, POEMKG, RDF, RDFS
from poem_kg.resources import context_files, data_dir
from poem_kg.service.published import Published

_TYPE: Final = ox.NamedNode(RDF + "type")
_LABEL: Final = ox.NamedNode(RDFS + "label")
_ONTOLOGY: Final = ox.NamedNode(OWL + "Ontology")
_VERSION: Final = ox.NamedNode(OWL + "versionIRI")


@dataclass(frozen=True, eq=False)
class Module:
    """One document of ours: a file of the ontology, of the alignments or of the shapes.

    Attributes:
        iri: the IRI of its `owl:Ontology`.
        version_iri: `owl:versionIRI`, or None.
        triples: what it says, numbers as they are written there.
        text: the file.
    """

    iri: str
    version_iri: str | None
    triples: tuple[ox.Triple, ...] = field(repr=False)
    text: bytes = field(repr=False)

    @cached_property
    def described(self) -> tuple[str, ...]:
        """The IRIs of ours that it gives a label, sorted: what it is the home of."""
        return tuple(
            sorted(
                t.subject.value
                for t in self.triples
                if t.predicate == _LABEL
                and isinstance(t.subject, ox.NamedNode)
                and t.subject.value.startswith(BASE)
            )
        )


@dataclass(frozen=True)
class File:
    """A file that is served under an IRI of its own.

    Attributes:
        iri: the IRI.
        media_type: its Content-Type.
        body: the bytes.
    """

    iri: str
    media_type: str
    body: bytes = field(repr=False)


def modules(published: Published) -> tuple[Module, ...]:
    """Return the documents of what is published, the root of the ontology first.

    Raises:
        KnowledgeError: a file cannot be read.
    """
    paths = (
        *published.kb.knowledge.files,
        *sorted((data_dir("ontology") / "alignments").glob("*.ttl")),
        *sorted(data_dir("shapes").glob("*.ttl")),
    )
    found = []
    for path in paths:
        triples = parse_module(path)
        header = next(t.subject for t in triples if t.predicate == _TYPE and t.object == _ONTOLOGY)
        assert isinstance(header, ox.NamedNode)
        versions = [
            t.object.value
            for t in triples
            if t.subject == header
            and t.predicate == _VERSION
            and isinstance(t.object, ox.NamedNode)
        ]
        found.append(
            Module(
                iri=header.value,
                version_iri=versions[0] if versions else None,
                triples=triples,
                text=path.read_bytes(),
            )
        )
    return tuple(sorted(found, key=lambda module: (module.iri != POEMKG, module.iri)))


def homes(documents: Iterable[Module]) -> Mapping[str, str]:
    """Return IRI to the IRI of the module that gives it its label."""
    found: dict[str, str] = {}
    for module in documents:
        for iri in module.described:
            found.setdefault(iri, module.iri)
    return found


def files() -> Iterator[File]:
    """Yield the JSON-LD contexts and the table of mappings.

    Raises:
        KnowledgeError: a file is missing.
    """
    for iri, path in context_files().items():
        yield File(iri, "application/ld+json", path.read_bytes())
    folder = data_dir("ontology")
    for path in sorted((folder / "alignments").glob("*.sssom.tsv")):
        iri = POEMKG + path.relative_to(folder).as_posix()
        yield File(iri, "text/tab-separated-values; charset=utf-8", path.read_bytes())
