"""The page "Evidence": its tables are the answers to their queries, and nothing is left out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import pyoxigraph as ox
import pytest

from poem_kg.namespaces import POEMKG, STATEMENT
from poem_kg.service import vendor
from poem_kg.service.evidence import PLOTS, Evidence, Plot
from poem_kg.service.model import Answer, Call
from poem_kg.service.queries import offered, short_name
from tests.service.calls import published
from tests.service.documents import documents
from tests.service.pages import Page, read
from tests.service.test_editor import one, only_from_here

QUERIES = {short_name(query): query for query in offered()}
FIGURES = [plot for plot in PLOTS if "value" in dict(plot.columns).values()]
NUMBERS = ("value", "baselineValue", "statements")


def evidence() -> Answer:
    return one().answer(Call(kind="page", path="evidence"))


@cache
def whole() -> Page:
    return read(evidence())


def over(triples: str) -> Page:
    """The page of another graph, with the names of things of ours."""
    store = ox.Store()
    store.load(triples, format=ox.RdfFormat.TURTLE)
    made = Evidence(documents().pages, store, QUERIES).answer(Call(kind="page", path="evidence"))
    return read(made)


def table(page: Page, plot: Plot) -> Iterator[dict[str, Element]]:
    """The rows of the table of a plot: variable to cell."""
    (figure,) = (f for f in page.all("figure") if f.get("aria-labelledby") == plot.query)
    for row in figure.iter("tr"):
        cells = {cell.get("data-column", ""): cell for cell in row}
        if "" not in cells:
            yield cells


def answers(plot: Plot) -> list[ox.QuerySolution]:
    found = published().store.query(QUERIES[plot.query].text)
    assert isinstance(found, ox.QuerySolutions)
    return list(found)


def said(cell: Element) -> str:
    return " ".join("".join(cell.itertext()).split())


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.query)
def test_each_row_is_a_row_of_the_query(plot: Plot) -> None:
    rows, page = answers(plot), whole()

    shown = list(table(page, plot))

    assert len(shown) == len(rows) > 5
    for cells, row in zip(shown, rows, strict=True):
        assert list(cells) == [name for _, name in plot.columns]
        for name, cell in cells.items():
            term = row[name]
            if term is None:
                assert said(cell) == "none" and "data-number" not in cell.attrib
            elif isinstance(term, ox.NamedNode):
                titled = [part.get("title") for part in cell.iter() if part.get("title")]
                assert titled == [term.value] or name == "verified"
            elif name in NUMBERS:
                assert isinstance(term, ox.Literal) and cell.get("data-number") == term.value
            elif name != "timePoint":
                assert isinstance(term, ox.Literal) and said(cell) == " ".join(term.value.split())


@pytest.mark.parametrize("plot", FIGURES, ids=lambda plot: plot.query)
def test_no_figure_stands_without_time_number_of_patients_and_mark(plot: Plot) -> None:
    rows, page = answers(plot), whole()

    for cells, row in zip(table(page, plot), rows, strict=True):
        for name in ("timePoint", "sampleSize"):
            assert said(cells[name]) not in ("", "none")
            assert (said(cells[name]) == "not reported") == (row[name].value == "not reported")
        (badge,) = cells["verified"]
        good = row["verified"] == ox.NamedNode(POEMKG + "verifiedInSource")
        assert badge.get("class") == f"badge {'good' if good else 'warn'}" and said(badge)
        assert cells["verified"].get("data-good") == ("yes" if good else "no")


def test_headings_are_the_questions_and_lead_to_the_queries() -> None:
    page = whole()

    only_from_here(page)
    assert page.text("h2") == [QUERIES[plot.query].summary for plot in PLOTS]
    links = {link.get("href") for link in page.all("a")}
    for plot in PLOTS:
        assert f"/editor?name={plot.query}" in links
        assert f"/query/ask-{plot.query}" in links
    assert len(page.text("figcaption")) == len(PLOTS)


def test_a_unit_a_time_and_a_share_that_is_about_are_written_for_people() -> None:
    page = whole()
    outcomes, harms = (list(table(page, plot)) for plot in FIGURES)

    told = {said(cells["value"]) for cells in (*outcomes, *harms)}
    times = {said(cells["timePoint"]): cells["timePoint"].get("data-years") for cells in outcomes}

    assert {"94 %", "15.6 mmHg", "1.27", "about 14 %", "0.09 %", "none"} <= told
    assert times == {"1 y": "1.0", "2 y": "2.0", "3 y": "3.0", "not reported": None}


def test_what_a_graph_says_is_shown_as_text_and_a_new_row_is_shown_at_once() -> None:
    page = over(
        f"""@prefix poemkg: <{POEMKG}> .
        <{STATEMENT}new> a poemkg:OutcomeEstimate ;
          poemkg:outcome poemkg:Outcome ; poemkg:therapy poemkg:Therapy ;
          poemkg:timePoint "6 mo" ; poemkg:value 71.5 ; poemkg:unit "%" ;
          poemkg:statistic "<script>alert(1)</script>" ; poemkg:sampleSize "12" ;
          poemkg:population <urn:people> ; poemkg:source <javascript:alert(1)> ;
          poemkg:verified poemkg:verifiedInSource ."""
    )

    (cells,) = table(page, FIGURES[0])

    only_from_here(page)
    assert said(cells["statistic"]) == "<script>alert(1)</script>"
    assert not any((a.get("href") or "").startswith("javascript") for a in page.all("a"))
    assert (said(cells["value"]), cells["value"].get("data-unit")) == ("71.5 %", "%")
    assert (said(cells["timePoint"]), cells["timePoint"].get("data-years")) == ("6 mo", "0.5")
    assert cells["verified"].get("data-good") == "yes" and said(cells["cited"]) == "none"


def test_without_the_built_plots_the_tables_stand_alone_and_the_page_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = whole()
    monkeypatch.setattr(vendor, "FOLDER", tmp_path)

    page = read(evidence())

    assert list(before.all("script")) and "built without npm" not in " ".join(before.text("p"))
    assert not list(page.all("script"))
    assert "this service was built without npm" in " ".join(page.text("p"))
    assert all("open" in details.attrib for details in page.all("details"))
    assert [len(list(table(page, plot))) for plot in PLOTS] == [len(answers(p)) for p in PLOTS]
