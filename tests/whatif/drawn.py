"""Random patients with their open facts, and ones with so few that all can be settled."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import product
from math import prod

import pyoxigraph as ox

from poem_kg.namespaces import POEMKG, RDF
from poem_kg.validation import PatientValidator
from poem_kg.whatif.answers import PRESENT, Answers
from poem_kg.whatif.dependencies import Dependencies
from poem_kg.whatif.hypotheses import Change, ChangeSet, Hypotheses, OpenFact
from poem_kg.whatif.open_facts import open_facts
from poem_kg.whatif.variants import Outcome, Variants
from tests.derivation.patients import Patient
from tests.derivation.view import knowledge

OPEN = ("needs-information", "needs-action", "ready")


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

    Each has a disorder, and all but a few of the facts that this leaves open have been settled at
    random, so that some therapy is offered and not withheld or blocked.

    Args:
        count: how many patients.
        seed: the same seed gives the same patients.
        most: the largest number of sets of changes.
    """
    rng = random.Random(seed)
    disorders = sorted(dependencies().index.having(POEMKG + "inScope", "true"))
    disorders = sorted(
        c for top in disorders for c in dependencies().index.having(POEMKG + "isKindOf", top)
    )
    found = 0
    while found < count:
        patient = Patient(f"few-{seed}-{found}").adult().has(rng.choice(disorders))
        candidate = _settled(opened(patient.triples()), rng, most)
        if candidate and any(s.readiness in OPEN for s in _now(candidate)):
            found += 1
            yield candidate


def _settled(hypotheses: Hypotheses, rng: random.Random, most: int) -> Hypotheses | None:
    facts = rng.sample(hypotheses.facts, len(hypotheses.facts))
    facts.sort(key=_is_therapy)  # those go first, or what they make of tests would fill the room
    while len(facts) > 8 or prod(1 + len(fact.changes) for fact in facts) > most:
        facts.pop()
    left = {fact.concept for fact in facts}
    settled = frozenset(_likely(f, rng) for f in hypotheses.facts if f.concept not in left)
    triples = hypotheses.variant(settled, name="settled")
    if not _validator().validate(triples).conforms:
        return None
    candidate = opened(triples)
    few = 2 <= len(candidate.facts) <= 8 and completions(candidate) <= most
    return candidate if few else None


def _is_therapy(fact: OpenFact) -> bool:
    return fact.place.record_class.endswith("ProcedureRecord")


def _likely(fact: OpenFact, rng: random.Random) -> Change:
    """What is done is mostly in order, and what is asked for mostly absent."""
    attested = fact.place.doable and not _is_therapy(fact)
    hoped = [c for c in fact.changes if (c.status == PRESENT) == attested]
    return hoped[-1] if hoped and rng.random() < 0.9 else rng.choice(fact.changes)


def _now(hypotheses: Hypotheses) -> list[Outcome]:
    return list(derived(hypotheses).outcomes(frozenset()).values())


def derived(hypotheses: Hypotheses) -> Variants:
    """Return the hypothetical patients of a patient."""
    return Variants(knowledge(), hypotheses)
