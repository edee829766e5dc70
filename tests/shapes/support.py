"""Cases, defects and knowledge that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from poem_kg.knowledge import Knowledge, load_knowledge
from poem_kg.model import Finding
from poem_kg.namespaces import POEMKG, RDF, RDFS, SH, SHAPES
from poem_kg.resources import data_dir
from poem_kg.validation import PatientValidator

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet

HERE = Path(__file__).parent
TYPE = ox.NamedNode(RDF + "type")
SUBCLASS = ox.NamedNode(RDFS + "subClassOf")
SEVERITY = ox.NamedNode(SH + "severity")
MARK = "-kind"
"""What the IRIs of the subclasses end with that tests put below every class."""


def ours(name: str) -> ox.NamedNode:
    """The term of ours with this local name."""
    return ox.NamedNode(POEMKG + name)


@dataclass(frozen=True)
class Case:
    """A file and what its header expects.

    Attributes:
        path: the file.
        shape: the local name of the shape that it is about.
        expected: how often that shape fires.
        also: other shapes that cannot but fire with it.
    """

    path: Path
    shape: str
    expected: int
    also: frozenset[str]

    @property
    def id(self) -> str:
        """Folder and name of the file."""
        return f"{self.path.parent.name}/{self.path.stem}"

    def triples(self) -> tuple[ox.Triple, ...]:
        """The patient graph of a Turtle case."""
        return read(self.path)


def read(path: Path) -> tuple[ox.Triple, ...]:
    """The triples of a Turtle file."""
    return tuple(q.triple for q in ox.parse(path=path, format=ox.RdfFormat.TURTLE))


def _case(path: Path, shape: str) -> Case:
    header = dict(
        line.removeprefix("# ").split(": ", 1)
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("# ")
    )
    return Case(path, shape, int(header["expect"]), frozenset(header.get("also", "").split()))


PATIENTS = [_case(p, p.parent.name) for p in sorted((HERE / "cases").glob("*/*.ttl"))]
DEFECTS = [_case(p, p.parent.name) for p in sorted((HERE / "defects").glob("*/*.ru"))]
CONCLUSIONS = [_case(p, p.parent.name) for p in sorted((HERE / "conclusions").glob("*/*.ru"))]
EXAMPLES = sorted((HERE.parents[1] / "examples").glob("*.ttl"))


def first_of_each_shape(cases: Iterable[Case]) -> list[ParameterSet]:
    """The cases as parameters of a test; `make test` takes the first of each shape."""
    seen: set[str] = set()
    found = []
    for case in cases:
        marks = [pytest.mark.slow] if case.shape in seen else []
        seen.add(case.shape)
        found.append(pytest.param(case, id=case.id, marks=marks))
    return found


@cache
def shape_triples() -> tuple[ox.Triple, ...]:
    """The triples of all shape files."""
    return tuple(t for path in sorted(data_dir("shapes").glob("*.ttl")) for t in read(path))


def reporting_shapes() -> set[str]:
    """Local names of the shapes that report: those with a severity."""
    found = (t.subject for t in shape_triples() if t.predicate == SEVERITY)
    return {local(s.value) for s in found if isinstance(s, ox.NamedNode)}


@cache
def knowledge() -> Knowledge:
    """The knowledge that comes with the package."""
    return load_knowledge()


@cache
def validator() -> PatientValidator:
    """The fast engine with the knowledge."""
    return PatientValidator(knowledge(), engine="shacl")


def with_defect(case: Case, base: Knowledge) -> Knowledge:
    """The knowledge after the update of a defect file."""
    return with_defects([case], base)


def with_defects(cases: Iterable[Case], base: Knowledge) -> Knowledge:
    """The knowledge after the updates of several defect files, in their order."""
    store = base.store()
    for case in cases:
        store.update(case.path.read_text(encoding="utf-8"))
    return replace(base, ontology=tuple(q.triple for q in store), prepared=())


def local(iri: str) -> str:
    """The end of the IRI of a shape."""
    return iri.removeprefix(SHAPES)


def fired(findings: Iterable[Finding]) -> Iterator[str]:
    """Local names of the shapes that found something, one for each finding."""
    return (local(f.shape) for f in findings)
