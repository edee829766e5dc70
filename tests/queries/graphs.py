"""The graphs that the queries run on, as N-Triples."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge, load_knowledge, parse_module

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
DEFECTS = sorted((Path(__file__).parent / "defects").glob("*.ttl"))


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def ntriples(triples: Iterable[ox.Triple]) -> str:
    return "".join(f"{t.subject} {t.predicate} {t.object} .\n" for t in triples)


@cache
def knowledge_graph() -> str:
    """The ontology and what was prepared from it."""
    return ntriples((*knowledge().ontology, *knowledge().prepared))


@cache
def mappings() -> str:
    """The mappings, which the root file of the ontology does not import."""
    modules = sorted((ROOT / "ontology" / "alignments").glob("*.ttl"))
    return ntriples(t for path in modules for t in parse_module(path))


@cache
def alignments_graph() -> str:
    """The knowledge graph with the mappings."""
    return knowledge_graph() + mappings()


@cache
def patient_graph(*names: str) -> str:
    """The working graph of the example patients with these names, of all where none is given."""
    paths = [EXAMPLES / f"{name}.ttl" for name in names] or sorted(EXAMPLES.glob("S*.ttl"))
    patients = [triple for path in paths for triple in parse_module(path)]
    return ntriples(quad.triple for quad in derive(knowledge(), patients).store)


def removed(path: Path) -> list[ox.Triple]:
    """The triples that a defect takes away: its lines that begin with "# remove:"."""
    text = path.read_text(encoding="utf-8")
    prefixes = "".join(re.findall(r"^@prefix .*\n", text, flags=re.MULTILINE))
    lines = "\n".join(re.findall(r"^# remove: (.*)$", text, flags=re.MULTILINE))
    return [q.triple for q in ox.parse(prefixes + lines, format=ox.RdfFormat.TURTLE)]


def defective_graph(*paths: Path) -> str:
    """The knowledge graph with the defects of these files planted."""
    triples = dict.fromkeys((*knowledge().ontology, *knowledge().prepared))
    for path in paths:
        triples.update(dict.fromkeys(parse_module(path)))
    for triple in (triple for path in paths for triple in removed(path)):
        assert triple in triples, f"{triple} is not there to be removed"
        del triples[triple]
    return ntriples(triples)


def named(path: Path) -> set[str]:
    """Every term that a defect names, in its triples, its removals and its comments."""
    text = path.read_text(encoding="utf-8")
    prefixes = dict(re.findall(r"^@prefix (\w+): <(.*)> \.$", text, flags=re.MULTILINE))
    short = {f"<{prefixes[p]}{n}>" for p, n in re.findall(r"(\w+):([\w-]+)", text) if p in prefixes}
    return short | set(re.findall(r"<[^> ]+>", text))
