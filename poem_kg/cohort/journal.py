"""The journal of a run under way: a line for each chunk that was written whole."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Final

_DIGITS: Final = 16


class Journal:
    """A file of lines, each with a digest of its own.

    Lines are read up to the first that was cut off or damaged; what stood after it is dropped, so
    that the run does that part again.

    Args:
        path: made where it is missing.

    Attributes:
        lines: what an earlier run has written, in its order.

    Raises:
        OSError: the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self.lines = _read(path)
        temporary = path.with_suffix(".new")
        temporary.write_bytes(b"".join(_line(told) for told in self.lines))
        os.replace(temporary, path)
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115

    def add(self, told: dict[str, Any]) -> None:
        """Append a line.

        Raises:
            OSError: the disk is full.
        """
        view = memoryview(_line(told))
        while view:
            view = view[self._file.write(view) or 0 :]

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _line(told: dict[str, Any]) -> bytes:
    text = json.dumps(told).encode()
    return b"%s %s\n" % (_digest(text), text)


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_DIGITS].encode()


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    lines = []
    for line in path.read_bytes().split(b"\n")[:-1]:
        digest, _, text = line.partition(b" ")
        if digest != _digest(text):
            break
        lines.append(json.loads(text))
    return lines
