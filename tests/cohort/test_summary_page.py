"""The table and the page of a summary tell every figure, in words too."""

from __future__ import annotations

import itertools
import re
import sys
from pathlib import Path

import pytest

from poem_kg.cohort.model import PatientResult, Tally
from poem_kg.cohort.summary.model import Section, Summary
from poem_kg.cohort.summary.page import summary_html
from poem_kg.cohort.summary.report import summarise, summary_text
from poem_kg.errors import ToolMissing
from poem_kg.knowledge import Knowledge
from tests.cohort.made_runs import write_run
from tests.cohort.summaries import (
    FEW,
    Page,
    many,
    option,
    section,
)


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge) -> Summary:
    folder = tmp_path_factory.mktemp("summary") / "run"
    return summarise(write_run(folder, many(300), softwareVersion="0.1.0"), knowledge)


def test_the_table_fits_80_columns_and_tells_every_figure(summary: Summary) -> None:
    text = summary_text(summary, colour=False)

    assert max(map(len, text.splitlines())) <= 80
    words = set(text.split())
    for part in summary.sections:
        assert part.title in text
        assert {f.told for row in part.rows for f in row.figures} <= words
    flat = " ".join(text.split())
    assert all(notice in flat for notice in summary.notices)
    assert "\x1b[" in summary_text(summary, colour=True)


def test_the_page_loads_nothing(summary: Summary) -> None:
    page = summary_html(summary)
    parsed = Page(page)

    for tag, attributes in parsed.tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base", "image"}
        for name, value in attributes.items():
            assert name not in {"src", "srcset", "xlink:href", "action", "style"}, tag
            assert not name.startswith("on"), tag
            if name == "href":
                assert str(value).startswith("#"), tag
    assert not re.search(rb"url\((?!#)|@import|@font-face|https?:", page)
    policies = [a for a in parsed.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert [a["content"] for a in policies] == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_the_page_is_told_to_those_who_hear_it(summary: Summary) -> None:
    page = Page(summary_html(summary))

    assert page.open == []
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("title")) == len(page.all("h1")) == 1
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    drawn = [part for part in summary.sections if part.chart != "none" and part.rows]
    assert len(page.all("svg")) == len(drawn) > 8
    for part, attributes in zip(drawn, page.all("svg"), strict=True):
        assert attributes["role"] == "img" and part.title in str(attributes["aria-label"])
    identifiers = [a["id"] for _, a in page.tags if a.get("id")]
    assert len(identifiers) == len(set(identifiers))
    targets = {str(a["href"]).removeprefix("#") for a in page.all("a")}
    labels = {str(a["aria-labelledby"]) for _, a in page.tags if a.get("aria-labelledby")}
    assert targets | labels <= set(identifiers)
    assert all(a.get("scope") in {"row", "col"} for a in page.all("th"))


def test_the_page_has_the_figures_of_the_table(summary: Summary) -> None:
    texts = set(Page(summary_html(summary)).texts)

    for part in summary.sections:
        assert {part.title, part.note} <= texts
        for row in part.rows:
            assert set(row.keys) - {""} <= texts
            assert {t for f in row.figures for t in (f.told, f.told_share) if t} <= texts


def test_a_name_that_several_rows_share_stands_once(tmp_path: Path, knowledge: Knowledge) -> None:
    lines = summary_text(summarise(write_run(tmp_path / "run", FEW), knowledge), colour=False)
    table = lines.partition("Therapies by standing")[2].partition("Therapies by readiness")[0]

    assert [line.split("  ")[0].strip() for line in table.splitlines()[5:9]] == [
        "per-oral endoscopic myotomy",
        "pneumatic dilation",
        "",
        "",
    ]


def test_what_ran_is_told(tmp_path: Path, knowledge: Knowledge) -> None:
    ran = {
        "ontologyDigest": "sha256:0a",
        "runner": "made-up",
        "digests": {"advice.nq": "sha256:1b"},
    }
    summary = summarise(write_run(tmp_path / "run", FEW, **ran), knowledge)

    texts = Page(summary_html(summary)).texts
    assert {"ontologyDigest", "sha256:0a", "made-up", "advice.nq", "sha256:1b"} <= set(texts)
    assert "runner made-up" in summary_text(summary, colour=False)


