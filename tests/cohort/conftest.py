"""What the tests of cohorts share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from unittest import mock

import pytest

from poem_kg.cohort import local
from poem_kg.cohort.advising import Adviser
from poem_kg.knowledge import Knowledge
from poem_kg.limits import DEFAULT_LIMITS, Limits
from tests.derivation import view

_made: list[tuple[Knowledge, date | None, Limits, Adviser]] = []


def _adviser(
    knowledge: Knowledge, *, as_of: date | None = None, limits: Limits = DEFAULT_LIMITS
) -> Adviser:
    """The adviser with these arguments, made once for all runs of this process."""
    for known, day, most, adviser in _made:
        if known is knowledge and (day, most) == (as_of, limits):
            return adviser
    made = Adviser(knowledge, as_of=as_of, limits=limits)
    _made.append((knowledge, as_of, limits, made))
    return made


@pytest.fixture(scope="module", autouse=True)
def one_adviser() -> Iterator[None]:
    """Share the adviser among runs in this process: to make it is most of what a small one costs.

    Runs that are processes of their own make theirs.
    """
    with mock.patch.object(local, "Adviser", _adviser):
        yield


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """What the ontology says, for whoever counts a run."""
    return view.knowledge()
