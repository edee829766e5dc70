"""Markup of strangers, brought in wherever a text can come in, never becomes part of a page."""

from __future__ import annotations

import json
from io import BytesIO
from urllib.parse import quote

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import Visits
from tests.browser.filling import knowledge, settled
from tests.browser.watching import CANARY

FIRST = (
    f"<{CANARY}>",
    '<img src=x onerror="window.__xss=1">',
)
"""Tried each time; make slow tries all."""
OTHERS = (
    "<script>window.__xss=1</script>",
    f'"><{CANARY}>',
    f"'><{CANARY} a='",
    "<svg onload=alert(1)>",
    f"</script><{CANARY}>",
    f"</textarea><{CANARY}>",
    f"</title></style><{CANARY}>",
    f"--><{CANARY}>",
    f"]]><{CANARY}>",
    f"<math><mtext></table><mglyph><style><{CANARY}>",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>top.__xss=1</script>'>",
    "<form action=https://x.example><input name=q autofocus onfocus=alert(1)>",
    "<base href=https://x.example/>",
    "<meta http-equiv=refresh content='0;url=https://x.example'>",
    "<link rel=stylesheet href=https://x.example/x.css>",
    "{{ 7 * 7 }}${7*7}<%= 7*7 %>",
    f"&lt;{CANARY}&gt;&#60;{CANARY}&#62;",
    "javascript:alert(1)",
    "\u202e\u2028<img src=x onerror=alert(1)>\ufeff",
)
PAYLOADS = [*FIRST, *(pytest.param(text, marks=pytest.mark.slow) for text in OTHERS)]
SAID = """\
@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<javascript:alert('patient')> a poemkg:Patient ; rdfs:label TEXT ; rdfs:comment TEXT ;
  <http://purl.org/dc/terms/source> <javascript:alert('source')> , TEXT ;
  poemkg:age 50 ;
  poemkg:hasRecord <javascript:alert('record')> , <data:text/html,x> .
<javascript:alert('record')> a poemkg:Condition ; rdfs:label TEXT ;
  poemkg:concept poemkg:AchalasiaTypeIII ; poemkg:status poemkg:present .
<data:text/html,x> a poemkg:Study ; rdfs:label TEXT ;
  poemkg:concept poemkg:UpperEndoscopy ; poemkg:status poemkg:present .
"""
ROWS = """SELECT (TEXT AS ?text) (IRI("javascript:alert(1)") AS ?iri)
  (STRDT(TEXT, <http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML>) AS ?html)
  (STRLANG(TEXT, "en") AS ?told) (<https://w3id.org/poem-kg/ontology/Achalasia> AS ?ours) {}"""
TRIPLES = """CONSTRUCT { <javascript:alert(1)> <http://www.w3.org/2000/01/rdf-schema#label> TEXT ;
  <https://w3id.org/poem-kg/ontology/x> <data:text/html,x> , TEXT } {}"""


def filled(text: str, payload: str) -> str:
    """A text of Turtle or SPARQL with a payload as its literals."""
    return text.replace("TEXT", json.dumps(payload, ensure_ascii=True))


def upload(name: str, text: str) -> FilePayload:
    """A file as a browser hands it in."""
    return {"name": f"{name}.ttl", "mimeType": "text/html", "buffer": text.encode()}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_in_a_file_and_in_its_name(payload: str, visits: Visits) -> None:
    page = visits.page("patient")
    visits.watch(page).allow(400, 413, 415, 422)
    name = payload.replace("/", "-")[:100]
    for turtle in (filled(SAID, payload), payload, f"<{payload}> a <x> ."):
        page.locator("#file").set_input_files(upload(name, turtle))
        settled(page)
        visits.watch(page).look(page)

    page.locator("#file").set_input_files(upload(name, filled(SAID, payload)))
    settled(page)
    expect(page.locator("article.option").first).to_be_visible()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_in_an_address(payload: str, visits: Visits) -> None:
    page = visits.page()
    visits.watch(page).allow(400, 404)
    text = quote(payload, safe="")
    for path in (
        f"browse?q={text}",
        f"editor?name={text}",
        f"editor#query={text}",
        f"patient?example={text}",
        f"queries/claim?claim={text}",
        f"queries/{text}",
        f"sparql?query={text}",
        f"ontology/{text}",
        text,
    ):
        page.goto(visits.url + path)
        visits.watch(page).look(page)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_in_a_search_as_one_types(payload: str, visits: Visits) -> None:
    page = visits.page("browse")
    with page.expect_response("**/browse?q=*"):
        page.locator("[name=q]").fill(payload)

    expect(page.locator("[name=q]")).to_have_value(payload.strip().replace("\n", ""))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_in_the_answer_to_a_query(payload: str, visits: Visits) -> None:
    page = visits.page(f"sparql?query={quote(filled(ROWS, payload), safe='')}")
    expect(page.locator("main table")).to_contain_text("javascript:alert(1)")

    for text, views in ((ROWS, ("table", "chart", "response")), (TRIPLES, ("graph", "response"))):
        page.goto("about:blank")
        page.goto(f"{visits.url}editor#query={quote(filled(text, payload), safe='')}")
        with page.expect_response("**/sparql"):
            page.locator("#editor").get_by_role("button", name="Ask", exact=True).click()
        for view in views:
            button = page.locator(f"#editor .select_{view}")
            if "disabled" not in (button.get_attribute("class") or ""):
                button.click()
                visits.watch(page).look(page)


def test_in_fields_of_the_form(visits: Visits) -> None:
    page = visits.page("patient")
    visits.watch(page).allow(400, 422)
    answers = page.evaluate(
        """async payload => {
          const texts = [];
          for (const name of ['f.AchalasiaTypeIII', 'f.' + payload, 'd.EckardtScore', 'on', 'base',
              'held', 'set', 'download', payload]) {
            const data = new FormData(document.getElementById('patient'));
            data.set('f.EckardtScore', '7');
            data.set(name, payload);
            texts.push(await (await fetch('patient', { method: 'POST', body: data })).text());
          }
          return texts;
        }""",
        FIRST[0],
    )

    assert len(answers) == 9
    for text in answers:
        assert FIRST[0] not in text.lower()


def test_a_patient_of_strange_names_is_taken_for_one() -> None:
    """What is brought in above is no file that is refused unseen."""
    text = filled(SAID, FIRST[0]).encode()
    source = knowledge().read(None, format="turtle", stdin=BytesIO(text))
    advice = knowledge().recommend(source)

    assert advice.conforms and advice.options
