"""Values of parameters: what a query answers with can be asked for, and a slip is told."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from poem_kg.asking import catalogue, check_known, needs_patient, parameters
from poem_kg.catalogue import Query
from poem_kg.errors import InputError
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import POEMKG
from tests.queries.files import QUERIES

PATIENT = QUERIES.parent / "examples" / "S4c-outflow-obstruction-tumour.ttl"
WITH_PARAMETERS = [query for query in catalogue() if parameters(query)]


@cache
def kb() -> KnowledgeBase:
    return KnowledgeBase.load()


@cache
def store(graph: str) -> ox.Store:
    query = next(q for q in WITH_PARAMETERS if q.front_matter["graph"] == graph)
    return kb().graph_for(query, PATIENT if graph == "patient" else None)


def rows_of(name: str, parameter: str, value: str) -> int:
    given: dict[str, Any] = {parameter: value}
    return len(kb().ask(name, **given))


@pytest.mark.parametrize("query", WITH_PARAMETERS, ids=lambda q: q.name)
def test_whatever_a_query_answers_with_can_be_asked_for(query: Query) -> None:
    asked = store(query.front_matter["graph"])
    rows = asked.query(query.text)
    assert isinstance(rows, ox.QuerySolutions)
    names = [p.name for p in parameters(query)]
    found = {(n, row[n].value) for row in rows for n in names if row[n] is not None}

    check_known(query, sorted(found), asked)

    assert found or needs_patient(query)


@pytest.mark.parametrize(
    ("name", "parameter", "value", "told"),
    [
        ("gates", "therapy", "poemkg:PerOralEndoscopicMyotomi", "PerOralEndoscopicMyotomy"),
        ("gates", "therapy", "poemkg:peroralendoscopicmyotomy", "PerOralEndoscopicMyotomy"),
        ("gates", "therapy", "poem-kg:PneumaticDilation", "poemkg:PneumaticDilation"),
        ("gates", "therapy", "http://w3id.org/poem-kg/PneumaticDilation", "PneumaticDilation"),
        ("harms", "therapy", "poemkg:POEM", "poemkg:PerOralEndoscopicMyotomy"),
        ("mappings", "match", "skos:exactMach", "skos:exactMatch"),
        ("what-falls-with", "source", "source:patell2016", "source:patel2016"),
        ("claim", "claim", "c24", "C24"),
        ("comparisons", "aspect", "Cost", "cost"),
    ],
)
def test_a_slip_is_told_with_what_was_probably_meant(
    name: str, parameter: str, value: str, told: str
) -> None:
    with pytest.raises(InputError) as error:
        rows_of(name, parameter, value)

    line = str(error.value)
    assert line.startswith(f"{parameter}={value}: is nowhere in what is asked; did you mean ")
    assert line.endswith(f"{told}?")


@pytest.mark.parametrize(
    ("name", "parameter", "value", "advice"),
    [
        ("gates", "therapy", "urn:x", "look for the term with the query find-a-term"),
        ("claim", "claim", "C999", "leave it out to see all there are"),
    ],
)
def test_a_value_like_no_other_is_refused_too(
    name: str, parameter: str, value: str, advice: str
) -> None:
    with pytest.raises(InputError, match="is nowhere in what is asked") as error:
        rows_of(name, parameter, value)

    assert advice in str(error.value)


def test_a_known_term_and_a_free_text_may_have_no_rows() -> None:
    assert len(kb().ask("gates", therapy="poemkg:Achalasia")) == 0
    assert len(kb().ask("find-a-term", text="no term has this in its name")) == 0


def test_a_patient_is_known_where_it_is_asked_about() -> None:
    iri = "https://example.org/poem-kg/S4c/patient"

    assert kb().ask("why-not-ready", PATIENT, patient=iri)
    with pytest.raises(InputError, match=r"did you mean https://example.org/poem-kg/S4c/patient\?"):
        kb().ask("why-not-ready", PATIENT, patient=f"{iri}s")


@pytest.mark.parametrize(
    ("values", "refused"),
    [("poemkg:claim", ""), (f"{POEMKG}claim", ""), ("a<b", "#+ values: t=a<b: is no IRI")],
)
def test_a_file_of_ones_own_may_name_a_closed_list(
    values: str, refused: str, tmp_path: Path
) -> None:
    own = tmp_path / "own.rq"
    own.write_text(
        f"#+ param: t string the claim\n#+ values: t={values}\n"
        f"SELECT ?s ?t {{ ?s <{POEMKG}claim> ?t }}\n"
    )
    if refused:
        with pytest.raises(InputError, match=re.escape(refused)):
            rows_of(str(own), "t", "C39")
    else:
        assert rows_of(str(own), "t", "C39") == 1
