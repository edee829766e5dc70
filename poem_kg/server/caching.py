"""Answers that stay the same as long as the knowledge does, kept by the listener."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from poem_kg.service.model import Answer, Call

_KEPT: Final = ("document", "page", "query")
_LARGEST: Final = 1_000_000
_SLOT: Final = 1_000
"""What an entry takes beside its body, in bytes, and the most that a client may make it take."""

_Key = tuple[str, str, str, str, tuple[tuple[str, str], ...]]


class Cache:
    """The answers asked for last.

    Args:
        most: how many bytes it may hold.
    """

    def __init__(self, most: int = 64_000_000) -> None:
        self._most = most
        self._held = 0
        self._answers: OrderedDict[_Key, Answer] = OrderedDict()

    def get(self, edition: str, call: Call) -> Answer | None:
        """Return the answer that an edition of the knowledge gave to a call, or None."""
        if call.private:
            # The key holds no body: a form that is sent is not the empty one of the same path.
            return None
        key = _key(edition, call)
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, edition: str, call: Call, answer: Answer) -> None:
        """Keep an answer, where it is one that would be the same the next time."""
        size = len(answer.body) + _SLOT
        sent = sum(len(name) + len(value) for name, value in call.parameters)
        fits = size <= _LARGEST and len(call.accept) + len(call.path) + sent < _SLOT
        if call.private or call.kind not in _KEPT or answer.status >= 400 or not fits:
            return
        key = _key(edition, call)
        if key not in self._answers:
            self._answers[key] = answer
            self._held += size
        while self._held > self._most:
            _, old = self._answers.popitem(last=False)
            self._held -= len(old.body) + _SLOT


def is_unchanged(known: str, answer: Answer) -> bool:
    """Tell whether a client has the answer already (RFC 9110, section 13.1.2).

    Args:
        known: the header If-None-Match.
        answer: the answer with its ETag.
    """
    tag = dict(answer.headers).get("ETag")
    if not known or tag is None or answer.status != 200:
        return False
    return any(part.strip().removeprefix("W/") in (tag, "*") for part in known.split(","))


def _key(edition: str, call: Call) -> _Key:
    return edition, call.kind, call.path, call.accept, call.parameters
