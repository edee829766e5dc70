"""For a statement of any kind that is about patients there is one who shows it and one who not."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg import KnowledgeBase
from poem_kg.authoring.cast import Cast
from poem_kg.authoring.facts import Ways
from poem_kg.authoring.terms import Terms
from poem_kg.knowledge import load_knowledge
from poem_kg.namespaces import POEMKG, PREFIXES, RDF, STATEMENT, compact
from poem_kg.tracing.appearing import appearances
from poem_kg.whatif.answers import Answers
from poem_kg.whatif.dependencies import Dependencies
from tests.authoring.made_up import copied

KNOWLEDGE = load_knowledge()
TERMS = Terms(KNOWLEDGE.ontology)
OF_NO_PATIENT = {"Interpretation", "PageFact", "StudyCaution", "StudyPattern"}
FEW = ("droracle2025-C26", "droracle2025-C49")


def about_patients() -> list[str]:
    found = []
    for statement in sorted(TERMS.subjects):
        kinds = {k.removeprefix(POEMKG) for k in TERMS.index.all(statement, RDF + "type")}
        said = statement.startswith(STATEMENT) and TERMS.index.all(statement, POEMKG + "source")
        if said and not kinds & OF_NO_PATIENT:
            found.append(statement)
    return found


@pytest.fixture(scope="module")
def cast() -> Cast:
    return Cast(KNOWLEDGE)


def check(cast: Cast, statement: str, folder: Path) -> None:
    """Make both patients, read them as files, and derive them anew."""
    kb = KnowledgeBase(KNOWLEDGE)
    pair = cast.pair(statement)
    assert pair is not None, f"no patients for {compact(statement)}"
    ways = []
    for player in (pair.shown, pair.not_shown):
        path = folder / "patient.ttl"
        path.write_text(player.text, encoding="utf-8")
        advice = kb.recommend(path)
        assert advice.conforms
        found = appearances(advice.graph).get(statement, frozenset())
        assert tuple(sorted(found)) == player.shows
        ways.append({a for a in found if (a.conclusion, a.truth) != ("Requirement", "met")})
    assert ways[0]
    assert not ways[1]


@pytest.mark.parametrize("name", FEW)
def test_a_test_to_take_first_and_a_follow_up(cast: Cast, name: str, tmp_path: Path) -> None:
    check(cast, STATEMENT + name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("statement", about_patients(), ids=compact)
def test_every_statement_about_patients(cast: Cast, statement: str, tmp_path: Path) -> None:
    check(cast, statement, tmp_path)


def test_statements_about_patients_are_many() -> None:
    assert len(about_patients()) > 80


def test_a_statement_about_the_page_has_no_patients(cast: Cast) -> None:
    assert cast.pair(STATEMENT + "droracle2025-C72") is None


def test_a_near_miss_differs_in_what_is_particular_to_the_statement(cast: Cast) -> None:
    pair = cast.pair(STATEMENT + "droracle2025-C10")

    assert pair is not None
    assert "poemkg:concept poemkg:HiatalHernia" in pair.not_shown.text
    assert pair.shown.text.count("poemkg:status poemkg:present") == 2
    assert pair.not_shown.text.count("poemkg:status poemkg:present") == 1


def test_a_requirement_is_met_in_the_one_who_does_not_show_it(cast: Cast) -> None:
    pair = cast.pair(STATEMENT + "droracle2025-C55")

    assert pair is not None
    assert [a.told() for a in pair.shown.shows] == ["requirement (not met)"]
    assert [a.told() for a in pair.not_shown.shows] == ["requirement (met)"]


@pytest.mark.parametrize(
    ("name", "met", "not_met"),
    [
        ("child", "17", "18"),
        ("procedure-count-floor", "20", "19"),
    ],
)
def test_a_measure_that_is_counted_is_given_whole_numbers(
    name: str, met: str, not_met: str
) -> None:
    dependencies = Dependencies(KNOWLEDGE)
    ways = Ways(dependencies, Answers(KNOWLEDGE, dependencies))
    criterion = PREFIXES["criterion"] + name

    assert [fact.value for (fact,) in ways.meeting(criterion)] == [met]
    assert [fact.value for (fact,) in ways.failing(criterion)] == [not_met]


def test_what_bears_on_a_therapy_shows_in_a_patient_to_whom_it_is_offered(tmp_path: Path) -> None:
    # The only offer is to the old, so a gap without a condition shows in the old alone.
    said = """
        poemkg:source source:aga2017 ; poemkg:locator "nowhere" ; rdfs:label "invented"@en ;
        poemkg:therapy poemkg:PneumaticDilation ; poemkg:disorder poemkg:NoDisorder ;
        poemkg:strength poemkg:strengthNotGraded ; poemkg:certainty poemkg:certaintyNotGraded ;
        poemkg:review poemkg:pendingHumanReview ; poemkg:verified poemkg:unverifiedSource ;
    """
    ontology = copied(tmp_path)
    with (ontology / "guidelines" / "aga-2017.ttl").open("a", encoding="utf-8") as file:
        file.write(
            f"""
            poemkg:NoDisorder rdfs:subClassOf poemkg:OesophagealMotilityDisorder ;
              rdfs:label "invented"@en ; a owl:Class , owl:NamedIndividual .
            criterion:old a poemkg:MeasureCriterion ; poemkg:onMeasure poemkg:Age ;
              poemkg:metFrom 70.0 ; poemkg:notMetBelow 70.0 .
            stmt:aga2017-X1 a poemkg:Recommendation ; {said} poemkg:when criterion:old ;
              poemkg:direction poemkg:directionFor ; poemkg:standing poemkg:optionStanding .
            stmt:aga2017-X2 a poemkg:EvidenceGap ; {said}
              poemkg:direction poemkg:directionNeutral .
            """
        )

    pair = Cast(load_knowledge(ontology=ontology)).pair(STATEMENT + "aga2017-X2")

    assert pair is not None
    assert "poemkg:age 70" in pair.shown.text
