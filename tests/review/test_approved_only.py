"""Of approved statements alone: benefits that are not approved go, warnings never."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from poem_kg import KnowledgeBase
from poem_kg.cli.main import app
from tests.derivation.patients import Patient
from tests.derivation.view import EXAMPLES, POEM, View, example, knowledge, outline, see
from tests.review.knowledge import (
    STORIES,
    adding,
    advised,
    approving,
    as_it_stands,
    statements,
    stories,
)

WARNINGS = ("against", "cautions", "gaps")
BETTER = ("withheld", "blocked", "needs-information", "needs-action", "ready")
PAGE = "https://w3id.org/poem-kg/statement/droracle2025-"
OURS = "https://w3id.org/poem-kg/statement/poem-kg-"
STORY = str(next(EXAMPLES.glob("S3a-*.ttl")))


def never_better(some: View, every: View) -> None:
    """Nothing is gained, and no warning lost, by leaving statements out."""
    assert set(some.options) <= set(every.options)
    assert some.tests == every.tests
    lost = [
        every.of_kind(therapy, "exclusion") for therapy in set(every.options) - set(some.options)
    ]
    withheld = any("not-met" in exclusions.values() for exclusions in lost)
    assert bool(some.noticed("exclusion")) is withheld, "what withholds a lost therapy is told"
    for therapy, option in some.options.items():
        for side in WARNINGS:
            assert some.said(therapy, side) == every.said(therapy, side)
        assert set(some.said(therapy, "for")) <= set(every.said(therapy, "for"))
        harms = [r for r in option.outcomes if r.kind == "harm"]
        before = every.options[therapy]
        assert len(harms) == len([r for r in before.outcomes if r.kind == "harm"])
        assert BETTER.index(option.readiness) <= BETTER.index(before.readiness)
        exclusions = every.of_kind(therapy, "exclusion")
        assert some.of_kind(therapy, "exclusion").keys() == exclusions.keys()
        for criterion, state in some.of_kind(therapy, "exclusion").items():
            assert state in (exclusions[criterion], "unknown")


@pytest.fixture(scope="module")
def everything() -> dict[Path, View]:
    """What follows for each story where every statement is approved."""
    return advised(approving(statements()))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_where_all_is_approved_nothing_changes(everything: dict[Path, View], path: Path) -> None:
    assert outline(everything[path]) == outline(stories()[path])


def test_where_nothing_is_approved_there_is_no_option_and_each_loss_is_told() -> None:
    nothing = advised(approving(()))
    for path in STORIES:
        every, some = stories()[path], nothing[path]
        assert some.options == {}
        spoke = {s.via or s.statement for o in every.options.values() for s in o.standings}
        spoke |= {s.statement for o in every.options.values() for s in o.standings}
        told = set(some.noticed("left-out"))
        assert {iri.rsplit("/", 1)[-1].removeprefix("droracle2025-") for iri in spoke} <= told


@pytest.mark.parametrize("story", ["S2", "S4c"])
def test_what_withholds_is_told_although_no_option_is_left(story: str) -> None:
    path = str(next(EXAMPLES.glob(f"{story}-*.ttl")))
    advice = KnowledgeBase(knowledge()).recommend(path, approved_only=True)

    assert advice.options == ()
    told = [n for n in advice.notices if n.kind == "exclusion"]
    withheld = {
        r.criterion: r
        for option in KnowledgeBase(knowledge()).recommend(path).options
        for r in option.requirements
        if (r.kind, r.state) == ("exclusion", "not-met")
    }
    assert len(told) == len(withheld) > 0
    for reason in withheld.values():
        (notice,) = [n for n in told if n.statement in (reason.statement, *reason.also)]
        assert notice.applies == "yes"
        assert set(notice.facts) <= set(reason.facts) and notice.facts


def test_where_the_disorder_of_an_exclusion_is_open_so_is_what_it_withholds() -> None:
    shut = """
