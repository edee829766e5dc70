"""Random full patients: every factor of the advice drawn, valid by the shapes, the same for a seed.

>>> from itertools import islice
>>> first, again = next(random_patients(1, seed=7)), next(random_patients(1, seed=7))
>>> first.triples() == again.triples()
True
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

from tests.derivation.patients import Patient
from tests.derivation.view import knowledge
from tests.generated.contradictions import Hierarchy
from tests.generated.draws import FACTORS
from tests.generated.entries import Entry, write

DAYS = ("2024-06-01", "2026-02-01", "2026-06-01")
CARE = (0.2, 0.8, 0.95)


@dataclass(frozen=True)
class Drawn:
    """A random patient as the parts it is made of.

    Attributes:
        name: the last part of the patient's IRI.
        parts: the records by factor, an empty tuple where nothing is known.
        as_of: the day for which advice is asked, or "" for the newest date.
        kind: of which part of a check it is.
    """

    name: str
    parts: dict[str, tuple[Entry, ...]]
    as_of: str = ""
    kind: str = "drawn"

    def entries(self) -> tuple[Entry, ...]:
        """Return all records."""
        return tuple(chain.from_iterable(self.parts.values()))

    def patient(self) -> Patient:
        """Return the patient."""
        patient = write(self.entries(), Patient(self.name, known=knowledge()))
        return patient.as_of(self.as_of) if self.as_of else patient


def random_patients(count: int, *, seed: int) -> Iterator[Patient]:
    """Yield patients with every factor drawn; each has a name of its own.

    Args:
        count: how many.
        seed: the same seed gives the same patients.
    """
    for drawn in draw_patients(count, seed=seed):
        yield drawn.patient()


def draw_patients(count: int, *, seed: int) -> Iterator[Drawn]:
    """Yield the same patients as the parts they are made of."""
    rng = random.Random(seed)
    for number in range(count):
        yield _draw(f"random-{seed}-{number}", rng)


@cache
def _hierarchy() -> Hierarchy:
    return Hierarchy(knowledge())


def _draw(name: str, rng: random.Random) -> Drawn:
    while True:
        care = rng.choice(CARE)
        parts = {
            factor: tuple(in_place(rng) if rng.random() < care else freely(rng))
            for factor, (freely, in_place) in FACTORS.items()
        }
        as_of = rng.choice(DAYS) if rng.random() < 0.1 else ""
        drawn = Drawn(name, parts, as_of)
        entries = drawn.entries()
        if entries and _hierarchy().agree(entries, as_of=as_of):
            return drawn
