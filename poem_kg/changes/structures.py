"""What one file says, with text in place of blank nodes: the same wherever the same is said.

Most blank nodes hang below one value and nothing else leads to them: lists, restrictions, periods.
They are told in brackets, from the leaves up. What hangs together otherwise, in circles or by more
than one way, is told by its canonical N-Triples (RDFC-1.0), as a whole wherever a part is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.guard import run_guarded
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.namespaces import RDF, RDFS

_TYPE: Final = ox.NamedNode(RDF + "type")
_FIRST: Final = ox.NamedNode(RDF + "first")
_REST: Final = ox.NamedNode(RDF + "rest")
_NIL: Final = ox.NamedNode(RDF + "nil")
_UNTYPED: Final = RDFS + "Resource"

_Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

Said = tuple[ox.NamedNode, str, str]
"""A subject, a predicate and the value as text."""


@dataclass(frozen=True)
class FileSaid:
    """What a file says.

    Attributes:
        about: of each IRI. A value in brackets stands there as often as the file says it.
        unnamed: the structures to which no IRI leads, such as `[] a owl:AllDisjointClasses`, each
            with the IRI of its class.
    """

    about: tuple[Said, ...]
    unnamed: tuple[tuple[str, str], ...]


def is_structure(value: str) -> bool:
    """Return whether a value as it is told has other values inside."""
    return value.startswith(("[", "(", "<<"))


def said_in(
    triples: Iterable[ox.Triple], *, where: str, limits: Limits = DEFAULT_LIMITS
) -> FileSaid:
    """Return what a file says.

    Args:
        triples: all of the file.
        where: what messages call it.
        limits: of depth, and of what the canonical form may cost.

    Raises:
        InputError: blank nodes hang together in a way that takes too long to compare.
    """
    distinct = tuple(dict.fromkeys(triples))
    if not any(_blanks(t) for t in distinct):
        return FileSaid(tuple(_plain(distinct)), ())
    groups = [_Group(found, limits) for found in _together(distinct)]
    tangled = [group.triples for group in groups if not group.is_tree]
    written = iter(run_guarded(_canonical, tangled, limits=limits, where=where) if tangled else ())
    about = list(_plain(t for t in distinct if not _blanks(t)))
    unnamed = []
    for group in groups:
        text = group.told() if group.is_tree else next(written)
        named = dict.fromkeys(
            (t.subject, t.predicate.value)
            for t in group.triples
            if isinstance(t.subject, ox.NamedNode)
        )
        about += [(subject, predicate, text) for subject, predicate in named]
        if not named:
            unnamed.append((group.kind, text))
    return FileSaid(tuple(about), tuple(unnamed))


class _Group:
    """Triples that blank nodes hold together, and no others of the file have these nodes.

    Args:
        triples: all of them.
        limits: `nesting` is the most levels of brackets that are told as such.
    """

    def __init__(self, triples: Sequence[ox.Triple], limits: Limits) -> None:
        self.triples = triples
        self._about: dict[ox.BlankNode, list[ox.Triple]] = defaultdict(list)
        for triple in triples:
            if isinstance(triple.subject, ox.BlankNode):
                self._about[triple.subject].append(triple)
        self._root = self._only_root()
        self.is_tree = self._root is not None and self._depth(self._root) <= limits.nesting

    @property
    def kind(self) -> str:
        """The class of what no IRI leads to: of the first node, or of any in a tangle."""
        kinds = {
            t.object.value
            for t in (self._about[self._root] if self._root and self.is_tree else self.triples)
            if t.predicate == _TYPE and isinstance(t.object, ox.NamedNode)
        }
        return min(kinds, default=_UNTYPED)

    def told(self) -> str:
        """Return a tree as text."""
        assert self._root is not None
        return self._told(self._root)

    def _only_root(self) -> ox.BlankNode | None:
        """The node to which no blank node leads, where every other is led to once; or None."""
        led_to: set[ox.BlankNode] = set()
        inner: set[ox.BlankNode] = set()
        for triple in self.triples:
            if isinstance(triple.object, ox.Triple):
                return None
            if isinstance(triple.object, ox.BlankNode):
                if triple.object in led_to:
                    return None
                led_to.add(triple.object)
                if isinstance(triple.subject, ox.BlankNode):
                    inner.add(triple.object)
        # All of them hang together, so where one is led to by none the others form no circle.
        roots = (self._about.keys() | led_to) - inner
        return roots.pop() if len(roots) == 1 else None

    def _depth(self, root: ox.BlankNode) -> int:
        """How many brackets are inside each other; a list is one, however long."""
        deepest = 0
        waiting = [(root, 1)]
        while waiting:
            node, depth = waiting.pop()
            deepest = max(deepest, depth)
            cell = self._cell(node)
            for triple in self._about.get(node, ()):
                if isinstance(triple.object, ox.BlankNode):
                    same = cell is not None and triple.predicate == _REST
                    waiting.append((triple.object, depth if same else depth + 1))
        return deepest

    def _cell(self, node: ox.BlankNode) -> tuple[_Node, _Node] | None:
        """The item and the rest of a node that is a part of a list and nothing else."""
        about = self._about.get(node, ())
        told = {t.predicate: t.object for t in about}
        if len(about) == 2 and told.keys() == {_FIRST, _REST}:
            return told[_FIRST], told[_REST]
        return None

    def _told(self, node: _Node) -> str:
        if not isinstance(node, ox.BlankNode):
            return str(node)
        items = []
        rest: _Node = node
        while isinstance(rest, ox.BlankNode) and (cell := self._cell(rest)):
            items.append(self._told(cell[0]))
            rest = cell[1]
        if items:
            end = "" if rest == _NIL else f" | {self._told(rest)}"
            return f"({', '.join(items)}{end})"
        inner = sorted(f"{t.predicate} {self._told(t.object)}" for t in self._about.get(node, ()))
        return "[" + " ; ".join(inner) + "]"


def _plain(triples: Iterable[ox.Triple]) -> Iterator[Said]:
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode):
            yield triple.subject, triple.predicate.value, str(triple.object)


def _together(triples: Iterable[ox.Triple]) -> list[list[ox.Triple]]:
    """The triples with blank nodes, those together that share some, directly or not."""
    above: dict[ox.BlankNode, ox.BlankNode] = {}

    def top(node: ox.BlankNode) -> ox.BlankNode:
        while (higher := above.setdefault(node, node)) != node:
            above[node] = above[higher]
            node = higher
        return node

    some: list[tuple[ox.Triple, ox.BlankNode]] = []
    for triple in triples:
        first, *others = _blanks(triple) or (None,)
        if first is not None:
            some.append((triple, first))
            for other in others:
                above[top(other)] = top(first)
    groups: dict[ox.BlankNode, list[ox.Triple]] = defaultdict(list)
    for triple, node in some:
        groups[top(node)].append(triple)
    return list(groups.values())


def _blanks(triple: ox.Triple) -> tuple[ox.BlankNode, ...]:
    """The blank nodes of a triple, also those of a triple inside."""
    found: list[ox.BlankNode] = []
    waiting: list[_Node] = [triple]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ox.BlankNode):
            found.append(node)
        elif isinstance(node, ox.Triple):
            waiting += (node.subject, node.object)
    return tuple(found)


def _canonical(groups: Sequence[Sequence[ox.Triple]]) -> list[str]:
    """The canonical lines of each group, as one text in brackets."""
    return ["[" + " ; ".join(canonical_lines(group)) + "]" for group in groups]


def canonical_lines(triples: Iterable[ox.Triple]) -> list[str]:
    """Return triples as sorted lines without the full stop, blank nodes named by RDFC-1.0.

    It takes time without bound where many blank nodes look alike: call it guarded.
    """
    graph = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    text = ox.serialize(graph, format=ox.RdfFormat.N_TRIPLES) or b""
    return sorted(line.removesuffix(" .") for line in text.decode().split("\n") if line)
