"""The folder of a run under way: files that only grow, and a journal of what is safe in them.

The journal says, chunk by chunk, how long each file was when the chunk was in it, and what these
bytes and the input so far are the digest of. A run that was killed goes on from its last line;
what was written after it is cut off. Nothing bears its final name before all is done: then the
folder `out` becomes the output by one renaming.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from poem_kg.cohort.counts import Counts
from poem_kg.cohort.packing import Packed
from poem_kg.cohort.table import TableWriter, write_parquet
from poem_kg.errors import InputError

ADVICE, OPTIONS, REJECTED, MANIFEST = (
    "advice.nq.zst",
    "options.parquet",
    "rejected.jsonl",
    "manifest.json",
)
_ROWS: Final = "options.arrows"
_JOURNAL: Final = "journal.jsonl"
_SETTINGS: Final = "settings.json"
_SECONDS_BETWEEN_SYNCS: Final = 5.0


class Ledger:
    """One run under way.

    Args:
        output: what the output will be called; the run lies beside it until it is done.
        settings: what the run depends on; a run goes on with the same only.
        resume: whether an unfinished run may be there.

    Raises:
        InputError: the output is there already, or an unfinished run is, or there is none to go
            on with, or it was started with other settings, or the disk refuses.
    """

    def __init__(self, output: Path, settings: dict[str, Any], *, resume: bool) -> None:
        self.output = output
        self.folder = output.with_name(output.name + ".partial")
        self.counts = Counts()
        self.chunks = 0
        self.seconds_before = 0.0
        self._input_digest = hashlib.sha256()
        self._expected: list[tuple[int, str]] = []
        self._began = time.monotonic()
        self._synced = time.monotonic()
        self._check(resume)
        try:
            self._open(settings, resume)
        except OSError as error:
            raise self._disk(error) from None

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        for file in (self._advice, self._rejected):
            file.close()
        self._rows.close()
        self._journal.close()

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
            self._advice.write(packed.advice)
            self._rejected.write(packed.rejected)
            self._rows.write(packed.options)
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
        if counts.patients != counts.advised + counts.rejected:
            raise InputError(
                str(self.folder),
                f"{counts.patients} patients in, {counts.advised} advised and "
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
                ADVICE: "sha256:" + self._advice.digest,
                OPTIONS: "sha256:" + _digest_of(out / OPTIONS),
                REJECTED: "sha256:" + self._rejected.digest,
            },
            "inputDigest": "sha256:" + self._input_digest.hexdigest(),
            "startedAt": self.started_at,
            "seconds": round(self._seconds(), 3),
        }
        text = json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        (out / MANIFEST).write_text(text, encoding="utf-8")
        self._advice.sync()
        self._rejected.sync()
        for name in (OPTIONS, MANIFEST):
            with open(out / name, "rb") as file:
                os.fsync(file.fileno())
        os.rename(out, self.output)
        _sync_folder(self.output.parent)
        shutil.rmtree(self.folder, ignore_errors=True)
        return told

    def _check(self, resume: bool) -> None:
        again = "name another folder, or delete it"
        if self.output.exists() or self.output.is_symlink():
            if (self.output / MANIFEST).exists() and not (self.folder / "out").exists():
                # Killed between its last two steps.
                shutil.rmtree(self.folder, ignore_errors=True)
            raise InputError(str(self.output), "is already there", again)
        if not self.output.parent.is_dir():
            raise InputError(str(self.output.parent), "is no folder", "make it first")
        there = (self.folder / _SETTINGS).exists()
        if there and not resume:
            raise InputError(
                str(self.folder), "holds an unfinished run", "go on with --resume, or delete it"
            )
        if self.folder.exists() and not there:
            if (self.folder / _JOURNAL).exists():
                raise InputError(str(self.folder), "is damaged", "delete it and start anew")
            shutil.rmtree(self.folder, ignore_errors=True)

    def _open(self, settings: dict[str, Any], resume: bool) -> None:
        out = self.folder / "out"
        out.mkdir(parents=True, exist_ok=True)
        path = self.folder / _SETTINGS
        if path.exists():
            self._settings = _settings(path)
            other = {k for k, v in settings.items() if self._settings.get(k) != v}
            if other:
                raise InputError(
                    str(self.folder),
                    f"was started with another {', '.join(sorted(other))}",
                    "give the same, or delete this folder to start anew",
                )
        else:
            self._settings = {
                **settings,
                "startedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            }
            temporary = path.with_suffix(".new")
            temporary.write_text(json.dumps(self._settings), encoding="utf-8")
            os.replace(temporary, path)
        lines = _journal(self.folder / _JOURNAL)
        last = lines[-1] if lines else None
        sizes = last["sizes"] if last else {ADVICE: 0, REJECTED: 0, _ROWS: 0}
        self._advice = _Growing(out / ADVICE, sizes[ADVICE])
        self._rejected = _Growing(out / REJECTED, sizes[REJECTED])
        self._rows = TableWriter(self.folder / _ROWS, sizes[_ROWS])
        if last:
            self.counts = Counts.from_json(last["counts"])
            self.chunks = last["chunk"]
            self.seconds_before = last["seconds"]
            found = {ADVICE: self._advice.digest, REJECTED: self._rejected.digest}
            if found != last["digests"]:
                raise InputError(str(self.folder), "is damaged", "delete it and start anew")
        self._expected = [(line["chunk"], line["input"]) for line in lines]
        self._rewrite_journal(lines)

    def _rewrite_journal(self, lines: list[dict[str, Any]]) -> None:
        """The journal without a last line that was cut off."""
        path = self.folder / _JOURNAL
        temporary = path.with_suffix(".new")
        temporary.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        os.replace(temporary, path)
        self._journal = open(path, "ab", buffering=0)  # noqa: SIM115

    def _note(self) -> None:
        line = {
            "chunk": self.chunks,
            "input": self._input_digest.hexdigest(),
            "sizes": {
                ADVICE: self._advice.size,
                REJECTED: self._rejected.size,
                _ROWS: self._rows.size,
            },
            "digests": {ADVICE: self._advice.digest, REJECTED: self._rejected.digest},
            "seconds": round(self._seconds(), 3),
            "counts": self.counts.as_json(),
        }
        now = time.monotonic()
        if now - self._synced > _SECONDS_BETWEEN_SYNCS:
            self._synced = now
            self._advice.sync()
            self._rejected.sync()
            self._rows.sync()
        self._journal.write(json.dumps(line).encode() + b"\n")

    def _read(self, data: Iterable[bytes]) -> None:
        for block in data:
            self._input_digest.update(hashlib.sha256(block).digest())

    def _seconds(self) -> float:
        return self.seconds_before + time.monotonic() - self._began

    def _disk(self, error: OSError) -> InputError:
        reason = error.strerror or str(error)
        return InputError(
            str(error.filename or self.folder),
            f"cannot be written ({reason})",
            "make room, then go on with --resume",
        )


class _Growing:
    """A file that only grows, with the digest of all that is in it.

    Args:
        path: made where it is missing.
        size: what of it is kept; the rest is cut off.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115
        self._sha = hashlib.sha256()
        os.truncate(path, min(size, path.stat().st_size))
        with open(path, "rb") as file:
            while part := file.read(1 << 20):
                self._sha.update(part)
        self.size = path.stat().st_size

    @property
    def digest(self) -> str:
        """The SHA-256 of the file, in hexadecimal digits."""
        return self._sha.hexdigest()

    def write(self, data: bytes) -> None:
        """Append data, all of it."""
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]
        self._sha.update(data)
        self.size += len(data)

    def sync(self) -> None:
        """Have the system put it on the disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _settings(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = None
    if not isinstance(told, dict):
        raise InputError(str(path.parent), "is damaged", "delete it and start anew")
    return told


def _journal(path: Path) -> list[dict[str, Any]]:
    """The lines that were written whole."""
    if not path.exists():
        return []
    lines = []
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            lines.append(json.loads(line))
        except ValueError:
            break
    return lines


def _digest_of(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
