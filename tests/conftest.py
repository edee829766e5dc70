"""The order of the whole suite: what takes longest begins first, so that no worker ends late."""

from __future__ import annotations

from pathlib import Path

import pytest

LONG = ("cohort/test_spark.py", "engines/test_virtuoso.py", "docs/test_authors_guide.py")
"""Files of minutes, the longest first."""

TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files in front; the others stay in their order."""
    first = {TESTS / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: first.get(item.path, len(first)))
