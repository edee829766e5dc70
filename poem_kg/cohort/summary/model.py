"""What a summary of a cohort consists of: tables of counts and shares, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Chart = Literal["none", "bars", "grouped", "stacked"]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A count with its share in percent; both None where the count is kept back.

    `told` is the count for a reader: "1,204", "<5", or "kept back" where it would give away
    another one. `share` is None as well where a share means nothing.
    """

    count: int | None
    share: float | None
    told: str

    @property
    def told_share(self) -> str:
        """The share for a reader, such as "12.3 %"; empty where there is none."""
        if self.share is None:
            return ""
        return "<0.1 %" if 0 < self.share < 0.05 else f"{self.share:.1f} %"


@dataclass(frozen=True, kw_only=True)
class Row:
    """What is counted, in the words of the section's `keys`, and a figure for each `counted`."""

    keys: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One table of a summary.

    Attributes:
        name: a short name, for a link.
        title: the heading.
        note: what is counted and what the shares are of, in sentences.
        keys: the heads of the columns that say what is counted.
        counted: the heads of the figures, "patients" or "options"; each has a share.
        rows: in the order in which to read them; what is 0 has none.
        more: how many rows there are beyond these.
        chart: a bar for each first key; "grouped" and "stacked" colour it by the second.
        legend: the second keys in order, where they colour a chart.
    """

    name: str
    title: str
    note: str
    keys: tuple[str, ...]
    counted: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int = 0
    chart: Chart = "bars"
    legend: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Word:
    """A code with what it means; `list` is the closed list that it is from."""

    list: str
    code: str
    definition: str


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A run in tables.

    Attributes:
        notices: what stands on every advice, as sentences.
        remarks: how to read this summary, as sentences.
        sections: the tables.
        words: every readiness and standing, in their order.
        versions: what ran and on what, by name.
        digests: file of the run to digest.
    """

    notices: tuple[str, ...]
    remarks: tuple[str, ...]
    sections: tuple[Section, ...]
    words: tuple[Word, ...]
    versions: tuple[tuple[str, str], ...]
    digests: tuple[tuple[str, str], ...]
