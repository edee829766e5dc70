"""A new guideline is a new file below `ontology/` and nothing else.

A copy of the ontology gets a module with an invented disorder, therapies, test, results, measure,
criteria, source and statements. Patients with it are advised and validated by the code, queries
and shapes as they are.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from poem_kg import Advice, KnowledgeBase
from tests.derivation.patients import Patient
from tests.derivation.view import EXAMPLES, ROOT, local, outline, read, see
from tests.stories import each

MODULE = """\
@prefix criterion: <https://w3id.org/poem-kg/criterion/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix module: <https://w3id.org/poem-kg/ontology/module/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix source: <https://w3id.org/poem-kg/source/> .
@prefix stmt: <https://w3id.org/poem-kg/statement/> .

module:guideline-litmus a owl:Ontology ; dcterms:title "litmus"@en ;
  owl:imports module:criteria , module:schema , module:sources .

poemkg:GlassOesophagus a owl:Class , owl:NamedIndividual ;
  rdfs:subClassOf poemkg:OesophagealMotilityDisorder ; rdfs:label "glass oesophagus"@en .
poemkg:LumenTherapy a owl:Class , owl:NamedIndividual ; rdfs:subClassOf poemkg:Therapy ;
  poemkg:therapyFamily true ; rdfs:label "lumen therapy"@en .
poemkg:RadialStretching a owl:Class , owl:NamedIndividual ;
  rdfs:subClassOf poemkg:LumenTherapy ; rdfs:label "radial stretching"@en .
poemkg:CoilPlacement a owl:Class , owl:NamedIndividual ;
  rdfs:subClassOf poemkg:LumenTherapy ; rdfs:label "coil placement"@en .
poemkg:EchoProfile a owl:Class , owl:NamedIndividual ;
  rdfs:subClassOf poemkg:DiagnosticTest ; rdfs:label "echo profile"@en .
poemkg:ElasticProfile a owl:Class , owl:NamedIndividual ;
  rdfs:subClassOf poemkg:TestResult ; rdfs:label "elastic profile"@en .
poemkg:BrittleProfile a owl:Class , owl:NamedIndividual ;
  rdfs:subClassOf poemkg:TestResult ; rdfs:label "brittle profile"@en .
poemkg:WallStiffness a owl:Class , owl:NamedIndividual ; rdfs:subClassOf poemkg:Measure ;
  rdfs:label "wall stiffness"@en ; poemkg:unit "kPa" ; poemkg:integerValued false ;
  poemkg:minimum 0.0 ; poemkg:maximum 200.0 .

criterion:elastic a owl:NamedIndividual , poemkg:FactCriterion ; rdfs:label "elastic profile"@en ;
  poemkg:onClass poemkg:EchoProfile ; poemkg:requiresResult poemkg:ElasticProfile .
criterion:stiff a owl:NamedIndividual , poemkg:MeasureCriterion ; rdfs:label "stiff wall"@en ;
  poemkg:onMeasure poemkg:WallStiffness ; poemkg:metFrom 30.0 ; poemkg:notMetBelow 20.0 .

source:litmus a owl:NamedIndividual , poemkg:GuidelineDocument ; rdfs:label "litmus"@en ;
  dcterms:title "Litmus guideline"@en ; poemkg:governing false .
