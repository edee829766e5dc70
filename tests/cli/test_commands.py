"""What each command does for its user, beyond the contract of `recommend`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree

import pytest

from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.reading import read_graph
from poem_kg.serialise import RDF_FORMATS, SUFFIXES
from tests.cli.here import inside
from tests.cli.test_contract import ROOT, command

S1A = str(ROOT / "examples" / "S1a-opioid-dysfunction-recorded.ttl")
S3A = str(ROOT / "examples" / "S3a-type-iii.ttl")
S5 = str(ROOT / "examples" / "S5-diverticulum-no-diagnosis.ttl")


def text(*arguments: str) -> str:
    """Run a command that must end well and return what it prints."""
    done = inside(*arguments)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_explain_names_facts_place_and_what_is_open() -> None:
    told = " ".join(text("explain", S1A, "--option", "PerOralEndoscopicMyotomy").split())
    assert "Step 3 in the order" in told
    assert "opioid-induced oesophageal dysfunction recorded as present on 2026-03-02" in told
    assert "bullet 4 (opioid-induced dysfunction), sub-bullet 3" in told
    assert "not known whether it is behind the patient: botulinum toxin injection tried" in told


def test_explain_speaks_to_researchers_by_keys_and_queries() -> None:
    told = text("explain", S1A, "--option", "POEM", "--audience", "researcher")
    assert "claim C32" in told
    assert "stmt:droracle2025-C32" in told
    assert "derive/211-arguments sha256:" in told


def test_explain_says_that_nothing_is_said() -> None:
    assert "These sources offer no therapy" in text("explain", S5)


def test_explain_tells_why_not_by_any_name() -> None:
    told = text("explain", S5, "--why-not", "botox")
    assert "botulinum toxin injection is not offered." in told
    assert "opioid-induced oesophageal dysfunction: not known" in told
    assert "pneumatic dilation" not in told


@pytest.mark.parametrize(
    ("format", "start"),
    [("json", b"{"), ("turtle", b"@prefix"), ("svg", b"<?xml"), ("text", b"S5: ")],
)
def test_explain_writes_every_format(format: str, start: bytes) -> None:
    done = inside("explain", S5, "--format", format)
    assert done.returncode == 0
    assert done.stdout.startswith(start)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--option", "Surgery"), "one of the options: opioid discontinuation"),
        (("--why-not", "Surgery"), "--why-not Surgery: is no therapy of the ontology; try "),
        (("--why-not", "POEM", "--option", "POEM"), "--why-not POEM: does not go with --option"),
        (("--audience", "nobody"), "choose one of clinician, researcher"),
        (("--format", "png"), "choose one of text, json, turtle, svg"),
    ],
)
def test_explain_refuses_in_one_line(arguments: tuple[str, ...], told: str) -> None:
    done = inside("explain", S1A, *arguments)
    assert done.returncode == 2
    assert told in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_explain_is_a_command_of_its_own_process() -> None:
    done = command("explain", S5, "--why-not", "botox")
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == inside("explain", S5, "--why-not", "botox").stdout


def test_a_table_fits_its_width() -> None:
    for line in text("recommend", S1A).splitlines():
        assert len(line) <= 100


def test_as_of_a_day_before_the_records_there_is_no_diagnosis() -> None:
    advice = json.loads(text("recommend", S3A, "-f", "json", "--as-of", "2020-01-01"))
    assert advice["options"] == []
    assert advice["provenance"]["asOf"] == "2020-01-01"


def test_the_catalogue_lists_every_query() -> None:
    listed = text("query")
    for path in (ROOT / "queries").glob("[acr]*/*.rq"):
        assert f"{path.parent.name}/{path.stem} " in listed


def test_a_query_answers_in_every_format() -> None:
    rows = list(csv.DictReader(io.StringIO(text("query", "claim", "--format", "csv"))))
    assert len({row["claim"] for row in rows}) == 76
    found = json.loads(text("query", "claim", "--format", "json"))
    assert len(found["results"]["bindings"]) == len(rows)
    tree = ElementTree.fromstring(text("query", "claim", "--format", "xml"))
    assert len(tree[1]) == len(rows)


def test_a_parameter_is_bound_as_a_term_and_never_written_into_the_query() -> None:
    narrowed = text("query", "claim", "--param", "claim=C24", "--format", "csv")
    assert len(narrowed.splitlines()) == 2
    injected = text("query", "find-a-term", "--param", 'text=POEM" } #', "--format", "csv")
    assert len(injected.splitlines()) == 1


def test_a_parameter_that_is_not_declared_is_told() -> None:
    done = inside("query", "claim", "--param", "nonsense=1")
    assert done.returncode == 2
    assert "it has: claim" in done.stderr.decode()


def test_a_query_about_a_patient_needs_one() -> None:
    done = inside("query", "why-not-ready")
    assert done.returncode == 2
    assert "--patient" in done.stderr.decode()
    assert "poemkg:PerOralEndoscopicMyotomy" in text("query", "why-not-ready", "--patient", S1A)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * WHERE { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SERVICE"),
        ("ASK { { SELECT * { SERVICE SILENT <http://127.0.0.1:1/> {?s ?p ?o} } } }", "SERVICE"),
        ("DELETE WHERE { ?s ?p ?o }", "is no SPARQL query (an update"),
        ("SELECT * FROM <http://127.0.0.1:1/> WHERE { ?s ?p ?o }", "is not stored here"),
        ("SELECT * WHERE {" + "{" * 3000, "nests deeper"),
        ("SELECT * WHERE { ?s ?p ?o FILTER(" + "(" * 5000, "nests deeper"),
        ("SELECT ?s WHERE { ?s ?p }", "is no SPARQL query"),
        ("# " + "x" * 70_000, "longer than"),
    ],
)  # fmt: skip
def test_a_hostile_query_is_refused_in_one_line(query: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text(query)
    done = inside("query", str(path))
    assert done.returncode == 2
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1 and told in lines[0]


ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def test_a_query_that_takes_longer_than_it_may_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text(ENDLESS)
    # The command has no option for the limit; its own, of ten seconds, is waited for by the next.
    with mock.patch.dict(vars(DEFAULT_LIMITS), seconds=0.5):
        done = inside("query", str(path))
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert "0.5 s" in line
    assert inside("query", "claim", "--param", "claim=C24").returncode == 0


@pytest.mark.slow
def test_a_query_that_never_ends_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text(ENDLESS)
    done = command("query", str(path), timeout=60)
    assert done.returncode == 2
    assert len(done.stderr.decode().splitlines()) == 1


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of the statements as N-Triples, exported by themselves."""
    folder = tmp_path_factory.mktemp("plain")
    inside("export", "--what", "statements", "-f", "ntriples", "-o", str(folder))
    return read_graph(folder / "statements.nt").graph_digest


