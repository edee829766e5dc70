"""The ontology's files by ontology IRI, as Protégé finds them: through catalog-v001.xml."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox

from poem_kg.namespaces import OWL, POEMKG
from poem_kg.resources import data_dir

ROOT = POEMKG
_URI = "{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri"
_IMPORTS = ox.NamedNode(OWL + "imports")


def catalog() -> dict[str, Path]:
    """Return ontology IRI (and version IRI) to file."""
    folder = data_dir("ontology")
    entries = ElementTree.parse(folder / "catalog-v001.xml").iter(_URI)
    return {entry.attrib["name"]: folder / entry.attrib["uri"] for entry in entries}


def read(path: Path) -> list[ox.Triple]:
    """Return the triples of one Turtle file."""
    return [quad.triple for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE)]


def closure(start: Path) -> list[Path]:
    """Return a file and all that it imports, each once.

    Raises:
        KeyError: an imported ontology is not in the catalogue.
    """
    files, known = [start.resolve()], catalog()
    for path in files:
        for triple in read(path):
            if triple.predicate == _IMPORTS:
                assert isinstance(triple.object, ox.NamedNode)
                found = known[triple.object.value].resolve()
                if found not in files:
                    files.append(found)
    return files


def module_files() -> list[Path]:
    """Return every Turtle file of the ontology, alignments too."""
    return sorted(data_dir("ontology").rglob("*.ttl"))


def alignment_files() -> list[Path]:
    """Return the alignments, which the root does not import."""
    return sorted((data_dir("ontology") / "alignments").glob("*.ttl"))


def root_triples() -> list[ox.Triple]:
    """Return the triples of the root and all that it imports."""
    return [triple for path in closure(catalog()[ROOT]) for triple in read(path)]
