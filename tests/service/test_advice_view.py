"""An advice as a page: all of it is there, where it belongs, and each part leads on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from urllib.parse import urldefrag
from xml.etree.ElementTree import Element

import pyoxigraph as ox
import pytest

from poem_kg.catalogue import read_queries
from poem_kg.explain.words import Words, words_for
from poem_kg.intake.fields import Fields
from poem_kg.model import Notice, Option, Requirement, SourceReference, StatementReference
from poem_kg.namespaces import POEMKG, RDF
from poem_kg.resources import data_dir
from tests.service.advice import (
    STORIES,
    advice,
    hrefs,
    kb,
    local,
    one,
    page,
    source,
    text,
    view,
    within,
)
from tests.service.documents import ask, documents
from tests.stories import each

ROLES = {"for": "for_", "against": "against", "caution": "cautions", "gap": "gaps"}


def words() -> Words:
    return words_for(kb().knowledge, "clinician")


@cache
def form() -> Fields:
    return Fields(kb().knowledge)


def cards(story: str) -> list[tuple[Option, Element]]:
    """Each option with its card, in the order of the page."""
    shown = within(page(story).root, "option")
    options = advice(story).options
    assert [card.get("id") for card in shown] == [f"o-{local(o.therapy)}" for o in options]
    return list(zip(options, shown, strict=True))


def check_place(found: Element, place: SourceReference, told: StatementReference | None) -> None:
    """Source, place in it and marker as printed stand there, and how far it was checked."""
    shown = text(found)
    assert place.label in shown
    assert f"/{place.iri.removeprefix('https://w3id.org/poem-kg/')}" in hrefs(found)
    assert place.locator is None or " ".join(place.locator.split()) in shown
    marks = [text(e) for e in one(found, "marks")]
    assert place.marker is None or marks[0].partition(",")[0] == f"[{place.marker}]"
    if told is not None:
        assert words().say(f"verified-{told.verified}") in marks
        assert (told.review or "").replace("-", " ") in marks


@pytest.mark.parametrize("story", each(STORIES))
def test_each_option_has_a_card_that_says_how_it_stands(story: str) -> None:
    for option, card in cards(story):
        (header,) = card.iter("header")
        head = text(header)
        assert head.startswith(f"{option.rank}. {option.label}")
        standing = option.standing if option.line is None else f"{option.standing} {option.line}"
        badges = [text(badge) for badge in within(header, "badge")]
        assert badges[0].partition(" (")[0] == standing
        assert badges[1] == option.readiness.replace("-", " ")
        told = words().say(f"readiness-{option.readiness}")
        assert text(one(card, "readiness")) == told
        assert kb().knowledge.label(option.disorder) in text(card)
        assert option.via is None or kb().knowledge.label(option.via) in text(one(card, "stands"))


@pytest.mark.parametrize("story", each(STORIES))
def test_each_statement_stands_on_its_side_with_its_place(story: str) -> None:
    for option, card in cards(story):
        for role, name in ROLES.items():
            references: tuple[StatementReference, ...] = getattr(option, name)
            sides = within(card, f"side-{role}")
            assert len(sides) == bool(references)
            items = [li for side in sides for ul in within(side, "arguments") for li in ul]
            assert len(items) == len(references)
            for reference, item in zip(references, items, strict=True):
                what = one(item, "what")
                assert hrefs(what) == [f"/statement/{local(reference.statement)}"]
                assert text(what).startswith(reference.label)
                assert ("may apply" in text(what)) == (
                    reference.applies == "unknown" and not reference.indirect
                )
                assert reference.claim is None or reference.claim in text(what)
                check_place(item, reference.source, reference)


def test_a_marker_that_leads_nowhere_says_so_and_a_rough_figure_too() -> None:
    (_, card), *_ = cards("S3a-type-iii")
    items = {hrefs(one(li, "what"))[0]: li for ul in within(card, "arguments") for li in ul}
    (row,) = (r for r in card.iter("tr") if "/statement/droracle2025-C40" in hrefs(r))

    marks = {path: [text(m) for m in one(li, "marks")] for path, li in items.items()}
    assert marks["/statement/droracle2025-C01"][0] == "[1], dangling"
    assert "[2]" in marks["/statement/droracle2025-C20"]
    assert text(row[1]).startswith("about 14")


@pytest.mark.parametrize("story", each(STORIES))
def test_each_argument_names_the_standing_that_it_gives(story: str) -> None:
    for option, card in cards(story):
        arguments = [li for ul in within(card, "arguments") for li in ul]
        for standing in option.standings:
            line = "" if standing.line is None else f" {standing.line}"
            disorder = kb().knowledge.label(standing.disorder)
            told = f"{standing.standing}{line} ({disorder})"
            of = f"/statement/{local(standing.statement)}"
            assert any(of in hrefs(li) and told in text(one(li, "what")) for li in arguments)


@pytest.mark.parametrize("story", each(STORIES))
def test_each_figure_is_a_row_with_what_is_needed_to_read_it(story: str) -> None:
    for option, card in cards(story):
        rows = [row for body in card.iter("tbody") for row in body]
        assert len(rows) == len(option.outcomes)
        for reference, row in zip(option.outcomes, rows, strict=True):
            head, value, after, whom, severity, _ = (text(cell) for cell in row)
            estimate = reference.estimate
            assert estimate is not None and head.startswith(reference.label)
            assert f"/statement/{local(reference.statement)}" in hrefs(row)
            numbers = [Decimal(n) for n in re.findall(r"[0-9]+(?:\.[0-9]+)?", value)]
            told = [n for n in (estimate.baseline, estimate.value) if n]
            assert numbers[: len(told)] == [Decimal(n) for n in told]
            assert ".0 " not in value and (told or value == "not reported")
            assert (estimate.time_point or "not reported").split()[0] == after.split()[0]
            assert (estimate.population or "not reported") in whom
            assert f"({estimate.n or 'not reported'})" in whom
            assert (estimate.scheme or "") in severity and (estimate.severity or "") in severity
            check_place(row, reference.source, reference)


@pytest.mark.parametrize("story", each(STORIES))
def test_each_requirement_shows_its_state_and_the_open_ones_come_first(story: str) -> None:
    for option, card in cards(story):
        items = [li for ul in within(card, "needs") for li in ul]
        states = [text(within(li, "badge")[0]) for li in items]
        assert states == sorted(states, key=lambda state: state == "met")
        folded = [li for part in within(card, "met") for ul in within(part, "needs") for li in ul]
        assert len(folded) == states.count("met")
        assert len(items) == len(option.requirements)
        for requirement in option.requirements:
            (item,) = (li for li in items if is_about(li, requirement))
            assert text(within(item, "badge")[0]) == requirement.state.replace("-", " ")
            statements = [requirement.statement, *requirement.also]
            assert set(hrefs(item)) >= {f"/statement/{local(s)}" for s in statements}
            check_place(item, requirement.source, None)


def is_about(item: Element, requirement: Requirement) -> bool:
    """Whether an item shows a requirement: by its words and by its kind."""
    kind = requirement.kind.replace("-", " ")
    return requirement.label in text(one(item, "what")) and kind in text(one(item, "behind"))


@pytest.mark.parametrize("story", each(STORIES))
def test_what_is_unknown_and_would_decide_stands_on_the_card_and_in_the_list(story: str) -> None:
    questions = advice(story).questions
    listed = [li for ol in within(page(story).root, "asked") for li in ol]
    assert len(listed) == len(questions)
    for question, item in zip(questions, listed, strict=True):
        assert text(item).startswith(question.label)
        assert question.kind.replace("-", " ") in text(item)
        for therapy in question.decides:
            assert kb().knowledge.label(therapy) in text(item)
    for option, card in cards(story):
        deciding = [text(li) for ul in within(card, "deciding") for li in ul]
        assert deciding == [q.label for q in questions if option.therapy in q.decides]


@pytest.mark.parametrize("story", each(STORIES))
def test_every_notice_silence_test_and_diagnosis_is_told(story: str) -> None:
    found, root = advice(story), page(story).root
    for notice in found.notices:
        place = (
            one(root, "notice") if notice.kind in ("disclaimer", "review") else noted(notice, root)
        )
        told = notice.text or notice.label
        assert told in text(place)
        if notice.statement:
            assert f"/statement/{local(notice.statement)}" in hrefs(place)
    silences = [text(li) for ul in within(root, "silences") for li in ul]
    assert silences == [f"{n.label} {n.kind}" for n in found.no_statement]
    (tests,) = page(story).having("aria-labelledby", "tests-heading") or [Element("none")]
    shown = [text(one(li, "what")) for ul in within(tests, "arguments") for li in ul]
    assert [t.partition(" asked for by ")[0] for t in shown] == [t.label for t in found.tests]
    diagnoses = [text(li) for ul in one(root, "diagnoses").iter("ul") for li in ul]
    assert len(diagnoses) == len(found.diagnoses)
    for diagnosis, item in zip(found.diagnoses, diagnoses, strict=True):
        assert item.startswith(f"{diagnosis.label} {diagnosis.basis}, {diagnosis.status}")
    remarks = [text(li) for ul in within(root, "problems") for li in ul]
    assert len(remarks) == len(found.findings)
    for finding, remark in zip(found.findings, remarks, strict=True):
        assert remark.startswith(f"{finding.severity} {' '.join(finding.message.split())}")


def noted(notice: Notice, root: Element) -> Element:
    """The notices of the kind of one."""
    kind = notice.kind.replace("-", " ").capitalize()
    title = words().say("section-decisions") if notice.kind == "interpretation" else kind
    (found,) = (e for e in within(root, "notes") if text(e).startswith(title))
    return found


@pytest.mark.parametrize("story", each(STORIES))
def test_what_must_be_read_first_stands_before_the_options(story: str) -> None:
    order = [
        e for e in page(story).all() if {"notice", "option"} & set((e.get("class") or "").split())
    ]
    first = text(order[0])

    assert "notice" in (order[0].get("class") or "")
    assert "not for decisions about a person" in first
    assert "it is not a clinical clearance" in first
    assert "pending human review" in first


@pytest.mark.parametrize("story", each(STORIES))
def test_our_interpretations_are_shown_as_ours(story: str) -> None:
    ontology = kb().knowledge.ontology
    kind = ox.NamedNode(POEMKG + "Interpretation")
    decisions = {
        f"/statement/{local(str(t.subject).strip('<>'))}"
        for t in ontology
        if t.object == kind and t.predicate.value == RDF + "type"
    }
    items = [
        li for name in ("arguments", "needs") for ul in within(page(story).root, name) for li in ul
    ]
    marked = [li for li in items if "ours" in (li.get("class") or "")]

    for item in items:
        assert (item in marked) == bool(decisions & set(stated(item)))
    assert bool(marked) == any(n.kind == "interpretation" for n in advice(story).notices)


def stated(item: Element) -> Iterator[str]:
    """The statements that an item is about; not those that it rests on."""
    for name in ("what", "open", "place"):
        for part in within(item, name):
            yield from hrefs(part)


@pytest.mark.parametrize("story", each(STORIES))
def test_why_and_why_not_are_told_in_the_words_of_the_explanation(story: str) -> None:
    for card, (option, shown) in zip(view(story).cards, cards(story), strict=True):
        told = text(one(shown, "why"))
        assert words().say(f"readiness-{option.readiness}") in told
        for reference in (*option.for_, *option.against, *option.gaps):
            assert reference.label in told
        for requirement in option.requirements:
            assert requirement.label in told
        assert all(" ".join(line.split()) in told for line in card.lines)
    refusals = [text(e) for e in within(page(story).root, "refusal")]
    offered = {o.therapy for o in advice(story).options}
    unready = [o for o in advice(story).options if o.readiness != "ready"]
    for option in unready:
        assert any(r.startswith(f"{option.label} is offered, but") for r in refusals)
    assert sum("is not offered" in r for r in refusals) == len(refusals) - len(unready)
    for silence in advice(story).no_statement:
        if silence.kind == "therapy" and silence.term not in offered:
            assert any(r.startswith(silence.label) for r in refusals)


@pytest.mark.parametrize("story", each(STORIES))
def test_every_link_leads_somewhere(story: str) -> None:
    found = page(story)
    ids = {e.get("id") for e in found.all()}
    fields = {f"#f-{name}" for name in form().by_name}
    queries = {q.name.removeprefix("ask/") for q in read_queries(data_dir("queries") / "ask")}
    linked = {e.get("href") or "" for e in found.all() if e.get("href")}
    assert len(linked) > 20
    for href in linked:
        if href.startswith("#f-"):
            assert href in fields
        elif href.startswith("#"):
            assert href[1:] in ids
        elif href.startswith("/editor?name="):
            assert href.removeprefix("/editor?name=") in queries
        else:
            assert re.match(r"https://doi\.org/|/", href)
    for href in {urldefrag(h).url for h in linked if h.startswith("/") and "?" not in h}:
        assert ask(href.removeprefix("/")).status in (200, 303), href


@pytest.mark.parametrize("story", each(STORIES))
def test_every_record_behind_an_option_leads_to_its_field(story: str) -> None:
    concept_of = {
        t.subject.value: t.object.value
        for t in source(story).triples
        if t.predicate.value == POEMKG + "concept"
        and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.NamedNode)
    }
    for option, card in cards(story):
        linked = set(hrefs(card))
        for reference in (*option.for_, *option.against, *option.cautions, *option.gaps):
            for fact in reference.facts:
                assert fact not in concept_of or f"#f-{local(concept_of[fact])}" in linked


@pytest.mark.parametrize("story", each(STORIES))
def test_why_an_estimate_is_indirect_is_said_with_the_names_as_they_are(story: str) -> None:
    said = {
        argument.indirect
        for shown in view(story).cards
        for argument in (
            *(row.argument for row in shown.outcomes),
            *(one for part in shown.sections for one in (*part.arguments, *part.more)),
        )
        if argument.indirect
    }
    told = page(story).text("p")

    assert {text[:1].upper() + text[1:] for text in said} <= set(told)


def test_a_sentence_begins_with_a_capital_and_keeps_its_names() -> None:
    template = documents().pages._environment.from_string("{{ text|sentence }}")

    assert template.render(text="found after POEM in type III") == "Found after POEM in type III"
