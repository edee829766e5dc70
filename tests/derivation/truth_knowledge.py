"""The ontology with made-up criteria and therapies, for what the real one has no case of."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from poem_kg.knowledge import Knowledge
from tests.cases.truth import Combination, table
from tests.derivation.view import changed_knowledge

ONE, TWO, THREE = "hiatal-hernia", "sigmoid-oesophagus", "epiphrenic-diverticulum"

CRITERIA = f"""
criterion:test-not a poemkg:NotCriterion ; poemkg:part criterion:{ONE} .
criterion:test-negated a poemkg:NotCriterion ; poemkg:part criterion:{TWO} .
criterion:test-all-two a poemkg:AllOfCriterion ;
  poemkg:part criterion:{ONE} , criterion:{TWO} .
criterion:test-any-two a poemkg:AnyOfCriterion ;
  poemkg:part criterion:{ONE} , criterion:{TWO} .
criterion:test-all-three a poemkg:AllOfCriterion ;
  poemkg:part criterion:{ONE} , criterion:{TWO} , criterion:{THREE} .
criterion:test-any-three a poemkg:AnyOfCriterion ;
  poemkg:part criterion:{ONE} , criterion:{TWO} , criterion:{THREE} .
criterion:test-all-negated a poemkg:AllOfCriterion ;
  poemkg:part criterion:{ONE} , criterion:test-negated .
criterion:test-any-negated a poemkg:AnyOfCriterion ;
  poemkg:part criterion:{ONE} , criterion:test-negated .
criterion:test-required a poemkg:FactCriterion ;
  poemkg:onClass poemkg:HighResolutionManometry ;
  poemkg:requiresResult poemkg:TreatmentNeedSupported .
criterion:test-from a poemkg:MeasureCriterion ; poemkg:onMeasure poemkg:DistalLatency ;
  poemkg:metFrom 4.5 ; poemkg:notMetBelow 2.5 .
criterion:test-up-to a poemkg:MeasureCriterion ; poemkg:onMeasure poemkg:DistalLatency ;
  poemkg:metUpTo 2.5 ; poemkg:notMetAbove 4.5 .
criterion:test-band a poemkg:MeasureCriterion ; poemkg:onMeasure poemkg:DistalLatency ;
  poemkg:metFrom 2.5 ; poemkg:metUpTo 4.5 ; poemkg:notMetBelow 2.0 ; poemkg:notMetAbove 5.0 .
"""

DISORDERS = {
    "TestSuperclass": "OesophagealMotilityDisorder",
    "TestSubtype": "TestSuperclass",
    "TestOfLines": "OesophagealMotilityDisorder",
    "TestManaged": "OesophagealMotilityDisorder",
    "TestModel": "OesophagealMotilityDisorder",
}
# For each input of the table and value of it: what the statement that gives it says.
_GIVEN = {
    ("line", "1"): ("OrderedLine", "TestOfLines", "lineStanding", "droracle2025"),
    ("line", "2"): ("OrderedLine", "TestOfLines", "lineStanding", "droracle2025"),
    ("subtype", "preferred"): ("Preference", "TestSubtype", "preferredStanding", "droracle2025"),
    ("subtype", "option"): ("Recommendation", "TestSubtype", "optionStanding", "droracle2025"),
    ("other source", "preferred"): ("Preference", "TestSubtype", "preferredStanding", "aga2017"),
    ("superclass", "preferred"): (
        "Preference",
        "TestSuperclass",
        "preferredStanding",
        "droracle2025",
    ),
    ("superclass", "option"): (
        "Recommendation",
        "TestSuperclass",
        "optionStanding",
        "droracle2025",
    ),
    ("transferred", "preferred"): ("Preference", "TestModel", "preferredStanding", "droracle2025"),
    ("transferred", "option"): ("Recommendation", "TestModel", "optionStanding", "droracle2025"),
}


def therapy(combination: Combination) -> str:
    """Return the made-up therapy for which these arguments speak."""
    return "TestTherapy-" + "-".join(combination).replace(" ", "")


@cache
def made_up() -> Knowledge:
    """Return the ontology with the made-up criteria and therapies."""
    files = {"criteria.ttl": CRITERIA, "guidelines/droracle-2025.ttl": _standings()}
    with TemporaryDirectory() as folder:
        return changed_knowledge(Path(folder), files=files)


def _standings() -> str:
    inputs = tuple(table("standing").inputs)
    combinations = table("standing").combinations
    parts = [_class(name, above) for name, above in DISORDERS.items()]
    parts += [_class(therapy(combination), "Therapy") for combination in combinations]
    for number, ((column, value), said) in enumerate(_GIVEN.items()):
        place = inputs.index(column)
        therapies = [therapy(c) for c in combinations if c[place] == value]
        order = f"poemkg:line {value} ; poemkg:inSequence stmt:test-order ;"
        parts.append(_statement(number, *said, therapies, order if column == "line" else ""))
    parts.append(
        'stmt:test-order a poemkg:LineSequence ; rdfs:label "test"@en .\n'
        'stmt:test-managed a poemkg:TreatAs ; rdfs:label "test"@en ;\n'
        "  poemkg:source source:droracle2025 ; poemkg:direction poemkg:directionNeutral ;\n"
        "  poemkg:disorder poemkg:TestManaged ; poemkg:asDisorder poemkg:TestModel .\n"
    )
    return "\n".join(parts)


def _class(name: str, above: str) -> str:
    return (
        f"poemkg:{name} a owl:Class , owl:NamedIndividual ;\n"
        f'  rdfs:subClassOf poemkg:{above} ; rdfs:label "{name}"@en .\n'
    )


def _statement(
    number: int,
    kind: str,
    disorder: str,
    standing: str,
    source: str,
    therapies: list[str],
    order: str,
) -> str:
    return (
        f'stmt:test-{number} a poemkg:{kind} ; rdfs:label "test"@en ; {order}\n'
        f"  poemkg:source source:{source} ; poemkg:direction poemkg:directionFor ;\n"
        f"  poemkg:standing poemkg:{standing} ; poemkg:disorder poemkg:{disorder} ;\n"
        f"  poemkg:therapy {' , '.join('poemkg:' + name for name in therapies)} .\n"
    )
