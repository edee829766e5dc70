"""Invariants on grounds: what conclusions rest on, what may not decide, and what is asked."""

from __future__ import annotations

from functools import cache

from poem_kg.namespaces import POEMKG
from tests.derivation.view import POEM, knowledge
from tests.generated.contradictions import local
from tests.invariants.facts import Facts
from tests.invariants.outcome import Option, Outcome
from tests.invariants.registry import invariant

ASKED = ("counsellingGate", "diagnosisGate", "lineGate", "operatorGate", "siteGate", "testGate")
"""Kinds of requirement that are asked for by themselves; an exclusion may be by its members."""


@cache
def _typed(name: str) -> frozenset[str]:
    return frozenset(
        local(t.subject)
        for t in knowledge().ontology
        if t.predicate.value.endswith("#type") and local(t.object) == name
    )


@cache
def _sourced() -> frozenset[str]:
    """Statements with a source, or that are a named decision of ours."""
    sourced = {
        local(t.subject)
        for t in knowledge().ontology
        if t.predicate.value == POEMKG + "source" and str(t.object)
    }
    return frozenset(sourced) | _typed("Interpretation")


@cache
def _gap_conditions() -> frozenset[str]:
    """What evidence gaps alone ask about: present or absent, it must decide nothing."""
    gaps = _typed("EvidenceGap")
    return frozenset(
        local(t.object)
        for t in knowledge().ontology
        if t.predicate.value == POEMKG + "when" and local(t.subject) in gaps
    )


@invariant
def an_evidence_gap_never_blocks(facts: Facts, told: Outcome) -> bool | None:
    """No requirement comes from an evidence gap or asks about what only a gap asks about, so a gap
    never blocks by itself."""
    if not told.options:
        return None
    gaps = _typed("EvidenceGap")
    return not any(
        r.criterion in _gap_conditions() or gaps & set(r.statements)
        for o in told.options.values()
        for r in o.requirements
    )


@invariant
def an_evidence_gap_shows(facts: Facts, told: Outcome) -> bool | None:
    """Where POEM is an option in type I or II and one of the findings on which data are lacking is
    recorded, the gap stands beside it."""
    option = told.options.get(POEM)
    if option is None or not facts.present("AchalasiaTypeI", "AchalasiaTypeII"):
        return None
    gaps = {
        "AdvancedOesophagealDilation": "droracle2025-C12",
        "SigmoidOesophagus": "droracle2025-C13",
        "EpiphrenicDiverticulum": "droracle2025-C14",
        "HiatalHernia": "droracle2025-C15",
    }
    expected = {gap for finding, gap in gaps.items() if facts.present(finding)}
    shown = {n.statement for n in option.notes if n.role == "gapRole"}
    return expected <= shown if expected else None


@invariant
def nothing_is_without_source(facts: Facts, told: Outcome) -> bool | None:
    """Every statement behind a conclusion has a source or is a named interpretation, and no
    option, argument, requirement, test or note is without a statement."""
    return not told.bare and told.statements <= _sourced()


@invariant
def every_argument_rests_on_a_record(facts: Facts, told: Outcome) -> bool | None:
    """Every option has an argument, and every argument rests on a record."""
    if not told.options:
        return None
    return all(o.arguments and all(a.rests for a in o.arguments) for o in told.options.values())


@invariant
def what_was_entered_in_error_is_behind_nothing(facts: Facts, told: Outcome) -> bool | None:
    """No conclusion rests on a record that was entered in error."""
    mistaken = _numbers(facts, "enteredInError")
    return not (mistaken & _rested(told)) if mistaken else None


@invariant
def a_provisional_record_never_makes_ready(facts: Facts, told: Outcome) -> bool | None:
    """An option is ready only by an argument that rests on no provisional record, and no met
    requirement of it rests on provisional records alone."""
    provisional = _numbers(facts, "provisional")
    if not provisional or not told.options:
        return None
    return all(
        _firm(option, provisional)
        for option in told.options.values()
        if option.readiness == "ready"
    )


def _firm(option: Option, provisional: set[str]) -> bool:
    firm = [a for a in option.arguments if not provisional & _ends(a.rests)]
    needs = (_ends(r.rests) for r in option.requirements if r.state == "met")
    return bool(firm) and all(not rests or rests - provisional for rests in needs)


@invariant
def a_provisional_argument_leaves_it_open(facts: Facts, told: Outcome) -> bool | None:
    """An argument that rests on a provisional record never applies for certain."""
    provisional = _numbers(facts, "provisional")
    weak = [
        argument
        for option in told.options.values()
        for argument in option.arguments
        if provisional & _ends(argument.rests)
    ]
    return all(argument.applies == "unknown" for argument in weak) if weak else None


@invariant
def what_is_unknown_is_asked(facts: Facts, told: Outcome) -> bool | None:
    """Each unknown diagnosis, line, test, operator, site or counselling requirement of an option is
    a question, and an unknown exclusion is a question by itself or by its members."""
    waiting = [
        (option.therapy, requirement)
        for option in told.options.values()
        for requirement in option.requirements
        if requirement.state == "unknown" and requirement.kind in (*ASKED, "exclusionGate")
    ]
    if not waiting:
        return None
    decided = frozenset[str]().union(*told.questions.values())
    return all(
        r.criterion in told.questions if r.kind in ASKED else therapy in decided
        for therapy, r in waiting
    )


@invariant
def nothing_that_is_known_is_asked(facts: Facts, told: Outcome) -> bool | None:
    """No question asks for a requirement that is met."""
    states = {r.criterion: r.state for o in told.options.values() for r in o.requirements}
    if not told.questions:
        return None
    return all(states.get(criterion) != "met" for criterion in told.questions)


@invariant
def every_advice_carries_its_disclaimer(facts: Facts, told: Outcome) -> bool | None:
    """Every advice carries the disclaimer and the page's own word that its review is pending."""
    kinds = {kind for kind, _, _ in told.notices}
    return {"disclaimerNotice", "reviewNotice"} <= kinds


@invariant
def what_was_done_is_said(facts: Facts, told: Outcome) -> bool | None:
    """An option whose therapy was done before carries the notice that it was."""
    done = {name for name in told.options if facts.done(name)}
    noticed = {about for kind, about, _ in told.notices if kind == "alreadyDoneNotice"}
    return done <= noticed if done else None


def _numbers(facts: Facts, status: str) -> set[str]:
    """The ends of the IRIs of the records with a status, as the builder numbers them."""
    records = [e for e in facts.entries if e.concept not in ("age", "birthYear")]
    return {f"record-{n}" for n, e in enumerate(records, 1) if e.status == status}


def _ends(rests: tuple[str, ...]) -> set[str]:
    return {iri.rsplit("/", 1)[-1] for iri in rests}


def _rested(told: Outcome) -> set[str]:
    rests: set[str] = set()
    for option in told.options.values():
        rests.update(*(_ends(r.rests) for r in option.requirements))
        rests.update(*(_ends(a.rests) for a in option.arguments))
        rests.update(*(_ends(n.rests) for n in option.notes))
    for _, _, records in told.notices:
        rests |= _ends(records)
    return rests
