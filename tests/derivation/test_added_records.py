"""One more record moves conclusions only along the published tables.

The tables of truths, which `test_truth_tables.py` holds to what is derived, are held to the table
of moves; and random patients are held to it with every criterion of the ontology.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from poem_kg.validation import PatientValidator
from tests.cases.truth import REFUSED, Combination, Table, table
from tests.derivation.random_patients import FEW, RESULTS, STATES, Case, cases
from tests.derivation.relations import bears_on, criteria, criteria_of_kind, ontology
from tests.derivation.seen import Seen, seen
from tests.derivation.view import knowledge

MOVES = table("added-record")
NEED_TESTS = {"FunctionalLumenImagingProbe", "MultipleRepetitiveSwallows", "TimedBariumOesophagram"}


def allowed(status: str, relation: str, before: str, suspected: bool) -> set[str]:
    """Return what the table lets a criterion become."""
    kind = "suspected" if suspected and before == "unknown" else before
    (after,) = MOVES.decided[status, relation, kind].outputs
    return {before if word == "as before" else word for word in after.split(" or ")}


# Every pair of combinations that differ by one record

EXCLUSIONS = {"withheld": "met", "ruled out": "not met", "open": "unknown"}
RELATIONS = {
    "class-criterion": {
        "class": "the class",
        "below": "below",
        "above": "above",
        "excluding": "excluding",
    },
    "exclusion": {
        "group": "the group",
        **dict.fromkeys(("first", "second", "third", "fourth"), "listed"),
    },
    "other-cause": {"group": "the group", "other cause": "beyond"},
}


def pairs(one: Table) -> Iterator[tuple[Combination, str, str, Combination]]:
    """Yield combination, status and relation of a record that is added, and combination with it."""
    for place, (column, values) in enumerate(one.inputs.items()):
        relation = RELATIONS[one.name].get(column)
        for combination, status in product(one.combinations, values):
            if relation and combination[place] == "nothing" != status:
                after = (*combination[:place], status, *combination[place + 1 :])
                yield combination, status, relation, after


def concluded(one: Table) -> dict[Combination, str]:
    """Return the truth of the criterion for each combination, or that it is refused."""
    found = {}
    for combination, line in one.decided.items():
        outputs = dict(zip(one.outputs, line.outputs, strict=True))
        word = outputs.get("criterion") or EXCLUSIONS[outputs["exclusion"]]
        found[combination] = REFUSED if REFUSED in line.outputs else word
    return found


def suspected(one: Table, combination: Combination) -> bool:
    """Tell whether a record of a combination raises a suspicion of the criterion."""
    raising = {"the class", "the group", "below", "listed", "beyond"}
    return any(
        RELATIONS[one.name].get(column) in raising and value == "provisional"
        for column, value in zip(one.inputs, combination, strict=True)
    ) or ("one provisional" in combination)


@pytest.mark.parametrize(
    ("name", "number"), [("class-criterion", 768), ("exclusion", 3840), ("other-cause", 96)]
)
def test_every_pair_of_combinations_moves_along_the_table(name: str, number: int) -> None:
    one = table(name)
    truth = concluded(one)
    moves = list(pairs(one))
    assert len(moves) == number
    wrong = {}
    for before, status, relation, after in moves:
        if truth[before] != REFUSED:
            expected = allowed(status, relation, truth[before], suspected(one, before))
            # Beside other records a further one may contradict those.
            if truth[after] not in expected and (truth[after] != REFUSED or expected == {REFUSED}):
                wrong[before, after] = (truth[before], truth[after])
    assert wrong == {}


# Random patients and one more record


AT_ONCE = 12
"""Records that are tried on one patient."""


@cache
def additions() -> tuple[tuple[str, str, str | None], ...]:
    """Return every record that is added: concept, status and result."""
    statuses = ("present", "absent", "provisional", "enteredInError")
    return tuple(
        (concept, status, result)
        for concept in (*STATES, *MORE, *RESULTS)
        for status in statuses
        for result in (RESULTS.get(concept, [None]) if status == "present" else [None])
    )


@st.composite
def added(draw: st.DrawFn) -> tuple[Case, tuple[Case, ...]]:
    """Draw a patient that is accepted, and the same with one more record, several times."""
    case = draw(cases())
    assume(accepted(case))
    chance = draw(st.randoms(use_true_random=False))
    some = chance.sample(additions(), AT_ONCE)
    return case, tuple(replace(case, records=(*case.records, record)) for record in some)


MORE = [
    "Achalasia",
    "AchalasiaMimic",
    "AchalasiaTypeII",
    "AbsentContractility",
    "Disorder",
    "MechanicalObstructionOfEGJ",
    "OesophagealCancer",
    "OesophagealMotilityDisorder",
]


def accepted(case: Case) -> bool:
    """Tell whether validation lets a patient pass."""
    return validator().validate(case.build().triples()).conforms


@cache
def validator() -> PatientValidator:
    """Return the shapes with the knowledge."""
    return PatientValidator(knowledge())


def derived(*several: Case) -> list[Seen]:
    """Derive for each."""
    return seen([case.build(str(n)) for n, case in enumerate(several)], knowledge())


RAISING = {"the class", "the group", "below", "listed", "beyond"}


def bearing(concept: str, result: str | None, target: str) -> str:
    """Return how a record bears on a criterion: by its concept, or by what a test found."""
    relation = ontology().relation(concept, target)
    if relation == "unrelated" and result:
        return ontology().relation(result, target)
    return relation


def is_suspected(case: Case, target: str) -> bool:
    """Tell whether a record of a patient raises a suspicion of a criterion."""
    for concept, status, result in case.records:
        relation = bearing(concept, result, target)
        if (status == "provisional" and relation in RAISING) or (
            status == "present" and relation.endswith("hint")
        ):
            return True
    return False


@dataclass(frozen=True)
class Move:
    """A patient, and the same with one more record."""

    case: Case
    record: tuple[str, str, str | None]
    before: Seen
    after: Seen
    conforms: bool

    def truths(self, criterion: str) -> tuple[str, str]:
        """Return what a criterion was and what it became."""
        return self.before.truth(criterion), self.after.truth(criterion)

    @property
    def treated(self) -> bool:
        """Whether a therapy was done, which makes every test without a date stale."""
        done = (c for c, status, _ in (*self.case.records, self.record) if status == "present")
        return any("Therapy" in ontology().kinds(concept) for concept in done)


def moves(drawn: tuple[Case, tuple[Case, ...]]) -> list[Move]:
    """Derive for a patient and for each with one more record."""
    case, with_more = drawn
    before, *afters = derived(case, *with_more)
    return [
        Move(case, one.records[-1], before, after, accepted(one))
        for one, after in zip(with_more, afters, strict=True)
    ]


@FEW
@given(added())
def test_one_more_record_moves_class_criteria_along_the_table(
    drawn: tuple[Case, tuple[Case, ...]],
) -> None:
    asking = criteria("requiresResult")
    classes = {c: targets[0] for c, targets in criteria("onClass").items() if c not in asking}
    for move in moves(drawn):
        concept, status, result = move.record
        word = status.replace("enteredInError", "entered in error")
        for criterion, target in classes.items():
            relation, truths = bearing(concept, result, target), move.truths(criterion)
            expected = allowed(word, relation, truths[0], is_suspected(move.case, target))
            if expected == {REFUSED}:
                assert not move.conforms, (move.record, criterion, relation)
            elif move.conforms:
                assert truths[1] in expected, (move.record, criterion, relation, truths)


@FEW
@given(added())
def test_one_more_record_moves_other_criteria_only_if_they_ask_for_it(
    drawn: tuple[Case, tuple[Case, ...]],
) -> None:
    for move in moves(drawn):
        concept, status, result = move.record
        kinds = ontology().kinds(concept)
        for criterion, required in criteria("requiresResult").items():
            before, after = move.truths(criterion)
            (asked,) = criteria("onClass")[criterion]
            if not move.conforms:
                continue
            if status == "enteredInError" or not bears_on(concept, asked):
                assert after in (before, "unknown" if move.treated else before), criterion
            elif concept != asked or any(bears_on(c, asked) for c, _, _ in move.case.records):
                assert {before, after} != {"met", "not met"}, (move.record, criterion)
            else:
                said = as_test(status, result, required)
                (alone,) = table("required-result").decided[said, "nothing", "nothing"].outputs
                stale = move.treated and "DiagnosticTest" in kinds
                assert after == ("unknown" if stale else alone), (move.record, criterion)


@FEW
@given(added())
def test_one_more_record_moves_what_is_to_be_ruled_out_by_tests_and_findings_alone(
    drawn: tuple[Case, tuple[Case, ...]],
) -> None:
    for move in moves(drawn):
        concept, status, result = move.record
        kinds = ontology().kinds(concept)
        for criterion, looked_for in criteria("positiveResult").items():
            before, after = move.truths(criterion)
            asked = set(criteria("test")[criterion])
            if not move.conforms:
                continue
            if kinds & set(looked_for) and status != "enteredInError":
                suspicion = before if before == "not met" else "unknown"
                became = {"present": "not met", "absent": before, "provisional": suspicion}
                assert after == became[status], (move.record, criterion)
            elif kinds & asked and status == "present" and not move.treated:
                silent = not any(bears_on(c, t) for c, _, _ in move.case.records for t in asked)
                found = set() if result is None else ontology().kinds(result)
                alone = "not met" if found & set(looked_for) else "met"
                if silent and before == "unknown" and not raised(move.case, looked_for):
                    assert after == (alone if found else "unknown"), (move.record, criterion)
                else:
                    assert {before, after} != {"met", "not met"} or before == after
            else:
                opened = kinds & asked or (status == "present" and "Therapy" in kinds)
                assert after in (before, "unknown" if opened else before), (move.record, criterion)


def raised(case: Case, looked_for: tuple[str, ...]) -> bool:
    """Tell whether anything is recorded of what was to be ruled out."""
    named = (name for concept, _, result in case.records for name in (concept, result) if name)
    return any(ontology().kinds(name) & set(looked_for) for name in named)


def as_test(status: str, result: str | None, required: tuple[str, ...]) -> str:
    """Return what the table of results calls a record of a test."""
    if status != "present":
        return {"absent": "not done", "provisional": "provisional"}[status]
    if result is None:
        return "no result"
    return "required" if result in required else "other"


COMPOSITES = {"AllOfCriterion": "all of", "AnyOfCriterion": "any of"}
AS_RECORD = {"met": "present", "not met": "absent", "unknown": "nothing"}


@FEW
@given(added())
def test_composites_follow_their_parts_by_the_tables(
    drawn: tuple[Case, tuple[Case, ...]],
) -> None:
    kinds = criteria_of_kind()
    for told in derived(drawn[0], *drawn[1]):
        for criterion, parts in criteria("part").items():
            states = [AS_RECORD[told.truth(part)] for part in parts]
            if kinds[criterion] == "NotCriterion":
                expected = table("negation").decided[states[0],].outputs[0]
            else:
                expected = folded(COMPOSITES[kinds[criterion]], states)
            assert told.truth(criterion) == expected, (criterion, states)


def folded(output: str, states: list[str]) -> str:
    """Return what a composite of any number of parts is, two at a time by the table of two."""
    one = table(f"{output.replace(' ', '-')}-two")
    first, *others = states
    for other in others:
        first = AS_RECORD[one.decided[first, other].outputs[0]]
    return {said: truth for truth, said in AS_RECORD.items()}[first]


ORDER = ["withheld", "blocked", "needs-information", "needs-action", "ready"]


@FEW
@given(added())
def test_readiness_follows_the_requirements_by_the_tables(
    drawn: tuple[Case, tuple[Case, ...]],
) -> None:
    several = (drawn[0], *drawn[1])
    for case, told in zip(several, derived(*several), strict=True):
        not_done = {c for c, status, _ in case.records if status == "absent"} & NEED_TESTS
        for therapy in told.options():
            brought = []
            for (kind, _), state in told.requirements(therapy).items():
                word = state.replace("-", " ")
                if (kind, word) == ("test", "not met") and not_done:
                    word = "open"
                brought.append(table("requirement-kinds").decided[kind, word].outputs[0])
            expected = min(brought or ["ready"], key=ORDER.index)
            assert told.option(therapy, "readiness") == expected, (therapy, brought)


@FEW
@given(cases(), st.sampled_from(STATES))
def test_unknown_is_another_state_than_recorded_as_absent(case: Case, concept: str) -> None:
    # Of what nothing is recorded, neither itself nor below it nor above.
    relation = ontology().relation
    assume(all(relation(c, concept) == "unrelated" for c, _, _ in case.records))
    assume(all(relation(concept, c) == "unrelated" for c, _, _ in case.records))
    denied = replace(case, records=(*case.records, (concept, "absent", None)))
    silent, absent = derived(case, denied)
    own = [
        criterion
        for criterion, classes in criteria("onClass").items()
        if classes == (concept,) and criterion not in criteria("requiresResult")
    ]
    assert own
    for criterion in own:
        assert (silent.truth(criterion), absent.truth(criterion)) == ("unknown", "not met")
