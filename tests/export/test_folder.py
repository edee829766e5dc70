"""The folder of an export holds the files of one run: what becomes of those that were there."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from poem_kg.errors import InputError
from poem_kg.export.folder import SUMS, write_export
from tests.cli.here import command
from tests.export.files import EXAMPLES

S3A = EXAMPLES / "S3a-type-iii.ttl"
ADVICE, MAPPINGS, DESCRIPTION = "advice.ttl", "alignments.sssom.tsv", "void.ttl"


def run_of(*names: str, say: bytes = b"same") -> dict[str, bytes]:
    """The files of an export, described by their names and content as an export does."""
    files = {name: name.encode() + say for name in names}
    return {**files, DESCRIPTION: repr(sorted(files.items())).encode()}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def fits(folder: Path) -> bool:
    """Whether the sums are there and are those of all files that they list."""
    if not (folder / SUMS).exists():
        return False
    lines = [line.split("  ") for line in (folder / SUMS).read_text().splitlines()]
    there = contents(folder)
    return all(hashlib.sha256(there.get(name, b"")).hexdigest() == sum for sum, name in lines)


def refusal(folder: Path, files: dict[str, bytes]) -> str:
    """The line by which the files are refused, after which the folder is as it was."""
    before = contents(folder)
    with pytest.raises(InputError) as caught:
        write_export(folder, files)
    assert contents(folder) == before
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_advice_of_an_earlier_run_does_not_stay_beside_one_that_has_none(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert command("export", "--what", "advice", "--patient", S3A, "-o", out).returncode == 0
    assert (out / ADVICE).exists()

    done = command("export", "--what", "alignments", "-f", "sssom", "-o", out)

    assert done.returncode == 0
    assert set(contents(out)) == {MAPPINGS, DESCRIPTION, SUMS} and fits(out)
    first, *written = done.stderr.splitlines()
    assert first.startswith(f"{out / ADVICE}: removed")
    assert written == [str(out / name) for name in (DESCRIPTION, MAPPINGS, SUMS)]


def test_a_second_run_leaves_what_the_first_would_have_not(tmp_path: Path) -> None:
    """Whichever runs came before, the folder is that of the last."""
    told: list[str] = []
    for names in (["ontology.nt", "knowledge.nt"], ["terms.csv"], ["ontology.nt"], ["ontology.nt"]):
        write_export(tmp_path, run_of(*names), tell=told.append)
        assert set(contents(tmp_path)) == {*names, DESCRIPTION, SUMS} and fits(tmp_path)

    gone = [Path(line.partition(": ")[0]).name for line in told]
    assert gone == ["knowledge.nt", "ontology.nt", "terms.csv"]


def test_a_file_of_somebody_else_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    write_export(tmp_path, run_of(ADVICE))
    (tmp_path / "letter.txt").write_text("mine")

    assert refusal(tmp_path, run_of("ontology.ttl")) == (
        f"{tmp_path / 'letter.txt'}: is in no SHA256SUMS of an earlier export; "
        "name another folder, or take it away"
    )


def test_a_file_that_was_changed_since_is_refused(tmp_path: Path) -> None:
    write_export(tmp_path, run_of("statements.csv"))
    (tmp_path / "statements.csv").write_text("edited")

    assert "statements.csv: was changed since" in refusal(tmp_path, run_of("ontology.ttl"))


def _listing(*names: str) -> str:
    return "".join(f"{hashlib.sha256(b'mine').hexdigest()}  {name}\n" for name in names)


SUMS_OF_OTHERS = {
    "other names": _listing("letter.txt", DESCRIPTION),
    "no description": _listing("letter.txt"),
    "a path": _listing("../letter.txt", DESCRIPTION),
    "no text": "\xff\n",
}


@pytest.mark.parametrize("sums", SUMS_OF_OTHERS.values(), ids=SUMS_OF_OTHERS)
def test_sums_that_are_not_of_an_export_take_nothing_away(sums: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "letter.txt").write_text("mine")
    (out / "letter.txt").write_text("mine")
    (out / SUMS).write_text(sums, encoding="latin-1")

    assert "letter.txt: is in no" in refusal(out, run_of("ontology.ttl"))
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_sums_without_a_description_are_not_of_an_export(tmp_path: Path) -> None:
    (tmp_path / "statements.csv").write_text("mine")
    (tmp_path / SUMS).write_text(_listing("statements.csv"))

    assert "statements.csv: is in no" in refusal(tmp_path, run_of("ontology.ttl"))


def test_folders_and_hidden_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / ADVICE).write_text("mine")
    (tmp_path / ".gitignore").write_text("*")

    write_export(tmp_path, run_of("ontology.ttl"))

    assert (tmp_path / "inner" / ADVICE).exists() and (tmp_path / ".gitignore").exists()


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / SUMS).mkdir()

    with pytest.raises(InputError, match="SHA256SUMS: is a folder"):
        write_export(tmp_path, run_of("ontology.ttl"))
    assert [path.name for path in tmp_path.iterdir()] == [SUMS]


def test_what_a_killed_run_had_begun_to_write_is_taken_away(tmp_path: Path) -> None:
    begun = tmp_path / ".advice.ttl.ab_01xyz"
    begun.write_text("half of a patient")
    (tmp_path / ".letter.txt.ab_01xyz").write_text("mine")
    told: list[str] = []

    write_export(tmp_path, run_of("ontology.ttl"), tell=told.append)

    assert not begun.exists() and (tmp_path / ".letter.txt.ab_01xyz").exists()
    assert len(told) == 1 and told[0].startswith(f"{begun}: removed")


RUNS = {
    "more files": (run_of("ontology.ttl"), run_of("ontology.ttl", ADVICE)),
    "fewer files": (run_of("ontology.ttl", ADVICE), run_of("ontology.ttl")),
    "other files": (run_of("ontology.ttl", ADVICE), run_of("ontology.nt", "statements.nt")),
    "other content": (run_of("ontology.ttl", ADVICE), run_of("ontology.ttl", say=b"new")),
    "the same": (run_of("ontology.ttl"), run_of("ontology.ttl")),
}


@pytest.mark.parametrize("runs", RUNS)
def test_while_the_sums_fit_the_folder_is_of_one_run_however_far_the_next_came(
    runs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, later = RUNS[runs]
    whole = [_written(earlier, tmp_path / "earlier"), _written(later, tmp_path / "later")]

    stops = 0
    while True:
        folder = tmp_path / f"stopped-{stops}"
        shutil.copytree(tmp_path / "earlier", folder)
        with monkeypatch.context() as patch:
            _stop_after(stops, patch)
            with suppress(InputError):
                write_export(folder, later)
                break
        assert not fits(folder) or contents(folder) in whole, stops
        _written(later, folder)
        assert contents(folder) == whole[1], "the run goes through when it is tried again"
        stops += 1
    assert contents(folder) == whole[1]
    assert stops == len(later) + 1 + len(set(earlier) - set(later)), "each step was the last once"


def _written(files: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    write_export(folder, files)
    return contents(folder)


def _stop_after(steps: int, patch: pytest.MonkeyPatch) -> None:
    """Let so many files be written or removed, and fail at the next."""
    left = iter(range(steps))

    def full() -> None:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    replace, unlink = os.replace, Path.unlink

    def replacing(source: str, target: Path) -> None:
        full()
        replace(source, target)

    def removing(path: Path, missing_ok: bool = False) -> None:
        if not path.name.startswith("."):  # what failed is put away in any case
            full()
        unlink(path, missing_ok=missing_ok)

    patch.setattr(os, "replace", replacing)
    patch.setattr(Path, "unlink", removing)


def test_a_folder_whose_parent_is_missing_is_to_be_made_first(tmp_path: Path) -> None:
    done = command("export", "-o", tmp_path / "missing" / "out")

    assert done.returncode == 2
    assert done.stderr == f"{tmp_path / 'missing'}: is no folder; make it first\n"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path) -> Iterable[Path]:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "iterdir", denied)

    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)"):
        write_export(tmp_path, run_of("ontology.ttl"))
