"""What becomes of a patient after some changes: derived like any other patient, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, RDF
from poem_kg.validation import PatientValidator
from poem_kg.whatif.hypotheses import DECIDED_BEFORE, ChangeSet, Hypotheses

_BATCH: Final = 100


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a therapy stands: standing, line and readiness by their codes; all None: not offered."""

    standing: str | None = None
    line: int | None = None
    readiness: str | None = None


@dataclass(frozen=True, kw_only=True)
class State:
    """An outcome and what brings it.

    Attributes:
        there: criterion and kind of every requirement, as IRIs.
        brought: criterion, kind and the readiness it brings of those that stand in the way.
    """

    outcome: Outcome
    there: frozenset[tuple[str, str]] = frozenset()
    brought: tuple[tuple[str, str, str], ...] = ()


NOT_OFFERED: Final = State(outcome=Outcome())


@dataclass(frozen=True, kw_only=True)
class Variant:
    """What was derived for one hypothetical patient.

    Attributes:
        states: of every therapy that is offered, by IRI.
        met: the criteria that are met.
        failed: the criteria that are not met.
    """

    states: dict[str, State]
    met: frozenset[str]
    failed: frozenset[str]


class Variants:
    """The hypothetical patients that result from changes, each derived once.

    Args:
        knowledge: what to derive with.
        hypotheses: the patient and the open facts.
    """

    def __init__(self, knowledge: Knowledge, hypotheses: Hypotheses) -> None:
        self._knowledge = knowledge
        self._hypotheses = hypotheses
        self._derived: dict[ChangeSet, Variant] = {}
        self._consistent: dict[ChangeSet, bool] = {}

    @property
    def derived(self) -> int:
        """How many patients have been derived."""
        return len(self._derived)

    def missing(self, sets: Sequence[ChangeSet]) -> list[ChangeSet]:
        """Return those sets for which nothing has been derived yet, each once."""
        return [s for s in dict.fromkeys(sets) if s not in self._derived]

    def after(self, sets: Sequence[ChangeSet]) -> list[Variant]:
        """Return for each set of changes what is then derived."""
        missing = self.missing(sets)
        for start in range(0, len(missing), _BATCH):
            self._derive(missing[start : start + _BATCH])
        return [self._derived[s] for s in sets]

    def outcomes(self, changes: ChangeSet) -> dict[str, Outcome]:
        """Return the outcome of every therapy that is offered after some changes."""
        (variant,) = self.after([changes])
        return {therapy: state.outcome for therapy, state in variant.states.items()}

    def consistent(self, changes: ChangeSet) -> bool:
        """Return whether the patient after some changes violates no shape."""
        if changes not in self._consistent:
            report = self._validator.validate(self._hypotheses.variant(changes, name="0"))
            self._consistent[changes] = report.conforms
        return self._consistent[changes]

    @cached_property
    def _validator(self) -> PatientValidator:
        return PatientValidator(self._knowledge)

    def _derive(self, sets: Sequence[ChangeSet]) -> None:
        names = {f"{self._hypotheses.patient}/what-if/{n}": s for n, s in enumerate(sets)}
        graph = [
            triple
            for number, changes in enumerate(sets)
            for triple in self._hypotheses.variant(changes, name=str(number))
        ]
        store = derive(self._knowledge, graph, before=DECIDED_BEFORE).store
        states: dict[str, dict[str, State]] = {name: {} for name in names}
        for patient, therapy, state in _options(store, self._knowledge):
            states[patient][therapy] = state
        for name, changes in names.items():
            self._derived[changes] = Variant(
                states=states[name],
                met=_criteria(store, name, "meets"),
                failed=_criteria(store, name, "fails"),
            )


def _criteria(store: ox.Store, patient: str, name: str) -> frozenset[str]:
    quads = store.quads_for_pattern(ox.NamedNode(patient), ox.NamedNode(POEMKG + name), None)
    return frozenset(q.object.value for q in quads if isinstance(q.object, ox.NamedNode))


def _options(store: ox.Store, knowledge: Knowledge) -> Iterable[tuple[str, str, State]]:
    """Yield patient, therapy and state of every option in a store."""

    def values(node: ox.NamedNode, name: str) -> list[ox.NamedNode | ox.Literal]:
        found = store.quads_for_pattern(node, ox.NamedNode(POEMKG + name), None)
        return [q.object for q in found if isinstance(q.object, ox.NamedNode | ox.Literal)]

    kind = ox.NamedNode(RDF + "type")
    for quad in store.quads_for_pattern(None, kind, ox.NamedNode(POEMKG + "Option")):
        option = quad.subject
        assert isinstance(option, ox.NamedNode)
        (patient,), (therapy,) = values(option, "ofPatient"), values(option, "therapy")
        (standing,), (readiness,) = values(option, "standing"), values(option, "readiness")
        line = values(option, "line")
        requirements = [
            (criterion.value, gate.value, requirement)
            for requirement in values(option, "hasRequirement")
            if isinstance(requirement, ox.NamedNode)
            for criterion in values(requirement, "criterion")
            for gate in values(requirement, "kind")
        ]
        brought = {
            (criterion, gate, brings.value)
            for criterion, gate, requirement in requirements
            for brings in values(requirement, "bringsReadiness")
        }
        outcome = Outcome(
            standing=knowledge.notation(standing.value),
            line=int(line[0].value) if line else None,
            readiness=knowledge.notation(readiness.value),
        )
        state = State(
            outcome=outcome,
            there=frozenset((criterion, gate) for criterion, gate, _ in requirements),
            brought=tuple(sorted(brought)),
        )
        yield patient.value, therapy.value, state
