"""The only door for RDF that somebody else wrote.

Whatever comes through it is a graph without blank nodes, without relative IRIs and without
literals that mean something else than they say; whatever does not is refused with one line.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO, Final

import pyoxigraph as ox

from poem_kg.errors import InputError, LimitExceeded
from poem_kg.guard import run_guarded
from poem_kg.jsonld import UNDEFINED, nothing_meant, prepare_jsonld
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.literals import literal_problem, respell_decimal
from poem_kg.nesting import check_nesting, line_at, triple_term
from poem_kg.prechecks import FORMATS, choose_format, decode, read_bytes

NODE: Final = "urn:poem-kg:node:"
"""What the IRIs begin with that stand in for blank nodes."""

_RELATIVE: Final = "poem-kg-relative:"
RELATIVE_BASE: Final = _RELATIVE + "//base/"
"""What relative IRIs are resolved against, so that they can be told and refused."""
_PLACE: Final = re.compile(
    r"^Parser error (?:at|between) line \d+ .*?: |^at \d+\.\.\d+: | \(line \d+\)$"
)
_TOKEN: Final = re.compile(r"[^\s<>\"'(){}\[\],;]+")
_BLANK_SUBJECT: Final = re.compile(rb"^()_:(c14n[0-9]+)()", re.MULTILINE)
_BLANK_OBJECT: Final = re.compile(rb"( )_:(c14n[0-9]+)( \.)$", re.MULTILINE)
_UNUSUAL: Final = (b"_:", b"<<", _RELATIVE.encode(), b"\0")
_LONG: Final = 100
_REMEMBERED: Final = 100_000
_LOCAL: Final = re.compile(r"[^#/:]*\Z")

Node = ox.NamedNode | ox.BlankNode


@dataclass(frozen=True)
class SourceGraph:
    """One input, read and checked: the graph and where it came from.

    Attributes:
        triples: the triples of the default graph and of all named graphs together, each once, in
            the order of their canonical N-Triples. Blank nodes have become IRIs
            `urn:poem-kg:node:DIGEST:LABEL`, where DIGEST is the first 16 hexadecimal digits of
            the graph digest and LABEL the canonical label, so the same graph always gets the same.
        format: a key of `prechecks.FORMATS`.
        digest: `sha256:` and the hexadecimal digest of the bytes as they were given.
        graph_digest: `sha256:` and the hexadecimal digest of the canonical N-Quads (RDFC-1.0,
            sorted) of the merged graph; equal for equal graphs in whatever format.
        name: the path as given, or `-`, for messages.
        text: the decoded input, for quoting.
    """

    triples: tuple[ox.Triple, ...] = field(repr=False)
    format: str
    digest: str
    graph_digest: str
    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> Mapping[str, int]:
        """For each IRI of the graph the first line, from 1, that seems to write it.

        A guess for messages: an IRI is looked for in full, then by its local name after a prefix.
        IRIs that no line seems to write, among them those of blank nodes, are left out.
        """
        full: dict[str, int] = {}
        local: dict[str, int] = {}
        for number, line in enumerate(self.text.split("\n"), start=1):
            for token in _TOKEN.findall(line):
                full.setdefault(token, number)
                local.setdefault(token.rpartition(":")[2].rstrip("."), number)
        found: dict[str, int] = {}
        for triple in self.triples:
            for term in (triple.subject, triple.predicate, triple.object):
                if isinstance(term, ox.NamedNode) and not term.value.startswith(NODE):
                    ending = _LOCAL.search(term.value)
                    name = ending.group() if ending else ""
                    number = full.get(term.value) or (local.get(name, 0) if name else 0)
                    if number:
                        found[term.value] = number
        return found

    def where(self, iri: str) -> str:
        """Return `FILE:LINE` for an IRI of the graph, or `FILE` where no line is known."""
        line = self.lines.get(iri)
        return f"{self.name}:{line}" if line else self.name

    def where_written(self, words: str) -> str:
        """Return `FILE:LINE` of the first line on which words stand, or `FILE` where none has them.

        For what is no IRI of the graph, such as a date or a namespace.
        """
        found = re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", self.text)
        return f"{self.name}:{line_at(self.text, found.start())}" if found else self.name


def read_graph(
    path: str | os.PathLike[str] | None,
    *,
    format: str | None = None,
    base_iri: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    stdin: BinaryIO | None = None,
    meant: Callable[[str], Sequence[str]] = nothing_meant,
) -> SourceGraph:
    """Return the graph of one file in Turtle, N-Triples, N-Quads, TriG, RDF/XML or JSON-LD.

    Named graphs are merged into one graph, because one file holds one patient. Nothing is read
    from the network and the text is parsed in a process of its own that is killed at the limits,
    so that no input can crash, hang or bloat the caller.

    Args:
        path: a file; None and `-` mean the standard input.
        format: a format name, file extension or media type; None goes by the extension of the
            path and then by the text.
        base_iri: what relative IRIs are resolved against; None refuses relative IRIs, unless the
            file declares a base.
        limits: what reading may cost.
        stdin: read in place of the standard input.
        meant: as for `prepare_jsonld`; asked only for the message of a refusal.

    Raises:
        InputError: anything wrong with the input, with the line where it is known.
        LimitExceeded: the input is too large, too deep, or takes too long.
        ToolMissing: this system cannot fork a process.
    """
    raw = read_bytes(path, stdin, limits)
    text = decode(raw)
    chosen = choose_format(format, raw.name, text)
    reader = _Reader(text, chosen, base_iri, raw.name, limits, meant)
    lines, graph_digest = run_guarded(reader.canonical, limits=limits, where=raw.name)
    triples = tuple(quad.triple for quad in ox.parse(lines, ox.RdfFormat.N_TRIPLES))
    return SourceGraph(
        triples=triples,
        format=chosen,
        digest=_sha256(raw.data),
        graph_digest=graph_digest,
        name=raw.name,
        text=text,
    )


def read_block(
    data: bytes, *, quads: bool, name: str, limits: Limits = DEFAULT_LIMITS
) -> tuple[SourceGraph, list[bytes]]:
    """Return the graph of some lines of N-Triples or N-Quads, and its canonical lines.

    The graph is the one that `read_graph` returns for a file of just these lines. The lines are
    N-Triples, sorted, without blank nodes, each with its line feed. The text is parsed in this
    process: for callers that are a process that may be killed.

    Args:
        data: the lines, in UTF-8.
        quads: whether they are N-Quads; their graphs are merged.
        name: what to call them in messages, `FILE:LINE`.
        limits: `body_bytes` and `literal_characters` hold here, and `nesting` for triple terms.

    Raises:
        InputError: anything wrong with the lines.
        LimitExceeded: they are too many.
    """
    if len(data) > limits.body_bytes:
        cause = f"holds a patient of more than {limits.body_bytes / 1e6:g} MB"
        raise LimitExceeded(name, cause, "make the patient smaller, or raise the limit")
    chosen = "n-quads" if quads else "n-triples"
    reader = _Reader("", chosen, None, name, limits)
    if b"<<" in data:
        check_nesting(data.decode(errors="replace"), chosen, name, limits)
    triples, lines, graph_digest = reader.ordered(data)
    source = SourceGraph(
        triples=triples,
        format=chosen,
        digest=_sha256(data),
        graph_digest=graph_digest,
        name=name,
        text="",
    )
    return source, lines


class BlockReader:
    """Reads blocks of lines, quickly where nothing about them is unusual.

    What it has looked at once, such as a date or a number, it does not look at again.

    Args:
        limits: as for `read_block`.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._fine: set[bytes] = set()

    def plain(self, data: bytes, *, quads: bool) -> PlainBlock | None:
        """Return what `read_block` finds, or None where that has to look for itself.

        None is returned for blank nodes, triple terms, relative IRIs, anything that cannot be
        parsed, and a literal with which something is wrong.

        Args:
            data: the lines, in UTF-8.
            quads: whether they are N-Quads; their graphs are merged.
        """
        if len(data) > self._limits.body_bytes or any(mark in data for mark in _UNUSUAL):
            return None
        try:
            if quads:
                parsed = ox.parse(data, format=ox.RdfFormat.N_QUADS)
                triples = (quad.triple for quad in parsed)
                written = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
            else:
                parsed = ox.parse(data, format=ox.RdfFormat.N_TRIPLES)
                written = ox.serialize(parsed, format=ox.RdfFormat.N_QUADS)
        except (SyntaxError, ValueError):
            return None
        lines = sorted(set((written or b"").splitlines(keepends=True)))
        fine = self._fine
        for line in lines:
            value = line.split(b" ", 2)[2]
            if value.startswith(b'"') and value not in fine and not self._is_fine(line, value):
                return None
        if not lines:
            return None
        return PlainBlock(
            lines=tuple(lines), digest=_sha256(data), graph_digest=_sha256(b"".join(lines))
        )

    def _is_fine(self, line: bytes, value: bytes) -> bool:
        literal = next(iter(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))).object
        if not isinstance(literal, ox.Literal) or literal.direction is not None:
            return False
        if literal_problem(literal, self._limits) is not None:
            return False
        if len(value) < _LONG and len(self._fine) < _REMEMBERED:
            self._fine.add(value)
        return True


