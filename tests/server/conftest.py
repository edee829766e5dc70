"""One service for all tests that leave it as they found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.running import Running

FRIEND = "https://friend.example"


@pytest.fixture(scope="session")
def service() -> Iterator[Running]:
    """A service as the command line starts it; it never restarts while tests use it."""
    with Running() as running:
        nursery = running.nursery()
        yield running
        assert running.nursery() == nursery, "the nursery had to be started again"


@pytest.fixture(scope="session")
def open_to_a_friend() -> Iterator[Running]:
    """A service of two workers whose answers the pages of one other site may read."""
    with Running("--workers", "2", "--cors", FRIEND) as running:
        yield running
