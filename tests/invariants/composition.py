"""From the results of single factors to those of any patient: the independence claim, to be tested.

What an enumerated patient shows is taken apart by gates: which gates a disorder brings before a
therapy, and in which state each value of the factors that reach a gate leaves it. For any other
patient the states are put together again, and the readiness that comes first in the published
order is what readiness has to be. Nothing here evaluates a criterion.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tests.invariants.checking import Requirements, Summary
from tests.invariants.enumeration import DECIDING, judged
from tests.invariants.factors import Choice, factors
from tests.invariants.independence import Gate, prepared, reaching

Key = tuple[str, str]
"""Criterion and kind of a gate."""

ABSENT = "no requirement"


class Composition:
    """What the enumeration has shown, by gate and by disorder."""

    def __init__(self) -> None:
        self._states: dict[Key, dict[tuple[str, ...], str]] = {key: {} for key in gates()}
        self._failed: dict[tuple[str, ...], str] = {}
        self._options: dict[tuple[str, ...], Summary] = {}
        self.conflicts: list[tuple[Key, Choice]] = []

    def learn(self, subject: Choice, shown: Summary) -> None:
        """Take in what an enumerated patient shows.

        A gate that another patient with the same values of its factors has in another state is
        a conflict: then its state depends on something that does not reach it.
        """
        if subject.kind == "disorders":
            self._options[_deciding(subject)] = shown
        seen: Requirements = {}
        for therapy, (_, readiness, requirements) in shown.items():
            seen.update(requirements)
            for key, gate in gates().items():
                if gate.silent and therapy in _concerned(key):
                    seen.setdefault(key, ABSENT)
            self._test_failure(subject, readiness, requirements)
        for key, state in seen.items():
            known = self._states[key].setdefault(_values(key, subject), state)
            if known != state and reaching_undecided(key):
                self.conflicts.append((key, subject))

    def _test_failure(self, subject: Choice, readiness: str, requirements: Requirements) -> None:
        """Note whether a failed test blocks or, as it was not done, is something to do."""
        for key, state in requirements.items():
            if key[1] == "testGate" and state == "notMet":
                values = _values(key, subject)
                if readiness == "blocked" or values not in self._failed:
                    blocks = readiness == "blocked"
                    self._failed[values] = "readinessWhenNotMet" if blocks else "readinessWhenOpen"

    def states(self) -> dict[tuple[str, str], dict[str, object]]:
        """Return the states of the gates for each value of each factor, others at background."""
        found: dict[tuple[str, str], dict[str, object]] = {}
        for name, factor in factors().items():
            for value in factor.values:
                alone = Choice("", ((name, value),))
                found[name, value] = {
                    criterion: (self._states[criterion, kind].get(at), self._failed.get(at))
                    for criterion, kind in gates()
                    if name in reaching(criterion)
                    for at in [_values((criterion, kind), alone)]
                }
        return found

    def predict(self, subject: Choice) -> Summary:
        """Return what has to follow for a patient.

        Raises:
            KeyError: the enumeration lacks a state or a disorder that the patient needs.
        """
        predicted: Summary = {}
        for therapy, (stands, _, requirements) in self._options[_deciding(subject)].items():
            states: Requirements = {}
            for key, state in requirements.items():
                if not gates()[key].silent:
                    undecided = reaching_undecided(key)
                    states[key] = self._state(key, subject) if undecided else state
            for key, gate in gates().items():
                if gate.silent and therapy in _concerned(key):
                    state = self._state(key, subject)
                    if state != ABSENT:
                        states[key] = state
            predicted[therapy] = (stands, self._readiness(states, subject), states)
        return predicted

    def _state(self, key: Key, subject: Choice) -> str:
        return self._states[key][_values(key, subject)]

    def _readiness(self, states: Requirements, subject: Choice) -> str:
        brought = {"ready"}
        for key, state in states.items():
            if state == "unknown":
                brought |= prepared().of("readinessWhenUnknown", key[1])
            elif state == "notMet":
                prop = self._failed.get(_values(key, subject), "readinessWhenNotMet")
                brought |= prepared().of(
                    prop if key[1] == "testGate" else "readinessWhenNotMet", key[1]
                )
        return min(brought, key=_order)


@cache
def gates() -> dict[Key, Gate]:
    """Return the gates by criterion and kind."""
    return {(gate.criterion, gate.kind): gate for gate in prepared().gates().values()}


@cache
def reaching_undecided(key: Key) -> tuple[str, ...]:
    """Return the factors that reach a gate, unless they all decide the options anyway."""
    names = reaching(key[0])
    return () if set(names) <= set(DECIDING) else names


@cache
def _concerned(key: Key) -> frozenset[str]:
    known = prepared()
    found = [known.therapies(n) for n, g in known.gates().items() if (g.criterion, g.kind) == key]
    return frozenset[str]().union(*found)


@cache
def _order(readiness: str) -> int:
    (order,) = prepared().of("order", readiness)
    return int(order)


def _values(key: Key, subject: Choice) -> tuple[str, ...]:
    return tuple(subject.value(name) for name in reaching(key[0]))


def _deciding(subject: Choice) -> tuple[str, ...]:
    disorder, judgement, opioid, dysfunction = (subject.value(name) for name in DECIDING)
    return (disorder, judgement if judged(disorder) else "unknown", opioid, dysfunction)


def learned(shown: Iterable[tuple[Choice, Summary]]) -> Composition:
    """Return a composition that has taken in these patients."""
    composition = Composition()
    for subject, summary in shown:
        composition.learn(subject, summary)
    return composition
