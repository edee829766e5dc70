"""The full check of every invariant, of the composition and of the twins, on two processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.generated.patients import Drawn, draw_patients
from tests.invariants.checking import Subject, Summary, Tally, check_all
from tests.invariants.composition import Composition
from tests.invariants.enumeration import (
    coupled_choices,
    disorder_choices,
    factor_choices,
    pair_choices,
    random_choices,
)
from tests.invariants.factors import Choice
from tests.invariants.page import DRAWN, RANDOM, SEED, Counts
from tests.invariants.twins import made_ready, without_weak

Say = Callable[[str], None]
SHOWN = 3
"""How many patients are shown for each sentence that does not hold."""


@dataclass
class FullRun:
    """A full run and what it has found.

    Attributes:
        tally: what came of the invariants.
        composed: how many patients agreed with what their parts predict.
        twins: how many patients were compared with themselves without weak records.
        problems: one line for each thing that does not hold.
    """

    say: Say
    tally: Tally = field(default_factory=Tally)
    composed: int = 0
    twins: int = 0
    problems: list[str] = field(default_factory=list)

    def run(self) -> Counts:
        """Check everything, in the order in which one part needs another."""
        composition = Composition()
        enumerated = [*disorder_choices(), *factor_choices(), *coupled_choices()]
        self._check("disorders, factors and coupled factors", enumerated, composition.learn)
        for key, subject in composition.conflicts:
            self.problems.append(f"not independent: {key[0]} in {describe(subject)}")
        compare = self._compare(composition)
        self._check("pairs of gates", list(pair_choices(composition.states())), compare)
        self._check("random patients", list(random_choices(RANDOM, seed=SEED)), compare)
        self._twins(list(draw_patients(DRAWN, seed=SEED)))
        self._broken()
        return Counts(dict(self.tally.patients), dict(self.tally.spoke), self.composed, self.twins)

    def _check(self, what: str, subjects: Sequence[Subject], use: Callable[..., None]) -> None:
        self.say(f"{len(subjects):,} patients: {what}")
        for tally in check_all(subjects):
            for subject, shown in tally.summaries:
                use(subject, shown)
            tally.summaries.clear()
            self.tally.add(tally)

    def _compare(self, composition: Composition) -> Callable[..., None]:
        def compare(subject: Choice, shown: object) -> None:
            try:
                agrees = composition.predict(subject) == shown
            except KeyError as missing:
                self.problems.append(f"not enumerated: {missing} for {describe(subject)}")
                return
            self.composed += agrees
            if not agrees:
                self.problems.append(f"not as its parts predict: {describe(subject)}")

        return compare

    def _twins(self, drawn: list[Drawn]) -> None:
        shown: dict[str, Summary] = {}

        def keep(subject: Subject, summary: Summary) -> None:
            assert isinstance(subject, Drawn)
            shown[subject.name] = summary

        self._check("drawn patients", drawn, keep)
        firm = [without_weak(one) for one in drawn]
        firm = [
            f for f, one in zip(firm, drawn, strict=True) if len(f.entries()) < len(one.entries())
        ]
        self._check("the same without weak records", firm, keep)
        self.twins = len(firm)
        for one in firm:
            for therapy in made_ready(shown[one.name.removesuffix("-firm")], shown[one.name]):
                self.problems.append(f"weak records make {therapy} ready: {describe(one)}")

    def _broken(self) -> None:
        count = Counter(name for name, _ in self.tally.broken)
        shown: Counter[str] = Counter()
        for name, subject in self.tally.broken:
            shown[name] += 1
            if shown[name] <= SHOWN:
                self.problems.append(f"{name}, broken on {count[name]}: {describe(subject)}")


def describe(subject: Subject) -> str:
    """Return a patient in one line: the values or records that make it."""
    if isinstance(subject, Choice):
        return "; ".join(f"{name}: {value}" for name, value in subject.values)
    records = (
        " ".join(filter(None, (e.concept, e.status, e.result, e.date))) for e in subject.entries()
    )
    return f"{subject.name}: " + "; ".join(records)


def sample(subjects: Iterable[Subject], *, size: int) -> list[Subject]:
    """Return about `size` patients, spread evenly over all."""
    every = list(subjects)
    return every[:: max(1, len(every) // size)]
