"""From a stream of N-Triples or N-Quads to one block of lines a patient, in constant memory.

A block is what stands together in the input. In N-Quads it is a run of lines of one graph. In
N-Triples, and in the default graph of N-Quads, it ends at the first line about a node that nothing
before it in the block has named, once the block has named its patient; so records may come before
or after the patient. A block all of whose nodes hang together with its patient is taken as it is;
one that does not shows that the patients are not kept together, and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from poem_kg.cohort.model import Block
from poem_kg.errors import InputError
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.namespaces import POEMKG, RDF

TYPE: Final = f"<{RDF}type>".encode()
PATIENT: Final = f"<{POEMKG}Patient>".encode()
_OURS: Final = f"<{POEMKG}".encode()
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_NODE: Final = rb"<[^>]*+>|_:[^\s<\"]*[^\s<\".]"
_QUAD: Final = re.compile(
    rb"(?:" + _NODE + rb")\s+<[^>]*+>\s*"
    rb"(?:" + _NODE + rb"|\"(?:[^\"\\]++|\\.)*+\"(?:@[\w-]+|\^\^<[^>]*+>)?)\s*"
    rb"(" + _NODE + rb")?\s*\."
)
_GROUP: Final = "put the lines of each patient together, or give --group"


class NotTogether(InputError):
    """The lines of a patient do not stand together, so they have to be grouped first."""


def blocks_of_lines(
    lines: Iterable[bytes], *, name: str, quads: bool, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Block]:
    """Yield a block for each patient, in the order of the input.

    Nothing is judged here but where a block begins and ends; a line that is no N-Triples becomes
    part of a block and is found there. A block past `limits.body_bytes` keeps its first lines
    only, just enough to be refused for its size.

    Args:
        lines: the input, each line with its line feed.
        name: what messages call the input.
        quads: whether a line may name a graph.
        limits: `body_bytes` holds here.

    Raises:
        NotTogether: a block has no patient of its own, or nodes that do not belong to it.
    """
    current: _Block | None = None
    for number, line in enumerate(lines, start=1):
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        subject, _, rest = line.partition(b" ")
        if not rest or not subject.startswith((b"<", b"_:")) or b"\t" in subject:
            line = _respaced(line)
            if not line:
                continue
            subject, _, rest = line.partition(b" ")
        graph = _graph(line, current.graph if current else b"") if quads else b""
        if current is None or not current.takes(subject, graph):
            if current is not None:
                yield current.finished()
            current = _Block(name, number, graph, limits.body_bytes)
        current.add(line, subject, rest)
    if current is not None:
        yield current.finished()


class _Block:
    """A block under way: its lines, the nodes it speaks about, and those it names."""

    def __init__(self, name: str, first_line: int, graph: bytes, most_bytes: int) -> None:
        self._name = name
        self._first_line = first_line
        self.graph = graph
        self._most_bytes = most_bytes
        self._lines: list[bytes] = []
        self._size = 0
        self._links: dict[bytes, set[bytes]] = {}
        self._named: set[bytes] = set()
        self._patients: set[bytes] = set()

    def takes(self, subject: bytes, graph: bytes) -> bool:
        """Return whether a line about a node belongs here."""
        if graph or self.graph:
            return graph == self.graph
        if not self._patients or not subject.startswith((b"<", b"_:")):
            return True
        return subject in self._links or subject in self._named

    def add(self, line: bytes, subject: bytes, rest: bytes) -> None:
        """Take a line."""
        if self._size > self._most_bytes:
            return
        self._size += len(line)
        self._lines.append(line)
        if self.graph or not subject.startswith((b"<", b"_:")):
            return
        links = self._links.get(subject)
        if links is None:
            links = self._links[subject] = set()
        predicate, _, tail = rest.partition(b" ")
        if tail.startswith((b"<", b"_:")):
            value = tail.partition(b" ")[0]
            if predicate == TYPE:
                if value == PATIENT:
                    self._patients.add(subject)
            elif not value.startswith(_OURS):
                links.add(value)
                self._named.add(value)

    def finished(self) -> Block:
        """Return the block, if its nodes hang together."""
        where = f"{self._name}:{self._first_line}"
        if not self.graph and self._size <= self._most_bytes:
            self._check_links(where)
        graph = self.graph.decode(errors="replace")
        return Block(name=where, data=b"".join(self._lines), graph=graph[1:-1] or None)

    def _check_links(self, where: str) -> None:
        if len(self._patients) != 1:
            if not self._patients:
                return  # the rest of an input, or none at all: refused as a block without patient
            raise NotTogether(where, "holds several patients that share nodes", _GROUP)
        ((first),) = self._patients
        reached = {first}
        waiting = [first]
        back: dict[bytes, list[bytes]] = {}
        for subject, links in self._links.items():
            for value in links:
                back.setdefault(value, []).append(subject)
        while waiting:
            node = waiting.pop()
            for other in (*self._links.get(node, ()), *back.get(node, ())):
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
        stray = self._links.keys() - reached
        if stray:
            found = min(stray).decode(errors="replace")
            raise NotTogether(
                where, f"{found} does not belong to the patient it stands with", _GROUP
            )


def _respaced(line: bytes) -> bytes:
    """A line with single spaces between its terms; empty for a comment or an empty line.

    Only whitespace before the object changes, so no literal does.
    """
    parts = line.split(None, 2)
    if not parts or parts[0].startswith(b"#"):
        return b""
    return b" ".join(parts)


def _graph(line: bytes, current: bytes) -> bytes:
    """The graph that a line of N-Quads names, or nothing; that of the block for a broken line."""
    if current and line.endswith(current + b" .\n"):
        # The same as before, unless what looks like the graph is the object.
        head = line[: -len(current) - 4]
        if head.count(b" ") >= 2:
            return current
    match = _QUAD.match(line)
    return (match[1] or b"") if match else current
