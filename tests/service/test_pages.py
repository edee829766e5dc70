"""Pages for people: they say what the graph says, run nothing, and let nothing in."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import pyoxigraph as ox
import pytest

from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import BASE, POEMKG
from poem_kg.resources import data_dir
from poem_kg.service.linked import Documents
from poem_kg.service.model import Answer
from poem_kg.service.published import publish
from poem_kg.service.queries import offered, short_name
from tests.service.documents import FORMATS, ask, documents, published
from tests.service.pages import Page, assert_sound, read

STATEMENT = "statement/droracle2025-C16"
STATIC = Path(__file__).parents[2] / "poem_kg" / "service" / "static"
ELSEWHERE = {
    "/browse",
    "/docs/",
    "/editor",
    "/evidence",
    "/openapi.json",
    "/patient",
    "/queries",
    "/sparql",
    *(f"/queries/{short_name(query)}" for query in offered()),
}
"""What pages link to and other parts of the service answer."""


@cache
def page(path: str) -> Page:
    return read(ask(f"{path}.html"))


SHARES = [4, pytest.param(1, marks=pytest.mark.slow)]
"""Every page is read by `make slow` alone; of things of one kind the quick tests take each fourth.
"""
THINGS = re.compile(r"(?:ontology|statement|source|criterion|query)/[^/]+\Z")


@cache
def all_pages(share: int) -> dict[str, Page]:
    """Every page; of what comes in hundreds alike each fifth, since reading takes long.

    Args:
        share: one of how many things to take; 1 for all.
    """
    alike = ("query/derive-", "query/prepare-", "shapes/", "words/")
    many = [path for path in documents().paths if path.startswith(alike)]
    left_out = set(many) - set(many[::5])
    things = [path for path in sorted(set(documents().paths) - left_out) if THINGS.match(path)]
    left_out |= set(things) - set(things[::share])
    answers: dict[str, Answer] = {}
    for path in sorted(set(documents().paths) - left_out):
        answer = ask(path, "text/html")
        answers[path] = ask(f"{path.rstrip('/')}.html") if answer.status == 303 else answer
    pages = {p: a for p, a in answers.items() if a.media_type.startswith("text/html")}
    return {path: read(answer) for path, answer in pages.items()}


def words(found: Page) -> str:
    return " ".join("".join(found.root.itertext()).split())


@pytest.mark.parametrize("share", SHARES)
def test_every_page_is_sound_html(share: int) -> None:
    pages = all_pages(share)

    assert len(pages) > 1200 // share
    for path, found in pages.items():
        assert_sound(found, path)


@pytest.mark.parametrize("share", SHARES)
def test_every_page_warns_before_it_tells(share: int) -> None:
    (warning,) = set(re.findall(r'skos:scopeNote "(.*)"@en', root_file()))
    for path, found in all_pages(share).items():
        (note,) = (e for e in found.having("class", "warning"))
        assert note.text == warning, path
        order = [e for e in found.all() if e is note or e.tag == "h1"]
        assert order[0] is note, path


def selected(pattern: str) -> set[str]:
    """The IRIs that a pattern finds for ?s."""
    rows = published().store.query(f"SELECT ?s {{ {pattern} }}")
    assert isinstance(rows, ox.QuerySolutions)
    return {row["s"].value for row in rows}


def root_file() -> str:
    return (data_dir("ontology") / "poem-kg.ttl").read_text(encoding="utf-8")


@pytest.mark.parametrize("share", SHARES)
def test_every_local_link_of_every_page_leads_somewhere(share: int) -> None:
    linked: dict[str, str] = {}
    for path, found in all_pages(share).items():
        for element in found.all():
            href = element.get("href") or ""
            if href.startswith("/"):
                linked[urldefrag(href).url.partition("?")[0]] = path
    # Every form of every description is read by a test of its own.
    forms = {f"/{path.rstrip('/')}{suffix}" for path in documents().paths for suffix in FORMATS}
    files = {f"/static/{file.relative_to(STATIC)}" for file in STATIC.rglob("*") if file.is_file()}
    asked = set(linked) - forms - ELSEWHERE - files

    assert len(asked) > 1900 // share
    lost = {href for href in asked if ask(href.removeprefix("/")).status not in (200, 303)}
    assert {href: linked[href] for href in lost} == {}


@pytest.mark.parametrize("share", SHARES)
def test_every_fragment_that_is_linked_is_there(share: int) -> None:
    for path, found in all_pages(share).items():
        for element in found.all("a"):
            address, fragment = urldefrag(element.get("href") or "")
            if fragment and address.startswith("/"):
                target = page(address.removeprefix("/").rstrip("/"))
                assert target.having("id", fragment), (path, element.get("href"))


@pytest.mark.parametrize("share", SHARES)
def test_no_page_runs_or_loads_anything(share: int) -> None:
    allowed = {"href", "title", "class", "id", "lang", "rel", "type", "role", "tabindex", "charset"}
    allowed |= {"name", "content", "aria-current", "aria-label", "aria-labelledby", "scope"}
    for path, found in all_pages(share).items():
        assert {name for e in found.all() for name in e.attrib} <= allowed, path
        assert {e.tag for e in found.all()}.isdisjoint({"style", "iframe", "img", "object", "form"})
        assert {e.get("type") for e in found.all("script")} <= {"application/ld+json"}, path
        sheets = {e.get("href") for e in found.having("rel", "stylesheet")}
        assert sheets == {"/static/poem-kg.css"}
        for element in found.all("a"):
            assert re.match(r"https?://|/|#", element.get("href") or ""), (
                path,
                element.get("href"),
            )


def test_a_statement_tells_what_where_and_how_far_it_was_checked() -> None:
    told = words(page(STATEMENT))

    for expected in (
        "preference",
        "POEM preferred in type III achalasia",
        "Of the options in type III, the page prefers POEM.",
        f"{BASE}{STATEMENT}",
        "Dr.Oracle page on POEM, 2025",
        "Treatment Recommendations by Achalasia Subtype > Type III Achalasia, bullet 1",
        "marker 1 of the Dr.Oracle page",
        "verified in the cited source",
        "pending human review",
        "not graded",
    ):
        assert expected in told


def test_a_term_tells_what_is_said_of_it_and_by_whom() -> None:
    found = page("ontology/AchalasiaTypeIII")
    (section,) = found.having("aria-labelledby", "said-heading")
    said = " ".join("".join(section.itertext()).split())

    assert "POEM preferred in type III achalasia" in said
    assert "Dr.Oracle page on POEM, 2025, Treatment Recommendations by Achalasia Subtype" in said
    assert found.having("href", f"/{STATEMENT}")


@pytest.mark.parametrize("share", SHARES)
def test_a_decision_of_ours_is_shown_as_ours(share: int) -> None:
    pages = all_pages(share)
    ours = [path for path, found in pages.items() if found.having("class", "notice ours")]
    interpretations = selected(f"?s a <{POEMKG}Interpretation>")

    assert len(ours) > 50 // share
    read_here = {BASE + path for path in pages}
    assert {BASE + path for path in ours} == interpretations & read_here
    assert share > 1 or interpretations <= read_here
    assert "waits for a clinician" in words(page("statement/poem-kg-I01"))
    for path, found in pages.items():
        for line in found.all("li"):
            first = next(line.iter("a"), None)
            if first is not None and "ours" not in (line.get("class") or "").split():
                assert first.get("title") not in interpretations, path


def test_a_query_shows_its_text_parameters_and_where_to_run_it() -> None:
    found = page("query/ask-claim")

    text = (data_dir("queries") / "ask" / "claim.rq").read_text(encoding="utf-8")
    assert ["".join(e.itertext()) for e in found.all("pre")] == [text]
    assert found.having("href", "/queries/claim")
    assert "the number of the claim" in words(found)
    assert not page("query/derive-010-as-of").having("href", "/queries/010-as-of")


def test_an_axiom_is_shown_to_its_end() -> None:
    told = words(page("ontology/Chicago40Hypercontractile"))

    assert "intersection of" in told and "some values from" in told
    assert "…" not in told


def test_the_root_lists_every_document() -> None:
    found = page("ontology")

    linked = {e.get("href") for e in found.all("a")}
    assert {f"/{g.removeprefix(BASE)}" for g in published().graphs if "/module/" in g} <= linked


def test_a_module_lists_every_term_it_describes() -> None:
    found = page("ontology/module/disorders")

    linked = {e.get("href") for e in found.all("a")}
    text = (data_dir("ontology") / "disorders.ttl").read_text(encoding="utf-8")
    terms = re.findall(r"^poemkg:(\w+)$", text, re.MULTILINE)
    assert len(terms) > 40
    assert {f"/ontology/{term}" for term in terms} <= linked


def test_what_is_too_much_for_a_page_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("poem_kg.service.said.MOST", 20)
    found = read(ask("ontology/strengthNotGraded.html"))
    (section,) = found.having("aria-labelledby", "said-heading")
    more = map(int, re.findall(r"and (\d+) more", "".join(section.itertext())))
    sources = selected(
        f"?s <{POEMKG}strength> <{POEMKG}strengthNotGraded>"
        f" FILTER NOT EXISTS {{ ?s a <{POEMKG}Interpretation> }}"
    )

    assert len([e for e in section.iter("li") if e.get("class") == "said"]) == 20
    assert sum(more) == len(sources) - 20 > 0
    links = {e.get("href") for e in section.iter("a") if e.text == "the Turtle"}
    assert links == {"/ontology/strengthNotGraded.ttl"}


HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(1)>" onclick="x\' {{ 7 * 7 }}'


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    """The linked data of an ontology in which somebody put markup wherever text can stand."""
    folder = tmp_path_factory.mktemp("hostile") / "ontology"
    shutil.copytree(data_dir("ontology"), folder)
    text = HOSTILE.replace('"', '\\"')
    for name in (
        "criteria.ttl",
        "disorders.ttl",
        "guidelines/droracle-2025.ttl",
        "guidelines/poem-kg-interpretation.ttl",
        "poem-kg.ttl",
        "schema.ttl",
        "sources.ttl",
    ):
        file = folder / name
        changed = re.sub(
            r"(rdfs:label|skos:definition|skos:altLabel|skos:scopeNote|poemkg:locator"
            r"|dcterms:title|bibo:doi|dcterms:bibliographicCitation|poemkg:verificationNote"
            r'|poemkg:reason|poemkg:printed|poemkg:statistic|poemkg:sampleSize|poemkg:claim) "',
            lambda match: f'{match.group(1)} "{text}',
            file.read_text(encoding="utf-8"),
        )
        file.write_text(changed, encoding="utf-8")
    with (folder / "disorders.ttl").open("a", encoding="utf-8") as text_file:
        text_file.write(
            "<https://w3id.org/poem-kg/ontology/a'b(c);d,e=f&g> a owl:Class ;\n"
            f'\trdfs:label "{text}"@en ;\n'
            "\trdfs:seeAlso <javascript:alert(1)> , <data:text/html,x> , <http://e/?a=b&c='> ;\n"
            "\t.\n"
        )
    return Documents(publish(KnowledgeBase.load(ontology=folder)))


def hostile_pages(hostile: Documents) -> Iterator[tuple[str, Answer]]:
    odd = "ontology/a'b(c);d,e=f&g"
    for path in (
        odd,
        "criterion/hiatal-hernia",
        "ontology/Achalasia",
        "source/aga2017",
        "source/droracle2025",
        STATEMENT,
        "statement/droracle2025-C40",
        "statement/poem-kg-I01",
        "statement/droracle2025-D02",
    ):
        yield path, ask(f"{path}.html", of=hostile)
    for path in ("ontology", "ontology/module/disorders"):
        yield path, ask(f"{path}.html", of=hostile)
    yield "", ask("", "text/html", of=hostile)


def test_markup_in_a_label_is_text(hostile: Documents) -> None:
    for path, answer in hostile_pages(hostile):
        found = read(answer)
        assert HOSTILE in "".join(found.root.itertext()), path
        assert "49" not in found.text("h1")[0]
        assert {e.get("type") for e in found.all("script")} <= {"application/ld+json"}, path
        assert not list(found.all("img"))
        assert not [name for e in found.all() for name in e.attrib if name.startswith("on")], path
        assert answer.body.count(b"</script>") == answer.body.count(b"<script "), path


def test_a_link_that_runs_is_no_link(hostile: Documents) -> None:
    found = read(ask("ontology/a'b(c);d,e=f&g.html", of=hostile))
    hrefs = {e.get("href") for e in found.all("a")}

    assert "http://e/?a=b&c='" in hrefs
    assert not [href for href in hrefs if href and href.startswith(("javascript:", "data:"))]
    assert "javascript:alert(1)" in words(found)


def test_an_odd_iri_is_safe_in_headers(hostile: Documents) -> None:
    answer = ask("ontology/a'b(c);d,e=f&g", "text/turtle", of=hostile)

    assert answer.status == 303
    values = "".join(value for _, value in answer.headers)
    assert values.isascii() and values.isprintable() and " <" not in values.replace(", <", "")


def data_block(found: Page) -> dict[str, Any]:
    (script,) = found.all("script")
    block: dict[str, Any] = json.loads(script.text or "")
    return block


def test_a_statement_says_in_schema_org_what_the_alignment_tells(hostile: Documents) -> None:
    found = data_block(page(STATEMENT))

    assert found["@context"] == "https://schema.org"
    assert found["@id"] == BASE + STATEMENT
    assert found["@type"] == "Claim"
    assert found["name"] == page(STATEMENT).text("h1")[0]
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    (source,) = found["isBasedOn"]
    assert (source["@id"], source["@type"]) == (f"{BASE}source/droracle2025", "CreativeWork")
    about = {(thing["@id"].removeprefix(POEMKG), str(thing["@type"])) for thing in found["about"]}
    assert about == {
        ("AchalasiaTypeIII", "MedicalCondition"),
        ("PerOralEndoscopicMyotomy", "TherapeuticProcedure"),
    }
    damaged = data_block(read(ask(f"{STATEMENT}.html", of=hostile)))
    assert damaged["description"].startswith(HOSTILE), "escaped for the page, not for the reader"


def test_a_source_says_in_schema_org_what_it_is() -> None:
    found = data_block(page("source/aga2017"))

    assert found["@type"] == "MedicalScholarlyArticle"
    assert found["sameAs"] == "https://doi.org/10.1053/j.gastro.2017.10.001"
    assert found["name"].startswith("Clinical Practice Update")


def test_what_has_no_counterpart_in_schema_org_has_no_data_block(hostile: Documents) -> None:
    found = read(ask("ontology/Achalasia.html", of=hostile))

    assert list(found.all("script")) == []
