"""The published graph in a triple store: Virtuoso answers every question as the project does.

It is set up and loaded with the text of docs/scale.md, so that page is tried as well. What Virtuoso
does otherwise than the standards say is listed in `virtuoso_deviations.toml`.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pyoxigraph as ox
import pytest
import zstandard

from poem_kg.cohort.local import run_local
from poem_kg.derivation import derive
from poem_kg.export.files import export_files
from poem_kg.namespaces import POEMKG, RDF, XSD
from poem_kg.reading import read_graph
from poem_kg.service.remote import with_values
from tests.engines.compare import Row, parse_term
from tests.engines.oxigraph import Oxigraph
from tests.engines.virtuoso import Virtuoso, term
from tests.engines.virtuoso_listed import FOLDER, LISTED, block, kept, standard
from tests.queries.files import ASK, QueryFile
from tests.queries.graphs import (
    EXAMPLES,
    alignments_graph,
    knowledge,
    knowledge_graph,
    patient_graph,
)
from tests.server.running import Running

DATASET: Final = "https://w3id.org/poem-kg/dataset/"
GRAPHS: Final[Mapping[str, tuple[str, ...]]] = {
    "knowledge": (f"{DATASET}knowledge",),
    "alignments": (f"{DATASET}knowledge", f"{DATASET}alignments"),
    "patient": (),
}
"""What each kind of question reads there; () is all there is."""
CALLS: Final = [(query, call) for query in ASK for call in query.calls]
SLOW: Final = {"ask/recommendations", "ask/recommendations.therapy"}
"""Calls that take Virtuoso seconds; `make test` asks it another call of the query."""
PATIENTS: Final = ("S3a-type-iii", "S13c-editions-differ")
ABOUT_PATIENTS: Final = [query for query in ASK if query.graph == "patient"]
PATIENT, CENTRE, OPERATOR, CONCEPT = (
    ox.NamedNode(POEMKG + name) for name in ("Patient", "centre", "operator", "concept")
)
TYPE: Final = ox.NamedNode(RDF + "type")
TWINS: Final = (
    "https://example.org/poem-kg/S3a/patient",
    "https://example.org/poem-kg/twin/patient",
)


def iri_of(patient: Iterable[ox.Triple]) -> str:
    """The IRI of the patient in its triples."""
    return next(
        t.subject.value
        for t in patient
        if t.object == PATIENT and isinstance(t.subject, ox.NamedNode)
    )


def write_advice(folder: Path, patients: Iterable[Iterable[ox.Triple]]) -> list[ox.Quad]:
    """Write `advice.nq` as `poem-kg cohort` makes it; return what is in it."""
    given = folder / "patients.nq"
    with given.open("w", encoding="utf-8") as file:
        for patient in map(tuple, patients):
            file.writelines(f"{triple} <{iri_of(patient)}> .\n" for triple in patient)
    run_local(knowledge(), [given], folder / "cohort")
    with (folder / "cohort" / "advice.nq.zst").open("rb") as packed:
        reader = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
        data = reader.read()
    (folder / "advice.nq").write_bytes(data)
    return list(ox.parse(data, format=ox.RdfFormat.N_QUADS))


def twins() -> list[list[ox.Triple]]:
    """Two patients who differ in nothing but their IRIs and share operator and centre."""
    one = list(read_graph(EXAMPLES / f"{PATIENTS[0]}.ttl").triples)
    shared = [t.object for t in one if t.predicate in (OPERATOR, CENTRE)]
    for node in shared:
        shared += [
            t.object for t in one if t.subject == node and t.predicate not in (TYPE, CONCEPT)
        ]
    kept = {f"<{term.value}>" for term in shared if isinstance(term, ox.NamedNode)}
    assert len(kept) > 2, "operator and centre with a record of theirs"
    lines = "".join(f"{triple} .\n" for triple in one)
    other = re.sub(
        r"<[^>]*/S3a/[^>]*>",
        lambda iri: iri[0] if iri[0] in kept else iri[0].replace("/S3a/", "/twin/"),
        lines,
    )
    return [one, [q.triple for q in ox.parse(other, format=ox.RdfFormat.N_TRIPLES)]]


def quads_of_graph(ntriples: str, graph: str) -> Iterator[ox.Quad]:
    for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))


def has_blank_node(quad: ox.Quad) -> bool:
    return any(isinstance(term, ox.BlankNode) for term in quad)


class Loaded:
    """The server with everything in it, and what was put there."""

    def __init__(self, store: Virtuoso, quads: set[ox.Quad]) -> None:
        self.store = store
        self.quads = quads


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the published graph as N-Triples."""
    folder = tmp_path_factory.mktemp("published")
    export_files("all", format="ntriples", folder=folder)
    return folder


