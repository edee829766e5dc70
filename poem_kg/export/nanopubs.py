"""One nanopublication for each statement: what is said, where from, and who published it.

Follows the guidelines of nanopub.net: a head, an assertion, its provenance and the publication
information, each a named graph, all under one Trusty URI.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from poem_kg import __version__
from poem_kg.export.description import PUBLISHER
from poem_kg.export.nanopub_library import NP, NPX, Signer, with_trusty_uri
from poem_kg.export.release import Release, release_of
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import BASE, CRITERION, POEMKG, PREFIXES, RDF, SOURCE, STATEMENT

NANOPUB: Final = BASE + "np/"
"""The namespace of our nanopublications; what follows is the Trusty part."""

FILE: Final = "nanopubs.trig"

_PREFIXES: Final = {**PREFIXES, "np": NP, "npx": NPX, "pav": "http://purl.org/pav/"}
_TOLD_OF_THE_SOURCE: Final = (
    "locator",
    "cites",
    "verified",
    "verificationNote",
    "review",
    "reviewedBy",
    "reviewedOn",
)
_INDIVIDUAL: Final = PREFIXES["owl"] + "NamedIndividual"
_PARTS: Final = ("Head", "assertion", "provenance", "pubinfo")


def nanopub_file(knowledge: Knowledge, signer: Signer | None = None) -> bytes:
    """Return all nanopublications as TriG, in the order of the IRIs of their statements.

    Args:
        knowledge: where the statements come from.
        signer: who signs; without one they are not signed.
    """
    quads = [quad for _, found in nanopubs(knowledge, signer) for quad in found]
    written = ox.serialize(quads, format=ox.RdfFormat.TRIG, prefixes=_PREFIXES)
    return written or b""


def nanopubs(
    knowledge: Knowledge, signer: Signer | None = None
) -> Iterator[tuple[str, tuple[ox.Quad, ...]]]:
    """Yield IRI and quads of the nanopublication of each statement, in their order.

    A statement is whatever lies in the namespace of statements: what a source says, a departure
    of a page from its source, a sequence of lines.

    Args:
        knowledge: where the statements come from.
        signer: who signs; without one they are not signed.
    """
    maker = _Maker(knowledge, signer)
    for statement in maker.statements():
        iri, quads = with_trusty_uri(NANOPUB, maker.quads(statement), signer)
        order = {f"{iri}#{part}": number for number, part in enumerate(_PARTS)}
        yield iri, tuple(sorted(quads, key=lambda q: (order[_graph(q)], str(q))))


def _graph(quad: ox.Quad) -> str:
    assert isinstance(quad.graph_name, ox.NamedNode)
    return quad.graph_name.value


class _Maker:
    def __init__(self, knowledge: Knowledge, signer: Signer | None) -> None:
        self._knowledge = knowledge
        self._signer = signer
        self._release: Release = release_of(knowledge)
        self._about: dict[str, list[ox.Triple]] = defaultdict(list)
        for triple in knowledge.ontology:
            if isinstance(triple.subject, ox.NamedNode):
                self._about[triple.subject.value].append(triple)

    def statements(self) -> list[str]:
        return sorted(
            subject
            for subject in self._about
            if subject.startswith(STATEMENT) and subject != STATEMENT
        )

    def quads(self, statement: str) -> list[ox.Quad]:
        """The four graphs, named under the namespace until the Trusty URI is known."""
        named = self._closure(statement)
        criteria, sources = (
            [t for name in named if name.startswith(space) for t in self._about[name]]
            for space in (CRITERION, SOURCE)
        )
        assertion = [*self._about[statement], *criteria]
        graphs = {
            "Head": self._head(),
            "assertion": assertion,
            "provenance": [*self._provenance(statement), *sources],
            "pubinfo": [*self._publication(statement), *self._labels(assertion)],
        }
        return [
            ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(NANOPUB + name))
            for name, triples in graphs.items()
            for t in dict.fromkeys(triples)
        ]

    def _closure(self, statement: str) -> list[str]:
        """The criteria and sources that a statement names, and that these name in turn."""
        found: dict[str, None] = {}
        waiting = [statement]
        while waiting:
            for triple in self._about[waiting.pop()]:
                target = _iri(triple.object)
                if target.startswith((CRITERION, SOURCE)) and target not in found:
                    found[target] = None
                    waiting.append(target)
        return list(found)

    def _head(self) -> Iterator[ox.Triple]:
        yield _link(NANOPUB, "rdf:type", NP + "Nanopublication")
        yield _link(NANOPUB, "np:hasAssertion", NANOPUB + "assertion")
        yield _link(NANOPUB, "np:hasProvenance", NANOPUB + "provenance")
        yield _link(NANOPUB, "np:hasPublicationInfo", NANOPUB + "pubinfo")

    def _provenance(self, statement: str) -> Iterator[ox.Triple]:
        assertion, encoding = NANOPUB + "assertion", NANOPUB + "encoding"
        yield _link(assertion, "prov:wasGeneratedBy", encoding)
        yield _link(assertion, "prov:wasAttributedTo", PUBLISHER)
        yield _link(encoding, "rdf:type", PREFIXES["prov"] + "Activity")
        yield _text(
            encoding,
            "rdfs:label",
            "paraphrased and encoded by the publisher; the source was not asked",
            language="en",
        )
        yield _link(encoding, "prov:wasAssociatedWith", PUBLISHER)
        for triple in self._about[statement]:
            name = triple.predicate.value.removeprefix(POEMKG)
            if name in ("source", "ofSource"):
                yield _link(assertion, "prov:wasDerivedFrom", _iri(triple.object))
                yield _link(encoding, "prov:used", _iri(triple.object))
            elif name in _TOLD_OF_THE_SOURCE:
                yield ox.Triple(ox.NamedNode(assertion), triple.predicate, triple.object)

    def _publication(self, statement: str) -> Iterator[ox.Triple]:
        software = NANOPUB + "software"
        yield _text(NANOPUB, "rdfs:label", self._knowledge.label(statement), language="en")
        yield _link(NANOPUB, "npx:introduces", statement)
        for triple in self._about[statement]:
            if triple.predicate.value == RDF + "type" and _iri(triple.object) != _INDIVIDUAL:
                yield _link(NANOPUB, "npx:hasNanopubType", _iri(triple.object))
        yield ox.Triple(ox.NamedNode(NANOPUB), _name("dcterms:created"), self._release.created)
        yield _link(NANOPUB, "dcterms:creator", PUBLISHER)
        yield _text(PUBLISHER, "foaf:name", self._release.creator)
        yield _link(NANOPUB, "dcterms:license", self._release.licence)
        yield _link(NANOPUB, "prov:wasDerivedFrom", self._release.version_iri)
        for triple in self._about[POEMKG]:
            if triple.predicate == _name("skos:scopeNote"):
                yield ox.Triple(ox.NamedNode(NANOPUB), triple.predicate, triple.object)
        yield _link(NANOPUB, "pav:createdWith", software)
        yield _link(software, "rdf:type", PREFIXES["prov"] + "SoftwareAgent")
        yield _text(software, "rdfs:label", f"poem-kg {__version__}")
        yield _text(software, "dcat:version", __version__)
        if self._signer is not None:
            yield _link(NANOPUB + "sig", "npx:signedBy", self._signer.agent)

    def _labels(self, triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
        """The labels of our terms that are named, so that a person can read the assertion."""
        terms = {t.predicate.value for t in triples}
        terms |= {_iri(t.object) for t in triples}
        for term in sorted(terms):
            if term.startswith(POEMKG):
                for triple in self._about[term]:
                    if triple.predicate == _name("rdfs:label"):
                        yield triple


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _name(curie: str) -> ox.NamedNode:
    prefix, _, local = curie.partition(":")
    return ox.NamedNode(_PREFIXES[prefix] + local)


def _link(subject: str, predicate: str, target: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), _name(predicate), ox.NamedNode(target))


def _text(subject: str, predicate: str, text: str, language: str | None = None) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), _name(predicate), ox.Literal(text, language=language))
