"""Browsing and searching what is known: all of it is there, and found in any spelling."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from urllib.parse import quote
from xml.etree.ElementTree import Element

import pyoxigraph as ox
import pytest

from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import BASE, OWL, POEMKG, RDFS
from poem_kg.resources import data_dir
from poem_kg.service.browsing import Browsing
from poem_kg.service.finding import LONGEST, MOST
from poem_kg.service.linked import Documents
from poem_kg.service.model import Answer, Call
from poem_kg.service.published import publish
from poem_kg.service.queries import offered
from poem_kg.service.spelling import folded, spellings, wanted
from tests.service.documents import documents, published, things
from tests.service.pages import Page, assert_sound, read, seconds


@cache
def browsing() -> Browsing:
    return Browsing(documents().pages)


def asked(*parameters: tuple[str, str], of: Browsing | None = None) -> Answer:
    return (of or browsing()).answer(Call(kind="page", path="browse", parameters=parameters))


@cache
def tree() -> Page:
    return read(asked())


def search(text: str, *, only: str = "", of: Browsing | None = None) -> Page:
    found = read(asked(("q", text), *((("in", only),) if only else ()), of=of))
    assert_sound(found, text)
    return found


def said(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def names(found: Page) -> list[str]:
    """What a search found, in its order."""
    lines = (e for e in found.all("p") if e.get("class") == "line")
    return [said(next(line.iter("a"))) for line in lines]


def groups(found: Page) -> list[str]:
    return [heading.rpartition(" ")[0] for heading in found.text("h2")]


def selected(pattern: str) -> set[str]:
    """The IRIs of ours that a pattern finds for ?s."""
    rows = published().store.query(f"SELECT ?s {{ {pattern} }}")
    assert isinstance(rows, ox.QuerySolutions)
    iris = {row["s"].value for row in rows if isinstance(row["s"], ox.NamedNode)}
    return {iri for iri in iris if iri.startswith(BASE)}


def linked(found: Page) -> set[str]:
    hrefs = (element.get("href") or "" for element in found.all("a"))
    return {BASE + href.removeprefix("/") for href in hrefs}


@pytest.mark.parametrize(
    "pattern",
    [
        f"?s a <{OWL}Class>",
        f"?s a/<{RDFS}subClassOf>* <{POEMKG}Statement>",
        f"?s a/<{RDFS}subClassOf>* <{POEMKG}EvidenceSource>",
        f"?s a/<{RDFS}subClassOf>* <{POEMKG}Criterion>",
        f"?s a <{OWL}Ontology>",
    ],
    ids=["classes", "statements", "sources", "criteria", "documents"],
)
def test_everything_of_a_kind_can_be_reached(pattern: str) -> None:
    found = selected(pattern) & set(things())

    assert len(found) > 10
    assert found - linked(tree()) == set()


def test_the_page_is_sound_and_knows_where_it_is() -> None:
    assert_sound(tree(), "browse")
    (current,) = (e for e in tree().all("a") if e.get("aria-current"))
    assert (said(current), current.get("aria-current")) == ("Knowledge", "page")


def test_every_question_of_the_catalogue_can_be_reached() -> None:
    assert {query.iri for query in offered()} <= linked(tree())


def test_a_class_stands_below_the_classes_above_it() -> None:
    lists = [e for e in tree().all("li") if any(child.tag == "details" for child in e)]
    below = {
        (
            BASE + (e[0].get("href") or "").lstrip("/"),
            BASE + (line[0].get("href") or "").lstrip("/"),
        )
        for e in lists
        for details in e
        if details.tag == "details"
        for line in list(details)[1]
    }
    rows = published().kb.knowledge.ontology
    told = {
        (t.object.value, t.subject.value)
        for t in rows
        if t.predicate.value == RDFS + "subClassOf"
        and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.NamedNode)
        and t.object.value.startswith(BASE)
    }

    assert len(told) > 200
    assert below == told


def test_what_can_be_opened_says_what_it_opens_and_holds_no_link() -> None:
    summaries = list(tree().all("summary"))

    assert len(summaries) > 20
    for summary in summaries:
        assert said(summary)
        assert not list(summary.iter("a"))
    outer = [d for d in tree().all("details") if d.get("open") is not None]
    assert 0 < len(outer) < 5, "the top of the tree is open, and nothing else"


def test_the_search_is_a_form_that_works_by_itself() -> None:
    (form,) = tree().all("form")
    (field,) = tree().all("input")

    assert (form.get("action"), form.get("method")) == ("/browse", "get")
    assert [e.get("for") for e in tree().all("label")] == [field.get("id")]
    assert field.get("name") == "q"


def test_the_number_of_a_claim_finds_its_statement_first() -> None:
    for text in ("C16", "c16"):
        found = search(text)
        assert names(found)[0] == "POEM preferred in type III achalasia"
        assert "C16" in [said(e) for e in found.all("mark")]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("distal oesophageal spasm", "distal oesophageal spasm"),
        ("DISTAL ESOPHAGEAL SPASM", "distal oesophageal spasm"),
        ("distal \u0153sophageal sp\u00e1sm", "distal oesophageal spasm"),
        ("spasm distal", "distal oesophageal spasm"),
        ("pneumatic dilatation", "pneumatic dilation"),
        ("POEM", "per-oral endoscopic myotomy"),
        ("jackhammer", "hypercontractile oesophagus"),
        ("eckardt", "Eckardt score"),
        ("poemkg:AchalasiaTypeIII", "achalasia type III"),
        (f"{BASE}statement/droracle2025-C24", "imaging of the junction to rule out obstruction"),
    ],
)
def test_a_thing_is_found_by_name_synonym_spelling_and_iri(text: str, first: str) -> None:
    assert names(search(text))[0] == first


def test_a_label_and_a_synonym_find_their_term() -> None:
    index = browsing()._index
    graph = documents().pages.graph
    lost = []
    for iri in documents().pages.tree.classes[::3]:  # reading all of them takes long
        for name in (graph.label(iri), *index._synonyms(iri)):
            if iri not in index._scores(wanted(name)):
                lost.append((iri, name))

    assert lost == []


def test_american_and_british_spelling_find_the_same() -> None:
    for british, american in (
        ("oesophageal", "esophageal"),
        ("dilatation", "dilation"),
        ("haemorrhage", "hemorrhage"),
        ("counselling", "counseling"),
    ):
        assert names(search(british)) == names(search(american)) != []


def test_every_word_has_to_be_there() -> None:
    both = set(names(search("reflux hernia")))

    assert both
    assert both < set(names(search("reflux")))
    assert "Nothing here has all of these words" in said(search("reflux zebra").root)


def test_what_matches_is_marked_and_nothing_else() -> None:
    marks = [said(e) for e in search("esophageal").all("mark")]

    assert {folded(mark) for mark in marks} <= {"oesophageal", "esophageal"}
    assert len(marks) > 20
    assert [said(e) for e in search("C24").all("mark")] == ["C24"]


def test_what_is_found_stands_in_groups_and_ours_is_marked() -> None:
    found = search("dilation")

    assert {"Terms", "Statements", "Our interpretations", "Criteria"} <= set(groups(found))
    (section,) = (
        e for e in found.all("section") if e.get("aria-labelledby") == "in-interpretations"
    )
    lines = list(section.iter("li"))
    assert lines
    for line in lines:
        assert line.get("class") == "ours" and "our interpretation" in said(line)
    for line in found.all("li"):
        if line.get("class") != "ours":
            assert not any("/poem-kg-I" in (a.get("href") or "") for a in line.iter("a"))


def test_what_is_more_than_a_page_shows_is_told_and_one_step_away() -> None:
    found = search("achalasia")
    (more,) = (
        e for e in found.all("a") if (e.get("href") or "").endswith("q=achalasia&in=statements")
    )
    number = int(said(more).split()[1])
    whole = search("achalasia", only="statements")

    assert number > MOST
    assert len(names(whole)) == number
    assert groups(whole) == ["Statements"]
    assert f"{number} found" in said(whole.having("id", "told")[0])


def test_the_number_found_is_told_to_a_screen_reader() -> None:
    (told,) = search("C16").having("id", "told")

    assert told.get("role") == "status"
    assert said(told) == "1 found for C16."


def test_a_question_is_cut_where_it_is_too_long_and_blank_is_none() -> None:
    (field,) = search("reflux " * 100).all("input")

    assert len(field.get("value") or "") <= LONGEST
    assert asked(("q", "  ")).body == asked().body


def test_another_question_is_another_page_to_a_cache() -> None:
    tags = {
        dict(asked(*given).headers)["ETag"] for given in ((), (("q", "POEM"),), (("q", "C16"),))
    }

    assert len(tags) == 3
    assert asked(("q", "POEM")).body == asked(("q", "POEM")).body


@pytest.mark.parametrize("text", ["", "a", "e", "POEM achalasia type iii", "zebra", "s " * 99])
def test_a_page_is_quick_once_the_words_are_in_order(text: str) -> None:
    assert seconds(lambda: asked(("q", text))) < 0.2


ATTACK = "\"><script>alert(1)</script><img src=x onerror=alert(1)>' {{ 7 * 7 }}"


def test_what_is_asked_is_text() -> None:
    found = search(ATTACK)

    assert found.all("input").__next__().get("value") == " ".join(ATTACK.split())
    assert [e.get("src") for e in found.all("script")] == ["/static/browse.js"]
    assert not list(found.all("img"))


def test_what_is_found_is_text(tmp_path: Path) -> None:
    folder = tmp_path / "ontology"
    shutil.copytree(data_dir("ontology"), folder)
    file = folder / "disorders.ttl"
    label = ATTACK.replace('"', '\\"')
    file.write_text(
        file.read_text(encoding="utf-8")
        + f'\npoemkg:Hostile a owl:Class ;\n\trdfs:label "{label}"@en ;\n'
        + f'\tskos:altLabel "{label} zebra"@en ;\n\tskos:definition "{label}"@en .\n',
        encoding="utf-8",
    )
    pages = Documents(publish(KnowledgeBase.load(ontology=folder))).pages

    found = search("script zebra", of=Browsing(pages))

    for shown in (found, read(asked(of=Browsing(pages)))):
        assert_sound(shown, "hostile")
        assert ATTACK in said(shown.root)
        assert not list(shown.all("img"))
    assert [said(e) for e in found.all("mark")][:2] == ["script", "script"]
    assert not list(found.all("img"))
    assert [e.get("src") for e in found.all("script")] == ["/static/browse.js"]
    assert quote("script zebra") not in said(found.root)


def test_spellings_are_learnt_from_names_that_are_alike() -> None:
    learnt = spellings([("tumour of the wall", "tumor of the wall"), ("type three", "type 3")])

    assert learnt == {"tumour": ("tumour", "tumor"), "tumor": ("tumor", "tumour")}


def test_words_are_folded() -> None:
    assert wanted("\u0152dème, Per-Oral") == ("oedeme", "per", "oral")
