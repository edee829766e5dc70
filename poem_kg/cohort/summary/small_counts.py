"""Counts so small that they could point to a person, kept back before tables are shared."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from poem_kg.cohort.summary.counting import Manifest, OptionCounts, margin

Key = tuple[Hashable, ...]
"""One count of a summary, such as ("therapy", IRI) or ("best", code)."""

_Key = TypeVar("_Key", bound=Hashable)


def hidden_counts(run: Manifest, options: OptionCounts, below: int) -> frozenset[Key]:
    """Return which counts of the tables that hang together are not shown.

    Those are the small ones, and as many others as it takes that none of them is the rest of a
    sum, within a table or over several. Known whatever happens are the numbers of advised
    patients and of all options.

    Args:
        run: what the run says of itself.
        options: what its options are like.
        below: counts of patients from 1 to one less are small.
    """
    people: dict[Key, int] = {
        ("in",): run.patients,
        ("rejected",): run.rejected,
        ("some",): run.with_option,
        ("none",): run.without_option,
        **{("best", code): n for code, n in options.best.items()},
        **{("readiness", code): n for code, n in options.patients_by_readiness.items()},
        **{("standing", standing): n for standing, n in options.patients_by_standing.items()},
        **{("disorder", iri): n for iri, n in options.patients_by_disorder.items()},
        **{("therapy", iri): n for iri, n in margin(options.by_readiness, 0).items()},
    }
    sums: dict[Key, int] = {
        **people,
        **{("readiness", code): n for code, n in margin(options.by_readiness, 1).items()},
        **{("standing", standing): n for standing, n in margin(options.by_standing, 1).items()},
        **{("disorder", iri): n for iri, n in options.by_disorder.items()},
    }
    best = [key for key in people if key[0] == "best"]
    lines: list[list[Key]] = [
        [("in",), ("rejected",)],
        [("some",), ("none",)],
        [*best, ("some",)],
        *([k for k in sums if k[0] == name] for name in ("readiness", "standing", "disorder")),
        [key for key in sums if key[0] == "therapy"],
    ]
    crossed: tuple[tuple[str, Mapping[tuple[str, Any], int]], ...] = (
        ("readiness", options.by_readiness),
        ("standing", options.by_standing),
    )
    for name, cells in crossed:
        rows: dict[Key, list[Key]] = {}
        for (therapy, other), n in cells.items():
            cell = (name, therapy, other)
            people[cell] = sums[cell] = n
            for total in (("therapy", therapy), (name, other)):
                rows.setdefault(total, [total]).append(cell)
        lines += rows.values()
    return frozenset(kept_back(sums, small(people, below), below, lines))


def small(counts: Mapping[_Key, int], below: int) -> set[_Key]:
    """Return the keys whose counts are from 1 to `below` - 1."""
    return {key for key, count in counts.items() if 0 < count < below}


def kept_back(
    counts: Mapping[_Key, int],
    hidden: Collection[_Key],
    below: int,
    lines: Iterable[Sequence[_Key]],
) -> set[_Key]:
    """Return the keys that are hidden, and those whose counts would give them away.

    Where the counts of a line add up to something known, or one of them is the sum of the others,
    a lone hidden count can be worked out. So the smallest other counts of the line go too, until
    at least two are missing that together reach `below`.

    Args:
        counts: what is counted.
        hidden: the keys that are not shown in any case.
        below: the bound below which a count is small.
        lines: keys whose counts hang together, such as those of one row and their sum.
    """
    found = set(hidden)
    lines = [tuple(line) for line in lines]
    changed = bool(found)
    while changed:
        changed = False
        for line in lines:
            missing = [key for key in line if key in found]
            shown = [key for key in line if key not in found and counts[key]]
            enough = len(missing) > 1 and sum(counts[key] for key in missing) >= below
            if missing and shown and not enough:
                found.add(min(shown, key=lambda key: (counts[key], str(key))))
                changed = True
    return found
