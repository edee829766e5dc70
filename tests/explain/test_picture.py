"""The picture can be read: no boxes overlap, every text fits, every edge ends at boxes."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from functools import cache
from itertools import combinations

import pytest

from poem_kg.explain.facts import Telling
from poem_kg.explain.layout import ALONE, LINE, PADDING, Box, Picture, layout
from poem_kg.explain.svg import draw, explain_svg
from tests.explain.stories import AUDIENCES, STORIES, told, words
from tests.stories import each

SVG = "{http://www.w3.org/2000/svg}"
CASES = each(STORIES, AUDIENCES)


@cache
def picture(story: str, audience: str) -> Picture:
    """Return the picture of a story."""
    return layout(Telling(told(story), words(audience)))


def overlap(one: Box, other: Box) -> bool:
    """Return whether two boxes share a place."""
    aside = one.x + one.width <= other.x or other.x + other.width <= one.x
    below = one.y + one.height <= other.y or other.y + other.height <= one.y
    return not (aside or below)


@pytest.mark.parametrize(("story", "audience"), CASES)
def test_no_two_boxes_overlap(story: str, audience: str) -> None:
    boxes = picture(story, audience).boxes

    assert len(boxes) > 3
    assert [(a.name, b.name) for a, b in combinations(boxes, 2) if overlap(a, b)] == []


def test_an_overlap_would_be_found() -> None:
    one, other, *_ = picture("S4a", "clinician").boxes

    assert overlap(one, replace(other, x=one.x + 5, y=one.y + 5))


@pytest.mark.parametrize(("story", "audience"), CASES)
def test_every_text_fits_its_box(story: str, audience: str) -> None:
    for box in picture(story, audience).boxes:
        assert box.lines
        longest = max(len(line) for line in box.lines)
        assert longest * ALONE.character <= box.width - 2 * PADDING, box.lines
        assert len(box.lines) * LINE <= box.height - 2 * PADDING


@pytest.mark.parametrize(("story", "audience"), CASES)
def test_everything_lies_in_the_picture(story: str, audience: str) -> None:
    drawn = picture(story, audience)
    for box in drawn.boxes:
        assert box.x >= 0
        assert box.x + box.width <= drawn.width
        assert box.y >= 0
        assert box.y + box.height <= drawn.height


@pytest.mark.parametrize(("story", "audience"), CASES)
def test_every_edge_runs_from_a_box_to_one_in_the_next_column(story: str, audience: str) -> None:
    drawn = picture(story, audience)
    boxes = {box.name: box for box in drawn.boxes}
    columns = sorted({box.x for box in drawn.boxes})
    assert len(boxes) == len(drawn.boxes)
    assert drawn.edges

    for edge in drawn.edges:
        start, end = boxes[edge.start], boxes[edge.end]
        assert columns.index(end.x) == columns.index(start.x) + 1 or len(columns) < 4


@pytest.mark.parametrize(("story", "audience"), CASES)
def test_every_fact_criterion_statement_and_option_has_a_box(story: str, audience: str) -> None:
    explanation, spoken = told(story), words(audience)
    teller = Telling(explanation, spoken)
    titles = "\n".join(box.title for box in picture(story, audience).boxes)
    for option in explanation.options:
        assert spoken.thing(option.therapy) in titles
        for step in option.steps:
            assert spoken.thing(step.statement) in titles
            for fact in step.facts:
                assert teller.fact(fact) in titles
        for need in option.requirements:
            assert spoken.thing(need.criterion) in titles
    for refusal in explanation.why_not:
        assert spoken.thing(refusal.therapy) in titles
        for criterion in (c for way in refusal.ways for c in way.criteria):
            assert spoken.thing(criterion) in titles


@pytest.mark.parametrize(("story", "audience"), CASES)
def test_the_picture_is_svg_with_titles_for_those_who_cannot_see_it(
    story: str, audience: str
) -> None:
    drawn = picture(story, audience)
    root = ElementTree.fromstring(explain_svg(told(story), words(audience)))

    assert root.tag == SVG + "svg"
    assert root.get("role") == "img"
    title = root.find(SVG + "title")
    assert title is not None
    assert (title.text, title.get("id")) == (drawn.title, root.get("aria-labelledby"))
    groups = [g for g in root.findall(SVG + "g") if g.get("id")]
    assert {g.get("id") for g in groups} == {box.name for box in drawn.boxes}
    assert all((g.findtext(SVG + "title") or "").strip() for g in groups)
    ends = {p.get(end) for p in root.iter(SVG + "path") for end in ("data-from", "data-to")}
    assert ends <= {box.name for box in drawn.boxes}
    assert not {"script", "image", "foreignObject"} & {e.tag.removeprefix(SVG) for e in root.iter()}


def test_labels_are_escaped() -> None:
    nasty = 'a <b> & "c" </title><script>alert(1)</script>'
    explanation = replace(told("S3a"), label=nasty)

    root = ElementTree.fromstring(explain_svg(explanation, words("clinician")))

    assert nasty in (root.findtext(SVG + "title") or "")
    assert root.find(f".//{SVG}script") is None


def test_characters_that_xml_forbids_are_written_out() -> None:
    explanation = replace(told("S3a"), label="bell \x07, lone \ud800 half, none \uffff")

    root = ElementTree.fromstring(explain_svg(explanation, words("clinician")))

    title = root.findtext(SVG + "title") or ""
    assert title.endswith("bell \\u0007, lone \\uD800 half, none \ufffd")


def test_one_option_gives_a_smaller_picture() -> None:
    one = layout(Telling(told("S4a", option="PneumaticDilation"), words("clinician")))

    assert one.height < picture("S4a", "clinician").height / 2
    assert sum(box.title.startswith("1. ") for box in one.boxes) == 1


def test_what_is_not_offered_is_drawn_too() -> None:
    drawn = layout(Telling(told("S3a", why_not="botox"), words("clinician")))

    titles = [box.title for box in drawn.boxes]
    assert "opioid-induced oesophageal dysfunction: not known" in titles
    assert len(drawn.boxes) == 3


def test_drawing_is_the_same_every_time() -> None:
    assert draw(picture("S1a", "clinician")) == draw(picture("S1a", "clinician"))
