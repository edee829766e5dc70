"""Every statement about patients shows for one patient and does not for another."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pyoxigraph as ox
import pytest

from poem_kg.namespaces import POEMKG, RDF
from tests.cases.usage import HERE, NEGATIVE, Case, cases, usage
from tests.derivation.view import ROOT, View, knowledge, local, read, references, see

SIDES = {
    "for": "for",
    "against": "against",
    "caution": "cautions",
    "gap": "gaps",
    "outcome": "outcomes",
}
# These are about a page, or are decisions of ours that change no advice by themselves.
NOT_ABOUT_PATIENTS = {"PageFact", "Interpretation"}
# These are about studies: tests/classification has a study for and against each of them.
ABOUT_STUDIES = {"StudyCaution", "StudyPattern"}
CASES = cases()


@cache
def view(path: str) -> View:
    return see(read(ROOT / path))


def seen(case: Case) -> View:
    return view(str(case.path))


@cache
def kinds() -> dict[str, frozenset[str]]:
    """Return the kinds of each statement of the ontology."""
    found: dict[str, set[str]] = defaultdict(set)
    for t in knowledge().ontology:
        if t.predicate.value == RDF + "type" and isinstance(t.subject, ox.NamedNode):
            found[t.subject.value].add(str(t.object).strip("<>").removeprefix(POEMKG))
    below = {
        t.subject.value.removeprefix(POEMKG)
        for t in knowledge().prepared
        if t.predicate.value == POEMKG + "isKindOf"
        and t.object == ox.NamedNode(POEMKG + "Statement")
        and isinstance(t.subject, ox.NamedNode)
    }
    return {s: frozenset(k & below) for s, k in found.items() if k & below}


def places(told: View, iri: str) -> set[tuple[str, str]]:
    """Return everywhere a statement shows in an advice, and with which details."""
    name = local(iri)
    found: set[tuple[str, str]] = set()
    for therapy, option in told.options.items():
        for shows, side in SIDES.items():
            for r in references(option, side):
                if r.statement == iri:
                    indirect = " indirect" if r.indirect else ""
                    found.add((shows, f"{therapy} {r.applies}{indirect}"))
                if r.via == iri:
                    found.add(("via", therapy))
        for asked in option.requirements:
            if iri in (asked.statement, *asked.also):
                found.add(("requirement", f"{therapy} {asked.kind} {asked.state}"))
    found |= {("test", test) for test, statement in told.tests if statement == name}
    found |= {("notice", f"{kind} {applies}") for kind, s, applies in told.notices if s == name}
    found |= {("noStatement", kind) for kind, term in told.no_statement if term == name}
    return found


@cache
def reported() -> frozenset[str]:
    """Return every IRI that a report, or a question without parameters, finds."""
    store = knowledge().store()
    found: set[str] = set()
    for path in sorted([*ROOT.glob("queries/report/*.rq"), *ROOT.glob("queries/ask/*.rq")]):
        text = path.read_text()
        if "#+ graph: knowledge" in text and isinstance(
            rows := store.query(text), ox.QuerySolutions
        ):
            found |= {term.value for row in rows for term in row if isinstance(term, ox.NamedNode)}
    return frozenset(found)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_statement_shows_where_the_case_says(case: Case) -> None:
    assert case.iri in kinds(), "no such statement"
    if case.shows == "report":
        assert case.iri in reported()
    elif case.shows == "absent":
        assert places(seen(case), case.iri) == set()
    elif case.shows.endswith("question"):
        asked = case.detail in seen(case).questions
        assert asked == (case.shows == "question")
    else:
        assert (case.shows, case.detail) in places(seen(case), case.iri)


def test_every_statement_about_patients_has_a_case_for_and_one_against() -> None:
    positive = {case.iri for case in CASES if case.shows not in NEGATIVE}
    negative = {case.iri for case in CASES if case.shows in NEGATIVE}
    about_patients = {s for s, k in kinds().items() if k - NOT_ABOUT_PATIENTS - ABOUT_STUDIES}
    assert about_patients - positive == set()
    assert about_patients - negative == set()


def test_every_kind_of_statement_has_a_case() -> None:
    exercised = {kind for case in CASES for kind in kinds()[case.iri]}
    used = {kind for kinds_of_one in kinds().values() for kind in kinds_of_one}
    assert used - exercised == ABOUT_STUDIES


def test_every_claim_of_the_page_is_used_by_a_case() -> None:
    claims = {
        t.object.value: t.subject.value
        for t in knowledge().ontology
        if t.predicate.value == POEMKG + "claim"
        and isinstance(t.object, ox.Literal)
        and isinstance(t.subject, ox.NamedNode)
    }
    assert sorted(claims) == [f"C{number:02}" for number in range(1, 77)]
    used = {str(t.subject).strip("<>") for t in usage()}
    assert {claim for claim, statement in claims.items() if statement not in used} == set()


def test_the_report_of_claims_names_a_case_for_each() -> None:
    store = knowledge().store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in usage())
    rows = store.query((ROOT / "queries/report/claim-coverage.rq").read_text())
    assert isinstance(rows, ox.QuerySolutions)
    covered: dict[str, bool] = {}
    for row in rows:
        claim = row["claim"]
        assert isinstance(claim, ox.Literal)
        covered[claim.value] = covered.get(claim.value, False) or row["case"] is not None
    assert len(covered) == 76
    assert [claim for claim, found in covered.items() if not found] == []


def test_every_patient_of_the_cases_is_used() -> None:
    used = {case.path.stem for case in CASES if case.patient != "-"}
    assert {path.stem for path in (HERE / "patients").glob("*")} <= used
    assert len(CASES) == 338
