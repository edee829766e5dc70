"""What is superseded or retracted no longer speaks for anything, and still warns.

Each test marks something of the real ontology and looks at patients whose advice rests on it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg import KnowledgeBase
from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, SOURCE
from poem_kg.query_result import QueryResult
from tests.derivation.patients import Patient
from tests.derivation.view import (
    BOTULINUM,
    DILATION,
    HELLER,
    POEM,
    STOP_OPIOID,
    View,
    example,
    knowledge,
    see,
)
from tests.review.knowledge import STORIES, adding, as_it_stands, stories

DYSFUNCTION = "OpioidInducedOesophagealDysfunction"
NEWER = """
stmt:made-up-newer a owl:NamedIndividual , poemkg:Preference ; rdfs:label "made up"@en ;
  skos:definition "A newer preference, made up."@en ; poemkg:locator "item" ;
  poemkg:certainty poemkg:certaintyNotGraded ; poemkg:strength poemkg:strengthNotGraded ;
  poemkg:direction poemkg:directionFor ; poemkg:disorder poemkg:AchalasiaTypeIII ;
  poemkg:review poemkg:pendingHumanReview ; poemkg:source source:aga2017 ;
  poemkg:standing poemkg:preferredStanding ; poemkg:therapy poemkg:LaparoscopicHellerMyotomy ;
  poemkg:verified poemkg:unverifiedSource .
