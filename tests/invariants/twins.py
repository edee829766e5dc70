"""Patients in pairs: one as recorded, the other without what must not make anything ready."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tests.generated.patients import Drawn
from tests.invariants.checking import check, facts_of

WEAK = ("provisional", "enteredInError")


def without_weak(drawn: Drawn) -> Drawn:
    """Return the patient without provisional records and those entered in error, on the same day.

    A concept with a provisional record loses its older records too: they had been overtaken.
    """
    entries = drawn.entries()
    weak = {(e.concept, e.holder) for e in entries if e.status == "provisional"}
    kept = {
        factor: tuple(
            e for e in part if e.status not in WEAK and (e.concept, e.holder) not in weak
        )
        for factor, part in drawn.parts.items()
    }
    return replace(drawn, name=f"{drawn.name}-firm", parts=kept, as_of=facts_of(drawn).day)


def made_ready(patients: Iterable[Drawn]) -> tuple[int, list[tuple[Drawn, str]]]:
    """Return how many pairs were compared, and every therapy that weak records made ready."""
    pairs = [(drawn, without_weak(drawn)) for drawn in patients]
    pairs = [(drawn, firm) for drawn, firm in pairs if len(firm.entries()) < len(drawn.entries())]
    subjects: Sequence[Drawn] = [one for pair in pairs for one in pair]
    shown = [summary for _, summary in check(subjects).summaries] if subjects else []
    found = [
        (drawn, therapy)
        for (drawn, _), with_weak, firm in zip(pairs, shown[::2], shown[1::2], strict=True)
        for therapy, (_, readiness, _) in with_weak.items()
        if readiness == "ready" and (therapy not in firm or firm[therapy][1] != "ready")
    ]
    return len(pairs), found
