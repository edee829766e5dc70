"""The form has a field for whatever can be recorded, and says of it what the ontology says."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.intake.fields import Fields
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import POEMKG
from poem_kg.whatif.answers import Answers
from poem_kg.whatif.dependencies import Dependencies
from tests.stories import each

EXAMPLES = Path(__file__).parents[2] / "examples"
STORIES = sorted(path.stem for path in EXAMPLES.glob("S*.ttl"))
CONCEPTS = """
SELECT DISTINCT ?concept
WHERE {
  ?kind poemkg:recordsKind ?top .
  ?concept rdfs:subClassOf+ ?top .
  FILTER NOT EXISTS { ?concept poemkg:heldBySwallow ?property . }
  FILTER NOT EXISTS { ?other poemkg:recordsKind ?concept . }
}
"""
PREFIXES = {"poemkg": POEMKG, "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}


def test_there_is_a_field_for_every_class_that_a_record_can_name(
    kb: KnowledgeBase, fields: Fields
) -> None:
    rows = kb.knowledge.store().query(CONCEPTS, prefixes=PREFIXES)

    assert isinstance(rows, ox.QuerySolutions)
    named = {row["concept"].value for row in rows}
    assert set(fields.by_concept) == named
    assert len(fields.by_name) == len(fields.by_concept)


def test_a_section_is_a_kind_of_record_in_the_order_of_the_ontology(fields: Fields) -> None:
    names = [section.name for section in fields.sections]

    assert names[0] == "Condition" and names[-1] == "SiteAttestation"
    for section in fields.sections:
        assert section.label and section.says
        assert {f.place.record_class for f in section.fields} == {POEMKG + section.name}


def test_a_number_has_the_unit_and_the_range_of_its_measure(fields: Fields) -> None:
    score = fields.by_name["EckardtScore"]

    assert score.kind == "number" and score.whole
    assert (score.unit, score.minimum, score.maximum) == ("{score}", "0.0", "12.0")
    assert fields.by_name["SpasticSegmentLength"].unit == "cm"
    assert fields.by_name["Age"].place.direct == POEMKG + "age"


def test_a_result_comes_with_the_status_that_it_asks_for(fields: Fields) -> None:
    dilation = {c.value for c in fields.by_name["PneumaticDilation"].choices}
    endoscopy = fields.by_name["UpperEndoscopy"]

    assert {"present:Success", "present:NoSuccess", "absent:Declined"} <= dilation
    assert "absent:Success" not in dilation and "present:Declined" not in dilation
    assert "present:NoMechanicalObstruction" in {c.value for c in endoscopy.choices}
    assert "present:GastricSignetRingCellCarcinoma" in {c.value for c in endoscopy.found}
    assert not fields.by_name["PneumaticDilation"].found


def test_the_form_can_say_whatever_a_decision_rests_on(kb: KnowledgeBase, fields: Fields) -> None:
    answers = Answers(kb.knowledge, Dependencies(kb.knowledge))

    for concept in answers.criteria:
        field = fields.by_concept[concept]
        if field.kind == "number":
            continue
        offered = {(c.status, c.result or "") for c in (*field.choices, *field.found)}
        assert {(a.status, a.result) for a in answers.of(concept)} <= offered, concept


@pytest.mark.parametrize("story", each(STORIES))
def test_every_question_of_an_advice_has_fields_that_answer_it(
    kb: KnowledgeBase, fields: Fields, story: str
) -> None:
    for question in kb.recommend(EXAMPLES / f"{story}.ttl").questions:
        assert fields.asked_by(question.criterion), question.label


def test_the_field_that_a_question_names_comes_before_those_that_settle_it_too(
    fields: Fields,
) -> None:
    asked = [f.name for f in fields.asked_by("https://w3id.org/poem-kg/criterion/achalasia-mimic")]

    assert asked[0] == "AchalasiaMimic"
    assert {"OesophagealCancer", "RefluxStricture"} <= set(asked[1:])
