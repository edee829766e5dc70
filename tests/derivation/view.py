"""Advice in a form that tests can read: local names, and only what a rule decides."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from poem_kg.advice import Conclusions
from poem_kg.derivation import Derivation, derive
from poem_kg.knowledge import Knowledge, load_knowledge
from poem_kg.model import Notice, Option, StatementReference
from poem_kg.namespaces import CRITERION, POEMKG, RDF
from tests.derivation.patients import Patient

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SIDES = ("for", "against", "cautions", "gaps", "outcomes")

POEM = "PerOralEndoscopicMyotomy"
HELLER = "LaparoscopicHellerMyotomy"
DILATION = "PneumaticDilation"
BOTULINUM = "BotulinumToxinInjection"
STOP_OPIOID = "OpioidDiscontinuation"

_TYPE = ox.NamedNode(RDF + "type")
_PATIENT = ox.NamedNode(POEMKG + "Patient")


@cache
def knowledge() -> Knowledge:
    """Return the knowledge of the checkout, loaded once."""
    return load_knowledge(ontology=ROOT / "ontology", queries=ROOT / "queries")


def changed_knowledge(folder: Path, *, files: dict[str, str]) -> Knowledge:
    """Return the knowledge of a copy of the ontology with text added to some of its files.

    Args:
        folder: an empty folder for the copy.
        files: text to add at the end, by file below `ontology/`.
    """
    copy = folder / "ontology"
    shutil.copytree(ROOT / "ontology", copy)
    for name, text in files.items():
        path = copy / name
        path.write_text((path.read_text() if path.exists() else "") + text)
    return load_knowledge(ontology=copy, queries=ROOT / "queries")


def local(iri: str | None) -> str:
    """Return the part of an IRI after the last slash, without the page's prefix."""
    return (iri or "").rsplit("/", 1)[-1].removeprefix("droracle2025-")


def read(path: Path) -> list[ox.Triple]:
    """Return the triples of a Turtle file."""
    return [q.triple for q in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)]


def example(name: str) -> list[ox.Triple]:
    """Return the triples of the example whose file name begins with a story, such as "S3a"."""
    (path,) = EXAMPLES.glob(f"{name}-*.ttl")
    return read(path)


@dataclass(frozen=True)
class View:
    """The conclusions about one patient, by local names.

    Attributes:
        options: by therapy, best first.
        questions: criteria, in the order in which to ask.
        tests: the tests to take first, with the statement that asks for each.
        no_statement: kind and term.
        notices: kind, statement or label, and whether it applies.
    """

    patient: str
    derivation: Derivation
    options: dict[str, Option]
    questions: list[str]
    tests: list[tuple[str, str]]
    no_statement: list[tuple[str, str]]
    notices: list[tuple[str, str, str]]
    diagnoses: list[tuple[str, str]]

    def readiness(self) -> dict[str, str]:
        """Return the readiness of each option."""
        return {name: option.readiness for name, option in self.options.items()}

    def standing(self) -> dict[str, str]:
        """Return the standing of each option, in their order."""
        return {name: option.standing for name, option in self.options.items()}

    def ranks(self) -> dict[str, int]:
        """Return the rank of each option, in their order."""
        return {name: option.rank for name, option in self.options.items()}

    def requirements(self, therapy: str) -> dict[str, tuple[str, str]]:
        """Return kind and state of each requirement of an option, by criterion."""
        return {local(r.criterion): (r.kind, r.state) for r in self.options[therapy].requirements}

    def of_kind(self, therapy: str, kind: str) -> dict[str, str]:
        """Return the state of each requirement of one kind, by criterion."""
        states = self.requirements(therapy)
        return {criterion: state for criterion, (k, state) in states.items() if k == kind}

    def said(self, therapy: str, side: str) -> dict[str, str]:
        """Return whether each statement on one side of an option applies, by statement."""
        return {local(r.statement): r.applies for r in references(self.options[therapy], side)}

    def noticed(self, kind: str) -> dict[str, str]:
        """Return whether each notice of a kind applies, by statement or label."""
        return {name: applies for k, name, applies in self.notices if k == kind}

    def truth(self, criterion: str) -> str:
        """Return whether a criterion is "met", "not met" or "unknown", by its local name."""
        node = ox.NamedNode(CRITERION + criterion)
        store, patient = self.derivation.store, ox.NamedNode(self.patient)
        held = {
            word
            for word, prop in (("met", "meets"), ("not met", "fails"))
            if any(store.quads_for_pattern(patient, ox.NamedNode(POEMKG + prop), node))
        }
        assert len(held) < 2, f"{criterion} is {held}"
        return held.pop() if held else "unknown"

    def silent_on(self, kind: str) -> set[str]:
        """Return the terms of one kind on which the sources are silent."""
        return {name for k, name in self.no_statement if k == kind}


