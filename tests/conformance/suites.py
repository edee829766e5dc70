"""The public suites of W3C, read from their manifests: a case is data, and none is written here.

The suites are no part of the repository. The environment variable `W3C_SUITES` names their folder;
docs/conformance.md says how to get them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest

MF: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT: Final = "http://www.w3.org/2009/sparql/tests/test-update#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
RDF_TESTS: Final = "https://w3c.github.io/rdf-tests/sparql/"
"""Where the SPARQL suites are published. Relative IRIs of a case are resolved against this."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal


def folder() -> Path:
    """Return the folder of the suites; a test that calls it is reported as not run without one."""
    named = os.environ.get("W3C_SUITES")
    if not named:
        pytest.skip("W3C_SUITES names no folder; docs/conformance.md says how to get the suites")
    found = Path(named)
    assert (found / "rdf-tests").is_dir() and (found / "data-shapes").is_dir(), (
        f"W3C_SUITES is {named}, where rdf-tests or data-shapes is missing; see docs/conformance.md"
    )
    return found


class Manifest:
    """One manifest file: its triples, and which file an IRI in it stands for.

    Args:
        path: the file.
        root: the folder that is published at `base`.
        base: an IRI that ends with a slash.
    """

    def __init__(self, path: Path, root: Path, base: str) -> None:
        self.path, self.root, self.base = path, root, base
        self.iri = ox.NamedNode(base + path.relative_to(root).as_posix())
        text = path.read_bytes()
        self.triples = [
            quad.triple
            for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=self.iri.value)
        ]

    def objects(self, subject: Term, name: str) -> list[Term]:
        """Return what a subject has under a property, given by its IRI."""
        found = [
            t.object for t in self.triples if t.subject == subject and t.predicate.value == name
        ]
        return [term for term in found if not isinstance(term, ox.Triple)]

    def one(self, subject: Term, name: str) -> Term | None:
        """Return the one value of a property, or None."""
        found = self.objects(subject, name)
        assert len(found) < 2, f"{self.path}: {subject} has several {name}"
        return found[0] if found else None

    def text(self, subject: Term, name: str) -> str:
        """Return the one value of a property as text; empty where there is none."""
        found = self.one(subject, name)
        return "" if found is None else found.value

    def items(self, head: Term | None) -> Iterator[Term]:
        """Yield the members of a list."""
        while head is not None and head != ox.NamedNode(RDF + "nil"):
            first = self.one(head, RDF + "first")
            assert first is not None, f"{self.path}: a list is broken at {head}"
            yield first
            head = self.one(head, RDF + "rest")

    def entries(self) -> list[Term]:
        """Return the cases that the manifest lists, in its order."""
        heads = self.objects(self.iri, MF + "entries")
        return [item for head in heads for item in self.items(head)]

    def includes(self) -> list[Path]:
        """Return the manifests that this one includes, written as a list or as several values."""
        found: list[Term] = []
        for value in self.objects(self.iri, MF + "include"):
            members = [value] if isinstance(value, ox.NamedNode) else list(self.items(value))
            found.extend(members)
        return [self.file(member) for member in found]

    def file(self, iri: Term) -> Path:
        """Return the file that is published under an IRI."""
        assert isinstance(iri, ox.NamedNode) and iri.value.startswith(self.base), iri
        return self.root / iri.value.removeprefix(self.base)

    def name(self, entry: Term) -> str:
        """Return the name of a case: the folder of its manifest, and the end of its IRI."""
        return f"{self.path.parent.name}/{entry.value.rpartition('#')[2].rpartition('/')[2]}"


def manifests(start: Path, root: Path, base: str) -> Iterator[Manifest]:
    """Yield a manifest and all that it includes, each after the one that names it."""
    manifest = Manifest(start, root, base)
    yield manifest
    for path in manifest.includes():
        yield from manifests(path, root, base)


@dataclass(frozen=True, kw_only=True)
class QueryCase:
    """One case about a query.

    Attributes:
        name: folder of the manifest and local name of the case.
        kind: the local name of its class, such as "QueryEvaluationTest".
        query: the text, as it is in the file.
        base: the IRI of the file: what is relative in the query is relative to this.
        data: files whose triples make the default graph, by IRI.
        named: files that are named graphs, by IRI.
        result: the file with what is expected; None in a syntax case.
    """

    name: str
    kind: str
    query: str
    base: str
    data: tuple[tuple[str, Path], ...] = ()
    named: tuple[tuple[str, Path], ...] = ()
    result: Path | None = None


def query_cases(*names: str) -> list[QueryCase]:
    """Return the cases of manifests of the SPARQL 1.1 suite, such as "manifest-sparql11-query"."""
    root = folder() / "rdf-tests"
    found: list[QueryCase] = []
    for name in names:
        start = root / "sparql11" / f"{name}.ttl"
        for manifest in manifests(start, root, RDF_TESTS):
            found.extend(_query_case(manifest, entry) for entry in manifest.entries())
    return found


def _query_case(manifest: Manifest, entry: Term) -> QueryCase:
    action = manifest.one(entry, MF + "action")
    assert action is not None, f"{manifest.path}: {entry} has no action"
    query = action if isinstance(action, ox.NamedNode) else manifest.one(action, QT + "query")
    result = manifest.one(entry, MF + "result")
    assert query is not None
    return QueryCase(
        name=manifest.name(entry),
        kind=_kind(manifest, entry),
        query=manifest.file(query).read_text(encoding="utf-8"),
        base=query.value,
        data=_files(manifest, manifest.objects(action, QT + "data")),
        named=_files(manifest, manifest.objects(action, QT + "graphData")),
        result=None if result is None else manifest.file(result),
    )


def _kind(manifest: Manifest, entry: Term) -> str:
    return manifest.text(entry, RDF + "type").removeprefix(MF)


def _files(manifest: Manifest, iris: Iterable[Term]) -> tuple[tuple[str, Path], ...]:
    return tuple((iri.value, manifest.file(iri)) for iri in iris)
