"""Both audiences are told the same facts, each in its own words, and nobody to stop a drug."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from poem_kg.explain.facts import Telling
from poem_kg.explain.formats import written
from poem_kg.explain.lines import SECTIONS
from poem_kg.explain.model import chain
from poem_kg.explain.text import explain_lines, explain_text
from poem_kg.model import Diagnosis
from poem_kg.namespaces import compact
from tests.derivation.view import STOP_OPIOID
from tests.explain.stories import AUDIENCES, EXPLAINED, STORIES, kb, local, told, words
from tests.stories import each

APPROVED = Path(__file__).parent / "approved"
JARGON = re.compile(
    r"https?:|\bstmt:|\bpoemkg:|criterion:|sha256|criteri(on|a)\b|provenance|\bqueries|\bderive/"
    r"|\bIRIs?\b|\bRDF\b|triple",
    re.IGNORECASE,
)
ORDERS = re.compile(
    r"\b(?:stop|discontinue|withdraw|taper|cease)\s+(?:the|your|his|her|all|any|opioids?)\b", re.I
)


def text(story: str, audience: str) -> str:
    """Return the text of a story on one line."""
    return " ".join(explain_text(told(story), words(audience)).split())


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("story", each(STORIES))
def test_both_audiences_are_told_the_whole_chain(story: str, audience: str) -> None:
    lines = explain_lines(told(story), words(audience))

    tells = {link for line in lines for link in line.tells}

    assert tells == chain(told(story))
    assert tells or not told(story).options


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("story", each(STORIES))
def test_what_is_told_stands_in_the_text(story: str, audience: str) -> None:
    explanation, spoken = told(story), words(audience)
    teller = Telling(explanation, spoken)
    found = text(story, audience)
    statements = {s.statement: s for s in explanation.statements}
    presence = {c.criterion: c.presence_of for c in explanation.criteria}
    concept = {f.record: f.concept for f in explanation.facts}
    for link in chain(explanation):
        assert spoken.thing(link.source) in found
        assert teller.place(link.statement) in found
        fact = " ".join(teller.fact(link.fact).split()) if link.fact else ""
        assert fact in found
        named = spoken.thing(link.criterion) if link.criterion else ""
        the_fact_itself = (
            link.fact and link.criterion and presence[link.criterion] == concept[link.fact]
        )
        assert named in found or the_fact_itself
    for option in explanation.options:
        for step in option.steps:
            statement = statements[step.statement]
            assert statement.label in found or (statement.says or "?") in found


@pytest.mark.parametrize("story", each(STORIES))
def test_clinicians_read_neither_iris_nor_jargon(story: str) -> None:
    found = {match.group() for match in JARGON.finditer(text(story, "clinician"))}

    assert found == set()


@pytest.mark.parametrize("story", each(STORIES))
def test_researchers_read_iris_queries_and_digests(story: str) -> None:
    found = text(story, "researcher")
    explanation = told(story)
    named = {link.statement for link in chain(explanation)}
    named |= {link.criterion for link in chain(explanation) if link.criterion}
    for iri in named:
        assert compact(iri) in found
    for query in explanation.queries:
        assert f"{query.name} {query.digest}" in found
    assert kb().knowledge.digest in found


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("story", each(STORIES))
def test_no_text_tells_anybody_to_stop_a_drug(story: str, audience: str) -> None:
    assert ORDERS.findall(text(story, audience)) == []


def test_an_order_to_stop_would_be_found() -> None:
    assert ORDERS.search("Stop the opioid today.")
    assert ORDERS.search("then taper opioids")


@pytest.mark.parametrize("format", ["text", "svg"])
@pytest.mark.parametrize("asked", ["everything", "option", "why-not"])
@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("story", ["S1a", "S1b"])
def test_the_first_line_carries_the_caution_of_the_authority(
    story: str, audience: str, asked: str, format: str
) -> None:
    explanation = told(
        story,
        option=STOP_OPIOID if asked == "option" else None,
        why_not=STOP_OPIOID if asked == "why-not" else None,
    )

    found = " ".join(written(explanation, words(audience), format=format).decode().split())

    (caution,) = [s for s in explanation.statements if local(s.statement) == "fda2019-1"]
    assert (str(caution.says) if format == "text" else caution.label) in found
    assert caution.source.label in found


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("named", [None, "https://w3id.org/poem-kg/source/chicago4-2021"])
def test_a_diagnosis_from_measurements_says_so(audience: str, named: str | None) -> None:
    story = told("S4a")
    (recorded,) = story.diagnoses
    derived = Diagnosis(
        disorder=recorded.disorder,
        label=recorded.label,
        basis="derived",
        status="provisional",
        classification=named,
        facts=recorded.facts,
    )

    found = explain_text(
        replace(story, diagnoses=(derived,)), words(audience), sections=["patient"]
    )

    wanted = {"clinician": "worked out from measurements", "researcher": "basis derived"}
    assert wanted[audience] in found
    assert (
        kb().knowledge.label(named) if named else "derived" * (audience == "researcher")
    ) in found


def test_sections_can_be_chosen() -> None:
    found = explain_text(told("S4a"), words("clinician"), sections=["why-not", "places"])

    assert found.startswith("Not offered\n  botulinum toxin injection\n")
    assert "Tests to take first" not in found
    assert set(SECTIONS) >= {"patient", "options", "why-not", "places", "about"}


@pytest.mark.parametrize("story", each(STORIES))
def test_no_line_is_wider_than_the_page(story: str) -> None:
    for audience in AUDIENCES:
        for line in explain_text(told(story), words(audience)).splitlines():
            assert len(line) <= 100 or " " not in line.strip()
            assert line == line.rstrip()


@pytest.mark.parametrize("story", each(EXPLAINED))
def test_the_text_for_clinicians_is_the_approved_one(story: str) -> None:
    found = explain_text(told(story), words("clinician"))
    path = APPROVED / f"{story}.txt"
    if os.environ.get("POEM_KG_UPDATE_APPROVED") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(found)
    assert found == path.read_text()


def test_every_approved_text_belongs_to_a_story() -> None:
    assert sorted(path.stem for path in APPROVED.glob("*")) == sorted(EXPLAINED)
