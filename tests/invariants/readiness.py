"""Invariants on readiness: what has to be there, and what must not be there, for `ready`."""

from __future__ import annotations

from tests.derivation.patients import COUNSELLING, LISTED_MIMICS
from tests.derivation.view import BOTULINUM, DILATION, HELLER, POEM, STOP_OPIOID
from tests.invariants.facts import Facts, dates
from tests.invariants.outcome import Option, Outcome
from tests.invariants.registry import invariant

ACHALASIA_THERAPIES = frozenset((POEM, HELLER, DILATION, BOTULINUM))
CUTS_OR_STRETCHES = [*sorted(ACHALASIA_THERAPIES), "AchalasiaTherapy"]
NO_OBSTRUCTION = "NoMechanicalObstruction"
ORDER = ("withheld", "blocked", "needsInformation", "needsAction", "ready")


def achalasia_options(told: Outcome) -> list[Option]:
    """Return the options that are achalasia therapies."""
    return [o for name, o in told.options.items() if name in CUTS_OR_STRETCHES]


def none_ready(options: list[Option]) -> bool | None:
    """Return whether no option is ready, or None where there is no option."""
    return all(o.readiness != "ready" for o in options) if options else None


@invariant
def a_mimic_that_is_present_withholds(facts: Facts, told: Outcome) -> bool | None:
    """Where a mimic is recorded as present or was found by a test, every achalasia therapy is
    withheld."""
    if not facts.present("AchalasiaMimic") and not facts.found("AchalasiaMimic"):
        return None
    options = achalasia_options(told)
    return all(o.readiness == "withheld" for o in options) if options else None


@invariant
def a_suspected_mimic_holds_back(facts: Facts, told: Outcome) -> bool | None:
    """No achalasia therapy is ready while a mimic is provisional, unless a later record denies
    it."""
    suspected = facts.told("AchalasiaMimic", "provisional")
    open_ones = [
        e
        for e in suspected
        if not e.date or not any(later > e.date for later in dates(facts.denied(e.concept)))
    ]
    return none_ready(achalasia_options(told)) if open_ones else None


@invariant
def mimics_have_to_be_ruled_out(facts: Facts, told: Outcome) -> bool | None:
    """No achalasia therapy is ready unless the mimics are recorded as absent, as a group or each
    listed one."""
    if facts.denied("AchalasiaMimic") or all(facts.denied(mimic) for mimic in LISTED_MIMICS):
        return None
    return none_ready(achalasia_options(told))


@invariant
def outflow_obstruction_needs_imaging(facts: Facts, told: Outcome) -> bool | None:
    """In outflow obstruction no achalasia therapy is ready without an endoscopic ultrasound or a
    computed tomography, done after the last therapy, that shows no mechanical obstruction."""
    if not facts.present("EGJOutflowObstruction"):
        return None
    tests = [
        *facts.told("EndoscopicUltrasound", "present"),
        *facts.told("ComputedTomography", "present"),
    ]
    last = max(dates(facts.done("Therapy")), default=None)
    undated = "" in dates(facts.done("Therapy"))
    clear = [
        e
        for e in tests
        if e.result == NO_OBSTRUCTION and (last is None or (not undated and e.date > last))
    ]
    return None if clear else none_ready(achalasia_options(told))


@invariant
def obstruction_found_withholds(facts: Facts, told: Outcome) -> bool | None:
    """In outflow obstruction no achalasia therapy is ready while a mechanical obstruction is
    recorded, whatever its cause and whatever a test says."""
    known = facts.present("EGJOutflowObstruction")
    obstructed = facts.present("MechanicalObstructionOfEGJ")
    options = achalasia_options(told)
    if not known or not obstructed or not options:
        return None
    return all(o.readiness == "withheld" for o in options)


@invariant
def poem_needs_operator_centre_and_counselling(facts: Facts, told: Outcome) -> bool | None:
    """No POEM is ready without an operator with 20 procedures and training, a high-volume centre
    that can treat complications, and all three points of counselling recorded."""
    option = told.options.get(POEM)
    if option is None:
        return None
    attested = ("PoemTraining", "HighVolumeCentre", "ComplicationCareAvailable", *COUNSELLING)
    counts = [e.value or 0 for e in facts.told("PoemProcedureCount", "present")]
    able = bool(counts) and min(counts) >= 20 and all(facts.present(c) for c in attested)
    return None if able else option.readiness != "ready"


@invariant
def competence_between_20_and_40_is_attested(facts: Facts, told: Outcome) -> bool | None:
    """No POEM is ready where the operator has done fewer than 40 and nobody attests competence."""
    option = told.options.get(POEM)
    counts = [e.value or 0 for e in facts.told("PoemProcedureCount", "present")]
    if option is None or not counts or min(counts) >= 40 or facts.present("PoemCompetence"):
        return None
    return option.readiness != "ready"


@invariant
def what_was_done_is_never_ready(facts: Facts, told: Outcome) -> bool | None:
    """No therapy that was already done is ready, stopping an opioid included."""
    return none_ready([o for name, o in told.options.items() if facts.done(name)])


@invariant
def what_was_set_aside_is_never_ready(facts: Facts, told: Outcome) -> bool | None:
    """No therapy that is contraindicated or was declined, by its newest record, is ready."""
    reasons = ("Contraindicated", "Declined")
    aside = {e.concept for e in facts.latest if e.status == "absent" and e.result in reasons}
    return none_ready([o for name, o in told.options.items() if name in aside])


