"""Files for others to load: ontology, knowledge, statements, mappings, advice, and what they are.

Bytes depend on the content alone: no clock, no machine, no order of input.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.export.contents import advise, knowledge_triples
from poem_kg.export.description import Dataset, File, dataset_iri, describe
from poem_kg.export.folder import DESCRIPTION, METADATA, check_place, write_export
from poem_kg.export.formats import FILE_SUFFIXES, chosen
from poem_kg.export.nanopub_library import Signer, read_signer
from poem_kg.export.nanopubs import FILE as NANOPUBS
from poem_kg.export.nanopubs import nanopub_file
from poem_kg.export.release import release_of
from poem_kg.export.sssom import known_prefixes, mapping_set
from poem_kg.export.tables import knowledge_tables, option_table, tables_metadata
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.model import Advice
from poem_kg.serialise import serialise


def export_files(
    what: str,
    *,
    format: str,
    patients: Sequence[str] = (),
    folder: Path,
    endpoint: str | None = None,
    sign_key: str | None = None,
    signed_by: str | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> tuple[Path, ...]:
    """Write the files and return their paths in the order of writing.

    Beside the data there are `void.ttl`, which describes them, and `SHA256SUMS`, which is written
    last. Every file is written whole or not at all. What an earlier export left in the folder is
    taken away, so that the folder is of one run; a file of another name that no export wrote is
    refused.

    Args:
        what: one of `formats.WHAT`.
        format: one of `formats.FORMATS`.
        patients: patient files, for "advice".
        folder: where to write; it is made if its parent is there.
        endpoint: the URL of a SPARQL endpoint that answers for the same data, to be described.
        sign_key: the file with the private RSA key to sign nanopublications with.
        signed_by: the IRI of who signs, such as an ORCID; the two go together.
        tell: called with a line for people for each file of an earlier export that is taken away.

    Raises:
        InputError: `what`, `format` and `patients` do not go together, the key cannot be used, a
            patient cannot be used or does not conform, or the folder cannot be written or holds
            a file that no export wrote.
    """
    if endpoint is not None:
        _check_endpoint(endpoint)
    names = chosen(what, format, patients=bool(patients))
    signer = _signer(format, sign_key, signed_by)
    check_place(folder)
    kb = KnowledgeBase.load()
    advices = advise(kb, patients) if "advice" in names else ()
    files: dict[str, bytes] = {}
    datasets = []
    for name in names:
        triples = _triples(name, kb, advices)
        written = _written(name, triples, format, kb, advices, signer)
        files |= written
        datasets.append(
            Dataset(
                name=name,
                triples=triples,
                files=tuple(file_of(file, format, data) for file, data in written.items()),
            )
        )
    if format == "csv":
        files[METADATA] = tables_metadata(files, kb.knowledge)
    described = describe(
        release_of(kb.knowledge),
        datasets,
        endpoint=endpoint,
        terminologies=known_prefixes(),
    )
    files[DESCRIPTION] = serialise(described, "turtle")
    return write_export(folder, files, tell=tell)


def file_of(name: str, format: str, data: bytes) -> File:
    """Return a file as the description tells of it."""
    digest = hashlib.sha256(data).hexdigest()
    return File(name=name, format=format, size=len(data), sha256=digest)


def _check_endpoint(endpoint: str) -> None:
    try:
        iri = ox.NamedNode(endpoint).value
    except ValueError:
        iri = ""
    if not iri.startswith(("http://", "https://")):
        raise InputError(
            f"--endpoint {endpoint}", "is no web address", "write it as https://HOST/sparql"
        )


def _signer(format: str, sign_key: str | None, signed_by: str | None) -> Signer | None:
    if sign_key is None and signed_by is None:
        return None
    if format != "nanopub":
        raise InputError(f"--format {format}", "cannot be signed", "choose --format nanopub")
    if sign_key is None or signed_by is None:
        raise InputError(
            "--sign-key, --signed-by", "go together", "name the key and who signs with it"
        )
    return read_signer(sign_key, signed_by)


def _triples(name: str, kb: KnowledgeBase, advices: Sequence[Advice]) -> tuple[ox.Triple, ...]:
    if name == "advice":
        return tuple(dict.fromkeys(triple for advice in advices for triple in advice.graph))
    return knowledge_triples(name, kb)


def _written(
    name: str,
    triples: Sequence[ox.Triple],
    format: str,
    kb: KnowledgeBase,
    advices: Sequence[Advice],
    signer: Signer | None,
) -> dict[str, bytes]:
    if format == "csv":
        return option_table(advices) if name == "advice" else knowledge_tables(name, kb.knowledge)
    if format == "nanopub":
        return {NANOPUBS: nanopub_file(kb.knowledge, signer)}
    file = name + FILE_SUFFIXES[format]
    if format == "sssom":
        iri = dataset_iri(file, kb.knowledge.version)
        return {file: mapping_set(triples, kb.knowledge, iri=iri)}
    graph = ox.NamedNode(dataset_iri(name))
    return {file: serialise(triples, format, graph=graph)}
