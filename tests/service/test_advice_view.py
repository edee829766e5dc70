"""An advice as a page: all of it is there, where it belongs, and each part leads on."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from urllib.parse import urldefrag
from xml.etree.ElementTree import Element

import pyoxigraph as ox
import pytest

from poem_kg.catalogue import read_queries
from poem_kg.explain.words import Words, words_for
from poem_kg.intake.fields import Fields
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.model import Notice, Option, Requirement, SourceReference, StatementReference
from poem_kg.namespaces import POEMKG, RDF, SKOS
from poem_kg.resources import data_dir
from poem_kg.service.advice_view import DOWNLOADS, advice_view, download
from poem_kg.service.linked import Documents
from poem_kg.service.model import Refusal
from poem_kg.service.pages import Pages
from poem_kg.service.published import publish
from tests.cli.test_contract import command
from tests.service.advice import (
    EXAMPLES,
    STORIES,
    advice,
    hrefs,
    kb,
    local,
    one,
    page,
    parsed,
    rendered,
    source,
    text,
    view,
    within,
)
from tests.service.documents import ask, documents

SVG = "{http://www.w3.org/2000/svg}"
ROLES = {"for": "for_", "against": "against", "caution": "cautions", "gap": "gaps"}
VIOLATING = b"""@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .
<urn:p> a poemkg:Patient ; poemkg:hasRecord <urn:r> .
<urn:r> a poemkg:MeasurementRecord ; poemkg:concept poemkg:Age ; poemkg:status poemkg:present ."""


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


@pytest.mark.parametrize("story", STORIES)
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


@pytest.mark.parametrize("story", STORIES)
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


@pytest.mark.parametrize("story", STORIES)
def test_each_argument_names_the_standing_that_it_gives(story: str) -> None:
    for option, card in cards(story):
        arguments = [li for ul in within(card, "arguments") for li in ul]
        for standing in option.standings:
            line = "" if standing.line is None else f" {standing.line}"
            disorder = kb().knowledge.label(standing.disorder)
            told = f"{standing.standing}{line} ({disorder})"
            of = f"/statement/{local(standing.statement)}"
            assert any(of in hrefs(li) and told in text(one(li, "what")) for li in arguments)


@pytest.mark.parametrize("story", STORIES)
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


@pytest.mark.parametrize("story", STORIES)
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


@pytest.mark.parametrize("story", STORIES)
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


@pytest.mark.parametrize("story", STORIES)
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


@pytest.mark.parametrize("story", STORIES)
def test_what_must_be_read_first_stands_before_the_options(story: str) -> None:
    order = [
        e for e in page(story).all() if {"notice", "option"} & set((e.get("class") or "").split())
    ]
    first = text(order[0])

    assert "notice" in (order[0].get("class") or "")
    assert "not for decisions about a person" in first
    assert "it is not a clinical clearance" in first
    assert "pending human review" in first


@pytest.mark.parametrize("story", STORIES)
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


@pytest.mark.parametrize("story", STORIES)
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


@pytest.mark.parametrize("story", STORIES)
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


@pytest.mark.parametrize("story", STORIES)
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


@pytest.mark.parametrize("story", STORIES)
def test_it_is_sound_html_that_runs_nothing(story: str) -> None:
    found = page(story)

    assert found.errors == []
    ids = [e.get("id") for e in found.all() if e.get("id")]
    assert len(set(ids)) == len(ids)
    labelled = {e.get("aria-labelledby") for e in found.all() if e.get("aria-labelledby")}
    assert labelled <= set(ids)
    headings = [int(e.tag[1]) for e in found.all() if re.fullmatch("h[1-6]", str(e.tag))]
    assert all(after <= before + 1 for before, after in pairwise(headings))
    names = {name for e in found.all() for name in e.attrib}
    assert not {n for n in names if n.startswith("on")} and "style" not in names
    assert {e.tag for e in found.all()}.isdisjoint({"script", "style", "img", "iframe"})


@pytest.mark.parametrize("story", STORIES)
def test_it_is_of_a_size_that_a_phone_can_bear(story: str) -> None:
    assert len(rendered(view(story), documents().pages)) < 240_000


def test_the_downloads_are_buttons_of_the_one_form() -> None:
    buttons = [e for e in page("S3a-type-iii").all("button") if e.get("name") == "download"]

    assert [e.get("value") for e in buttons] == list(DOWNLOADS)
    assert {e.get("form") for e in buttons} == {"patient"}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("advice.ttl", ("recommend", "--format", "turtle")),
        ("advice.jsonld", ("recommend", "--format", "jsonld")),
        ("advice.json", ("recommend", "--format", "json")),
        ("provenance.svg", ("explain", "--format", "svg")),
    ],
)
def test_a_download_has_the_bytes_of_the_command(name: str, arguments: tuple[str, ...]) -> None:
    story = "S4a-outflow-obstruction-no-imaging"
    verb, *options = arguments
    done = command(verb, str(EXAMPLES / f"{story}.ttl"), *options)

    answer = download(kb(), source(story), advice(story), name)

    assert done.returncode == 0 and answer.body == done.stdout
    assert dict(answer.headers) == {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }


def test_the_patient_is_downloaded_as_it_was_read() -> None:
    story = "S3a-type-iii"
    answer = download(kb(), source(story), advice(story), "patient.ttl")

    assert answer.media_type == "text/turtle; charset=utf-8"
    read = {str(quad.triple) for quad in ox.parse(answer.body, ox.RdfFormat.TURTLE)}
    assert read == {str(triple) for triple in source(story).triples}


def test_a_download_that_is_none_is_refused_in_a_sentence() -> None:
    with pytest.raises(Refusal, match=r"choose one of advice\.ttl") as refused:
        download(kb(), source("S3a-type-iii"), advice("S3a-type-iii"), "../x")

    assert refused.value.status == 400


def test_a_patient_who_does_not_conform_gets_the_findings_alone() -> None:
    graph = kb().read(None, format="turtle", limits=DEFAULT_LIMITS, stdin=BytesIO(VIOLATING))
    found = kb().recommend(graph)

    shown = advice_view(kb(), graph, found, documents().pages)
    read = parsed(shown, documents().pages)

    assert not found.conforms and not shown.conforms and not shown.cards
    items = [text(li) for ul in within(read.root, "problems") for li in ul]
    assert len(items) == len(found.findings) > 0
    for finding, item in zip(found.findings, items, strict=True):
        assert item.startswith(f"{finding.severity} {' '.join(finding.message.split())}")
    assert "#f-Age" in {e.get("href") for e in read.all("a")}
    offered = [e.get("value") for e in read.all("button")]
    assert offered == ["advice.json", "patient.ttl"]
    with pytest.raises(Refusal, match="does not conform"):
        download(kb(), graph, found, "advice.ttl")


HOSTILE = (
    '</text></svg><script>alert(1)</script><img src=x onerror=alert(1)>" onclick="x\' {{ 7 * 7 }}'
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[KnowledgeBase, Pages]:
    """Knowledge in which somebody put markup wherever text can stand."""
    folder = tmp_path_factory.mktemp("hostile") / "ontology"
    shutil.copytree(data_dir("ontology"), folder)
    nasty = HOSTILE.replace('"', '\\"')
    names = ["criteria.ttl", "disorders.ttl", "procedures.ttl", "sources.ttl", "outcomes.ttl"]
    for name in (*names, "guidelines/droracle-2025.ttl"):
        file = folder / name
        changed = re.sub(
            r'(rdfs:label|skos:definition|poemkg:locator|dcterms:title) "',
            lambda match: f'{match.group(1)} "{nasty}',
            file.read_text(encoding="utf-8"),
        )
        file.write_text(changed, encoding="utf-8")
    whole = publish(KnowledgeBase.load(ontology=folder))
    return whole.kb, Documents(whole).pages


def test_markup_in_labels_is_text(hostile: tuple[KnowledgeBase, Pages]) -> None:
    base, pages = hostile
    body = (EXAMPLES / "S4a-outflow-obstruction-no-imaging.ttl").read_text(encoding="utf-8")
    nasty = HOSTILE.replace('"', '\\"')
    body = re.sub('rdfs:label "[^"]*"', lambda _: f'rdfs:label "{nasty}"', body, count=1)
    graph = base.read(None, format="turtle", limits=DEFAULT_LIMITS, stdin=BytesIO(body.encode()))
    found = base.recommend(graph)

    read = parsed(advice_view(base, graph, found, pages), pages)

    assert found.options and "".join(read.root.itertext()).count("<script>alert(1)") > 100
    assert HOSTILE in text(next(read.all("h2")))
    assert not list(read.all("script")) and not list(read.all("img"))
    assert not {n for e in read.all() for n in e.attrib if n.startswith("on")}
    assert len(list(read.all(f"{SVG}svg"))) == len(within(read.root, "walk")) > 1


def test_no_template_sheet_or_script_names_anything_clinical() -> None:
    folder = Path(__file__).parents[2] / "poem_kg" / "service"
    files = [
        *folder.glob("templates/_[ap]*.html"),
        *folder.glob("static/advice.*"),
        *folder.glob("advice_*.py"),
        *folder.glob("provenance_*.py"),
    ]
    names = {
        t.object.value.casefold()
        for t in kb().knowledge.ontology
        if t.predicate.value in (SKOS + "altLabel", "http://www.w3.org/2000/01/rdf-schema#label")
        and isinstance(t.object, ox.Literal)
        and isinstance(t.subject, ox.NamedNode)
        and t.subject.value in clinical()
    }
    names -= {"therapy", "test"}  # what the model is about, whatever the disorder
    assert len(names) > 100
    for file in files:
        written = re.sub("poem[-_]?kg", "", file.read_text(encoding="utf-8").casefold())
        assert not [n for n in names if re.search(rf"\b{re.escape(n)}\b", written)], file


@cache
def clinical() -> frozenset[str]:
    """The disorders, findings and procedures of the ontology."""
    kinds = {POEMKG + name for name in ("Disorder", "Finding", "Procedure")}
    return frozenset(
        t.subject.value
        for t in kb().knowledge.prepared
        if t.predicate.value == POEMKG + "isKindOf"
        and isinstance(t.object, ox.NamedNode)
        and t.object.value in kinds
        and isinstance(t.subject, ox.NamedNode)
        and t.subject.value not in kinds
    )


@pytest.mark.parametrize("story", STORIES)
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
