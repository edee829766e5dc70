"""Which names have been met before, in a few bytes each, however long they are."""

from __future__ import annotations

import hashlib
from array import array
from typing import Final

_FIRST_SIZE: Final = 1 << 12


class Seen:
    """A set of names that tells whether one is new.

    It keeps 64 bits of a hash of each, so two of a million names are taken for one once in thirty
    million runs; that costs a run that groups its input, and no advice.

    >>> seen = Seen()
    >>> [seen.add(name) for name in ("a", "b", "a")]
    [True, True, False]
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _FIRST_SIZE))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, name: str) -> bool:
        """Take a name; return whether it is new."""
        digest = hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=8).digest()
        key = int.from_bytes(digest, "big") or 1  # 0 marks a free slot
        if not self._put(key):
            return False
        self._count += 1
        if 2 * self._count > len(self._slots):
            old, self._slots = self._slots, array("Q", bytes(16 * len(self._slots)))
            for other in old:
                if other:
                    self._put(other)
        return True

    def _put(self, key: int) -> bool:
        slots = self._slots
        size = len(slots)
        place = key % size
        while slots[place]:
            if slots[place] == key:
                return False
            place = (place + 1) % size
        slots[place] = key
        return True
