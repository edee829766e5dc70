"""What a patient file says stands in the fields, and what the fields say is a patient again."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.errors import InputError
from poem_kg.intake.chart import PATIENT, Chart, Entry
from poem_kg.intake.fields import Fields
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.model import Advice
from poem_kg.namespaces import POEMKG
from poem_kg.reading import SourceGraph
from tests.stories import each

EXAMPLES = Path(__file__).parents[2] / "examples"
STORIES = sorted(path.stem for path in EXAMPLES.glob("S*.ttl"))
SHOWN_WHOLE = [story for story in STORIES if not story.startswith("S13")]
"""Those that hold no study with swallows or parts, which no field shows."""


@cache
def advice_of(kb: KnowledgeBase, story: str) -> Advice:
    """The advice of a file, which no test changes."""
    return kb.recommend(EXAMPLES / f"{story}.ttl")


def chart_of(kb: KnowledgeBase, fields: Fields, story: str) -> Chart:
    return Chart(fields, kb.read(EXAMPLES / f"{story}.ttl"), advice_of(kb, story).patient)


def said(advice: Advice) -> list[object]:
    """All that an advice says, without the IRIs of the patient."""
    return [
        [(d.label, d.basis, d.status) for d in advice.diagnoses],
        [
            (
                (o.label, o.rank, o.standing, o.line, o.readiness),
                [(s.statement, s.kind, s.applies) for s in (*o.for_, *o.against, *o.cautions)],
                [(s.statement, s.kind, s.applies) for s in (*o.gaps, *o.outcomes)],
                [(r.criterion, r.kind, r.state) for r in o.requirements],
            )
            for o in advice.options
        ],
        [t.label for t in advice.tests],
        [q.criterion for q in advice.questions],
        [(n.kind, n.term) for n in advice.no_statement],
        [(n.kind, n.label, n.applies) for n in advice.notices],
    ]


@pytest.mark.parametrize("story", each(SHOWN_WHOLE))
def test_the_form_comes_to_the_same_advice_as_the_file(
    kb: KnowledgeBase, fields: Fields, story: str
) -> None:
    chart = chart_of(kb, fields, story)

    again = Chart(fields).with_entries(chart.entries, limits=DEFAULT_LIMITS)

    assert chart.beside == ()
    assert said(kb.recommend(again)) == said(advice_of(kb, story))


@pytest.mark.parametrize("story", each(STORIES))
def test_a_file_in_which_nothing_is_changed_stays_as_it_is(
    kb: KnowledgeBase, fields: Fields, story: str
) -> None:
    chart = chart_of(kb, fields, story)

    assert chart.with_entries(chart.entries, limits=DEFAULT_LIMITS) is chart.source


def test_a_change_of_one_field_changes_that_record_alone(kb: KnowledgeBase, fields: Fields) -> None:
    chart = chart_of(kb, fields, "S3a-type-iii")
    assert chart.source is not None

    entries = chart.entries | {"PoemProcedureCount": Entry("8")}
    changed = chart.with_entries(entries, limits=DEFAULT_LIMITS)

    gone = set(chart.source.triples) - set(changed.triples)
    assert {str(t.subject).strip("<>").rsplit("/", 1)[-1] for t in gone} == {
        "procedures",
        "operator",
    }
    now = Chart(fields, changed, chart.patient)
    assert now.entries == entries
    (poem, _) = kb.recommend(changed).options
    assert (poem.standing, poem.readiness) == ("preferred", "blocked")


def test_a_field_that_is_emptied_makes_its_fact_unknown(kb: KnowledgeBase, fields: Fields) -> None:
    chart = chart_of(kb, fields, "S3a-type-iii")
    entries = {name: e for name, e in chart.entries.items() if name not in ("Age", "Pregnancy")}

    changed = chart.with_entries(entries, limits=DEFAULT_LIMITS)

    assert Chart(fields, changed, chart.patient).entries == entries
    assert not any(t.predicate.value == POEMKG + "age" for t in changed.triples)


def test_what_no_field_shows_is_named_and_stays(kb: KnowledgeBase, fields: Fields) -> None:
    chart = chart_of(kb, fields, "S13b-whole-study")
    assert chart.source is not None

    changed = chart.with_entries(
        chart.entries | {"ChestPain": Entry("present")}, limits=DEFAULT_LIMITS
    )

    assert "high-resolution manometry" in chart.beside
    assert set(chart.source.triples) <= set(changed.triples)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("poemkg:status poemkg:enteredInError", "no field shows an error"),
        ("poemkg:status poemkg:present ; poemkg:partOf <urn:x:study>", "it is part of a study"),
        ("poemkg:status poemkg:present ; <urn:x:note> 1", "it says more"),
        ("poemkg:status poemkg:present , poemkg:absent", "it says two things"),
    ],
)
def test_a_record_that_says_more_than_its_field_stands_in_none(
    kb: KnowledgeBase, fields: Fields, record: str, reason: str
) -> None:
    source = of_records(
        kb, f"<urn:x:r> a poemkg:FindingRecord ; poemkg:concept poemkg:ChestPain ; {record} ."
    )

    chart = Chart(fields, source, "urn:x:p")

    assert chart.entries == {}, reason
    assert chart.beside == ("chest pain",)


def test_two_records_of_one_class_stand_in_no_field(kb: KnowledgeBase, fields: Fields) -> None:
    one = "a poemkg:FindingRecord ; poemkg:concept poemkg:ChestPain ; poemkg:status poemkg:"
    source = of_records(kb, f"<urn:x:r> {one}present .", f"<urn:x:s> {one}absent .")

    chart = Chart(fields, source, "urn:x:p")
    more = chart.with_entries({"ChestPain": Entry("provisional")}, limits=DEFAULT_LIMITS)

    assert chart.entries == {} and chart.beside == ("chest pain", "chest pain")
    assert set(source.triples) < set(more.triples)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EckardtScore", "seven"),
        ("EckardtScore", "7.5"),
        ("SpasticSegmentLength", "1e3"),
        ("SpasticSegmentLength", "9" * 40),
        ("ChestPain", "perhaps"),
        ("PneumaticDilation", "present:Declined"),
        ("ChestPain", "present> . <urn:x:evil> <urn:x:p> <urn:x:o"),
    ],
)
def test_an_answer_that_a_field_cannot_have_is_refused_by_its_name(
    fields: Fields, name: str, value: str
) -> None:
    with pytest.raises(InputError, match=fields.by_name[name].label):
        Chart(fields).with_entries({name: Entry(value)}, limits=DEFAULT_LIMITS)


def test_a_form_that_began_empty_is_a_patient_of_no_name(kb: KnowledgeBase, fields: Fields) -> None:
    patient = Chart(fields).with_entries(
        {"Age": Entry("50"), "PoemTraining": Entry("present")}, limits=DEFAULT_LIMITS
    )

    advice = kb.recommend(patient)

    assert advice.patient == PATIENT and advice.conforms
    assert ox.NamedNode(POEMKG + "Operator") in {t.object for t in patient.triples}


def of_records(kb: KnowledgeBase, *records: str) -> SourceGraph:
    names = " , ".join(record.split()[0] for record in records)
    text = (
        f"@prefix poemkg: <{POEMKG}> .\n<urn:x:p> a poemkg:Patient ; poemkg:hasRecord {names} .\n"
    )
    data = (text + "\n".join(records)).encode()
    return kb.read(None, format="turtle", stdin=BytesIO(data))
