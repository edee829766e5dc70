"""From a stream of N-Triples or N-Quads to one block of lines a patient, in constant memory.

A block is what stands together in the input. In N-Quads it is a run of lines of one graph. In
N-Triples, and in the default graph of N-Quads, each line that types a patient begins a block, if
the first line of the input is one. If it is not, a block ends at the first line about a node that
nothing before it in the block has named and that does not name what is in it, once the block has
named its patient, so that records may come before the patient; blocks that share a node are then
refused. Nodes that do not hang together with the patient of their block, and do not bear its name
either, are told as strays: they may be a mistake in that patient, or show that patients are not
kept together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from poem_kg.cohort.model import Block
from poem_kg.errors import InputError
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.namespaces import POEMKG, RDF

TYPE: Final = f"<{RDF}type>".encode()
PATIENT: Final = f"<{POEMKG}Patient>".encode()
_IS_PATIENT: Final = b" " + TYPE + b" " + PATIENT
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
        NotTogether: patients share a block.
    """
    for found in _runs(lines, name=name, quads=quads, limits=limits):
        yield found.finished()


def _runs(lines: Iterable[bytes], *, name: str, quads: bool, limits: Limits) -> Iterator[_Block]:
    current: _Block | None = None
    previous: _Block | None = None
    typed_first = False
    last = b""
    for number, line in enumerate(lines, start=1):
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        subject, _, rest = line.partition(b" ")
        if subject == last and current is not None and not quads and rest:
            current.add(line, subject, rest)
            continue
        if not rest or not subject.startswith((b"<", b"_:")) or b"\t" in subject:
            line = _respaced(line)
            if not line:
                continue
            subject, _, rest = line.partition(b" ")
        graph = _graph(line, current.graph if current else b"") if quads else b""
        if current is None:
            typed_first = rest.startswith(_IS_PATIENT[1:])
        if current is None or not current.takes(subject, graph, rest, typed_first):
            if current is not None:
                if not typed_first and previous is not None:
                    current.check_apart(previous)
                yield current
            previous, current = current, _Block(name, number, graph, limits.body_bytes)
        last = subject
        current.add(line, subject, rest)
    if current is not None:
        if not typed_first and previous is not None:
            current.check_apart(previous)
        yield current


def patient_of(block: Block) -> str:
    """Return the IRI that a block seems to call its patient, or what else names it.

    Nothing is parsed, so that it can be asked of a block that no parser survives.
    """
    place = block.data.find(_IS_PATIENT)
    if place >= 0:
        start = block.data.rfind(b"\n", 0, place) + 1
        subject = block.data[start:place]
        if subject.startswith(b"<") and subject.endswith(b">"):
            return subject[1:-1].decode(errors="replace")
    return block.graph or block.name


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

    @property
    def where(self) -> str:
        """`FILE:LINE` of the first line."""
        return f"{self._name}:{self._first_line}"

    @property
    def described(self) -> set[bytes]:
        """The nodes that the lines are about."""
        return set(self._links)

    @property
    def nodes(self) -> set[bytes]:
        """The nodes that the lines are about or name."""
        return self._links.keys() | self._named

    def takes(self, subject: bytes, graph: bytes, rest: bytes, typed_first: bool) -> bool:
        """Return whether a line about another node than the one before belongs here.

        Args:
            subject: the node.
            graph: the graph that the line names.
            rest: what follows the node.
            typed_first: whether each patient begins with the line that types it.
        """
        if graph or self.graph:
            return graph == self.graph
        if not self._patients or not subject.startswith((b"<", b"_:")):
            return True
        if typed_first:
            return subject in self._patients or not rest.startswith(_IS_PATIENT[1:])
        if subject in self._links or subject in self._named or subject.startswith(_OURS):
            return True
        value = rest.partition(b" ")[2].partition(b" ")[0]
        return value in self._links or any(subject.startswith(_under(p)) for p in self._patients)

    def check_apart(self, previous: _Block) -> None:
        """Refuse a block that shares a node with the one before: whose lines are whose is unsure.

        Raises:
            NotTogether: a node that is described there is described or named here.
        """
        if self.graph or previous.graph:
            return
        shared = self.nodes & previous.described
        if shared:
            found = min(shared).decode(errors="replace")
            cause = f"{found} is also described with the patient before"
            raise NotTogether(self.where, cause, _GROUP)

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
        """Return the block, if it is that of one patient."""
        strays: set[bytes] = set()
        if not self.graph and self._size <= self._most_bytes:
            strays = self._strays()
        return Block(
            name=self.where,
            data=b"".join(self._lines),
            graph=self.graph.decode(errors="replace")[1:-1] or None,
            strays=tuple(sorted(strays)),
        )

    def _strays(self) -> set[bytes]:
        """The nodes that no chain of triples leads to from the patient, under names of others."""
        if not self._patients:
            return set()  # nobody's lines: refused as a block without a patient
        if len(self._patients) > 1:
            raise NotTogether(self.where, "holds several patients that share nodes", _GROUP)
        reached = set(self._patients)
        waiting = list(reached)
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
        (patient,) = self._patients
        own = _under(patient)
        return {
            node
            for node in self._links.keys() - reached
            if not node.startswith(own) and not node.startswith(_OURS)
        }


def _under(node: bytes) -> tuple[bytes, ...]:
    """How IRIs begin that go on where the IRI of a node ends."""
    return tuple(node[:-1] + mark for mark in (b"/", b"#", b":", b"-", b"_", b"."))


def check_strays(lines: Iterable[bytes], strays: Mapping[bytes, str], *, name: str) -> None:
    """Refuse an input in which a stray node of one block is named in another.

    Args:
        lines: the input once more.
        strays: each stray node of any block, to the name of that block.
        name: what messages call the input.

    Raises:
        NotTogether: a node is named in another block as well.
    """
    for block in _runs(lines, name=name, quads=False, limits=DEFAULT_LIMITS):
        for node in block.nodes & strays.keys():
            if strays[node] != block.where:
                found = node.decode(errors="replace")
                cause = f"{found} is named at {block.where} as well"
                raise NotTogether(strays[node], cause, _GROUP)


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
