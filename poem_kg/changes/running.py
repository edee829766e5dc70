"""Both versions asked about the same drawn patients, on all cores."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final

from poem_kg.changes.drawing import Drawn
from poem_kg.changes.patients import PatientChange, patient_change
from poem_kg.changes.recordable import Recordable
from poem_kg.changes.trying import Trial, n_triples
from poem_kg.changes.versions import Version
from poem_kg.cohort.cases import STEM
from poem_kg.errors import PoemKgError
from poem_kg.processes import die_with

_BATCH: Final = 200
_WORTH_A_PROCESS: Final = 600
"""Fewer patients are tried sooner than another process has started."""

Case = tuple[str, bytes, bytes]
"""The number of a patient in five digits, and the graph in the words of the one and the other."""


@dataclass(frozen=True)
class Tried:
    """What came of some patients.

    Attributes:
        changes: by number; those without a difference are not there.
        refused: how many neither version accepts.
        named: the terms that the advice of either version names.
    """

    changes: dict[str, PatientChange]
    refused: int
    named: frozenset[str]


class Pair:
    """Two versions, ready to try patients in.

    Args:
        old: the one version.
        new: the other.
        otherwise: the statements of which an advice shows something else.

    Attributes:
        alike: whether nothing that a conclusion can rest on differs between them.
    """

    def __init__(self, old: Trial, new: Trial, otherwise: frozenset[str]) -> None:
        self.old, self.new = old, new
        self.otherwise = otherwise
        self.alike = old.read == new.read

    def tried(self, cases: Sequence[Case]) -> Tried:
        """Return what differs for drawn patients.

        Args:
            cases: as `cases_of` makes them, some hundred at most.
        """
        before = self.old.of_drawn({number: text for number, text, _ in cases})
        texts = {number: text for number, _, text in cases}
        # What rests on the same is the same: an edit of labels costs half.
        after = before if self.alike else self.new.of_drawn(texts)
        changes = {}
        named: set[str] = set()
        refused = 0
        for number in before:
            was, now = before[number], after[number]
            refused += bool(was.refused and now.refused)
            named |= was.named | now.named
            change = patient_change(was, now, otherwise=self.otherwise)
            if change is not None:
                changes[number] = change
        return Tried(changes=changes, refused=refused, named=frozenset(named))


def cases_of(drawn: Sequence[Drawn], old: Recordable, new: Recordable) -> Iterator[Case]:
    """Yield drawn patients as graphs; what a version has no words for is left out for it."""
    for patient in drawn:
        number = f"{patient.number:05}"
        before, after = (
            b"".join(n_triples(version.written(version.sayable(patient.facts), STEM + number)))
            for version in (old, new)
        )
        yield number, before, after


def try_all(
    cases: Sequence[Case], pair: Pair, versions: tuple[Version, Version], *, jobs: int | None = None
) -> Tried:
    """Return what differs for drawn patients, in their order, whatever the number of processes.

    Args:
        cases: the patients.
        pair: the versions, ready in this process.
        versions: the same as files, for other processes.
        jobs: how many processes; by default one for each core.

    Raises:
        PoemKgError: a process was killed.
    """
    batches = [cases[n : n + _BATCH] for n in range(0, len(cases), _BATCH)]
    wanted = jobs or len(os.sched_getaffinity(0))
    if wanted == 1 or len(cases) < _WORTH_A_PROCESS:
        return _together(pair.tried(batch) for batch in batches)
    try:
        with ProcessPoolExecutor(
            min(wanted, len(batches)),
            mp_context=get_context("spawn"),
            initializer=_start,
            initargs=(*versions, pair.otherwise, os.getpid()),
        ) as pool:
            return _together(pool.map(_try, batches))
    except BrokenProcessPool:
        raise PoemKgError(
            "impact: a process that tries patients was killed; try fewer with --patients"
        ) from None


def _together(parts: Iterator[Tried]) -> Tried:
    changes: dict[str, PatientChange] = {}
    named: set[str] = set()
    refused = 0
    for part in parts:
        changes |= part.changes
        named |= part.named
        refused += part.refused
    return Tried(changes=changes, refused=refused, named=frozenset(named))


_pair: Pair | None = None
"""The versions of a process that does nothing but try patients."""


def _start(old: Version, new: Version, otherwise: frozenset[str], parent: int) -> None:
    global _pair
    die_with(parent)
    _pair = Pair(Trial(old.load(), old.place), Trial(new.load(), new.place), otherwise)


def _try(cases: Sequence[Case]) -> Tried:
    assert _pair is not None
    return _pair.tried(cases)
