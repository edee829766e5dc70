"""What a run counts while it goes, and what its manifest tells of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from poem_kg.cohort.digests import AdviceDigest
from poem_kg.cohort.model import PatientResult


@dataclass
class Counts:
    """Patients and what came of them; counts of parts add up to those of the whole.

    Attributes:
        patients: all that were read.
        advised, rejected: each patient is one of the two.
        options: rows of the options table.
        without_option: advised patients without a row.
        diagnoses: disorder IRI and basis to patients.
        no_statement: kind and term IRI of what the sources are silent on, to patients.
        first_question: the criterion that is asked first, to patients.
        advice: the digest of the advice, whatever the order.
    """

    patients: int = 0
    advised: int = 0
    rejected: int = 0
    options: int = 0
    without_option: int = 0
    diagnoses: Counter[tuple[str, str]] = field(default_factory=Counter)
    no_statement: Counter[tuple[str, str]] = field(default_factory=Counter)
    first_question: Counter[str] = field(default_factory=Counter)
    advice: AdviceDigest = field(default_factory=AdviceDigest)

    @classmethod
    def of(cls, results: Iterable[PatientResult]) -> Counts:
        """Return the counts of some patients."""
        counts = cls()
        for result in results:
            counts._add(result)
        return counts

    def _add(self, result: PatientResult) -> None:
        self.patients += 1
        if result.rejected:
            self.rejected += 1
            return
        self.advised += 1
        self.options += len(result.options)
        self.without_option += not result.options
        self.diagnoses.update(result.tally.diagnoses)
        self.no_statement.update(result.tally.no_statement)
        if result.tally.question is not None:
            self.first_question[result.tally.question] += 1
        self.advice.add(result.advice)

    def merge(self, other: Counts) -> None:
        """Count in what other counts have counted."""
        self.patients += other.patients
        self.advised += other.advised
        self.rejected += other.rejected
        self.options += other.options
        self.without_option += other.without_option
        self.diagnoses += other.diagnoses
        self.no_statement += other.no_statement
        self.first_question += other.first_question
        self.advice.merge(other.advice)

    def as_json(self) -> dict[str, Any]:
        """Return the object `counts` of a manifest, keys sorted."""
        return {
            "patients": self.patients,
            "advised": self.advised,
            "rejected": self.rejected,
            "options": self.options,
            "withoutOption": self.without_option,
            "diagnoses": _nested(self.diagnoses),
            "noStatement": _nested(self.no_statement),
            "firstQuestion": dict(sorted(self.first_question.items())),
            "advice": str(self.advice),
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Counts:
        """Return the counts that `as_json` wrote.

        Raises:
            KeyError, ValueError, TypeError, AttributeError: the object has another form.
        """
        return cls(
            patients=int(told["patients"]),
            advised=int(told["advised"]),
            rejected=int(told["rejected"]),
            options=int(told["options"]),
            without_option=int(told["withoutOption"]),
            diagnoses=_flat(told["diagnoses"]),
            no_statement=_flat(told["noStatement"]),
            first_question=Counter({str(k): int(n) for k, n in told["firstQuestion"].items()}),
            advice=AdviceDigest.parse(told["advice"]),
        )


def _nested(counts: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (outer, inner), number in sorted(counts.items()):
        nested.setdefault(outer, {})[inner] = number
    return nested


def _flat(told: dict[str, dict[str, int]]) -> Counter[tuple[str, str]]:
    return Counter({(a, b): int(n) for a, inner in told.items() for b, n in inner.items()})
