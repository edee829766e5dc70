"""The Java that the tests of this folder share: it starts once, and is warm for the next file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.arq import Arq


@pytest.fixture(scope="package")
def arq() -> Iterator[Arq]:
    with Arq() as engine:
        yield engine