stmt:only-in-type-i a poemkg:Exclusion ; poemkg:source source:droracle2025 ;
    poemkg:therapy poemkg:AchalasiaTherapy ; poemkg:disorder poemkg:AchalasiaTypeI ;
    poemkg:excludedBy criterion:opioid-use ; poemkg:direction poemkg:directionAgainst .
"""
    patient = Patient().has("Achalasia").has("OpioidUse")
    known = adding(shut)
    for approved_only, expected in ((False, {}), (True, {"only-in-type-i": "unknown"})):
        asked = known.only_approved() if approved_only else known
        assert see(patient, known=asked).noticed("exclusion") == expected


@pytest.mark.parametrize("seed", range(3))
def test_leaving_statements_out_never_helps(seed: int) -> None:
    chance = random.Random(seed)
    known = approving(s for s in statements() if chance.random() < 0.8)
    for path, view in advised(known, chance.sample(STORIES, 5)).items():
        never_better(view, stories()[path])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_leaving_statements_out_never_helps_anyone(seed: int) -> None:
    chance = random.Random(1000 + seed)
    share = chance.choice((0.3, 0.6, 0.9, 0.98))
    known = approving(s for s in statements() if chance.random() < share)
    for path, view in advised(known).items():
        never_better(view, stories()[path])


def test_one_approved_statement_speaks_alone() -> None:
    known = approving([PAGE + "C16"])
    view = see(example("S3a"), known=known)
    assert set(view.options) == {POEM}
    assert set(view.said(POEM, "for")) == {"C16"}


@pytest.mark.parametrize(
    ("behind", "kind"),
    [("I07", "operator"), ("I10", "exclusion")],
    ids=["requirement", "exclusion"],
)
def test_a_decision_of_ours_that_is_not_approved_makes_nothing_ready(
    behind: str, kind: str
) -> None:
    assert as_it_stands("S3a").readiness()[POEM] == "ready"
    known = approving(s for s in statements() if s != OURS + behind)

    view = see(example("S3a"), known=known)

    doubted = {c: (k, s) for c, (k, s) in view.requirements(POEM).items() if s != "met"}
    assert {s for _, s in doubted.values()} == {"unknown"}
    assert kind in {k for k, _ in doubted.values()}
    assert view.readiness()[POEM] == "needs-information"
    assert not set(doubted) & set(view.questions), "what is recorded is not asked for again"


def test_the_python_door_and_the_command_agree_and_say_so() -> None:
    done = CliRunner().invoke(app, ["recommend", STORY, "--approved-only", "--format", "json"])
    found = json.loads(done.output)
    advice = KnowledgeBase(knowledge()).recommend(STORY, approved_only=True)

    assert found["provenance"]["approvedOnly"] is True
    assert found["options"] == []
    assert [n["statement"] for n in found["notices"] if n["kind"] == "left-out"]
    assert json.loads(json.dumps(advice.to_json())) == found


def test_the_run_of_approved_statements_is_another_run() -> None:
    kb = KnowledgeBase(knowledge())
    runs = [
        {str(t.subject) for t in kb.recommend(STORY, approved_only=only).graph if "Run" in str(t)}
        for only in (False, True)
    ]
    assert all(len(run) == 1 for run in runs)
    assert runs[0] != runs[1]


def test_an_advice_of_approved_statements_is_replayed_as_one(tmp_path: Path) -> None:
    path = tmp_path / "advice.json"
    asked = ["recommend", STORY, "--approved-only", "--format", "json", "--output", str(path)]
    assert CliRunner().invoke(app, asked).exit_code == 0

    done = CliRunner().invoke(app, ["recommend", STORY, "--replay", str(path)])

    assert done.exit_code == 0, done.output
    refused = CliRunner().invoke(
        app, ["recommend", STORY, "--approved-only", "--replay", str(path)]
    )
    assert refused.exit_code != 0
