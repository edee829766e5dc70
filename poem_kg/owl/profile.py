"""OWL 2 DL profile violations from the OWL API 3.4.3; runs inside `poem_kg.owl.worker`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_TAIL = re.compile(r"[\s\[]*(null)?( in (OntologyID\(.*)?)?\]?\s*\Z", re.DOTALL)


class _Violation(NamedTuple):
    kind: str
    text: str
    axiom: str
    declaration: bool


def violations(java: Any, document: str) -> list[str]:
    """Return the violations of one ontology document, a line each, sorted.

    Args:
        java: how a Java class is found by its name.
        document: a file in RDF/XML.
    """
    manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(java("java.io.File")(document))
    report = java("org.semanticweb.owlapi.profiles.OWL2DLProfile")().checkOntology(ontology)
    found = {_violation(violation) for violation in report.getViolations()}
    found |= set(_foreign_datatypes(java, ontology))
    # 3.4.3 names a pun once more for each declaration; once for its uses is enough.
    used = {(v.kind, v.text) for v in found if not v.declaration}
    kept = (v for v in found if not v.declaration or (v.kind, v.text) not in used)
    return sorted(f"{v.kind}: {v.text}" + (f" in {v.axiom}" if v.axiom else "") for v in kept)


def _violation(violation: Any) -> _Violation:
    """The parts of a violation; the text of 3.4.3 repeats the axiom and the ontology in it."""
    axiom = violation.getAxiom()
    shown = "" if axiom is None else str(axiom)
    text = str(violation)
    head = text.partition(shown)[0] if shown else text
    return _Violation(
        str(violation.getClass().getSimpleName()),
        _line(_TAIL.sub("", head)),
        _line(shown),
        shown.startswith("Declaration("),
    )


def _foreign_datatypes(java: Any, ontology: Any) -> Iterator[_Violation]:
    """Uses of datatypes outside OWL 2's datatype map (xsd:date ...), which 3.4.3 lets pass.

    OWL 2 Structural Specification, 4 and 5.2; the same findings as the OWL API 5 has.
    """
    known = java("org.semanticweb.owlapi.vocab.OWL2Datatype")
    for datatype in ontology.getDatatypesInSignature():
        if known.isBuiltIn(datatype.getIRI()) or str(datatype.getIRI()).endswith("#langString"):
            continue
        name = _line(str(datatype))
        for axiom in ontology.getReferencingAxioms(datatype):
            if not axiom.isLogicalAxiom():
                continue
            shown = _line(str(axiom))
            if not ontology.isDeclared(datatype):
                yield _Violation(
                    "UseOfUndeclaredDatatype", f"Use of undeclared datatype: {name}", shown, False
                )
            if f"^^{name}" in shown:
                yield _Violation(
                    "UseOfDefinedDatatypeInLiteral",
                    f"Use of a literal outside the datatype map: {name}",
                    shown,
                    False,
                )


def _line(text: str) -> str:
    return " ".join(text.split())
