"""Opening and saving the ontology in the OWL API 5, as Protégé does, changes no triple."""

from __future__ import annotations

import random
import shutil
import socket
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.errors import ToolMissing
from poem_kg.formatting import format_file, format_files, format_text
from poem_kg.knowledge import parse_module, read_catalog
from poem_kg.namespaces import POEMKG
from poem_kg.resources import data_dir
from poem_kg.turtle import write_turtle
from tests.reasoning import owlapi5
from tests.reasoning.owlapi5 import Opening

ONTOLOGY = data_dir("ontology")
FILES = sorted(ONTOLOGY.rglob("*.ttl"))
FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "owlxml": ox.RdfFormat.TURTLE,
}

Saved = dict[Path, dict[str, Path]]
Toys = dict[str, tuple[Path, dict[str, Path]]]


def canonical(triples: Iterable[ox.Triple]) -> set[str]:
    """The triples with blank nodes labelled by RDFC-1.0, so that equal sets are equal graphs."""
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def save_all(starts: Sequence[Path], catalog: dict[str, Path], folder: Path) -> Saved:
    (found,) = owlapi5.saved_of_each([Opening(starts, catalog, folder)], tuple(FORMATS))
    return {catalog[iri].resolve(): files for iri, files in found.items()}


def differences(path: Path, saved: Path, form: ox.RdfFormat) -> tuple[list[str], list[str]]:
    before = canonical(parse_module(path))
    after = canonical(quad.triple for quad in ox.parse(path=saved, format=form))
    return sorted(before - after), sorted(after - before)


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    catalog = read_catalog(ONTOLOGY)
    starts = [catalog[POEMKG], *sorted((ONTOLOGY / "alignments").glob("*.ttl"))]
    return save_all(starts, catalog, tmp_path_factory.mktemp("saved"))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ONTOLOGY).as_posix())
def test_no_triple_is_lost_or_added(path: Path, form: str, saved: Saved) -> None:
    lost, added = differences(path, saved[path.resolve()][form], FORMATS[form])
    assert (lost, added) == ([], [])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ONTOLOGY).as_posix())
def test_saved_and_formatted_a_file_is_the_same_bytes(
    path: Path, form: str, saved: Saved, tmp_path: Path
) -> None:
    """As an author has it who saves in Protégé and runs `poem-kg format`."""
    copy = tmp_path / path.name
    copy.write_bytes(saved[path.resolve()][form].read_bytes())

    format_files([copy])

    assert copy.read_bytes() == path.read_bytes()


# "PREFIX", as Turtle 1.1 allows it, would make the OWL API take the file for OBO without a word.
HEAD = """\
@prefix e: <http://e/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
e: a owl:Ontology .
"""


TOYS = {
    "pun not declared": (
        "e:A a owl:Class . e:p a owl:ObjectProperty . e:i a owl:NamedIndividual ; e:p e:A .",
        0,
        1,
    ),
    "disjoint in order": ("e:A a owl:Class ; owl:disjointWith e:B . e:B a owl:Class .", 0, 0),
    "disjoint out of order": ("e:A a owl:Class . e:B a owl:Class ; owl:disjointWith e:A .", 1, 1),
    "date": ("e:n a owl:AnnotationProperty . e: e:n '2026-01-01'^^xsd:date .", 0, 1),
    "restriction": (
        "e:A a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty e:p ; "
        "owl:someValuesFrom e:A ] . e:p a owl:ObjectProperty .",
        0,
        0,
    ),
}
LIST = "e:p a owl:ObjectProperty . e:i a owl:NamedIndividual ; e:p ( e:i e:i ) ."


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Toys:
    """Return every small ontology with what it is saved as, from one start of Java."""
    texts = {name: turtle for name, (turtle, _, _) in TOYS.items()} | {"list": LIST}
    written = {name: HEAD + text for name, text in texts.items()} | {"odd": odd_text()}
    openings = []
    for text in written.values():
        source = tmp_path_factory.mktemp("toy") / "toy.ttl"
        source.write_text(text)
        openings.append(Opening([source], {"http://e/": source}, source.parent))
    found = owlapi5.saved_of_each(openings, tuple(FORMATS))
    return {
        name: (opening.documents[0], files["http://e/"])
        for name, opening, files in zip(written, openings, found, strict=True)
    }