"""


def superseded(*statements: str) -> Knowledge:
    """The knowledge in which statements of the page are replaced by a made-up one."""
    marks = "".join(
        f"stmt:droracle2025-{s} dcterms:isReplacedBy stmt:made-up-newer .\n" for s in statements
    )
    return adding(NEWER + marks)


def cited(view: View) -> set[str]:
    """Every statement from which an option has its standing."""
    return {s.statement.rsplit("/", 1)[-1] for o in view.options.values() for s in o.standings}


def spoken_for(view: View) -> set[str]:
    """Every statement that speaks for an option."""
    return {name for therapy in view.options for name in view.said(therapy, "for")}


def test_a_superseded_statement_gives_no_standing_and_a_notice_tells_it() -> None:
    known = superseded("C01", "C02", "C16")

    view = see(example("S3a"), known=known)

    assert not cited(view) & {"droracle2025-C01", "droracle2025-C02", "droracle2025-C16"}
    assert view.standing()[HELLER] == "preferred", "the newer statement speaks"
    assert {"C01", "C02", "C16"} <= set(view.noticed("left-out"))


def test_an_option_goes_with_its_last_argument() -> None:
    known = superseded("C05")
    before, after = as_it_stands("S6a"), see(example("S6a"), known=known)

    assert HELLER in before.options
    assert cited(before) - cited(after) == {"droracle2025-C05"}
    assert after.noticed("left-out") == {"C05": "yes"}


def test_a_superseded_statement_of_another_disorder_is_not_told() -> None:
    view = see(example("S7"), known=superseded("C01"))
    assert view.noticed("left-out") == {}


@pytest.mark.parametrize("story", ["S2", "S4a", "S12"])
def test_what_withholds_goes_on_withholding(story: str) -> None:
    """Exclusions, requirements and tests of superseded statements stay as they were."""
    warnings = [f"C{n}" for n in (24, 52, 53, 54, 55, 56, 57, 59, 60, 61, 62, 63, 68, 69, 70, 71)]
    known = superseded(*warnings)
    before, after = as_it_stands(story), see(example(story), known=known)

    assert after.readiness() == before.readiness()
    assert after.tests == before.tests
    for therapy in before.options:
        assert after.requirements(therapy) == before.requirements(therapy)


def test_cautions_gaps_and_harms_stay_and_wanted_effects_go() -> None:
    every = [f"C{n:02}" for n in (*range(9, 16), *range(33, 52), 58)]
    known = superseded(*every)
    before, after = as_it_stands("S6b"), see(example("S6b"), known=known)

    for therapy in before.options:
        for side in ("cautions", "gaps", "against"):
            assert after.said(therapy, side) == before.said(therapy, side)
    kinds = {r.kind for r in after.options[POEM].outcomes}
    assert {r.kind for r in before.options[POEM].outcomes} == {"outcome", "harm"}
    assert kinds == {"harm"}


def test_ordered_lines_go_on_holding_back_what_comes_after_them() -> None:
    patient = Patient().has("AchalasiaTypeI").has(DYSFUNCTION)
    before = see(patient)
    after = see(patient, known=superseded("C30", "C31", "C32"))

    assert {STOP_OPIOID, BOTULINUM} <= set(before.options)
    assert not {STOP_OPIOID, BOTULINUM} & set(after.options)
    assert after.of_kind(DILATION, "line") == before.of_kind(DILATION, "line")
    assert "ready" not in after.readiness().values()


def test_the_question_that_holds_everything_back_stays() -> None:
    known = superseded("C30", "C31", "C32")
    before, after = as_it_stands("S1b"), see(example("S1b"), known=known)

    asked = "present-" + DYSFUNCTION
    for therapy in after.options:
        assert after.of_kind(therapy, "diagnosis")[asked] == "unknown"
    assert asked in before.questions
    assert asked in after.questions
    assert "ready" not in after.readiness().values()


def test_a_transfer_that_is_superseded_brings_no_benefit_over() -> None:
    before = as_it_stands("S9")
    after = see(example("S9"), known=superseded("C21"))

    assert {s.via for o in before.options.values() for s in o.standings} != {None}
    assert after.options == {}
    assert after.noticed("left-out") == {"C21": "yes"}


@pytest.mark.parametrize(
    ("story", "applies"), [("S8a", {}), ("S8b", {"C29": "yes"})], ids=["refuted", "met"]
)
def test_a_condition_decides_whether_it_would_speak(story: str, applies: dict[str, str]) -> None:
    view = see(example(story), known=superseded("C29"))
    assert view.noticed("left-out") == applies


def test_a_condition_that_is_open_leaves_open_whether_it_would_speak() -> None:
    view = see(Patient().has("AbsentContractility"), known=superseded("C29"))
    assert view.noticed("left-out") == {"C29": "unknown"}


def test_a_suspected_disorder_leaves_it_open_too() -> None:
    view = see(Patient().provisional("AchalasiaTypeII"), known=superseded("C05"))
    assert view.noticed("left-out") == {"C05": "unknown"}


def test_what_is_left_out_is_told_of_a_disorder_that_is_treated_alike() -> None:
    view = see(example("S9"), known=superseded("C02"))
    assert view.noticed("left-out") == {"C02": "yes"}


def test_a_retracted_source_takes_down_what_it_says_and_what_cites_it() -> None:
    mark = 'source:aga2017 poemkg:retracted true ; poemkg:retractionNote "made up" .\n'
    known = adding(mark)
    before, view = as_it_stands("S3a"), see(example("S3a"), known=known)

    assert {"aga2017-BPA3", "droracle2025-C16"} <= cited(before)
    assert not cited(view) & {"aga2017-BPA3", "droracle2025-C16"}
    assert {"aga2017-BPA3", "C16"} <= set(view.noticed("left-out"))


def test_a_superseded_source_takes_down_its_statements() -> None:
    mark = "source:aga2017 dcterms:isReplacedBy source:cgh2018 .\n"
    view = see(example("S3a"), known=adding(mark))
    assert set(view.noticed("left-out")) == {"aga2017-BPA3", "aga2017-BPA4"}


def test_a_statement_goes_with_the_decision_of_ours_that_it_rests_on() -> None:
    mark = "stmt:poem-kg-I03 dcterms:isReplacedBy stmt:poem-kg-I02 .\n"
    known = adding(mark)

    view = see(example("S6a"), known=known)

    assert not cited(view) & {"droracle2025-C04", "droracle2025-C05"}
    assert view.noticed("left-out") == {"C04": "yes", "C05": "yes"}


def test_a_pattern_that_is_left_out_brings_no_therapy_and_its_diagnosis_is_shown() -> None:
    mark = (
        "source:chicago4-2021 poemkg:retracted true .\nsource:chicago2012 poemkg:retracted true .\n"
    )
    known = adding(mark)
    before, after = as_it_stands("S13c"), see(example("S13c"), known=known)

    assert before.options
    assert after.diagnoses == before.diagnoses
    assert not after.options
    assert after.noticed("left-out")


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_nothing_is_left_out_of_the_knowledge_as_it_stands(path: Path) -> None:
    assert stories()[path].noticed("left-out") == {}


@pytest.mark.parametrize("source", ["aga2017", "patel2016"])
def test_what_falls_with_a_source_is_what_falls_when_it_is_retracted(source: str) -> None:
    mark = f'source:{source} poemkg:retracted true ; poemkg:retractionNote "made up" .\n'
    after = adding(mark)
    before = knowledge()

    foretold = KnowledgeBase(before).ask("what-falls-with", source=SOURCE + source)
    still = KnowledgeBase(after).ask("what-falls-with", source=SOURCE + source)

    fallen = set(zip(values(foretold, "statement"), values(foretold, "effect"), strict=True))
    fallen = {(statement, effect) for statement, effect in fallen if "falls" in effect}
    gone = {s for ways in bearing(before) - bearing(after) for s in ways} & left_out(after)
    assert {s for s, _ in fallen} <= left_out(after)
    assert {s for s, effect in fallen if effect == "falls: offers the therapy"} == gone
    assert not [effect for effect in values(still, "effect") if "falls" in effect]


def values(result: QueryResult, name: str) -> list[str]:
    """A column as text."""
    return [getattr(row[name], "value", "") for row in result]


def bearing(known: Knowledge) -> set[tuple[str, ...]]:
    """Statement and transfer of each application that offers a therapy."""
    index = Index(known.prepared)
    return {
        tuple(s for p in ("ofStatement", "via") for s in index.all(node, POEMKG + p))
        for node in index.having(POEMKG + "bearsStanding", "true")
    }


def left_out(known: Knowledge) -> set[str]:
    """Every statement that is left out."""
    return {
        str(t.subject).strip("<>")
        for t in known.prepared
        if t.predicate.value.endswith("leftOutFor")
    }
