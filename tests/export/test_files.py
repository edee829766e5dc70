"""The files of an export: what is there, that it is the same each time, whole, and summed up."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.errors import InputError
from poem_kg.export import folder as folder_module
from poem_kg.export.files import export_files
from poem_kg.export.folder import SUMS, WRITTEN
from poem_kg.export.formats import FILE_SUFFIXES, FORMATS, MEDIA_TYPES, WHAT, chosen
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import PREFIXES
from poem_kg.serialise import write_atomically
from tests.cli.here import command
from tests.export.files import EXAMPLES, knowledge_base

S3A = str(EXAMPLES / "S3a-type-iii.ttl")
S9 = str(EXAMPLES / "S9-distal-spasm.ttl")
DCAT, SPDX = PREFIXES["dcat"], PREFIXES["spdx"]

EXPECTED = {
    "csv": "terms.csv statements.csv sources.csv criteria.csv options.csv csv-metadata.json",
    "nanopub": "nanopubs.trig",
    "sssom": "alignments.sssom.tsv",
}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


EXPORT_ALL = """
import sys
from functools import cache
from poem_kg.cli.main import app
from poem_kg.export import files
from poem_kg.export.formats import FORMATS
load, advise = files.KnowledgeBase.load, cache(files.advise)
files.KnowledgeBase.load = staticmethod(cache(load))
files.advise = lambda kb, patients: advise(kb, tuple(patients))
folder, *patients = sys.argv[1:]
named = [part for patient in patients for part in ("--patient", patient)]
for format in FORMATS:
    holds_advice = format not in ("nanopub", "sssom")
    command = ["export", "-f", format, *named * holds_advice, "-o", f"{folder}/{format}"]
    app(command, standalone_mode=False)
"""
"""The command itself, once a format; it fails where the command would. Knowledge and advice, which
are the same for each, are made once.
"""


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder a format, written by two processes with other hash seeds."""
    folders = []
    for seed, patients in (("1", (S3A, S9)), ("2", (S9, S3A))):
        folder = tmp_path_factory.mktemp("exports")
        subprocess.run(
            [sys.executable, "-c", EXPORT_ALL, str(folder), *patients],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
        folders.append(folder)
    return folders[0], folders[1]


@pytest.mark.parametrize("format", FORMATS)
def test_two_processes_with_other_hash_seeds_write_the_same_bytes(
    format: str, twice: tuple[Path, Path]
) -> None:
    first, second = (contents(folder / format) for folder in twice)

    assert first == second
    names = EXPECTED.get(format) or " ".join(
        name + FILE_SUFFIXES[format] for name in WHAT if name != "all"
    )
    assert sorted(first) == sorted([*names.split(), "void.ttl", SUMS])
    assert set(first) <= WRITTEN


@pytest.mark.parametrize("format", FORMATS)
def test_the_sums_are_those_of_the_files(format: str, twice: tuple[Path, Path]) -> None:
    folder = twice[0] / format

    done = subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=folder, check=False)

    assert done.returncode == 0
    listed = {line.split("  ")[1] for line in (folder / SUMS).read_text().splitlines()}
    assert listed == set(contents(folder)) - {SUMS}


@pytest.mark.parametrize("format", FORMATS)
def test_the_description_gives_size_and_checksum_of_every_file(
    format: str, twice: tuple[Path, Path]
) -> None:
    folder = twice[0] / format

    graph = list(ox.parse(path=folder / "void.ttl"))
    told = {
        (quad.subject, quad.predicate.value): quad.object
        for quad in graph
        if quad.predicate.value in (SPDX + "checksumValue", DCAT + "byteSize", DCAT + "mediaType")
    }
    described = set()
    for quad in graph:
        if quad.predicate.value == SPDX + "checksum":
            assert isinstance(quad.subject, ox.NamedNode)
            name = quad.subject.value.rsplit("/", 1)[-1]
            data = (folder / name).read_bytes()
            digest = told[quad.object, SPDX + "checksumValue"]
            size = told[quad.subject, DCAT + "byteSize"]
            media = told[quad.subject, DCAT + "mediaType"]
            assert isinstance(digest, ox.Literal) and isinstance(size, ox.Literal)
            assert isinstance(media, ox.NamedNode)
            assert digest.value == hashlib.sha256(data).hexdigest()
            assert int(size.value) == len(data)
            assert media.value.endswith("/media-types/" + MEDIA_TYPES[format])
            described.add(name)
    assert described == set(contents(folder)) - {SUMS, "void.ttl", "csv-metadata.json"}


