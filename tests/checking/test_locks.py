"""What an editor leaves beside a file is no file of the ontology."""

from __future__ import annotations

from pathlib import Path

from poem_kg.checking.folder import read_folder
from tests.checking.defects import copy


def test_the_lock_of_an_editor_and_a_link_to_nowhere_are_passed_over(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / ".#criteria.ttl").symlink_to("somebody@somewhere.4711:1")
    (folder / "gone.ttl").symlink_to("nowhere.ttl")
    (folder / ".hidden.ttl").write_text("no Turtle")

    assert read_folder(folder).problems == ()
