"""An example patient that cannot be used is found like any slip, and a waiver hides no patient."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from poem_kg.checking import run
from poem_kg.checking.coverage import patient_problems
from poem_kg.checking.model import CheckReport, found
from poem_kg.checking.rules import NO_PATIENT, UNITS
from poem_kg.checking.run import check_knowledge
from poem_kg.namespaces import STATEMENT
from tests.checking.defects import ONTOLOGY, copy, edit, line_of

EXAMPLES = ONTOLOGY.parent / "examples"
STORY = EXAMPLES / "S7-jackhammer.ttl"
WAIVER = """
poemkg:waiver-invented
	a
		owl:NamedIndividual ,
		poemkg:Waiver ;
	rdfs:label "a waiver that a test invented"@en ;
	dcterms:creator "somebody" ;
	dcterms:date "2030-01-31"^^xsd:date ;
	poemkg:waiverReason "The page says so."@en ;
	poemkg:waivesRule "units" ;
	poemkg:waivesTerm stmt:droracle2025-C34 ;
	.
"""
UNIT = found(UNITS, STATEMENT + "droracle2025-C34", "has no unit of UCUM")
UNSEEN = found(NO_PATIENT, STATEMENT + "droracle2025-C01", "shows in none of 0 example patients")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the ontology with one patient beside it."""
    made = copy(tmp_path)
    (tmp_path / "examples").mkdir()
    shutil.copyfile(STORY, tmp_path / "examples" / STORY.name)
    return made


def test_each_patient_that_cannot_be_used_is_named_and_the_others_are_tried(folder: Path) -> None:
    examples = folder.parent / "examples"
    story = STORY.read_text(encoding="utf-8")
    (examples / "broken.ttl").write_text("# no\n\nnot turtle\n", encoding="utf-8")
    (examples / "old.ttl").write_text(story.replace("poemkg:age 72", "poemkg:age 720"), "utf-8")

    problems = list(patient_problems(folder))

    broken, old = (p for p in problems if p.name == "example-patients")
    assert broken.place("ontology/") == "examples/broken.ttl:3"
    assert broken.term == "examples/broken.ttl" and broken.message.startswith("is no Turtle (")
    assert (old.file, old.line) == ("../examples/old.ttl", line_of(STORY, "\nex:patient"))
    assert old.message.startswith("does not conform: ") and "validate" in old.advice
    others = [p for p in problems if p.name == "statements-without-patient"]
    assert others and all(p.message == "shows in none of 1 example patients" for p in others)


def test_an_ontology_that_no_patient_can_be_tried_with_is_a_finding(folder: Path) -> None:
    edit(folder / "poem-kg.ttl", "owl:versionInfo", "dcterms:hasVersion")

    (problem,) = patient_problems(folder)

    assert (problem.name, problem.file, problem.severity) == (
        "example-patients",
        "poem-kg.ttl",
        "error",
    )
    assert "has no owl:versionInfo" in problem.message


def checked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> CheckReport:
    """A check that finds one thing in the ontology and one in the patients, without engines."""
    monkeypatch.setattr(run, "_asked", lambda *_: [(UNIT, ())])
    monkeypatch.setattr(run, "owl_problems", lambda *_: [])
    monkeypatch.setattr(run, "patient_problems", lambda _: [UNSEEN])
    return check_knowledge(folder)


def test_only_an_error_that_stands_keeps_the_patients_from_being_tried(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waivers = folder / "waivers.ttl"
    head = waivers.read_text(encoding="utf-8").split("\npoemkg:waiver-")[0]
    imports = "module:external ,\n\t\tmodule:guideline-droracle-2025 "
    head = head.replace("module:external ", imports)
    waivers.write_text(head, encoding="utf-8")

    standing = checked(folder, monkeypatch)

    assert [p.name for p in standing.problems] == ["units"]
    assert standing.unchecked == ("no patients, since there are errors",)

    waivers.write_text(head + WAIVER, encoding="utf-8")

    aside = checked(folder, monkeypatch)

    assert [p.name for p in aside.problems] == ["statements-without-patient"]
    assert [p.name for p in aside.waived] == ["units"]
    assert aside.sound and aside.unchecked == ()
