"""The redirects of w3id.org lead from every IRI of ours to the path of the same name.

By hand, once: the same file under Apache httpd 2.4 gave the same answers (docs/deploy.md).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import BASE
from poem_kg.query_data import ENDPOINT
from poem_kg.service.linked import Documents
from poem_kg.service.model import Call
from poem_kg.service.published import publish
from tests.deploy.rewriting import Redirect, Rule, read_rules, redirect

FOLDER = Path(__file__).parents[2] / "deploy" / "w3id" / "poem-kg"
SERVICE = "https://poem-kg.example.org/"
SUFFIXES = ("", ".html", ".ttl", ".jsonld", ".rdf", ".nt")
OTHERS = ("", "queries", "queries/harms", "dataset/knowledge", "openapi.json", "health")
"""What the service answers besides the IRIs."""
FAMILIES = ("ontology", "statement", "source", "criterion", "words", "query", "shapes")
"""What things of ours are named under."""


@cache
def rules() -> tuple[Rule, ...]:
    return read_rules(FOLDER / ".htaccess")


@cache
def documents() -> Documents:
    return Documents(publish(KnowledgeBase.load()))


def published() -> tuple[str, ...]:
    """The path of every IRI that the service answers for."""
    return documents().paths


def asked(path: str, query: str = "") -> Redirect:
    found = redirect(rules(), path, query)
    assert found is not None, f"{path} is not redirected"
    return found


def test_every_published_iri_goes_to_the_path_of_the_same_name() -> None:
    assert len(published()) > 2000

    places = {
        path + suffix: asked(path + suffix).place for path in published() for suffix in SUFFIXES
    }

    assert places == {path: SERVICE + path for path in places}


def test_a_thing_is_elsewhere_as_the_service_says_and_a_document_is_not() -> None:
    turtle = [
        (path, documents().answer(Call(kind="document", path=path, accept="text/turtle")).status)
        for path in published()[::3]
    ]
    things = [p for p, status in turtle if status == 303 and p.partition("/")[0] in FAMILIES]
    files = [path for path, status in turtle if status == 200]

    assert len(things) > 500
    assert len(files) > 15
    assert {asked(path).status for path in things if not path.endswith("/")} == {303}
    assert {asked(path).status for path in files} == {302}


@pytest.mark.parametrize("path", OTHERS)
def test_what_else_the_service_answers_is_found_too(path: str) -> None:
    answer = asked(path)

    assert (answer.status, answer.place) == (302, SERVICE + path)


def test_a_query_keeps_its_method_and_its_parameters() -> None:
    answer = asked(ENDPOINT.removeprefix(BASE), "query=ASK%20%7B%7D")

    assert (answer.status, answer.place) == (307, SERVICE + "sparql?query=ASK%20%7B%7D")


@pytest.mark.parametrize("path", ["api", "api/recommend", "api/validate"])
def test_patient_data_are_not_sent_on(path: str) -> None:
    answer = asked(path)

    assert (answer.status, answer.place) == (404, "")


def test_a_path_that_is_not_ours_leads_nowhere_else() -> None:
    for path in ("//evil.example/", "../up", "https://evil.example/", "statement//evil.example"):
        assert asked(path).place.startswith(SERVICE)


def test_every_rule_is_needed_and_the_service_is_named_in_one_place() -> None:
    paths = (*published(), *OTHERS, "sparql", "api/recommend")

    assert {rule for path in paths for rule in asked(path).matched} == set(rules())
    text = (FOLDER / ".htaccess").read_text(encoding="utf-8")
    assert text.count("example.org") == 1


def test_the_readme_names_every_family_and_who_is_asked_to_sign() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    rules_text = (FOLDER / ".htaccess").read_text(encoding="utf-8")

    for family in FAMILIES:
        assert f"{BASE}{family}/" in readme
    for text in (readme, rules_text):
        assert "YOUR-GITHUB-NAME" in text, "the operator's, since w3id.org asks for one"
        assert "## Contact" in text
