"""The combinations of the truth tables, run as patients: derived and validated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from poem_kg.knowledge import Knowledge
from poem_kg.validation import PatientValidator
from tests.cases.truth import REFUSED, Combination, Table
from tests.derivation import truth_criteria as criteria
from tests.derivation import truth_options as options
from tests.derivation.patients import Patient
from tests.derivation.seen import Seen, seen
from tests.derivation.truth_criteria import Row
from tests.derivation.truth_knowledge import made_up
from tests.derivation.view import knowledge, see_all

Build = Callable[[Row, Patient], Patient]
Look = Callable[[Seen, Row], dict[str, str]]


@dataclass(frozen=True)
class Run:
    """How the rows of a table become patients, and what is looked at in them.

    Attributes:
        build: records what a row says on a new patient.
        look: reads the outputs, those of other tables on the same patients too.
        known: the knowledge with which they are derived.
        alike: whether every row has the same patient.
    """

    build: Build
    look: Look
    known: Callable[[], Knowledge] = knowledge
    alike: bool = False


RUNS = {
    "records around a class": Run(criteria.around_a_class, criteria.see_class),
    "a dispute below": Run(criteria.a_dispute_below, criteria.see_class),
    "two records": Run(criteria.two_records, criteria.see_hernia),
    "present and absent": Run(criteria.present_and_absent, criteria.see_cancer),
    "suspected and absent": Run(criteria.suspected_and_absent, criteria.see_cancer),
    "tests with results": Run(criteria.tests_with_results, criteria.see_required, made_up),
    "a value": Run(criteria.a_value, criteria.see_measures, made_up),
    "two values": Run(criteria.two_values, criteria.see_from, made_up),
    "an operator": Run(criteria.an_operator, criteria.see_operator),
    "parts": Run(criteria.parts, criteria.see_composites, made_up),
    "imaging": Run(criteria.imaging, criteria.see_ruled_out),
    "mimics": Run(options.mimics, options.see_exclusion),
    "another cause": Run(options.another_cause, options.see_exclusion),
    "one line": Run(options.one_line, options.see_one_line),
    "first line": Run(options.first_line, options.see_first_line),
    "lines": Run(options.lines, options.see_lines),
    "spasm": Run(options.spasm, options.see_transfer),
    "outflow": Run(options.outflow, options.see_transfer),
    "absent contractility": Run(options.absent_contractility, options.see_transfer),
    "requirements": Run(options.requirements, options.see_readiness),
    "standings": Run(options.standings, options.see_standing, made_up, alike=True),
}
"""What the tables name as their patients."""

_FINDINGS = {"Violation": "violation", "Warning": "warning"}


def observe(one: Table, combinations: Sequence[Combination]) -> dict[Combination, dict[str, str]]:
    """Return what follows for each combination, by output; "refused" where data contradict."""
    refuses = any(REFUSED in line.outputs for line in one.lines)
    validated = refuses or not {"finding", "records"}.isdisjoint(one.outputs)
    inputs, some = tuple(one.inputs), tuple(combinations)
    outcomes = derived(one.patients, inputs, some)
    findings = found(one.patients, inputs, some) if validated else ["none"] * len(some)
    told = {}
    for combination, outcome, finding in zip(some, outcomes, findings, strict=True):
        records = REFUSED if finding == "violation" else "accepted"
        outputs = {**outcome, "finding": finding, "records": records}
        if refuses and records == REFUSED and "records" not in one.outputs:
            outputs = dict.fromkeys(one.outputs, REFUSED)
        told[combination] = {name: outputs[name] for name in one.outputs}
    return told


@cache
def derived(
    name: str, inputs: tuple[str, ...], combinations: tuple[Combination, ...]
) -> list[dict[str, str]]:
    """Return what was concluded for each combination; tables on the same patients share it."""
    run, rows, patients = _made(name, inputs, combinations)
    looked = seen(patients[:1], run.known()) * len(rows) if run.alike else None
    return [
        run.look(one, row)
        for one, row in zip(looked or seen(patients, run.known()), rows, strict=True)
    ]


@cache
def found(name: str, inputs: tuple[str, ...], combinations: tuple[Combination, ...]) -> list[str]:
    """Return the gravest finding about each combination: "violation", "warning" or "none"."""
    run, _, patients = _made(name, inputs, combinations)
    validator = PatientValidator(run.known())
    reports = (validator.validate(patient.triples()) for patient in patients)
    # The gravest come first.
    gravest = (next(iter(report.findings), None) for report in reports)
    return [_FINDINGS.get(finding.severity, "none") if finding else "none" for finding in gravest]


def _made(
    name: str, inputs: tuple[str, ...], combinations: tuple[Combination, ...]
) -> tuple[Run, list[Row], list[Patient]]:
    run = RUNS[name]
    rows: list[Row] = [dict(zip(inputs, one, strict=True)) for one in combinations]
    # A symptom on which nothing rests, so that no patient is without a record.
    started = (Patient(str(n), known=run.known()).has("Dysphagia") for n in range(len(rows)))
    return run, rows, [run.build(row, one) for row, one in zip(rows, started, strict=True)]


def observe_shown(one: Table) -> dict[Combination, dict[str, str]]:
    """Return what shows of an option, as a reader of the advice sees it."""
    patients = [
        options.a_population(dict(zip(one.inputs, combination, strict=True)), Patient(str(number)))
        for number, combination in enumerate(one.combinations)
    ]
    return {
        combination: {"shown": options.shown(view, combination[0])}
        for combination, view in zip(one.combinations, see_all(patients), strict=True)
    }
