"""Invariants on many patients: batches, two processes, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge
from tests.derivation.patients import Patient
from tests.derivation.view import knowledge
from tests.generated.patients import Drawn
from tests.invariants import grounds, readiness, standing
from tests.invariants.factors import AS_OF, Choice
from tests.invariants.facts import Facts
from tests.invariants.outcome import Outcome, read_outcomes
from tests.invariants.registry import INVARIANTS

FAMILIES = (readiness, standing, grounds)
BATCH = 40

Subject = Choice | Drawn
"""An enumerated patient, or one drawn with dates of every kind."""

Requirements = dict[tuple[str, str], str]
"""Criterion and kind to state."""

Summary = dict[str, tuple[tuple[str, ...], str, Requirements]]
"""Therapy to how it stands, whether it is ready and what it requires."""


@dataclass
class Tally:
    """What came of checking.

    Attributes:
        patients: how many were checked, by kind.
        spoke: on how many each invariant had something to say.
        broken: invariant and patient, wherever one did not hold.
        summaries: what a composition has to agree with, in the order of the patients.
    """

    patients: Counter[str] = field(default_factory=Counter)
    spoke: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[str, Subject]] = field(default_factory=list)
    summaries: list[tuple[Subject, Summary]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take over what came of checking other patients."""
        self.patients.update(other.patients)
        self.spoke.update(other.spoke)
        self.broken.extend(other.broken)
        self.summaries.extend(other.summaries)


def outcomes(
    subjects: Sequence[Subject], *, known: Knowledge | None = None
) -> list[tuple[Facts, Outcome]]:
    """Derive for patients in one batch and return the facts and conclusions of each."""
    patients = [_patient(subject, number) for number, subject in enumerate(subjects)]
    triples = [t for patient in patients for t in patient.triples()]
    derived = derive(known or knowledge(), triples)
    told = read_outcomes(derived.advice, [p.iri.value for p in patients])
    return [(facts_of(s), outcome) for s, outcome in zip(subjects, told, strict=True)]


def facts_of(subject: Subject) -> Facts:
    """Return the records of a patient."""
    as_of = AS_OF if isinstance(subject, Choice) else subject.as_of
    return Facts(subject.entries(), as_of)


def check(subjects: Sequence[Subject], *, known: Knowledge | None = None) -> Tally:
    """Check every invariant on patients that are derived in one batch."""
    tally = Tally()
    for subject, (facts, told) in zip(subjects, outcomes(subjects, known=known), strict=True):
        tally.patients[subject.kind] += 1
        tally.summaries.append((subject, summary(told)))
        for name, one in INVARIANTS.items():
            held = one.check(facts, told)
            if held is not None:
                tally.spoke[name] += 1
                if not held:
                    tally.broken.append((name, subject))
    return tally


def summary(told: Outcome) -> Summary:
    """Return of each option what a composition has to agree with."""
    return {
        name: (
            (o.standing, o.inner, o.line, str(o.rank), o.disorder, o.via),
            o.readiness,
            {(r.criterion, r.kind): r.state for r in o.requirements},
        )
        for name, o in told.options.items()
    }


def check_all(subjects: Iterable[Subject], *, workers: int = 2) -> Iterator[Tally]:
    """Yield what came of each batch, in order, with the work shared between processes."""
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(check, batches(subjects))


def batches(subjects: Iterable[Subject]) -> Iterator[list[Subject]]:
    """Yield the patients in batches that are derived together."""
    waiting = iter(subjects)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _patient(subject: Subject, number: int) -> Patient:
    return (
        subject.patient(f"enumerated-{number}")
        if isinstance(subject, Choice)
        else subject.patient()
    )
