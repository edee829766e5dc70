"""A folder that somebody works in at the same time, or that is broken, is told in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.authoring.edits import Edits
from poem_kg.errors import InputError, KnowledgeError
from poem_kg.namespaces import SOURCE
from tests.authoring.made_up import copied


def add_module(ontology: Path) -> Path:
    edits = Edits(ontology)
    return edits.add_module(SOURCE + "invented2031", title="A title", description="A sentence.")


def rewrite(path: Path, old: str, new: str, encoding: str = "utf-8") -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new).encode(encoding))


def test_the_lock_of_an_editor_is_not_copied(tmp_path: Path) -> None:
    ontology = copied(tmp_path)
    (ontology / ".#criteria.ttl").symlink_to("somebody@somewhere.4711:1")
    (tmp_path / "trial").mkdir()

    trial = Edits(ontology).copy_to(tmp_path / "trial")

    assert (trial / "criteria.ttl").is_file()
    assert not (trial / ".#criteria.ttl").is_symlink()


def test_what_cannot_be_copied_is_told(tmp_path: Path) -> None:
    ontology = copied(tmp_path)
    edits = Edits(ontology)
    (tmp_path / "trial" / "ontology").mkdir(parents=True)

    with pytest.raises(InputError, match=r"cannot be copied to be checked \(.*: File exists\)"):
        edits.copy_to(tmp_path / "trial")


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("", "has no owl:versionInfo; add it"),
        ("\towl:versionInfo <urn:x> ;\n", "has no owl:versionInfo; add it"),
        ('\towl:versionInfo "next one" ;\n', "can stand in no IRI; write a version such as"),
    ],
)
def test_a_root_without_a_version_that_can_be_used_is_told(
    new: str, told: str, tmp_path: Path
) -> None:
    ontology = copied(tmp_path)
    root = ontology / "poem-kg.ttl"
    (line,) = [
        one for one in root.read_text("utf-8").splitlines(keepends=True) if "owl:versionInfo" in one
    ]
    rewrite(root, line, new)

    with pytest.raises(KnowledgeError) as refused:
        add_module(ontology)

    assert str(refused.value).startswith(f"{root.resolve()}: ") and told in str(refused.value)


def test_a_catalogue_in_another_encoding_is_told(tmp_path: Path) -> None:
    ontology = copied(tmp_path)
    catalog = ontology / "catalog-v001.xml"
    text = catalog.read_text("utf-8").partition("?>")[2]
    named = text.replace("<uri ", "<!-- \xe9 --><uri ", 1)
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    catalog.write_bytes((head + named).encode("latin-1"))

    with pytest.raises(InputError, match=r"catalog-v001\.xml:\d+: is not in UTF-8; save the"):
        add_module(ontology)
