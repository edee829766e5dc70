"""Section 5 of the rules: what conclusions rest on, neither too much nor too little."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.derivation import derive
from poem_kg.namespaces import POEMKG, PROV, RDF
from tests.derivation.patients import LISTED_MIMICS, Patient
from tests.derivation.view import (
    BOTULINUM,
    DILATION,
    EXAMPLES,
    POEM,
    changed_knowledge,
    knowledge,
    read,
    see,
)
from tests.stories import each

MIMIC = "achalasia-mimic"
FIRST_LINE, SECOND_LINE = "opioid-discontinuation-passed", "botulinum-toxin-passed"
STORIES = sorted(path.stem for path in EXAMPLES.glob("S*.ttl"))
TYPE = RDF + "type"
FACT = PROV + "wasDerivedFrom"
SWALLOW = POEMKG + "hasSwallow"
CONCLUSIONS = (
    "Argument Diagnosis NoStatement Note Notice Option Question Requirement TestFirst".split()
)
Arguments = dict[str, frozenset[str]]


def about(triples: tuple[ox.Triple, ...], prop: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for t in triples:
        if t.predicate.value == prop and isinstance(t.subject, ox.NamedNode):
            found.setdefault(t.subject.value, set()).add(str(t.object).strip("<>"))
    return found


def arguments(triples: list[ox.Triple]) -> Arguments:
    """Return the facts of each argument that follows, by its IRI."""
    return _arguments(derive(knowledge(), triples).advice)


def _arguments(advice: tuple[ox.Triple, ...]) -> Arguments:
    facts, types = about(advice, FACT), about(advice, TYPE)
    # What stands between a derived diagnosis and the records is a conclusion, not a fact.
    derived = {node for node, kinds in types.items() if POEMKG + "Diagnosis" in kinds}
    return {
        node: frozenset(facts[node] - derived)
        for node, kinds in types.items()
        if POEMKG + "Argument" in kinds
    }


def without(triples: list[ox.Triple], facts: frozenset[str]) -> list[ox.Triple]:
    nodes = {ox.NamedNode(fact) for fact in facts}
    return [t for t in triples if t.subject not in nodes and t.object not in nodes]


def alone(triples: list[ox.Triple], facts: frozenset[str]) -> list[ox.Triple]:
    """Return the patient node with these facts and nothing else."""
    (patient,) = {t.subject for t in triples if t.object == ox.NamedNode(POEMKG + "Patient")}
    nodes: set[object] = {ox.NamedNode(fact) for fact in facts}
    # The swallows of a study are a part of it.
    nodes |= {t.object for t in triples if t.subject in nodes and t.predicate.value == SWALLOW}
    return [
        t
        for t in triples
        if t.subject in nodes
        or t.object in nodes
        or (t.subject == patient and t.predicate.value == TYPE)
    ]


@cache
def advised(name: str) -> tuple[ox.Triple, ...]:
    return derive(knowledge(), read(EXAMPLES / f"{name}.ttl")).advice


@cache
def story(name: str) -> tuple[list[ox.Triple], Arguments]:
    return read(EXAMPLES / f"{name}.ttl"), _arguments(advised(name))


@pytest.mark.parametrize("name", each(STORIES))
def test_the_facts_of_an_argument_alone_bring_it_back(name: str) -> None:
    triples, found = story(name)
    for facts in set(found.values()):
        restored = arguments(alone(triples, facts))
        for node in (n for n, f in found.items() if f == facts):
            assert restored.get(node) == facts


@pytest.mark.parametrize("name", each(STORIES))
def test_an_argument_goes_with_any_one_of_its_facts(name: str) -> None:
    triples, found = story(name)
    for fact in {fact for facts in found.values() for fact in facts}:
        left = arguments(without(triples, frozenset({fact})))
        assert not [n for n, facts in found.items() if fact in facts and n in left]


def test_the_stories_exercise_arguments_with_several_facts() -> None:
    sizes = [len(facts) for name in STORIES for facts in story(name)[1].values()]
    assert len(sizes) > 90
    assert set(sizes) == {1, 2, 3}


@pytest.mark.parametrize("name", each(STORIES))
def test_what_applies_goes_when_every_argument_for_it_has_gone(name: str) -> None:
    triples, found = story(name)
    facts = frozenset(fact for one in found.values() for fact in one)
    left = see(without(triples, facts)).options.values()
    # In S1a the opioid that is left raises the lines again, as an open question.
    assert {s.applies for option in left for s in option.standings} <= {"unknown"}
    assert bool(left) == name.startswith("S1a")


@pytest.mark.parametrize("name", STORIES)
def test_conclusions_tell_where_they_come_from(name: str) -> None:
    triples = story(name)[0]
    advice = advised(name)
    types, queries = about(advice, TYPE), about(advice, POEMKG + "derivedBy")
    statements, facts = about(advice, POEMKG + "statement"), about(advice, FACT)
    known = {query.iri for query in knowledge().derive}
    own = {t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)}
    nodes = {n for n, kinds in types.items() if kinds & {POEMKG + c for c in CONCLUSIONS}}
    for node in nodes:
        assert node.startswith("https://example.org/poem-kg/")
        assert PROV + "Entity" in types[node]
        assert queries.get(node), node
        assert queries[node] <= known
        if types[node] & {POEMKG + c for c in ("Argument", "Note", "Requirement", "TestFirst")}:
            assert statements[node]
    evidence = {fact for node in nodes for fact in facts.get(node, ())}
    assert {f for f in evidence if f not in nodes and "/recorded/" not in f} <= own


@pytest.mark.parametrize("name", STORIES)
def test_no_conclusion_is_a_blank_node_or_an_iri_of_ours(name: str) -> None:
    for triple in advised(name):
        assert isinstance(triple.subject, ox.NamedNode)
        assert not triple.subject.value.startswith("https://w3id.org/")
        assert not isinstance(triple.object, ox.BlankNode)


def test_an_option_lists_every_argument_for_it() -> None:
    derivation = see(Patient().has("AchalasiaTypeIII")).derivation
    facts, types = about(derivation.advice, FACT), about(derivation.advice, TYPE)
    options = [node for node, kinds in types.items() if POEMKG + "Option" in kinds]
    supports = about(derivation.advice, POEMKG + "supports")
    for option in options:
        assert facts[option] == {node for node, target in supports.items() if option in target}


def test_a_gate_of_a_disorder_rests_on_the_record_of_the_disorder_too() -> None:
    patient = (
        Patient().has("EGJOutflowObstruction").done("ComputedTomography", "NoMechanicalObstruction")
    )
    option = see(patient).options["PneumaticDilation"]
    (gate,) = [r for r in option.requirements if "mechanical" in r.criterion]
    assert [fact[-1] for fact in gate.facts] == ["1", "2"]


DYSFUNCTION = "OpioidInducedOesophagealDysfunction"


@pytest.mark.parametrize(
    ("patient", "therapy", "criterion", "records"),
    [
        (Patient().has("AchalasiaTypeII").absent("AchalasiaMimic"), DILATION, MIMIC, "2"),
        (Patient().has("AchalasiaTypeII").absent(*LISTED_MIMICS), DILATION, MIMIC, "2345"),
        (Patient().has("AchalasiaTypeII").provisional("GastricCancer"), DILATION, MIMIC, "2"),
        (Patient().has(DYSFUNCTION).absent("OpioidUse"), BOTULINUM, FIRST_LINE, "12"),
        (Patient().has(DYSFUNCTION).has("OpioidUse"), BOTULINUM, FIRST_LINE, "12"),
        (Patient().has(DYSFUNCTION).done(BOTULINUM, "NoSuccess"), POEM, SECOND_LINE, "12"),
        (Patient().has("AchalasiaTypeI").has("OpioidUse"), DILATION, "present-" + DYSFUNCTION, "2"),
        (Patient().has("AchalasiaTypeII").operator(8), POEM, "competence", "2"),
        (Patient().has("AchalasiaTypeII").operator(120), POEM, "competence", "2"),
    ],
    ids=[
        "the group ruled out",
        "every listed member ruled out",
        "a suspicion",
        "a negation met",
        "a negation not met",
        "a result",
        "a trigger",
        "a value below",
        "a value above",
    ],
)
def test_a_requirement_rests_on_the_records_that_decide_it(
    patient: Patient, therapy: str, criterion: str, records: str
) -> None:
    option = see(patient).options[therapy]
    (requirement,) = [r for r in option.requirements if r.criterion.endswith("/" + criterion)]
    assert "".join(fact[-1] for fact in requirement.facts) == records


def test_a_note_rests_on_a_record_for_each_of_its_conditions() -> None:
    patient = Patient().has("AchalasiaTypeII").absent("SigmoidOesophagus").has("HiatalHernia")
    cautions = see(patient).options["PerOralEndoscopicMyotomy"].cautions
    (caution,) = [c for c in cautions if c.claim == "C10"]
    assert [fact[-1] for fact in caution.facts] == ["1", "3"]


@pytest.mark.parametrize(
    ("statement", "facts"),
    [("C14", {"record-1"}), ("C65", {"record-3"}), ("C23", {"record-2"})],
    ids=["warning without an option", "selection factor", "natural history"],
)
def test_a_notice_rests_on_its_records(statement: str, facts: set[str]) -> None:
    patient = Patient().has("EpiphrenicDiverticulum")
    if statement != "C14":
        patient.has("EGJOutflowObstruction").has("Comorbidity")
    advice = see(patient).derivation.advice
    said, types = about(advice, POEMKG + "statement"), about(advice, TYPE)
    found = about(advice, FACT)
    (notice,) = [
        node
        for node, statements in said.items()
        if POEMKG + "Notice" in types[node] and any(s.endswith(statement) for s in statements)
    ]
    assert {fact.rsplit("/", 1)[-1] for fact in found[notice]} == facts


def test_an_argument_rests_on_a_record_for_every_part_of_its_condition(tmp_path: Path) -> None:
    both = "criterion:test a poemkg:AllOfCriterion ;" + (
        " poemkg:part criterion:hiatal-hernia , criterion:sigmoid-oesophagus .\n"
    )
    advice = """
stmt:test a poemkg:Recommendation ; rdfs:label "test"@en ; poemkg:source source:aga2017 ;
  poemkg:direction poemkg:directionFor ; poemkg:standing poemkg:optionStanding ;
  poemkg:disorder poemkg:AchalasiaTypeII ; poemkg:therapy poemkg:Fundoplication ;
  poemkg:when criterion:test .
"""
    files = {"criteria.ttl": both, "guidelines/droracle-2025.ttl": advice}
    known = changed_knowledge(tmp_path, files=files)
    patient = Patient().has("AchalasiaTypeII").has("HiatalHernia").has("SigmoidOesophagus")
    (argument,) = see(patient, known=known).options["Fundoplication"].for_
    assert [fact[-1] for fact in argument.facts] == ["1", "2", "3"]
