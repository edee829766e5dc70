"""Patients tried in a version of the knowledge: accepted or refused, and what follows for each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import pyoxigraph as ox

from poem_kg.changes.outcomes import Outcome
from poem_kg.cohort.steps import Steps, internal_words
from poem_kg.derivation import derive
from poem_kg.errors import InputError
from poem_kg.guest import Admission
from poem_kg.knowledge import Knowledge
from poem_kg.model import Finding
from poem_kg.reading import SourceGraph
from poem_kg.validation import PatientValidator

STEM: Final = "urn:poem-kg:drawn:"
"""What the IRI of a drawn patient begins with; a number of five digits follows."""
_OWNER: Final = re.compile(rb"<urn:poem-kg:drawn:(\d{5})")


class Trial:
    """One version, ready to try patients in.

    Args:
        knowledge: the version.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._admission = Admission(knowledge)
        self._validator = PatientValidator(knowledge)
        self._steps = Steps(knowledge.derive, internal_words(knowledge))
        self._prepared = tuple(knowledge.store())

    def of_file(self, source: SourceGraph) -> Outcome:
        """Return what follows for a patient of a file.

        Args:
            source: the patient, as `read_graph` returned it.
        """
        try:
            self._admission.admit(source)
        except InputError as error:
            return Outcome(refused=(error.cause,), lines=frozenset())
        findings = (
            *self._admission.unknown_terms(source),
            *self._validator.validate(source.triples).findings,
        )
        refused = _violations(findings)
        if refused:
            return Outcome(refused=refused, lines=frozenset())
        advice = derive(self.knowledge, source.triples).advice
        text = ox.serialize(advice, format=ox.RdfFormat.N_TRIPLES) or b""
        return Outcome(refused=(), lines=_conclusions(text.splitlines(keepends=True)))

    def of_drawn(self, patients: Mapping[str, bytes]) -> dict[str, Outcome]:
        """Return what follows for drawn patients, in their order.

        Args:
            patients: by number in five digits, the graph in N-Triples, its nodes called by `STEM`
                and the number.
        """
        cases = {STEM + number: data for number, data in patients.items()}
        refused = self._validator.refused(cases)
        store = ox.Store()
        store.bulk_extend(self._prepared)
        accepted = b"".join(data for name, data in cases.items() if name not in refused)
        store.load(accepted, format=ox.RdfFormat.N_TRIPLES, lenient=True)
        lines: dict[str, set[bytes]] = defaultdict(set)
        for step in self._steps.run(store):
            for line in step:
                owner = _OWNER.match(line)
                assert owner is not None, line
                lines[owner[1].decode()].add(line[:-3])
        return {
            number: Outcome(
                refused=_violations(refused.get(STEM + number, ())),
                lines=frozenset(lines.get(number, ())),
            )
            for number in patients
        }


def _violations(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f.message for f in findings if f.severity == "Violation"))


def _conclusions(lines: list[bytes]) -> frozenset[bytes]:
    return frozenset(line[:-3] for line in lines)
