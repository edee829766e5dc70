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

STUDIES = complete_studies()
PATTERNS = sorted(expected(STUDIES[0]))
HAS_SWALLOW = POEMKG + "hasSwallow"


@cache
def meeting(pattern: str, form: str) -> tuple[list[ox.Triple], Result]:
    """Return a study that meets a pattern, told by swallows or by shares, and what is said."""
    study: Study = next(study for study in STUDIES if expected(study)[pattern])
    triples = recorded(summarised(study) if form == "shares" else study)
    (result,) = [r for r in results(triples) if r.pattern == pattern]
    assert result.truth
    return triples, result


def still_met(triples: list[ox.Triple], pattern: str) -> bool:
    return any(r.truth for r in results(triples) if r.pattern == pattern)


@pytest.mark.parametrize("form", ["swallows", "shares"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_without_any_one_of_its_facts_the_pattern_is_not_met(pattern: str, form: str) -> None:
    triples, result = meeting(pattern, form)
    assert result.facts
    for fact in map(ox.NamedNode, result.facts):
        left = [t for t in triples if fact not in (t.subject, t.object)]
        assert not still_met(left, pattern), fact


@pytest.mark.parametrize("form", ["swallows", "shares"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_its_facts_alone_with_the_swallows_of_the_study_meet_it(pattern: str, form: str) -> None:
    triples, result = meeting(pattern, form)
    kept = {ox.NamedNode(fact) for fact in result.facts}
    kept |= {t.object for t in triples if t.predicate.value == HAS_SWALLOW}  # type: ignore[misc]
    patient = ox.NamedNode(result.patient)
    alone = [
        t
        for t in triples
        if t.subject in kept
        or (t.subject == patient and (t.object in kept or t.predicate.value == RDF + "type"))
    ]
    assert len(alone) < len(triples)
    assert still_met(alone, pattern)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_facts_are_records_of_the_patient(pattern: str) -> None:
    triples, result = meeting(pattern, "swallows")
    own = {str(t.object).strip("<>") for t in triples if t.predicate.value.endswith("hasRecord")}
    assert result.facts <= own


def test_the_study_is_among_the_facts() -> None:
    for pattern in PATTERNS:
        result = meeting(pattern, "shares")[1]
        assert result.study in result.facts
