"""A digest of the advice for a cohort that does not depend on the order of the patients.

Runners hand out work in different orders and put it in different files. What must be equal is the
set of conclusions, so this is what the digest is of.
"""

from __future__ import annotations

import hashlib
from typing import Final

_MODULUS: Final = 1 << 256
_PREFIX: Final = "sum-sha256:"


class AdviceDigest:
    """The sum, modulo 2^256, of the SHA-256 of each patient's advice.

    It is the same for every order and every grouping of the same patients, needs 32 bytes however
    many there are, and a patient counted twice or left out changes it. It tells runs apart; it is
    no seal against somebody who forges advice, which the digests of the files are.

    >>> one, other = AdviceDigest(), AdviceDigest()
    >>> one.add(b"a"); one.add(b"b"); other.add(b"b")
    >>> other.merge(AdviceDigest.of(b"a"))
    >>> str(one) == str(other)
    True
    """

    __slots__ = ("_total",)

    def __init__(self) -> None:
        self._total = 0

    @classmethod
    def of(cls, advice: bytes) -> AdviceDigest:
        """Return the digest of one patient's advice."""
        digest = cls()
        digest.add(advice)
        return digest

    @classmethod
    def parse(cls, text: str) -> AdviceDigest:
        """Return the digest that `str` wrote.

        Raises:
            ValueError: the text is none.
        """
        if not text.startswith(_PREFIX):
            raise ValueError(f"{text!r} does not begin with {_PREFIX}")
        digest = cls()
        digest._total = int(text.removeprefix(_PREFIX), 16) % _MODULUS
        return digest

    def add(self, advice: bytes) -> None:
        """Count in the advice for one patient, the bytes of its N-Quads; empty advice is none."""
        if advice:
            sha = hashlib.sha256(advice).digest()
            self._total = (self._total + int.from_bytes(sha, "big")) % _MODULUS

    def merge(self, other: AdviceDigest) -> None:
        """Count in what another digest has counted."""
        self._total = (self._total + other._total) % _MODULUS

    def __str__(self) -> str:
        return f"{_PREFIX}{self._total:064x}"
