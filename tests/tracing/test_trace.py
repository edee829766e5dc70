"""A trace leads from a sentence to the patients, in three formats that say the same."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from poem_kg import KnowledgeBase
from poem_kg.cli.main import app
from poem_kg.errors import InputError
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, RDF, SOURCE, STATEMENT
from poem_kg.tracing.formats import COLUMNS, trace_csv, trace_turtle
from poem_kg.tracing.html import trace_html
from poem_kg.tracing.model import FLAGGED, MODELLED, WAIVED, Trace
from poem_kg.tracing.tracing import patient_files, trace
from tests.cases.usage import cases
from tests.project.tree import ROOT

EXAMPLES = ROOT / "examples"
STORIES = ("S3a-type-iii", "S4c-outflow-obstruction-tumour", "S9-distal-spasm")
C01 = STATEMENT + "droracle2025-C01"
C24 = STATEMENT + "droracle2025-C24"
HOSTILE = '<script>alert(1)</script>"&=cmd'


@pytest.fixture(scope="module")
def traced() -> Trace:
    return trace(KnowledgeBase.load(), [EXAMPLES / f"{story}.ttl" for story in STORIES])


def test_every_sentence_is_modelled_left_out_with_a_reason_or_flagged(traced: Trace) -> None:
    counts = {state: traced.counted(state) for state in (MODELLED, WAIVED, FLAGGED)}

    assert counts == {MODELLED: 64, WAIVED: 29, FLAGGED: 0}
    assert sum(counts.values()) == len(traced.passages)
    assert all(bool(p.reason) == (p.state == WAIVED) for p in traced.passages)


def test_one_chain_from_a_bullet_to_a_patient(traced: Trace) -> None:
    passage = next(p for p in traced.passages if p.ordinal == 31)
    (iri,) = passage.statements
    statement = next(s for s in traced.statements if s.iri == iri)

    assert iri == C24
    assert passage.locator.endswith("bullet 2 (EGJ outflow obstruction), sub-bullet 2")
    assert (statement.claim, statement.kind) == ("C24", "rule-out step")
    assert [(c.use, c.iri.rsplit("/", 1)[-1]) for c in statement.criteria] == [
        ("requires", "mechanical-obstruction-ruled-out")
    ]
    assert [(e.name, [w.told() for w in e.ways]) for e in statement.exercises] == [
        ("S4c-outflow-obstruction-tumour", ["requirement (not met)"])
    ]


def test_patients_in_whom_nothing_shows_are_not_named(traced: Trace) -> None:
    statement = next(s for s in traced.statements if s.iri == C01)

    assert [e.name for e in statement.exercises] == ["S3a-type-iii", "S9-distal-spasm"]


@pytest.mark.slow
def test_the_cases_of_the_suite_are_found_by_the_trace() -> None:
    wanted = {
        (c.iri, c.path.stem)
        for c in cases()
        if c.shows in ("for", "against", "caution", "gap", "outcome", "requirement", "test", "via")
    }
    files = {path for _, name in wanted for path in ROOT.rglob(f"{name}.ttl")}
    found = trace(KnowledgeBase.load(), sorted(files))

    assert len(wanted) > 90
    assert wanted <= {(s.iri, e.name) for s in found.statements for e in s.exercises}


def test_a_passage_with_nothing_and_one_with_both_are_flagged() -> None:
    knowledge = with_triples(
        (SOURCE + "droracle2025-passage-004", "modelledBy", ox.NamedNode(C01)),
        (SOURCE + "invented-passage", "ofSource", ox.NamedNode(SOURCE + "droracle2025")),
        (SOURCE + "invented-passage", "ordinal", ox.Literal(94)),
    )

    found = trace(KnowledgeBase(knowledge), [])

    assert [p.ordinal for p in found.passages if p.state == FLAGGED] == [4, 94]
    assert trace_html(found).decode().count('<span class="flagged">open') == 2


def with_triples(*said: tuple[str, str, ox.NamedNode | ox.Literal]) -> Knowledge:
    """The knowledge with more triples; every new subject is a passage."""
    from dataclasses import replace

    knowledge = KnowledgeBase.load().knowledge
    more = [ox.Triple(ox.NamedNode(s), ox.NamedNode(POEMKG + p), o) for s, p, o in said]
    kind = ox.NamedNode(RDF + "type")
    types = [ox.Triple(t.subject, kind, ox.NamedNode(POEMKG + "Passage")) for t in more]
    return replace(knowledge, ontology=(*knowledge.ontology, *more, *types))


def test_the_table_has_a_row_for_every_passage_and_every_statement(traced: Trace) -> None:
    rows = list(csv.DictReader(io.StringIO(trace_csv(traced).decode(), newline="")))

    assert tuple(rows[0]) == COLUMNS
    assert {r["passage"] for r in rows} - {""} == {p.iri for p in traced.passages}
    assert {r["statement"] for r in rows} - {""} == {s.iri for s in traced.statements}
    (row,) = [r for r in rows if r["statement"] == C24]
    assert (row["ordinal"], row["state"], row["review"]) == (
        "31",
        "modelled",
        "pending human review",
    )
    assert row["patients"] == "S4c-outflow-obstruction-tumour"


def test_the_graph_leads_by_one_query_from_a_place_to_the_patients(traced: Trace) -> None:
    store = ox.Store()
    store.load(trace_turtle(traced), format=ox.RdfFormat.TURTLE)

    rows = store.query(
        "PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>"
        "SELECT ?criterion ?patient WHERE { ?passage poemkg:ordinal 31 ; poemkg:modelledBy ?s ."
        " ?s poemkg:requires ?criterion ; poemkg:exercisedBy ?patient }"
    )

    assert isinstance(rows, ox.QuerySolutions)
    assert [(r["criterion"].value.rsplit("/", 1)[-1], r["patient"].value) for r in rows] == [
        ("mechanical-obstruction-ruled-out", "https://example.org/poem-kg/S4c/patient")
    ]


def test_the_page_links_within_itself_and_to_nothing_else(traced: Trace) -> None:
    page = trace_html(traced).decode()

    targets, anchors = set(re.findall(r'href="#([^"]+)"', page)), re.findall(r' id="([^"]+)"', page)
    assert targets <= set(anchors)
    assert len(anchors) == len(set(anchors)) == len(traced.passages) + len(traced.statements)
    assert set(re.findall(r'(?:href|src)="([^#][^"]*)"', page)) == set()
    assert "default-src 'none'" in page
    assert "pending human review" in page


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    text = (EXAMPLES / "S7-jackhammer.ttl").read_text(encoding="utf-8")
    path = tmp_path / "=cmd.ttl"
    label = HOSTILE.replace('"', '\\"')
    path.write_text(text.replace("S7: hypercontractile (jackhammer) oesophagus", label), "utf-8")

    found = trace(KnowledgeBase.load(), [path])

    page = trace_html(found).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;=cmd" in page
    rows = list(csv.DictReader(io.StringIO(trace_csv(found).decode(), newline="")))
    assert {r["patients"] for r in rows} == {"", "'=cmd"}


def test_a_patient_who_does_not_conform_is_named_and_left_out(tmp_path: Path) -> None:
    text = (EXAMPLES / "S7-jackhammer.ttl").read_text(encoding="utf-8")
    path = tmp_path / "wrong.ttl"
    path.write_text(text.replace("poemkg:age 72", "poemkg:age 720"), encoding="utf-8")

    found = trace(KnowledgeBase.load(), [path])

    assert (found.patients, found.left_out) == (0, ("wrong.ttl",))
    assert "Left out, since they do not conform: wrong.ttl" in trace_html(found).decode()


def test_the_form_to_fill_in_is_no_patient(tmp_path: Path) -> None:
    names = {path.name for path in patient_files([EXAMPLES])}

    assert "template.ttl" not in names
    assert len(names) >= 24
    with pytest.raises(InputError, match="is no folder"):
        patient_files([tmp_path / "nowhere"])


def test_the_command_writes_a_file_and_tells_the_counts(tmp_path: Path) -> None:
    patients = tmp_path / "patients"
    patients.mkdir()
    (patients / "one.ttl").write_bytes((EXAMPLES / "S7-jackhammer.ttl").read_bytes())
    output = tmp_path / "trace.csv"

    call = ["trace", "--format", "csv", "--patients", str(patients), "--output", str(output)]
    done = CliRunner().invoke(app, call)

    assert done.exit_code == 0, done.output
    assert done.stderr.startswith("93 passages, 0 of them open; ")
    assert "in none of 1 patients" in done.stderr
    assert b"one\r\n" in output.read_bytes() or b"one," in output.read_bytes()


def test_a_page_that_is_another_ends_with_1(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("An invented sentence.\n", encoding="utf-8")

    done = CliRunner().invoke(app, ["trace", "--page", str(page)])

    assert done.exit_code == 1
    assert done.stdout.count("is not there as it was") == 93
    assert "sentence 1 has no passage (An invented sentence.)" in done.stdout


PAGE = (ROOT / "docs" / "trace.md").read_text(encoding="utf-8")


def test_the_figures_of_the_page_are_those_of_the_trace(traced: Trace) -> None:
    told = re.search(r"(\d+) passages: (\d+) are modelled, (\d+) are waived, none is flagged", PAGE)

    assert told is not None
    counted = (len(traced.passages), traced.counted(MODELLED), traced.counted(WAIVED))
    assert tuple(map(int, told.groups())) == counted


def test_the_query_of_the_page_finds_the_chain(traced: Trace) -> None:
    (query,) = re.findall(r"```sparql\n(.*?)```", PAGE, re.S)
    store = ox.Store()
    store.load(trace_turtle(traced), format=ox.RdfFormat.TURTLE)

    rows = store.query(query)

    assert isinstance(rows, ox.QuerySolutions)
    assert (C24, "https://example.org/poem-kg/S4c/patient") in {
        (r["statement"].value, r["patient"].value) for r in rows
    }


def test_the_options_and_the_code_of_the_page_exist(
    traced: Trace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    help_text = CliRunner().invoke(app, ["trace", "--help"], env={"COLUMNS": "200"}).stdout
    for option in set(re.findall(r"(?<![\w-])--[a-z]+", PAGE)):
        assert option in help_text
    (tmp_path / "examples").mkdir()
    (tmp_path / "page.txt").write_text("An invented sentence.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "docs/trace.md", "exec"), {})
