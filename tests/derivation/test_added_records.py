"""One more record moves conclusions only along the published tables.

The tables of truths, which `test_truth_tables.py` holds to what is derived, are held to the table
of moves; and random patients are held to it with every criterion of the ontology.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import pyoxigraph as ox
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from poem_kg.namespaces import CRITERION, OWL, POEMKG, RDF, RDFS
from poem_kg.validation import validate_patient
from tests.cases.truth import REFUSED, Combination, Table, table
from tests.derivation.random_patients import FEW, RESULTS, STATES, Case, cases
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


@dataclass(frozen=True)
class Ontology:
    """What relates a record to a criterion, read from the ontology as it is written."""

    above: dict[str, set[str]]
    exclusive: tuple[set[str], ...]
    groups: dict[str, tuple[set[str], set[str]]]

    def kinds(self, concept: str) -> set[str]:
        """Return a class and all above it."""
        found = {concept}
        while more := {a for c in found for a in self.above.get(c, ())} - found:
            found |= more
        return found

    def relation(self, concept: str, target: str) -> str:
        """Return how a record of a concept bears on the criterion on a class."""
        kinds, targets = self.kinds(concept), self.kinds(target)
        listed, beyond = self.groups.get(target, (set(), set()))
        if concept == target:
            return "the group" if target in self.groups else "the class"
        if kinds & beyond:
            return "beyond"
        if kinds & listed:
            return "listed"
        if target in kinds:
            return "below"
        members = set().union(*self.groups.get(concept, ()))
        if concept in targets or targets & members:
            return "above"
        # A class above a member beyond the list hints at it, and at its group.
        if any(concept in self.kinds(member) for member in beyond):
            return "hint"
        excluded = any(
            m != o and m in targets and o in kinds for g in self.exclusive for m, o in product(g, g)
        )
        return "excluding" if excluded else "unrelated"


@cache
def ontology() -> Ontology:
    """Return the ontology, without what was prepared from it."""
    triples = [
        (_local(t.subject), t.predicate.value, _local(t.object)) for t in knowledge().ontology
    ]

    def values(subject: str, prop: str) -> set[str]:
        return {o for s, p, o in triples if s == subject and p == POEMKG + prop}

    above: dict[str, set[str]] = {}
    for s, p, o in triples:
        if p == RDFS + "subClassOf":
            above.setdefault(s, set()).add(o)
    exclusive = {s for s, p, o in triples if p == RDF + "type" and o == "ExclusiveGroup"}
    groups: dict[str, tuple[set[str], set[str]]] = {}
    for s, p, o in triples:
        if p == POEMKG + "group":
            listed, beyond = groups.setdefault(o, (set(), set()))
            listed |= values(s, "listedMember")
            beyond |= values(s, "otherMember")
    return Ontology(above, tuple(values(g, "member") for g in sorted(exclusive)), groups)


@cache
def criteria(prop: str) -> dict[str, tuple[str, ...]]:
    """Return criterion to the values of a property, by local names."""
    found: dict[str, set[str]] = {}
    for t in (*knowledge().ontology, *knowledge().prepared):
        if t.predicate.value == POEMKG + prop and isinstance(t.subject, ox.NamedNode):
            found.setdefault(t.subject.value.removeprefix(CRITERION), set()).add(_local(t.object))
    return {name: tuple(sorted(values)) for name, values in found.items()}


@st.composite
def added(draw: st.DrawFn) -> tuple[Case, Case]:
    """Draw a patient, and the same with one more record."""
    case = draw(cases())
    concept = draw(st.sampled_from([*STATES, *MORE, *RESULTS]))
    status = draw(st.sampled_from(["present", "absent", "provisional", "enteredInError"]))
    result = None
    if status == "present" and concept in RESULTS:
        result = draw(st.sampled_from(RESULTS[concept]))
    record = (concept, status, result)
    return case, replace(case, records=(*case.records, record))


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
    return validate_patient(knowledge(), case.build().triples()).conforms


def is_above(concept: str, asked: str) -> bool:
    """Tell whether a concept is above what a criterion asks for."""
    return concept in ontology().kinds(asked)


def bears_on(concept: str, asked: str) -> bool:
    """Tell whether a concept is what a criterion asks for, or is below or above it."""
    return is_above(concept, asked) or asked in ontology().kinds(concept)


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
            status == "present" and relation == "hint"
        ):
            return True
    return False


@FEW
@given(added())
def test_one_more_record_moves_class_criteria_along_the_table(two: tuple[Case, Case]) -> None:
    assume(accepted(two[0]))
    before, after = derived(*two)
    conforms = accepted(two[1])
    concept, status, result = two[1].records[-1]
    word = status.replace("enteredInError", "entered in error")
    asking = criteria("requiresResult")
    for criterion, (target,) in criteria("onClass").items():
        if criterion in asking:
            continue
        relation, truth = bearing(concept, result, target), before.truth(criterion)
        expected = allowed(word, relation, truth, is_suspected(two[0], target))
        if expected == {REFUSED}:
            assert not conforms, (criterion, relation)
        elif conforms:
            assert after.truth(criterion) in expected, (criterion, relation, truth)


@FEW
@given(added())
def test_one_more_record_moves_other_criteria_only_if_they_ask_for_it(
    two: tuple[Case, Case],
) -> None:
    assume(accepted(two[0]) and accepted(two[1]))
    before, after = derived(*two)
    concept, status, result = two[1].records[-1]
    kinds = ontology().kinds(concept)
    treated = any(
        said == "present" and "Therapy" in ontology().kinds(c) for c, said, _ in two[1].records
    )
    for criterion, required in criteria("requiresResult").items():
        truth, (asked,) = (
            (before.truth(criterion), after.truth(criterion)),
            criteria("onClass")[criterion],
        )
        if status == "enteredInError" or not (asked in kinds or is_above(concept, asked)):
            assert truth[1] in (truth[0], "unknown" if treated else truth[0]), criterion
        elif not any(bears_on(c, asked) for c, _, _ in two[0].records) and concept == asked:
            stale = treated and "DiagnosticTest" in kinds
            said = as_test(status, result, required)
            expected = table("required-result").decided[said, "nothing", "nothing"].outputs[0]
            assert truth[1] == ("unknown" if stale else expected), criterion
        else:
            assert set(truth) != {"met", "not met"}, criterion


@FEW
@given(added())
def test_one_more_record_moves_what_is_to_be_ruled_out_by_tests_and_findings_alone(
    two: tuple[Case, Case],
) -> None:
    assume(accepted(two[0]) and accepted(two[1]))
    before, after = derived(*two)
    concept, status, _ = two[1].records[-1]
    kinds = ontology().kinds(concept)
    for criterion, looked_for in criteria("positiveResult").items():
        truth = before.truth(criterion), after.truth(criterion)
        if status == "enteredInError":
            assert truth[0] == truth[1]
        elif kinds & set(looked_for):
            expected = {"present": "not met", "absent": truth[0]}.get(status)
            suspicion = "not met" if truth[0] == "not met" else "unknown"
            assert truth[1] == (expected or suspicion), (criterion, status)
        elif kinds & set(criteria("test")[criterion]):
            assert set(truth) != {"met", "not met"}, criterion
        else:
            stale = status == "present" and "Therapy" in kinds
            assert truth[1] in (truth[0], "unknown" if stale else truth[0]), criterion


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
def test_composites_follow_their_parts_by_the_tables(two: tuple[Case, Case]) -> None:
    kinds = criteria_of_kind()
    for told in derived(*two):
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


@cache
def criteria_of_kind() -> dict[str, str]:
    """Return the kind of each composite criterion."""
    return {
        t.subject.value.removeprefix(CRITERION): _local(t.object)
        for t in knowledge().ontology
        if isinstance(t.subject, ox.NamedNode)
        and t.predicate.value == RDF + "type"
        and t.object != ox.NamedNode(OWL + "NamedIndividual")
    }


ORDER = ["withheld", "blocked", "needs-information", "needs-action", "ready"]


@FEW
@given(added())
def test_readiness_follows_the_requirements_by_the_tables(two: tuple[Case, Case]) -> None:
    for case, told in zip(two, derived(*two), strict=True):
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
    related = {"the class", "the group", "below", "above", "listed", "beyond", "excluding", "hint"}
    assume(all(ontology().relation(c, concept) not in related for c, _, _ in case.records))
    assume(all(ontology().relation(concept, c) not in related for c, _, _ in case.records))
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


def _local(node: object) -> str:
    text = str(node).strip("<>")
    return text.removeprefix(POEMKG).removeprefix(CRITERION)