@pytest.mark.parametrize("format", RDF_FORMATS)
def test_an_export_is_the_same_bytes_twice_and_the_same_graph_everywhere(
    format: str, plain: str, tmp_path: Path
) -> None:
    # That no format depends on the run is asked of the exporter itself, in tests/export.
    for folder in ("one", "two") if format == "turtle" else ("one",):
        run = command if folder == "two" else inside
        run("export", "--what", "all", "-f", format, "--patient", S3A, "-o",
            str(tmp_path / folder))  # fmt: skip
    names = sorted(p.name for p in (tmp_path / "one").iterdir())
    suffix = SUFFIXES[format]
    what = ("advice", "alignments", "knowledge", "ontology", "statements")
    assert names == sorted([*(name + suffix for name in what), "SHA256SUMS", "void.ttl"])
    for name in names:
        again = tmp_path / ("two" if format == "turtle" else "one") / name
        assert (tmp_path / "one" / name).read_bytes() == again.read_bytes()
    graph = read_graph(tmp_path / "one" / f"statements{suffix}")
    assert graph.graph_digest == plain


def test_the_description_counts_what_is_there_and_gives_its_checksum(tmp_path: Path) -> None:
    import hashlib

    inside("export", "--what", "ontology", "-f", "ntriples", "-o", str(tmp_path))
    data = (tmp_path / "ontology.nt").read_bytes()
    described = (tmp_path / "void.ttl").read_text(encoding="utf-8")
    assert hashlib.sha256(data).hexdigest() in described
    assert f"void:triples {len(data.splitlines())} " in described


def test_advice_for_nobody_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    done = inside("export", "--what", "advice", "-o", str(tmp_path / "out"))
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()


def test_check_without_the_reasoner_finds_the_knowledge_sound() -> None:
    report = json.loads(text("check", "--no-reasoner", "--format", "json"))
    assert report["sound"] is True
    assert [p for p in report["problems"] if p["severity"] == "error"] == []


def test_check_tells_where_an_edit_went_wrong(tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "ontology"
    shutil.copytree(ROOT / "ontology", folder)
    page = folder / "guidelines" / "droracle-2025.ttl"
    whole = page.read_text(encoding="utf-8")
    page.write_text(whole.replace("poemkg:locator", "poemkg:lokator", 1), encoding="utf-8")
    done = inside("check", str(folder), "--no-reasoner", "--format", "json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert any("lokator" in p["term"] + p["message"] for p in report["problems"])
    page.write_text(whole.replace(" ;\n", " \n", 1), encoding="utf-8")
    broken = inside("check", str(folder), "--no-reasoner", "--format", "text")
    assert broken.returncode == 1
    first, counts = broken.stdout.decode().splitlines()[:2]
    assert "guidelines/droracle-2025.ttl:" in first and ": error syntax: " in first
    assert counts.startswith("1 error, 0 warnings")
