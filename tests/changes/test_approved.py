"""What an approval does is told: advice by approved statements alone is compared as well."""

from __future__ import annotations

from functools import cache

import pytest

from poem_kg.changes.approved import approved_only
from poem_kg.changes.document import to_text
from poem_kg.changes.model import ApprovedOnly, Diff, Impact
from poem_kg.changes.telling import diff_parts, impact_parts
from poem_kg.knowledge import Knowledge
from poem_kg.reading import SourceGraph, read_graph
from tests.derivation.view import EXAMPLES, knowledge
from tests.review.knowledge import approving, statements

SOME = "By approved statements alone, 3 of the 25 examples get another advice; options gained: 2, "


@cache
def patients() -> dict[str, SourceGraph]:
    """Two examples."""
    paths = [path for name in ("S3a", "S6a") for path in EXAMPLES.glob(f"{name}-*.ttl")]
    return {path.stem: read_graph(path) for path in paths}


@cache
def all_approved() -> Knowledge:
    """The knowledge as if somebody had approved all of it."""
    return approving(statements())


def test_where_nothing_is_approved_there_is_nothing_to_tell() -> None:
    assert approved_only(knowledge(), knowledge(), patients()) is None


def test_options_that_an_approval_brings_or_takes_are_counted() -> None:
    found = approved_only(knowledge(), all_approved(), patients())
    assert found is not None
    assert (found.tried, found.affected, found.lost) == (2, 2, 0)
    assert found.gained > 2
    back = approved_only(all_approved(), knowledge(), patients())
    assert back == ApprovedOnly(tried=2, affected=2, gained=0, lost=found.gained)


def test_where_the_same_is_approved_no_example_differs() -> None:
    found = approved_only(all_approved(), all_approved(), patients())
    assert found == ApprovedOnly(tried=2, affected=0, gained=0, lost=0)


def reports(found: ApprovedOnly | None) -> tuple[str, str]:
    """A diff and an impact in words."""
    diff = Diff(
        old="old", new="new", old_version="1", new_version="2", old_digest="", new_digest="",
        changes=(), queries_differ=True, not_imported=(), tried=25, affected=0,
        approved_only=found,
    )  # fmt: skip
    impact = Impact(
        diff=diff, seed=1, panel=25, drawn=0, refused=0, affected=0, shown_only=0, grounds_only=0,
        effects=(), panel_affected=(), examples=(), untried=(), labels={},
    )  # fmt: skip
    return to_text(diff_parts(diff)), to_text(impact_parts(impact))


@pytest.mark.parametrize("which", [0, 1], ids=["diff", "impact"])
def test_both_reports_tell_it(which: int) -> None:
    found = ApprovedOnly(tried=25, affected=3, gained=2, lost=1)
    assert SOME + "lost: 1. " in reports(found)[which]
    assert "By approved" not in reports(None)[which]
