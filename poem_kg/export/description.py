"""What is published, described for programs: DCAT 3 for catalogues, VoID for linked data.

Nothing is read or written here, so that files and the web service say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from poem_kg.export.formats import MEDIA_TYPES
from poem_kg.export.release import Release
from poem_kg.export.statistics import Statistics, links, statistics_of
from poem_kg.namespaces import BASE, DATASET, PREFIXES, XSD

CATALOG: Final = DATASET + "catalog"
SERVICE: Final = DATASET + "sparql"
PUBLISHER: Final = CATALOG + "#publisher"

_IANA: Final = "https://www.iana.org/assignments/media-types/"
_NOT_PUBLIC: Final = "http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC"
_ENGLISH: Final = "http://publications.europa.eu/resource/authority/language/ENG"
_PROTOCOL: Final = "https://www.w3.org/TR/sparql11-protocol/"
_W3C_FORMATS: Final = "http://www.w3.org/ns/formats/"
_FEATURES: Final = {
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
    "trig": "TriG",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF_XML",
}
_TEXTS: Final = {
    "ontology": (
        "poem-kg ontology with all statements",
        "All modules as one ontology that imports nothing: terms, criteria, sources, statements.",
    ),
    "knowledge": (
        "poem-kg ontology with what was prepared from it",
        "All modules and what the prepare queries add; what the questions of the catalogue read.",
    ),
    "alignments": (
        "poem-kg mappings to other vocabularies",
        "Which terms of other terminologies and ontologies the terms of poem-kg correspond to.",
    ),
    "statements": (
        "poem-kg statements, criteria and sources",
        "What each source says, in whom, and where it says so; no terms.",
    ),
    "advice": (
        "poem-kg advice for the patients that were handed in",
        "Conclusions with the patient facts that they rest on. Patient data.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class File:
    """A file in which a dataset can be had.

    Attributes:
        name: the name, such as "statements.ttl".
        format: a key of `formats.MEDIA_TYPES`.
        size: in bytes, where it is known.
        sha256: the hexadecimal digest of the bytes, where it is known.
    """

    name: str
    format: str
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A dataset of the catalogue: its name, its triples and the files in which it can be had."""

    name: str
    triples: Sequence[ox.Triple] = field(repr=False)
    files: tuple[File, ...]


def dataset_iri(name: str, version: str | None = None) -> str:
    """Return the IRI of a dataset, or of one version of it."""
    return DATASET + (f"{version}/" if version else "") + name


def describe(
    release: Release,
    datasets: Iterable[Dataset],
    *,
    endpoint: str | None = None,
    terminologies: Mapping[str, str] | None = None,
) -> tuple[ox.Triple, ...]:
    """Return a catalogue of the datasets as triples, without blank nodes.

    Each dataset stands under `dataset/NAME`, and what may change with a version (counts, files,
    checksums) under `dataset/VERSION/NAME`. Follows DCAT 3, sections 6 and 11, and the
    Interest Group Note on VoID, sections 2 to 5.

    Args:
        release: the version that is described.
        datasets: what is published; "advice" is marked as not public and has no licence.
        endpoint: the URL of a SPARQL endpoint that answers for them, if there is one.
        terminologies: prefix to namespace of the vocabularies that alignments point to.
    """
    return _Description(release, endpoint, terminologies or {}).of(datasets)


