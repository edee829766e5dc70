"""Loading inputs into a store on disk, in a process of its own.

Text that others wrote may crash a parser, and a store on disk has threads that no forked process
would have; so this is started as a new program: `python -m poem_kg.cohort.loading JSON`.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyoxigraph as ox

from poem_kg.cohort.inputs import Source, lines_of, open_source
from poem_kg.errors import InputError, LimitExceeded, PoemKgError
from poem_kg.jsonld import prepare_jsonld
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.literals import respell_decimal
from poem_kg.namespaces import XSD
from poem_kg.nesting import check_nesting
from poem_kg.processes import confine_memory, die_with
from poem_kg.reading import RELATIVE_BASE

STORE: Final = "store"
REFUSED: Final = "refused.jsonl"
"""In the folder: the store, and a line for each document that could not be read."""

_FORMATS: Final = {
    "n-triples": ox.RdfFormat.N_TRIPLES,
    "n-quads": ox.RdfFormat.N_QUADS,
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
}
_LABELLED: Final = ("n-triples", "n-quads")
_WRITTEN: Final = "urn:poem-kg:as-written:"
_MEMORY: Final = 4
"""How many times the memory of one patient a load may take."""


def load_apart(
    sources: Iterable[Source],
    folder: Path,
    *,
    stdin: BinaryIO | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> None:
    """Load inputs into a store in a folder, and wait until it is there.

    Args:
        sources: what to load.
        folder: where the store is made; it is there and empty.
        stdin: read in place of the standard input.
        limits: `body_bytes` holds for a document of JSON-LD, four times `memory_bytes` for all.

    Raises:
        InputError: an input is not what it should be, or the disk refuses.
    """
    given = tuple(sources)
    if stdin is not None and any(source.name == "-" for source in given):
        copy = folder / "stdin"
        with copy.open("wb") as file:
            while part := stdin.read(1 << 20):
                file.write(part)
        given = tuple(dataclasses.replace(s, name=str(copy)) if s.name == "-" else s for s in given)
    told = {
        "sources": [dataclasses.astuple(source) for source in given],
        "folder": str(folder),
        "limits": dataclasses.asdict(limits),
        "parent": os.getpid(),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "poem_kg.cohort.loading", json.dumps(told)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    try:
        said, _ = process.communicate()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode == 0:
        return
    where = given[0].name + (f" and {len(given) - 1} more" if len(given) > 1 else "")
    try:
        error = json.loads(said)
    except ValueError:
        number = -process.returncode
        how = signal.Signals(number).name if number > 0 else "no message"
        raise InputError(
            where,
            f"crashed the process that was to group it ({how})",
            "look whether memory or disk ran out, or whether the text is nested deeply",
        ) from None
    raise InputError(*error)


def main() -> None:
    """Load what the one argument tells of; on an error print its parts as JSON, and end with 2."""
    told = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
    die_with(told["parent"])
    limits = Limits(**told["limits"])
    folder = Path(told["folder"])
    confine_memory(dataclasses.replace(limits, memory_bytes=_MEMORY * limits.memory_bytes))
    try:
        _load([Source(*source) for source in told["sources"]], folder, limits)
    except InputError as error:
        _fail(error.location, error.cause, error.advice)
    except PoemKgError as error:
        _fail("-", str(error), "mend it")
    except MemoryError:
        _fail(str(folder), "grouping takes too much memory", "give smaller documents")
    except (OSError, RuntimeError) as error:
        cause = f"cannot be written ({getattr(error, 'strerror', None) or error})"
        _fail(str(folder), cause, "make room, then go on with --resume")


def _fail(*parts: str) -> None:
    sys.stdout.write(json.dumps(parts))
    sys.stdout.flush()
    sys.exit(2)


def _load(sources: Iterable[Source], folder: Path, limits: Limits) -> None:
    store = ox.Store(str(folder / STORE))
    with open(folder / REFUSED, "w", encoding="utf-8") as refused:
        for number, source in enumerate(sources):
            if source.format in _FORMATS:
                store.bulk_extend(_quads(source, f"s{number}"))
                continue
            for place, (where, data) in enumerate(_documents(source, limits)):
                try:
                    store.extend(_json_quads(data, where, f"s{number}d{place}", limits))
                except InputError as error:
                    refused.write(json.dumps([where, str(error)]) + "\n")
    store.flush()


def _quads(source: Source, prefix: str) -> Iterator[ox.Quad]:
    """The quads of a file, whatever is wrong with it told as an `InputError`."""
    _, stream = open_source(source)
    try:
        parsed = ox.parse(stream, format=_FORMATS[source.format], base_iri=RELATIVE_BASE)
        names = _Names(prefix, labelled=source.format in _LABELLED)
        for quad in parsed:
            yield names.of(_kept(quad))
    except SyntaxError as error:
        where = f"{source.name}:{error.lineno}" if error.lineno else source.name
        raise InputError(
            where, f"is no {_FORMATS[source.format].name} ({error.msg})", "correct it there"
        ) from None
    except (ValueError, OSError, EOFError, zlib.error) as error:
        raise InputError(
            source.name, f"cannot be read to its end ({error})", "mend the file"
        ) from None


def _documents(source: Source, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """JSON-LD, a document a line; or, in a file of one document, that."""
    if source.format == "json-ld":
        _, stream = open_source(source)
        try:
            data = stream.read(limits.body_bytes + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(
                source.name, f"cannot be read to its end ({error})", "mend the file"
            ) from None
        if len(data) > limits.body_bytes:
            cause = f"is larger than {limits.body_bytes / 1e6:g} MB"
            raise InputError(source.name, cause, "write a document a line, in a file .jsonl")
        yield source.name, data
        return
    for number, line in enumerate(lines_of(source, limits=limits), start=1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield f"{source.name}:{number}", line


def _json_quads(data: bytes, where: str, prefix: str, limits: Limits) -> list[ox.Quad]:
    if len(data) > limits.body_bytes:
        cause = f"is a document of more than {limits.body_bytes / 1e6:g} MB"
        raise LimitExceeded(where, cause, "make it smaller, or raise the limit")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(where, "is not in UTF-8", "save it as UTF-8") from None
    check_nesting(text, "json-ld", where, limits)
    ready = prepare_jsonld(text, where, limits)
    names = _Names(prefix, labelled=False)
    try:
        parsed = ox.parse(ready, format=ox.RdfFormat.JSON_LD, base_iri=RELATIVE_BASE)
        return [names.of(_kept(quad, respell=True)) for quad in parsed]
    except (SyntaxError, ValueError) as error:
        raise InputError(where, f"is no JSON-LD ({error})", "correct it there") from None


class _Names:
    """Blank nodes under names that are theirs alone among all inputs, the same in every run.

    Args:
        prefix: of one document.
        labelled: whether all have labels of their own there, so that none has to be remembered.
    """

    def __init__(self, prefix: str, *, labelled: bool) -> None:
        self._prefix = prefix
        self._numbers: dict[str, int] | None = None if labelled else {}

    def of(self, quad: ox.Quad) -> ox.Quad:
        """Return a quad under these names."""
        terms = (quad.subject, quad.object, quad.graph_name)
        if not any(isinstance(term, ox.BlankNode) for term in terms):
            return quad
        subject, value, graph = (self._named(term) for term in terms)
        return ox.Quad(subject, quad.predicate, value, graph)

    def _named(self, term: Any) -> Any:
        if not isinstance(term, ox.BlankNode):
            return term
        if self._numbers is None:
            return ox.BlankNode(f"{self._prefix}_{term.value}")
        number = self._numbers.setdefault(term.value, len(self._numbers))
        return ox.BlankNode(f"{self._prefix}n{number}")


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


def as_written(triple: ox.Triple) -> ox.Triple:
    """Return a triple of the store as its input had it."""
    value = triple.object
    if not isinstance(value, ox.Literal) or not value.datatype.value.startswith(_WRITTEN):
        return triple
    datatype = ox.NamedNode(value.datatype.value.removeprefix(_WRITTEN))
    return ox.Triple(triple.subject, triple.predicate, ox.Literal(value.value, datatype=datatype))


if __name__ == "__main__":
    main()
