"""Patients in pairs: one as recorded, the other without what must not make anything ready."""

from __future__ import annotations

from dataclasses import replace

from tests.generated.patients import Drawn
from tests.invariants.checking import Summary, facts_of

WEAK = ("provisional", "enteredInError")


def without_weak(drawn: Drawn) -> Drawn:
    """Return the patient without provisional records and those entered in error, on the same day.

    A concept with a provisional record loses its older records too: they had been overtaken.
    """
    facts = facts_of(drawn)
    weak = {(e.concept, e.holder) for e in facts.counting if e.status == "provisional"}
    kept = {
        factor: tuple(e for e in part if e.status not in WEAK and (e.concept, e.holder) not in weak)
        for factor, part in drawn.parts.items()
    }
    return replace(drawn, name=f"{drawn.name}-firm", parts=kept, as_of=facts.day, kind="firm")


def made_ready(as_recorded: Summary, firm: Summary) -> list[str]:
    """Return the therapies that are ready as recorded but not without the weak records."""
    return [
        therapy
        for therapy, (_, readiness, _) in as_recorded.items()
        if readiness == "ready" and (therapy not in firm or firm[therapy][1] != "ready")
    ]
