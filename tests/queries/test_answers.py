"""The answers of the questions and reports, as approved in `golden`.

After a change of the ontology, of an example or of a query write the answers again and read the
difference before it is committed:

    POEM_KG_UPDATE_GOLDEN=1 python -m pytest tests/queries/test_answers.py
    git diff tests/queries/golden

It never runs where the variable CI is set.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.engines.compare import Row
from tests.engines.oxigraph import Oxigraph
from tests.queries.files import ASK, REPORT, QueryFile
from tests.queries.graphs import alignments_graph, knowledge_graph, patient_graph

GOLDEN = Path(__file__).parent / "golden"
UPDATE = "POEM_KG_UPDATE_GOLDEN" in os.environ
PATIENTS = ("S3a-type-iii", "S4a-outflow-obstruction-no-imaging")
"""The patients whose answers are approved: one with a ready option, one with questions only."""
CALLS = [(query, call) for query in (*ASK, *REPORT) for call in query.calls]
BOUND = [(query, call) for query, call in CALLS if call]
CASE = "https://w3id.org/poem-kg/ontology/usedByCase"
STATEMENT = "https://w3id.org/poem-kg/statement/"


def golden_name(query: QueryFile, call: str) -> str:
    return f"{query.name.replace('/', '-')}{call}.tsv"


def names(calls: list[tuple[QueryFile, str]]) -> list[str]:
    return [f"{query.name}{call}" for query, call in calls]


@pytest.fixture(scope="module")
def engines() -> dict[str, Oxigraph]:
    graphs = {
        "knowledge": knowledge_graph(),
        "alignments": alignments_graph(),
        "patient": patient_graph(*PATIENTS),
    }
    engines = {name: Oxigraph() for name in graphs}
    for name, engine in engines.items():
        engine.load(graphs[name])
    return engines


def header(query: QueryFile) -> list[str]:
    found = ox.Store().query(query.text)
    assert isinstance(found, ox.QuerySolutions)
    return [f"?{variable.value}" for variable in found.variables]


def table(query: QueryFile, rows: list[Row]) -> str:
    """Rows in the TSV format of SPARQL 1.1."""
    lines = [header(query), *([term or "" for term in row] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines)


def test_golden_answers_are_never_written_in_continuous_integration() -> None:
    assert not (UPDATE and "CI" in os.environ), "unset POEM_KG_UPDATE_GOLDEN"


def test_every_golden_answer_belongs_to_a_query() -> None:
    written = {path.name for path in GOLDEN.iterdir()}

    assert written == {golden_name(query, call) for query, call in CALLS}


@pytest.mark.parametrize(("query", "call"), CALLS, ids=names(CALLS))
def test_an_answer_is_the_approved_one(
    engines: dict[str, Oxigraph], query: QueryFile, call: str
) -> None:
    rows = engines[query.graph].select(query.text, query.calls[call])
    answer = table(query, rows)
    path = GOLDEN / golden_name(query, call)
    if UPDATE and "CI" not in os.environ:
        path.write_text(answer, encoding="utf-8")

    assert rows, "an empty answer approves nothing"
    assert answer == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("query", "call"), BOUND, ids=names(BOUND))
def test_a_parameter_chooses_among_the_rows(
    engines: dict[str, Oxigraph], query: QueryFile, call: str
) -> None:
    ((name, value),) = query.calls[call].items()
    column = header(query).index(f"?{name}")
    engine = engines[query.graph]

    every = engine.select(query.text)
    chosen = engine.select(query.text, {name: value})

    if all(row[column] is None for row in every):  # the parameter is compared, never matched
        chosen = [(*row[:column], None, *row[column + 1 :]) for row in chosen]
        assert 0 < len(chosen) < len(every)
        assert [row for row in every if row in chosen] == chosen
    else:
        assert chosen == [row for row in every if row[column] == value]


def test_each_claim_of_the_page_is_covered_once(engines: dict[str, Oxigraph]) -> None:
    report = next(query for query in REPORT if query.name == "report/claim-coverage")

    claims = {row[0] for row in engines["knowledge"].select(report.text)}

    assert claims == {f'"C{number:02}"' for number in range(1, 77)}


def test_a_statement_that_a_case_uses_is_no_longer_untested() -> None:
    engine = Oxigraph()
    engine.load(knowledge_graph() + f'<{STATEMENT}droracle2025-C16> <{CASE}> "S3a" .\n')
    coverage = next(query for query in REPORT if query.name == "report/claim-coverage")
    untested = next(query for query in ASK if query.name == "ask/untested-statements")

    cases = {row[0]: row[5] for row in engine.select(coverage.text)}
    left = {row[2] for row in engine.select(untested.text)}

    assert cases['"C16"'] == '"S3a"'
    assert cases['"C17"'] is None
    assert f"<{STATEMENT}droracle2025-C16>" not in left
    assert f"<{STATEMENT}droracle2025-C17>" in left
