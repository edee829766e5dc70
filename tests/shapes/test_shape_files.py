"""The shape files: complete, spelt right, and free of clinical facts."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from importlib.resources import files

import pyoxigraph as ox

from poem_kg.namespaces import POEMKG, RDFS, SH, SHAPES
from poem_kg.resources import data_dir
from poem_kg.validation import CONCLUSION_SHAPES, PATIENT_SHAPES, STATEMENT_SHAPES
from tests.shapes.support import SEVERITY, SUBCLASS, TYPE, knowledge, ours, shape_triples

SHAPE_CLASSES = {ox.NamedNode(SH + "NodeShape"), ox.NamedNode(SH + "PropertyShape")}
CONSTRAINT = ox.NamedNode(SH + "SPARQLConstraint")
LABEL = ox.NamedNode(RDFS + "label")
MESSAGE, DESCRIPTION = ox.NamedNode(SH + "message"), ox.NamedNode(SH + "description")
KINDS = {"ClinicalConcept", "DiagnosticTest", "Outcome", "ResultClass", "Therapy"}
"""The tops of the clinical hierarchies; classes right below the first and third will do too."""


@cache
def _about() -> dict[ox.NamedNode, dict[ox.NamedNode, list[object]]]:
    about: dict[ox.NamedNode, dict[ox.NamedNode, list[object]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for triple in shape_triples():
        if isinstance(triple.subject, ox.NamedNode):
            about[triple.subject][triple.predicate].append(triple.object)
    return about


def _texts() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for path in sorted(data_dir("shapes").glob("*.ttl"))
    )


def test_every_shape_has_an_iri_a_label_and_a_description() -> None:
    for triple in shape_triples():
        if triple.predicate == TYPE and triple.object in SHAPE_CLASSES:
            assert isinstance(triple.subject, ox.NamedNode), triple
            assert triple.subject.value.startswith(SHAPES), triple
            said = _about()[triple.subject]
            assert said[LABEL], f"{triple.subject} has no label"
            assert said[DESCRIPTION], f"{triple.subject} does not say why"


def test_a_shape_has_a_message_exactly_if_it_has_a_severity() -> None:
    for subject, said in _about().items():
        if CONSTRAINT not in said[TYPE]:
            assert bool(said[MESSAGE]) == bool(said[SEVERITY]), subject


def test_every_shacl_term_exists() -> None:
    source = files("pyshacl") / "assets" / "shacl.ttl"
    known = {q.subject for q in ox.parse(source.read_bytes(), format=ox.RdfFormat.TURTLE)}
    used = {
        term
        for triple in shape_triples()
        for term in (triple.predicate, triple.object)
        if isinstance(term, ox.NamedNode) and term.value.startswith(SH)
    }
    assert len(used) > 30
    assert used - known == set()


def test_every_term_of_ours_is_declared() -> None:
    declared = {t.subject for t in knowledge().ontology if t.predicate == TYPE}
    used = {ours(name) for name in re.findall(r"\bpoemkg:([A-Za-z]+)", _texts())}
    assert len(used) > 60
    assert used - declared == set()


def test_every_shape_of_ours_that_is_named_exists() -> None:
    named = {
        term
        for triple in shape_triples()
        for term in (triple.subject, triple.object)
        if isinstance(term, ox.NamedNode) and term.value.startswith(SHAPES)
    }
    assert named - set(_about()) == set()


def test_no_shape_names_a_disease_a_drug_or_a_procedure() -> None:
    tops = {ours(name) for name in KINDS}
    near = {
        t.subject
        for t in knowledge().ontology
        if t.predicate == SUBCLASS and t.object in (ours("ClinicalConcept"), ours("ResultClass"))
    }
    clinical = {
        t.subject
        for t in knowledge().prepared
        if t.predicate == ours("isKindOf") and t.object in tops
    }
    used = {ours(name) for name in re.findall(r"\bpoemkg:([A-Za-z]+)", _texts())}
    examples = {ours("Success"), ours("Declined")}  # in the text of a message
    assert used & clinical - tops - near - examples == set()


def test_no_shape_holds_a_threshold() -> None:
    numbers = {
        triple.object.value
        for triple in shape_triples()
        if isinstance(triple.object, ox.Literal)
        and triple.object.datatype.value.endswith(("#integer", "#decimal"))
    }
    assert numbers == {"0", "1"}


def test_every_file_is_loaded() -> None:
    names = {path.stem for path in data_dir("shapes").glob("*.ttl")}
    assert names == {*PATIENT_SHAPES, *STATEMENT_SHAPES, *CONCLUSION_SHAPES}


def test_every_path_of_a_statement_is_watched_for_terms_that_do_not_exist() -> None:
    """The two shapes that look at all object properties of statements know all of them."""
    watched = _texts()
    declared = {
        t.subject
        for t in knowledge().ontology
        if t.predicate == TYPE and str(t.object).endswith("#ObjectProperty>")
    }
    subjects = {
        t.subject
        for t in knowledge().ontology
        if t.predicate == ours("source") and isinstance(t.subject, ox.NamedNode)
    }
    used = {
        t.predicate.value.removeprefix(POEMKG)
        for t in knowledge().ontology
        if t.subject in subjects and t.predicate in declared
    }
    assert len(used) > 25
    assert {name for name in used if f"poemkg:{name}" not in watched} == set()


def test_every_query_about_several_records_looks_at_the_latest_in_the_same_way() -> None:
    """The lines that pick the latest records are repeated in each query, and tested on one."""
    select = ox.NamedNode(SH + "select")
    texts = [str(t.object) for t in shape_triples() if t.predicate == select]
    blocks = [
        text[text.index("OPTIONAL { $this poemkg:asOf") : text.index("?newer poemkg:status")]
        for text in texts
        if "?later" in text
    ]
    assert len(blocks) == 6
    assert len(set(blocks)) == 1
