"""Why an ontology contradicts itself, or a class can have no member, in words."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import pytest

from poem_kg.knowledge import load_knowledge
from poem_kg.namespaces import POEMKG
from poem_kg.owl.axioms import AxiomPattern, axiom_patterns, axiom_terms
from poem_kg.owl.reasoning import OwlReport, ReasonerResult, check_consistency, examine
from poem_kg.owl.words import axiom_words, steps
from tests.reasoning.test_reasoning import DISJOINT, graph

SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def name(iri: str) -> str:
    """Return the end of an IRI for its label."""
    return iri.rstrip("/").rsplit("/", 1)[-1]


FAULTS = {
    "two classes kept apart": (
        DISJOINT + "e:C a owl:Class ; rdfs:subClassOf e:A , e:B , e:D . e:D a owl:Class .",
        "http://e/C",
        ('every "C" is an "A"', 'every "C" is a "B"', 'nothing is both an "A" and a "B"'),
    ),
    "over two steps": (
        DISJOINT + "e:C a owl:Class ; rdfs:subClassOf e:A , e:D . "
        "e:D a owl:Class ; rdfs:subClassOf e:B .",
        "http://e/C",
        (
            'every "C" is an "A"',
            'every "C" is a "D"',
            'every "D" is a "B"',
            'nothing is both an "A" and a "B"',
        ),
    ),
    "a restriction against a range": (
        DISJOINT + "e:p a owl:ObjectProperty ; rdfs:range e:A . e:C a owl:Class ; rdfs:subClassOf "
        "[ a owl:Restriction ; owl:onProperty e:p ; owl:someValuesFrom e:B ] .",
        "http://e/C",
        (
            'every "C" is something with some "p" that is a "B"',
            'every value of "p" is an "A"',
            'nothing is both an "A" and a "B"',
        ),
    ),
    "a value outside a datatype of ours": (
        "e:d a rdfs:Datatype ; owl:equivalentClass "
        "[ a rdfs:Datatype ; owl:onDatatype xsd:integer ; "
        "owl:withRestrictions ( [ xsd:maxInclusive 100 ] ) ] . e:p a owl:DatatypeProperty ; "
        "rdfs:range e:d . e:i a owl:NamedIndividual ; e:p 120 .",
        "",
        (
            '"d" is integer with maxInclusive "100"^^xsd:integer',
            'every value of "p" is a "d"',
            '"i" has "p" "120"^^xsd:integer',
        ),
    ),
    "a member of both": (
        DISJOINT + "e:i a owl:NamedIndividual , e:A , e:B . e:j a owl:NamedIndividual , e:A .",
        "",
        ('"i" is an "A"', '"i" is a "B"', 'nothing is both an "A" and a "B"'),
    ),
    "a value of the wrong kind": (
        DISJOINT + "e:p a owl:ObjectProperty ; rdfs:range e:A . "
        "e:i a owl:NamedIndividual ; e:p e:j . e:j a owl:NamedIndividual , e:B .",
        "",
        (
            '"j" is a "B"',
            'every value of "p" is an "A"',
            '"i" has "p" "j"',
            'nothing is both an "A" and a "B"',
        ),
    ),
}


def result_of(report: OwlReport) -> ReasonerResult:
    """Return what the reasoner found, which refused nothing."""
    assert report.refusals == ()
    assert report.result is not None
    return report.result


@pytest.fixture(scope="module")
def reports() -> dict[str, OwlReport]:
    """Return the reports of all the faults, from one start of Java."""
    return dict(zip(FAULTS, examine(graph(t) for t, _, _ in FAULTS.values()), strict=True))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_by_the_fewest_axioms_in_words(
    fault: str, reports: dict[str, OwlReport]
) -> None:
    _, start, expected = FAULTS[fault]
    told = steps(result_of(reports[fault]).reasons[start], name, start=start)
    assert sorted(step.words for step in told) == sorted(expected)
    if start:
        assert tuple(step.words for step in told) == expected


def test_each_of_several_ontologies_has_its_own_report(reports: dict[str, OwlReport]) -> None:
    consistent = {fault: result_of(report).consistent for fault, report in reports.items()}
    assert consistent == {fault: bool(start) for fault, (_, start, _) in FAULTS.items()}


def test_an_ontology_that_is_refused_leaves_the_others_their_reports() -> None:
    refused, bell, fine = examine(
        [
            graph("e:p a owl:DatatypeProperty . e:i e:p 'abc'^^xsd:integer ."),
            graph("e:p a owl:DatatypeProperty . e:i e:p 'bell \\u0007' ."),
            graph(DISJOINT),
        ]
    )
    assert refused.result is None
    assert len(refused.violations) == 1
    assert [text.split(":")[0] for text in refused.refusals] == ["HermiT refuses the ontology"]
    assert bell.result is None
    assert [text.split(" did ")[0] for text in bell.refusals] == ["The OWL API", "HermiT"]
    assert result_of(fine).consistent


def triples(turtle: str) -> list[ox.Triple]:
    """Return the triples of Turtle in which `p:` is a term of ours."""
    return graph(f"PREFIX p: <{POEMKG}> {turtle}")


def only(axioms: Iterable[str]) -> set[str]:
    """Return the ends of the IRIs that the axioms name."""
    return {name(iri) for axiom in axioms for iri in axiom_terms(axiom)}


@pytest.fixture(scope="module")
def whole() -> tuple[ReasonerResult, ReasonerResult]:
    """Return what is found in the whole ontology with a wrong class, and with a contradiction."""
    wrong = ("p:Disorder rdfs:subClassOf p:Measure .", "p:present a p:Measure , p:Procedure .")
    known = load_knowledge().ontology
    one, other = examine((*known, *triples(turtle)) for turtle in wrong)
    return result_of(one), result_of(other)


def test_a_reason_is_minimal_in_the_whole_ontology(
    whole: tuple[ReasonerResult, ReasonerResult],
) -> None:
    reasons = whole[0].reasons
    assert only(reasons[POEMKG + "Disorder"]) == {"Disorder", "Measure"}
    assert len(reasons) > 30
    for iri, axioms in reasons.items():
        assert name(iri) in only(axioms)
        assert len(axioms) < 8


def test_a_contradiction_of_the_whole_ontology_is_told(
    whole: tuple[ReasonerResult, ReasonerResult],
) -> None:
    result = whole[1]
    assert not result.consistent
    assert only(result.reasons[""]) == {"present", "Measure", "Procedure"}


def test_a_reason_that_takes_too_long_is_left_out_and_the_fault_is_not() -> None:
    turtle = DISJOINT + "e:C a owl:Class ; rdfs:subClassOf e:A , e:B ."
    result = check_consistency(graph(turtle), reason_seconds=0)
    assert result.unsatisfiable == ("http://e/C",)
    assert result.reasons == {}


@pytest.mark.parametrize(
    ("axiom", "words"),
    [
        (
            "EquivalentClasses(<e/A> ObjectIntersectionOf(<e/B> <e/C>) )",
            '"A" is the same as a "B" and also a "C"',
        ),
        (
            "SubClassOf(<e/B> ObjectMaxCardinality(1 <e/p> owl:Thing))",
            'every "B" is something with at most 1 "p" that is anything',
        ),
        ("DisjointClasses(<e/B> <e/C> <e/D>)", 'nothing is two of "B", "C" and "D"'),
        ("SubClassOf(<e/B> owl:Nothing)", 'every "B" is a thing that there cannot be'),
        (
            'DataPropertyAssertion(<e/p> <e/i> "a \\" (b)"^^xsd:string)',
            '"i" has "p" "a \\" (b)"^^xsd:string',
        ),
        ("FunctionalDataProperty(<e/p>)", 'nothing has more than one "p"'),
        ("DataPropertyRange(<e/p> xsd:decimal)", 'every value of "p" is decimal'),
        ("SubClassOf(<e/B> ObjectComplementOf(<e/C>))", 'every "B" is something that is not a "C"'),
        ("SubObjectPropertyOf(<e/p> <e/q>)", 'whatever has "p" has it as "q" too'),
        ("SomethingNew(<e/A> <e/B>)", 'SomethingNew of "A", "B"'),
        ("SubClassOf(<e/B>)", 'SubClassOf of "B"'),
    ],
)
def test_an_axiom_is_a_sentence(axiom: str, words: str) -> None:
    assert axiom_words(axiom, name) == words


@pytest.mark.parametrize(
    ("axiom", "patterns"),
    [
        ("SubClassOf(<e/A> <e/B>)", [("e/A", SUBCLASS, "e/B")]),
        ("SubClassOf(<e/A> ObjectHasSelf(<e/p>))", [("e/A", SUBCLASS, None)]),
        ("ClassAssertion(<e/A> <e/i>)", [("e/i", TYPE, "e/A")]),
        ("ObjectPropertyAssertion(<e/p> <e/i> <e/j>)", [("e/i", "e/p", "e/j")]),
        ('DataPropertyAssertion(<e/p> <e/i> "x")', [("e/i", "e/p", None)]),
        (
            "DisjointClasses(<e/A> <e/B>)",
            [
                ("e/A", "http://www.w3.org/2002/07/owl#disjointWith", "e/B"),
                ("e/B", "http://www.w3.org/2002/07/owl#disjointWith", "e/A"),
            ],
        ),
        (
            "FunctionalObjectProperty(<e/p>)",
            [("e/p", TYPE, "http://www.w3.org/2002/07/owl#FunctionalProperty")],
        ),
        ("DisjointClasses(<e/A> <e/B> <e/C>)", []),
        ("NegativeObjectPropertyAssertion(<e/p> <e/i> <e/j>)", []),
    ],
)
def test_an_axiom_is_found_by_the_triple_that_says_it(
    axiom: str, patterns: list[tuple[str, str, str | None]]
) -> None:
    assert list(axiom_patterns(axiom)) == [AxiomPattern(*pattern) for pattern in patterns]
