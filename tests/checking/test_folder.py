"""A file that an editor saved in its own way is told in words."""

from __future__ import annotations

from pathlib import Path

from poem_kg.checking.folder import read_folder
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
