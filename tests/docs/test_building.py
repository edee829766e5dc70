"""The site is in its place whole, or what was there is; why not, is one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from poem_kg.errors import InputError, KnowledgeError
from poem_kg.handbook import building
from poem_kg.handbook.__main__ import main
from poem_kg.handbook.policy import PolicyError


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site of one page, without mkdocs."""

    def page(folder: Path) -> None:
        (folder / "index.html").write_text("new")

    monkeypatch.setattr(building, "_build", page)


def old_site(folder: Path) -> Path:
    folder.mkdir()
    (folder / building.STAMP).write_text("")
    (folder / "index.html").write_text("old")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.usefixtures("quick")
def test_a_site_takes_the_place_of_an_old_one(tmp_path: Path) -> None:
    place = old_site(tmp_path / "site")
    (place / "gone.html").write_text("old")

    assert building.build(place) == 2
    assert names(place) == [building.STAMP, "index.html"] and names(tmp_path) == ["site"]
    assert (place / "index.html").read_text() == "new"


@pytest.mark.usefixtures("quick")
def test_through_a_link_the_site_lies_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to("real")

    for _ in range(2):
        building.build(link)

    assert link.is_symlink() and names(tmp_path) == ["link", "real"]
    assert names(tmp_path / "real") == [building.STAMP, "index.html"]


@pytest.mark.usefixtures("quick")
def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    building.build(tmp_path / "some" / "site")

    assert names(tmp_path / "some") == ["site"]


@pytest.mark.parametrize("name", ["a file", "a file/site"])
def test_where_a_file_lies_nothing_is_built(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a file").write_text("mine")
    monkeypatch.setattr(building, "_build", lambda _: pytest.fail("it built for nothing"))
    monkeypatch.setattr("sys.argv", ["handbook", "--output", str(tmp_path / name)])

    assert main() == 2

    told = capsys.readouterr().err
    assert told.startswith(f"{tmp_path / name}: ") and told.count("\n") == 1 and "; " in told
    assert names(tmp_path) == ["a file"] and (tmp_path / "a file").read_text() == "mine"


@pytest.mark.usefixtures("quick")
def test_when_the_new_site_cannot_be_moved_the_old_one_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = old_site(tmp_path / "site")
    rename = Path.rename

    def refused(path: Path, target: Path) -> Path:
        if ".new-" in path.name:
            raise OSError(28, os.strerror(28))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refused)

    with pytest.raises(InputError, match="cannot be written"):
        building.build(place)

    assert names(tmp_path) == ["site"]
    assert (place / "index.html").read_text() == "old"


def test_a_theme_that_breaks_the_policy_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(_: Path) -> None:
        raise PolicyError("page.html: <a onclick> holds a script; override the template")

    place = old_site(tmp_path / "site")
    monkeypatch.setattr(building, "_build", breaks)
    monkeypatch.setattr("sys.argv", ["handbook", "--output", str(place)])

    assert main() == KnowledgeError.exit_code
    assert capsys.readouterr().err == (
        "page.html: <a onclick> holds a script; override the template\n"
    )
    assert (place / "index.html").read_text() == "old"
