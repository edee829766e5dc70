"""The advice for every patient of the corpus is the approved one, to the letter.

The upper part of an approved file is what a clinician would notice, and is to be read when it
changes. The lower part counts the conclusions of each kind and has a digest of them: it changes
with anything that is concluded or told about where a conclusion comes from. Both are written anew
with POEM_KG_UPDATE_APPROVED=1, for the whole corpus at once.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Any

import pyoxigraph as ox
import pytest

from poem_kg.derivation import Derivation, derive
from poem_kg.namespaces import RDF
from poem_kg.validation import PatientValidator
from tests.cases.corpus.reading import HERE, Sample, samples
from tests.derivation.view import SIDES, View, knowledge, local, outline, viewed

APPROVED = HERE / "approved"
TYPE = ox.NamedNode(RDF + "type")
REFUSED = {
    "diagnosis-disputed",
    "dysfunction-disputed",
    "mimic-disputed",
    "records-of-two-days",
    "records-without-a-date-beside-dated",
    "study-swallow-without-position",
}
"""Patients that the shapes refuse, since two records contradict each other: nothing is concluded
from one of the two, should they get in."""


@cache
def derivation() -> Derivation:
    return derive(knowledge(), [t for sample in samples() for t in sample.triples])


@cache
def advice() -> Mapping[str, tuple[ox.Triple, ...]]:
    """Return the conclusions about each patient, by its IRI."""
    owners = {sample.iri.removesuffix("/patient") + "/": sample.iri for sample in samples()}
    found: dict[str, list[ox.Triple]] = defaultdict(list)
    # The conclusions are sorted, so those of one subject stand together.
    for node, triples in groupby(derivation().advice, key=lambda triple: str(triple.subject)):
        subject = node.strip("<>") + "/"
        (owner,) = {iri for start, iri in owners.items() if subject.startswith(start)}
        found[owner] += triples
    return {iri: tuple(triples) for iri, triples in found.items()}


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_the_advice_is_the_approved_one(sample: Sample) -> None:
    triples = advice()[sample.iri]
    told = viewed(knowledge(), replace(derivation(), advice=triples), sample.iri)
    found = "\n".join([*_noticed(told), "", *_counted(triples)]) + "\n"
    path = APPROVED / f"{sample.name}.txt"
    if os.environ.get("POEM_KG_UPDATE_APPROVED") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_every_approved_advice_belongs_to_a_patient() -> None:
    assert sorted(path.stem for path in APPROVED.iterdir()) == sorted(s.name for s in samples())
    assert len({sample.iri for sample in samples()}) == len(samples())


def test_every_patient_is_one_that_the_shapes_let_in() -> None:
    validator = PatientValidator(knowledge(), engine="shacl")
    refused = {s.name for s in samples() if not validator.validate(s.triples).conforms}
    assert refused == REFUSED


def _noticed(view: View) -> list[str]:
    """Return what a clinician would notice, some lines for each option."""
    told = outline(view)
    lines = [f"diagnosis {name} {status}" for name, status in view.diagnoses]
    for option in told["options"]:
        lines += _option(option)
    lines += [f"test {test}: {statement}" for test, statement in told["tests"]]
    lines += [f"question {criterion}" for criterion in told["questions"]]
    lines += [f"no statement {kind}: {term}" for kind, term in told["noStatement"]]
    lines += [f"notice {kind}: {subject} {applies}" for kind, subject, applies in told["notices"]]
    return lines


def _option(option: Mapping[str, Any]) -> list[str]:
    words = [option["rank"], option["therapy"], option["standing"], option["readiness"]]
    words += [f"inner {option['inner']}"] if option["inner"] else []
    words += [f"line {option['line']}"] if option["line"] else []
    words += [f"via {option['via']}"] if option["via"] else []
    lines = ["option " + " ".join(str(word) for word in words)]
    lines += [f"  {side}: {', '.join(option[side])}" for side in SIDES if option[side]]
    return lines + [f"  requires {requirement}" for requirement in option["requirements"]]


def _counted(triples: Iterable[ox.Triple]) -> list[str]:
    """Return each kind of conclusion with the number of its triples and their digest."""
    triples = list(triples)
    kinds = {t.subject: local(str(t.object).strip("<>")) for t in triples if _is_kind(t)}
    by_kind: dict[str, list[str]] = defaultdict(list)
    for triple in triples:
        by_kind[kinds.get(triple.subject, "other")].append(str(triple))
    return [
        f"{kind}: {len(lines)} triples {_digest(lines)}" for kind, lines in sorted(by_kind.items())
    ]


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:12]


def _is_kind(triple: ox.Triple) -> bool:
    return triple.predicate == TYPE and "/ontology/" in str(triple.object)
