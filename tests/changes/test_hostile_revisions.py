"""A tree that git would not check out is refused before any of its files is written."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from poem_kg.changes.versions import versions
from poem_kg.errors import InputError
from tests.changes.editing import ONTOLOGY

Commit = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Git in a repository without a commit, which is the current folder."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    # What leads out of the folder of a version leads into this one, where the test sees it.
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))

    def run(*arguments: str, text: str = "") -> str:
        done = subprocess.run(
            ["git", *identity, *arguments], input=text, capture_output=True, check=True, text=True
        )
        return done.stdout.strip()

    run("init", "-b", "main")
    return run


@pytest.fixture
def commit(git: Callable[..., str]) -> Commit:
    """Commits an `ontology` that holds one entry more than it needs."""

    def made(entry: str) -> str:
        blob = git("hash-object", "-w", "--stdin", text="WRITTEN")
        root = git("hash-object", "-w", str(ONTOLOGY / "poem-kg.ttl"))
        *folders, name = entry.split("/")
        tree = git("mktree", text=f"100644 blob {blob}\t{name}\n")
        for folder in reversed(folders):
            tree = git("mktree", text=f"040000 tree {tree}\t{folder}\n")
        listed = git("ls-tree", tree)
        ontology = git("mktree", text=f"100644 blob {root}\tpoem-kg.ttl\n{listed}\n")
        tree = git("mktree", text=f"040000 tree {ontology}\tontology\n")
        return git("commit-tree", tree, "-m", "made")

    return made


@pytest.mark.parametrize(
    "entry",
    [
        "../../WRITTEN",
        "../../../WRITTEN",
        "a/../../../../WRITTEN",
        "./WRITTEN",
        ".git/hooks/post-checkout",
        ".GIT/config",
        "..\\..\\WRITTEN",
    ],
)
def test_a_path_that_leads_out_is_refused_before_anything_is_written(
    commit: Commit, tmp_path: Path, entry: str
) -> None:
    name = commit(entry)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError) as refused, versions(name):
        pass
    assert refused.value.location == name
    assert refused.value.cause.startswith(
        f"holds the path {'ontology/' + entry!r}, which may lead out"
    )
    assert "\n" not in str(refused.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_path_is_refused_also_where_the_folder_is_named(commit: Commit) -> None:
    name = commit("../../WRITTEN") + ":ontology"
    with pytest.raises(InputError, match="may lead out of its folder"), versions(name):
        pass


@pytest.mark.parametrize("entry", ["poem-kg.ttl/more.ttl", "x" * 300])
def test_what_the_disk_cannot_hold_is_refused_in_one_line(commit: Commit, entry: str) -> None:
    with pytest.raises(InputError) as refused, versions(commit(entry)):
        pass
    assert "which cannot be written out (" in refused.value.cause
    assert "\n" not in str(refused.value)


def test_names_that_only_look_alike_are_read(commit: Commit) -> None:
    with versions(commit("..a/b../.gitignore")) as (version,):
        assert (version.ontology / "..a" / "b.." / ".gitignore").read_text() == "WRITTEN"
