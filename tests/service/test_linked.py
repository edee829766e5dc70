"""Every IRI of ours answers: things by 303, documents by themselves, and nothing else at all."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pyoxigraph as ox
import pytest

from poem_kg.namespaces import BASE, DCTERMS, OWL, POEMKG, PREFIXES, RDF
from poem_kg.resources import data_dir
from poem_kg.service.linked import Documents
from tests.service.documents import (
    FORMATS,
    all_triples,
    ask,
    canonical,
    documents,
    header,
    parsed,
    published,
    things,
)

STATEMENT = "statement/droracle2025-C16"
CLASS = "ontology/Chicago40Hypercontractile"
"""A class that axioms define."""
SUFFIXES = (".html", *FORMATS)
MODULES = sorted(iri.removeprefix(BASE) for iri in published().graphs if "/module/" in iri)
ODD = (
    "nothing",
    "ontology/Nothing",
    "ontology/achalasia",
    "statement",
    "dataset/advice",
    "dataset/0.1.0/advice.ttl",
    "dataset/0.1.0/ontology.csv",
    ".well-known/",
    "statement/droracle2025-C16/",
    "statement/droracle2025-C16.txt",
    "statement/droracle2025-C16.ttl.ttl",
    "statement//droracle2025-C16",
    "statement/../statement/droracle2025-C16",
    "../poem_kg/cli/main.py",
    "ontology/../../etc/passwd",
    "ontology/disorders.ttl",
    "ontology/catalog-v001.xml",
    "queries/ask/claim.rq",
    "context/../ontology/disorders.ttl",
    "context/patient.jsonld\0.ttl",
    "%2e%2e/etc/passwd",
    "/etc/passwd",
    "ontology/Achalasia\r\nSet-Cookie: a=b",
    "http://www.w3.org/2002/07/owl#Class",
    "x" * 100_000,
)


def test_every_thing_of_ours_answers() -> None:
    found = things()

    statuses = {iri: ask(iri.removeprefix(BASE)).status for iri in found}

    assert len(found) > 1500
    assert {iri for iri, status in statuses.items() if status not in (200, 303)} == set()
    served_as_they_are = {iri for iri, status in statuses.items() if status == 200}
    assert served_as_they_are == {g for g in published().graphs if not g.startswith(f"{BASE}data")}


def test_every_step_of_the_derivation_answers() -> None:
    knowledge = published().kb.knowledge

    statuses = {
        ask(q.iri.removeprefix(BASE)).status for q in (*knowledge.prepare, *knowledge.derive)
    }

    assert statuses == {303}


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_description_can_be_read_and_is_about_its_thing(suffix: str) -> None:
    topic = ox.NamedNode(PREFIXES["foaf"] + "primaryTopic")
    for iri in things():
        answer = ask(iri.removeprefix(BASE) + suffix)
        if ask(iri.removeprefix(BASE)).status == 303 and not iri.endswith("/"):
            document = ox.NamedNode(iri + suffix)
            assert ox.Triple(document, topic, ox.NamedNode(iri)) in parsed(answer, suffix), iri


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("", ".html"),
        ("*/*", ".html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ".html"),
        ("text/turtle", ".ttl"),
        ("application/ld+json", ".jsonld"),
        ("application/json", ".jsonld"),
        ("application/rdf+xml", ".rdf"),
        ("application/n-triples", ".nt"),
        ("application/rdf+xml, application/xml; q=0.7, */*; q=0.09", ".rdf"),
        ("text/turtle;q=0.5, application/ld+json;q=0.9", ".jsonld"),
        ("text/html;q=0, */*", ".ttl"),
        ("text/*;q=0.3, application/n-triples;q=0.4", ".nt"),
        ("text/plain, */*;q=0.1", ".nt"),
    ],
)
def test_a_thing_sends_to_the_form_that_is_liked_best(accept: str, suffix: str) -> None:
    answer = ask(STATEMENT, accept)

    assert answer.status == 303
    assert header(answer, "Location") == f"/{STATEMENT}{suffix}"
    assert header(answer, "Vary") == "Accept"


def test_a_thing_names_all_its_forms() -> None:
    told = header(ask(STATEMENT), "Link")

    for suffix, (media_type, _) in FORMATS.items():
        assert f'</{STATEMENT}{suffix}>; rel="alternate"; type="{media_type}"' in told
    assert f'</{STATEMENT}.html>; rel="alternate"; type="text/html"' in told
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in told


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_description_says_all_that_is_said(suffix: str) -> None:
    node = ox.NamedNode(BASE + STATEMENT)
    said = {t for t in all_triples() if node in (t.subject, t.object)}

    answer = ask(STATEMENT + suffix)

    assert answer.media_type.startswith(FORMATS[suffix][0])
    assert len(said) > 15
    assert said - parsed(answer, suffix) == set()
    assert f'<{BASE}{STATEMENT}>; rel="describes"' in header(answer, "Link")


def test_a_description_is_the_same_in_every_format() -> None:
    for path in (
        STATEMENT,
        CLASS,
        "shapes/cited-marker",
        "query/ask-claim",
    ):
        graphs = {
            frozenset(
                line.replace(f"<{BASE}{path}{suffix}>", "<it>")
                for line in canonical(parsed(ask(path + suffix), suffix))
            )
            for suffix in FORMATS
        }
        assert len(graphs) == 1, path


def test_a_description_can_be_read_alone() -> None:
    labels: dict[object, ox.Triple] = {
        t.subject: t for t in all_triples() if t.predicate.value.endswith("rdf-schema#label")
    }
    graph = parsed(ask("ontology/Achalasia.ttl"), ".ttl")
    named = {t for triple in graph for t in (triple.subject, triple.object)}

    assert len(named & set(labels)) > 30
    assert {labels[term] for term in named if term in labels} <= graph


def test_the_blank_nodes_of_axioms_and_shapes_come_along() -> None:
    for path, first in (
        (CLASS, OWL + "intersectionOf"),
        ("shapes/cited-marker", RDF + "first"),
    ):
        graph = parsed(ask(f"{path}.ttl"), ".ttl")
        inner = {t.subject for t in graph if isinstance(t.subject, ox.BlankNode)}
        reached = {t.object for t in graph if isinstance(t.object, ox.BlankNode)}
        assert first in {t.predicate.value for t in graph}
        assert reached <= inner, "a blank node of which nothing is said"


def test_the_axiom_that_leads_to_a_class_comes_whole() -> None:
    graph = parsed(ask("ontology/irpRaisedSupine.ttl"), ".ttl")
    (restriction, *_) = (t.subject for t in graph if t.predicate.value == OWL + "onProperty")

    assert any(t.object == restriction for t in graph)


def test_what_is_named_inside_a_document_is_described_in_it() -> None:
    part = ox.NamedNode(f"{BASE}query/ask-claim#parameter-claim")

    assert {t.subject for t in parsed(ask("query/ask-claim.nt"), ".nt")} >= {part}


def test_a_description_tells_licence_version_and_home() -> None:
    document = ox.NamedNode(f"{BASE}{STATEMENT}.ttl")
    told = {
        t.predicate.value: t.object
        for t in parsed(ask(f"{STATEMENT}.ttl"), ".ttl")
        if t.subject == document
    }

    assert told[DCTERMS + "license"] == ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
    assert told[DCTERMS + "isPartOf"] == ox.NamedNode(f"{POEMKG}{published().version}/")


@pytest.mark.parametrize("path", ODD, ids=lambda path: repr(path[:40]))
def test_what_is_not_published_is_not_looked_up(path: str) -> None:
    answer = ask(path)

    assert answer.status == 404
    assert answer.body.decode().count("\n") == 1 and len(answer.body) < 200


def test_no_file_is_opened_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    served = Documents(published())
    opened: list[str] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "open":
            opened.append(str(arguments[0]))

    watching = False
    sys.addaudithook(watch)
    for suffix in ("", ".html"):
        ask(STATEMENT + suffix, of=served)
    watching = True
    for path in (
        *ODD,
        STATEMENT,
        f"{STATEMENT}.html",
        f"{STATEMENT}.ttl",
        "ontology/",
        "context/patient",
    ):
        ask(path, "text/turtle, */*;q=0.1", of=served)
    watching = False

    assert opened == []


@pytest.mark.parametrize("accept", ["image/png", "application/n-quads", "text/html;q=0"])
@pytest.mark.parametrize("path", [STATEMENT, "ontology/", "ontology/module/schema"])
def test_a_form_that_is_not_there_is_told(path: str, accept: str) -> None:
    answer = ask(path, accept)

    assert answer.status == 406
    assert "text/turtle" in answer.body.decode()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_written(method: str) -> None:
    answer = ask(STATEMENT, method=method)

    assert answer.status == 405
    assert header(answer, "Allow") == "GET, HEAD"


def test_a_head_is_answered_as_a_get() -> None:
    assert ask(f"{STATEMENT}.ttl", method="HEAD") == ask(f"{STATEMENT}.ttl")


def test_an_old_or_future_version_names_the_published_one() -> None:
    for version in ("0.0.9", "9.0.0", "0.1"):
        for path in (
            f"ontology/{version}/",
            f"ontology/{version}",
            f"ontology/{version}/module/schema",
        ):
            answer = ask(path, "text/turtle")
            assert answer.status == 404
            assert f"/ontology/{published().version}/" in answer.body.decode()


@pytest.mark.parametrize("path", MODULES)
def test_a_module_is_the_file(path: str) -> None:
    answer = ask(path, "text/turtle")

    texts = {
        f.read_bytes() for room in ("ontology", "shapes") for f in data_dir(room).rglob("*.ttl")
    }
    assert answer.status == 200
    assert answer.body in texts
    assert header(answer, "Content-Location") == f"/{path}.ttl"
    assert header(answer, "Vary") == "Accept"
    assert f'<{BASE}{path}>; rel="canonical"' in header(answer, "Link")


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_module_is_the_same_graph_in_every_format(suffix: str) -> None:
    for path in MODULES:
        answer = ask(path, FORMATS[suffix][0])
        assert answer == ask(path, FORMATS[suffix][0])
        assert ask(path + suffix).body == answer.body
        assert canonical(parsed(answer, suffix)) == canonical(parsed(ask(f"{path}.ttl"), ".ttl"))


def test_the_versioned_address_serves_the_same_bytes() -> None:
    version = published().version
    for path in ("ontology/", "ontology/module/disorders"):
        versioned = path.replace("ontology/", f"ontology/{version}/", 1)
        now, kept = ask(path, "text/turtle"), ask(versioned, "text/turtle")
        assert kept.body == now.body
        assert header(kept, "ETag") == header(now, "ETag")
        assert "immutable" in header(kept, "Cache-Control")
        assert "immutable" not in header(now, "Cache-Control")
        assert f'</{path}>; rel="latest-version"' in header(kept, "Link")
        assert f'<{BASE}{versioned}>; rel="canonical"' in header(kept, "Link")


def test_the_root_is_the_whole_ontology_in_one_document() -> None:
    root = ox.NamedNode(POEMKG)
    graph = parsed(ask("ontology/", "application/rdf+xml"), ".rdf")
    headers = {t.subject for t in graph if t.object == ox.NamedNode(OWL + "Ontology")}
    whole = published().kb.knowledge.ontology
    other_headers = {
        t.subject for t in whole if t.object == ox.NamedNode(OWL + "Ontology") and t.subject != root
    }

    assert headers == {root}
    assert not any(t.predicate.value == OWL + "imports" for t in graph)
    kept = {t for t in whole if t.subject not in other_headers}
    missing = canonical(kept) - canonical(graph)
    assert {line.split()[1] for line in missing} <= {f"<{OWL}imports>"}


def test_the_root_file_with_its_imports_can_be_had() -> None:
    answer = ask("ontology/?imports=kept", "text/turtle")

    assert answer.body == (data_dir("ontology") / "poem-kg.ttl").read_bytes()
    assert header(answer, "Content-Location") == "/ontology.ttl?imports=kept"


def test_a_missing_slash_is_put_right() -> None:
    for path in ("ontology", f"ontology/{published().version}", "query"):
        answer = ask(path)
        assert (answer.status, header(answer, "Location")) == (308, f"/{path}/")


@pytest.mark.parametrize("path", ["context/patient", "context/patient.jsonld"])
def test_a_context_is_served_as_json_ld(path: str) -> None:
    answer = ask(path, "application/ld+json")

    assert (answer.status, answer.media_type) == (200, "application/ld+json")
    assert answer.body == (data_dir("contexts") / "patient.jsonld").read_bytes()


def test_the_table_of_mappings_is_served() -> None:
    answer = ask("ontology/alignments/poem-kg.sssom.tsv")

    assert answer.body == (data_dir("ontology") / "alignments/poem-kg.sssom.tsv").read_bytes()


def test_tags_differ_by_format_and_by_content() -> None:
    tags = [
        header(ask(path + s), "ETag")
        for path in (STATEMENT, "ontology/Achalasia")
        for s in SUFFIXES
    ]

    assert len(set(tags)) == len(tags)
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


def test_addresses_are_below_the_address_of_the_service() -> None:
    served = Documents(published(), service_url="https://example.org/poem/")

    answer = ask(STATEMENT, "text/turtle", of=served)
    page = ask(f"{STATEMENT}.html", of=served).body.decode()

    assert header(answer, "Location") == f"/poem/{STATEMENT}.ttl"
    assert 'href="/poem/source/droracle2025"' in page
    assert 'href="/poem/static/poem-kg.css"' in page


def test_bytes_do_not_depend_on_the_run() -> None:
    program = """