@invariant
def after_a_therapy_only_poem_can_be_ready(facts: Facts, told: Outcome) -> bool | None:
    """After any achalasia therapy no achalasia therapy but POEM is ready."""
    if not facts.done("AchalasiaTherapy"):
        return None
    return none_ready([o for o in achalasia_options(told) if o.therapy != POEM])


@invariant
def after_a_failed_heller_nothing_is_ready(facts: Facts, told: Outcome) -> bool | None:
    """After a Heller myotomy without success no achalasia therapy is ready, POEM included."""
    failed = [e for e in facts.done(HELLER) if e.result == "NoSuccess"]
    return none_ready(achalasia_options(told)) if failed else None


@invariant
def nothing_is_ready_for_a_child(facts: Facts, told: Outcome) -> bool | None:
    """Nothing is ready for a patient under 18, or for one who may be under 18 by the year of
    birth."""
    ages = [e.value for e in facts.entries if e.concept == "age" and e.value is not None]
    years = [e.value for e in facts.entries if e.concept == "birthYear" and e.value is not None]
    young = any(age < 18 for age in ages)
    maybe = bool(facts.day) and any(int(facts.day[:4]) - year - 1 < 18 for year in years)
    return none_ready(list(told.options.values())) if young or maybe else None


@invariant
def nothing_is_ready_in_pregnancy(facts: Facts, told: Outcome) -> bool | None:
    """Nothing is ready in a pregnancy that is recorded, also where another record disagrees."""
    pregnant = facts.present("Pregnancy")
    return none_ready(list(told.options.values())) if pregnant else None


@invariant
def a_suspected_population_holds_back(facts: Facts, told: Outcome) -> bool | None:
    """No achalasia therapy is ready while pregnancy or anticoagulation is provisional and nothing
    denies it."""
    open_ones = [
        concept
        for concept in ("Pregnancy", "AnticoagulantUse")
        if facts.provisional(concept) and not facts.denied(concept)
    ]
    return none_ready(achalasia_options(told)) if open_ones else None


@invariant
def nothing_is_ready_under_anticoagulation(facts: Facts, told: Outcome) -> bool | None:
    """Nothing is ready under anticoagulation."""
    if not facts.present("AnticoagulantUse"):
        return None
    return none_ready(list(told.options.values()))


@invariant
def an_open_opioid_question_holds_everything_back(facts: Facts, told: Outcome) -> bool | None:
    """While an opioid is in use and opioid-induced dysfunction is neither recorded nor denied,
    nothing is ready and the dysfunction is asked for."""
    dysfunction = "OpioidInducedOesophagealDysfunction"
    about = [e for e in facts.latest if e.concept == dysfunction]
    if not facts.present("OpioidUse") or about or facts.denied(dysfunction):
        return None
    asked = f"present-{dysfunction}" in told.questions
    return asked and all(o.readiness != "ready" for o in told.options.values())


@invariant
def an_earlier_line_comes_first(facts: Facts, told: Outcome) -> bool | None:
    """In opioid-induced dysfunction no botulinum toxin is ready while stopping the opioid was
    neither done without success, declined nor contraindicated and an opioid may be in use."""
    option = told.options.get(BOTULINUM)
    if option is None or not facts.present("OpioidInducedOesophagealDysfunction"):
        return None
    passing = ("NoSuccess", "Declined", "Contraindicated")
    passed = any(e.result in passing for e in facts.latest if e.concept == STOP_OPIOID)
    if passed or facts.denied("OpioidUse"):
        return None
    return option.readiness != "ready"


@invariant
def stopping_an_opioid_is_never_withheld(facts: Facts, told: Outcome) -> bool | None:
    """Exclusions act on achalasia therapies alone: stopping an opioid is never withheld."""
    option = told.options.get(STOP_OPIOID)
    return None if option is None else option.readiness != "withheld"


@invariant
def ready_means_that_every_requirement_is_met(facts: Facts, told: Outcome) -> bool | None:
    """An option is ready exactly where each of its requirements is met."""
    if not told.options:
        return None
    return all(
        (o.readiness == "ready") == all(r.state == "met" for r in o.requirements)
        for o in told.options.values()
    )


@invariant
def readiness_is_the_worst_that_a_requirement_brings(facts: Facts, told: Outcome) -> bool | None:
    """Withheld is an exclusion that is met; blocked an operator, site or test that is not met;
    needs-information anything unknown; needs-action a counselling duty, test or line that is open:
    the first that holds."""
    if not told.options:
        return None
    return all(o.readiness in _expected(o) for o in told.options.values())


def _expected(option: Option) -> set[str]:
    """The readiness that follows, by a reading of its own; a failed test can be of two kinds."""
    found = {"ready"}
    either: set[str] = set()
    for requirement in option.requirements:
        if requirement.state == "unknown":
            found.add("needsInformation")
        elif requirement.state == "notMet":
            kind = requirement.kind.removesuffix("Gate")
            if kind == "exclusion":
                found.add("withheld")
            elif kind in ("operator", "site"):
                found.add("blocked")
            elif kind == "test":
                either = {"blocked", "needsAction"}
            else:
                found.add("needsAction")
    ways = [found | {way} for way in either] or [found]
    return {min(way, key=ORDER.index) for way in ways}
