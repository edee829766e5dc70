"""The floor: what reading the same input and writing the same advice costs on one core.

`python -m benchmarks._floor PATIENTS.nt ADVICE.nq.zst RESULT.json --level LEVEL`; started by
`benchmarks.cohort`. Nothing is validated, derived or looked up: pyoxigraph parses the input, and
quads that are there already are serialised as N-Quads, packed and written. Each half is done in
every straightforward way, and the fastest counts.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
import zstandard

from benchmarks._measuring import peak_mb
from benchmarks._same import quads_of

BATCH = 200_000
"""Quads that are serialised at once, some two hundred patients, as a batch of the pipeline."""


def main() -> None:
    """Measure and write the result."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("advice", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--level", type=int, required=True)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    parsing = {name: _parse(arguments.source, way) for name, way in _PARSE.items()}
    writing = dict.fromkeys(_WRITE, 0.0)
    count = 0
    quads = quads_of(arguments.advice)
    with tempfile.TemporaryFile() as out:
        while batch := list(islice(quads, BATCH)):
            count += len(batch)
            store = ox.Store()
            store.bulk_extend(batch)
            for name, way in _WRITE.items():
                start = time.perf_counter()
                text = way(batch, store)
                out.write(zstandard.ZstdCompressor(level=arguments.level).compress(text))
                writing[name] += time.perf_counter() - start
            del store
        size = out.tell() // len(_WRITE)
    result = {
        "seconds": min(parsing.values()) + min(writing.values()),
        "parseSeconds": parsing,
        "writeSeconds": writing,
        "quadsWritten": count,
        "bytesWritten": size,
        "zstdLevel": arguments.level,
        "peakMb": peak_mb(),
    }
    arguments.result.write_text(json.dumps(result))


def _parse(source: Path, way: Callable[[Path], Iterator[ox.Quad]]) -> float:
    start = time.perf_counter()
    deque(way(source), maxlen=0)
    return time.perf_counter() - start


_NT = ox.RdfFormat.N_TRIPLES
_PARSE: dict[str, Callable[[Path], Iterator[ox.Quad]]] = {
    "file": lambda source: ox.parse(path=str(source), format=_NT),
    "bytes": lambda source: ox.parse(source.read_bytes(), format=_NT),
    "bytes, lenient": lambda source: ox.parse(source.read_bytes(), format=_NT, lenient=True),
}
_WRITE: dict[str, Callable[[list[ox.Quad], ox.Store], bytes]] = {
    "serialise quads": lambda quads, _: ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"",
    "dump a store": lambda _, store: store.dump(format=ox.RdfFormat.N_QUADS) or b"",
}


if __name__ == "__main__":
    main()
