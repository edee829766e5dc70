"""The examples and built patients, explained."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from poem_kg.derivation import Derivation
from poem_kg.explain.builder import explain
from poem_kg.explain.model import Explanation
from poem_kg.explain.words import Words
from poem_kg.index import Index
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.model import Advice
from poem_kg.namespaces import CRITERION, POEMKG
from poem_kg.reading import SourceGraph
from tests.derivation.patients import Patient

ROOT = Path(__file__).parents[2]
STORIES = sorted(path.stem for path in (ROOT / "examples").glob("S*.ttl"))
AUDIENCES = ("clinician", "researcher")
EXPLAINED = "S1a S1b S4a S4b S4c S5 S8a S8b S8c S8d".split()
"""The stories whose text was read with the eyes of a clinician and approved."""


@cache
def kb() -> KnowledgeBase:
    """Return the knowledge, loaded once."""
    return KnowledgeBase.load()


@cache
def words(audience: str) -> Words:
    """Return the words for an audience."""
    return Words(kb().knowledge, audience)


@cache
def source(story: str) -> SourceGraph:
    """Return the graph of the example whose file name begins with a story, such as "S3a"."""
    (path,) = (ROOT / "examples").glob(f"{story.split('-')[0]}-*.ttl")
    return kb().read(path)


@cache
def advice(story: str) -> Advice:
    """Return the advice for a story."""
    return kb().recommend(source(story))


@cache
def derivation(story: str) -> Derivation:
    """Return what was derived for a story."""
    return kb().derive(source(story))


@cache
def told(story: str, *, option: str | None = None, why_not: str | None = None) -> Explanation:
    """Return a story explained."""
    derived = derivation(story)
    return explain(kb().knowledge, advice(story), derived, option=option, refused=why_not)


def told_of(patient: Patient, folder: Path, *, why_not: str | None = None) -> Explanation:
    """Return a built patient explained, by way of a file in a folder."""
    path = folder / "patient.nt"
    path.write_text(patient.turtle())
    graph = kb().read(path)
    advised = kb().recommend(graph)
    assert advised.conforms, advised.findings
    return explain(kb().knowledge, advised, kb().derive(graph), refused=why_not)


def local(iri: str) -> str:
    """Return a criterion, term or statement by its short name."""
    return iri.removeprefix(CRITERION).removeprefix(POEMKG).rsplit("/", 1)[-1]


@cache
def index() -> Index:
    """Return the ontology by subject and property."""
    return Index((*kb().knowledge.ontology, *kb().knowledge.prepared))
