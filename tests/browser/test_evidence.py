"""The plots of the evidence in a browser: what is drawn is what the tables say."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visits

_DRAWN = """canvas => {
  const { data, config } = Chart.getChart(canvas);
  return data.datasets.map(set => ({
    label: set.label ?? '',
    points: set.data.map(({ x, y, count, good }) => ({ x, y, count, good })),
    joined: Boolean(set.showLine),
    dashed: Boolean(set.borderDash),
    shape: set.pointStyle ?? 'circle',
    colour: set.borderColor,
    filled: (set.pointBackgroundColor ?? []).map(fill => fill !== 'transparent'),
  }));
}"""
_TABLE = """figure => {
  const number = text => text === undefined ? null : Number(text);
  return [...figure.querySelectorAll('tbody tr')].map(row => Object.fromEntries(
    [...row.children].map(cell => [cell.dataset.column, {
      text: cell.textContent.trim(),
      number: number(cell.dataset.number),
      years: number(cell.dataset.years),
      good: cell.dataset.good === 'yes',
    }])));
}"""


def table(page: Page, kind: str) -> list[list[dict[str, Any]]]:
    """The rows of each table of a kind of plot."""
    figures = page.locator(f"figure[data-plot={kind}]").element_handles()
    return [figure.evaluate(_TABLE) for figure in figures]


def drawn(page: Page, kind: str) -> list[list[list[dict[str, Any]]]]:
    """For each plot of a kind, its drawings, and of each the series."""
    return [
        [canvas.evaluate(_DRAWN) for canvas in figure.query_selector_all("canvas")]
        for figure in page.locator(f"figure[data-plot={kind}]").element_handles()
    ]


@pytest.fixture
def evidence(visits: Visits) -> Page:
    page = visits.page("evidence")
    page.wait_for_selector("canvas")
    return page


def test_every_figure_over_time_is_drawn_once_and_no_line_joins_what_may_be_other_patients(
    evidence: Page,
) -> None:
    (rows,), (drawings,) = table(evidence, "over-time"), drawn(evidence, "over-time")
    figures = [row for row in rows if row["value"]["number"] is not None]
    assert {row["sampleSize"]["text"] for row in rows} == {"not reported"}

    for drawing in drawings:
        points = [one for one in drawing if not one["dashed"]]
        assert not any(one["joined"] for one in points)
        shapes = [one["shape"] for one in points]
        assert len(set(shapes)) == len(shapes), "in one drawing no two series look alike"
    series = [one for drawing in drawings for one in drawing]
    found = [(p["x"], p["y"]) for one in series if not one["dashed"] for p in one["points"]]
    assert sorted(y for _, y in found) == sorted(row["value"]["number"] for row in figures)
    for row in figures:
        (x,) = [x for x, y in found if y == row["value"]["number"]]
        years = row["timePoint"]["years"]
        assert x == years if years is not None else row["timePoint"]["text"] == "not reported"
    befores = [one["points"] for one in series if one["dashed"]]
    assert [(start["x"], start["y"], end["y"]) for start, end in befores] == [
        (0, row["baselineValue"]["number"], row["value"]["number"])
        for row in figures
        if row["baselineValue"]["number"] is not None
    ]


def test_every_share_is_drawn_in_the_drawing_of_its_scheme_and_hollow_unless_verified(
    evidence: Page,
) -> None:
    (rows,), (drawings,) = table(evidence, "rates"), drawn(evidence, "rates")
    shares = [row for row in rows if row["value"]["number"] is not None]
    schemes = list(dict.fromkeys(row["scheme"]["text"] for row in shares))
    headings = evidence.locator("figure[data-plot=rates] h3").all_inner_texts()

    assert headings == [
        name if name != "none" else "No severity scheme is stated" for name in schemes
    ]
    looks: dict[str, set[tuple[str, str]]] = {}
    for scheme, drawing in zip(schemes, drawings, strict=True):
        of_scheme = [row for row in shares if row["scheme"]["text"] == scheme]
        found = {
            (one["label"], point["x"], filled)
            for one in drawing
            for point, filled in zip(one["points"], one["filled"], strict=True)
        }
        assert found == {
            (row["cited"]["text"], row["value"]["number"], row["verified"]["good"])
            for row in of_scheme
        }
        for one in drawing:
            assert not one["joined"]
            looks.setdefault(one["label"], set()).add((one["shape"], one["colour"]))
    assert all(len(look) == 1 for look in looks.values()), "a source looks alike everywhere"
    assert len({shape for look in looks.values() for shape, _ in look}) == len(looks)


def test_every_count_is_drawn(evidence: Page) -> None:
    for rows, drawings in zip(table(evidence, "matrix"), drawn(evidence, "matrix"), strict=True):
        ((series,),) = drawings

        assert sorted(point["count"] for point in series["points"]) == sorted(
            row["statements"]["number"] for row in rows
        )
        assert len({(point["x"], point["y"]) for point in series["points"]}) == len(rows)


def test_a_drawing_says_what_it_is_and_follows_the_scheme_of_the_page(evidence: Page) -> None:
    canvases = evidence.locator("canvas")
    told = [canvas.get_attribute("aria-label") or "" for canvas in canvases.all()]
    assert len(told) == 8 and all(text.endswith("The table holds them all.") for text in told)
    assert {canvas.get_attribute("role") for canvas in canvases.all()} == {"img"}

    light = drawn(evidence, "rates")[0][0][0]["colour"]
    evidence.emulate_media(color_scheme="dark")
    evidence.wait_for_function(
        "light => Chart.getChart(document.querySelector('figure[data-plot=rates] canvas'))"
        ".data.datasets[0].borderColor !== light",
        arg=light,
    )


def test_without_script_the_tables_stand_and_the_page_says_so(visits: Visits) -> None:
    page = visits.page("evidence", java_script_enabled=False)

    assert page.locator("noscript p").is_visible()
    assert page.locator("canvas").count() == 0
    assert page.locator("table").first.is_visible()
