"""In another checkout a command that names no folder says which two it could mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.resources import data_dir, own_ontology
from tests.authoring.made_up import ROOT, SOURCE
from tests.cli.here import inside

NEW_SOURCE = [f"--{name}={getattr(SOURCE, name)}" for name in ("kind", "label", "definition")]
COMMANDS = {
    "check": ("check",),
    "format": ("format",),
    "sheet export": ("sheet", "export", "new.csv"),
    "sheet import": ("sheet", "import", "new.csv"),
    "trace": ("trace",),
    "new": ("new", "statement", "--kind=gap"),
    "new source": ("new", "source", "--id=x2031", "--title=t", "--note=n", *NEW_SOURCE),
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Another checkout, with a folder of its own below."""
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "poem-kg.ttl").write_text("")
    (tmp_path / ".git").mkdir()
    (tmp_path / "docs" / "more").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    ("below", "relative"),
    [(".", "ontology"), ("docs/more", "../../ontology"), ("ontology", ".")],
)
@pytest.mark.parametrize("name", COMMANDS)
def test_neither_ontology_is_taken(name: str, below: str, relative: str, checkout: Path) -> None:
    done = inside(*COMMANDS[name], cwd=checkout / below)

    assert (done.returncode, done.stdout) == (2, b"")
    called = f"poem-kg {name.removesuffix(' source')}"
    example = called if name in ("check", "format") else "--ontology"
    told = done.stderr.decode()
    assert told.startswith(f"{called}: names no folder: ")
    assert told.count("\n") == 1
    assert (
        f"here is {checkout / 'ontology'}, but this poem-kg comes with {ROOT / 'ontology'}" in told
    )
    assert told.endswith(f"as in: {example} {relative}\n")
    assert not (checkout / below / "new.csv").exists()


def test_in_the_checkout_of_the_package_and_outside_of_any_its_own_is_taken(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = data_dir("ontology")
    project = checkout / "docs" / "project"
    (project / ".git").mkdir(parents=True)
    linked = tmp_path_factory.mktemp("linked")
    (linked / "ontology").symlink_to(own)
    for folder in (ROOT, ROOT / "docs", ROOT / "ontology", tmp_path_factory.mktemp("no"), linked):
        monkeypatch.chdir(folder)
        assert own_ontology("poem-kg check", "--ontology") == own
    monkeypatch.chdir(project)  # the root of another project, though it lies in a checkout
    assert own_ontology("poem-kg check", "--ontology") == own


def test_in_a_folder_that_was_deleted_its_own_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    assert own_ontology("poem-kg check", "--ontology") == data_dir("ontology")
