"""The editor in the browser: an answer as table, graph and chart, and the link to a query."""

from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.chromium import PHONE
from tests.browser.conftest import Visits

CONSTRUCT = """PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
CONSTRUCT { ?class rdfs:subClassOf ?parent }
WHERE { ?class rdfs:subClassOf ?parent . ?parent rdfs:subClassOf* poemkg:Achalasia }"""


def ask(page: Page) -> None:
    """Press the button, and wait for the answer."""
    with page.expect_response("**/sparql"):
        page.locator("#editor").get_by_role("button", name="Ask", exact=True).click()


def view(page: Page, name: str) -> Locator:
    """Have the answer shown in one of the ways."""
    page.locator(f"#editor .select_{name}").click()
    return page.locator("#editor .yasr_results")


def test_a_question_of_the_catalogue_as_table_and_chart(visits: Visits) -> None:
    page = visits.page("editor?name=outcomes-over-time")
    expect(page.locator("#editor .CodeMirror")).to_contain_text("SELECT")
    assert page.locator("#plain").is_hidden()
    ask(page)

    expect(page.locator("#editor table tbody tr").nth(5)).to_be_visible()
    assert violations(page) == ""

    chart = view(page, "chart")
    expect(chart.locator("canvas, svg").first).to_be_visible()
    assert violations(page) == ""


def test_a_graph_is_drawn(visits: Visits) -> None:
    page = visits.page(f"editor#query={_quoted(CONSTRUCT)}")
    ask(page)
    graph = view(page, "graph")

    expect(graph.locator("svg a, svg circle, svg text").first).to_be_visible()
    assert violations(page) == ""


def test_a_link_restores_the_query(visits: Visits) -> None:
    page = visits.page(f"editor#query={_quoted(CONSTRUCT)}")
    expect(page.locator("#editor .CodeMirror")).to_contain_text(
        "CONSTRUCT { ?class rdfs:subClassOf"
    )

    code = page.locator("#editor .CodeMirror")
    code.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("LIMIT 7")
    page.wait_for_url("**LIMIT%207*")

    other = visits.page()
    other.goto(page.url)
    expect(other.locator("#editor .CodeMirror")).to_contain_text("LIMIT 7")


def test_the_catalogue_opens_in_tabs(visits: Visits) -> None:
    page = visits.page("editor")
    page.locator("#name").select_option("evidence-gaps")
    page.locator("#catalogue button").click()

    expect(page.locator("#editor .tabsList [role=tab]")).to_have_count(2)
    ask(page)
    expect(page.locator("#editor table:visible tbody tr").nth(4)).to_be_visible()


def test_an_error_is_told(visits: Visits) -> None:
    page = visits.page(f"editor#query={_quoted('SELECT nothing')}")
    visits.watch(page).allow(400)
    ask(page)

    expect(page.locator("#editor .yasr")).to_contain_text("SPARQL")


def test_the_editor_fits_a_phone(visits: Visits) -> None:
    page = visits.page("editor?name=evidence-gaps", viewport=PHONE)
    ask(page)
    expect(page.locator("#editor table tbody tr").first).to_be_visible()

    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    assert violations(page) == ""


def _quoted(text: str) -> str:
    return quote(text, safe="")
