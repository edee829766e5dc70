"""No small count is shown, nor can be worked out from the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.cohort.model import PatientResult
from poem_kg.cohort.summary.model import Summary
from poem_kg.cohort.summary.page import summary_html
from poem_kg.cohort.summary.report import summarise, summary_text
from poem_kg.cohort.summary.small_counts import kept_back
from poem_kg.knowledge import Knowledge
from tests.cohort.made_runs import write_run
from tests.cohort.summaries import (
    Page,
    figures,
    many,
    option,
    rejected,
    section,
    told,
)


def test_a_lone_small_count_takes_the_next_one_with_it() -> None:
    counts = {"a": 90, "b": 3, "c": 20, "d": 0}

    assert kept_back(counts, {"b"}, 5, [list(counts)]) == {"b", "c"}
    assert kept_back(counts, {"b"}, 5, []) == {"b"}
    assert kept_back(counts, set(), 5, [list(counts)]) == set()


def test_two_small_counts_that_stay_small_together_take_a_third() -> None:
    counts = {"a": 90, "b": 1, "c": 1, "d": 20}

    assert kept_back(counts, {"b", "c"}, 5, [list(counts)]) == {"b", "c", "d"}


@pytest.mark.parametrize("seed", range(8))
def test_no_small_count_is_shown_or_can_be_worked_out(
    seed: int, tmp_path: Path, knowledge: Knowledge
) -> None:
    run = write_run(tmp_path / "run", many(20 + 15 * seed, seed))
    open_, closed = summarise(run, knowledge), summarise(run, knowledge, suppress_below=5)

    counts, shown = cells(open_), cells(closed)
    secret = {key for key, n in counts.items() if n in range(1, 5)}

    assert secret, "the run has no small count"
    assert set(counts) == set(shown)
    assert {key for key, n in shown.items() if n is not None and n != counts[key]} == set()
    assert not any(f.share for f in figures(closed) if f.count is None)
    known = {key for key, n in shown.items() if n is not None}
    assert known & secret == set()
    worked_out = True
    while worked_out:
        worked_out = False
        for line in sums(counts):
            lost = [key for key in line if key not in known]
            if len(lost) == 1:
                known.update(lost)
                worked_out = True
    assert known & secret == set()


def cells(summary: Summary) -> dict[tuple[str, ...], int | None]:
    """Every count by section, keys and what is counted; each row has its last figure's."""
    return {
        (part.name, *row.keys): row.figures[-1].count
        for part in summary.sections
        for row in part.rows
    }


def sums(counts: dict[tuple[str, ...], int | None]) -> list[list[tuple[str, ...]]]:
    """Groups of counts of which each can be worked out from the others of the group."""
    came, advised, rejected_, some, none, options = [k for k in counts if k[0] == "totals"]
    of = {
        name: [key for key in counts if key[0] == name]
        for name in ("best", "readiness", "standing", "disorder", "therapy")
    }
    groups = [[came, advised, rejected_], [advised, some, none], [none, ("best", "no option")]]
    groups += [[advised, *of["best"]]]
    groups += [[options, *of[n]] for n in ("readiness", "standing", "disorder", "therapy")]
    for name in ("standing", "readiness"):
        crossed = [key for key in counts if key[0] == f"therapy-{name}"]
        groups += [[total, *(c for c in crossed if c[1] == total[1])] for total in of["therapy"]]
        groups += [[total, *(c for c in crossed if c[2] == total[1])] for total in of[name]]
    return groups


def test_what_is_kept_back_is_told(tmp_path: Path, knowledge: Knowledge) -> None:
    run = write_run(tmp_path / "run", many(60))

    closed = summarise(run, knowledge, suppress_below=5)

    page = Page(summary_html(closed)).texts
    assert "<5" in page and "kept back" in page
    assert "<5" in summary_text(closed, colour=False)
    assert [r for r in closed.remarks if "<5" in r]
    assert not [r for r in summarise(run, knowledge).remarks if "<" in r]


def test_a_lone_rejected_patient_is_not_the_rest_of_a_sum(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    results = [PatientResult(f"urn:{i}", options=(option(f"urn:{i}"),)) for i in range(9)]
    run = write_run(tmp_path / "run", [*results, rejected("urn:x", "other")])

    summary = summarise(run, knowledge, suppress_below=5)

    assert [row[2] for row in told(summary, "totals")][:3] == ["kept back", "9", "<5"]
    assert "<5 rejected patients" in section(summary, "rejections").note
