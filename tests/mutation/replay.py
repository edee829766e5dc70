"""Steps that were recorded, so that the effect of a change is followed instead of derived anew.

A mutant changes the ontology or one query. Only the steps that read what it changed run again, on a
store that already holds everything, and the change is taken back afterwards. What a step reads and
writes is known by predicate, and by class for `rdf:type`. Where a step would find something else on
the store of the end than it did in its turn, the later triples are put aside while it runs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyoxigraph as ox

from poem_kg.catalogue import Query
from poem_kg.namespaces import RDF
from tests.mutation.sparql import ANY_CLASS, ANYTHING, Key, reads, writes

_TYPE = ox.NamedNode(RDF + "type")
ROWS = 50_000
"""A query that constructs more than this has lost a join; no more of it is looked at."""


@dataclass(frozen=True)
class Change:
    """Triples that came and triples that went."""

    added: frozenset[ox.Triple] = frozenset()
    removed: frozenset[ox.Triple] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    def undone(self) -> Change:
        """Return the change that takes this one back."""
        return Change(self.removed, self.added)


@dataclass(frozen=True)
class Step:
    """One query: what it reads and writes, and what it constructed when it was recorded."""

    name: str
    text: str
    reads: frozenset[Key]
    writes: frozenset[Key]
    found: frozenset[ox.Triple] = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """What came of a change.

    Attributes:
        told: a conclusion by which the end differs, or None.
        net: what differs at the end; only a part of it where `told` was seen on the way.
    """

    told: ox.Triple | None
    net: Change


class Recording:
    """All steps on a graph, with the store as it was at the end.

    Args:
        base: the graph before the first step.
        queries: the steps in their order.
        tells: which of the derived triples are conclusions; the first that differs ends a replay.
    """

    def __init__(
        self,
        base: Iterable[ox.Triple],
        queries: Sequence[Query],
        tells: Callable[[ox.Triple], bool],
    ) -> None:
        self.tells = tells
        self.base = frozenset(base)
        self.store, self._before = ox.Store(), ox.Store()
        self.store.bulk_extend(_quads(self.base))
        self._before.bulk_extend(_quads(self.base))
        self._reached = 0
        self._givers: dict[ox.Triple, set[int]] = {t: {-1} for t in self.base}
        self.told: Counter[ox.Triple] = Counter()
        self.steps: list[Step] = []
        for number, query in enumerate(queries):
            found = frozenset(constructed(self.store, query.text))
            self.store.extend(_quads(found))
            self.told.update(t for t in found if tells(t))
            for triple in found:
                self._givers.setdefault(triple, set()).add(number)
            step = Step(query.name, query.text, reads(query.text), writes(query.text), found)
            self.steps.append(step)
        self._late = self._written_later()
        self._last = {key: n for n, step in enumerate(self.steps) for key in step.writes}

    def changed_output(self, number: int, text: str) -> tuple[Change, ox.Triple | None]:
        """Return what a step with another text constructs otherwise than it did.

        Steps are to be asked for in their order, since the store before each is built up.

        Returns:
            The change, and a conclusion by which it differs if one was seen at once.
        """
        assert self._reached <= number, "ask for the steps in their order"
        while self._reached < number:
            self._before.extend(_quads(self.steps[self._reached].found))
            self._reached += 1
        old, new = self.steps[number].found, set()
        for triple in constructed(self._before, text):
            if triple not in new:
                new.add(triple)
                if triple not in old and triple not in self.told and self.tells(triple):
                    return Change(frozenset({triple})), triple
        return Change(frozenset(new - old), old - new), None

    def follow(self, change: Change, *, after: int = -1) -> Outcome:
        """Return what differs at the end after a change.

        Args:
            change: of the graph before the first step, or of what a step constructed.
            after: the number of that step; -1 for the graph.
        """
        undo: list[tuple[int, Change]] = []
        touched: set[Key] = set()
        try:
            told = self._apply(after, change, touched)
            undo.append((after, change))
            for number in range(after + 1, len(self.steps)):
                if told:
                    break
                step = self.steps[number]
                if not touched or not (touched & step.reads or ANYTHING in step.reads):
                    continue
                with self._set_aside(number):
                    now = frozenset(constructed(self.store, step.text))
                change = Change(now - step.found, step.found - now)
                if change:
                    undo.append((number, change))
                    told = self._apply(number, change, touched)
            return self._outcome(told, undo)
        finally:
            for number, change in reversed(undo):
                self._apply(number, change.undone(), set())

    def _apply(self, number: int, change: Change, touched: set[Key]) -> ox.Triple | None:
        """Take a change over into the store; return a conclusion that is surely other by it."""
        seen: ox.Triple | None = None
        for triple in change.removed:
            givers = self._givers[triple]
            if number == min(givers):
                touched |= keys_of(triple)
            givers.remove(number)
            if not givers:
                del self._givers[triple]
                self.store.remove(_quad(triple))
            if number >= 0 and self.tells(triple):
                self.told[triple] -= 1
                if not self.told[triple]:
                    del self.told[triple]
                    if max(self._last.get(key, -1) for key in keys_of(triple)) <= number:
                        seen = triple
        for triple in change.added:
            givers = self._givers.setdefault(triple, set())
            if not givers:
                self.store.add(_quad(triple))
            if not givers or number < min(givers):
                touched |= keys_of(triple)
            givers.add(number)
            if number >= 0 and self.tells(triple):
                self.told[triple] += 1
                if self.told[triple] == 1:
                    seen = triple
        return seen

    def _outcome(self, told: ox.Triple | None, changes: Iterable[tuple[int, Change]]) -> Outcome:
        came, went = set(), set()
        for number, change in changes:
            came |= {t for t in change.added if t not in self.base}
            went |= {t for t in change.removed if t not in self._givers}
            if number >= 0 and told is None:
                lost = (t for t in change.removed if self.tells(t) and t not in self.told)
                told = next(lost, None)
        had = self.base.union(*(step.found for step in self.steps)) if came else frozenset()
        return Outcome(told, Change(frozenset(came - had), frozenset(went)))

    def _written_later(self) -> Mapping[int, tuple[ox.Triple, ...]]:
        """Return what each step must not see of what a later one, or itself, gives.

        Only a step that finds something else on the store of the end is looked at.
        """
        by_key: dict[Key, list[ox.Triple]] = defaultdict(list)
        for triple, givers in self._givers.items():
            if max(givers) >= 0:
                for key in keys_of(triple):
                    by_key[key].append(triple)
        late = {}
        for number, step in enumerate(self.steps):
            if frozenset(constructed(self.store, step.text)) == step.found:
                continue
            keys = step.reads if ANYTHING not in step.reads else frozenset(by_key)
            hidden = dict.fromkeys(
                t for key in keys for t in by_key.get(key, ()) if max(self._givers[t]) >= number
            )
            if hidden:
                late[number] = tuple(hidden)
        return late

    @contextmanager
    def _set_aside(self, number: int) -> Iterator[None]:
        """Take away for a while what no step before this one gives."""
        late = self._late.get(number, ())
        hidden = [t for t in late if min(self._givers.get(t, (-1,))) >= number]
        for triple in hidden:
            self.store.remove(_quad(triple))
        try:
            yield
        finally:
            for triple in hidden:
                self.store.add(_quad(triple))


def constructed(store: ox.Store, text: str) -> Iterator[ox.Triple]:
    """Yield what a CONSTRUCT finds, so much at most that a lost join does not take all memory."""
    result = store.query(text)
    assert isinstance(result, ox.QueryTriples)
    for count, triple in enumerate(result):
        if count > ROWS:
            return
        yield triple


def keys_of(triple: ox.Triple) -> frozenset[Key]:
    """Return the keys by which steps read a triple."""
    if triple.predicate == _TYPE:
        return frozenset({f"a {triple.object}", ANY_CLASS})
    return frozenset({triple.predicate.value})


def _quad(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object)


def _quads(triples: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    return (_quad(t) for t in triples)
