"""A version is a folder or a git revision, never one taken for the other."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from poem_kg.changes.versions import Version, versions
from poem_kg.errors import InputError, KnowledgeError
from tests.changes.editing import ONTOLOGY, Copy


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the ontology in its folder, and the author's edit not yet committed."""
    copy = Copy(tmp_path)
    git(tmp_path, "init", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "as it was")
    (copy.path / "outcomes.ttl").write_text("broken")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def only(name: str) -> Version:
    with versions(name) as (version,):
        version.load()
        return version


def refusal(name: str) -> InputError:
    with pytest.raises(InputError) as refused, versions(name):
        pass
    return refused.value


@pytest.mark.parametrize(
    "name",
    [
        "main",
        pytest.param("HEAD", marks=pytest.mark.slow),
        pytest.param("main:ontology", marks=pytest.mark.slow),
        "HEAD:/ontology/",
    ],
)
def test_a_revision_is_read_as_it_was_committed(repository: Path, name: str) -> None:
    with versions(name) as (version,):
        assert version.load().version
        assert (version.ontology / "outcomes.ttl").read_bytes() != b"broken"
        listed = sorted(p.name for p in version.ontology.rglob("*") if p.is_file())
        assert listed == sorted(p.name for p in (repository / "ontology").rglob("*") if p.is_file())
        assert repository not in version.ontology.parents
        assert version.queries is None
        kept = version.ontology
    assert not kept.exists()


def test_a_folder_is_read_as_it_lies_there(repository: Path) -> None:
    with versions("./ontology", ".") as found:
        assert [v.ontology.resolve() for v in found] == [repository / "ontology"] * 2
        for version in found:
            with pytest.raises(KnowledgeError, match=r"^\./ontology/outcomes.ttl:1: "):
                version.load()


def test_a_broken_file_of_a_revision_is_named_by_the_revision(repository: Path) -> None:
    git(repository, "commit", "-am", "broken")
    with versions("HEAD") as (version,), pytest.raises(KnowledgeError) as error:
        version.load()
    assert str(error.value).startswith("HEAD:ontology/outcomes.ttl:1: ")


def test_a_name_that_is_both_is_refused(repository: Path) -> None:
    git(repository, "branch", "ontology")
    error = refusal("ontology")
    assert error.cause == "is a folder and a git revision"
    assert error.advice == "write ./ontology for the folder, or ontology:ontology for the revision"
    assert only("ontology:ontology").name == "ontology:ontology"


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("nowhere", "is no folder and no revision of the git repository here"),
        ("--output=x", "is no folder and no revision of the git repository here"),
        ("", "is no folder and no revision of the git repository here"),
        ("main\0", "is no folder and no revision of the git repository here"),
        ("main:shapes", "has no shapes/poem-kg.ttl"),
    ],
)
def test_what_is_no_version_is_refused(repository: Path, name: str, cause: str) -> None:
    assert refusal(name).cause == cause


def test_a_folder_without_the_root_file_is_refused(repository: Path) -> None:
    (repository / "ontology" / "poem-kg.ttl").unlink()
    assert refusal("./ontology").cause == "has no poem-kg.ttl"


def test_outside_of_a_repository_only_folders_are_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert refusal("main").cause == "is no folder, and there is no git repository here"
    assert only(str(ONTOLOGY)).ontology == ONTOLOGY


def test_the_queries_beside_an_ontology_go_with_it(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    for part in ("prepare", "derive"):
        (tmp_path / "queries" / part).mkdir(parents=True)
    with versions(str(copy), str(ONTOLOGY)) as (alone, checkout):
        assert alone.queries == tmp_path.resolve() / "queries"
        assert checkout.queries == ONTOLOGY.parent / "queries"
        assert checkout.examples == ONTOLOGY.parent / "examples"


def test_a_broken_query_beside_an_ontology_is_named_by_its_version(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    for part in ("prepare", "derive"):
        (tmp_path / "queries" / part).mkdir(parents=True)
    (tmp_path / "queries" / "prepare" / "10-broken.rq").write_text("CONSTRUCT nothing")
    with versions(str(copy)) as (version,), pytest.raises(KnowledgeError) as error:
        version.load()
    assert str(error.value).startswith(f"queries beside {copy}/prepare/10-broken.rq: ")


@pytest.mark.parametrize("uri", ["../criteria.ttl", "/dev/zero"])
def test_a_catalogue_that_leads_out_of_the_folder_is_refused(tmp_path: Path, uri: str) -> None:
    copy = Copy(tmp_path)
    catalogue = copy.path / "catalog-v001.xml"
    (tmp_path / "criteria.ttl").write_bytes((copy.path / "criteria.ttl").read_bytes())
    text = catalogue.read_text()
    assert 'uri="criteria.ttl"' in text
    catalogue.write_text(text.replace('uri="criteria.ttl"', f'uri="{uri}"'))
    with versions(str(copy)) as (version,), pytest.raises(KnowledgeError) as error:
        version.load()
    assert str(error.value) == (
        f"{copy}/catalog-v001.xml: has a file outside of the folder for "
        "<https://w3id.org/poem-kg/ontology/module/criteria>; keep all files in the folder"
    )
