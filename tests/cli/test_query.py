"""`poem-kg query`: what it is asked of, what it refuses, and what it says beside an answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from poem_kg.knowledge_base import KnowledgeBase
from tests.cli.here import command
from tests.cli.test_contract import ROOT
from tests.service.calls import sparql

S4C = ROOT / "examples" / "S4c-outflow-obstruction-tumour.ttl"
MODULE = "https://w3id.org/poem-kg/ontology/module/disorders"
OWN = {
    "the alignments": (
        "SELECT ?s ?o WHERE { ?s <http://www.w3.org/2004/02/skos/core#exactMatch> ?o } "
        "ORDER BY ?s ?o"
    ),
    "a named graph": f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{MODULE}> {{ ?s ?p ?o }} }}",
    "a graph by FROM": f"SELECT (COUNT(*) AS ?n) FROM <{MODULE}> WHERE {{ ?s ?p ?o }}",
    "every graph": (
        "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
    ),
    "the default graph": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
}


@pytest.mark.parametrize("name", OWN)
def test_a_file_of_ones_own_has_the_rows_of_the_endpoint(name: str, tmp_path: Path) -> None:
    path = tmp_path / "own.rq"
    path.write_text(OWN[name])

    done = command("query", path, "--format", "json")
    result = KnowledgeBase.load().sparql(OWN[name]) if name == "the alignments" else None

    rows = json.loads(sparql(OWN[name]).body)["results"]["bindings"]
    assert json.loads(done.stdout)["results"]["bindings"] == rows
    assert rows and all(row.get("n", {"value": "1"})["value"] != "0" for row in rows)
    assert result is None or len(result) == len(rows)


def test_a_file_of_ones_own_is_asked_of_a_patient_besides(tmp_path: Path) -> None:
    path = tmp_path / "own.rq"
    path.write_text(
        "PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>\n"
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        "SELECT DISTINCT ?therapy ?code WHERE {\n"
        "  ?option a poemkg:Option ; poemkg:therapy ?therapy .\n"
        "  ?therapy skos:exactMatch|skos:closeMatch|skos:broadMatch ?code .\n"
        f"  GRAPH <{MODULE}> {{ ?disorder ?p ?o }}\n"
        "} LIMIT 3"
    )

    done = command("query", path, "--patient", S4C, "--format", "csv")

    assert len(done.stdout.splitlines()) > 1


def test_a_file_that_names_its_graph_is_asked_of_that(tmp_path: Path) -> None:
    path = tmp_path / "own.rq"
    path.write_text(f"#+ graph: knowledge\n{OWN['the alignments']}")

    assert command("query", path).stdout == "no rows\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("why-not-ready", "--patient", S4C, "--param", "therapy=poem:PerOralEndoscopicMyotomy"),
            "--param therapy=poem:PerOralEndoscopicMyotomy: is nowhere in what is asked; "
            "did you mean poemkg:PerOralEndoscopicMyotomy?",
        ),
        (
            ("claim", "--param", "claim=C999"),
            "--param claim=C999: is nowhere in what is asked; leave it out to see all there are",
        ),
        (
            ("claim", "--patient", S4C, "--param", "claim=C24"),
            "ask/claim: is not about a patient; leave --patient out",
        ),
        (
            ("check/bounds", "--patient", S4C),
            "check/bounds: is not about a patient; leave --patient out",
        ),
    ],
    ids=("an unknown term", "an unknown claim", "a patient too many", "a check of a patient"),
)
def test_a_question_that_makes_no_sense_is_refused_in_one_line(
    arguments: tuple[str | Path, ...], told: str
) -> None:
    done = command("query", *arguments)

    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{told}\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("#+ graph: patients\nASK {}", "names the graph patients, which there is not"),
        ("ASK { ?s ?p 'caf\xe9' }", "is not in UTF-8; save it in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "own.rq"
    path.write_bytes(text.encode("latin-1"))

    done = command("query", path)

    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and told in done.stderr


def test_a_parameter_of_a_file_may_be_in_a_named_graph_alone(tmp_path: Path) -> None:
    path = tmp_path / "own.rq"
    path.write_text(
        "#+ param: shape iri the shape\n"
        "SELECT ?shape ?p WHERE { GRAPH ?g { ?shape ?p ?o } } ORDER BY ?shape ?p LIMIT 1"
    )

    known = command("query", path, "--param", "shape=shapes:argument")
    unknown = command("query", path, "--param", "shape=shapes:no-such-shape")

    assert known.returncode == 0 and "shapes:argument" in known.stdout
    assert unknown.returncode == 2 and "is nowhere in what is asked" in unknown.stderr


@pytest.mark.parametrize("name", ["untested-statements", "report/claim-coverage"])
def test_what_only_the_test_suite_knows_is_told_beside_the_answer(name: str) -> None:
    done = command("query", name, "--format", "csv")
    other = command("query", "sources", "--format", "csv")

    assert done.returncode == 0 and len(done.stdout.splitlines()) > 70
    assert done.stderr.startswith(f"{name}: ") and done.stderr.count("\n") == 1
    assert "the test suite alone adds which statement a case uses" in done.stderr
    assert other.stderr == ""
