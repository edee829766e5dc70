"""Whose advice differs between two versions, through what, and what could not be told."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg import KnowledgeBase
from poem_kg.changes.drawing import draw
from poem_kg.changes.impact import impact
from poem_kg.changes.model import Effect, Impact
from poem_kg.changes.recordable import Recordable
from poem_kg.changes.running import cases_of
from poem_kg.changes.trying import Trial
from poem_kg.model import Advice, as_json
from poem_kg.namespaces import CRITERION, POEMKG, STATEMENT
from poem_kg.turtle import write_turtle
from tests.changes.editing import ONTOLOGY, PAGE, Copy
from tests.derivation.patients import Patient
from tests.derivation.test_litmus import with_invented_guideline
from tests.derivation.view import EXAMPLES, HELLER, knowledge

C02, C25 = "stmt:droracle2025-C02", "stmt:droracle2025-C25"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def between(copy: Copy | Path, *, patients: int = 0, seed: int = 1) -> Impact:
    return impact(str(ONTOLOGY), str(copy), patients=patients, seed=seed, jobs=1)


@pytest.fixture(scope="module")
def without_heller(tmp_path_factory: pytest.TempPathFactory) -> tuple[Copy, Impact]:
    """A copy in which a statement has one therapy less, and what that does to the examples."""
    copy = Copy(tmp_path_factory.mktemp("without-heller"))
    copy.edit(PAGE, C02, "\t\tpoemkg:LaparoscopicHellerMyotomy ,\n", "")
    return copy, between(copy)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Impact:
    """What another figure and a criterion that nobody meets do to the examples."""
    copy = Copy(tmp_path_factory.mktemp("harmless"))
    copy.edit(PAGE, "stmt:droracle2025-C33", "poemkg:value 94.0", "poemkg:value 49.0")
    copy.add(
        "criteria.ttl",
        "\ncriterion:never-met\n\ta owl:NamedIndividual , poemkg:FactCriterion ;\n"
        '\trdfs:label "never met"@en ;\n\tpoemkg:onClass poemkg:ChestPain ;\n\t.\n',
    )
    return between(copy)


def on_option(found: Impact, therapy: str, change: str) -> list[Effect]:
    return [
        e
        for e in found.effects
        if (e.part, e.therapy, e.change) == ("option", POEMKG + therapy, change)
    ]


@pytest.mark.slow
def test_nothing_differs_for_anybody_where_nothing_was_changed(copy: Copy) -> None:
    found = between(copy, patients=5)
    assert (found.affected, found.grounds_only, found.shown_only, found.effects) == (0, 0, 0, ())
    assert (found.panel, found.drawn) == (len(list(EXAMPLES.rglob("*.ttl"))), 5)


def test_who_loses_an_option_is_told_with_the_statement(
    without_heller: tuple[Copy, Impact],
) -> None:
    _, found = without_heller
    lost = on_option(found, HELLER, "lost")
    assert {name for e in lost for name in e.examples} >= {"S3a-type-iii", "S9-distal-spasm"}
    ready = next(e for e in lost if "S3a-type-iii" in e.examples)
    assert (ready.was, ready.now) == ("option, ready", "")
    assert ready.through == ready.because == (STATEMENT + "droracle2025-C02",)
    silences = [e for e in found.effects if (e.part, e.subject) == ("silence", POEMKG + HELLER)]
    assert "S3a-type-iii" in silences[0].examples


@pytest.mark.slow
def test_who_is_otherwise_ready_is_told_with_the_criterion(copy: Copy) -> None:
    copy.edit("criteria.ttl", "criterion:procedure-count-floor", "metFrom 20.0", "metFrom 300.0")
    found = between(copy)
    changes = on_option(found, "PerOralEndoscopicMyotomy", "readiness")
    told = next(e for e in changes if "S3a-type-iii" in e.examples)
    assert (told.was, told.now) == ("ready", "needs-information")
    assert told.because == (CRITERION + "procedure-count-floor",)
    assert any(e.part == "question" and e.change == "gained" for e in found.effects)


@pytest.mark.slow
def test_a_warning_that_goes_is_told_although_every_option_stays(copy: Copy) -> None:
    copy.edit(
        PAGE,
        "stmt:droracle2025-C09",
        "\t\tpoemkg:AchalasiaTypeI ,\n\t\tpoemkg:AchalasiaTypeII ;",
        "\t\tpoemkg:AchalasiaTypeI ;",
    )
    found = between(copy)
    assert not [e for e in found.effects if e.part == "option"]
    cautions = [e for e in found.effects if (e.part, e.change) == ("caution", "lost")]
    assert "S6a-type-ii-treatment-naive" in {n for e in cautions for n in e.examples}
    assert found.affected > 0


def test_a_figure_that_an_advice_shows_is_told_although_nothing_follows_from_it(
    harmless: Impact,
) -> None:
    assert harmless.affected == 0
    assert harmless.shown_only > 0
    (effect,) = harmless.effects
    assert (effect.part, effect.was, effect.now) == ("shown", "value: 94.0", "value: 49.0")


@pytest.mark.slow
def test_patients_who_are_accepted_no_more_are_told_with_the_reason(copy: Copy) -> None:
    copy.edit("measures.ttl", "poemkg:Age", "poemkg:maximum 130.0", "poemkg:maximum 40.0")
    found = between(copy)
    refused = [e for e in found.effects if e.part == "acceptance"]
    assert refused
    assert {e.change for e in refused} == {"no more"}
    assert all("age" in e.now for e in refused), refused


def test_new_disorders_tests_and_measures_are_drawn_and_exercised(tmp_path: Path) -> None:
    found = between(with_invented_guideline(tmp_path), patients=40)
    gained = on_option(found, "RadialStretching", "gained")
    assert {e.now for e in gained} >= {"preferred, ready", "preferred, withheld"}
    assert {t for e in gained for t in e.because} >= {STATEMENT + "litmus-preference"}
    assert found.panel_affected == ()
    assert not {iri for iri in found.untried if iri.startswith(STATEMENT)}
    told = {fact for patient in found.examples for fact in patient.facts}
    assert "glass oesophagus: present" in told


@pytest.mark.slow
def test_patients_beside_the_ontology_are_tried_too(copy: Copy, tmp_path: Path) -> None:
    copy.edit(PAGE, C02, "\t\tpoemkg:LaparoscopicHellerMyotomy ,\n", "")
    own = tmp_path / "examples" / "statements"
    own.mkdir(parents=True)
    own.joinpath("mine.ttl").write_text(Patient("mine").has("AchalasiaTypeIII").turtle())
    found = between(copy)
    assert found.panel == len(list(EXAMPLES.rglob("*.ttl"))) + 1
    assert "statements/mine" in {entry.name for entry in found.panel_affected}


def test_what_no_patient_meets_is_named(harmless: Impact) -> None:
    assert harmless.untried == (CRITERION + "never-met",)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_patients(copy: Copy) -> None:
    copy.edit(PAGE, C02, "poemkg:optionStanding", "poemkg:preferredStanding")
    first, again = (between(copy, patients=10, seed=3) for _ in range(2))
    assert json.dumps(as_json(first)) == json.dumps(as_json(again))
    assert drawn(10, seed=3) != drawn(10, seed=4)


@pytest.mark.slow
def test_the_number_of_processes_makes_no_difference(copy: Copy) -> None:
    copy.edit(PAGE, C02, "poemkg:optionStanding", "poemkg:preferredStanding")
    one, two = (
        impact(str(ONTOLOGY), str(copy), patients=700, seed=1, jobs=jobs) for jobs in (1, 2)
    )
    assert as_json(one) == as_json(two)


def drawn(count: int, *, seed: int) -> dict[str, tuple[ox.Triple, ...]]:
    """Drawn patients as graphs."""
    version = Recordable(knowledge())
    patients = list(draw(count, seed=seed, versions=[version, version]))
    return {
        number: tuple(q.triple for q in ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
        for number, text, _ in cases_of(patients, version, version)
    }


def options_of(advice: Advice) -> set[tuple[str, str, str, int]]:
    return {(o.therapy, o.standing, o.readiness, o.rank) for o in advice.options}


def test_a_drawn_patient_is_advised_as_recommend_would(tmp_path: Path) -> None:
    kb = KnowledgeBase(knowledge())
    graphs = drawn(3, seed=9)
    tried = Trial(knowledge()).of_drawn(
        {n: b"".join(f"{t} .\n".encode() for t in graph) for n, graph in graphs.items()}
    )
    for number, graph in graphs.items():
        path = tmp_path / f"{number}.ttl"
        path.write_text(write_turtle(graph))
        code = kb.knowledge.notation
        assert options_of(kb.recommend(path)) == {
            (therapy, code(o.value("standing")), code(o.value("readiness")), int(o.value("rank")))
            for therapy, o in tried[number].options.items()
        }


def edits() -> dict[str, Callable[[Copy], Copy]]:
    """Edits of every kind of thing that options rest on."""
    page, criteria = PAGE, "criteria.ttl"
    return {
        "standing": lambda c: c.edit(page, C02, "optionStanding", "conditionalStanding"),
        "disorder": lambda c: c.edit(page, C02, "poemkg:Achalasia ", "poemkg:AchalasiaTypeII "),
        "gone": lambda c: c.drop(page, C25),
        "bound": lambda c: c.edit(
            criteria, "criterion:child", "poemkg:metUpTo 17", "poemkg:metUpTo 60"
        ),
        "parts": lambda c: c.edit(
            criteria, "criterion:treatment-need-established", "AnyOf", "AllOf"
        ),
    }


FEW = ("S3a-type-iii", "S6b-type-ii-hiatal-hernia", "S9-distal-spasm")


def test_for_a_few_examples_it_is_what_two_recommendations_differ_in(
    without_heller: tuple[Copy, Impact],
) -> None:
    _compare(*without_heller, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", edits())
def test_for_the_examples_it_is_what_two_recommendations_differ_in(name: str, copy: Copy) -> None:
    edited = edits()[name](copy)
    _compare(
        edited,
        between(edited),
        [p.relative_to(EXAMPLES).with_suffix("").as_posix() for p in EXAMPLES.rglob("*.ttl")],
    )


def _compare(copy: Copy, found: Impact, names: Sequence[str]) -> None:
    told: dict[str, set[tuple[str, str, str, str]]] = {}
    for entry in found.panel_affected:
        for effect in (found.effects[n] for n in entry.effects):
            if effect.part == "option" and entry.name in names:
                change = (effect.therapy, effect.change, effect.was, effect.now)
                told.setdefault(entry.name, set()).add(change)
    old, new = KnowledgeBase(knowledge()), KnowledgeBase.load(ontology=copy.path)
    expected = {}
    for name in names:
        path = EXAMPLES / f"{name}.ttl"
        differ = _differences(old.recommend(path), new.recommend(path))
        if differ:
            expected[name] = differ
    assert expected, "the edit does nothing"
    assert told == expected


def _differences(old: Advice, new: Advice) -> set[tuple[str, str, str, str]]:
    def standing(option: object) -> str:
        line = getattr(option, "line", None)
        return f"{getattr(option, 'standing', '')}" + (f" {line}" if line else "")

    before, after = ({o.therapy: o for o in advice.options} for advice in (old, new))
    found = set()
    for therapy in before.keys() | after.keys():
        was, now = before.get(therapy), after.get(therapy)
        if was is None and now is not None:
            found.add((therapy, "gained", "", f"{standing(now)}, {now.readiness}"))
        elif now is None and was is not None:
            found.add((therapy, "lost", f"{standing(was)}, {was.readiness}", ""))
        elif was is not None and now is not None:
            pairs = {
                "standing": (standing(was), standing(now)),
                "readiness": (was.readiness, now.readiness),
                "rank": (str(was.rank), str(now.rank)),
            }
            found |= {(therapy, k, a, b) for k, (a, b) in pairs.items() if a != b}
    return found
