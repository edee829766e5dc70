"""The page to begin at: what this is, what it is for, three doors, how far it was reviewed."""

from __future__ import annotations

from functools import cache
from xml.etree.ElementTree import Element

import pyoxigraph as ox

from poem_kg.namespaces import BASE, POEMKG, RDFS
from tests.service.documents import ask, published
from tests.service.pages import Page, assert_sound, read, seconds
from tests.service.test_look import STATIC

STATEMENTS = f"?s a/<{RDFS}subClassOf>* <{POEMKG}Statement>"


@cache
def home() -> Page:
    return read(ask("", "text/html"))


def count(pattern: str) -> int:
    """How many things a pattern finds for ?s."""
    rows = published().store.query(f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {pattern} }}")
    assert isinstance(rows, ox.QuerySolutions)
    (row,) = rows
    return int(row["n"].value)


def said(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def rows_of(caption: str) -> dict[str, int]:
    """The rows of a small table: IRI of the first cell to the number in the second."""
    (table,) = (t for t in home().all("table") if said(next(iter(t))) == caption)
    rows = {}
    for row in table.iter("tr"):
        (link,) = row.iter("a")
        rows[link.get("title") or ""] = int(said(list(row)[1]))
    return rows


def test_the_page_is_sound() -> None:
    assert_sound(home(), "home")


def test_three_doors_lead_to_a_patient_the_knowledge_and_a_query() -> None:
    doors = [element for element in home().all("section") if element.get("class") == "door"]

    assert [link.get("href") for door in doors for link in door.iter("a")] == [
        "/patient",
        "/browse",
        "/editor",
    ]


def test_what_it_is_for_stands_before_the_doors_and_in_the_text() -> None:
    text = said(home().root)

    assert text.index("Not for decisions about the care of a person") < text.index("Try a patient")
    assert text.count("nothing here replaces a clinician") == 2
    assert "it is not a clinical clearance" in text
    assert "calls itself pending human review" in text


def test_the_version_and_what_is_reviewed_are_counted_in_the_graph() -> None:
    text = said(home().root)

    every = count(STATEMENTS)
    ours = count(f"?s a <{POEMKG}Interpretation>")
    assert every > 150 and ours > 50
    assert f"Version {published().version} holds {every} statements. {ours} of them are" in text


def test_each_review_state_and_verification_has_its_number_even_if_that_is_none() -> None:
    for caption, name, kind in (
        ("Reviewed by people", "review", "ReviewState"),
        ("Found in the source", "verified", "Verification"),
    ):
        rows = rows_of(caption)
        assert len(rows) == count(f"?s a <{POEMKG}{kind}>")
        assert sum(rows.values()) == count(STATEMENTS)
        for value, number in rows.items():
            assert number == count(f"{STATEMENTS} . ?s <{POEMKG}{name}> <{value}>"), value
    assert 0 in rows_of("Reviewed by people").values()


def test_every_source_stands_there_with_what_comes_from_it() -> None:
    (table,) = (t for t in home().all("table") if "Cited by" in said(t))
    rows = {
        (next(row.iter("a")).get("href") or ""): [said(cell) for cell in row]
        for row in list(table.iter("tr"))[1:]
    }

    assert len(rows) == count(f"?s a/<{RDFS}subClassOf>* <{POEMKG}EvidenceSource>") > 10
    for href, (_, kind, statements, cited) in rows.items():
        source = f"<{BASE}{href.removeprefix('/')}>"
        markers = f"?s <{POEMKG}cites>/<{POEMKG}resolvesTo> {source}"
        assert kind, href
        assert int(statements) == count(f"?s <{POEMKG}source> {source} . {STATEMENTS}"), href
        assert int(cited) == count(markers), href


def test_programs_find_data_calls_and_the_endpoint() -> None:
    linked = {element.get("href") for element in home().all("a")}

    assert {
        "/dataset/catalog",
        "/openapi.json",
        "/sparql",
        "/queries",
        "/ontology/",
        "/docs/",
    } <= linked


def test_the_first_page_is_small_and_quick() -> None:
    answer = ask("", "text/html")
    loaded = {
        e.get("href") or "" for e in home().all("link") if e.get("rel") in ("stylesheet", "icon")
    }
    loaded |= {e.get("src") or "" for e in home().all("script") if e.get("src")}
    files = [STATIC / href.removeprefix("/static/") for href in loaded]

    assert STATIC / "poem-kg.css" in files
    assert len(answer.body) + sum(file.stat().st_size for file in files) < 200_000
    assert seconds(lambda: ask("", "text/html")) < 0.2
