"""A new statement is a few options: it is written where it belongs, or nothing is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg import KnowledgeBase
from poem_kg.authoring.edits import Edits
from poem_kg.authoring.sources import SourceDraft, new_source
from poem_kg.authoring.writing import Written, new_statement
from poem_kg.errors import InputError
from poem_kg.knowledge import module_files, parse_module
from poem_kg.namespaces import OWL
from poem_kg.turtle import write_turtle
from tests.authoring.made_up import IRI, ROOT, SAID, SOURCE, STATEMENT, copied, held

NOTE = ox.Triple(
    ox.NamedNode("https://w3id.org/poem-kg/source/aga2017"),
    ox.NamedNode("http://www.w3.org/2004/02/skos/core#editorialNote"),
    ox.Literal("An invented note.", language="en"),
)
IMPORTS = ox.NamedNode(OWL + "imports")


def named(path: Path) -> set[ox.Triple]:
    """The triples of a file without blank nodes."""
    return {t for t in parse_module(path) if not {ox.BlankNode} & {type(t.subject), type(t.object)}}


@pytest.fixture(scope="module")
def with_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ontology to which an invented source was added; tests do not change it."""
    ontology = copied(tmp_path_factory.mktemp("source"))
    new_source(SOURCE, ontology=ontology)
    return ontology


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, with_source: Path) -> tuple[Path, Written]:
    """An ontology to which an invented statement was added as well."""
    import shutil

    ontology = tmp_path_factory.mktemp("statement") / "ontology"
    shutil.copytree(with_source, ontology)
    return ontology, new_statement(STATEMENT, ontology=ontology)


def test_a_new_source_touches_three_files_and_makes_one(with_source: Path) -> None:
    before, after = held(ROOT / "ontology"), held(with_source)

    new = {name for name in after if name not in before}
    assert new == {"guidelines/invented-2031.ttl"}
    assert {name for name in before if after[name] != before[name]} == {
        "catalog-v001.xml",
        "poem-kg.ttl",
        "sources.ttl",
    }
    assert with_source.resolve() / "guidelines" / "invented-2031.ttl" in module_files(
        with_source.resolve()
    )


def test_what_is_written_is_canonical_and_loses_nothing(
    written: tuple[Path, Written], with_source: Path
) -> None:
    ontology, done = written
    before, after = held(with_source), held(ontology)

    assert {n for n in after if after[n] != before.get(n)} == {"guidelines/invented-2031.ttl"}
    for path in sorted(ontology.rglob("*.ttl")):
        assert path.read_text(encoding="utf-8") == write_turtle(parse_module(path))
    for path in module_files(with_source):
        same = ontology / path.resolve().relative_to(with_source.resolve())
        assert named(path) <= named(same)
    assert done.iri == IRI
    assert done.block in (ontology / "guidelines" / "invented-2031.ttl").read_text("utf-8")


def test_modules_whose_terms_it_names_are_imported(written: tuple[Path, Written]) -> None:
    triples = parse_module(written[0] / "guidelines" / "invented-2031.ttl")

    imported = {str(t.object).rsplit("/", 1)[-1][:-1] for t in triples if t.predicate == IMPORTS}
    assert imported == {"disorders", "external", "procedures", "schema", "sources"}


def test_its_patients_lie_beside_the_ontology_and_do_what_they_say(
    written: tuple[Path, Written],
) -> None:
    ontology, done = written
    folder = ontology.parent / "examples" / "statements"
    kb = KnowledgeBase.load(ontology=ontology)

    shown = kb.recommend(folder / "invented2031-R1-shown.ttl")
    not_shown = kb.recommend(folder / "invented2031-R1-not-shown.ttl")

    assert [a.statement for o in shown.options for a in o.for_] == [IRI]
    assert shown.conforms and not_shown.conforms
    assert shown.findings == not_shown.findings == ()
    assert not_shown.options == ()
    assert {path.name for path in done.files if path.parent == folder} == {
        path.name for path in folder.iterdir()
    }
    assert [a.conclusion for a in done.shown] == ["Argument", "Option"]


def test_an_existing_patient_gets_the_new_option(written: tuple[Path, Written]) -> None:
    patient = ROOT / "examples" / "S7-jackhammer.ttl"

    advice = KnowledgeBase.load(ontology=written[0]).recommend(patient)

    assert [o.therapy.rsplit("/", 1)[-1] for o in advice.options] == ["PneumaticDilation"]
    assert KnowledgeBase.load().recommend(patient).options == ()


CLAIM = replace(
    STATEMENT,
    source="droracle2025",
    name="C77",
    said={**SAID, "claim": ("C77",), "cites": ("droracle2025-marker-1",)},
)


@pytest.mark.slow
def test_a_statement_of_a_traced_page_must_say_for_which_sentence_it_stands() -> None:
    with pytest.raises(InputError, match=r"stmt:droracle2025-C77: .*stands for no passage"):
        new_statement(CLAIM, ontology=ROOT / "ontology", with_patients=False, keep=False)


