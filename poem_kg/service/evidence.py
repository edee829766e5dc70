"""The page "Evidence": figures and sources as tables, each the answer to a query, to be plotted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.catalogue import Query
from poem_kg.namespaces import POEMKG, WORDS
from poem_kg.service.model import Answer, Call
from poem_kg.service.pages import Pages
from poem_kg.service.showing import Link, plain_unit
from poem_kg.service.showing import Words as Text
from poem_kg.service.site import public_page
from poem_kg.service.vendor import is_built

YEARS: Final = {"a": 1.0, "mo": 1 / 12, "wk": 7 / 365.25, "d": 1 / 365.25}
"""UCUM units of time that a time point may have, in years."""
_VERIFIED: Final = POEMKG + "verifiedInSource"
_YEARS_IN_WORDS: Final = POEMKG + "wordsForClinician"
_TRUE: Final = ("1", "true")


@dataclass(frozen=True)
class Plot:
    """A plot of the page.

    Attributes:
        query: the name of its query in the catalogue.
        kind: how `evidence.js` draws it.
        reading: what its axes and marks are, in a sentence or two.
        columns: heading and variable of each column of the table; the first one names the row.
    """

    query: str
    kind: str
    reading: str
    columns: tuple[tuple[str, str], ...]


PLOTS: Final = (
    Plot(
        "outcomes-over-time",
        "over-time",
        "Across: when it was measured, in years, with figures whose time is not reported at the "
        "right edge; up: the figure, in its own unit. Figures of different sources and "
        "populations are not comparable. Points are joined only where one source gives "
        "one number of patients for all of them; a dotted line leads from the figure before to "
        "the one after. A hollow point was not verified in the source it cites.",
        (
            ("Measured", "outcome"),
            ("Figure", "value"),
            ("When", "timePoint"),
            ("Patients counted", "sampleSize"),
            ("Verified", "verified"),
            ("Before", "baselineValue"),
            ("Statistic", "statistic"),
            ("In whom", "population"),
            ("Therapy", "therapy"),
            ("Statement", "statement"),
            ("Stated in", "source"),
            ("Marker", "printed"),
            ("Source that is cited", "cited"),
        ),
    ),
    Plot(
        "harms",
        "rates",
        "Across: the share of patients, in percent, on a scale on which each line is ten times "
        "the one before. Each drawing holds the harms that are graded by one severity scheme: a "
        "word means something else in another scheme, and figures of different sources are not "
        "comparable. A hollow point was not verified in the source it cites.",
        (
            ("Harm", "outcome"),
            ("Figure", "value"),
            ("When", "timePoint"),
            ("Patients counted", "sampleSize"),
            ("Verified", "verified"),
            ("Severity", "severity"),
            ("Severity scheme", "scheme"),
            ("Scheme of", "schemeSource"),
            ("Statistic", "statistic"),
            ("Therapy", "therapy"),
            ("Statement", "statement"),
            ("Stated in", "source"),
            ("Marker", "printed"),
            ("Source that is cited", "cited"),
        ),
    ),
    Plot(
        "statements-by-source",
        "matrix",
        "Across: the sources; up: kinds of statement; in each circle: how many statements of "
        "that kind the source makes. A count says nothing about how strong the evidence is.",
        (
            ("Source", "source"),
            ("Type of source", "type"),
            ("Kind of statement", "kind"),
            ("Statements", "statements"),
        ),
    ),
    Plot(
        "evidence-behind-a-page",
        "matrix",
        "Across: the sources that a page cites; up: kinds of statement; in each circle: how many "
        "statements of that kind lean on the citation. A count says nothing about how strong the "
        "evidence is.",
        (
            ("Source that is cited", "cited"),
            ("Type of source", "type"),
            ("Kind of statement", "kind"),
            ("Statements", "statements"),
            ("Cited by", "page"),
            ("Marker", "printed"),
        ),
    ),
)
"""What the page shows, in its order."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes:
        column: the variable.
        shown: what stands in it, or None where the query bound nothing.
        number: the figure, as the graph writes it, for a cell that has one.
        unit: its unit, as people read it.
        years: a time point in years.
        good: for the mark of verification, whether it was verified in the source itself.
    """

    column: str
    shown: Link | Text | None
    number: str | None = None
    unit: str = ""
    years: float | None = None
    good: bool | None = None


@dataclass(frozen=True, eq=False)
class Evidence:
    """Makes the page.

    Attributes:
        pages: lays it out.
        store: what the queries are asked of.
        queries: the catalogue, by name.
    """

    pages: Pages
    store: ox.Store
    queries: Mapping[str, Query]

    def answer(self, call: Call) -> Answer:
        """Return the page."""
        at = self.pages.addresses.at
        shown = [
            {
                "name": plot.query,
                "kind": plot.kind,
                "heading": self.queries[plot.query].summary,
                "reading": plot.reading,
                "heads": [head for head, _ in plot.columns],
                "rows": self.rows(plot),
                "query": self.pages.term(ox.NamedNode(self.queries[plot.query].iri)),
            }
            for plot in PLOTS
        ]
        body = self.pages.render(
            "evidence.html",
            title="Evidence",
            built=is_built("chart.js"),
            plots=shown,
            editor=at("editor"),
        )
        return public_page(body)

    def rows(self, plot: Plot) -> list[list[Cell]]:
        """Return the rows of the table of a plot: those of its query, in their order."""
        found = self.store.query(self.queries[plot.query].text)
        assert isinstance(found, ox.QuerySolutions)
        names = {variable.value for variable in found.variables}
        return [
            [self._cell(name, solution, names) for _, name in plot.columns] for solution in found
        ]

    def _cell(self, column: str, row: ox.QuerySolution, names: set[str]) -> Cell:
        def text(name: str) -> str:
            term = row[name] if name in names else None
            return term.value if isinstance(term, ox.Literal | ox.NamedNode) else ""

        term, raw = row[column], text(column)
        if term is None:
            return Cell(column, None)
        if column in ("value", "baselineValue"):
            unit = plain_unit(text("unit"))
            about = "about " if column == "value" and text("approximate") in _TRUE else ""
            return Cell(column, Text(f"{about}{raw} {unit}".strip()), number=raw, unit=unit)
        if column == "statements":
            return Cell(column, Text(raw), number=raw)
        if column == "timePoint":
            return Cell(column, Text(self._time(raw)), years=_years(raw))
        good = raw == _VERIFIED if column == "verified" else None
        return Cell(column, self.pages.term(term), good=good)

    def _time(self, text: str) -> str:
        """A time point, years in the words of the ontology."""
        number, _, unit = text.partition(" ")
        words = self.pages.graph.text(WORDS + "years", _YEARS_IN_WORDS)
        return words.value.format(number=number) if unit == "a" and words else text


def _years(text: str) -> float | None:
    """A time point in years, or None where it is none."""
    number, _, unit = text.partition(" ")
    try:
        return float(number) * YEARS[unit]
    except (KeyError, ValueError):
        return None
