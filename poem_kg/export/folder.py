"""The folder of an export: it holds the files of one run.

A file of the name of one that is written is replaced; any other that no export wrote is kept.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from poem_kg.errors import InputError
from poem_kg.export.columns import TABLES
from poem_kg.export.formats import DATASETS, FILE_SUFFIXES
from poem_kg.export.nanopubs import FILE as NANOPUBS
from poem_kg.export.tables import OPTIONS_FILE
from poem_kg.serialise import write_atomically

SUMS: Final = "SHA256SUMS"
"""The name of the file with the checksums of the others, as `sha256sum --check` reads it."""
DESCRIPTION: Final = "void.ttl"
"""The name of the file that tells what the others are; every export has it."""
METADATA: Final = "csv-metadata.json"
"""The name of the file that tells what the columns of the tables mean."""
WRITTEN: Final = frozenset(
    [name + suffix for name in DATASETS for suffix in FILE_SUFFIXES.values()]
    + [f"{table.name}.csv" for tables in TABLES.values() for table in tables]
    + [OPTIONS_FILE, NANOPUBS, METADATA, DESCRIPTION, SUMS]
)
"""The names of all files that an export may write; of others none is ever taken away."""

_SUM: Final = re.compile(r"([0-9a-f]{64})  (.+)")
_BEGUN: Final = re.compile(r"\.(.+)\.[a-z0-9_]{8}")
"""A file that `write_atomically` had begun when it was killed."""
_ELSEWHERE: Final = "name another folder, or take it away"


def checksums(files: Mapping[str, bytes]) -> bytes:
    """Return the SHA-256 of each file, in the form that `sha256sum --check` reads."""
    lines = (f"{_digest(files[name])}  {name}\n" for name in sorted(files))
    return "".join(lines).encode()


def check_place(folder: Path) -> None:
    """Refuse a folder that is not there and cannot be made.

    Raises:
        InputError: there is no folder to make it in.
    """
    if not os.path.isdir(folder.parent):
        raise InputError(str(folder.parent), "is no folder", "make it first")


def write_export(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    tell: Callable[[str], None] = lambda line: None,
) -> tuple[Path, ...]:
    """Write the files of an export and their sums; return the paths in the order of writing.

    What an earlier export wrote there and this one does not is taken away. While `SHA256SUMS` is
    there and fits, the files of the folder are those of one export, also when the writing was
    stopped: the description is written first, and it is another whenever the files are others, so
    earlier sums no longer fit; the new sums are written last.

    Args:
        folder: where to write; it is made if its parent is there.
        files: name to content; among them `DESCRIPTION`, which names the others.
        tell: called with a line for people for each file that is taken away.

    Raises:
        InputError: the folder holds a file that no earlier export wrote, or that was changed
            since, and nothing was written; or something cannot be made, read, written or removed.
    """
    order = [DESCRIPTION, *(name for name in files if name != DESCRIPTION), SUMS]
    content = {**files, SUMS: checksums(files)}
    leaving = _leaving(folder, frozenset(order))
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(
            str(folder), f"cannot be made ({error.strerror})", "choose another place"
        ) from None
    for name in order[:-1]:
        write_atomically(folder / name, content[name])
    for path in leaving:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise InputError(
                str(path), f"cannot be removed ({error.strerror})", _ELSEWHERE
            ) from None
        tell(f"{path}: removed, an earlier export wrote it and this one does not")
    write_atomically(folder / SUMS, content[SUMS])
    return tuple(folder / name for name in order)


def _leaving(folder: Path, writing: frozenset[str]) -> tuple[Path, ...]:
    """The files of earlier exports that this one does not write, sorted."""
    if not os.path.isdir(folder):
        return ()
    try:
        there = sorted(folder.iterdir())
        listed = _listed(folder / SUMS)
        found = []
        for path in there:
            begun = _BEGUN.fullmatch(path.name)
            if path.name in writing:
                if path.is_dir():
                    raise InputError(str(path), "is a folder", _ELSEWHERE)
            elif begun and begun[1] in WRITTEN:
                found.append(path)
            elif path.is_dir() or path.name.startswith("."):
                continue  # an export writes neither
            elif path.name not in listed:
                raise InputError(str(path), f"is in no {SUMS} of an earlier export", _ELSEWHERE)
            elif _digest(path.read_bytes()) != listed[path.name]:
                raise InputError(
                    str(path), "was changed since an earlier export wrote it", _ELSEWHERE
                )
            else:
                found.append(path)
    except OSError as error:
        where = str(error.filename or folder)
        raise InputError(where, f"cannot be read ({error.strerror})", _ELSEWHERE) from None
    return tuple(found)


def _listed(sums: Path) -> Mapping[str, str]:
    """The files of an earlier export and their digests; none where the sums are not of one."""
    if not sums.is_file():
        return {}
    lines = sums.read_bytes().decode("utf-8", "replace").splitlines()
    found = {match[2]: match[1] for line in lines if (match := _SUM.fullmatch(line))}
    return {name: found[name] for name in WRITTEN & found.keys()} if DESCRIPTION in found else {}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
