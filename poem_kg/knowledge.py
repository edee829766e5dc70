"""The knowledge: modules resolved through the catalogue, and what is prepared from them."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.catalogue import Query, read_queries
from poem_kg.errors import KnowledgeError
from poem_kg.namespaces import OWL, POEMKG, RDFS, SKOS
from poem_kg.resources import data_dir

_CATALOG_URI: Final = "{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri"
_IMPORTS: Final = ox.NamedNode(OWL + "imports")
_VERSION_INFO: Final = ox.NamedNode(OWL + "versionInfo")
_LABEL: Final = ox.NamedNode(RDFS + "label")
_NOTATION: Final = ox.NamedNode(SKOS + "notation")
_UNIT: Final = ox.NamedNode(POEMKG + "unit")
_APPROVED_ONLY: Final = ox.Triple(
    ox.NamedNode(POEMKG), ox.NamedNode(POEMKG + "approvedOnly"), ox.Literal(True)
)
"""The triple by which the `prepare` queries leave out what is not approved."""


@dataclass(frozen=True, eq=False)
class Knowledge:
    """The ontology as it stands and everything that is derived from it without a patient.

    Attributes:
        ontology: the triples of the root and of all that it imports.
        prepared: what the `prepare` queries add.
        approved_only: statements that are not approved do not speak for anything.
        version: `owl:versionInfo` of the root.
        digest: "sha256:" and the digest of the module files, in the order of their names.
        prepare: the queries that ran on the ontology, in their order.
        derive: the queries that run for each patient, in their order.
        files: the module files, sorted.
    """

    ontology: tuple[ox.Triple, ...]
    prepared: tuple[ox.Triple, ...]
    version: str
    digest: str
    prepare: tuple[Query, ...]
    derive: tuple[Query, ...]
    files: tuple[Path, ...] = field(repr=False)
    approved_only: bool = False

    def only_approved(self) -> Knowledge:
        """Return the same knowledge, of which only approved statements speak for a therapy.

        What warns stays: an exclusion, a requirement or a caution that nobody has approved is
        safer heeded than passed over.

        Raises:
            KnowledgeError: a query is wrong.
        """
        prepared = (_APPROVED_ONLY, *prepared_from((*self.ontology, _APPROVED_ONLY), self.prepare))
        return replace(self, prepared=prepared, approved_only=True)

    def store(self) -> ox.Store:
        """Return a new in-memory store with the ontology and what was prepared from it."""
        store = ox.Store()
        store.bulk_extend(self._quads)
        return store

    @cached_property
    def _quads(self) -> tuple[ox.Quad, ...]:
        return tuple(as_quads((*self.ontology, *self.prepared)))

    @cached_property
    def _texts(self) -> dict[tuple[str, str], str]:
        """Labels, codes and units by property and term."""
        texts: dict[tuple[str, str], str] = {}
        for triple in (*self.ontology, *self.prepared):
            term, text = triple.subject, triple.object
            told = triple.predicate in (_LABEL, _NOTATION, _UNIT)
            if told and isinstance(term, ox.NamedNode) and isinstance(text, ox.Literal):
                texts[triple.predicate.value, term.value] = text.value
        return texts

    def label(self, iri: str) -> str:
        """Return the label of a term, or the end of its IRI where it has none."""
        return self._texts.get((_LABEL.value, iri)) or iri.rstrip("/").rsplit("/", 1)[-1]

    def unit(self, iri: str) -> str | None:
        """Return the UCUM unit of a measure, or None."""
        return self._texts.get((_UNIT.value, iri))

    def notation(self, iri: str) -> str:
        """Return the short code of a member of a closed list, such as "needs-action".

        Raises:
            KnowledgeError: the ontology gives the term no code.
        """
        try:
            return self._texts[_NOTATION.value, iri]
        except KeyError:
            raise KnowledgeError(f"{iri} has no skos:notation; give it one") from None


def as_quads(triples: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    """Yield each triple as a quad of the default graph."""
    for triple in triples:
        yield ox.Quad(triple.subject, triple.predicate, triple.object)


def load_knowledge(*, ontology: Path | None = None, queries: Path | None = None) -> Knowledge:
    """Return the knowledge of a folder, by default of the one that comes with the package.

    Imports are resolved through `catalog-v001.xml` beside the root file, never on the network.

    Args:
        ontology: the folder with `poem-kg.ttl` and the catalogue.
        queries: the folder with `prepare` and `derive`.

    Raises:
        KnowledgeError: a file is missing, cannot be read or imports what the catalogue lacks.
    """
    root = ontology if ontology is not None else data_dir("ontology")
    folder = queries if queries is not None else data_dir("queries")
    files = module_files(root)
    triples = tuple(dict.fromkeys(t for path in files for t in parse_module(path)))
    prepare = read_queries(folder / "prepare")
    return Knowledge(
        ontology=triples,
        prepared=prepared_from(triples, prepare),
        version=_version(triples),
        digest=_digest(root, files),
        prepare=prepare,
        derive=read_queries(folder / "derive"),
        files=files,
    )


def prepared_from(triples: Iterable[ox.Triple], queries: Iterable[Query]) -> tuple[ox.Triple, ...]:
    """Return what the `prepare` queries construct, each once and in its turn."""
    store = ox.Store()
    store.bulk_extend(as_quads(triples))
    prepared: dict[ox.Triple, None] = {}
    for query in queries:
        found = query.construct(store)
        prepared.update(dict.fromkeys(found))
        store.extend(as_quads(found))
    return tuple(prepared)


def load_alignments() -> tuple[ox.Triple, ...]:
    """Return the mappings to other vocabularies, which the root file does not import.

    Raises:
        KnowledgeError: a file cannot be read.
    """
    paths = sorted((data_dir("ontology") / "alignments").glob("*.ttl"))
    return tuple(dict.fromkeys(t for path in paths for t in parse_module(path)))


def module_files(root: Path) -> tuple[Path, ...]:
    """Return the root file and every file that it imports, directly or not, sorted by name.

    Args:
        root: the folder with `poem-kg.ttl` and `catalog-v001.xml`.

    Raises:
        KnowledgeError: a file is missing or an import is not in the catalogue.
    """
    catalog = read_catalog(root)
    found: set[Path] = set()
    waiting = [root / "poem-kg.ttl"]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for triple in parse_module(path):
            if triple.predicate != _IMPORTS:
                continue
            iri = triple.object.value if isinstance(triple.object, ox.NamedNode) else ""
            if iri not in catalog:
                raise KnowledgeError(
                    f"{path}: imports <{iri}>, which catalog-v001.xml does not list; add it there"
                )
            waiting.append(catalog[iri])
    return tuple(sorted(found))


def read_catalog(root: Path) -> dict[str, Path]:
    """Return ontology IRI to file, as `catalog-v001.xml` of the folder lists them.

    Raises:
        KnowledgeError: the catalogue is missing or is no XML, or an entry lacks name or uri.
    """
    path = root / "catalog-v001.xml"
    try:
        tree = ElementTree.parse(path)
    except (OSError, ElementTree.ParseError, LookupError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) else error
        raise KnowledgeError(f"{path}: {told}; restore the catalogue") from None
    listed: dict[str, Path] = {}
    for entry in tree.iter(_CATALOG_URI):
        for wanted in ("name", "uri"):
            if not entry.get(wanted):
                about = entry.get("name") or entry.get("uri") or entry.get("id") or ""
                told = f'an entry{f" ({about})" if about else ""} has no {wanted}="..."'
                raise KnowledgeError(f"{path}: {told}; write it, or delete the entry")
        try:
            listed[entry.attrib["name"]] = (root / entry.attrib["uri"]).resolve()
        except (OSError, RuntimeError):  # a link to itself
            told = f"the entry {entry.attrib['name']} leads to no file"
            raise KnowledgeError(f"{path}: {told}; correct its uri, or the link") from None
    return listed


def parse_module(path: Path) -> tuple[ox.Triple, ...]:
    """Return the triples of one of our own Turtle files.

    Raises:
        KnowledgeError: the file is missing or is no Turtle; the text names file and line.
    """
    try:
        quads = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)
        return tuple(q.triple for q in quads)
    except OSError as error:
        raise KnowledgeError(f"{path}: {error.strerror}; restore the file") from None
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise KnowledgeError(f"{path}{line}: {error.msg}; correct the Turtle") from None


def _version(triples: Iterable[ox.Triple]) -> str:
    for triple in triples:
        if triple.predicate == _VERSION_INFO and triple.subject == ox.NamedNode(POEMKG):
            assert isinstance(triple.object, ox.Literal)
            return triple.object.value
    raise KnowledgeError("poem-kg.ttl has no owl:versionInfo; add it")


def _digest(root: Path, files: Iterable[Path]) -> str:
    digest, within = hashlib.sha256(), root.resolve()
    for path in files:
        place = path.resolve()
        if not place.is_relative_to(within):
            raise KnowledgeError(f"{path}: lies outside of {root}; move it there")
        digest.update(place.relative_to(within).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return "sha256:" + digest.hexdigest()
