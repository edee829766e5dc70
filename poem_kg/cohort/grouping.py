"""Inputs whose patients do not stand together, put together in a store on disk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

import pyoxigraph as ox

from poem_kg.cohort.inputs import Source, lines_of, open_source
from poem_kg.cohort.model import Block
from poem_kg.errors import InputError
from poem_kg.guard import run_guarded
from poem_kg.jsonld import prepare_jsonld
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.literals import respell_decimal
from poem_kg.namespaces import POEMKG, RDF, XSD
from poem_kg.nesting import check_nesting
from poem_kg.reading import RELATIVE_BASE

_TYPE: Final = ox.NamedNode(RDF + "type")
_PATIENT: Final = ox.NamedNode(POEMKG + "Patient")
_DONE: Final = "loaded"
_FORMATS: Final = {
    "n-triples": ox.RdfFormat.N_TRIPLES,
    "n-quads": ox.RdfFormat.N_QUADS,
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
}
_REFUSED: Final = "refused.jsonl"
_WRITTEN: Final = "urn:poem-kg:as-written:"
_A_DAY: Final = 86_400.0

Node = ox.NamedNode | ox.BlankNode
Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


class GroupedInput:
    """All patients of some inputs, one at a time, from a store on disk.

    Args:
        folder: where the store lies; one that was loaded before is used as it is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = ox.Store.read_only(str(folder / "store"))
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
        if not (folder / _DONE).exists():
            for left in sorted(folder.rglob("*"), reverse=True):
                left.rmdir() if left.is_dir() else left.unlink()
            folder.mkdir(parents=True, exist_ok=True)
            given = tuple(sources)
            name = ", ".join(source.name for source in given)
            patient = Limits(
                seconds=_A_DAY, memory_bytes=4 * limits.memory_bytes, body_bytes=limits.body_bytes
            )
            run_guarded(_load, given, folder, stdin, limits, limits=patient, where=name)
            (folder / _DONE).touch()
        return cls(folder)

    def blocks(self) -> Iterator[Block]:
        """Yield a block for each patient, in an order that the same store always gives.

        A patient that has a named graph for itself is all of that graph. Another one is what can
        be reached from it in its graph without going through another patient. A document that
        could not be read is a block with its problem.
        """
        for line in (self._folder / _REFUSED).read_text(encoding="utf-8").splitlines():
            where, problem = json.loads(line)
            yield Block(name=where, data=b"", problem=problem)
        for found in self._store.quads_for_pattern(None, _TYPE, _PATIENT, None):
            graph, patient = found.graph_name, found.subject
            assert isinstance(patient, ox.NamedNode | ox.BlankNode)
            if not isinstance(graph, ox.DefaultGraph) and self._alone(graph):
                quads = list(self._store.quads_for_pattern(None, None, None, graph))
            else:
                quads = self._reached(patient, graph)
            self._used += len(quads)
            triples = (_as_written(quad.triple) for quad in quads)
            text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
            lines = sorted(text.splitlines(keepends=True))
            yield Block(name=str(patient).strip("<>"), data=b"".join(lines))

    def orphans(self) -> int:
        """Return how many triples belong to no patient, once all blocks were read.

        What two patients share counts for both, so that the number may come out too small.
        """
        return max(0, len(self._store) - self._used)

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


def _load(
    sources: tuple[Source, ...], folder: Path, stdin: BinaryIO | None, limits: Limits
) -> None:
    """What happens in the guarded process."""
    store = ox.Store(str(folder / "store"))
    with open(folder / _REFUSED, "w", encoding="utf-8") as refused:
        for source in sources:
            if source.format in _FORMATS:
                _load_text(store, source, stdin)
                continue
            for where, data in _documents(source, stdin, limits):
                try:
                    store.extend(_json_quads(data, where, limits))
                except InputError as error:
                    refused.write(json.dumps([where, str(error)]) + "\n")
    store.flush()


def _load_text(store: ox.Store, source: Source, stdin: BinaryIO | None) -> None:
    _, stream = open_source(source, stdin=stdin)
    try:
        parsed = ox.parse(
            stream,
            format=_FORMATS[source.format],
            base_iri=RELATIVE_BASE,
            rename_blank_nodes=True,
        )
        store.bulk_extend(_kept(quad) for quad in parsed)
    except SyntaxError as error:
        where = f"{source.name}:{error.lineno}" if error.lineno else source.name
        raise InputError(
            where, f"is no {_FORMATS[source.format].name} ({error.msg})", "correct it there"
        ) from None
    except (ValueError, OSError, EOFError) as error:
        raise InputError(source.name, str(error), "correct it") from None


def _documents(
    source: Source, stdin: BinaryIO | None, limits: Limits
) -> Iterator[tuple[str, bytes]]:
    """JSON-LD, a document a line; or, in a file of one document, that."""
    if source.format == "json-ld":
        _, stream = open_source(source, stdin=stdin)
        data = stream.read(limits.body_bytes + 1)
        if len(data) > limits.body_bytes:
            cause = f"is larger than {limits.body_bytes / 1e6:g} MB"
            raise InputError(source.name, cause, "write a document a line, in a file .jsonl")
        yield source.name, data
        return
    for number, line in enumerate(lines_of(source, stdin=stdin, limits=limits), start=1):
        if line.strip():
            yield f"{source.name}:{number}", line


def _json_quads(data: bytes, where: str, limits: Limits) -> list[ox.Quad]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(where, "is not in UTF-8", "save it as UTF-8") from None
    check_nesting(text, "json-ld", where, limits)
    ready = prepare_jsonld(text, where, limits)
    try:
        parsed = ox.parse(
            ready, format=ox.RdfFormat.JSON_LD, base_iri=RELATIVE_BASE, rename_blank_nodes=True
        )
        return [_kept(quad, respell=True) for quad in parsed]
    except (SyntaxError, ValueError) as error:
        raise InputError(where, f"is no JSON-LD ({error})", "correct it there") from None


def _kept(quad: ox.Quad, *, respell: bool = False) -> ox.Quad:
    """A quad whose literal the store will not rewrite, as it does with 1.50 and others."""
    value = quad.object
    if not isinstance(value, ox.Literal) or not value.datatype.value.startswith(XSD):
        return quad
    if value.datatype.value == XSD + "string":
        return quad
    value = respell_decimal(value) if respell else value
    kept = ox.Literal(value.value, datatype=ox.NamedNode(_WRITTEN + value.datatype.value))
    return ox.Quad(quad.subject, quad.predicate, kept, quad.graph_name)


def _as_written(triple: ox.Triple) -> ox.Triple:
    value = triple.object
    if not isinstance(value, ox.Literal) or not value.datatype.value.startswith(_WRITTEN):
        return triple
    datatype = ox.NamedNode(value.datatype.value.removeprefix(_WRITTEN))
    return ox.Triple(triple.subject, triple.predicate, ox.Literal(value.value, datatype=datatype))