class _Description:
    def __init__(
        self, release: Release, endpoint: str | None, terminologies: Mapping[str, str]
    ) -> None:
        self._release = release
        self._endpoint = endpoint
        self._terminologies = terminologies
        self._triples: dict[ox.Triple, None] = {}

    def of(self, datasets: Iterable[Dataset]) -> tuple[ox.Triple, ...]:
        self._catalog()
        for dataset in datasets:
            self._dataset(dataset)
            self._version(dataset)
        return tuple(self._triples)

    def _catalog(self) -> None:
        self._add(CATALOG, "rdf:type", "dcat:Catalog")
        self._common(CATALOG, self._release.title, self._release.description, public=True)
        self._add(CATALOG, "foaf:homepage", BASE)
        self._add(PUBLISHER, "rdf:type", "foaf:Agent")
        self._text(PUBLISHER, "foaf:name", self._release.creator)
        if self._endpoint:
            self._add(CATALOG, "dcat:service", SERVICE)
            self._add(SERVICE, "rdf:type", "dcat:DataService")
            self._text(SERVICE, "dcterms:title", "poem-kg SPARQL endpoint", language="en")
            self._add(SERVICE, "dcterms:publisher", PUBLISHER)
            self._add(SERVICE, "dcat:endpointURL", self._endpoint)
            self._add(SERVICE, "dcat:endpointDescription", self._endpoint)
            self._add(SERVICE, "dcterms:conformsTo", _PROTOCOL)
            self._add(SERVICE, "dcterms:license", self._release.licence)

    def _common(self, iri: str, title: str, about: str, *, public: bool) -> None:
        self._text(iri, "dcterms:title", title, language="en")
        self._text(iri, "dcterms:description", about, language="en")
        self._text(iri, "dcat:version", self._release.version)
        self._add(iri, "dcterms:publisher", PUBLISHER)
        self._add(iri, "dcterms:language", _ENGLISH)
        self._value(iri, "dcterms:created", self._release.created)
        if public:
            self._add(iri, "dcterms:license", self._release.licence)
        else:
            self._add(iri, "dcterms:accessRights", _NOT_PUBLIC)

    def _dataset(self, dataset: Dataset) -> None:
        iri, version = self._iris(dataset.name)
        title, about = _TEXTS[dataset.name]
        public = dataset.name != "advice"
        self._add(CATALOG, "dcat:dataset", iri)
        for one in (iri, version):
            self._add(one, "rdf:type", "dcat:Dataset")
            self._add(one, "rdf:type", "void:Dataset")
            self._common(one, title, about, public=public)
            for file in dataset.files:
                self._add(one, "dcat:distribution", self._file_iri(file))
        self._add(iri, "dcat:hasVersion", version)
        self._add(iri, "dcat:hasCurrentVersion", version)
        self._add(iri, "owl:versionIRI", version)
        self._add(version, "dcat:isVersionOf", iri)
        self._add(version, "prov:specializationOf", iri)
        self._add(version, "prov:wasDerivedFrom", self._release.version_iri)
        self._text(version, "dcterms:identifier", self._release.digest)
        if self._release.previous:
            earlier = dataset_iri(dataset.name, self._release.previous)
            self._add(version, "dcat:previousVersion", earlier)
            self._add(version, "prov:wasRevisionOf", earlier)
        for file in dataset.files:
            self._file(version, file, public=public)
        if self._endpoint and public:
            self._add(SERVICE, "dcat:servesDataset", iri)
            for one in (iri, version):
                self._add(one, "void:sparqlEndpoint", self._endpoint)

    def _version(self, dataset: Dataset) -> None:
        _, iri = self._iris(dataset.name)
        found = statistics_of(dataset.triples)
        self._counts(iri, found)
        self._text(iri, "void:uriSpace", BASE)
        for vocabulary in found.vocabularies:
            self._add(iri, "void:vocabulary", vocabulary)
        if found.example:
            self._add(iri, "void:exampleResource", found.example)
        for term, number in found.by_class:
            part = f"{iri}#class-{term.rsplit('/', 1)[-1]}"
            self._add(iri, "void:classPartition", part)
            self._add(part, "void:class", term)
            self._count(part, "void:entities", number)
        for term, number in found.by_property:
            part = f"{iri}#property-{term.rsplit('/', 1)[-1]}"
            self._add(iri, "void:propertyPartition", part)
            self._add(part, "void:property", term)
            self._count(part, "void:triples", number)
        if dataset.name == "alignments":
            self._linksets(iri, dataset.triples)

    def _counts(self, iri: str, found: Statistics) -> None:
        self._count(iri, "void:triples", found.triples)
        self._count(iri, "void:distinctSubjects", found.subjects)
        self._count(iri, "void:distinctObjects", found.objects)
        self._count(iri, "void:properties", found.properties)
        self._count(iri, "void:classes", found.classes)

    def _linksets(self, iri: str, triples: Iterable[ox.Triple]) -> None:
        for (name, space, predicate), number in links(triples, self._terminologies).items():
            kind = predicate.replace("#", "/").rsplit("/", 1)[-1]
            linkset, target = f"{iri}#{name}-{kind}", f"{iri}#{name}"
            self._add(iri, "void:subset", linkset)
            self._add(linkset, "rdf:type", "void:Linkset")
            self._text(linkset, "dcterms:title", f"{kind} links to {name}", language="en")
            self._add(linkset, "void:linkPredicate", predicate)
            self._add(linkset, "void:subjectsTarget", dataset_iri("ontology"))
            self._add(linkset, "void:objectsTarget", target)
            self._count(linkset, "void:triples", number)
            self._add(target, "rdf:type", "void:Dataset")
            self._text(target, "dcterms:title", name)
            self._text(target, "void:uriSpace", space)

    def _file(self, dataset: str, file: File, *, public: bool) -> None:
        iri = self._file_iri(file)
        self._add(iri, "rdf:type", "dcat:Distribution")
        self._text(iri, "dcterms:title", file.name)
        self._add(iri, "dcat:mediaType", _IANA + MEDIA_TYPES[file.format])
        self._add(iri, "dcat:accessURL", iri)
        self._add(iri, "dcat:downloadURL", iri)
        if public:
            self._add(iri, "dcterms:license", self._release.licence)
        if file.format in _FEATURES:
            self._add(dataset, "void:dataDump", iri)
            self._add(dataset, "void:feature", _W3C_FORMATS + _FEATURES[file.format])
        if file.size is not None:
            size = ox.Literal(str(file.size), datatype=ox.NamedNode(XSD + "nonNegativeInteger"))
            self._value(iri, "dcat:byteSize", size)
        if file.sha256 is not None:
            checksum = f"{iri}#sha256"
            digest = ox.Literal(file.sha256, datatype=ox.NamedNode(XSD + "hexBinary"))
            self._add(iri, "spdx:checksum", checksum)
            self._add(checksum, "rdf:type", "spdx:Checksum")
            self._add(checksum, "spdx:algorithm", "spdx:checksumAlgorithm_sha256")
            self._value(checksum, "spdx:checksumValue", digest)

    def _iris(self, name: str) -> tuple[str, str]:
        return dataset_iri(name), dataset_iri(name, self._release.version)

    def _file_iri(self, file: File) -> str:
        return dataset_iri(file.name, self._release.version)

    def _count(self, subject: str, predicate: str, number: int) -> None:
        value = ox.Literal(str(number), datatype=ox.NamedNode(XSD + "integer"))
        self._value(subject, predicate, value)

    def _text(self, subject: str, predicate: str, text: str, language: str | None = None) -> None:
        self._value(subject, predicate, ox.Literal(text, language=language))

    def _add(self, subject: str, predicate: str, term: str) -> None:
        """Say something of another thing, given by its IRI or by a prefixed name."""
        prefix, _, name = term.partition(":")
        iri = PREFIXES[prefix] + name if prefix in PREFIXES else term
        self._value(subject, predicate, ox.NamedNode(iri))

    def _value(self, subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        prefix, _, name = predicate.partition(":")
        triple = ox.Triple(ox.NamedNode(subject), ox.NamedNode(PREFIXES[prefix] + name), value)
        self._triples[triple] = None
