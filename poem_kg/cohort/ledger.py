"""The folder of a run under way: files that only grow, and a journal of what is safe in them.

The journal says, chunk by chunk, how long each file was when the chunk was in it, and what these
bytes and the input so far are the digest of. A run that was killed goes on from its last line;
what was written after it is cut off. Nothing bears its final name before all is done: then the
folder `out` becomes the output by one renaming.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

from poem_kg.cohort.counts import Counts
from poem_kg.cohort.growing import Growing
from poem_kg.cohort.journal import Journal
from poem_kg.cohort.packing import Packed
from poem_kg.cohort.table import rows_as_bytes, write_parquet
from poem_kg.cohort.working import (
    ADVICE,
    JOURNAL,
    MANIFEST,
    OPTIONS,
    REJECTED,
    SETTINGS,
    read_settings,
    working_folder,
)
from poem_kg.errors import InputError

_ROWS: Final = "options.arrows"
_LOCK: Final = "lock"
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SECONDS_BETWEEN_SYNCS: Final = 5.0


class Ledger:
    """One run under way.

    Args:
        output: what the output will be called; the run lies beside it until it is done.
        settings: what the run depends on; a run goes on with the same only.
        resume: whether an unfinished run may be there.

    Raises:
        InputError: the output is there already, or an unfinished run is that was not to be gone
            on with, that goes on elsewhere, is damaged or was started with other settings, or the
            disk refuses.
    """

    def __init__(self, output: Path, settings: dict[str, Any], *, resume: bool) -> None:
        self.output = output
        self.folder = working_folder(output)
        self.counts = Counts()
        self.chunks = 0
        self.seconds_before = 0.0
        self._patients_in = 0
        self._input_digest = hashlib.sha256()
        self._expected: list[tuple[int, str]] = []
        self._began = time.monotonic()
        self._synced = time.monotonic()
        with ExitStack() as opened:
            try:
                self._check(resume)
                self._lock(opened)
                self._open(settings, opened)
            except OSError as error:
                raise self._disk(error) from None
            self._opened = opened.pop_all()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @property
    def started_at(self) -> str:
        """When the run was first started, by the clock of that machine."""
        return str(self._settings["startedAt"])

    def passed(self, data: Iterable[bytes]) -> None:
        """Take note of the input of a chunk that an earlier run has written already.

        Raises:
            InputError: it is not the input that the earlier run had.
        """
        self._read(data)
        chunk, digest = self._expected.pop(0)
        if self._input_digest.hexdigest() != digest:
            raise InputError(
                str(self.folder),
                f"was started with another input (chunk {chunk} differs)",
                "give the same input, or delete this folder to start anew",
            )

    @property
    def ahead(self) -> int:
        """How many chunks an earlier run has written and this one has not yet passed."""
        return len(self._expected)

    def write(self, data: Iterable[bytes], packed: Packed) -> None:
        """Add a chunk.

        Args:
            data: the input of the chunk.
            packed: what came of it.

        Raises:
            InputError: the disk is full or gone; what was written before is kept.
        """
        self._read(data)
        try:
            self._files[ADVICE].write(packed.advice)
            self._files[REJECTED].write(packed.rejected)
            self._files[_ROWS].write(rows_as_bytes(packed.options))
            self.counts.merge(packed.counts)
            self.chunks += 1
            self._note()
        except OSError as error:
            raise self._disk(error) from None

    def finish(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """Give the output its final name, and return its manifest.

        Args:
            manifest: what it tells besides counts, digests and time.

        Raises:
            InputError: patients are missing in the counts, or the disk refuses.
        """
        counts = self.counts
        if not self._patients_in == counts.patients == counts.advised + counts.rejected:
            raise InputError(
                str(self.folder),
                f"{self._patients_in} patients in, {counts.advised} advised and "
                f"{counts.rejected} rejected",
                "report this as a defect; nothing was given its final name",
            )
        try:
            return self._finish(manifest)
        except OSError as error:
            raise self._disk(error) from None

    def _finish(self, manifest: dict[str, Any]) -> dict[str, Any]:
        out = self.folder / "out"
        write_parquet(self.folder / _ROWS, out / OPTIONS)
        told = {
            **manifest,
            "counts": {**self.counts.as_json(), **manifest.get("counts", {})},
            "digests": {
                ADVICE: "sha256:" + self._files[ADVICE].digest,
                OPTIONS: "sha256:" + _digest_of(out / OPTIONS),
                REJECTED: "sha256:" + self._files[REJECTED].digest,
            },
            "inputDigest": "sha256:" + self._input_digest.hexdigest(),
            "startedAt": self.started_at,
            "seconds": round(self._seconds(), 3),
        }
        text = json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        (out / MANIFEST).write_text(text, encoding="utf-8")
        for file in self._files.values():
            file.sync()
        for name in (OPTIONS, MANIFEST):
            with open(out / name, "rb") as written:
                os.fsync(written.fileno())
        os.rename(out, self.output)
        _sync_folder(self.output.parent)
        shutil.rmtree(self.folder, ignore_errors=True)
        return told

    def _check(self, resume: bool) -> None:
        again = "name another folder, or delete it"
        if self.output.exists() or self.output.is_symlink():
            raise InputError(str(self.output), "is already there", again)
        if not self.output.parent.is_dir():
            raise InputError(str(self.output.parent), "is no folder", "make it first")
        there = (self.folder / SETTINGS).exists()
        if there and not resume:
            raise InputError(
                str(self.folder), "holds an unfinished run", "go on with --resume, or delete it"
            )
        if self.folder.exists() and not there:
            if (self.folder / JOURNAL).exists():
                raise InputError(str(self.folder), "is damaged", "delete it and start anew")
            shutil.rmtree(self.folder, ignore_errors=True)

    def _lock(self, opened: ExitStack) -> None:
        """Keep others away from the folder; a lock that no worker inherits and no kill leaves."""
        (self.folder / "out").mkdir(parents=True, exist_ok=True)
        file = opened.enter_context(open(self.folder / _LOCK, "wb"))  # noqa: SIM115
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                return  # a file system without locks
            raise InputError(
                str(self.folder), "is being written by another run", "wait for it, or stop it"
            ) from None

    def _open(self, settings: dict[str, Any], opened: ExitStack) -> None:
        self._settings = self._agreed(settings)
        self._journal = opened.enter_context(closing(Journal(self.folder / JOURNAL)))
        lines = self._journal.lines
        last = lines[-1] if lines else {"sizes": {}, "digests": {}}
        self._files = {}
        for name in (ADVICE, REJECTED, _ROWS):
            path = self.folder / (name if name == _ROWS else f"out/{name}")
            file = opened.enter_context(closing(Growing(path, last["sizes"].get(name, 0))))
            if lines and file.digest != last["digests"][name]:
                raise InputError(str(path), "is damaged", "delete its folder and start anew")
            self._files[name] = file
        if lines:
            self.counts = Counts.from_json(last["counts"])
            self.chunks = last["chunk"]
            self.seconds_before = last["seconds"]
        self._expected = [(line["chunk"], line["input"]) for line in lines]

    def _agreed(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The settings of the run, those of an earlier start where there was one."""
        path = self.folder / SETTINGS
        if path.exists():
            told = read_settings(path)
            other = {k for k, v in settings.items() if told.get(k) != v}
            if other:
                raise InputError(
                    str(self.folder),
                    f"was started with another {', '.join(sorted(other))}",
                    "give the same, or delete this folder to start anew",
                )
            return told
        told = {**settings, "startedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps(told), encoding="utf-8")
        os.replace(temporary, path)
        return told

    def _note(self) -> None:
        now = time.monotonic()
        if now - self._synced > _SECONDS_BETWEEN_SYNCS:
            self._synced = now
            for file in self._files.values():
                file.sync()
        self._journal.add(
            {
                "chunk": self.chunks,
                "input": self._input_digest.hexdigest(),
                "sizes": {name: file.size for name, file in self._files.items()},
                "digests": {name: file.digest for name, file in self._files.items()},
                "seconds": round(self._seconds(), 3),
                "counts": self.counts.as_json(),
            }
        )

    def _read(self, data: Iterable[bytes]) -> None:
        for block in data:
            self._patients_in += 1
            self._input_digest.update(hashlib.sha256(block).digest())

    def _seconds(self) -> float:
        return self.seconds_before + time.monotonic() - self._began

    def _disk(self, error: OSError) -> InputError:
        reason = error.strerror or str(error)
        advice = "check that the folder is there and may be written"
        if error.errno in _FULL or any(os.strerror(code) in reason for code in _FULL):
            advice = "make room, then go on with --resume"
        where = str(error.filename or self.folder)
        return InputError(where, f"cannot be written ({reason})", advice)


def _digest_of(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