def test_a_statement_of_a_traced_page_says_for_which_sentence_it_stands(tmp_path: Path) -> None:
    ontology = copied(tmp_path)

    done = new_statement(replace(CLAIM, passages=("17",)), ontology=ontology, with_patients=False)

    assert [path.name for path in done.files] == ["droracle-2025.ttl", "droracle-2025.ttl"]
    text = (ontology / "passages" / "droracle-2025.ttl").read_text(encoding="utf-8")
    block = text[text.index("source:droracle2025-passage-017\n") :].split("\n\n")[0]
    assert "stmt:droracle2025-C77 ;" in block


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("direction", (), "direction"),
        pytest.param("standing", (), "standing", marks=pytest.mark.slow),
        pytest.param("disorder", (), "disorder", marks=pytest.mark.slow),
        pytest.param("verified", ("unverified", "pageOnly"), "verif", marks=pytest.mark.slow),
    ],
)
def test_what_a_check_refuses_is_not_written(
    with_source: Path, name: str, value: tuple[str, ...], error: str
) -> None:
    before = held(with_source.parent)
    draft = replace(STATEMENT, said={**SAID, name: value})

    with pytest.raises(InputError) as refused:
        new_statement(draft, ontology=with_source)

    assert str(refused.value).startswith("stmt:invented2031-R1: ")
    assert error in str(refused.value)
    assert held(with_source.parent) == before


@pytest.mark.slow
def test_a_dry_run_tells_all_and_writes_nothing(with_source: Path) -> None:
    before = held(with_source.parent)

    done = new_statement(STATEMENT, ontology=with_source, keep=False)

    assert done.block.startswith("stmt:invented2031-R1\n\ta\n")
    assert len(done.files) == 3
    assert held(with_source.parent) == before


def test_a_file_with_notes_that_would_be_lost_is_refused(tmp_path: Path) -> None:
    ontology = copied(tmp_path)
    path = ontology / "guidelines" / "aga-2017.ttl"
    path.write_text("# my note\n" + path.read_text("utf-8"), "utf-8")
    before = held(tmp_path)

    with pytest.raises(InputError, match=r"aga-2017\.ttl: is not in its canonical form.*format"):
        new_statement(replace(STATEMENT, source="aga2017"), ontology=ontology)

    assert held(tmp_path) == before


def changed(ontology: Path) -> Edits:
    """A change of one file that is not written yet."""
    edits = Edits(ontology)
    edits.add(edits.root / "sources.ttl", (NOTE,))
    return edits


def test_where_the_patients_cannot_be_written_nothing_is(with_source: Path, tmp_path: Path) -> None:
    before = held(with_source)
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    new = tmp_path / "new.ttl"

    with pytest.raises(InputError, match="cannot be made"):
        changed(with_source).write({new: b"x", blocked / "below" / "patient.ttl": b"x"})

    assert held(with_source) == before
    assert not new.exists()


@pytest.mark.parametrize(
    "failure",
    [
        InputError("sources.ttl", "cannot be written (disk full)", "choose another place"),
        KeyboardInterrupt(),
    ],
    ids=["disk full", "interrupted"],
)
def test_where_it_fails_half_way_nothing_has_changed(
    failure: BaseException, tmp_path: Path
) -> None:
    ontology = copied(tmp_path)
    patient = tmp_path / "patient.ttl"
    edits = changed(ontology)
    before = held(ontology)

    def fail(path: Path, data: bytes) -> None:
        if path.name == "sources.ttl":
            raise failure
        path.write_bytes(data)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("poem_kg.serialise.write_atomically", fail)
        with pytest.raises(type(failure)) as raised:
            edits.write({patient: b"x"})

    assert raised.value is failure
    assert held(ontology) == before
    assert not patient.exists()


def test_a_patient_file_that_is_there_is_kept(with_source: Path, tmp_path: Path) -> None:
    before = held(with_source)
    mine = tmp_path / "patient.ttl"
    mine.write_text("mine")

    with pytest.raises(InputError, match="exists already"):
        changed(with_source).write({mine: b"x"})

    assert held(with_source) == before
    assert mine.read_text() == "mine"


def test_a_file_that_somebody_else_changed_meanwhile_is_kept(tmp_path: Path) -> None:
    ontology = copied(tmp_path)
    edits = changed(ontology)
    path = ontology / "sources.ttl"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    before = held(ontology)

    with pytest.raises(InputError, match="was changed by somebody else meanwhile"):
        edits.write({})

    assert held(ontology) == before


def test_a_source_that_is_there_is_refused(with_source: Path) -> None:
    with pytest.raises(InputError, match="there is a source of this name"):
        new_source(SOURCE, ontology=with_source)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": "In Vented"}, "is no citation key"),
        ({"kind": "expert-revue"}, "did you mean poemkg:ExpertReview"),
        ({"doi": "doi:10.1/x"}, "--doi doi:10.1/x: is not of that form"),
        ({"pmid": "PMC12"}, "--pmid PMC12: is not of that form"),
        ({"url": "ftp://x"}, "is no web address"),
        ({"title": ""}, "--title: is empty"),
    ],
)
def test_a_source_that_cannot_be_meant_is_refused(change: dict[str, str], error: str) -> None:
    draft: SourceDraft = replace(SOURCE, **change)

    with pytest.raises(InputError) as refused:
        new_source(draft, ontology=ROOT / "ontology", keep=False)

    assert error in str(refused.value)
