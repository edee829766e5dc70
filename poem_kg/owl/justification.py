"""Why an ontology contradicts itself, or a class can have no member: the fewest axioms that do it.

Runs inside `poem_kg.owl.worker`, beside HermiT. A justification is a set of axioms from which the
fault follows and from no part of which it does (Kalyanpur, Parsia, Horridge and Sirin, "Finding
all justifications of OWL DL entailments", 2007). The axioms are divided and tried with the
reasoner as a black box (Junker, "QuickXplain", 2004), so that few of the trials are large ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

INCONSISTENT = ""
"""The key, among the reasons, of the ontology as a whole."""

_MODULE = "uk.ac.manchester.cs.owlapi.modularity.SyntacticLocalityModuleExtractor"


class _OutOfTime(Exception):
    """The reasons took longer than they may."""


def judge(java: Any, document: str, *, seconds: float) -> dict[str, Any]:
    """Return what HermiT says of one ontology document, and the reasons for what is wrong.

    Args:
        java: how a Java class is found by its name.
        document: a file in RDF/XML.
        seconds: how long reasons are looked for; those that were not found by then are missing.

    Returns:
        `consistent`; `unsatisfiable`, IRIs of classes; `reasons`, from such an IRI, or from
        `INCONSISTENT`, to the axioms of one justification as OWL API writes them, sorted.
    """
    manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(java("java.io.File")(document))
    engine = _engine(java, ontology)
    search = _Search(java, ontology, time.monotonic() + seconds)
    if not engine.isConsistent():
        return {
            "consistent": False,
            "unsatisfiable": [],
            "reasons": search.reasons({INCONSISTENT: None}),
        }
    nothing = engine.getUnsatisfiableClasses().getEntitiesMinusBottom()
    classes = {str(c.getIRI()): c for c in nothing}
    # The class that stands for a document that was read at all is no finding.
    real = {iri: c for iri, c in sorted(classes.items()) if not iri.startswith("urn:poem-kg:")}
    return {
        "consistent": True,
        "unsatisfiable": sorted(classes),
        "reasons": search.reasons(real),
    }


def _engine(java: Any, ontology: Any) -> Any:
    configuration = java("org.semanticweb.HermiT.Configuration")()
    return java("org.semanticweb.HermiT.Reasoner")(configuration, ontology)


class _Search:
    """The search for justifications in one ontology, until a time."""

    def __init__(self, java: Any, ontology: Any, end: float) -> None:
        self._java = java
        self._managers = java("org.semanticweb.owlapi.apibinding.OWLManager")
        self._manager = ontology.getOWLOntologyManager()
        self._ontology = ontology
        self._definitions = ontology.getAxioms(
            java("org.semanticweb.owlapi.model.AxiomType").DATATYPE_DEFINITION
        )
        self._end = end
        self._known: dict[str, list[Any]] = {}

    def reasons(self, faults: dict[str, Any]) -> dict[str, list[str]]:
        """Return a justification for each fault: IRI to class, or `INCONSISTENT` to None."""
        try:
            for iri in faults:
                self._find(iri, faults, ())
        except _OutOfTime:
            pass
        return {iri: sorted(_text(axiom) for axiom in found) for iri, found in self._known.items()}

    def _find(self, iri: str, faults: dict[str, Any], below: tuple[str, ...]) -> None:
        """Find the reason for one class, from that of a superclass where it has a faulty one."""
        if iri in self._known or iri in below:
            return
        subject = faults[iri]
        if subject is None:
            candidates = self._sorted(self._ontology.getLogicalAxioms())
        else:
            candidates = self._from_superclass(iri, faults, below) or self._module(subject)
        found = _minimal(candidates, lambda axioms: self._faulty(axioms, subject))
        used = {datatype for axiom in found for datatype in axiom.getDatatypesInSignature()}
        defined = [axiom for axiom in self._definitions if axiom.getDatatype() in used]
        self._known[iri] = [*found, *(axiom for axiom in defined if axiom not in found)]

    def _from_superclass(
        self, iri: str, faults: dict[str, Any], below: tuple[str, ...]
    ) -> list[Any]:
        for axiom in self._sorted(self._ontology.getSubClassAxiomsForSubClass(faults[iri])):
            parent = axiom.getSuperClass()
            name = "" if parent.isAnonymous() else str(parent.asOWLClass().getIRI())
            if name in faults and name not in (iri, *below):
                self._find(name, faults, (*below, iri))
                if name in self._known:
                    return [axiom, *self._known[name]]
        return []

    def _module(self, subject: Any) -> list[Any]:
        """Return the axioms that bear on a class: all that its justifications are made of.

        A module for syntactic bottom-locality keeps every entailment about the class (Cuenca
        Grau and others, "Modular reuse of ontologies", 2008).
        """
        axioms = self._java("java.util.HashSet")(self._ontology.getLogicalAxioms())
        types = self._java("uk.ac.manchester.cs.owlapi.modularity.ModuleType")
        extractor = self._java(_MODULE)(self._manager, None, axioms, types.BOT)
        signature = self._java("java.util.HashSet")()
        signature.add(subject)
        return self._sorted(a for a in extractor.extract(signature) if a.isLogicalAxiom())

    def _faulty(self, axioms: Sequence[Any], subject: Any) -> bool:
        if time.monotonic() > self._end:
            raise _OutOfTime
        # A datatype that is used and not defined is refused, so definitions are always there.
        chosen = self._java("java.util.HashSet")(self._definitions)
        for axiom in axioms:
            chosen.add(axiom)
        ontology = self._managers.createOWLOntologyManager().createOntology(chosen)
        engine = _engine(self._java, ontology)
        if subject is None:
            return not engine.isConsistent()
        return not engine.isSatisfiable(subject)

    def _sorted(self, axioms: Any) -> list[Any]:
        """Axioms in the order of their texts, so that every run finds the same reason."""
        return sorted(axioms, key=str)


def _minimal(candidates: Sequence[Any], faulty: Callable[[Sequence[Any]], bool]) -> list[Any]:
    """Return a smallest part of the candidates that is faulty; they are so as a whole."""

    def search(fixed: Sequence[Any], rest: Sequence[Any], grown: bool) -> list[Any]:
        if grown and faulty(fixed):
            return []
        if len(rest) == 1:
            return list(rest)
        half = len(rest) // 2
        left, right = rest[:half], rest[half:]
        from_right = search([*fixed, *left], right, True)
        from_left = search([*fixed, *from_right], left, bool(from_right))
        return [*from_left, *from_right]

    return search([], candidates, False) if candidates else []


def _text(axiom: Any) -> str:
    return " ".join(str(axiom).split())