@dataclass(frozen=True)
class PlainBlock:
    """A block that was read: its canonical lines and the digests of `SourceGraph`."""

    lines: tuple[bytes, ...] = field(repr=False)
    digest: str
    graph_digest: str


@dataclass(frozen=True)
class _Reader:
    """What happens in the guarded process, from text to canonical triples."""

    text: str
    format: str
    base_iri: str | None
    name: str
    limits: Limits
    meant: Callable[[str], Sequence[str]] = nothing_meant

    def canonical(self) -> tuple[bytes, str]:
        """Return sorted N-Triples without blank nodes, and the digest of the graph."""
        check_nesting(self.text, self.format, self.name, self.limits)
        data = self.text.encode()
        if self.format == "json-ld":
            data = prepare_jsonld(self.text, self.name, self.limits, meant=self.meant)
        return _named(_canonical_lines(self._some_triples(data)))

    def ordered(self, data: bytes) -> tuple[tuple[ox.Triple, ...], list[bytes], str]:
        """Return the triples in the order of their canonical lines, these, and the digest."""
        triples = self._some_triples(data)
        if not any(isinstance(node, ox.BlankNode) for t in triples for node in (t[0], t[2])):
            # Without blank nodes the lines are canonical as they are written.
            written = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
            by_line = dict(zip(written.splitlines(keepends=True), triples, strict=True))
            lines = sorted(by_line)
            digest = _sha256(b"".join(lines))
            return tuple(by_line[line] for line in lines), lines, digest
        text, digest = _named(_canonical_lines(triples))
        parsed = tuple(quad.triple for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES))
        return parsed, text.splitlines(keepends=True), digest

    def _some_triples(self, data: bytes) -> list[ox.Triple]:
        triples = self._triples(data)
        if not triples:
            raise InputError(self.name, "holds no triples", "give a file with a patient in it")
        return triples

    def _triples(self, data: bytes) -> list[ox.Triple]:
        base = self.base_iri or RELATIVE_BASE
        try:
            return [
                ox.Triple(*self._checked(quad))
                for quad in ox.parse(data, FORMATS[self.format], base_iri=base)
            ]
        except SyntaxError as error:
            line = self._error_line(error)
            cause = f"is no {FORMATS[self.format].name} ({_PLACE.sub('', str(error))})"
            where = f"{self.name}:{line}" if line else self.name
            raise InputError(where, cause, "correct it there") from None
        except ValueError as error:
            raise InputError(self.name, str(error), "correct it") from None

    def _checked(self, quad: ox.Quad) -> tuple[Node, ox.NamedNode, Node | ox.Literal]:
        subject, predicate, value = quad.subject, quad.predicate, quad.object
        if isinstance(value, ox.Triple) or isinstance(subject, ox.Triple):
            raise triple_term(self.name)
        for term in (subject, predicate, value, quad.graph_name):
            if isinstance(term, ox.NamedNode) and term.value.startswith(_RELATIVE):
                raise self._relative(term.value)
        if isinstance(value, ox.Literal):
            value = respell_decimal(value) if self.format == "json-ld" else value
            self._check_literal(value)
        return subject, predicate, value

    def _check_literal(self, literal: ox.Literal) -> None:
        if literal.datatype.value.startswith(_RELATIVE):
            raise self._relative(literal.datatype.value)
        if literal.direction is not None:
            cause = f'"{literal.value[:60]}" is a string with a direction (RDF 1.2)'
            raise InputError(self._where(literal.value), cause, "leave the direction out")
        problem = literal_problem(literal, self.limits)
        if problem:
            raise InputError(self._where(literal.value), *problem)

    def _relative(self, iri: str) -> InputError:
        if iri.startswith(UNDEFINED):
            key = iri[len(UNDEFINED) :]
            cause = f'"{key}" is defined by no @context'
            return InputError(self._where(key), cause, "define it there, or write it as a full IRI")
        written = iri.removeprefix(RELATIVE_BASE) or ""
        cause = f"the IRI <{written}> is relative"
        advice = "write it in full, or declare a base or prefix"
        return InputError(self._where(written), cause, advice)

    def _where(self, value: str) -> str:
        """`FILE:LINE` of the first line that seems to write a value, or `FILE`."""
        sought = re.escape(value[:200])
        for pattern in (rf"[\"'>]{sought}[\"'<]", rf"(?<![\w.+-]){sought}(?!\w)"):
            match = re.search(pattern, self.text) if sought else None
            if match:
                return f"{self.name}:{line_at(self.text, match.start())}"
        return self.name

    def _error_line(self, error: SyntaxError) -> int | None:
        """The line of a syntax error, which the parser of RDF/XML does not tell."""
        if not self.text:  # lines out of a larger file: their place is in the name
            return None
        if self.format != "rdf-xml":
            return error.lineno
        from xml.parsers import expat  # has no declaration left to expand

        parser = expat.ParserCreate()
        try:
            parser.Parse(self.text, True)
        except expat.ExpatError as problem:
            return problem.lineno
        return None


def _named(lines: bytes) -> tuple[bytes, str]:
    """Canonical lines with IRIs for blank nodes, sorted, and the digest of the lines as given."""
    digest = _sha256(lines)
    stem = rb"\1<%s%s:\2>\3" % (NODE.encode(), digest[7:23].encode())
    named = _BLANK_OBJECT.sub(stem, _BLANK_SUBJECT.sub(stem, lines))
    return b"".join(sorted(named.splitlines(keepends=True))), digest


def _canonical_lines(triples: list[ox.Triple]) -> bytes:
    """Return canonical N-Quads of one graph; without blank nodes sorting is all there is to do."""
    written: bytes | None
    if any(isinstance(node, ox.BlankNode) for t in triples for node in (t.subject, t.object)):
        graph = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        written = ox.serialize(graph, format=ox.RdfFormat.N_TRIPLES)
    else:
        written = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    return b"".join(sorted(set((written or b"").splitlines(keepends=True))))


def _sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
