"""Which criteria a factor can reach and which criteria advice depends on: both from the knowledge.

Nothing here evaluates a criterion. What a record can say about which criterion is prepared from
the ontology (`queries/prepare`), and so is which therapy, gate and note mentions which criterion.
Two factors that reach no criterion in common cannot change each other's effect.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations

from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG
from tests.derivation.view import knowledge
from tests.generated.contradictions import local
from tests.invariants.factors import Factor, factors

BY_CONCEPT = (
    "decidesCriterion",
    "excludesCriterion",
    "hintsAt",
    "meetsCriterion",
    "opensCriterion",
    "positiveFor",
    "refutesCriterion",
    "refutesResultCriterion",
    "ruleOutTestOf",
)
"""By which prepared properties the class, or the result, of a record tells something."""

ALONE = {"age": "Age", "birthYear": "Age"}
"""What a patient holds as a property of its own, and the measure that it stands for."""


@dataclass(frozen=True)
class Gate:
    """What can stand between a therapy and its being ready.

    Attributes:
        criterion: what it asks.
        kind: local name of the kind of gate.
        needs: the criteria that bring it in unless one is refuted.
        silent: whether it is brought in by its own criterion.
    """

    criterion: str
    kind: str
    needs: frozenset[str]
    silent: bool


class Prepared:
    """The prepared knowledge as pairs by property, all by local names.

    Args:
        known: the knowledge.
    """

    def __init__(self, known: Knowledge) -> None:
        self._pairs: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for triple in (*known.ontology, *known.prepared):
            prop = triple.predicate.value
            if prop.startswith(POEMKG):
                pairs = self._pairs[prop.removeprefix(POEMKG)]
                pairs[local(triple.subject)].add(local(triple.object))

    def of(self, prop: str, subject: str) -> frozenset[str]:
        """Return what a term points to by a property."""
        return frozenset(self._pairs[prop].get(subject, ()))

    def pairs(self, prop: str) -> Iterator[tuple[str, str]]:
        """Yield subject and object of a property."""
        for subject, targets in self._pairs[prop].items():
            yield from ((subject, target) for target in targets)

    @cached_property
    def above(self) -> dict[str, set[str]]:
        """The composite criteria and groups of which a criterion is a part."""
        found: dict[str, set[str]] = defaultdict(set)
        for prop in ("part", "closedBy", "toldBy"):
            for whole, part in self.pairs(prop):
                found[part].add(whole)
        return found

    @cached_property
    def going_stale(self) -> frozenset[str]:
        """The classes of tests and measures, which a later therapy makes out of date."""
        return frozenset(subject for subject, _ in self.pairs("goesStale"))

    def reached(self, concepts: Iterable[str]) -> frozenset[str]:
        """Return the criteria about which records of these classes can say something."""
        reached: set[str] = set()
        measures = defaultdict(set)
        for criterion, measure in self.pairs("onMeasure"):
            measures[measure].add(criterion)
        for concept in concepts:
            concept = ALONE.get(concept, concept)
            reached |= measures.get(concept, set())
            for prop in BY_CONCEPT:
                reached |= self.of(prop, concept)
        waiting = list(reached)
        while waiting:
            for whole in self.above.get(waiting.pop(), ()):
                if whole not in reached:
                    reached.add(whole)
                    waiting.append(whole)
        return frozenset(reached)

    def gates(self) -> dict[str, Gate]:
        """Return every gate by its IRI's end."""
        found = {}
        for gate, criterion in self.pairs("gateCriterion"):
            (kind,) = self.of("gateKind", gate)
            needs = self.of("needs", gate) | self.of("lineDisorder", gate)
            found[gate] = Gate(criterion, kind, needs, bool(self.of("silentWhen", gate)))
        return found

    def therapies(self, gate: str) -> frozenset[str]:
        """Return the therapies before which a gate stands by itself, not by way of an order."""
        props = ("hasGate", "hasSilence")
        return frozenset(t for prop in props for t, g in self.pairs(prop) if g == gate)


