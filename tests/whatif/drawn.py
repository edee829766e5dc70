"""Random patients with their open facts, and ones with so few that all can be settled."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import product
from math import prod

import pyoxigraph as ox

from poem_kg.answers import Answers
from poem_kg.dependencies import Dependencies
from poem_kg.hypotheses import ChangeSet, Hypotheses
from poem_kg.namespaces import POEMKG, RDF
from poem_kg.open_facts import open_facts
from poem_kg.validation import PatientValidator
from poem_kg.variants import Variants
from tests.derivation.view import knowledge
from tests.generated.patients import random_patients


@cache
def dependencies() -> Dependencies:
    """Return what decisions rest on, by the knowledge of the checkout."""
    return Dependencies(knowledge())


@cache
def answers() -> Answers:
    """Return what records can say, by the knowledge of the checkout."""
    return Answers(knowledge(), dependencies())


@cache
def _validator() -> PatientValidator:
    return PatientValidator(knowledge())


def opened(triples: list[ox.Triple], *, audience: str = "clinician") -> Hypotheses:
    """Return the open facts of a patient."""
    kind, cls = ox.NamedNode(RDF + "type"), ox.NamedNode(POEMKG + "Patient")
    (patient,) = {t.subject for t in triples if t.predicate == kind and t.object == cls}
    assert isinstance(patient, ox.NamedNode)
    return open_facts(
        knowledge(), answers(), dependencies(), triples, patient=patient.value, audience=audience
    )


def completions(hypotheses: Hypotheses) -> int:
    """Return the number of sets of changes of a patient, the empty one included."""
    return prod(1 + len(fact.changes) for fact in hypotheses.facts)


def every_set(hypotheses: Hypotheses) -> list[ChangeSet]:
    """Return every set with at most one change of each open fact, the smallest first."""
    choices = [(None, *fact.changes) for fact in hypotheses.facts]
    sets = [frozenset(c for c in chosen if c) for chosen in product(*choices)]
    return sorted(sets, key=len)


def few_open(count: int, *, seed: int, most: int) -> Iterator[Hypotheses]:
    """Yield patients with at most 8 open facts and at most so many sets of changes.

    They are random full patients of whom some open facts have been settled at random.

    Args:
        count: how many patients.
        seed: the same seed gives the same patients.
        most: the largest number of sets of changes.
    """
    rng = random.Random(seed)
    drawn = random_patients(1000, seed=seed)
    found = 0
    while found < count:
        hypotheses = opened(next(drawn).triples())
        for _ in range(6):
            facts = rng.sample(hypotheses.facts, len(hypotheses.facts))
            while facts and (
                len(facts) > 8 or prod(1 + len(fact.changes) for fact in facts) > most
            ):
                facts.pop()
            left = {fact.concept for fact in facts}
            settled = frozenset(
                rng.choice(f.changes) for f in hypotheses.facts if f.concept not in left
            )
            triples = hypotheses.variant(settled, name="settled")
            if not _validator().validate(triples).conforms:
                continue
            candidate = opened(triples)
            if 2 <= len(candidate.facts) <= 8 and completions(candidate) <= most:
                found += 1
                yield candidate
                break


def derived(hypotheses: Hypotheses) -> Variants:
    """Return the hypothetical patients of a patient."""
    return Variants(knowledge(), hypotheses)
