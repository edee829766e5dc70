"""The site, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.handbook.building import build
from tests.docs.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The whole site; that it can be built means that every link of a page written by hand leads
    somewhere.
    """
    folder: Path = tmp_path_factory.mktemp("site") / "docs"
    assert build(folder) > 100
    return Site(folder)