@cache
def prepared() -> Prepared:
    """Return the prepared knowledge of the checkout."""
    return Prepared(knowledge())


def mentioned(known: Prepared) -> frozenset[str]:
    """Return every criterion on which an option, a gate, a test, a notice or a note depends.

    The parts of composite criteria count instead of the composites. Criteria that no advice
    depends on, such as those that only a classification of studies reads, are not among them.
    """
    found: set[str] = set()
    for prop in (
        "gateCriterion",
        "needs",
        "whenNeeds",
        "disorderCriterion",
        "lineDisorder",
        "settles",
        "silentWhen",
        "stepCriterion",
        "consider",
    ):
        found |= {criterion for _, criterion in known.pairs(prop)}
    found |= {trigger for trigger, _ in known.pairs("raises")}
    waiting, seen = list(found), set(found)
    while waiting:
        name = waiting.pop()
        for part in known.of("part", name) | known.of("closedBy", name):
            if part not in seen:
                seen.add(part)
                waiting.append(part)
    return frozenset(name for name in seen if not known.of("part", name))


@cache
def reach(factor: Factor) -> frozenset[str]:
    """Return the criteria that a factor can change, by its records or by making tests stale."""
    known = prepared()
    names = factor.concepts()
    own = known.reached(names)
    kinds = {broad for name in names for broad in known.of("isKindOf", name)}
    if "Therapy" not in kinds:
        return own
    return own | known.reached(_of_the_patient() & known.going_stale)


@cache
def _of_the_patient() -> frozenset[str]:
    """What is recorded about the patient: what an operator or a centre has never goes stale."""
    entries = (e for f in factors().values() for v in f.values.values() for e in v)
    return frozenset(e.concept for e in entries if not e.holder)


def reaching(criterion: str) -> tuple[str, ...]:
    """Return the factors that can change a criterion."""
    return tuple(name for name, factor in factors().items() if criterion in reach(factor))


def coupled() -> tuple[tuple[str, str], ...]:
    """Return the pairs of factors that reach a gate's criterion in common."""
    pairs: set[tuple[str, str]] = set()
    for gate in prepared().gates().values():
        pairs |= set(combinations(reaching(gate.criterion), 2))
    return tuple(sorted(pairs))


def bearing_on(disorder: str, therapy: str) -> dict[str, str]:
    """Return the factors that can matter for a therapy in a disorder: on "readiness" or "notes".

    Args:
        disorder: local name of a class that offers the therapy.
        therapy: local name of the therapy.
    """
    known = prepared()
    excluded = known.of("excludesCriterion", disorder)
    gates = {
        criterion
        for gate_name, gate in known.gates().items()
        if therapy in known.therapies(gate_name) and not gate.needs & excluded
        for criterion in (gate.criterion,)
    }
    # An order of lines bears on every option while its disorder is there, or could be.
    gates |= {trigger for trigger, _ in known.pairs("raises")}
    gates |= {disease for _, disease in known.pairs("raises")}
    gates |= {gate.criterion for gate in known.gates().values() if gate.kind == "lineGate"}
    gates |= {f"present-{disorder}"}
    applications = [a for a, t in known.pairs("onTherapy") if t == therapy]
    for application in applications:
        if f"present-{disorder}" in known.of("disorderCriterion", application):
            gates |= known.of("whenNeeds", application) & _standing_needs(known, application)
    notes: set[str] = set()
    for application in known.of("hasNote", therapy):
        needs = known.of("needs", application)
        notes |= needs if not needs & excluded else set()
    found = {}
    for name, factor in factors().items():
        if reach(factor) & gates:
            found[name] = "readiness"
        elif reach(factor) & notes:
            found[name] = "notes"
    return found


def _standing_needs(known: Prepared, application: str) -> frozenset[str]:
    if known.of("bearsStanding", application):
        return known.of("whenNeeds", application)
    return frozenset()


def offers() -> tuple[tuple[str, str], ...]:
    """Return disorder and therapy wherever the sources give a therapy a standing."""
    return tuple(sorted(prepared().pairs("offers")))