def test_what_stands_on_every_advice_stands_above_the_figures(summary: Summary) -> None:
    texts = Page(summary_html(summary)).texts
    first = texts.index(summary.sections[0].note)

    assert len(summary.notices) > 2
    assert all(texts.index(notice) < first for notice in summary.notices)
    assert any("not a clinical clearance" in notice for notice in summary.notices)


def test_the_same_run_gives_the_same_bytes(tmp_path: Path, knowledge: Knowledge) -> None:
    pages = [
        summary_html(summarise(write_run(tmp_path / name, many(40)), knowledge))
        for name in ("one", "two")
    ]

    assert pages[0] == pages[1]
    assert b"two" not in pages[1].replace(b"two or", b""), "the page names the folder"


def bars(page: Page, part: Section) -> list[tuple[str, float]]:
    """The bars of a chart: what each says, and where it begins."""
    titles = [str(a["aria-label"]) for a in page.all("svg")]
    number = next(i for i, title in enumerate(titles) if f": {part.title}." in title)
    starts = [i for i, (tag, _) in enumerate(page.tags) if tag == "svg"] + [len(page.tags)]
    return [
        (str(a["aria-label"]), float(str(a["d"]).removeprefix("M").split(",")[0]))
        for _, a in page.tags[starts[number] : starts[number + 1]]
        if a.get("aria-roledescription") == "bar"
    ]


def test_a_chart_has_a_bar_for_every_count(summary: Summary) -> None:
    page = Page(summary_html(summary))

    for part in summary.sections:
        if part.chart != "none" and part.rows:
            found = [text for text, _ in bars(page, part)]
            assert len(found) == len(part.rows)
            for row in part.rows:
                wanted = f"patients: {row.figures[0].count};"
                assert any(wanted in f"{bar};" and row.keys[0] in bar for bar in found), row


def test_the_parts_of_a_bar_stand_in_the_order_of_the_legend(summary: Summary) -> None:
    page = Page(summary_html(summary))

    for name in ("therapy-standing", "therapy-readiness"):
        part = section(summary, name)
        found = bars(page, part)
        for first in {row.keys[0] for row in part.rows}:
            starts = [
                start
                for code in part.legend
                for text, start in found
                if first in text and f"part: {code};" in text
            ]
            assert len(starts) > 3 and starts == sorted(starts)


def test_facts_with_one_label_have_a_bar_each(tmp_path: Path, knowledge: Knowledge) -> None:
    facts = ("https://example.org/a/same", "https://example.org/b/same")
    result = PatientResult("urn:a", options=(option("urn:a", unknown=facts),))
    summary = summarise(write_run(tmp_path / "run", [result]), knowledge)

    found = bars(Page(summary_html(summary)), section(summary, "unknown"))
    assert [start for _, start in found] == [0.0, 0.0], "one stands on the other"


def test_text_from_elsewhere_is_escaped(tmp_path: Path, knowledge: Knowledge) -> None:
    evil = 'https://example.org/"><script>alert(1)</script>'
    rows = (option("urn:a", disorder=evil, unknown=(evil,)),)
    tally = Tally(((evil, "recorded"),), (("<b>", evil),), evil)
    result = PatientResult("urn:a", options=rows, tally=tally)
    run = write_run(tmp_path / "run", [result], softwareVersion="<i>")

    page = Page(summary_html(summarise(run, knowledge)))

    assert not {"script", "b", "i"} & {tag for tag, _ in page.tags}


def test_without_the_chart_packages_the_table_stays(
    summary: Summary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)

    assert summary_text(summary, colour=False)
    with pytest.raises(ToolMissing) as error:
        summary_html(summary)
    assert 'pip install "poem-kg[charts]"' in str(error.value)
    assert "\n" not in str(error.value)
