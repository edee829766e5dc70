"""What a theme writes into its pages is moved into files, and does the same there."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.handbook.docstrings import fenced_examples
from poem_kg.handbook.marking import Table, fenced, in_heading
from poem_kg.handbook.policy import PolicyError, keep_to_policy


def kept(folder: Path, page: str, sheet: str = "") -> tuple[str, str]:
    """Page and sheet after the rewriting; the page lies one folder deep."""
    (folder / "deep").mkdir()
    (folder / "assets/css").mkdir(parents=True)
    (folder / "deep/page.html").write_text(page, encoding="utf-8")
    (folder / "assets/css/sheet.css").write_text(sheet, encoding="utf-8")
    keep_to_policy(folder)
    return (
        (folder / "deep/page.html").read_text(encoding="utf-8"),
        (folder / "assets/css/sheet.css").read_text(encoding="utf-8"),
    )


def the_file(folder: Path, suffix: str) -> str:
    (path,) = (folder / "assets/apart").glob(f"*.{suffix}")
    return path.read_text(encoding="utf-8")


def test_a_script_becomes_a_file_that_runs_in_its_place(tmp_path: Path) -> None:
    page, _ = kept(tmp_path, "<p>1</p><script>var a = 1 < 2;</script><p>2</p>")

    assert the_file(tmp_path, "js") == "var a = 1 < 2;"
    assert page.startswith('<p>1</p><script src="../assets/apart/')
    assert page.endswith('.js"></script><p>2</p>')


@pytest.mark.parametrize(
    "page",
    ['<script src="a.js"></script>', '<script id="c" type="application/json">{"a": 1}</script>'],
)
def test_what_is_no_script_of_the_page_stays(page: str, tmp_path: Path) -> None:
    assert kept(tmp_path, page)[0] == page


def test_a_style_becomes_a_class(tmp_path: Path) -> None:
    page, _ = kept(
        tmp_path, '<head></head><td class="x" style="text-align: left">1</td><hr style="a:b"/>'
    )

    sheet = the_file(tmp_path, "css")
    assert "style=" not in page and "{text-align: left}" in sheet and "{a:b}" in sheet
    assert page.count('<link rel="stylesheet" href="../assets/apart/') == 1
    assert '<td class="x s-' in page and '<hr class="s-' in page


def test_a_sheet_within_a_page_becomes_a_file(tmp_path: Path) -> None:
    page, _ = kept(tmp_path, "<style>a{b:c}</style>")

    assert the_file(tmp_path, "css") == "a{b:c}" and "<style" not in page


def test_an_example_in_the_text_is_left_alone(tmp_path: Path) -> None:
    page = "<p>&lt;td style=&quot;a&quot;&gt; and style=1</p>"

    assert kept(tmp_path, page)[0] == page


def test_a_script_in_an_attribute_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"page\.html: <a onclick"):
        kept(tmp_path, '<a onclick="go()">x</a>')


def test_a_picture_in_a_sheet_becomes_a_file(tmp_path: Path) -> None:
    _, sheet = kept(tmp_path, "", "a{b:url('data:image/svg+xml;charset=utf-8,<svg a=\"%23\"/>')}")

    assert the_file(tmp_path, "svg") == '<svg a="#"/>'
    assert sheet.startswith('a{b:url("../apart/') and sheet.endswith('.svg")}')


@pytest.mark.parametrize("text", ["a_b_c *d* [e](f) `g`", "<b> & #h", "1. x", "- y"])
def test_a_text_of_the_data_means_nothing_in_a_heading(text: str) -> None:
    import markdown

    written = markdown.markdown(f"# {in_heading(text)} {{: #a }}", extensions=["attr_list"])

    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert written == f'<h1 id="a">{plain}</h1>'


def test_a_fence_is_longer_than_any_within() -> None:
    assert fenced("a\n````\nb").startswith("`````\n")


def test_a_table_escapes_its_heads() -> None:
    assert "&lt;i&gt;" in str(Table(heads=("<i>",), rows=()))


def test_an_example_of_a_docstring_becomes_code_up_to_the_empty_line() -> None:
    assert fenced_examples("Does.\n\n>>> f(1)\n[2]\n\nMore.") == (
        "Does.\n\n```pycon\n>>> f(1)\n[2]\n```\n\nMore."
    )
