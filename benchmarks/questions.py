"""How many questions it takes until nothing can change: our order, the best one, a random one.

Run with `python -m benchmarks.questions [--patients N] [--seed S] [--json]`. Patients are made from
each disorder that has therapies, with all but at most five of the facts that the advice asks for
settled at random. Every way to settle the rest that violates no shape is derived, each counts
alike, and what is neither recorded nor asked for stays unknown. Asking ends when every way that
fits the answers so far gives each therapy the same standing, line and readiness. Our order is that
of the advice, asked anew after each answer; the best order is found by trying all of them, and may
also rest on the answers; the random one asks any open fact next.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product

import pyoxigraph as ox

from poem_kg.advice import Conclusions
from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge, load_knowledge
from poem_kg.namespaces import POEMKG, RDF
from poem_kg.whatif.answers import PRESENT, Answers
from poem_kg.whatif.dependencies import Dependencies
from poem_kg.whatif.hypotheses import Change, ChangeSet, Hypotheses, OpenFact
from poem_kg.whatif.open_facts import open_facts
from poem_kg.whatif.questions import facts_asked
from poem_kg.whatif.variants import Outcome, Variants

MOST = 5
"""The largest number of open facts."""

Result = dict[str, Outcome]
Choice = Callable[[ChangeSet, Sequence[OpenFact]], Sequence[OpenFact]]
"""Which facts may be asked next, each as likely, after some answers and of those left."""


@dataclass(frozen=True)
class Length:
    """The mean number of questions about one patient, by the order in which they are asked."""

    facts: int
    ways: int
    ours: float
    best: float
    random: float


class Asking:
    """All ways in which the open facts of a patient can turn out, and what follows from each.

    Args:
        knowledge: what to derive with.
        dependencies: what decisions rest on.
        hypotheses: the patient.
        facts: the facts that can be asked for.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        dependencies: Dependencies,
        hypotheses: Hypotheses,
        facts: Sequence[OpenFact],
    ) -> None:
        self._knowledge = knowledge
        self._dependencies = dependencies
        self._hypotheses = hypotheses
        self._facts = tuple(facts)
        variants = Variants(knowledge, hypotheses)
        ways = [frozenset(way) for way in product(*(fact.changes for fact in facts))]
        variants.after(ways)
        self.results = {w: variants.outcomes(w) for w in ways if variants.consistent(w)}

    def length(self) -> Length:
        """Return the mean number of questions in each order."""
        return Length(
            facts=len(self._facts),
            ways=len(self.results),
            ours=self.mean(self._ours, statistics.mean),
            best=self.mean(lambda _, left: left, min),
            random=self.mean(lambda _, left: left, statistics.mean),
        )

    def mean(self, choice: Choice, combine: Callable[[list[float]], float]) -> float:
        """Return the mean number of questions until nothing can change.

        Args:
            choice: which facts may be asked next.
            combine: what to make of the numbers that those lead to.
        """
        known: dict[ChangeSet, float] = {}

        def expected(answers: ChangeSet, ways: Sequence[ChangeSet]) -> float:
            if answers not in known:
                first = self.results[ways[0]]
                if all(self.results[way] == first for way in ways):
                    known[answers] = 0.0
                else:
                    asked = {c.concept for c in answers}
                    left = [f for f in self._facts if f.concept not in asked]
                    known[answers] = 1 + combine(
                        [after(fact, answers, ways) for fact in choice(answers, left)]
                    )
            return known[answers]

        def after(fact: OpenFact, answers: ChangeSet, ways: Sequence[ChangeSet]) -> float:
            total = 0.0
            for change in fact.changes:
                if fitting := [way for way in ways if change in way]:
                    total += len(fitting) * expected(answers | {change}, fitting)
            return total / len(ways)

        return expected(frozenset(), list(self.results))

    def _ours(self, answers: ChangeSet, left: Sequence[OpenFact]) -> Sequence[OpenFact]:
        """The first open fact by the questions of the advice after some answers."""
        triples = self._hypotheses.variant(answers, name="0")
        patient = f"{self._hypotheses.patient}/what-if/0"
        told = Conclusions(self._knowledge, derive(self._knowledge, triples), patient)
        for question in told.questions():
            asked = {
                f.concept
                for f in facts_asked(question.criterion, self._hypotheses, self._dependencies)
            }
            if wanted := [f for f in left if f.concept in asked]:
                return wanted[:1]
        return left[:1]


