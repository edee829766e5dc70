"""What CONTRIBUTING.md tells a guideline author to do is enough: four steps, all in ontology/."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from poem_kg import KnowledgeBase
from poem_kg.knowledge import parse_module
from poem_kg.turtle import write_turtle
from tests.project.tree import ROOT

STEP = re.compile(r"In `ontology/([\w./-]+)`[^\n]*:\n\n```(?:turtle|xml)\n(.*?)^```$", re.M | re.S)
PATIENT = ROOT / "examples" / "S7-jackhammer.ttl"
STATEMENT = "https://w3id.org/poem-kg/statement/example2030-R1"
SOURCE = "https://w3id.org/poem-kg/source/example2030"


def follow(name: str, block: str, folder: Path) -> None:
    """Do what one step says in a copy of the ontology."""
    path = folder / name
    if not path.exists():
        path.write_text(block, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    if name.endswith(".xml"):
        text = text.replace("</catalog>", block + "</catalog>")
    elif block.strip().endswith(","):
        text = text.replace("owl:imports\n", "owl:imports\n" + block, 1)
    else:
        text += "\n" + block
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def ontology(tmp_path: Path) -> Path:
    """A copy of the ontology after the steps of the page."""
    folder = tmp_path / "ontology"
    shutil.copytree(ROOT / "ontology", folder)
    steps = STEP.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert [name for name, _ in steps] == [
        "sources.ttl",
        "guidelines/example-2030.ttl",
        "catalog-v001.xml",
        "poem-kg.ttl",
    ]
    for name, block in steps:
        follow(name, block, folder)
    return folder


def test_the_example_file_is_laid_out_as_ours_are(ontology: Path) -> None:
    path = ontology / "guidelines" / "example-2030.ttl"

    assert write_turtle(parse_module(path)) == path.read_text(encoding="utf-8")


def test_the_example_patient_has_no_option_before() -> None:
    advice = KnowledgeBase.load().recommend(PATIENT)

    assert advice.options == ()
    assert [silent.kind for silent in advice.no_statement].count("disorder") == 1


def test_a_new_statement_is_all_it_takes_for_a_new_option(ontology: Path) -> None:
    advice = KnowledgeBase.load(ontology=ontology).recommend(PATIENT)

    (option,) = advice.options
    (argument,) = option.for_
    assert option.therapy.endswith("/PneumaticDilation")
    assert option.standing == "option"
    assert argument.statement == STATEMENT
    assert argument.source.iri == SOURCE
    assert argument.source.locator == "section 2, paragraph 3"
