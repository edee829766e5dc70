"""The command line in this process, for tests that need no process of their own."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

from poem_kg.cli.main import main
from poem_kg.knowledge_base import KnowledgeBase


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def command(*arguments: str | Path) -> Done:
    """Run `poem-kg` as `tests.cli.test_contract.command` does, without the price of a process."""
    done = inside(*map(str, arguments))
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def inside(
    *arguments: str, stdin: bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `poem-kg` in this process and return what `subprocess.run` would.

    The knowledge of the package is loaded once and serves every call; that each process loads it
    is tested by those that start one.
    """
    out, err = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    code = 0
    with (
        mock.patch.object(sys, "argv", ["poem-kg", *arguments]),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
        mock.patch.object(KnowledgeBase, "load", _loaded),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.chdir(cwd) if cwd else contextlib.nullcontext(),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        for stream in (out, err):
            stream.flush()
    return subprocess.CompletedProcess(arguments, code, _bytes(out), _bytes(err))


_load = KnowledgeBase.load


@cache
def _packaged() -> KnowledgeBase:
    return _load()


def _loaded(*, ontology: Path | None = None, queries: Path | None = None) -> KnowledgeBase:
    """The knowledge of the package as it was loaded before, or that of other folders, loaded."""
    if ontology is None and queries is None:
        return _packaged()
    return _load(ontology=ontology, queries=queries)


def _bytes(stream: io.TextIOWrapper) -> bytes:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()
