"""HermiT on many small ontologies in one Java, in a process of its own.

`python -m tests.classification.hermit_worker` reads one JSON request on its standard input
(`library`, `classpath`, `options`, and `asked`: pairs of a file in RDF/XML and IRIs of classes)
and writes, for each pair, the IRIs of the members of each class.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any


def members(java: Any, document: str, classes: Sequence[str]) -> list[list[str]]:
    """Return the individuals that HermiT puts into each class."""
    manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(java("java.io.File")(document))
    engine = java("org.semanticweb.HermiT.Reasoner")(
        java("org.semanticweb.HermiT.Configuration")(), ontology
    )
    iri, factory = java("org.semanticweb.owlapi.model.IRI"), manager.getOWLDataFactory()
    engine.precomputeInferences(
        java("org.semanticweb.owlapi.reasoner.InferenceType").CLASS_ASSERTIONS
    )
    return [
        [
            str(individual.getIRI())
            for individual in engine.getInstances(
                factory.getOWLClass(iri.create(name)), False
            ).getFlattened()
        ]
        for name in classes
    ]


def main() -> None:
    """Answer the one request on the standard input."""
    import jpype

    request = json.load(sys.stdin)
    jpype.startJVM(
        *request["options"],
        "--enable-native-access=ALL-UNNAMED",
        jvmpath=request["library"],
        classpath=request["classpath"],
    )
    json.dump([members(jpype.JClass, *asked) for asked in request["asked"]], sys.stdout)


if __name__ == "__main__":
    main()
