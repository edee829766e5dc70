"""The part of a page that shows an advice: sound, escaped, and what of it one can keep."""

from __future__ import annotations

import re
import shutil
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.namespaces import POEMKG, SKOS
from poem_kg.resources import data_dir
from poem_kg.service.advice_view import DOWNLOADS, advice_view, download
from poem_kg.service.linked import Documents
from poem_kg.service.model import Refusal
from poem_kg.service.pages import Pages
from poem_kg.service.published import publish
from tests.cli.here import command
from tests.service.advice import (
    EXAMPLES,
    STORIES,
    advice,
    kb,
    page,
    parsed,
    rendered,
    source,
    text,
    view,
    within,
)
from tests.service.documents import documents
from tests.stories import each

SVG = "{http://www.w3.org/2000/svg}"
VIOLATING = b"""@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .
<urn:p> a poemkg:Patient ; poemkg:hasRecord <urn:r> .
<urn:r> a poemkg:MeasurementRecord ; poemkg:concept poemkg:Age ; poemkg:status poemkg:present ."""


@pytest.mark.parametrize("story", each(STORIES))
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


@pytest.mark.parametrize("story", each(STORIES))
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
    done = command(verb, EXAMPLES / f"{story}.ttl", *options)

    answer = download(kb(), source(story), advice(story), name)

    assert done.returncode == 0 and answer.body == done.stdout.encode()
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
