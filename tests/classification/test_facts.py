"""What a pattern that is met rests on: every fact is needed, and they are enough."""

from __future__ import annotations

from functools import cache

import pyoxigraph as ox
import pytest

from poem_kg.namespaces import POEMKG, RDF
from tests.classification.generate import complete_studies, summarised
from tests.classification.oracle import expected
from tests.classification.readings import Result, results
from tests.classification.studies import Study, recorded
from tests.derivation.patients import CASE

STUDIES = complete_studies()
PATTERNS = sorted(expected(STUDIES[0]))
HAS_SWALLOW = POEMKG + "hasSwallow"
WHOLE, ALONE = "the whole study", "its facts alone"


@cache
def told(pattern: str, form: str) -> tuple[str, list[ox.Triple]]:
    """Return a study that meets a pattern by its name, told by swallows or by shares."""
    study: Study = next(study for study in STUDIES if expected(study)[pattern])
    return study.name, recorded(summarised(study) if form == "shares" else study)


@cache
def said(form: str) -> dict[tuple[str, str], Result]:
    """Return what is said by patient and pattern, from one derivation for all the studies."""
    studies = dict(told(pattern, form) for pattern in PATTERNS)
    found = results(t for triples in studies.values() for t in triples)
    return {(r.patient.removeprefix(CASE), r.pattern): r for r in found}


def meeting(pattern: str, form: str) -> tuple[list[ox.Triple], Result]:
    """Return a study that meets a pattern, and what is said of it."""
    name, triples = told(pattern, form)
    result = said(form)[name, pattern]
    assert result.truth
    return triples, result


def without_a_fact(pattern: str, form: str) -> dict[str, list[ox.Triple]]:
    """Return the study as it is, and without each fact by the name of that fact."""
    triples, result = meeting(pattern, form)
    graphs = {WHOLE: triples}
    for fact in result.facts:
        node = ox.NamedNode(fact)
        graphs[fact] = [t for t in triples if node not in (t.subject, t.object)]
    return graphs


def facts_alone(pattern: str, form: str) -> list[ox.Triple]:
    """Return of the study the facts and its swallows."""
    triples, result = meeting(pattern, form)
    kept = {ox.NamedNode(fact) for fact in result.facts}
    kept |= {t.object for t in triples if t.predicate.value == HAS_SWALLOW}  # type: ignore[misc]
    patient = ox.NamedNode(result.patient)
    return [
        t
        for t in triples
        if t.subject in kept
        or (t.subject == patient and (t.object in kept or t.predicate.value == RDF + "type"))
    ]


@cache
def still_met(form: str) -> set[tuple[str, str]]:
    """Return of which patterns what is left of the study meets it, by the name of what is left.

    One derivation is asked about all: each graph has a patient, and records, named after it.
    """
    graphs: dict[tuple[str, str], list[ox.Triple]] = {}
    for pattern in PATTERNS:
        graphs |= {(pattern, left): g for left, g in without_a_fact(pattern, form).items()}
        graphs[pattern, ALONE] = facts_alone(pattern, form)
    named = {str(number): key for number, key in enumerate(graphs)}
    triples = [renamed(t, f"{CASE}{number}/") for number in named for t in graphs[named[number]]]
    found = ((named[r.patient.removeprefix(CASE).split("/")[0]], r) for r in results(triples))
    return {(pattern, left) for (pattern, left), r in found if r.truth and r.pattern == pattern}


def renamed(triple: ox.Triple, start: str) -> ox.Triple:
    """Return a triple with another start of the names of patients and their records."""
    subject, value = triple.subject, triple.object
    assert isinstance(subject, ox.NamedNode)
    if isinstance(value, ox.NamedNode):
        value = ox.NamedNode(value.value.replace(CASE, start))
    return ox.Triple(ox.NamedNode(subject.value.replace(CASE, start)), triple.predicate, value)


@pytest.mark.parametrize("form", ["swallows", "shares"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_without_any_one_of_its_facts_the_pattern_is_not_met(pattern: str, form: str) -> None:
    graphs = without_a_fact(pattern, form)
    assert len(graphs) > 1
    assert [left for left in graphs if (pattern, left) in still_met(form)] == [WHOLE]


@pytest.mark.parametrize("form", ["swallows", "shares"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_its_facts_alone_with_the_swallows_of_the_study_meet_it(pattern: str, form: str) -> None:
    assert len(facts_alone(pattern, form)) < len(meeting(pattern, form)[0])
    assert (pattern, ALONE) in still_met(form)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_facts_are_records_of_the_patient(pattern: str) -> None:
    triples, result = meeting(pattern, "swallows")
    own = {str(t.object).strip("<>") for t in triples if t.predicate.value.endswith("hasRecord")}
    assert result.facts <= own


def test_the_study_is_among_the_facts() -> None:
    for pattern in PATTERNS:
        result = meeting(pattern, "shares")[1]
        assert result.study in result.facts
