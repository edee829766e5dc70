"""The mappings in the Simple Standard for Sharing Ontological Mappings (SSSOM), as TSV."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import KnowledgeError
from poem_kg.export.statistics import link_triples, terminology
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import PREFIXES, RDFS
from poem_kg.resources import data_dir

_FILE: Final = "alignments/poem-kg.sssom.tsv"
_PREFIX: Final = re.compile(r'#  (?P<prefix>[^:]+): "(?P<space>[^"]+)"')
_COLUMNS: Final = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "comment",
)
_NAMED: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_BY_HAND: Final = "semapv:ManualMappingCuration"


@dataclass(frozen=True, kw_only=True)
class MappingSet:
    """The file of curated mappings.

    Attributes:
        header: the lines of metadata without those of the prefixes, each with its "#".
        prefixes: prefix to namespace.
        columns: the names of the columns.
        rows: the rows, each column name to value.
    """

    header: tuple[str, ...]
    prefixes: dict[str, str]
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]


def curated() -> MappingSet:
    """Return the mappings as they were curated, in `ontology/alignments/`.

    Raises:
        KnowledgeError: the file is missing or has no table.
    """
    path = data_dir("ontology") / _FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise KnowledgeError(f"{path}: {error}; restore the file") from None
    told = [line for line in lines if line.startswith("#")]
    table = [line.split("\t") for line in lines if not line.startswith("#")]
    if not table:
        raise KnowledgeError(f"{path}: has no table; restore the file")
    found = [_PREFIX.fullmatch(line) for line in told]
    return MappingSet(
        header=tuple(
            line
            for line, prefix in zip(told, found, strict=True)
            if prefix is None and line != "#curie_map:"
        ),
        prefixes={match["prefix"]: match["space"] for match in found if match},
        columns=tuple(table[0]),
        rows=tuple(dict(zip(table[0], row, strict=False)) for row in table[1:]),
    )


def known_prefixes() -> dict[str, str]:
    """Return prefix to namespace for all vocabularies that have a short name here.

    Raises:
        KnowledgeError: the file of curated mappings is missing.
    """
    return {**PREFIXES, **curated().prefixes}


def mapping_set(triples: Iterable[ox.Triple], knowledge: Knowledge, *, iri: str) -> bytes:
    """Return all mappings as SSSOM TSV, sorted by subject, predicate and object.

    These are the curated rows, with their comments, and a row for every further mapping that the
    alignments hold. SSSOM, "The SSSOM/TSV format": a commented YAML header, then the table.

    Args:
        triples: the alignments.
        knowledge: where the labels of our terms come from.
        iri: what to call the set.

    Raises:
        KnowledgeError: the file of curated mappings is missing, or lacks a prefix.
    """
    curation = curated()
    prefixes = known_prefixes()
    rows = {_key(row): [row.get(column, "") for column in _COLUMNS] for row in curation.rows}
    labels = {
        triple.subject.value: triple.object.value
        for triple in (*triples, *knowledge.ontology)
        if triple.predicate.value == RDFS + "label"
        and isinstance(triple.subject, ox.NamedNode)
        and isinstance(triple.object, ox.Literal)
    }
    for subject, predicate, target in link_triples(triples):
        curies = [_curie(term, prefixes) for term in (subject, predicate, target)]
        row = {
            "subject_id": curies[0],
            "subject_label": labels.get(subject, ""),
            "predicate_id": curies[1],
            "object_id": curies[2],
            "object_label": labels.get(target, ""),
            "mapping_justification": _BY_HAND,
        }
        rows.setdefault(_key(row), [_field(row.get(column, "")) for column in _COLUMNS])
    table = [_COLUMNS, *(rows[key] for key in sorted(rows))]
    named = [column for column, name in enumerate(_COLUMNS) if name in _NAMED]
    used = {row[column].partition(":")[0] for row in rows.values() for column in named}
    lines = [*_header(curation, iri, {p: prefixes[p] for p in used})]
    lines += ["\t".join(row) for row in table]
    return "".join(f"{line}\n" for line in lines).encode()


def _header(curation: MappingSet, iri: str, prefixes: dict[str, str]) -> Iterator[str]:
    yield "#curie_map:"
    for prefix in sorted(prefixes, key=str.lower):
        yield f'#  {prefix}: "{prefixes[prefix]}"'
    for line in curation.header:
        if line.startswith("#mapping_set_id:"):
            yield f'#mapping_set_id: "{iri}"'
            yield "#mapping_set_source:"
            yield f"#  - {line.partition(': ')[2]}"
        else:
            yield line


def _key(row: dict[str, str]) -> tuple[str, str, str]:
    return row["subject_id"], row["predicate_id"], row["object_id"]


def _curie(iri: str, prefixes: dict[str, str]) -> str:
    prefix, space = terminology(iri, prefixes)
    if prefixes.setdefault(prefix, space) != space:
        raise KnowledgeError(f"{iri}: has no prefix of its own; declare one in {_FILE}")
    return f"{prefix}:{iri.removeprefix(space)}"


def _field(text: str) -> str:
    return " ".join(text.split())
