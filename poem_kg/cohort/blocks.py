"""From a stream of N-Triples or N-Quads to one block of lines a patient, in constant memory.

A block is what stands together in the input. In N-Quads it is a run of lines of one graph. In
N-Triples, and in the default graph of N-Quads, each line that types a patient begins a block, if
the first line of the input is one. If it is not, a block ends at the first line about a node that
nothing before it in the block has named and that does not name what is in it, once the block has
named its patient, so that records may come before the patient; blocks that share a node are then
refused. Nodes that do not hang together
with the patient of their block, and do not bear its name either, are told as strays, and nodes that
the patient links to but its block does not describe as missing: they may be a mistake in that
patient, or show that patients are not kept together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from poem_kg.cohort.model import Block, PatientResult
from poem_kg.errors import InputError
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.model import Finding
from poem_kg.namespaces import BASE, POEMKG, RDF, SHAPES

TYPE: Final = f"<{RDF}type>".encode()
PATIENT: Final = f"<{POEMKG}Patient>".encode()
_OURS: Final = f"<{BASE}".encode()
_OUR_WORDS: Final = f"<{POEMKG}".encode()
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_NODE: Final = rb"<[^>\n]*+>|_:[^\s<\"]*[^\s<\".]"
_LINE: Final = re.compile(rb"\s*+(" + _NODE + rb")\s*+(<[^>]*+>)\s*+(.*)\Z", re.DOTALL)
_START: Final = re.compile(_NODE)
_IS_PATIENT: Final = re.compile(
    rb"^[ \t]*+(%s)\s*+%s\s*+%s" % (_NODE, re.escape(TYPE), re.escape(PATIENT)), re.MULTILINE
)
_QUAD: Final = re.compile(
    rb"\s*+(?:" + _NODE + rb")\s*+<[^>]*+>\s*+"
    rb"(?:" + _NODE + rb"|\"(?:[^\"\\]++|\\.)*+\"(?:@[\w-]+|\^\^<[^>]*+>)?)\s*+"
    rb"(" + _NODE + rb")?\s*\."
)
_ESCAPE: Final = re.compile(rb"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_PREDICATES_KEPT: Final = 1000
_BEGINS_A_VALUE: Final = (b"<", b'"', b"_")
_GROUP: Final = "put the lines of each patient together, or give --group"
_UNNAMED_AT_MOST: Final = 10
"""How many times the largest patient the lines before a patient may come to."""


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
    before = last = b"\n"  # no subject is called so
    predicates: set[bytes] = set()
    for number, line in enumerate(lines, start=1):
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        parts = line.split(b" ", 2)
        if (
            len(parts) == 3
            and (parts[0] == before or _plain(parts[0]))
            and (parts[1] in predicates or _plain(parts[1]))
            and parts[2][:1] in _BEGINS_A_VALUE
        ):
            # As good writers write. Most lines are like the one before in this.
            before = parts[0]
            if len(predicates) < _PREDICATES_KEPT:
                predicates.add(parts[1])
        else:
            terms = _terms(line)
            if terms is None:
                continue
            parts = terms
        subject, predicate, rest = parts
        if not quads and subject == last and current is not None:
            current.add(line, subject, predicate, rest)
            continue
        last = subject
        graph = _graph(line, rest, current.graph if current else b"") if quads else b""
        if current is None:
            typed_first = _types_a_patient(predicate, rest)
        if current is None or not current.takes(parts, graph, typed_first):
            if current is not None:
                current.check_apart(previous, typed_first)
                yield current
            previous, current = current, _Block(name, number, graph, limits.body_bytes)
        current.add(line, subject, predicate, rest)
    if current is not None:
        current.check_apart(previous, typed_first)
        yield current


def patient_of(block: Block) -> str:
    """Return the IRI that a block seems to call its patient, or what else names it.

    Nothing is parsed, so that it can be asked of a block that no parser survives.
    """
    for found in _IS_PATIENT.finditer(block.data):
        if found[1].startswith(b"<"):
            return _unescaped(found[1])[1:-1].decode(errors="replace")
    return block.graph or block.name


def without_advice(block: Block, message: str) -> PatientResult:
    """Return the result for a block that nobody can advise on, with the one line that says why."""
    patient = patient_of(block)
    finding = Finding(
        focus=patient,
        path=None,
        value=None,
        severity="Violation",
        message=message,
        shape=SHAPES + "usable",
    )
    return PatientResult(patient=patient, findings=(finding,))


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
        self._expected: set[bytes] = set()
        self._patients: set[bytes] = set()
        self.own_strays: set[bytes] = set()
        """Once finished: nodes that no chain leads to, under names like that of the patient."""

    @property
    def where(self) -> str:
        """`FILE:LINE` of the first line."""
        return f"{self._name}:{self._first_line}"

    def described(self) -> set[bytes]:
        """Return the nodes that the lines are about."""
        return set(self._links)

    def nodes(self) -> set[bytes]:
        """Return the nodes that the lines are about or name."""
        return self._links.keys() | self._named

    def takes(self, parts: Sequence[bytes], graph: bytes, typed_first: bool) -> bool:
        """Return whether a line about another node than the one before belongs here.

        Args:
            parts: the node, the predicate and the rest of the line; empty for a broken line.
            graph: the graph that the line names.
            typed_first: whether each patient begins with the line that types it.
        """
        if graph or self.graph:
            return graph == self.graph
        subject, predicate, rest = parts
        if not self._patients or not subject:
            return True
        if typed_first:
            return subject in self._patients or not _types_a_patient(predicate, rest)
        # What is said of a word of ours is wrong wherever it stands, and begins no patient.
        if subject in self._links or subject in self._named or subject.startswith(_OURS):
            return True
        under = any(subject.startswith(_under(patient)) for patient in self._patients)
        return under or _node(rest) in self._links

    def check_apart(self, previous: _Block | None, typed_first: bool) -> None:
        """Refuse a block of which some lines seem to stand in the one before.

        Raises:
            NotTogether: a node that is named here is described there, and here it is not.
        """
        if previous is None or self.graph or previous.graph:
            return
        if typed_first:
            shared = self.nodes() & previous.own_strays
        else:
            shared = (self._named - self._links.keys()) & previous.described()
        if shared:
            found = min(shared).decode(errors="replace")
            cause = f"{found} is described with the patient before"
            raise NotTogether(self.where, cause, _GROUP)

    def add(self, line: bytes, subject: bytes, predicate: bytes, rest: bytes) -> None:
        """Take a line; past the size that a patient may have only its names are kept."""
        if self._size <= self._most_bytes:
            self._lines.append(line)
        elif not self._patients and self._size > _UNNAMED_AT_MOST * self._most_bytes:
            raise NotTogether(self.where, "begins lines without end that name no patient", _GROUP)
        self._size += len(line)
        if self.graph or not subject:
            return
        links = self._links.get(subject)
        if links is None:
            if subject.startswith(_OURS):
                return
            links = self._links[subject] = set()
        if rest[:1] == b'"':
            return
        value = _node(rest)
        if predicate == TYPE:
            if value == PATIENT:
                self._patients.add(subject)
        elif value and not value.startswith(_OURS):
            links.add(value)
            self._named.add(value)
            if predicate.startswith(_OUR_WORDS):
                self._expected.add(value)

    def finished(self) -> Block:
        """Return the block, if it is that of one patient."""
        strays: set[bytes] = set()
        missing: set[bytes] = set()
        if not self.graph:
            strays = self._strays()
            missing = self._expected - self._links.keys()
        graph = self.graph.decode(errors="replace")
        return Block(
            name=self.where,
            data=b"".join(self._lines),
            graph=(graph[1:-1] if graph.startswith("<") else graph) or None,
            strays=tuple(sorted(strays)),
            missing=tuple(sorted(missing)),
        )

    def _strays(self) -> set[bytes]:
        """The nodes that no chain of triples leads to from the patient, under names of others."""
        if not self._patients:
            return set(self._links)  # refused, unless they belong to a patient elsewhere
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
        strays = self._links.keys() - reached
        self.own_strays = {node for node in strays if node.startswith(own)}
        return strays - self.own_strays


def check_strays(
    lines: Iterable[bytes],
    strays: Mapping[bytes, str],
    *,
    name: str,
    missing: Mapping[bytes, str] = MappingProxyType({}),
    limits: Limits = DEFAULT_LIMITS,
) -> None:
    """Refuse an input in which one block has what belongs to another.

    Args:
        lines: the input once more.
        strays: each stray node of any block, to the name of that block.
        name: what messages call the input.
        missing: each node that a block misses, to the name of that block.
        limits: those with which the blocks were read.

    Raises:
        NotTogether: a stray is named in another block as well, or what is missing stands there.
    """
    for block in _runs(lines, name=name, quads=False, limits=limits):
        elsewhere = [(n, strays[n]) for n in block.nodes() & strays.keys()]
        elsewhere += [(n, missing[n]) for n in block.described() & missing.keys()]
        for node, where in elsewhere:
            if where != block.where:
                found = node.decode(errors="replace")
                raise NotTogether(where, f"{found} stands at {block.where} as well", _GROUP)


def _plain(term: bytes) -> bool:
    """Whether this is one IRI, written in the usual way."""
    return (
        term[:1] == b"<"
        and term[-1:] == b">"
        and term.count(b">") == 1
        and b"\t" not in term
        and b"\\" not in term
    )


def _types_a_patient(predicate: bytes, rest: bytes) -> bool:
    return predicate == TYPE and rest.startswith(PATIENT)


def _under(node: bytes) -> tuple[bytes, ...]:
    """How IRIs begin that go on where the IRI of a node ends."""
    return tuple(node[:-1] + mark for mark in (b"/", b"#", b":", b"-", b"_", b"."))


def _terms(line: bytes) -> list[bytes] | None:
    """Subject, predicate and the rest of a line however it is spaced.

    None for a comment or an empty line; empty where it is no triple.
    """
    match = _LINE.match(line)
    if match:
        return [_unescaped(match[1]), match[2], match[3]]
    start = line.lstrip()
    return None if not start or start.startswith(b"#") else [b"", b"", b""]


def _node(rest: bytes) -> bytes:
    """The node that the rest of a line begins with, or nothing for a literal."""
    if rest[:1] == b"<":
        return _unescaped(rest[: rest.find(b">") + 1])
    match = _START.match(rest) if rest[:1] == b"_" else None
    return match[0] if match else b""


def _unescaped(node: bytes) -> bytes:
    """A node under the one name that all ways of writing its IRI have."""
    if b"\\" not in node:
        return node

    def character(found: re.Match[bytes]) -> bytes:
        number = int(found[1] or found[2], 16)
        return chr(number).encode(errors="replace") if number <= 0x10FFFF else found[0]

    return _ESCAPE.sub(character, node)


def _graph(line: bytes, rest: bytes, current: bytes) -> bytes:
    """The graph that a line of N-Quads names, or nothing; that of the block for a broken line."""
    if current and rest.endswith(current + b" .\n"):
        # One value and one space: no comment that looks like a graph, nor a value that does.
        value = rest[: -len(current) - 3]
        mark = value.rfind(b'"') + 1
        literal = value[:1] == b'"' and value.count(b'"') == 2
        if (literal or not mark) and value[mark:].count(b" ") == 1 and value[-1:] == b" ":
            return current
    match = _QUAD.match(line)
    return _unescaped(match[1] or b"") if match else current
