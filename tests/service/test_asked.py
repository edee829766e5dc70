"""The pages on which people ask: forms that work without a script, answers that are escaped."""

from __future__ import annotations

import re

from poem_kg.service.asked import MOST_ROWS
from poem_kg.service.model import Answer, Call
from poem_kg.service.queries import offered, short_name
from tests.service.calls import service, sparql
from tests.service.pages import assert_sound, read
from tests.service.test_sparql import sentence

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def page(answer: Answer) -> str:
    assert answer.status == 200 and answer.media_type == "text/html; charset=utf-8"
    assert_sound(read(answer), "asked")
    text = answer.body.decode()
    assert "<script" not in text and " style=" not in text and " onclick" not in text
    assert 'class="warning"' in text
    return text


def test_every_question_has_a_form_or_says_that_it_takes_a_patient() -> None:
    text = page(service().answer(Call(kind="page", path="queries", accept=BROWSER)))

    for query in offered():
        name = short_name(query)
        form = f'<form action="queries/{name}" method="get">'
        assert (form in text) != (f"to <code>queries/{name}</code>" in text)
    labelled = set(re.findall(r'<label for="([^"]+)"', text))
    assert labelled == set(re.findall(r'<input id="([^"]+)"', text)) and len(labelled) > 20


def test_an_answer_is_a_table_with_links() -> None:
    call = Call(kind="query", path="claim", accept=BROWSER, parameters=(("claim", "C24"),))

    text = page(service().answer(call))

    assert 'href="/statement/droracle2025-C24"' in text
    assert text.count("<tr>") == 2 and "<p>1 row.</p>" in text


def test_a_question_and_an_answer_open_in_the_editor() -> None:
    listed = page(service().answer(Call(kind="page", path="queries", accept=BROWSER)))
    for query in offered():
        assert f'href="/editor?name={short_name(query)}"' in listed

    asked = page(service().answer(Call(kind="query", path="claim", accept=BROWSER)))
    assert 'href="/editor?name=claim"' in asked
    own = page(sparql("ASK { <urn:a> ?p ?o } # 1 & 2", accept=BROWSER))
    assert (
        'href="/editor#query=ASK%20%7B%20%3Curn%3Aa%3E%20%3Fp%20%3Fo%20%7D%20%23%201%20%26%202"'
        in own
    )


def test_an_empty_parameter_narrows_nothing() -> None:
    empty = Call(kind="query", path="claim", parameters=(("claim", ""),))

    assert service().answer(empty).body == service().answer(Call(kind="query", path="claim")).body


def test_the_endpoint_has_a_form_whose_query_gives_rows() -> None:
    text = page(service().answer(Call(kind="sparql", accept=BROWSER)))

    (shown,) = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", text, re.DOTALL)
    query = shown.replace("&lt;", "<").replace("&gt;", ">")
    assert '<form action="sparql" method="get">' in text
    assert page(sparql(query, accept=BROWSER)).count("<tr>") > 5


def test_yes_no_nothing_and_graphs_are_pages_too() -> None:
    assert ">Yes<" in page(sparql("ASK {}", accept=BROWSER))
    assert ">No<" in page(sparql("ASK { <urn:a> ?p ?o }", accept=BROWSER))
    assert "No rows" in page(sparql("SELECT * { <urn:a> ?p ?o }", accept=BROWSER))
    graph = page(sparql("CONSTRUCT { <urn:a> <urn:b> <urn:c> } {}", accept=BROWSER))
    assert "&lt;urn:c&gt;" in graph


def test_a_long_answer_says_how_much_of_it_is_shown() -> None:
    query = f"SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT {MOST_ROWS + 1}"

    text = page(sparql(query, accept=BROWSER))

    assert f"{MOST_ROWS + 1} rows, of which the first {MOST_ROWS} are shown" in text
    assert text.count("<tr>") == MOST_ROWS + 1


def test_what_a_query_brings_is_escaped() -> None:
    attack = '</textarea></code><script>alert(1)</script><img src=x onerror="alert(1)">'
    literal = attack.replace('"', '\\"')

    text = page(sparql(f'SELECT ("{literal}" AS ?x) {{}} # {attack}', accept=BROWSER))

    assert "<script>" not in text and "<img" not in text and "&lt;script&gt;" in text


def test_a_link_that_runs_a_script_is_no_link() -> None:
    text = page(sparql("SELECT (<javascript:alert(1)> AS ?x) {}", accept=BROWSER))

    assert 'href="javascript:' not in text.lower() and "javascript:alert(1)" in text


def test_a_refusal_is_a_sentence_for_browsers_too() -> None:
    assert "is no SPARQL query" in sentence(sparql("SELECT", accept=BROWSER))
