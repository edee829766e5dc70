"""The ways in which an export goes wrong; after any of them `poem-kg validate` refuses the patient.

Each changes the lines of a valid patient; the line that types the patient stays the first.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks._chart import Chart, decimal, integer, term
from poem_kg.namespaces import POEMKG, RDF, XSD

Spoil = Callable[[Chart, random.Random], None]


def _without_status(chart: Chart, rng: random.Random) -> None:
    found = [n for n, line in enumerate(chart.body) if f"> {term('status')} <" in line]
    own = [n for n in found if chart.body[n].startswith(f"<{chart.iri}/")]
    del chart.body[rng.choice(own)]


def _two_statuses(chart: Chart, rng: random.Random) -> None:
    node = chart.record("FindingRecord", "Comorbidity", date="2024-02-29")
    chart.body.append(f"{node} {term('status')} {term('absent')} .\n")


def _contradiction(chart: Chart, rng: random.Random) -> None:
    concept = rng.choice(("NarrowedJunctionOnBarium", "BariumStasis", "ThickenedSegment"))
    for status in ("present", "absent"):
        chart.record("FindingRecord", concept, status, date="2024-05-06")


def _two_diagnoses(chart: Chart, rng: random.Random) -> None:
    # Dated after everything else, or an older record of the same disorder would be overruled.
    for concept in ("AbsentContractility", rng.choice(("AchalasiaTypeI", "AchalasiaTypeII"))):
        chart.record("Condition", concept, date="2027-01-01")
    chart.head = [line for line in chart.head if term("age") not in line]


def _out_of_range(chart: Chart, rng: random.Random) -> None:
    concept, value = rng.choice(
        (
            ("EckardtScore", integer(rng.randint(13, 40))),
            ("LowerOesophagealSphincterPressure", decimal(rng.uniform(300.0, 3000.0))),
            ("EGJDistensibilityIndex", decimal(-rng.uniform(0.1, 9.0))),
        )
    )
    chart.record("Measurement", concept, date="2023-03-04", value=value)


def _no_value(chart: Chart, rng: random.Random) -> None:
    chart.record("Measurement", rng.choice(("OesophagealDiameter", "MyotomyLength")))


def _value_as_text(chart: Chart, rng: random.Random) -> None:
    text = f'"{rng.randint(1, 12)} points"'
    chart.record("Measurement", "EckardtScore", date="2023-03-04", value=text)


def _impossible_day(chart: Chart, rng: random.Random) -> None:
    chart.record("FindingRecord", "Comorbidity", date="2023-02-30")


def _day_with_time(chart: Chart, rng: random.Random) -> None:
    node = chart.record("FindingRecord", "Comorbidity")
    time = f'"2023-02-01T{rng.randint(8, 17):02d}:30:00"^^<{XSD}dateTime>'
    chart.body.append(f"{node} {term('date')} {time} .\n")


def _unknown_concept(chart: Chart, rng: random.Random) -> None:
    concept = rng.choice(("AchalasiaType2", "JackhammerEsophagus", "EsophagealSpasm", "Hernia"))
    chart.record("Condition", concept, date="2023-03-04")


def _unknown_property(chart: Chart, rng: random.Random) -> None:
    name = rng.choice(("diagnosis", "sex", "bodyMassIndex", "hasSwallows"))
    chart.say(term(name), '"1"')


def _wrong_kind(chart: Chart, rng: random.Random) -> None:
    chart.record("Condition", rng.choice(("UpperEndoscopy", "OpioidUse")), date="2023-03-04")


def _result_not_done(chart: Chart, rng: random.Random) -> None:
    result = rng.choice(("NoMechanicalObstruction", "TreatmentNeedSupported"))
    chart.record("Study", "BariumSwallow", "absent", date="2023-03-04", result=result)


def _typed_as_disorder(chart: Chart, rng: random.Random) -> None:
    chart.head.append(f"<{chart.iri}> <{RDF}type> {term('AchalasiaTypeII')} .\n")


def _reserved_word(chart: Chart, rng: random.Random) -> None:
    word = rng.choice(("ofPatient", "readiness", "derivedBy"))
    chart.body.append(f"<{chart.iri}/option> <{POEMKG}{word}> <{chart.iri}> .\n")


def _equated(chart: Chart, rng: random.Random) -> None:
    other = f"<https://example.org/registry/{rng.randrange(10**8)}>"
    chart.say("<http://www.w3.org/2002/07/owl#sameAs>", other)


def _about_a_term(chart: Chart, rng: random.Random) -> None:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    concept = rng.choice(sorted(chart.facts))[0]
    chart.body.append(f'{term(concept)} {label} "code {rng.randrange(1000)}"@de .\n')


def _no_position(chart: Chart, rng: random.Random) -> None:
    study = chart.record("Study", "HighResolutionManometry", date="2023-03-04")
    chart.body.append(f"{study} {term('hasSwallow')} {study[:-1]}/swallow> .\n")
    chart.body.append(f"{study[:-1]}/swallow> <{RDF}type> {term('Swallow')} .\n")


SPOILS: dict[str, Spoil] = {
    spoil.__name__.lstrip("_"): spoil
    for spoil in (
        _without_status,
        _two_statuses,
        _contradiction,
        _two_diagnoses,
        _out_of_range,
        _no_value,
        _value_as_text,
        _impossible_day,
        _day_with_time,
        _unknown_concept,
        _unknown_property,
        _wrong_kind,
        _result_not_done,
        _typed_as_disorder,
        _reserved_word,
        _equated,
        _about_a_term,
        _no_position,
    )
}
"""Each way by its name."""