@pytest.fixture(scope="module")
def loaded(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("virtuoso")
    data = Path(shutil.copytree(published, folder / "data"))
    examples = sorted(EXAMPLES.glob("S*.ttl"))
    quads = set(write_advice(folder, (read_graph(path).triples for path in examples)))
    (folder / "advice.nq").rename(data / "advice.nq")
    for name in ("knowledge", "alignments"):
        quads.update(quads_of_graph((data / f"{name}.nt").read_text("utf-8"), DATASET + name))
    with Virtuoso(folder, block("ini").replace(FOLDER, str(data))) as store:
        assert store.sql(block("sql").replace(FOLDER, str(data))) == "", "not all was loaded"
        yield Loaded(store, quads)


@pytest.fixture(scope="module")
def shared(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """A server with the twins, in a graph each and in one graph for both."""
    folder = tmp_path_factory.mktemp("virtuoso-twins")
    shutil.copy(published / "knowledge.nt", folder)
    advice = write_advice(folder, twins())
    lines = {f"{quad.triple} .\n" for quad in advice}
    assert len(lines) < len(advice)
    (folder / "advice.nt").write_text("".join(lines), encoding="utf-8")
    script = "".join(
        f"ld_dir('{folder}', '{name}.nt', '{DATASET}{name}');\n" for name in ("knowledge", "advice")
    )
    script += f"ld_dir('{folder}', 'advice.nq', 'urn:graph:none');\n"
    with Virtuoso(folder, block("ini").replace(FOLDER, str(folder))) as store:
        store.sql(script + "rdf_loader_run();\n")
        yield store


@cache
def ours(graph: str) -> Oxigraph:
    """The engine of the project on what `poem-kg query` asks: a kind of graph, or one patient."""
    kinds = {
        "knowledge": knowledge_graph,
        "alignments": alignments_graph,
        "patient": patient_graph,
    }
    engine = Oxigraph()
    engine.load(kinds[graph]() if graph in kinds else patient_graph(graph))
    return engine


def oxigraph(quads: Iterable[ox.Quad]) -> Oxigraph:
    engine = Oxigraph()
    engine.load("".join(f"{quad.triple} .\n" for quad in quads))
    return engine


def spelt(rows: list[Row], answer: str) -> list[Row]:
    """Rows with each spelling that is listed for an answer replaced by the standard one."""
    spellings = {s["virtuoso"]: s["standard"] for s in LISTED["spelling"] if answer in s["answers"]}
    used = {term for row in rows for term in row if term in spellings}
    assert used == set(spellings), f"a listed spelling no longer happens in {answer}"
    return [tuple(spellings.get(term or "", term) for term in row) for row in rows]


@pytest.mark.parametrize(
    ("query", "call"),
    [
        pytest.param(
            query,
            call,
            id=f"{query.name}{call}",
            marks=[pytest.mark.slow] if f"{query.name}{call}" in SLOW else [],
        )
        for query, call in CALLS
    ],
)
def test_an_answer_is_that_of_the_project(loaded: Loaded, query: QueryFile, call: str) -> None:
    expected = ours(query.graph).select(query.text, query.calls[call])
    text = with_values(query.text, query.calls[call])

    by_graph = loaded.store.select(text, graphs=GRAPHS[query.graph])
    of_all = loaded.store.select(text)

    assert expected
    assert spelt(by_graph, query.name + call) == expected
    assert of_all == by_graph


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_the_service_in_front_of_it_answers_as_without_it(loaded: Loaded, whole: bool) -> None:
    graphs = [f"--store-graph={graph}" for graph in GRAPHS["alignments"]]
    asked = 0
    with Running(f"--store={loaded.store.endpoint}", *graphs) as service:
        for query, call in CALLS:
            if query.graph == "patient" or (not whole and query.name + call in SLOW):
                continue
            terms = query.calls[call]
            values = {name: parse_term(text).value for name, text in terms.items()}
            by_name = service.url + f"queries/{query.name.split('/')[1]}?" + urlencode(values)
            by_text = service.url + "sparql?" + urlencode({"query": with_values(query.text, terms)})
            expected = ours(query.graph).select(query.text, terms)
            # In part, every other call is asked for in the one way, and the rest in the other.
            for url in (by_name, by_text) if whole else ((by_name, by_text)[asked % 2],):
                assert standard(rows_at(url)) == expected, url
            asked += 1
        constructed = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(!isBlank(?s)) } LIMIT 10"
        with urlopen(service.url + "sparql?" + urlencode({"query": constructed})) as answer:
            assert len(list(ox.parse(answer.read(), format=ox.RdfFormat.TURTLE))) == 10
    assert asked > 50
    assert "other-version-in-store" not in service.text()


def test_a_store_that_does_not_answer_is_told_and_not_taken_for_empty() -> None:
    with Running("--store=http://127.0.0.1:9/sparql") as service:
        with pytest.raises(HTTPError) as refused:
            urlopen(service.url + "queries/claim")
        with refused.value as answer:
            assert answer.status == 502 and b"does not answer" in answer.read()
    assert '"event": "other-version-in-store", "stored": "unknown"' in service.text()


def rows_at(url: str) -> list[Row]:
    """The rows that a URL of ours answers with."""
    with urlopen(url) as answer:
        found = json.load(answer)
    if "boolean" in found:
        return [(f'"{str(found["boolean"]).lower()}"^^<{XSD}boolean>',)]
    names = found["head"]["vars"]
    return [
        tuple(term(row[name]) if name in row else None for name in names)
        for row in found["results"]["bindings"]
    ]


@pytest.mark.parametrize("patient", PATIENTS)
def test_a_patient_among_all_gets_the_answers_that_it_gets_alone(
    loaded: Loaded, patient: str
) -> None:
    iri = iri_of(read_graph(EXAMPLES / f"{patient}.ttl").triples)

    for query in ABOUT_PATIENTS:
        expected = ours(patient).select(query.text)
        of_graph = loaded.store.select(query.text, graphs=(*GRAPHS["knowledge"], f"{iri}/advice"))
        assert standard(of_graph) == expected, query.name
        if "patient" in query.params:
            bound_to = loaded.store.select(with_values(query.text, {"patient": f"<{iri}>"}))
            assert standard(bound_to) == expected, query.name


def test_patients_who_share_an_operator_are_asked_about_by_graph_or_in_one_graph(
    shared: Virtuoso,
) -> None:
    one, two = (list(derive(knowledge(), patient).store) for patient in twins())
    assert {iri_of(q.triple for q in store) for store in (one, two)} == set(TWINS)

    for query in ABOUT_PATIENTS:
        for iri, store in zip(TWINS, (one, two), strict=True):
            graphs = (*GRAPHS["knowledge"], f"{iri}/advice")
            expected = oxigraph(store).select(query.text)
            assert standard(shared.select(query.text, graphs=graphs)) == expected
        expected = oxigraph([*one, *two]).select(query.text)
        graphs = (*GRAPHS["knowledge"], f"{DATASET}advice")
        assert standard(shared.select(query.text, graphs=graphs)) == expected


def test_what_was_loaded_is_there(loaded: Loaded) -> None:
    rows = loaded.store.select(
        "SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } "
        f'FILTER(STRSTARTS(STR(?g), "{DATASET}") || STRENDS(STR(?g), "/advice")) }}'
    )

    found = {row for row in rows if not any(term and term.startswith("_:") for term in row)}

    asked = {tuple(str(term) for term in q) for q in loaded.quads if not has_blank_node(q)}
    assert found == {tuple(map(kept, row)) for row in asked}
    for rule in LISTED["loading"]:
        assert any(re.search(rule["match"], term) and kept(term) != term for _, _, term, _ in asked)
    assert len(rows) == len(loaded.quads)
    assert len(found) > 30_000


def test_every_answer_with_a_listed_spelling_is_one_of_ours() -> None:
    names = {f"{query.name}{call}" for query, call in CALLS}

    assert {answer for s in LISTED["spelling"] for answer in s["answers"]} <= names