"""
STATEMENTS = {
    "preference": "Preference ; poemkg:direction poemkg:directionFor ;"
    " poemkg:disorder poemkg:GlassOesophagus ; poemkg:standing poemkg:preferredStanding",
    "test": "DiagnosticStep ; poemkg:direction poemkg:directionNeutral ;"
    " poemkg:disorder poemkg:GlassOesophagus ; poemkg:test poemkg:EchoProfile ;"
    " poemkg:requires criterion:elastic",
    "exclusion": "Exclusion ; poemkg:direction poemkg:directionAgainst ;"
    " poemkg:excludedBy criterion:stiff",
    "caution": "RiskModifier ; poemkg:direction poemkg:directionNeutral ;"
    " poemkg:when criterion:hiatal-hernia",
}
DETAILS = (
    "poemkg:therapy poemkg:RadialStretching ; poemkg:source source:litmus ;"
    ' poemkg:locator "item" ; poemkg:populationNote "invented" ;'
    " poemkg:certainty poemkg:certaintyNotGraded ; poemkg:strength poemkg:strengthNotGraded ;"
    " poemkg:review poemkg:pendingHumanReview ; poemkg:verified poemkg:ownDecision"
)
STRETCHING = "RadialStretching"


def with_invented_guideline(folder: Path) -> Path:
    """Return a copy of the ontology to which the guideline was added.

    Args:
        folder: the folder to make it in.
    """
    copy = folder / "ontology"
    shutil.copytree(ROOT / "ontology", copy)
    text = MODULE + "".join(
        f'stmt:litmus-{name} a owl:NamedIndividual , poemkg:{said} ; rdfs:label "{name}"@en ;'
        f' skos:definition "{name}"@en ; {DETAILS} .\n'
        for name, said in STATEMENTS.items()
    )
    (copy / "guidelines" / "litmus.ttl").write_text(text)
    catalog = copy / "catalog-v001.xml"
    entry = (
        '    <uri id="poem-kg" uri="guidelines/litmus.ttl"'
        ' name="https://w3id.org/poem-kg/ontology/module/guideline-litmus"/>\n</catalog>'
    )
    catalog.write_text(catalog.read_text().replace("</catalog>", entry))
    root = copy / "poem-kg.ttl"
    root.write_text(
        root.read_text().replace(
            "module:schema ,", "module:schema ,\n\t\tmodule:guideline-litmus ,"
        )
    )
    return copy


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("litmus")
    return KnowledgeBase.load(ontology=with_invented_guideline(folder))


def glass(kb: KnowledgeBase) -> Patient:
    return Patient(known=kb.knowledge).has("GlassOesophagus", date="2026-03-02").adult()


def in_order(kb: KnowledgeBase) -> Patient:
    return glass(kb).done("EchoProfile", "ElasticProfile").measure("WallStiffness", 12.5)


def advise(kb: KnowledgeBase, patient: Patient, folder: Path) -> Advice:
    path = folder / "patient.ttl"
    path.write_text(patient.turtle())
    return kb.recommend(path)


def test_the_module_is_part_of_the_knowledge(kb: KnowledgeBase) -> None:
    assert "litmus.ttl" in {path.name for path in kb.knowledge.files}


def test_a_patient_with_the_new_disorder_conforms_and_gets_the_preference(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    advice = advise(kb, in_order(kb), tmp_path)
    assert advice.conforms, advice.findings
    (option,) = advice.options
    assert (option.label, option.rank) == ("radial stretching", 1)
    assert (option.standing, option.readiness) == ("preferred", "ready")
    assert option.for_[0].source.title == "Litmus guideline"


def test_a_value_outside_the_range_of_the_new_measure_does_not_conform(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    advice = advise(kb, glass(kb).measure("WallStiffness", 201), tmp_path)
    assert not advice.conforms


@pytest.mark.parametrize(
    ("stiffness", "state", "readiness"),
    [
        (19.5, "met", "ready"),
        (20, "unknown", "needs-information"),
        (29.5, "unknown", "needs-information"),
        (30, "not-met", "withheld"),
        (None, "unknown", "needs-information"),
    ],
)
def test_the_new_threshold_withholds(
    kb: KnowledgeBase, stiffness: float | None, state: str, readiness: str
) -> None:
    patient = glass(kb).done("EchoProfile", "ElasticProfile")
    if stiffness is not None:
        patient.measure("WallStiffness", stiffness)
    view = see(patient, known=kb.knowledge)
    assert view.of_kind(STRETCHING, "exclusion") == {"stiff": state}
    assert view.readiness() == {STRETCHING: readiness}
    assert ("stiff" in view.questions) == (state == "unknown")


@pytest.mark.parametrize(
    ("result", "status", "readiness", "first"),
    [
        ("BrittleProfile", "present", "blocked", []),
        (None, "present", "needs-information", [("EchoProfile", "litmus-test")]),
        (None, "absent", "needs-action", [("EchoProfile", "litmus-test")]),
        (None, None, "needs-information", [("EchoProfile", "litmus-test")]),
    ],
)
def test_the_new_test_comes_first(
    kb: KnowledgeBase,
    result: str | None,
    status: str | None,
    readiness: str,
    first: list[tuple[str, str]],
) -> None:
    patient = glass(kb).measure("WallStiffness", 12)
    if status:
        patient.record("EchoProfile", status, result=result)
    view = see(patient, known=kb.knowledge)
    assert view.readiness() == {STRETCHING: readiness}
    assert view.tests == first


def test_the_new_caution_shows_while_it_is_not_ruled_out(kb: KnowledgeBase) -> None:
    view = see(in_order(kb), known=kb.knowledge)
    assert view.said(STRETCHING, "cautions") == {"litmus-caution": "unknown"}


def test_the_new_source_is_silent_on_the_other_member_of_the_family(kb: KnowledgeBase) -> None:
    assert see(in_order(kb), known=kb.knowledge).silent_on("therapy") == {"CoilPlacement"}


def test_the_suspected_new_disorder_is_never_ready(kb: KnowledgeBase) -> None:
    patient = Patient().provisional("GlassOesophagus").measure("WallStiffness", 12)
    view = see(patient.done("EchoProfile", "ElasticProfile"), known=kb.knowledge)
    assert view.readiness() == {STRETCHING: "needs-information"}


def test_the_questions_know_the_new_disorder(kb: KnowledgeBase) -> None:
    view = see(Patient().has("OesophagealMotilityDisorder"), known=kb.knowledge)
    assert "present-GlassOesophagus" in view.questions


@pytest.mark.parametrize("name", each(sorted(path.stem for path in EXAMPLES.glob("S*.ttl"))))
def test_no_other_patient_is_advised_differently(kb: KnowledgeBase, name: str) -> None:
    triples = read(EXAMPLES / f"{name}.ttl")
    assert outline(see(triples, known=kb.knowledge)) == outline(see(triples))


def test_the_statements_of_the_new_source_are_told_apart(kb: KnowledgeBase) -> None:
    (option,) = see(in_order(kb), known=kb.knowledge).options.values()
    assert {local(r.source.iri) for r in (*option.for_, *option.cautions)} == {"litmus"}
