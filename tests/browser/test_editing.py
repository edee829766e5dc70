"""What else the editor does in a browser: rows, numbers, downloads, tabs, completion, keyboard."""

from __future__ import annotations

import re
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Visits
from tests.browser.watching import CANARY

C16 = "https://w3id.org/poem-kg/statement/droracle2025-C16"
GRAPH = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o . FILTER(?s = <{C16}>) }}"
MARKUP = f"<{CANARY}></{CANARY}><img src=x onerror='window.__xss=1'><style>*{{color:red}}</style>"
STRANGE = f"""SELECT * {{ VALUES (?a ?b ?c) {{
  ("{MARKUP}"@en <http://x.example/'onclick='window.__xss=1'> "{{{{b}}}}")
  ("{MARKUP}" <javascript:window.__xss=1> "1")
  ("3" <javascript://x.example/%0awindow.__xss=1> "1")
}} }}"""


def asking(visits: Visits, query: str) -> Page:
    """A page whose address brings a query, which was then asked."""
    page = visits.page(f"editor#query={quote(query)}")
    ask(page)
    return page


def ask(page: Page) -> None:
    page.get_by_role("button", name="Ask", exact=True).click()


def view(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Shows {name} view").click()


def shown(page: Page) -> Locator:
    """The results of the tab that is open."""
    return page.locator(".tabPanel.active .yasr_results")


def text(page: Page) -> str:
    """The query of the tab that is open."""
    read = "document.querySelector('.tabPanel.active .yasqe .CodeMirror').CodeMirror.getValue()"
    return str(page.evaluate(read))


def test_rows_are_sorted_as_numbers_and_narrowed(visits: Visits) -> None:
    page = asking(visits, "SELECT * { VALUES (?n ?w) { (10 'ten') (9 'nine') (100 'hundred') } }")
    cells = shown(page).locator("tbody tr td:first-child")
    head = page.get_by_role("button", name="n", exact=True)

    head.click()
    expect(cells).to_have_text(["9", "10", "100"])
    head.click()
    expect(cells).to_have_text(["100", "10", "9"])
    page.get_by_label("Narrow to").fill("ine")
    expect(cells).to_have_text(["9"])


def test_a_chart_draws_the_columns_that_one_chooses(visits: Visits) -> None:
    page = asking(visits, "SELECT * { VALUES (?year ?share) { (1 94) (2 91) (3 90) } }")

    view(page, "Chart")
    page.get_by_label("As", exact=True).select_option("scatter")
    page.get_by_label("Across", exact=True).select_option("year")
    page.get_by_label("Up", exact=True).select_option("share")

    data = "Chart.getChart(document.querySelector('.tabPanel.active canvas')).data.datasets[0].data"
    assert page.evaluate(data) == [{"x": 1, "y": 94}, {"x": 2, "y": 91}, {"x": 3, "y": 90}]
    label = page.get_by_role("img", name="share over year")
    assert label.get_attribute("aria-label") == "share over year: 3 values. The table has them all."


def test_a_graph_leads_to_its_things_and_the_answer_can_be_downloaded(visits: Visits) -> None:
    page = asking(visits, GRAPH)
    view(page, "Graph")
    shown(page).locator("svg").wait_for()
    links = {link.get_attribute("href") for link in shown(page).locator("svg a").all()}
    assert {"/statement/droracle2025-C16", "/source/droracle2025"} <= links

    view(page, "Response")
    expect(page.get_by_role("region", name="The answer as it came")).to_contain_text(f"<{C16}>")
    assert violations(page) == ""
    with page.expect_download() as download:
        page.get_by_role("button", name="Download Results").click()

    assert download.value.suggested_filename == "Query.nt"
    assert f"<{C16}>" in download.value.path().read_text()


def test_a_query_in_an_address_is_told_to_no_server_until_it_is_asked(visits: Visits) -> None:
    query = "ASK { <urn:ever> ?p 'ü&#+' }"
    page = visits.page(f"editor#query={quote(query)}")

    page.reload()

    assert text(page) == query
    assert not any("ever" in url.partition("#")[0] for url in visits.watch(page).requests)
    ask(page)
    expect(shown(page)).to_have_text("False")


def test_tabs_are_opened_from_the_catalogue_and_one_is_always_there(visits: Visits) -> None:
    page = visits.page("editor")
    tabs = page.get_by_role("tab")

    page.locator("summary", has_text="About the knowledge").click()
    page.locator("#questions a[data-name=claim]").click()
    expect(tabs).to_have_text([re.compile("^Query"), re.compile("^claim")])
    assert text(page).startswith("#+ summary: Which statement stands for a claim")
    page.get_by_role("button", name="Close this tab").click()
    expect(tabs).to_have_count(1)
    tabs.first.focus()
    page.keyboard.press("Delete")

    expect(tabs).to_have_count(1)
    assert text(page).startswith("PREFIX")


def test_a_question_about_a_patient_is_not_run_here(visits: Visits) -> None:
    page = visits.page("editor")

    page.get_by_label("A question of the catalogue").select_option("why-not-ready")
    page.get_by_role("button", name="Open").click()

    expect(page.get_by_text("The published graph holds none, so it cannot be run")).to_be_visible()
    assert page.get_by_role("button", name="Ask", exact=True).count() == 0


def test_terms_and_prefixes_are_completed_from_here(visits: Visits) -> None:
    page = visits.page("editor")
    page.locator(".yasqe .CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("SELECT * { ?s a poemkg:Stat")
    page.keyboard.press("Control+Space")

    expect(page.locator(".CodeMirror-hint").first).to_have_text("poemkg:Statement")
    page.keyboard.press("Enter")

    assert text(page) == (
        "PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>\nSELECT * { ?s a poemkg:Statement"
    )


def test_it_is_used_by_keyboard_and_left_by_it(visits: Visits) -> None:
    page = visits.page("editor?name=mimics")
    inside = "document.activeElement.closest('.yasqe .CodeMirror') !== null"

    page.get_by_label("Query, in SPARQL").focus()
    page.keyboard.press("Control+Enter")
    shown(page).locator("tbody tr").first.wait_for()
    assert page.evaluate(f"{inside} && document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Run query"
    page.keyboard.press("Tab")
    assert not page.evaluate(inside)


def test_markup_in_results_stays_text(visits: Visits) -> None:
    page = asking(visits, STRANGE)
    body = shown(page).locator("tbody")

    expect(body.locator("tr").first.locator("td").first).to_have_text(MARKUP)
    expect(body).to_contain_text("{{b}}")
    assert body.locator("a[href^=javascript]").count() == 0
    view(page, "Response")
    expect(page.get_by_role("region", name="The answer as it came")).to_contain_text(CANARY)


def test_markup_in_a_graph_stays_text(visits: Visits) -> None:
    page = asking(visits, f'CONSTRUCT {{ <javascript:window.__xss=1> <urn:p> "{MARKUP}" }} {{}}')

    view(page, "Graph")

    shown(page).locator("svg").wait_for()
    assert shown(page).locator("svg a").count() == 0
