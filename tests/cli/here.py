"""The command line in this process, for tests that need no process of their own."""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from poem_kg.cli.main import main


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def command(*arguments: str | Path) -> Done:
    """Run `poem-kg` as `tests.cli.test_contract.command` does, without the price of a process."""
    out, err, code = io.TextIOWrapper(io.BytesIO()), io.StringIO(), 0
    with (
        mock.patch.object(sys, "argv", ["poem-kg", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        out.flush()
    buffer = out.buffer
    assert isinstance(buffer, io.BytesIO)
    return Done(code, buffer.getvalue().decode(), err.getvalue())
