"""The derive queries for many patients at once, in lines of N-Triples.

What a step constructs is written by the store itself and goes back into it as text, so no triple
becomes a Python object; and only what a later step can read goes back at all. What a step reads is
told by the words in its WHERE clause, which is more than it reads but never less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.catalogue import Query
from poem_kg.errors import KnowledgeError
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, RDF

TYPE: Final = f"<{RDF}type>".encode()
_INTERNAL: Final = ox.NamedNode(POEMKG + "internal")
_NOISE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|(?m:#[^\n]*$)|<[^>\s]*>')
_COMMENT: Final = re.compile(r"(?m)^\s*#[^\n]*$")
_TEMPLATE: Final = re.compile(r"CONSTRUCT\s*\{(.*?)\}\s*WHERE", re.DOTALL)
_PREFIX: Final = re.compile(r"PREFIX\s+([\w-]*):\s*<([^>]*)>", re.IGNORECASE)
_NAME: Final = re.compile(r"(?<![\w?$])([A-Za-z][\w-]*):([A-Za-z][\w-]*)")
_KIND: Final = re.compile(r"(?<![\w:?$])a\s+([^;.]+?)\s*[;.}]")
_VARIABLE_PREDICATE: Final = re.compile(
    r"(?:^|[{.;])\s*(?:[?$]\w+|[A-Za-z][\w-]*:[\w-]+)\s+[?$]\w+\s+[?$\w]", re.MULTILINE
)


@dataclass(frozen=True)
class Reads:
    """The words that a query can read.

    Attributes:
        words: every IRI in the WHERE clause, in angle brackets.
        everything: whether a variable stands for a predicate, so that any triple can be read.
        kinds: the classes asked for by `a`; None where a variable stands for the class.
    """

    words: frozenset[bytes]
    everything: bool
    kinds: frozenset[bytes] | None

    def sees(self, predicate: bytes, value: bytes) -> bool:
        """Return whether a triple with this predicate and object can be read."""
        if self.everything:
            return True
        if predicate != TYPE:
            return predicate in self.words
        return self.kinds is None or value in self.kinds


def reads(query: Query) -> Reads:
    """Return what a query can read, by its text."""
    head, body = _parts(query.text)
    prefixes = dict(_PREFIX.findall(head))
    names = {_iri(prefixes, *match) for match in _NAME.findall(body)}
    kinds: set[bytes] | None = set()
    for match in _KIND.findall(body):
        for word in match.split(","):
            name = _NAME.fullmatch(word.strip())
            if name is None:
                kinds = None
            elif kinds is not None:
                kinds.add(_iri(prefixes, *name.groups()))
    full = {f"<{iri}>".encode() for iri in re.findall(r"<([^>\s]+)>", _where(query.text))}
    return Reads(
        words=frozenset(names | full),
        everything=_VARIABLE_PREDICATE.search(body) is not None,
        kinds=None if kinds is None or TYPE in names else frozenset(kinds),
    )


def together(parts: Iterable[Reads]) -> Reads:
    """Return what any of some queries can read."""
    every = tuple(parts)
    kinds = [part.kinds for part in every]
    return Reads(
        words=frozenset().union(*(part.words for part in every)),
        everything=any(part.everything for part in every),
        kinds=None if None in kinds else frozenset().union(*(k for k in kinds if k is not None)),
    )


class Steps:
    """Some steps in a row, ready to run on any number of stores.

    Args:
        queries: the steps, in their order.
        internal: predicates and classes of working triples, in angle brackets.
    """

    def __init__(self, queries: Sequence[Query], internal: frozenset[bytes]) -> None:
        read = [reads(query) for query in queries]
        self.reads = together(read)
        self._steps = tuple(
            _Step(query, together(read[number:]), internal)
            for number, query in enumerate(queries, start=1)
        )

    def run(self, store: ox.Store) -> Iterator[list[bytes]]:
        """Yield the conclusions of each step as lines of N-Triples, some of them repeated.

        Args:
            store: the knowledge and the patients; what later steps read is added to it.

        Raises:
            KnowledgeError: a query is wrong or is no CONSTRUCT.
        """
        for step in self._steps:
            conclusions, read = step.run(store)
            if read:
                store.load(read, format=ox.RdfFormat.N_TRIPLES, lenient=True)
            if conclusions:
                yield conclusions


class _Step:
    """One query, with what becomes of each kind of triple that it constructs."""

    def __init__(self, query: Query, later: Reads, internal: frozenset[bytes]) -> None:
        self._query = query
        self._later = later
        self._internal = internal
        self._fates: dict[bytes, _Fate] = {}
        self._fate = self._only_fate()

    def run(self, store: ox.Store) -> tuple[list[bytes], bytes]:
        """Return the lines that are conclusions, and the text that later steps can read."""
        text = _construct(store, self._query)
        if self._fate is not None:
            shown, live = self._fate
            return text.splitlines(keepends=True) if shown else [], text if live else b""
        conclusions: list[bytes] = []
        read: list[bytes] = []
        fates = self._fates
        for line in text.splitlines(keepends=True):
            _, predicate, value = line.split(b" ", 2)
            kind = value if predicate == TYPE else predicate
            fate = fates.get(kind)
            if fate is None:
                fate = fates[kind] = self._fate_of(predicate, value[:-3])
            shown, live = fate
            if shown:
                conclusions.append(line)
            if live:
                read.append(line)
        return conclusions, b"".join(read)

    def _fate_of(self, predicate: bytes, value: bytes) -> _Fate:
        """Whether a triple is a conclusion, and whether a later step can read it.

        That is the same for all with its predicate, or with its class.
        """
        named = value if predicate == TYPE else predicate
        return named not in self._internal, self._later.sees(predicate, value)

    def _only_fate(self) -> _Fate | None:
        """The fate of everything that the query constructs, if it is one."""
        kinds = constructs(self._query)
        if any(not predicate or (predicate == TYPE and not value) for predicate, value in kinds):
            return None
        fates = {self._fate_of(*kind) for kind in kinds}
        return fates.pop() if len(fates) == 1 else None


_Fate = tuple[bool, bool]


def internal_words(knowledge: Knowledge) -> frozenset[bytes]:
    """Return the predicates and classes of triples that are no conclusions, in brackets."""
    return frozenset(
        str(t.subject).encode() for t in knowledge.ontology if t.predicate == _INTERNAL
    )


def constructs(query: Query) -> set[tuple[bytes, bytes]]:
    """Return the predicates of what a query constructs, each with its class where that is told.

    A predicate that is a variable has the empty name.
    """
    prefixes = dict(_PREFIX.findall(query.text))
    template = _TEMPLATE.search(_COMMENT.sub("", query.text))
    found: set[tuple[bytes, bytes]] = set()
    for triple in re.split(r"\s\.(?:\s|$)", template[1] if template else ""):
        words = triple.split()
        if len(words) < 3:
            continue
        _, predicate, *values = words
        if predicate == "a":
            for value in " ".join(values).split(","):
                name = _NAME.fullmatch(value.strip())
                found.add((TYPE, _iri(prefixes, *name.groups()) if name else b""))
        else:
            name = _NAME.fullmatch(predicate)
            found.add((_iri(prefixes, *name.groups()) if name else b"", b""))
    return found


def _construct(store: ox.Store, query: Query) -> bytes:
    try:
        result = store.query(query.text)
    except (SyntaxError, RuntimeError) as error:
        raise KnowledgeError(f"{query.path}: {error}; correct the query") from None
    if not isinstance(result, ox.QueryTriples):
        raise KnowledgeError(f"{query.path}: is no CONSTRUCT; make it one")
    return result.serialize(format=ox.RdfFormat.N_TRIPLES) or b""


def _where(text: str) -> str:
    plain = _COMMENT.sub("", text)
    return plain[re.search(r"\bWHERE\b", plain, re.IGNORECASE).end() :]  # type: ignore[union-attr]


def _parts(text: str) -> tuple[str, str]:
    """The text before the WHERE clause, and the clause without strings, comments and IRIs."""
    return text, _NOISE.sub(" ", _where(text))


def _iri(prefixes: dict[str, str], prefix: str, name: str) -> bytes:
    return f"<{prefixes.get(prefix, '')}{name}>".encode()
