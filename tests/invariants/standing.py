"""Invariants on standing: which therapies are options, in which order, and by what right."""

from __future__ import annotations

from tests.derivation.view import DILATION, HELLER, POEM, STOP_OPIOID
from tests.invariants.facts import Facts, above
from tests.invariants.outcome import Argument, Outcome
from tests.invariants.registry import invariant

DYSFUNCTION = "OpioidInducedOesophagealDysfunction"
SCOPE = "OesophagealMotilityDisorder"
ORDER = ("lineStanding", "preferredStanding", "optionStanding", "conditionalStanding")
SILENT = ("HypercontractileOesophagus", "IneffectiveOesophagealMotility")
SUDDEN_STOP = "fda2019-1"


@invariant
def a_line_outranks_subtype_statements(facts: Facts, told: Outcome) -> bool | None:
    """Where opioid-induced dysfunction is present, an option that has a line stands by it, and
    ranks before every option that has none."""
    if not facts.only(DYSFUNCTION, "present"):
        return None
    lined = [o for o in told.options.values() if any(_in_line(a) for a in o.arguments)]
    others = [o for o in told.options.values() if o not in lined]
    standing = all(o.standing == "lineStanding" and o.disorder == DYSFUNCTION for o in lined)
    before = all(first.rank < second.rank for first in lined for second in others)
    return len(lined) == 3 and standing and before


def _in_line(argument: Argument) -> bool:
    return argument.standing == "lineStanding"


@invariant
def what_a_line_outranks_waits_for_the_lines(facts: Facts, told: Outcome) -> bool | None:
    """Where opioid-induced dysfunction is present, an option without a line requires every line
    to be passed."""
    outranked = [o for o in told.options.values() if o.standing != "lineStanding"]
    if not facts.only(DYSFUNCTION, "present") or not outranked:
        return None
    return all(sum(r.kind == "lineGate" for r in o.requirements) == 3 for o in outranked)


@invariant
def in_type_iii_poem_is_preferred_and_heller_ranks_below(
    facts: Facts, told: Outcome
) -> bool | None:
    """Where type III is present and opioid-induced dysfunction absent, POEM is preferred and
    Heller ranks below it, whatever the readiness."""
    if not facts.only("AchalasiaTypeIII", "present") or not facts.only(DYSFUNCTION, "absent"):
        return None
    poem, heller = told.options.get(POEM), told.options.get(HELLER)
    if poem is None or heller is None:
        return False
    return poem.standing == "preferredStanding" and poem.rank < heller.rank


@invariant
def in_type_iii_dilation_is_no_option(facts: Facts, told: Outcome) -> bool | None:
    """Where type III is present and no other disorder is recorded, pneumatic dilation is no option
    and the advice says that the sources are silent on it."""
    scope = [e for e in facts.latest if e.concept != DYSFUNCTION and _scoped(e.concept)]
    if not facts.only("AchalasiaTypeIII", "present"):
        return None
    if any(e.status == "provisional" for e in scope):
        return None
    return DILATION not in told.options and ("therapy", DILATION) in told.silent


def _scoped(concept: str) -> bool:
    return SCOPE in above(concept)


@invariant
def ranks_follow_standing_line_and_inner_standing(facts: Facts, told: Outcome) -> bool | None:
    """Options rank by standing, line and inner standing alone, without a gap and with ties
    sharing a rank; readiness never reorders."""
    if not told.options:
        return None
    keys = {
        o.therapy: (ORDER.index(o.standing), int(o.line or 0), ORDER.index(o.inner))
        for o in told.options.values()
    }
    dense = {key: rank for rank, key in enumerate(sorted(set(keys.values())), 1)}
    return all(o.rank == dense[keys[o.therapy]] for o in told.options.values())


@invariant
def treat_as_makes_an_option_conditional(facts: Facts, told: Outcome) -> bool | None:
    """What came only through treat-as is conditional, and only that is; an argument that may not
    apply does not count beside one that does."""
    if not told.options:
        return None
    for option in told.options.values():
        certain = [a for a in option.arguments if a.applies == "met"] or option.arguments
        only = all(argument.via for argument in certain)
        if only != (option.standing == "conditionalStanding"):
            return False
    return True


@invariant
def treat_as_keeps_estimates_indirect(facts: Facts, told: Outcome) -> bool | None:
    """An estimate beside an option that came only through treat-as is indirect, and never shown
    as applying to the patient."""
    options = [o for o in told.options.values() if all(a.via for a in o.arguments)]
    options = [o for o in options if not facts.present("Achalasia")]
    notes = [n for o in options for n in o.notes if n.role == "outcomeRole"]
    return all(n.indirect and n.applies != "met" for n in notes) if notes else None


@invariant
def absent_contractility_needs_a_judgement(facts: Facts, told: Outcome) -> bool | None:
    """Absent contractility alone brings no option unless it was deemed achalasia; the advice says
    that no statement applies."""
    disorders = [e for e in facts.latest if _scoped(e.concept) and e.status != "absent"]
    lone = {e.concept for e in disorders} == {"AbsentContractility"}
    if not lone or not facts.only("AbsentContractility", "present"):
        return None
    open_line = facts.present("OpioidUse") or facts.provisional("OpioidUse")
    if facts.present("DeemedAchalasia") or open_line:
        return None
    return not told.options and ("disorder", "AbsentContractility") in told.silent


@invariant
def a_disorder_without_statement_says_so(facts: Facts, told: Outcome) -> bool | None:
    """A recorded disorder on which the sources offer no therapy is named as one without
    statement."""
    there = [name for name in SILENT if any(e.concept == name for e in facts.told(name, "present"))]
    return all(("disorder", name) in told.silent for name in there) if there else None


@invariant
def without_a_disorder_there_is_no_option(facts: Facts, told: Outcome) -> bool | None:
    """Where no motility disorder is recorded or suspected and no opioid is in use, there is no
    option."""
    scoped = facts.present(SCOPE) or facts.provisional(SCOPE)
    if scoped or facts.present("OpioidUse") or facts.provisional("OpioidUse"):
        return None
    return not told.options


@invariant
def an_option_is_no_silence(facts: Facts, told: Outcome) -> bool | None:
    """No therapy is both an option and one on which the sources are said to be silent."""
    if not told.options:
        return None
    return not any(("therapy", name) in told.silent for name in told.options)


@invariant
def stopping_an_opioid_comes_with_its_caution(facts: Facts, told: Outcome) -> bool | None:
    """Wherever stopping an opioid is an option, the caution that sudden stopping can harm stands
    beside it."""
    option = told.options.get(STOP_OPIOID)
    if option is None:
        return None
    return any(n.statement == SUDDEN_STOP and n.role == "cautionRole" for n in option.notes)
