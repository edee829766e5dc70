"""What docs/service.md and the README show is what the service does; their commands are run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.server.command import STOP_SECONDS
from poem_kg.server.plan import Pacing
from poem_kg.server.watching import HEAD_BYTES
from poem_kg.service.patient import OPERATIONS
from tests.server.running import Running

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = [
    text
    for page in (PAGE, README)
    for text in re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    if "curl" in text
]
PYTHON = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
HERE = "http://localhost:8000"


def at(text: str, service: Running) -> str:
    """The text with the address of a running service."""
    assert HERE in text
    return text.replace(HERE, f"http://localhost:{service.port}")


@pytest.mark.parametrize("text", SHELL, ids=range(len(SHELL)))
def test_a_command_of_the_page_is_answered(text: str, service: Running) -> None:
    commands = at(text, service).replace("curl ", "curl --silent --show-error --fail ")

    done = subprocess.run(
        ["bash", "-euc", commands], cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert len(done.stdout) > 50


def test_the_page_has_commands_for_every_part() -> None:
    shown = "".join(SHELL)

    assert all(part in shown for part in ("/sparql", "/queries", "/api/", "/statement/"))


def test_the_python_of_the_page_gives_rows(service: Running) -> None:
    (text,) = PYTHON

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", at(text, service) + "print(len(rows))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0 and int(done.stdout) > 5, done.stderr


def test_the_limits_of_the_page_are_those_that_hold() -> None:
    limits, pacing = DEFAULT_LIMITS, Pacing()
    rows = [
        f"| one query | {limits.query_bytes // 1000} kB, {limits.nesting} levels of brackets |",
        f"| URL and headers | {HEAD_BYTES // 1000} kB",
        f"| body | {limits.body_bytes // 1_000_000} MB |",
        f"| one call | {limits.seconds:g} s, {limits.memory_bytes // 1_000_000_000} GB of memory |",
        f"| one answer | {limits.rows:,} rows, {limits.result_bytes // 1_000_000} MB |",
        f"| waiting for a worker | {pacing.patience:g} s |",
        f"for {STOP_SECONDS} seconds at most",
    ]

    assert [row for row in rows if row not in PAGE] == []
    assert pacing.quick == 0.5 and "more than half a second" in PAGE
    assert pacing.slow == 8 and "more than eight such calls" in PAGE


def test_the_operations_of_the_page_are_those_that_there_are() -> None:
    for name, operation in OPERATIONS.items():
        (row,) = re.findall(rf"^\| `{name}` \|(.*?)\|", PAGE, re.MULTILINE)
        assert set(re.findall(r"`([a-z-]+)`", row)) - {"what-if", "what-next"} == set(
            operation.parameters
        )
