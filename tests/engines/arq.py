"""Apache Jena ARQ 2.10, from the command line and as a worker that stays up.

Two doors to the same engine. `arq_command` is what a reader would type in a shell: one Java
start a query. `Arq` keeps a Java in a process of its own and asks it over a pipe, one JSON object
a line; it is the third engine in comparisons.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyoxigraph as ox

from poem_kg import jvm
from tests.engines.compare import (
    Row,
    Triple,
    ntriples_of,
    parse_term,
    same_strings,
    triples_of,
)

_WORKER = Path(__file__).with_name("arq_worker.py")


def arq_command(data: Sequence[Path], query: Path, *, results: str) -> bytes:
    """Return what `java arq.sparql --data=... --query=... --results=...` prints.

    Args:
        data: RDF files, whose names tell the format (.ttl, .nt, .rdf).
        query: the query file.
        results: TSV, CSV, JSON or XML for SELECT and ASK; N-TRIPLES or TURTLE for CONSTRUCT.
    """
    arguments = [*(f"--data={path}" for path in data), f"--query={query}", f"--results={results}"]
    return jvm.run_java("arq.sparql", arguments, classpath=jvm.jena_jars())


class ArqError(Exception):
    """Jena refuses a query or a graph."""


class Arq:
    """Jena in a worker process; see `tests.engines.compare.Engine`. Use as a context manager."""

    def __init__(self) -> None:
        command = [sys.executable, str(_WORKER), str(jvm.libjvm()), *jvm.jvm_options()]
        command += ["-cp", *(str(jar) for jar in jvm.jena_jars())]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.stdout is not None:
            self._process.stdout.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def load(self, ntriples_text: str) -> None:
        self._ask(op="load", text=same_strings(ntriples_text))

    def select(self, query: str, bindings: Mapping[str, str] | None = None) -> list[Row]:
        given = {name: _parts(term) for name, term in (bindings or {}).items()}
        answer = json.loads(self._ask(op="select", query=query, bindings=given))
        if "boolean" in answer:
            return [(str(ox.Literal(bool(answer["boolean"]))),)]
        names = answer["head"]["vars"]
        return [
            tuple(_term(row[name]) if name in row else None for name in names)
            for row in answer["results"]["bindings"]
        ]

    def construct(self, query: str) -> set[Triple]:
        return triples_of(self._ask(op="construct", query=query))

    def add(self, triples: Iterable[Triple]) -> None:
        self._ask(op="add", text=ntriples_of(triples))

    def _ask(self, **request: Any) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self._process.stdout.readline()
        if not line:
            raise ArqError(f"the Jena worker ended with status {self._process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise ArqError(answer["error"])
        return str(answer["ok"])


def _parts(term: str) -> list[str]:
    found = parse_term(term)
    if isinstance(found, ox.Literal):
        plain = found.datatype.value.endswith("#string")
        datatype = "" if plain or found.language else found.datatype.value
        return ["literal", found.value, found.language or "", datatype]
    return ["iri" if isinstance(found, ox.NamedNode) else "blank", found.value]


def _term(value: Mapping[str, str]) -> str:
    if value["type"] == "uri":
        return str(ox.NamedNode(value["value"]))
    if value["type"] == "bnode":
        return f"_:{value['value']}"
    if "xml:lang" in value:
        return str(ox.Literal(value["value"], language=value["xml:lang"]))
    datatype = ox.NamedNode(value["datatype"]) if "datatype" in value else None
    return str(ox.Literal(value["value"], datatype=datatype))
