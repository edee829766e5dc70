"""What an invariant is: a sentence and its test on the facts and conclusions of one patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.invariants.facts import Facts
from tests.invariants.outcome import Outcome

Check = Callable[[Facts, Outcome], bool | None]
"""Whether the sentence holds for a patient; None where it says nothing about the patient."""


@dataclass(frozen=True)
class Invariant:
    """A sentence that holds for every patient.

    Attributes:
        name: of its function, in words.
        sentence: what holds.
        check: the test.
    """

    name: str
    sentence: str
    check: Check


INVARIANTS: dict[str, Invariant] = {}
"""Every invariant by its name, in the order of the modules that declare them."""


def invariant(check: Check) -> Check:
    """Declare a function as an invariant: its name is the name, its docstring the sentence."""
    name = check.__name__.replace("_", " ")
    sentence = " ".join((check.__doc__ or "").split())
    assert sentence.endswith("."), f"{name} needs its sentence as a docstring"
    assert name not in INVARIANTS, f"two invariants are called {name}"
    INVARIANTS[name] = Invariant(name, sentence, check)
    return check
