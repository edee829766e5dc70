"""Two versions of the knowledge to compare: folders, or what a git repository keeps.

A revision is read out of the repository of the current folder into a folder of its own for as
long as it is compared; nothing is checked out, and no hook or filter of the repository runs.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from poem_kg.errors import InputError, KnowledgeError
from poem_kg.knowledge import Knowledge, load_knowledge, module_files, read_catalog

_ROOT: Final = "poem-kg.ttl"
_USUAL: Final = "ontology"
_NAME_ONE: Final = "name a folder with poem-kg.ttl, or a git revision such as main:ontology"
_FILE_MODES: Final = ("100644", "100755")
_NO_NAMES: Final = frozenset({"", ".", "..", ".git"})
"""No file or folder of a revision is called so; an absolute path begins with the first."""


@dataclass(frozen=True)
class Version:
    """One version of the knowledge, as files.

    Attributes:
        name: what the caller called it.
        place: what messages call its ontology folder.
        ontology: the folder with `poem-kg.ttl`, in full.
        queries: the folder with the `prepare` and `derive` queries beside it, None where there is
            none; then those of this installation are asked.
        examples: the folder with patients beside it, or None.
    """

    name: str
    place: str
    ontology: Path
    queries: Path | None
    examples: Path | None

    def load(self) -> Knowledge:
        """Return the knowledge.

        Raises:
            KnowledgeError: a file is missing or broken, or the catalogue names one outside of the
                folder; the text tells which, and of which version.
        """
        try:
            self._check_catalogue()
            return load_knowledge(ontology=self.ontology, queries=self.queries)
        except KnowledgeError as error:
            raise KnowledgeError(self.told(str(error))) from None

    def _check_catalogue(self) -> None:
        """Refuse a catalogue by which a file outside of the folder, or a device, would be read."""
        for iri, path in read_catalog(self.ontology).items():
            if not path.is_relative_to(self.ontology):
                cause = f"has a file outside of the folder for <{iri}>"
                raise KnowledgeError(
                    f"{self.ontology}/catalog-v001.xml: {cause}; keep all files in the folder"
                )

    def told(self, text: str) -> str:
        """Return a text in which files are called as the caller called their folder."""
        if self.queries is not None:
            text = text.replace(str(self.queries), f"queries beside {self.place}")
        return text.replace(str(self.ontology), self.place)

    def files(self) -> tuple[Path, ...]:
        """Return every Turtle file of the ontology, also those that the root does not import.

        Raises:
            KnowledgeError: a file is missing or broken.
        """
        try:
            imported = module_files(self.ontology)
        except KnowledgeError as error:
            raise KnowledgeError(self.told(str(error))) from None
        return tuple(sorted({*imported, *(p.resolve() for p in self.ontology.rglob("*.ttl"))}))

    def path_of(self, file: Path) -> str:
        """Return the path of a file below the ontology folder, with slashes."""
        found = file.resolve()
        inside = found.is_relative_to(self.ontology)
        return found.relative_to(self.ontology).as_posix() if inside else found.name


@contextmanager
def versions(*names: str) -> Iterator[tuple[Version, ...]]:
    """Give the versions of some names, for as long as the block runs.

    Args:
        names: each a folder with `poem-kg.ttl` or with a folder `ontology` that has it, or a git
            revision: `REV`, or `REV:path/to/ontology`.

    Raises:
        InputError: a name is neither, or is both, or has no `poem-kg.ttl`; or a revision holds a
            path that leads out of its folder, in which case none of its files is written.
    """
    with tempfile.TemporaryDirectory(prefix="poem-kg-") as folder:
        yield tuple(_version(name, Path(folder) / str(number)) for number, name in enumerate(names))


def _version(name: str, room: Path) -> Version:
    folder = Path(name)
    if name and folder.is_dir():
        plain = not name.startswith((".", "/", "~")) and not name.endswith("/")
        if plain and _commit(name) is not None:
            advice = f"write ./{name} for the folder, or {name}:{_USUAL} for the revision"
            raise InputError(name, "is a folder and a git revision", advice)
        return _of_folder(name, folder)
    revision, _, path = name.partition(":")
    commit = _commit(revision)
    if commit is None:
        cause = "is no folder" + (
            " and no revision of the git repository here"
            if _in_repository()
            else ", and there is no git repository here"
        )
        raise InputError(name, cause, _NAME_ONE)
    return _of_revision(name, commit, path.strip("/"), room)


def _of_folder(name: str, folder: Path) -> Version:
    shown = name.rstrip("/")
    for candidate, place in ((folder, shown), (folder / _USUAL, f"{shown}/{_USUAL}")):
        if (candidate / _ROOT).is_file():
            return _laid_out(name, place, candidate)
    raise InputError(name, f"has no {_ROOT}", _NAME_ONE)


def _laid_out(name: str, place: str, folder: Path) -> Version:
    ontology = folder.resolve()
    beside = ontology.parent
    queries, examples = beside / "queries", beside / "examples"
    complete = all((queries / part).is_dir() for part in ("prepare", "derive"))
    return Version(
        name=name,
        place=place,
        ontology=ontology,
        queries=queries if complete else None,
        examples=examples if examples.is_dir() else None,
    )


def _of_revision(name: str, commit: str, path: str, room: Path) -> Version:
    entries = _entries(name, commit)
    if path:
        ontology = path if f"{path}/{_ROOT}" in entries else f"{path}/{_USUAL}"
    else:
        roots = [str(PurePosixPath(p).parent) for p in entries if PurePosixPath(p).name == _ROOT]
        usual = [r for r in roots if r == _USUAL] or roots
        if len(usual) != 1:
            cause = f"has {len(usual)} files {_ROOT}"
            raise InputError(name, cause, f"name the folder, such as {commit[:9]}:{_USUAL}")
        ontology = usual[0]
    if f"{ontology}/{_ROOT}" not in entries and not (ontology == "." and _ROOT in entries):
        raise InputError(name, f"has no {path or '.'}/{_ROOT}", _NAME_ONE)
    parent = PurePosixPath(ontology).parent.as_posix()
    near = "" if parent == "." else parent + "/"
    wanted = tuple(f"{near}{part}/" for part in ("queries", "examples"))
    start = "" if ontology == "." else f"{ontology}/"
    chosen = {p: blob for p, blob in entries.items() if p.startswith((start, *wanted))}
    _check_paths(name, chosen)
    _write_out(name, chosen, room)
    return _laid_out(name, f"{name.partition(':')[0]}:{ontology}", room / ontology)


def _entries(name: str, commit: str) -> dict[str, str]:
    """Path to blob of every file of a revision."""
    listed = _git("ls-tree", "-r", "-z", "--full-tree", commit)
    if listed is None:
        raise InputError(name, "cannot be listed by git", "look at the repository with git fsck")
    found = {}
    for line in filter(None, listed.split(b"\0")):
        told, _, path = line.partition(b"\t")
        mode, _, blob = told.decode("ascii").split(" ")
        if mode in _FILE_MODES:
            found[path.decode("utf-8", "surrogateescape")] = blob
    return found


def _check_paths(name: str, paths: Iterable[str]) -> None:
    """Refuse a revision with a path that git would not check out: it could lead anywhere."""
    for path in paths:
        # git keeps whatever tree it is handed, and only refuses when it writes one out itself.
        parts = path.split("/")
        if "\\" in path or not _NO_NAMES.isdisjoint(part.lower() for part in parts):
            cause = f"holds the path {path!r}, which may lead out of its folder"
            raise InputError(name, cause, "do not trust this revision; look at it with git fsck")


def _write_out(name: str, blobs: dict[str, str], room: Path) -> None:
    asked = "".join(f"{blob}\n" for blob in blobs.values()).encode()
    data = _git("cat-file", "--batch", stdin=asked)
    if data is None:
        raise InputError(name, "cannot be read by git", "look at the repository with git fsck")
    place = 0
    for path in blobs:
        end = data.index(b"\n", place)
        told = data[place:end].split(b" ")
        if len(told) != 3:
            raise InputError(name, f"lacks {path}", "fetch the whole history of the repository")
        start, size = end + 1, int(told[2])
        file = room / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data[start : start + size])
        except OSError as error:  # such as a name that is a file and a folder, or is too long
            cause = f"holds {path!r}, which cannot be written out ({error.strerror})"
            raise InputError(name, cause, "look at the repository with git fsck") from None
        place = start + size + 1


def _commit(revision: str) -> str | None:
    """The commit that a name stands for, or None."""
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    return None if found is None else found.decode("ascii").strip()


def _in_repository() -> bool:
    return _git("rev-parse", "--git-dir") is not None


def _git(*arguments: str, stdin: bytes = b"") -> bytes | None:
    """What git says, or None where it refuses or is not there."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            input=stdin,
            capture_output=True,
            check=False,
            env={**os.environ, "GIT_NO_LAZY_FETCH": "1"},  # nothing is asked of the network
        )
    except (OSError, ValueError):  # no git; or a name that no program can be given
        return None
    return done.stdout if done.returncode == 0 else None
