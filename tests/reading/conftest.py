"""What the tests of reading share."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from poem_kg.errors import InputError
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.reading import SourceGraph, read_graph

LINE = re.compile(r"-(:\d+)?: [^\n]+; [^\n]+")


def read(
    content: str | bytes,
    format: str | None = None,
    *,
    limits: Limits = DEFAULT_LIMITS,
    base_iri: str | None = None,
) -> SourceGraph:
    """Read a text as the standard input."""
    data = content.encode() if isinstance(content, str) else content
    return read_graph(None, format=format, stdin=io.BytesIO(data), limits=limits, base_iri=base_iri)


def refusal(
    content: str | bytes, format: str | None = None, *, limits: Limits = DEFAULT_LIMITS
) -> str:
    """Read a text that must be refused and return the one line that says so."""
    with pytest.raises(InputError) as caught:
        read(content, format, limits=limits)
    line = str(caught.value)
    assert LINE.fullmatch(line)
    assert len(line) <= 300
    return line


@pytest.fixture
def stderr(capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What the process and its children have written to the terminal so far."""

    def written() -> str:
        out, error = capfd.readouterr()
        return out + error

    return written