from tests.service.documents import ask
for path in ("statement/droracle2025-C16", "ontology/Achalasia", "shapes/cited-marker", "ontology"):
    for suffix in (".html", ".ttl", ".jsonld"):
        print(dict(ask(path + suffix).headers)["ETag"])
"""
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(told) == 1


NAMES = ("ontology", "knowledge", "alignments", "statements")


def told_by_catalogue(iri: str, predicate: str) -> str:
    """The one value that the catalogue has for a property."""
    (value,) = (
        t.object.value
        for t in parsed(ask("dataset/catalog.nt"), ".nt")
        if (t.subject, t.predicate.value) == (ox.NamedNode(iri), predicate)
        and not isinstance(t.object, ox.Triple)
    )
    return value


def test_everything_that_the_catalogue_describes_answers() -> None:
    graph = parsed(ask("dataset/catalog", "text/turtle"), ".ttl")
    subjects = {t.subject.value for t in graph if isinstance(t.subject, ox.NamedNode)}

    statuses = {iri: ask(iri.removeprefix(BASE)).status for iri in subjects if "#" not in iri}

    version = published().version
    assert {f"{BASE}dataset/{at}{n}" for n in NAMES for at in ("", f"{version}/")} < subjects
    assert set(statuses.values()) == {200, 303}
    assert {iri for iri, status in statuses.items() if status == 200} == {
        f"{BASE}dataset/catalog",
        *(f"{BASE}dataset/{version}/{name}{suffix}" for name in NAMES for suffix in FORMATS),
    }


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_can_be_fetched_whole(name: str, suffix: str) -> None:
    iri = f"{BASE}dataset/{published().version}/{name}"
    answer = ask((iri + suffix).removeprefix(BASE))

    digest = told_by_catalogue(f"{iri}{suffix}#sha256", PREFIXES["spdx"] + "checksumValue")
    count = told_by_catalogue(iri, PREFIXES["void"] + "triples")
    assert answer.media_type.startswith(FORMATS[suffix][0])
    assert hashlib.sha256(answer.body).hexdigest() == digest
    assert len(parsed(answer, suffix)) == int(count)
    assert "immutable" in header(answer, "Cache-Control")


def test_a_dataset_and_its_version_are_described() -> None:
    version = published().version
    for path, target in (
        ("dataset/ontology", "dataset/ontology.ttl"),
        (f"dataset/{version}/ontology", "dataset/catalog.ttl"),
    ):
        answer = ask(path, "text/turtle")
        assert (answer.status, header(answer, "Location")) == (303, f"/{target}")
        described = {t.subject for t in parsed(ask(target), ".ttl")}
        assert ox.NamedNode(BASE + path) in described


def test_programs_find_the_description_of_the_datasets() -> None:
    answer = ask(".well-known/void")

    assert (answer.status, header(answer, "Location")) == (302, "/dataset/catalog")


def test_the_catalogue_is_the_same_graph_in_every_format() -> None:
    graphs = {frozenset(parsed(ask(f"dataset/catalog{s}"), s)) for s in FORMATS}

    assert len(graphs) == 1


def test_the_catalogue_names_the_endpoint_of_the_service() -> None:
    served = Documents(published(), service_url="https://example.org/poem/")

    told = parsed(ask("dataset/catalog.ttl", of=served), ".ttl")

    endpoints = {t.object for t in told if t.predicate.value == PREFIXES["dcat"] + "endpointURL"}
    assert endpoints == {ox.NamedNode("https://example.org/poem/sparql")}


def test_the_base_is_a_page_for_people_and_the_catalogue_for_programs() -> None:
    assert ask("").media_type == "text/html; charset=utf-8"
    answer = ask("", "application/ld+json")

    assert (answer.status, header(answer, "Location")) == (303, "/dataset/catalog.jsonld")


@pytest.mark.parametrize("space", ["statement/", "source/", "criterion/", "shapes/", "words/"])
def test_a_bare_namespace_leads_to_what_is_under_it(space: str) -> None:
    answer = ask(space)

    assert (answer.status, header(answer, "Location")) == (303, "/ontology/")


def test_every_named_graph_of_the_endpoint_answers() -> None:
    statuses = {graph: ask(graph.removeprefix(BASE)).status for graph in published().graphs}

    assert len(statuses) > 25
    assert {graph: s for graph, s in statuses.items() if s not in (200, 303)} == {}


def test_paths_are_told() -> None:
    paths = documents().paths

    assert STATEMENT in paths and "ontology/" in paths and len(paths) > 2000
