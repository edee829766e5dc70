"""A catalogue that cannot be used is told in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import read_catalog

NAMESPACE = "urn:oasis:names:tc:entity:xmlns:xml:catalog"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('<uri id="x" uri="a.ttl"/>', 'an entry (a.ttl) has no name="..."; write it, or delete'),
        ('<uri name="urn:a"/>', 'an entry (urn:a) has no uri="..."; write it, or delete'),
        ('<uri name="urn:a" uri=""/>', 'an entry (urn:a) has no uri="..."'),
        ("<uri/>", 'an entry has no name="..."'),
        ("<uri", "restore the catalogue"),
    ],
)
def test_an_entry_that_leads_nowhere_is_told(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "catalog-v001.xml"
    path.write_text(f'<catalog xmlns="{NAMESPACE}">{text}</catalog>')

    with pytest.raises(KnowledgeError) as refused:
        read_catalog(tmp_path)

    assert str(refused.value).startswith(f"{path}: ") and told in str(refused.value)


@pytest.mark.parametrize("encoding", ["none-such", "utf-7", "big5"])
def test_an_encoding_that_nobody_can_read_is_told(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "catalog-v001.xml"
    path.write_text(f'<?xml version="1.0" encoding="{encoding}"?><catalog/>')

    with pytest.raises(KnowledgeError, match="restore the catalogue"):
        read_catalog(tmp_path)


def test_a_catalogue_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"xml: No such file or directory; restore"):
        read_catalog(tmp_path)
