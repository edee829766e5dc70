"""The knowledge is found in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg import resources
from poem_kg.errors import KnowledgeError
from poem_kg.resources import data_dir


def test_a_checkout_holds_the_folders_beside_the_package() -> None:
    assert (data_dir("ontology") / "schema.ttl").is_file()


def test_an_installed_package_holds_them_within(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, beside = tmp_path / "poem_kg" / "data" / "shapes", tmp_path / "shapes"
    inside.mkdir(parents=True)
    beside.mkdir()
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "poem_kg" / "resources.py"))
    assert data_dir("shapes") == inside


def test_a_missing_folder_is_our_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "poem_kg" / "resources.py"))
    with pytest.raises(KnowledgeError, match="the folder queries is missing"):
        data_dir("queries")
