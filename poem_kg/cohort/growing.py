"""A file that only grows, and knows the digest of what is in it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


class Growing:
    """A file that only grows, with the digest of all that is in it.

    Args:
        path: made where it is missing.
        size: what of it is kept, in bytes; the rest is cut off.

    Raises:
        OSError: the disk refuses.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115
        self._sha = hashlib.sha256()
        self.size = min(size, path.stat().st_size)
        os.truncate(path, self.size)
        with open(path, "rb") as file:
            while part := file.read(1 << 20):
                self._sha.update(part)

    @property
    def digest(self) -> str:
        """The SHA-256 of the file, in hexadecimal digits."""
        return self._sha.hexdigest()

    def write(self, data: bytes) -> None:
        """Append data, all of it.

        Raises:
            OSError: the disk is full; some of the data may be there then.
        """
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
