"""An ontology as the OWL engines take it: one header, no import, nothing they cannot read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

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


def for_hermit(triples: list[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield the triples that a reasoner takes.

    Annotations are left out, and so are literals that no OWL 2 reasoner takes (xsd:date,
    xsd:duration ...); a range over such a datatype is widened to rdfs:Literal.
    """
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
