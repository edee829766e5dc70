"""RDF out: the same bytes for the same triples, in every format that the commands name."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.namespaces import PREFIXES
from poem_kg.turtle import relabelled, write_turtle

RDF_FORMATS: Final = ("turtle", "ntriples", "nquads", "trig", "jsonld", "rdfxml")
"""The names of the RDF formats, as `--format` takes them."""

SUFFIXES: Final = dict(
    zip(RDF_FORMATS, (".ttl", ".nt", ".nq", ".trig", ".jsonld", ".rdf"), strict=True)
)
"""Format name to file suffix."""

_OXIGRAPH: Final = {
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}


def serialise(
    triples: Iterable[ox.Triple], format: str, *, graph: ox.NamedNode | None = None
) -> bytes:
    """Return the triples in a format, always in the same order.

    Args:
        triples: the graph; blank nodes get labels by what is said about them (RDFC-1.0).
        format: one of `RDF_FORMATS`.
        graph: the named graph to write them into, where the format has named graphs.

    Raises:
        ValueError: the format is not one of them.
    """
    return write_ordered(in_order(triples), format, graph=graph)


def in_order(triples: Iterable[ox.Triple]) -> tuple[ox.Triple, ...]:
    """Return each triple once, in the order in which all formats are written.

    Args:
        triples: the graph; blank nodes get labels by what is said about them (RDFC-1.0).
    """
    return tuple(sorted(relabelled(set(triples)), key=str))


def write_ordered(
    ordered: Sequence[ox.Triple], format: str, *, graph: ox.NamedNode | None = None
) -> bytes:
    """Return triples in a format, for callers that write the same graph in several.

    Args:
        ordered: what `in_order` returned.
        format: one of `RDF_FORMATS`.
        graph: the named graph to write them into, where the format has named graphs.

    Raises:
        ValueError: the format is not one of them.
    """
    if format == "turtle":
        return write_turtle(ordered).encode()
    if format not in _OXIGRAPH:
        raise ValueError(f"{format} is none of {', '.join(RDF_FORMATS)}")
    chosen = _OXIGRAPH[format]
    name = graph if graph is not None and chosen.supports_datasets else ox.DefaultGraph()
    quads = [ox.Quad(t.subject, t.predicate, t.object, name) for t in ordered]
    lines = quads if chosen.supports_datasets else ordered
    plain = chosen in (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS)
    written = ox.serialize(lines, format=chosen, prefixes=None if plain else dict(PREFIXES))
    return written or b""


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: under a temporary name beside it, then renamed.

    A file that is there keeps its permissions.

    Raises:
        InputError: the folder is missing, or the file cannot be written; the old file stays.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(
            str(path), f"cannot be written ({error.strerror})", "choose another place"
        ) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise InputError(
            str(path), f"cannot be written ({error.strerror})", "choose another place"
        ) from None


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write several files, each whole; when one cannot be written, those before it are put back.

    Through a link the file is replaced that it leads to, not the link.

    Raises:
        InputError: a file cannot be written; all are then as they were.
    """
    before: dict[Path, bytes | None] = {}
    try:
        for path, data in files.items():
            real = path.resolve()
            old = real.read_bytes() if real.exists() else None
            write_atomically(real, data)
            before[real] = old
    except BaseException as error:  # an interrupt too
        for path, old in before.items():
            path.unlink() if old is None else write_atomically(path, old)
        if not isinstance(error, OSError):
            raise
        cause = f"cannot be read ({error.strerror})"
        raise InputError(str(error.filename), cause, "choose another place") from None


def refuse_changed(before: Mapping[Path, bytes | None]) -> None:
    """Refuse to go on where a file is no longer what was read, so that nobody's work is lost.

    Args:
        before: what each file held when it was read; None: it was not there.

    Raises:
        InputError: a file was changed meanwhile, or cannot be read.
    """
    for path, data in before.items():
        try:
            now = path.read_bytes() if path.exists() else None
        except OSError as error:
            cause = f"cannot be read ({error.strerror})"
            raise InputError(str(path), cause, "check the path") from None
        if now != data:
            cause = "was changed by somebody else meanwhile"
            raise InputError(str(path), cause, "nothing was written; run the command again")


def _mode(path: Path) -> int:
    """The permissions of a file, or those of a new one."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
