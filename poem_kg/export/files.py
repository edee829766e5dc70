"""Files for others to load: ontology, knowledge, statements, advice, and a description of them.

Bytes depend on the content alone: no clock, no machine, no order of input.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.knowledge import Knowledge, load_alignments
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import BASE, CRITERION, POEMKG, PREFIXES, SOURCE, STATEMENT, XSD
from poem_kg.serialise import SUFFIXES, serialise, write_atomically

WHAT: Final = ("ontology", "knowledge", "alignments", "statements", "advice", "all")
_DATASET: Final = BASE + "dataset/"
_MEDIA_TYPES: Final = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "nquads": "application/n-quads",
    "trig": "application/trig",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
}
_TITLES: Final = {
    "ontology": "poem-kg ontology with all statements",
    "knowledge": "poem-kg ontology with what the prepare queries add, for the questions to run on",
    "alignments": "poem-kg mappings to other vocabularies",
    "statements": "poem-kg statements, criteria and sources",
    "advice": "poem-kg advice for the patients that were handed in",
}


def export_files(
    what: str, *, format: str, patients: Sequence[str] = (), folder: Path
) -> tuple[Path, ...]:
    """Write the files and return their paths: the data, and `void.ttl` that describes them.

    Every file is written whole or not at all.

    Args:
        what: "ontology" (all modules), "knowledge" (these and what was prepared from them, which
            the queries of `queries/ask` run on), "alignments" (mappings), "statements" (statements,
            criteria, sources only), "advice" (for `patients`) or "all".
        format: one of `serialise.RDF_FORMATS`.
        patients: patient files, for "advice".
        folder: where to write; it is made if its parent is there.

    Raises:
        InputError: a patient cannot be used or does not conform, or the folder cannot be written.
    """
    if what == "advice" and not patients:
        raise InputError("--what advice", "needs patients", "name files with --patient")
    kb = KnowledgeBase.load()
    parts: dict[str, bytes] = {}
    counts: dict[str, tuple[ox.Triple, ...]] = {}
    for name, triples in _contents(what, kb, patients).items():
        counts[name] = triples
        parts[name + SUFFIXES[format]] = serialise(
            triples, format, graph=ox.NamedNode(_DATASET + name)
        )
    description = _description(kb.knowledge, counts, parts, format)
    parts["void.ttl"] = serialise(description, "turtle")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(
            str(folder), f"cannot be made ({error.strerror})", "choose another place"
        ) from None
    for name, data in parts.items():
        write_atomically(folder / name, data)
    return tuple(folder / name for name in parts)


def _contents(
    what: str, kb: KnowledgeBase, patients: Sequence[str]
) -> dict[str, tuple[ox.Triple, ...]]:
    contents: dict[str, tuple[ox.Triple, ...]] = {}
    if what in ("ontology", "all"):
        contents["ontology"] = kb.knowledge.ontology
    if what in ("knowledge", "all"):
        contents["knowledge"] = tuple(
            dict.fromkeys((*kb.knowledge.ontology, *kb.knowledge.prepared))
        )
    if what in ("alignments", "all"):
        contents["alignments"] = load_alignments()
    if what in ("statements", "all"):
        spaces = (STATEMENT, SOURCE, CRITERION)
        contents["statements"] = tuple(
            t
            for t in kb.knowledge.ontology
            if isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(spaces)
        )
    if what in ("advice", "all") and patients:
        advice: dict[ox.Triple, None] = {}
        for file in patients:
            result = kb.recommend(file)
            if not result.conforms:
                raise InputError(
                    file, "violates the shapes", "run poem-kg validate and correct the file"
                )
            advice.update(dict.fromkeys(result.graph))
        contents["advice"] = tuple(advice)
    return contents


def _description(
    knowledge: Knowledge,
    counts: dict[str, tuple[ox.Triple, ...]],
    parts: dict[str, bytes],
    format: str,
) -> list[ox.Triple]:
    """VoID and DCAT: what each file holds, how much of it, under which licence and checksum."""
    triples: list[ox.Triple] = []

    def add(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        triples.append(ox.Triple(ox.NamedNode(subject), ox.NamedNode(_iri(predicate)), value))

    def count(number: int) -> ox.Literal:
        return ox.Literal(str(number), datatype=ox.NamedNode(XSD + "integer"))

    licence = ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
    catalog = _DATASET + "catalog"
    add(catalog, "rdf:type", ox.NamedNode(_iri("dcat:Catalog")))
    add(catalog, "dcterms:title", ox.Literal("poem-kg", language="en"))
    add(catalog, "dcterms:license", licence)
    for name, content in counts.items():
        file = name + SUFFIXES[format]
        dataset, distribution = _DATASET + name, _DATASET + file
        checksum = distribution + "#checksum"
        add(catalog, "dcat:dataset", ox.NamedNode(dataset))
        add(dataset, "rdf:type", ox.NamedNode(_iri("void:Dataset")))
        add(dataset, "rdf:type", ox.NamedNode(_iri("dcat:Dataset")))
        add(dataset, "dcterms:title", ox.Literal(_TITLES[name], language="en"))
        add(dataset, "dcterms:license", licence)
        add(dataset, "dcterms:hasVersion", ox.Literal(knowledge.version))
        add(dataset, "void:uriSpace", ox.Literal(BASE))
        add(dataset, "void:triples", count(len(set(content))))
        add(dataset, "void:distinctSubjects", count(len({t.subject for t in content})))
        add(dataset, "void:properties", count(len({t.predicate for t in content})))
        add(dataset, "void:vocabulary", ox.NamedNode(POEMKG))
        add(dataset, "dcat:distribution", ox.NamedNode(distribution))
        add(distribution, "rdf:type", ox.NamedNode(_iri("dcat:Distribution")))
        add(distribution, "dcat:mediaType", ox.Literal(_MEDIA_TYPES[format]))
        add(distribution, "dcat:byteSize", count(len(parts[file])))
        add(distribution, "dcterms:title", ox.Literal(file))
        add(distribution, "spdx:checksum", ox.NamedNode(checksum))
        add(checksum, "rdf:type", ox.NamedNode(_iri("spdx:Checksum")))
        add(checksum, "spdx:algorithm", ox.NamedNode(_iri("spdx:checksumAlgorithm_sha256")))
        add(checksum, "spdx:checksumValue", ox.Literal(hashlib.sha256(parts[file]).hexdigest()))
    return triples


def _iri(curie: str) -> str:
    prefix, name = curie.split(":", 1)
    return PREFIXES[prefix] + name
