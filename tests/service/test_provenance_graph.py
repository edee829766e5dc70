"""The picture on the page: it shows the whole chain, can be read, walked, and read as a list."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import combinations
from xml.etree.ElementTree import Element

import pytest

from poem_kg.explain.builder import explain
from poem_kg.explain.layout import IN_PAGE, LINE, PADDING, arranged
from poem_kg.explain.model import Explanation, chain
from poem_kg.explain.panels import panels
from poem_kg.explain.words import words_for
from poem_kg.service.advice_telling import Unmarked
from tests.service.advice import STORIES, advice, hrefs, kb, local, page, source, text, within
from tests.stories import each

SVG = "{http://www.w3.org/2000/svg}"


@cache
def told(story: str) -> Unmarked:
    """The explanation behind the page."""
    day = advice(story).provenance.as_of
    derivation = kb().derive(source(story), as_of=date.fromisoformat(day) if day else None)
    explanation: Explanation = explain(kb().knowledge, advice(story), derivation)
    return Unmarked(explanation, words_for(kb().knowledge, "clinician"))


def graphs(story: str) -> list[Element]:
    return within(page(story).root, "graph")


def nodes(graph: Element) -> dict[str, Element]:
    """The nodes of a graph by their names."""
    found = {e.get("data-n") or "": e for e in within(graph, "node")}
    assert len(found) == len(within(graph, "node"))
    return found


def ahead(graph: Element) -> dict[str, set[str]]:
    """Which node leads to which; the name of a box stands for what is in it and leads on."""
    found = nodes(graph)
    leads = {name for name, e in found.items() if e.get("data-to")}
    return {
        name: {
            other
            for end in (e.get("data-to") or "").split()
            for other in ([end] if end in found else [n for n in leads if n.startswith(f"{end}.")])
        }
        for name, e in found.items()
    }


@pytest.mark.parametrize("story", each(STORIES))
def test_there_is_a_graph_for_each_therapy_and_the_first_is_open(story: str) -> None:
    explanation = told(story).explanation
    offered = [o.label for o in explanation.options]
    refused = [w.label for w in explanation.why_not if w.option is None]

    shown = [next(graph.iter("summary")) for graph in graphs(story)]

    assert [text(s) for s in shown] == [*offered, *refused]
    assert [g.get("open") is not None for g in graphs(story)] == [True] + [False] * (len(shown) - 1)


@pytest.mark.parametrize("story", each(STORIES))
def test_every_link_of_the_chain_is_a_way_through_a_graph(story: str) -> None:
    explanation = told(story).explanation
    ways: set[tuple[str, str]] = set()
    for graph in graphs(story):
        found = nodes(graph)
        for name, ends in ahead(graph).items():
            ways |= {(found[name].get("href") or "", found[e].get("href") or "") for e in ends}
    records = {f.record: f"#f-{local(f.concept)}" for f in explanation.facts}
    pages = {
        c.criterion: {f"/criterion/{local(c.criterion)}", f"/ontology/{local(c.presence_of or '')}"}
        for c in explanation.criteria
    }
    linked = [link for link in chain(explanation) if link.criterion is not None]
    assert len(linked) > 2
    for link in linked:
        assert link.criterion is not None
        criteria = pages[link.criterion] | {""}
        statement = f"/statement/{local(link.statement)}"
        # A requirement stands there by the first of its statements.
        first = {
            f"/statement/{local(r.statements[0])}"
            for o in explanation.options
            for r in o.requirements
            if link.statement in r.statements
        } | {statement}
        assert any((c, s) in ways for c in criteria for s in first), link
        if link.fact is not None:
            assert any((records[link.fact], c) in ways for c in criteria), link


@pytest.mark.parametrize("story", each(STORIES))
def test_every_node_can_be_reached_and_leads_to_the_therapy_or_a_source(story: str) -> None:
    for graph in graphs(story):
        found, leads = nodes(graph), ahead(graph)
        ends = {name for name, others in leads.items() if not others}
        (therapy,) = (n for n in ends if "." not in n)
        reached = {therapy}
        while more := {n for n, others in leads.items() if others & reached} - reached:
            reached |= more
        feet = {n for n in ends if "foot" in (found[n].get("class") or "").split()}
        assert reached | feet == set(found)
        assert feet <= {end for others in leads.values() for end in others} | ends


@pytest.mark.parametrize("story", each(STORIES))
def test_a_node_says_what_it_is_and_what_is_next_to_it(story: str) -> None:
    for graph in graphs(story):
        leads = ahead(graph)
        for name, node in nodes(graph).items():
            told = node.get("aria-description") or ""
            assert node.get("aria-label") is None  # its name is what is written in it
            assert len(text(node)) > 5
            foot = "foot" in (node.get("class") or "").split()
            option = not leads[name] and not foot
            if node.tag == f"{SVG}a":
                assert ("Leads to: " in told) == (not foot and not option)
                assert ("Rests on: " in told) or not option


def test_the_words_of_a_node_do_not_run_together() -> None:
    graph = graphs("S3a-type-iii")[0]
    written = [text(node) for node in nodes(graph).values()]

    assert "achalasia mimic recorded as absent on 2026-03-02" in written
    assert "• POEM preferred in type III achalasia" in written


@pytest.mark.parametrize("story", each(STORIES))
def test_the_edges_join_nodes_or_boxes(story: str) -> None:
    for graph in graphs(story):
        names = set(nodes(graph)) | {name.partition(".")[0] for name in nodes(graph)}
        paths = list(graph.iter(f"{SVG}path"))
        assert paths
        for path in paths:
            assert {path.get("data-a"), path.get("data-b")} <= names


@pytest.mark.parametrize("story", each(STORIES))
def test_the_list_says_the_same(story: str) -> None:
    for graph in graphs(story):
        (listed,) = within(graph, "as-list")
        linked = {n.get("href") or "" for n in nodes(graph).values()} - {""}
        ends = {n.get("href") for n in nodes(graph).values() if not n.get("data-to")}
        assert set(hrefs(listed)) <= linked
        assert linked - set(hrefs(listed)) <= ends


@pytest.mark.parametrize("story", each(STORIES))
def test_no_boxes_overlap_and_every_text_fits(story: str) -> None:
    for panel in panels(told(story)):
        picture = arranged([panel], told(story), IN_PAGE)
        for one, other in combinations(picture.boxes, 2):
            aside = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert aside or one.y + one.height <= other.y or other.y + other.height <= one.y
        for box in picture.boxes:
            longest = max(len(line) for line in box.lines)
            assert longest * IN_PAGE.character <= box.width - 2 * PADDING
            assert len(box.lines) * LINE <= box.height - 2 * PADDING
            assert box.x >= 0 and box.x + box.width <= picture.width
            assert box.y >= 0 and box.y + box.height <= picture.height
