"""Which facts a decision can rest on, read from the ontology and what was prepared from it.

Nothing is decided here. The relations err on the side of too much: a criterion that is named can
turn out not to matter, but whatever matters is named. What-if searches rest on that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, RDF

_DECIDE: Final = ("disorderCriterion", "whenNeeds")
_HOLDS: Final = "gateCriterion"
_NEEDS: Final = ("lineDisorder", "needs")
_THERE: Final = (*_NEEDS, "settles", "silentWhen")
_BRINGS: Final = ("readinessWhenNotMet", "readinessWhenOpen", "readinessWhenUnknown")
_KIND_OF: Final = POEMKG + "isKindOf"


@dataclass(frozen=True)
class Settled:
    """Criteria whose state no further change can alter: those that are met, and not met."""

    met: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()


NOTHING_SETTLED: Final = Settled()


class Dependencies:
    """What standing and requirements rest on, by therapy, gate, criterion and class.

    Args:
        knowledge: the ontology and what was prepared from it.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._triples = (*knowledge.ontology, *knowledge.prepared)
        self.index = Index(self._triples)

    @cached_property
    def therapies(self) -> tuple[str, ...]:
        """The therapies that some statement gives a standing, sorted."""
        return tuple(
            sorted({t for a in self._bearing for t in self._all(a, "onTherapy")}),
        )

    @cached_property
    def criteria(self) -> frozenset[str]:
        """Every criterion that can bear on a standing or a requirement."""
        roots = {c for a in self._bearing for p in _DECIDE for c in self._all(a, p)}
        roots |= {c for g in self._gates for p in (*_THERE, _HOLDS) for c in self._all(g, p)}
        return self.closure(roots)

    def closure(
        self, criteria: Iterable[str], settled: Settled = NOTHING_SETTLED
    ) -> frozenset[str]:
        """Return the criteria with all on whose state theirs, or what they raise, can rest."""
        found: set[str] = set()
        waiting = list(criteria)
        while waiting:
            criterion = waiting.pop()
            if criterion not in found:
                found.add(criterion)
                waiting += self._below[criterion]
                # A disorder that is settled is no open question, whatever would raise it.
                if criterion not in settled.met and criterion not in settled.failed:
                    waiting += self.index.having(POEMKG + "raises", criterion)
        return frozenset(found)

    @cached_property
    def pivots(self) -> frozenset[str]:
        """The criteria that decide, once settled, what else can matter."""
        bearing = {c for a in self._bearing for p in _DECIDE for c in self._all(a, p)}
        return frozenset(
            bearing | {c for g in self._gates for p in _NEEDS for c in self._all(g, p)}
        )

    def state(self, criterion: str) -> frozenset[str]:
        """Return the criteria on which the state of one rests, itself included."""
        return self.closure({criterion}, Settled(met=self.criteria))

    def touched(self, term: str) -> frozenset[str]:
        """Return the criteria on which a record of this class, or with this result, can bear."""
        return frozenset(self._touched.get(term, ()))

    def goes_stale(self, concept: str) -> bool:
        """Return whether a record of this class counts no more after a therapy."""
        return self.index.one(concept, POEMKG + "goesStale") == "true"

    def standing(self, therapy: str, *, settled: Settled = NOTHING_SETTLED) -> frozenset[str]:
        """Return the criteria on which it rests whether and how a therapy is offered.

        Args:
            therapy: the IRI of the therapy.
            settled: the criteria whose state is certain.
        """
        bearing = [
            a
            for a in self._bearing
            if therapy in self._all(a, "onTherapy")
            and settled.failed.isdisjoint(c for p in _DECIDE for c in self._all(a, p))
        ]
        return self.closure({c for a in bearing for p in _DECIDE for c in self._all(a, p)}, settled)

    def standings(self, therapy: str) -> frozenset[tuple[str, int | None]]:
        """Return every standing, with its line, that some statement can give a therapy."""
        found = set()
        for application in self._bearing:
            if therapy in self._all(application, "onTherapy"):
                line = self.index.one(application, POEMKG + "line")
                for standing in self._all(application, "standing"):
                    found.add((standing, int(line) if line else None))
        return frozenset(found)

    def requirement(
        self, therapy: str, criterion: str, kind: str, *, settled: Settled = NOTHING_SETTLED
    ) -> frozenset[str]:
        """Return the criteria on which it rests whether a requirement is there and holds."""
        found: set[str] = set()
        for gate in self._gates_by_key.get((criterion, kind), ()):
            found |= {c for p in (*_THERE, _HOLDS) for c in self._all(gate, p)}
            found |= self._standing_of(gate, therapy, settled)
        return self.closure(found, settled)

    def bringing(
        self,
        therapy: str,
        readiness: str,
        there: Container[tuple[str, str]],
        *,
        settled: Settled = NOTHING_SETTLED,
    ) -> frozenset[str]:
        """Return the criteria on which it rests that some requirement brings a readiness.

        Args:
            therapy: the IRI of the therapy.
            readiness: the IRI of the readiness.
            there: criterion and kind of the requirements that the therapy has; of any other it
                matters only whether it is there.
            settled: the criteria whose state is certain.
        """
        found: set[str] = set()
        before = self._before(therapy)
        gates = ((key, gate) for key, gates in self._gates_by_key.items() for gate in gates)
        for key, gate in gates:
            criterion, kind = key
            elsewhere = self._all(gate, "gateOn") and gate not in before
            if elsewhere or not any(readiness in self._all(kind, p) for p in _BRINGS):
                continue
            if key in there:
                found |= self.requirement(therapy, criterion, kind, settled=settled)
            elif settled.failed.isdisjoint(c for p in _NEEDS for c in self._all(gate, p)):
                found |= {c for p in _THERE for c in self._all(gate, p)}
                found |= self._standing_of(gate, therapy, settled)
        return self.closure(found, settled)

    def barring(self, therapy: str) -> frozenset[tuple[str, str]]:
        """Return criterion and kind of what stands before a therapy and must not be there.

        Whatever speaks for such a criterion counts, even where something else speaks against it.
        """
        return frozenset(
            self._gate_key(gate)
            for gate in self._all(therapy, "hasGate")
            if "true" in self._all(gate, "excludes") and not self._all(gate, "needs")
        )

    @cached_property
    def brought(self) -> frozenset[str]:
        """Every readiness that a requirement can bring; the other is that of having none open."""
        kinds = {kind for _, kind in self._gates_by_key}
        return frozenset(r for kind in kinds for p in _BRINGS for r in self._all(kind, p))

    def kinds(self, term: str) -> tuple[str, ...]:
        """Return the classes of which a class is a kind, itself included."""
        return self.index.all(term, _KIND_OF)

    def _gate_key(self, gate: str) -> tuple[str, str]:
        return self._all(gate, "gateCriterion")[0], self._all(gate, "gateKind")[0]

    def _standing_of(self, gate: str, therapy: str, settled: Settled) -> frozenset[str]:
        """What the standing rests on, where the gate is there only in some standing."""
        if gate in self._before(therapy):
            return frozenset()
        return self.standing(therapy, settled=settled)

    def _before(self, therapy: str) -> tuple[str, ...]:
        """The gates that stand before a therapy whatever its standing."""
        return self._all(therapy, "hasGate") + self._all(therapy, "hasSilence")

    @cached_property
    def _bearing(self) -> tuple[str, ...]:
        return self.index.having(POEMKG + "bearsStanding", "true")

    @cached_property
    def _gates(self) -> tuple[str, ...]:
        return self.index.having(RDF + "type", POEMKG + "Gate")

    @cached_property
    def _gates_by_key(self) -> dict[tuple[str, str], list[str]]:
        """Criterion and kind to their gates."""
        gates: dict[tuple[str, str], list[str]] = defaultdict(list)
        for gate in self._gates:
            gates[self._gate_key(gate)].append(gate)
        return gates

    @cached_property
    def _below(self) -> dict[str, set[str]]:
        """Criterion to those next below it: its parts, the members of its list."""
        below: dict[str, set[str]] = defaultdict(set)
        for triple in self._triples:
            name = triple.predicate.value.removeprefix(POEMKG)
            subject, value = _plain(triple.subject), _plain(triple.object)
            if name in ("part", "closedBy"):
                below[subject].add(value)
        for term in self._touched:
            for group in self._all(term, "opensCriterion"):
                below[group].update(self._all(term, "unlistedAs"))
        return below

    @cached_property
    def _touched(self) -> dict[str, set[str]]:
        """Class to the criteria that anything prepared relates it to."""
        criteria = set()
        for prop in ("onClass", "onMeasure", "part", "test"):
            criteria |= {
                _plain(t.subject) for t in self._triples if t.predicate.value == POEMKG + prop
            }
        touched: dict[str, set[str]] = defaultdict(set)
        for triple in self._triples:
            subject, value = _plain(triple.subject), _plain(triple.object)
            if value in criteria and self.kinds(subject):
                touched[subject].add(value)
            elif triple.predicate.value == POEMKG + "onMeasure":
                touched[value].add(subject)
        return touched

    def _all(self, subject: str, name: str) -> tuple[str, ...]:
        return self.index.all(subject, POEMKG + name)


def _plain(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value
