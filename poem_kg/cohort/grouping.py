"""Inputs whose patients do not stand together, put together in a store on disk."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

import pyoxigraph as ox

from poem_kg.cohort.inputs import Source
from poem_kg.cohort.loading import REFUSED, STORE, as_written, load_apart
from poem_kg.cohort.model import Block
from poem_kg.errors import InputError
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.namespaces import POEMKG, RDF

_TYPE: Final = ox.NamedNode(RDF + "type")
_PATIENT: Final = ox.NamedNode(POEMKG + "Patient")
_DONE: Final = "loaded"

Node = ox.NamedNode | ox.BlankNode
Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


class GroupedInput:
    """All patients of some inputs, one at a time, from a store on disk.

    Args:
        folder: where the store lies; one that was loaded before is used as it is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = ox.Store.read_only(str(folder / STORE))
        self._used = 0

    @classmethod
    def load(
        cls,
        sources: Iterable[Source],
        folder: Path,
        *,
        stdin: BinaryIO | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> GroupedInput:
        """Return the inputs, loaded into a folder unless that was done before.

        The text is parsed in a process of its own, since it may crash a parser.

        Raises:
            InputError: an input is not what it should be; the text says where.
        """
        given = tuple(sources)
        done = folder / _DONE
        if not done.exists():
            for left in sorted(folder.rglob("*"), reverse=True):
                left.rmdir() if left.is_dir() else left.unlink()
            folder.mkdir(parents=True, exist_ok=True)
            load_apart(given, folder, stdin=stdin, limits=limits)
            written = done.with_suffix(".new")
            written.write_text(_digest(given), encoding="ascii")
            os.replace(written, done)
        elif done.read_text(encoding="ascii") != _digest(given):
            raise InputError(
                str(folder.parent),
                "was started with another input",
                "give the same input, or delete this folder to start anew",
            )
        return cls(folder)

    def blocks(self) -> Iterator[Block]:
        """Yield a block for each patient, in an order that the same inputs always give.

        A patient that has a named graph for itself is all of that graph. Another one is what can
        be reached from it in its graph without going through another patient. One that stands in
        several graphs is what all of them say. A document that could not be read is a block with
        its problem.
        """
        for line in (self._folder / REFUSED).read_text(encoding="utf-8").splitlines():
            where, problem = json.loads(line)
            yield Block(name=where, data=b"", problem=problem)
        for found in self._store.quads_for_pattern(None, _TYPE, _PATIENT, None):
            patient = found.subject
            assert isinstance(patient, ox.NamedNode | ox.BlankNode)
            typed = self._store.quads_for_pattern(patient, _TYPE, _PATIENT, None)
            graphs = [quad.graph_name for quad in typed]
            if found.graph_name != graphs[0]:
                continue  # told with the first
            quads = [quad for graph in graphs for quad in self._of(patient, graph)]
            self._used += len(quads)
            triples = {as_written(quad.triple) for quad in quads}
            text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
            lines = sorted(text.splitlines(keepends=True))
            yield Block(name=str(patient).strip("<>"), data=b"".join(lines))

    def orphans(self) -> int:
        """Return how many triples belong to no patient, once all blocks were read.

        What two patients share counts for both, so that the number may come out too small.
        """
        return max(0, len(self._store) - self._used)

    def _of(self, patient: Node, graph: Graph) -> list[ox.Quad]:
        if not isinstance(graph, ox.DefaultGraph) and self._alone(graph):
            return list(self._store.quads_for_pattern(None, None, None, graph))
        return self._reached(patient, graph)

    def _alone(self, graph: Graph) -> bool:
        """Whether a graph has one patient."""
        found = self._store.quads_for_pattern(None, _TYPE, _PATIENT, graph)
        return len(list(islice(found, 2))) == 1

    def _reached(self, patient: Node, graph: Graph) -> list[ox.Quad]:
        seen: set[Node] = {patient}
        waiting: list[Node] = [patient]
        quads = []
        while waiting:
            for quad in self._store.quads_for_pattern(waiting.pop(), None, None, graph):
                quads.append(quad)
                value = quad.object
                if isinstance(value, ox.NamedNode | ox.BlankNode) and value not in seen:
                    seen.add(value)
                    if not self._is_patient(value, graph):
                        waiting.append(value)
        return quads

    def _is_patient(self, node: Node, graph: Graph) -> bool:
        return ox.Quad(node, _TYPE, _PATIENT, graph) in self._store


def _digest(sources: Iterable[Source]) -> str:
    """One digest of all inputs that can be read again."""
    digest = hashlib.sha256()
    for source in sources:
        if source.name != "-":
            with open(source.name, "rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
