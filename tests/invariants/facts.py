"""What was recorded about a patient, asked by class: the input side of an invariant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from tests.derivation.view import knowledge
from tests.generated.contradictions import Hierarchy, latest
from tests.generated.entries import Entry


@dataclass(frozen=True, eq=False)
class Facts:
    """The records of one patient, as written.

    Attributes:
        entries: all of them.
        as_of: the day of the advice, or "" for the newest date.
    """

    entries: tuple[Entry, ...]
    as_of: str = ""

    @cached_property
    def counting(self) -> tuple[Entry, ...]:
        """The records that count on the day of the advice, without those entered in error."""
        entries = (e for e in self.entries if e.status != "enteredInError")
        return tuple(e for e in entries if not self.as_of or e.date <= self.as_of)

    @cached_property
    def latest(self) -> tuple[Entry, ...]:
        """Of these the newest of each concept, and those without a date."""
        return tuple(latest(self.entries, as_of=self.as_of))

    @cached_property
    def day(self) -> str:
        """The day of the advice."""
        return self.as_of or max((e.date for e in self.counting), default="")

    def told(self, concept: str, status: str) -> list[Entry]:
        """Return the latest records of a class, or of one below it, with a status."""
        return [e for e in self.latest if e.status == status and concept in above(e.concept)]

    def present(self, *concepts: str) -> bool:
        """Return whether any of the classes is recorded as present."""
        return any(self.told(concept, "present") for concept in concepts)

    def provisional(self, concept: str) -> bool:
        """Return whether a class is recorded as suspected."""
        return bool(self.told(concept, "provisional"))

    def denied(self, concept: str) -> list[Entry]:
        """Return the latest absent records of a class or of one above it."""
        broad = above(concept)
        return [e for e in self.latest if e.status == "absent" and e.concept in broad]

    def only(self, concept: str, status: str) -> bool:
        """Return whether a class is told with this status, and nothing else is told of it."""
        broad = above(concept)
        about = [e for e in self.latest if concept in above(e.concept) or e.concept in broad]
        same = [e for e in about if concept in above(e.concept)]
        return any(e.concept == concept for e in same) and all(e.status == status for e in about)

    def done(self, therapy: str) -> list[Entry]:
        """Return the records that a therapy, or a kind of it, was ever done."""
        done = (e for e in self.counting if e.status == "present")
        return [e for e in done if therapy in above(e.concept)]

    def found(self, group: str) -> bool:
        """Return whether a test found a class or one below it."""
        results = (e.result for e in self.latest if e.status == "present" and e.result)
        return any(group in above(result) for result in results)


@cache
def above(name: str) -> frozenset[str]:
    """Return the classes above a class, itself and the groups it counts to included."""
    return _hierarchy().above.get(name, frozenset((name,)))


@cache
def below(name: str) -> frozenset[str]:
    """Return the classes below a class, itself and the members of a group included."""
    return frozenset(narrow for narrow, broad in _hierarchy().above.items() if name in broad)


@cache
def _hierarchy() -> Hierarchy:
    return Hierarchy(knowledge())


def dates(entries: Iterable[Entry]) -> list[str]:
    """Return the dates of some records, "" for none."""
    return [e.date for e in entries]
