"""A file that an editor saved in its own way is told in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.checking.folder import read_folder
from poem_kg.checking.run import check_knowledge
from tests.checking.defects import PAGE, copy


def test_a_byte_order_mark_is_called_so_and_what_follows_is_read(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    page = folder / PAGE
    text = page.read_bytes()
    page.unlink()  # it is linked to that of the checkout
    page.write_bytes(b"\xef\xbb\xbf" + text)

    (problem,) = read_folder(folder).problems

    assert (problem.file, problem.line) == (PAGE, 1)
    assert problem.message == "begins with a byte order mark, which no Turtle may"
    assert "poem-kg format" in problem.advice


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_in_another_encoding_a_file_is_one_finding_and_its_terms_are_known(
    tmp_path: Path, encoding: str
) -> None:
    folder = copy(tmp_path)
    disorders = folder / "disorders.ttl"
    text = disorders.read_text(encoding="utf-8").replace("chalasia", "chalas\xefa", 1)
    disorders.unlink()
    disorders.write_bytes(text.encode(encoding, errors="replace"))

    (problem,) = check_knowledge(folder, reasoner=False).problems

    assert (problem.name, problem.file) == ("syntax", "disorders.ttl")
    assert problem.message == "is not UTF-8" and problem.advice == "Save the file as UTF-8."
