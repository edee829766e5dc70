"""The cases of the SHACL suite, and what is wrong with a report that our door to an engine gives.

The door hands on the focus node, the path where it is one property, the value, the severity and the
shape, so these are compared, as a bag. Blank nodes have no name that two documents could share: one
stands for any other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import KnowledgeError
from poem_kg.namespaces import SH
from poem_kg.shacl_engines import Engine, compiled
from tests.conformance.suites import MF, Manifest, Term, folder

SHT: Final = "http://www.w3.org/ns/shacl-test#"
BASE: Final = "https://w3c.github.io/data-shapes/tests/"
FAILURE: Final = SHT + "Failure"
BLANK: Final = "[]"

Result = tuple[str, str | None, str | None, str, str]
"""Focus node, path, value, severity and shape of one result."""


@dataclass(frozen=True, kw_only=True)
class ShaclCase:
    """Data, shapes, and the report they must come to.

    Attributes:
        name: the file below the suite, without its suffix.
        data: the data graph, in N-Triples.
        shapes: the shapes graph, in Turtle.
        report: the results; None where validation must fail.
    """

    name: str
    data: bytes
    shapes: str
    report: Counter[Result] | None


def shacl_cases() -> list[ShaclCase]:
    """Return the cases of every file of the suite that has some, by name.

    All files are looked into: one with a case is in no manifest.
    """
    root = folder() / "data-shapes" / "tests"
    manifests = [Manifest(path, root, BASE) for path in sorted(root.rglob("*.ttl"))]
    return [_case(manifest, entry) for manifest in manifests for entry in manifest.entries()]


def failure(case: ShaclCase, engine: Engine) -> str | None:
    """Validate; return in a few words how the report differs, or None."""
    try:
        _, run = compiled(case.shapes, engine)
        rows = run(case.data)
    except KnowledgeError as error:
        return None if case.report is None else f"fails ({error})"
    if case.report is None:
        return f"{len(rows)} results where validation must fail"
    found = Counter(
        (_same(focus), path, None if value is None else _same(value), severity, _same(shape))
        for focus, path, value, severity, _, shape in rows
    )
    missing, extra = case.report - found, found - case.report
    if not missing and not extra:
        return None
    return f"missing {sorted(missing, key=str)[:1]}, not wanted {sorted(extra, key=str)[:1]}"


def _same(text: str) -> str:
    """A term as both engines may have written it, so that two spellings of it are the same."""
    if text.startswith("_:"):
        return BLANK
    if text.startswith('"'):
        line = f"<urn:s> <urn:p> {text} ."
        (quad,) = ox.parse(line, format=ox.RdfFormat.N_TRIPLES)
        assert isinstance(quad.object, ox.Literal)
        return quad.object.value
    return text


def _case(manifest: Manifest, entry: Term) -> ShaclCase:
    action, result = manifest.one(entry, MF + "action"), manifest.one(entry, MF + "result")
    assert action is not None and result is not None
    data, shapes = (manifest.one(action, SHT + name) for name in ("dataGraph", "shapesGraph"))
    assert data is not None and shapes is not None
    report = None
    if result.value != FAILURE:
        report = Counter(_result(manifest, r) for r in manifest.objects(result, SH + "result"))
    return ShaclCase(
        name=manifest.path.relative_to(manifest.root).with_suffix("").as_posix(),
        data=_n_triples(manifest, data),
        shapes=f"@base <{shapes.value}> .\n{manifest.file(shapes).read_text(encoding='utf-8')}",
        report=report,
    )


def _n_triples(manifest: Manifest, iri: Term) -> bytes:
    triples = Manifest(manifest.file(iri), manifest.root, BASE).triples
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _result(manifest: Manifest, node: Term) -> Result:
    def told(name: str) -> str | None:
        term = manifest.one(node, SH + name)
        return BLANK if isinstance(term, ox.BlankNode) else None if term is None else term.value

    path = told("resultPath")
    return (
        told("focusNode") or "",
        None if path == BLANK else path,
        told("value"),
        (told("resultSeverity") or "").removeprefix(SH),
        told("sourceShape") or "",
    )
