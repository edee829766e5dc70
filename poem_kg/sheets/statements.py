"""The statements of an ontology folder as rows."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from poem_kg.errors import InputError, KnowledgeError
from poem_kg.knowledge import parse_module
from poem_kg.namespaces import RDFS, SKOS, STATEMENT
from poem_kg.resources import turtle_in
from poem_kg.sheets.cells import Column, Value, cell_text, column_of
from poem_kg.turtle import predicate_key


@dataclass(frozen=True, kw_only=True)
class Row:
    """One statement.

    Attributes:
        iri: its IRI.
        file: the file in which it stands, relative to the folder.
        values: its values by column; those that are blank nodes are in none.
    """

    iri: str
    file: str
    values: dict[Column, tuple[Value, ...]] = field(repr=False)

    @property
    def cells(self) -> dict[str, str]:
        """The texts of its cells by header; those that are empty are left out."""
        return {column.header: cell_text(values) for column, values in self.values.items()}


@dataclass(frozen=True, kw_only=True)
class Statements:
    """The statements of a folder and what their cells may name.

    Attributes:
        folder: the ontology folder.
        data: what every file held when it was read, by its path relative to the folder.
        triples: the triples of every file, by its path relative to the folder.
        rows: the statements by IRI, in the order of files and IRIs.
    """

    folder: Path
    data: dict[str, bytes] = field(repr=False)
    triples: dict[str, tuple[ox.Triple, ...]] = field(repr=False)
    rows: dict[str, Row] = field(repr=False)

    def known(self) -> frozenset[str]:
        """Return the IRIs that the files speak of: what has a block, and whatever is named."""
        return frozenset(
            node.value
            for triples in self.triples.values()
            for triple in triples
            for node in (triple.subject, triple.predicate, triple.object)
            if isinstance(node, ox.NamedNode)
        )

    def described(self) -> frozenset[str]:
        """Return the IRIs that have a block of their own in one of the files."""
        return frozenset(
            triple.subject.value
            for triples in self.triples.values()
            for triple in triples
            if isinstance(triple.subject, ox.NamedNode)
        )


def read_statements(folder: Path) -> Statements:
    """Return the statements of an ontology folder.

    Raises:
        InputError: the folder holds no Turtle, or a statement stands in two files.
        KnowledgeError: a file is no Turtle.
    """
    paths = turtle_in(folder)
    # The bytes are read first: a file that is saved in between is then told to have changed.
    data = {path.relative_to(folder).as_posix(): _bytes(path) for path in paths}
    triples = {path.relative_to(folder).as_posix(): parse_module(path) for path in paths}
    rows: dict[str, Row] = {}
    for file, found in triples.items():
        values: dict[str, dict[Column, set[Value]]] = defaultdict(lambda: defaultdict(set))
        for triple in found:
            subject, column = triple.subject, column_of(triple)
            if isinstance(subject, ox.NamedNode) and subject.value.startswith(STATEMENT):
                about = values[subject.value]
                if column is not None and isinstance(triple.object, ox.NamedNode | ox.Literal):
                    about[column].add(triple.object)
        for iri in sorted(values):
            if iri in rows:
                cause = f"<{iri}> stands in {rows[iri].file} too"
                raise InputError(str(folder / file), cause, "keep it in one of the files")
            columns = {column: tuple(found) for column, found in values[iri].items()}
            rows[iri] = Row(iri=iri, file=file, values=columns)
    if not triples:
        raise InputError(str(folder), "holds no .ttl file", "name the folder of an ontology")
    return Statements(folder=folder, data=data, triples=triples, rows=rows)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KnowledgeError(f"{path}: {error.strerror}; restore the file") from None


def version_of(cells: Mapping[str, str]) -> str:
    """Return a digest of the cells of a row, by which an edit of either side is told."""
    told = sorted((header, text) for header, text in cells.items() if text)
    digest = hashlib.sha256(json.dumps(told, ensure_ascii=False).encode())
    return "v" + digest.hexdigest()[:15]


def in_column_order(columns: Iterable[Column]) -> list[Column]:
    """Return columns in the order in which Turtle of ours has its predicates."""
    return sorted(set(columns), key=lambda c: (predicate_key(c.header.split()[0]), c.header))


def labels(statements: Statements) -> dict[str, tuple[str, str]]:
    """Return label and definition of each term of ours that a file describes."""
    found: dict[str, list[str]] = defaultdict(lambda: ["", ""])
    names = {RDFS + "label": 0, SKOS + "definition": 1}
    for triples in statements.triples.values():
        for triple in triples:
            number = names.get(triple.predicate.value)
            if (
                number is not None
                and isinstance(triple.subject, ox.NamedNode)
                and isinstance(triple.object, ox.Literal)
            ):
                found[triple.subject.value][number] = triple.object.value
    return {iri: (label, about) for iri, (label, about) in found.items()}