@pytest.mark.parametrize("toy", TOYS)
def test_what_the_owl_api_changes(toy: str, toys: Toys) -> None:
    _, lost, added = TOYS[toy]
    source, files = toys[toy]
    for name, form in FORMATS.items():
        found = differences(source, files[name], form)
        assert (len(found[0]), len(found[1])) == (lost, added), (name, found)


ODD = (
    'says "so"', "of two\nlines", "ends in \\", "\ttab", "\\t", "ä 中 😀", " spaces  ",
    "'''", "<&>]]>",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_odd_texts_and_numbers_come_back_to_the_same_bytes(
    form: str, toys: Toys, tmp_path: Path
) -> None:
    source, files = toys["odd"]
    copy = tmp_path / "toy.ttl"
    copy.write_bytes(files[form].read_bytes())

    format_files([copy])

    assert copy.read_text() == source.read_text()


def odd_text() -> str:
    """Return an ontology of odd texts and numbers, as `poem-kg format` writes it."""
    texts = " ".join(f"e:i{n} a owl:NamedIndividual ; e:n ?{n} ." for n in range(len(ODD)))
    for number, text in enumerate(ODD):
        literal = f"{ox.Literal(text)} , {ox.Literal(text, language='en')}"
        texts = texts.replace(f"?{number} ", f"{literal} ")
    numbers = "e:m a owl:NamedIndividual ; e:n 94.0 , +1.50 , 01 , true ."
    head = HEAD + "e:n a owl:AnnotationProperty . "
    return format_text(head + texts + numbers)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_an_edited_ontology_comes_back_to_the_same_bytes(seed: int, tmp_path: Path) -> None:
    """Edits of texts and values all over the ontology, saved in each syntax and formatted."""
    chance, copy = random.Random(seed), tmp_path / "ontology"
    shutil.copytree(ONTOLOGY, copy)
    for path in copy.rglob("*.ttl"):
        triples = [_edited(t, chance) if chance.random() < 0.2 else t for t in parse_module(path)]
        path.write_text(write_turtle(triples))
    catalog = read_catalog(copy)
    written = save_all([catalog[POEMKG]], catalog, tmp_path)

    for path, files in written.items():
        for form, file in files.items():
            assert format_file(_named(file)).text == path.read_text(), (path.name, form)


def _named(file: Path) -> Path:
    return file if file.suffix == ".ttl" else file.rename(file.with_name(file.name + ".ttl"))


def _edited(triple: ox.Triple, chance: random.Random) -> ox.Triple:
    value = triple.object
    if not isinstance(value, ox.Literal) or "owl" in triple.predicate.value:
        return triple
    if value.language:
        text = value.value + chance.choice(ODD)
        return ox.Triple(triple.subject, triple.predicate, ox.Literal(text, language="en"))
    if value.datatype.value.endswith("#string"):
        new = ox.Literal(chance.choice(ODD) + value.value)
        return ox.Triple(triple.subject, triple.predicate, new)
    return triple


def test_an_rdf_list_of_individuals_is_lost(
    toys: Toys,
) -> None:
    source, files = toys["list"]
    lost, _added = differences(source, files["turtle"], FORMATS["turtle"])
    assert lost


def test_an_import_outside_the_catalogue_is_an_error_and_no_call(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        source = tmp_path / "toy.ttl"
        port = server.getsockname()[1]
        source.write_text(HEAD + f"e: owl:imports <http://127.0.0.1:{port}/other> .")
        with pytest.raises(AssertionError, match="OWL API 5 failed"):
            owlapi5.saved(source, {"http://e/": source}, ["turtle"], tmp_path)
        with pytest.raises(TimeoutError):
            server.accept()


def test_missing_debian_jars_are_an_error_that_names_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(owlapi5, "FOLDER", tmp_path)
    with pytest.raises(ToolMissing, match="apt-get install libowlapi-java"):
        owlapi5.jars()
