"""The datasets that can be fetched whole, and the catalogue that describes them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from poem_kg.export.contents import knowledge_triples
from poem_kg.export.description import SERVICE, Dataset, File, dataset_iri, describe
from poem_kg.export.formats import FILE_SUFFIXES, MEDIA_TYPES
from poem_kg.export.release import release_of
from poem_kg.export.sssom import known_prefixes
from poem_kg.namespaces import BASE
from poem_kg.serialise import in_order, write_ordered
from poem_kg.service.published import Published

NAMES: Final = ("ontology", "knowledge", "alignments", "statements")
"""The datasets; advice is none of them, since it is about persons."""
_FORMATS: Final = ("turtle", "ntriples", "jsonld", "rdfxml")


@dataclass(frozen=True)
class Download:
    """A file in which a dataset is fetched.

    Attributes:
        dataset: one of `NAMES`.
        format: one of `serialise.RDF_FORMATS`.
    """

    dataset: str
    format: str

    @property
    def media_type(self) -> str:
        """Its Content-Type."""
        kind = MEDIA_TYPES[self.format]
        return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


class Datasets:
    """The datasets of one version.

    Files are written when one of them is first asked for, since the catalogue tells their sizes
    and checksums; that takes about two seconds.

    Args:
        published: the knowledge.
        endpoint: the URL of the SPARQL endpoint beside it.
    """

    def __init__(self, published: Published, endpoint: str) -> None:
        self._published = published
        self._endpoint = endpoint
        self._triples: dict[str, tuple[ox.Triple, ...]] = {}
        self._bodies: dict[Download, bytes] = {}

    @cached_property
    def downloads(self) -> Mapping[str, Download]:
        """The files, by their paths."""
        version = self._published.version
        return {
            dataset_iri(name + FILE_SUFFIXES[format], version).removeprefix(BASE): Download(
                name, format
            )
            for name in NAMES
            for format in _FORMATS
        }

    @property
    def described(self) -> tuple[str, ...]:
        """The IRIs that the catalogue describes, apart from those of the files."""
        version = self._published.version
        datasets = [dataset_iri(name, at) for name in NAMES for at in (None, version)]
        return (*datasets, SERVICE)

    def body(self, download: Download) -> bytes:
        """Return a file; it is written when it is first asked for."""
        if download not in self._bodies:
            self._bodies[download] = write_ordered(
                self._held(download.dataset),
                download.format,
                graph=ox.NamedNode(dataset_iri(download.dataset)),
            )
        return self._bodies[download]

    @cached_property
    def catalogue(self) -> tuple[ox.Triple, ...]:
        """The triples of the catalogue: DCAT and VoID.

        Raises:
            KnowledgeError: the header of the ontology lacks what the catalogue tells.
        """
        return describe(
            release_of(self._published.kb.knowledge),
            [
                Dataset(name=name, triples=self._held(name), files=self._files(name))
                for name in NAMES
            ],
            endpoint=self._endpoint,
            terminologies=known_prefixes(),
        )

    def _files(self, name: str) -> tuple[File, ...]:
        return tuple(
            File(
                name=name + FILE_SUFFIXES[download.format],
                format=download.format,
                size=len(body),
                sha256=hashlib.sha256(body).hexdigest(),
            )
            for download in self.downloads.values()
            if download.dataset == name
            for body in (self.body(download),)
        )

    def _held(self, name: str) -> tuple[ox.Triple, ...]:
        if name not in self._triples:
            self._triples[name] = in_order(knowledge_triples(name, self._published.kb))
        return self._triples[name]