def references(option: Option, side: str) -> Sequence[StatementReference]:
    """Return the statements on one side of an option: for, against, cautions, gaps, outcomes."""
    found: Sequence[StatementReference] = getattr(option, "for_" if side == "for" else side)
    return found


def see(
    patient: Patient | Iterable[ox.Triple],
    *,
    known: Knowledge | None = None,
    iri: str | None = None,
) -> View:
    """Derive for a patient and return what follows.

    Args:
        patient: a builder or triples.
        known: the knowledge, by default that of the checkout.
        iri: the patient to look at, where the graph holds several.
    """
    triples = patient.triples() if isinstance(patient, Patient) else list(patient)
    known = known or knowledge()
    return viewed(known, derive(known, triples), iri or _patient(triples))


def see_all(patients: Sequence[Patient], *, known: Knowledge | None = None) -> list[View]:
    """Derive for several patients at once, as a cohort is, and return what follows for each."""
    known = known or knowledge()
    derivation = derive(known, [t for patient in patients for t in patient.triples()])
    return [viewed(known, derivation, patient.iri.value) for patient in patients]


def outline(view: View) -> dict[str, Any]:
    """Return everything that a clinician would notice if it changed."""
    return {
        "options": [_option(view, name) for name in view.options],
        "tests": [list(t) for t in view.tests],
        "questions": view.questions,
        "noStatement": [list(n) for n in view.no_statement],
        "notices": [list(n) for n in view.notices],
    }


def viewed(known: Knowledge, derivation: Derivation, patient: str) -> View:
    """Return what a derivation says of one of its patients."""
    told = Conclusions(known, derivation, patient)
    return View(
        patient=patient,
        derivation=derivation,
        options={local(o.therapy): o for o in told.options()},
        questions=[local(q.criterion) for q in told.questions()],
        tests=[(local(t.test), local(t.statement)) for t in told.tests()],
        no_statement=[(n.kind, local(n.term)) for n in told.no_statement()],
        notices=[(n.kind, _subject(n), n.applies) for n in told.notices()],
        diagnoses=[(local(d.disorder), d.status) for d in told.diagnoses()],
    )


def _option(view: View, name: str) -> dict[str, Any]:
    option = view.options[name]
    governing = option.standings[0]
    return {
        "therapy": name,
        "rank": option.rank,
        "standing": option.standing,
        "inner": governing.inner,
        "line": option.line,
        "via": local(option.via) or None,
        "readiness": option.readiness,
        **{side: [_reference(r) for r in references(option, side)] for side in SIDES},
        "requirements": [f"{r.kind}: {local(r.criterion)} {r.state}" for r in option.requirements],
    }


def _reference(reference: StatementReference) -> str:
    words = [reference.claim or local(reference.statement)]
    if reference.via:
        words.append(f"via {local(reference.via)}")
    if reference.applies != "yes":
        words.append(f"({reference.applies})")
    if reference.indirect:
        words.append("indirect")
    return " ".join(words)


def _subject(notice: Notice) -> str:
    return local(notice.statement) if notice.statement else notice.label


def _patient(triples: Iterable[ox.Triple]) -> str:
    (found,) = {t.subject for t in triples if t.predicate == _TYPE and t.object == _PATIENT}
    assert isinstance(found, ox.NamedNode)
    return found.value
