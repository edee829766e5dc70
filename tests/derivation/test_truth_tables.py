"""Every combination of every truth table comes out as its line says, and the tables are whole.

The lines are in `tests/cases/truth/`; `docs/truth-tables.md` is made from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import combinations as subsets
from pathlib import Path

import pytest

from poem_kg.namespaces import CRITERION, POEMKG, RDF
from tests.cases.truth import ANY, OPEN, REFUSED, Combination, Table, tables
from tests.cases.truth.page import COMMAND, PAGE, page
from tests.derivation.patients import Patient
from tests.derivation.seen import seen
from tests.derivation.truth_runs import RUNS, found, observe, observe_shown
from tests.derivation.view import knowledge

ROOT = Path(__file__).parents[2]
TABLES = {one.name: one for one in tables()}
SLOW = {"requirements"}
"""Patients of which `make test` derives a part."""
EVERY = {
    "records around a class": 5,
    "imaging": 5,
    "mimics": 10,
    "lines": 9,
    "absent contractility": 6,
}
"""Patients of which `make test` takes every so many, and the first that each line is about."""
SIZES = {
    # name: (lines, combinations)
    "one-record": (5, 5),
    "class-criterion": (14, 256),
    "class-findings": (11, 256),
    "two-records": (18, 96),
    "disputed-below": (4, 12),
    "present-and-absent": (3, 36),
    "suspected-and-absent": (3, 36),
    "required-result": (14, 144),
    "measure": (11, 11),
    "two-values": (10, 54),
    "procedures": (10, 96),
    "negation": (3, 4),
    "all-of-two": (4, 16),
    "all-of-three": (5, 64),
    "any-of-two": (4, 16),
    "any-of-three": (5, 64),
    "with-negation": (9, 16),
    "rule-out": (13, 256),
    "exclusion": (17, 1024),
    "other-cause": (11, 64),
    "line-passed": (3, 24),
    "first-line": (4, 32),
    "second-line": (6, 343),
    "third-line": (7, 343),
    "outranked": (9, 343),
    "treat-as": (5, 16),
    "treat-as-imaged": (7, 64),
    "treat-as-deemed": (9, 320),
    "requirement-kinds": (8, 36),
    "readiness": (16, 5184),
    "standing": (10, 162),
    "shown": (6, 20),
    "added-record": (17, 160),
}

Observed = Mapping[Combination, Mapping[str, str]]


def departures(one: Table, observed: Observed) -> dict[str, list[tuple[Combination, str]]]:
    """Return what came out differently, by the line that it departs from."""
    found: dict[str, list[tuple[Combination, str]]] = {}
    for combination, outputs in observed.items():
        line = one.decided[combination]
        expected = dict(zip(one.outputs, line.outputs, strict=True))
        for name, value in expected.items():
            if value not in (OPEN, outputs[name]):
                where = f"{one.name} line {line.number}: {name} is {value}"
                found.setdefault(where, []).append((combination, outputs[name]))
    return found


# The tables are whole


def test_every_table_is_there_with_all_its_lines_and_combinations() -> None:
    assert {n: (len(t.lines), len(t.combinations)) for n, t in TABLES.items()} == SIZES
    assert sum(combinations for _, combinations in SIZES.values()) == 9573


@pytest.mark.parametrize("one", TABLES.values(), ids=str)
def test_every_combination_has_a_line_and_every_line_a_combination(one: Table) -> None:
    assert [c for c in one.combinations if c not in one.decided] == []
    assert [line.number for line in one.lines if not one.covered(line)] == []


@pytest.mark.parametrize("one", TABLES.values(), ids=str)
def test_lines_use_the_values_of_the_inputs_alone(one: Table) -> None:
    for line in one.lines:
        for cell, values in zip(line.inputs, one.inputs.values(), strict=True):
            assert cell == ANY or set(cell.removeprefix("!").split("|")) <= set(values), line


def test_every_file_of_lines_belongs_to_a_table() -> None:
    files = {path.stem for path in (ROOT / "tests/cases/truth").glob("*.tsv")}
    assert files == set(TABLES)


def test_the_page_is_current() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(), f"run {COMMAND}"


# Every combination comes out as its line says


@pytest.mark.parametrize(
    ("patients", "whole"),
    [
        *((name, name not in EVERY) for name in RUNS if name not in SLOW),
        *(pytest.param(name, True, marks=pytest.mark.slow) for name in EVERY),
    ],
)
def test_every_combination(patients: str, whole: bool, subtests: pytest.Subtests) -> None:
    for one in TABLES.values():
        if one.patients == patients:
            asked = one.combinations if whole else part(one, EVERY[patients])
            wrong = departures(one, observe(one, asked))
            for line in one.lines:
                with subtests.test(f"{one.name} line {line.number}"):
                    mine = f"{one.name} line {line.number}:"
                    assert {k: v for k, v in wrong.items() if k.startswith(mine)} == {}


def part(one: Table, step: int) -> list[Combination]:
    """Return every so many combinations of a table, and one for each of its lines.

    Tables on the same patients get the same ones, so that these are derived once.
    """
    firsts = {
        (table.name, table.decided[c].number): c
        for table in TABLES.values()
        if (table.patients, table.inputs) == (one.patients, one.inputs)
        for c in reversed(table.combinations)
    }
    return [*dict.fromkeys((*one.combinations[::step], *firsts.values()))]


def test_a_part_of_a_table_has_every_line() -> None:
    for one in TABLES.values():
        if one.patients in EVERY:
            asked = part(one, EVERY[one.patients])
            assert len(asked) < 0.4 * len(one.combinations)
            assert {one.decided[c].number for c in asked} == {line.number for line in one.lines}


def test_what_shows() -> None:
    one = TABLES["shown"]
    assert departures(one, observe_shown(one)) == {}


def one_record(criterion: str, concept: str, said: str) -> Patient:
    """Return a patient with one record, of an operator or centre where the concept is theirs."""
    patient = Patient(f"{criterion}-{said.replace(' ', '-')}")
    if said == "nothing":
        return patient
    status = said.replace("entered in error", "enteredInError")
    for holder, kind in (("operator", "OperatorProperty"), ("centre", "SiteProperty")):
        if concept in below(kind):
            return patient.about(holder, concept, status)
    return patient.record(concept, status)


def test_one_record_decides_every_class_criterion_alike() -> None:
    one = TABLES["one-record"]
    asked = [
        (criterion, concept, combination)
        for criterion, concept in class_criteria().items()
        for combination in one.combinations
    ]
    patients = [one_record(criterion, concept, c[0]) for criterion, concept, c in asked]
    wrong = {
        (criterion, combination): truth
        for (criterion, _, combination), told in zip(
            asked, seen(patients, knowledge()), strict=True
        )
        if (truth := told.truth(criterion)) != one.decided[combination].outputs[0]
    }
    assert wrong == {}
    assert len(asked) > 5 * 40


# Readiness


def test_the_kinds_of_requirement_say_what_they_make_of_an_option() -> None:
    one = TABLES["requirement-kinds"]
    assert set(one.inputs["kind"]) == {node for node, _ in kinds()}
    said = {"not met": "readinessWhenNotMet", "unknown": "readinessWhenUnknown"}
    said["open"] = "readinessWhenOpen"
    for (kind, state), line in one.decided.items():
        (expected,) = line.outputs
        if state != "met" and expected != OPEN:
            assert dict(kinds())[kind].get(said[state]) == expected, (kind, state)


def test_each_requirement_alone_makes_of_an_option_what_its_kind_says() -> None:
    alone = TABLES["requirement-kinds"]
    one = TABLES["readiness"]
    tried = 0
    for combination in one.combinations:
        (line,) = one.decided[combination].outputs
        states = dict(requirement_states(one, combination))
        if sum(state != "met" for state in states.values()) == 1:
            tried += 1
            ((kind, state),) = ((k, s) for k, s in states.items() if s != "met")
            assert alone.decided[kind, state].outputs == (line,), (kind, state)
    assert tried == 16


def test_readiness_of_every_pair_of_requirements(subtests: pytest.Subtests) -> None:
    one = TABLES["readiness"]
    some = [
        c for c in one.combinations if sum(s != "met" for _, s in requirement_states(one, c)) <= 2
    ]
    assert len(some) == 1 + 16 + pairs(one)
    wrong = departures(one, observe(one, some))
    for where in wrong:
        with subtests.test(where):
            assert wrong[where] == []


@pytest.mark.slow
def test_readiness_of_every_combination_of_requirements() -> None:
    one = TABLES["readiness"]
    assert departures(one, observe(one, one.combinations)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("patients", RUNS)
def test_patients_that_no_table_refuses_conform(patients: str) -> None:
    for one in TABLES.values():
        if one.patients == patients and not is_judged(one):
            findings = found(patients, tuple(one.inputs), one.combinations)
            assert "violation" not in findings


def requirement_states(one: Table, combination: Combination) -> list[tuple[str, str]]:
    """Return kind and state of each requirement of a combination of the table of readiness."""
    states = dict(zip(one.inputs, combination, strict=True))
    kind, _, state = states.pop("order").partition(" ")
    return [*states.items(), (kind, state)]


def pairs(one: Table) -> int:
    """Return how many pairs of values other than met there are, of two inputs each."""
    open_values = [len(values) - 1 for values in one.inputs.values()]
    return sum(a * b for a, b in subsets(open_values, 2))


def is_judged(one: Table) -> bool:
    """Tell whether a table says itself what validation finds."""
    refuses = any(REFUSED in line.outputs for line in one.lines)
    return refuses or not {"finding", "records"}.isdisjoint(one.outputs)


@cache
def below(kind: str) -> frozenset[str]:
    """Return the classes of a kind."""
    return frozenset(
        _local(t.subject)
        for t in knowledge().prepared
        if t.predicate.value == POEMKG + "isKindOf" and _local(t.object) == kind
    )


@cache
def class_criteria() -> dict[str, str]:
    """Return every criterion that asks for a class alone, with the class."""
    every = (*knowledge().ontology, *knowledge().prepared)
    asking = {t.subject for t in every if t.predicate.value == POEMKG + "requiresResult"}
    return {
        _iri(t.subject).removeprefix(CRITERION): _local(t.object)
        for t in every
        if t.predicate.value == POEMKG + "onClass" and t.subject not in asking
    }


@cache
def kinds() -> tuple[tuple[str, dict[str, str]], ...]:
    """Return each kind of requirement with the readiness that it brings, by short codes."""
    known = knowledge()
    gates = sorted(
        _iri(t.subject)
        for t in known.ontology
        if t.predicate.value == RDF + "type" and _local(t.object) == "GateKind"
    )
    return tuple(
        (
            known.notation(gate),
            {
                _local(t.predicate): known.notation(_iri(t.object))
                for t in known.ontology
                if _iri(t.subject) == gate and _local(t.predicate).startswith("readinessWhen")
            },
        )
        for gate in gates
    )


def _iri(node: object) -> str:
    return str(node).strip("<>")


def _local(node: object) -> str:
    return _iri(node).removeprefix(POEMKG)