@pytest.mark.parametrize(
    ("what", "format", "words"),
    [
        ("statements", "sssom", ("--what alignments",)),
        ("alignments", "csv", ("--what ontology", "statements", "advice")),
        ("knowledge", "csv", ("--what ontology",)),
        ("everything", "turtle", ("is not known here", "all")),
        ("all", "xlsx", ("is not known here", "csv")),
    ],
)
def test_what_does_not_go_together_is_refused_in_one_line(
    what: str, format: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    done = command("export", "--what", what, "-f", format, "-o", tmp_path / "out")

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert all(word in line for word in words), line
    assert not (tmp_path / "out").exists()


def test_all_is_what_the_format_holds() -> None:
    assert chosen("all", "csv", patients=False) == ("ontology", "statements")
    assert chosen("all", "csv", patients=True) == ("ontology", "statements", "advice")
    assert chosen("all", "sssom", patients=False) == ("alignments",)
    assert len(chosen("all", "trig", patients=True)) == 5


@pytest.mark.parametrize(
    ("what", "format"), [("ontology", "turtle"), ("statements", "csv"), ("all", "nanopub")]
)
def test_patients_of_whom_nothing_would_be_written_are_refused_in_one_line(
    what: str, format: str, tmp_path: Path
) -> None:
    done = command("export", "--what", what, "-f", format, "--patient", S3A, "-o", tmp_path / "out")

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("--patient: is for advice") and "leave it out" in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("endpoint", ["ftp://e/", "http://a b", "http://[", "sparql"])
def test_an_endpoint_that_is_no_address_is_refused(endpoint: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no web address"):
        export_files("alignments", format="sssom", folder=tmp_path, endpoint=endpoint)
    assert contents(tmp_path) == {}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The files of the ontology as tables, in the order in which they are written."""
    folder = tmp_path_factory.mktemp("tables") / "out"
    return [path.name for path in export_files("ontology", format="csv", folder=folder)]


@pytest.mark.parametrize("failing", range(4))
@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_whole(
    step: str, failing: int, names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the four files fails once, at each step of writing it."""
    folder = tmp_path / "out"
    folder.mkdir()
    paths = [folder / name for name in names]
    assert len(paths) == 4
    for path in paths:
        path.write_bytes(b"old")
    done = 0

    def write(path: Path, data: bytes) -> None:
        nonlocal done
        with monkeypatch.context() as patch:
            if done == failing:
                broken = _broken_fdopen if step == "write" else _no_space
                patch.setattr(os, "fdopen" if step == "write" else step, broken)
            done += 1
            write_atomically(path, data)

    monkeypatch.setattr(folder_module, "write_atomically", write)
    # What is written is not the matter here, and loading it takes longer than writing it.
    kb = knowledge_base()
    monkeypatch.setattr(KnowledgeBase, "load", lambda: kb)

    with pytest.raises(InputError, match="cannot be written") as caught:
        export_files("ontology", format="csv", folder=folder)

    assert len(str(caught.value).splitlines()) == 1
    left = contents(folder)
    assert sorted(left) == sorted(path.name for path in paths), "a temporary file was left"
    for number, path in enumerate(paths):
        assert (left[path.name] == b"old") is (number >= failing)
    assert left[SUMS] == b"old", "the sums are written last"


def _no_space(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class _Full:
    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __enter__(self) -> _Full:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def write(self, data: bytes) -> None:
        os.write(self._handle, data[: len(data) // 2])
        _no_space()


def _broken_fdopen(handle: int, mode: str) -> _Full:
    assert mode == "wb"
    return _Full(handle)


KILLER = """
import os, signal, sys
from pathlib import Path
from poem_kg.export import files
from poem_kg.serialise import write_atomically

folder = Path(sys.argv[1])
base = files.KnowledgeBase.load()
files.KnowledgeBase.load = staticmethod(lambda: base)
paths = files.export_files("alignments", format="sssom", folder=folder)
whole = {path: path.read_bytes() for path in paths}

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def stepwise(last):
    steps = 0
    def before(function):
        def call(*args, **options):
            nonlocal steps
            steps += 1
            if steps == last:
                die()
            return function(*args, **options)
        return call
    for name in ("fsync", "chmod", "replace", "fdopen"):
        setattr(os, name, before(getattr(os, name)))
    tempfile = write_atomically.__globals__["tempfile"]
    tempfile.mkstemp = before(tempfile.mkstemp)

kills = 0
while True:
    for path in paths:
        path.write_bytes(b"old")
    child = os.fork()
    if child == 0:
        stepwise(kills + 1)
        files.export_files("alignments", format="sssom", folder=folder)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    for path in paths:
        assert path.read_bytes() in (b"old", whole[path]), path
    states = [path.read_bytes() == whole[path] for path in paths]
    assert states == sorted(states, reverse=True), "written in their order, the sums last"
    if status == 0:
        break
    assert os.WTERMSIG(status) == signal.SIGKILL
    kills += 1
assert all(states)
print(kills)
"""


def test_an_export_killed_at_any_step_of_writing_leaves_no_part_of_a_file(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLER, str(tmp_path / "out")], capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr.decode()
    assert int(done.stdout) == 3 * 5, "five steps for each of three files"