def patients(knowledge: Knowledge, *, seed: int) -> Iterator[Asking]:
    """Yield patients without end who have two to five open facts on which something rests.

    Args:
        knowledge: what to derive with.
        seed: the same seed gives the same patients.
    """
    rng = random.Random(seed)
    dependencies = Dependencies(knowledge)
    answers = Answers(knowledge, dependencies)
    prop = POEMKG + "offers"
    offering = (t.subject for t in knowledge.prepared if t.predicate.value == prop)
    disorders = sorted({d.value for d in offering if isinstance(d, ox.NamedNode)})
    number = 0
    while True:
        number += 1
        patient = f"urn:poem-kg:asked:{seed}-{number}"
        triples = _with_disorder(patient, rng.choice(disorders))
        hypotheses = open_facts(knowledge, answers, dependencies, triples, patient=patient)
        wanted = _asked(knowledge, dependencies, hypotheses, triples)
        unsettled = {f.concept for f in rng.sample(wanted, min(len(wanted), rng.randint(2, MOST)))}
        settled = frozenset(_likely(f, rng) for f in hypotheses.facts if f.concept not in unsettled)
        if not Variants(knowledge, hypotheses).consistent(settled):
            continue
        triples, patient = hypotheses.variant(settled, name="0"), f"{patient}/what-if/0"
        hypotheses = open_facts(knowledge, answers, dependencies, triples, patient=patient)
        facts = _asked(knowledge, dependencies, hypotheses, triples)
        if 2 <= len(facts) <= MOST:
            asking = Asking(knowledge, dependencies, hypotheses, facts)
            results = list(asking.results.values())
            if any(result != results[0] for result in results):
                yield asking


def _asked(
    knowledge: Knowledge,
    dependencies: Dependencies,
    hypotheses: Hypotheses,
    triples: list[ox.Triple],
) -> list[OpenFact]:
    """The open facts that the advice for a patient asks for."""
    told = Conclusions(knowledge, derive(knowledge, triples), hypotheses.patient)
    asked = {
        fact.concept
        for question in told.questions()
        for fact in facts_asked(question.criterion, hypotheses, dependencies)
    }
    return [fact for fact in hypotheses.facts if fact.concept in asked]


def _with_disorder(patient: str, disorder: str) -> list[ox.Triple]:
    node, record = ox.NamedNode(patient), ox.NamedNode(f"{patient}/diagnosis")
    kind = ox.NamedNode(RDF + "type")

    def term(name: str) -> ox.NamedNode:
        return ox.NamedNode(POEMKG + name)

    return [
        ox.Triple(node, kind, term("Patient")),
        ox.Triple(node, term("hasRecord"), record),
        ox.Triple(record, kind, term("Condition")),
        ox.Triple(record, term("concept"), ox.NamedNode(disorder)),
        ox.Triple(record, term("status"), term("present")),
    ]


def _likely(fact: OpenFact, rng: random.Random) -> Change:
    """What is attested or taught is mostly in order, and what is asked for mostly absent."""
    good = fact.place.doable and all(c.result is None for c in fact.changes)
    hoped = [c for c in fact.changes if (c.status == PRESENT) == good]
    return hoped[-1] if hoped and rng.random() < 0.9 else rng.choice(fact.changes)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    drawn = patients(load_knowledge(), seed=arguments.seed)
    lengths = [next(drawn).length() for _ in range(arguments.patients)]
    means = {
        name: statistics.mean(getattr(length, name) for length in lengths)
        for name in ("facts", "ways", "ours", "best", "random")
    }
    if arguments.json:
        print(json.dumps({"means": means, "patients": [asdict(length) for length in lengths]}))
        return
    print(f"patients: {len(lengths)}, with {means['facts']:.2f} open facts asked for in the mean")
    print(f"questions until nothing can change, in the order of the advice: {means['ours']:.2f}")
    print(f"                                    in the best order:         {means['best']:.2f}")
    print(f"                                    in a random order:         {means['random']:.2f}")
    best = sum(length.ours - length.best < 1e-9 for length in lengths)
    print(f"patients for whom the order of the advice is a best one: {best}")


if __name__ == "__main__":
    main()
