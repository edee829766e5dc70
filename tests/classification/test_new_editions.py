"""A new threshold, or a whole new edition, is a change of `ontology/` alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from poem_kg import KnowledgeBase
from poem_kg.advice import Conclusions
from poem_kg.knowledge import Knowledge, load_knowledge
from tests.classification.readings import results, said
from tests.classification.studies import Manometry, graph, untreated
from tests.derivation.view import ROOT, local, see

EDITION = """\
@prefix criterion: <https://w3id.org/poem-kg/criterion/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix module: <https://w3id.org/poem-kg/ontology/module/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix source: <https://w3id.org/poem-kg/source/> .
@prefix stmt: <https://w3id.org/poem-kg/statement/> .

module:classification-harbour a owl:Ontology ; dcterms:title "litmus"@en ;
  owl:imports module:criteria , module:schema , module:sources .

poemkg:harbour3 a owl:NamedIndividual , poemkg:ClassificationEdition ;
  rdfs:label "Harbour classification, version 3"@en ; skos:definition "Invented."@en ;
  poemkg:readsTest poemkg:HighResolutionManometry ; poemkg:order 3 ;
  poemkg:readsUnless criterion:foregut-operation ; poemkg:notReadNotice stmt:poem-kg-I68 ;
  dcterms:source source:harbour ; skos:notation "harbour-3" .
source:harbour a owl:NamedIndividual , poemkg:GuidelineDocument ; rdfs:label "harbour"@en ;
  dcterms:title "Harbour"@en ; poemkg:governing false .

criterion:harbour-calm a owl:NamedIndividual , poemkg:SwallowCriterion ;
  rdfs:label "calm swallow"@en ; poemkg:onSwallowMeasure poemkg:DistalContractileIntegral ;
  poemkg:metUpTo 3000.0 ; poemkg:notMetAbove 3000.0 .
criterion:harbour-mostly-calm a owl:NamedIndividual , poemkg:ShareCriterion ;
  rdfs:label "more than 30 % calm swallows"@en ; poemkg:countsSwallows criterion:harbour-calm ;
  poemkg:inPosition poemkg:upright ; poemkg:metAbove 30.0 ; poemkg:notMetUpTo 30.0 .
criterion:harbour-raised a owl:NamedIndividual , poemkg:StudyFindingCriterion ;
  rdfs:label "intrabolus pressure raised"@en ;
  poemkg:onStudyFinding poemkg:RaisedIntrabolusPressure .

stmt:harbour-spasm a owl:NamedIndividual , poemkg:StudyPattern ;
  rdfs:label "spasm by the Harbour classification"@en ; skos:definition "Invented."@en ;
  poemkg:edition poemkg:harbour3 ; poemkg:indicates poemkg:DistalOesophagealSpasm ;
  poemkg:when criterion:harbour-mostly-calm ; poemkg:unless criterion:harbour-raised ;
  poemkg:source source:harbour ; poemkg:locator "item" ; poemkg:populationNote "invented" ;
  poemkg:direction poemkg:directionNeutral ; poemkg:certainty poemkg:certaintyNotGraded ;
  poemkg:strength poemkg:strengthNotGraded ; poemkg:review poemkg:pendingHumanReview ;
  poemkg:verified poemkg:ownDecision .
"""
PATTERN = "harbour-spasm"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the ontology with one more file in it."""
    copy = tmp_path_factory.mktemp("editions") / "ontology"
    shutil.copytree(ROOT / "ontology", copy)
    (copy / "classification" / "harbour.ttl").write_text(EDITION)
    catalog = copy / "catalog-v001.xml"
    entry = (
        '    <uri id="poem-kg" uri="classification/harbour.ttl"'
        ' name="https://w3id.org/poem-kg/ontology/module/classification-harbour"/>\n</catalog>'
    )
    catalog.write_text(catalog.read_text().replace("</catalog>", entry))
    root = copy / "poem-kg.ttl"
    imports = "module:schema ,\n\t\tmodule:classification-harbour ,"
    root.write_text(root.read_text().replace("module:schema ,", imports))
    return copy


@pytest.fixture(scope="module")
def known(folder: Path) -> Knowledge:
    return load_knowledge(ontology=folder, queries=ROOT / "queries")


def calm(number: int, *, raised: bool | None = False) -> Manometry:
    manometry = Manometry(untreated()).swallows(number, "upright", dci=3000)
    manometry.swallows(10 - number, "upright", dci=3000.1)
    return manometry if raised is None else manometry.finding("RaisedIntrabolusPressure", raised)


@pytest.mark.parametrize(("number", "truth"), [(2, False), (3, False), (4, True)])
def test_the_new_edition_counts_by_its_own_thresholds(
    known: Knowledge, number: int, truth: bool
) -> None:
    assert said(graph(untreated(), calm(number)), known=known)[PATTERN] is truth


@pytest.mark.parametrize(("raised", "truth"), [(True, False), (None, None)])
def test_the_new_edition_has_its_own_exclusions(
    known: Knowledge, raised: bool | None, truth: bool | None
) -> None:
    assert said(graph(untreated(), calm(9, raised=raised)), known=known)[PATTERN] is truth


def test_the_new_edition_stands_beside_the_others(known: Knowledge) -> None:
    found = results(graph(untreated(), calm(9)), known=known)
    assert {r.edition for r in found} == {"chicago40", "chicago2012", "harbour3"}
    assert {r.pattern for r in found if r.edition == "harbour3"} == {PATTERN}


def test_its_diagnosis_is_derived_and_names_it(known: Knowledge) -> None:
    view = see(graph(untreated(), calm(9)), known=known)
    (diagnosis,) = Conclusions(known, view.derivation, view.patient).diagnoses()
    assert (local(diagnosis.disorder), diagnosis.basis) == ("DistalOesophagealSpasm", "derived")
    assert local(diagnosis.classification) == "harbour3"


def test_the_programs_tell_it_in_its_order(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "patient.ttl"
    path.write_text("".join(f"{triple} .\n" for triple in graph(untreated(), calm(9))))
    report = KnowledgeBase.load(ontology=folder).classify(path)
    assert report.findings == ()
    (study,) = report.studies
    assert [edition.label for edition in study.editions][-1] == "Harbour classification, version 3"
    (told,) = study.editions[-1].results
    assert (told.label, told.truth) == ("spasm by the Harbour classification", "met")


def test_a_threshold_that_is_changed_in_the_ontology_changes_what_is_said(tmp_path: Path) -> None:
    copy = tmp_path / "ontology"
    shutil.copytree(ROOT / "ontology", copy)
    path = copy / "classification" / "chicago-4.0.ttl"
    text = path.read_text()
    path.write_text(text.replace("metFrom 30.0", "metFrom 40.0"))
    assert path.read_text() != text
    manometry = Manometry(untreated()).both_raised()
    manometry.swallows(10, dci=40, pressurization=35).swallows(5, "upright", dci=40)
    before = said(graph(untreated(), manometry))
    after = said(
        graph(untreated(), manometry),
        known=load_knowledge(ontology=copy, queries=ROOT / "queries"),
    )
    assert before["chicago40-type-ii"] is True
    assert after["chicago40-type-ii"] is not True
