"""What we know to deviate, and the verdict on a suite that was run."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

REFUSED: Final = "refused, but not for its syntax: "
"""How an outcome begins where a query is well written and not answered."""
FILE: Final = Path(__file__).with_name("expectations.toml")


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """Cases of one suite that fail for one reason."""

    suite: str
    cases: tuple[str, ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A suite as it was when the expectations were written.

    Attributes:
        name: what it is called here.
        title: what it is called on the page.
        cases: how many there are.
        goal: how many must pass whatever is listed.
    """

    name: str
    title: str
    cases: int
    goal: int


def suites() -> dict[str, Suite]:
    """Return the suites by name, in the order of the file."""
    listed: dict[str, dict[str, Any]] = _file()["suite"]
    return {name: Suite(name=name, **told) for name, told in listed.items()}


def deviations(suite: str) -> tuple[Deviation, ...]:
    """Return what is listed for a suite, in the order of the file."""
    return _listed("deviation", suite)


def refusals(suite: str) -> tuple[Deviation, ...]:
    """Return the queries of syntax cases that are refused for what they ask, and pass all the same.

    Such a case is about how a query is written, and nothing is said against that.
    """
    return _listed("refusal", suite)


def _listed(kind: str, suite: str) -> tuple[Deviation, ...]:
    listed: list[dict[str, Any]] = _file()[kind]
    return tuple(
        Deviation(suite=name, cases=tuple(told["cases"]), reason=told["reason"])
        for told in listed
        for name in told["suites"]
        if name == suite
    )


def passing(suite: str) -> int:
    """Return how many cases pass, going by the list."""
    return suites()[suite].cases - sum(len(d.cases) for d in deviations(suite))


def verdict(suite: str, outcomes: Mapping[str, str | None]) -> str:
    """Return the count of a suite in one line.

    Args:
        suite: its name.
        outcomes: for each case why it failed, or None where it passed.

    Raises:
        AssertionError: the number of cases is not the one noted, an unlisted case failed, or a
            listed one passed or is not there.
    """
    told = suites()[suite]
    listed = {case for deviation in deviations(suite) for case in deviation.cases}
    refused = {case for refusal in refusals(suite) for case in refusal.cases}
    failed = {
        case: why
        for case, why in outcomes.items()
        if why is not None and not (case in refused and why.startswith(REFUSED))
    }
    wrong = [f"{case}: {why}" for case, why in failed.items() if case not in listed]
    for case in refused:
        if not (outcomes.get(case) or "").startswith(REFUSED):
            wrong.append(f"{case}: is listed as refused, but is not")
    for case in listed - set(failed):
        what = "passes" if case in outcomes else "is no case"
        wrong.append(f"{case}: is listed as a deviation, but {what}")
    passed = len(outcomes) - len(failed)
    line = f"{told.title}: {passed} of {len(outcomes)} cases pass"
    assert not wrong, f"{line}\n" + "\n".join(sorted(wrong))
    assert len(outcomes) == told.cases, f"{line}, but {told.cases} cases were there before"
    assert passed >= told.goal, f"{line}, but the goal is {told.goal}"
    return line


def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
