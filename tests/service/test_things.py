"""The page of a thing tells all that is said of it, by whom, how far verified, and what differs."""

from __future__ import annotations

import shutil
from collections import defaultdict
from functools import cache
from xml.etree.ElementTree import Element

import pyoxigraph as ox
import pytest

from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import BASE, OWL, POEMKG, RDF, RDFS
from poem_kg.resources import data_dir
from poem_kg.service.linked import Documents
from poem_kg.service.published import publish
from tests.service.documents import ask, documents, published
from tests.service.pages import Page, read, seconds

A_STATEMENT = f"?s a/<{RDFS}subClassOf>* <{POEMKG}Statement>"
OURS = f"<{POEMKG}Interpretation>"
KIND = (
    f"?s a ?kind . ?kind <{RDFS}subClassOf>* <{POEMKG}Statement> ."
    f" FILTER NOT EXISTS {{ ?s a {OURS} }}"
)


@cache
def page(path: str) -> Page:
    return read(ask(f"{path}.html"))


def rows(query: str) -> list[tuple[str, ...]]:
    """The rows of a query over the published graph, as text."""
    found = published().store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple("" if v is None else getattr(v, "value", "") for v in row) for row in found]


def said(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def section(found: Page, name: str) -> Element | None:
    return next(iter(found.having("aria-labelledby", name)), None)


def lines(element: Element | None) -> dict[str, Element]:
    """The statements of a list: IRI to the line."""
    if element is None:
        return {}
    items = (e for e in element.iter("li") if (e.get("class") or "").split()[:1] == ["said"])
    return {next(item.iter("a")).get("title") or "": item for item in items}


@cache
def named() -> dict[str, dict[str, set[str]]]:
    """Each term that statements name as disorder or therapy: to kind, to statements."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    names = f"<{POEMKG}disorder> <{POEMKG}therapy> <{POEMKG}better> <{POEMKG}worse>"
    for term, kind, statement in rows(
        f"SELECT ?t ?kind ?s {{ VALUES ?p {{ {names} }} ?s ?p ?t . {KIND} ?s a ?kind }}"
    ):
        found[term][kind].add(statement)
    return found


def direct(statement: str) -> set[str]:
    """The classes of a statement that its file gives it."""
    graph = documents().pages.graph
    return {k for k in graph.iris(statement, RDF + "type") if k != OWL + "NamedIndividual"}


def test_every_statement_about_a_term_is_on_its_page_under_its_kind() -> None:
    assert len(named()) > 10
    for term, kinds in named().items():
        found = page(term.removeprefix(BASE))
        for kind, statements in kinds.items():
            there = lines(section(found, f"as-{kind.removeprefix(POEMKG)}"))
            expected = {s for s in statements if kind in direct(s)}
            assert expected <= set(there), (term, kind)
            (heading,) = (
                found.having("id", f"as-{kind.removeprefix(POEMKG)}") if expected else (None,)
            )
            if heading is not None:
                label = documents().pages.graph.label(kind)
                assert said(heading).casefold() == f"{label} {len(there)}".casefold()


def test_a_statement_in_a_list_has_its_source_place_and_every_mark() -> None:
    found = page("ontology/PerOralEndoscopicMyotomy")
    graph = documents().pages.graph
    there = lines(section(found, "said-heading"))

    assert len(there) > 40
    for statement, line in there.items():
        told = said(line)
        for name in ("source", "verified", "review", "strength", "certainty", "direction"):
            for value in graph.iris(statement, POEMKG + name):
                assert graph.label(value) in told, (statement, name)
        for marker in graph.iris(statement, POEMKG + "cites"):
            printed = graph.text(marker, POEMKG + "printed")
            assert printed and f"[{printed.value}]" in told
        locator = graph.text(statement, POEMKG + "locator")
        assert locator and " ".join(locator.value.split()) in told


def test_what_speaks_for_a_therapy_stands_before_outcomes_and_requirements() -> None:
    headings = [said(e) for e in page("ontology/PerOralEndoscopicMyotomy").all("h3")]
    kinds = [heading.rpartition(" ")[0] for heading in headings]

    order = [
        "Preference",
        "Recommendation",
        "Rationale",
        "Risk modifier",
        "Evidence gap",
        "Harm estimate",
        "Comparison",
    ]
    assert [kind for kind in kinds if kind in order] == order
    assert kinds.index("Harm estimate") < kinds.index("Operator requirement")
    whole = section(page("ontology/AchalasiaTypeIII"), "said-heading")
    assert whole is not None
    assert [said(e).rpartition(" ")[0] for e in whole.iter("h3")][-3:] == [
        "Comparison",
        "Study pattern",
        "Treat-as transfer",
    ]


def test_our_decisions_stand_apart_and_all_of_them_are_there() -> None:
    decided: dict[str, set[str]] = defaultdict(set)
    for term, statement in rows(
        f"SELECT ?t ?s {{ ?s a {OURS} ; ?p ?t . ?t a <{OWL}Class> FILTER(?t != {OURS}) }}"
    ):
        decided[term].add(statement)

    assert len(decided) > 10
    for term, statements in decided.items():
        found = page(term.removeprefix(BASE))
        apart = lines(section(found, "ours-heading"))
        assert statements >= set(apart), term
        typed = {s for s in statements if term in documents().pages.graph.kinds(s) - direct(s)}
        assert statements - typed == set(apart), term
        assert all("ours" in (e.get("class") or "").split() for e in apart.values())
        assert not set(lines(section(found, "said-heading"))) & statements


def test_a_class_stands_in_its_place() -> None:
    found = page("ontology/AchalasiaTypeIII")
    (place,) = found.having("class", "places")

    assert [a.get("href") for a in place.iter("a")][-1] == "/ontology/Achalasia"
    above = page("ontology/Achalasia")
    narrower = section(above, "below-heading")
    assert narrower is not None
    assert {"/ontology/AchalasiaTypeI", "/ontology/AchalasiaTypeIII"} <= {
        a.get("href") for a in narrower.iter("a")
    }
    broader = section(found, "broader-heading")
    assert broader is not None and "/ontology/Achalasia" in {
        a.get("href") for a in broader.iter("a")
    }


def test_a_criterion_that_asks_about_a_class_is_on_its_page_with_who_uses_it() -> None:
    asking = section(page("ontology/HiatalHernia"), "asking-heading")

    assert asking is not None
    hrefs = [a.get("href") or "" for a in asking.iter("a")]
    assert "/criterion/hiatal-hernia" in hrefs
    assert "/statement/droracle2025-C10" in hrefs


def test_every_departure_stands_with_the_statement_it_concerns() -> None:
    pairs = rows(
        f"SELECT ?s ?d {{ ?d a <{POEMKG}Departure> ; <{POEMKG}concerns> ?s . {A_STATEMENT} }}"
    )

    assert len(pairs) > 40
    for statement, departure in pairs:
        differs = section(page(statement.removeprefix(BASE)), "differs-heading")
        assert differs is not None
        assert departure in {a.get("title") for a in differs.iter("a")}, statement
        kinds = documents().pages.graph.iris(departure, POEMKG + "departureKind")
        assert all(documents().pages.graph.label(kind) in said(differs) for kind in kinds)


def test_a_statement_from_which_nothing_differs_says_so() -> None:
    differs = section(page("statement/droracle2025-C03"), "differs-heading")

    assert differs is not None and "No departure from its source" in said(differs)


def test_what_a_statement_rests_on_is_on_its_page_and_leads_back() -> None:
    pairs = rows(f"SELECT ?s ?i {{ ?s <{POEMKG}restsOn> ?i . {A_STATEMENT} }}")

    assert len(pairs) > 50
    for statement, decision in pairs:
        apart = lines(section(page(statement.removeprefix(BASE)), "ours-heading"))
        assert decision in apart, statement
        back = lines(section(page(decision.removeprefix(BASE)), "said-heading"))
        assert statement in back, decision


def test_a_statement_says_first_who_says_what() -> None:
    found = page("statement/droracle2025-C16")
    (says,) = found.having("class", "says")

    assert (
        said(says)
        == "Dr.Oracle page on POEM, 2025 says: Of the options in type III, the page prefers POEM."
    )
    about = section(found, "about-heading")
    assert about is not None
    assert said(about).endswith("disorder achalasia type III therapy per-oral endoscopic myotomy")
    order = [e.get("id") for e in found.all("h2")]
    assert order[:3] == ["about-heading", "source-heading", "differs-heading"]
    assert order.index("properties-heading") > order.index("differs-heading")


def test_a_figure_has_its_unit_statistic_time_point_and_size() -> None:
    (figure,) = page("statement/droracle2025-C40").having("class", "figure")
    estimates = {s for (s,) in rows(f"SELECT ?s {{ ?s <{POEMKG}statistic> ?x }}")}

    assert said(figure) == (
        "about 14 % statistic: pooled proportion · time point: not reported"
        " · sample size: 551 (all patients of the meta-analysis)"
    )
    assert len(estimates) > 15
    for statement in estimates:
        (shown,) = page(statement.removeprefix(BASE)).having("class", "figure")[:1]
        graph = documents().pages.graph
        for name in ("statistic", "timePoint", "sampleSize"):
            text = graph.text(statement, POEMKG + name)
            assert text and " ".join(text.value.split()) in said(shown), (statement, name)
        value = graph.text(statement, POEMKG + "value")
        assert value is None or f"{float(value.value):g}" in said(shown), statement


def test_what_other_sources_say_on_the_same_stands_beside_it() -> None:
    beside = lines(section(page("statement/droracle2025-C01"), "beside-heading"))

    assert f"{BASE}statement/aga2017-BPA3" in beside
    back = lines(section(page("statement/aga2017-BPA3"), "beside-heading"))
    assert f"{BASE}statement/droracle2025-C01" in back
    assert not any("droracle2025" in iri for iri in beside)


def test_a_source_lists_its_statements_by_section_and_how_far_they_were_verified() -> None:
    found = page("source/droracle2025")
    whole = section(found, "said-heading")
    own = {s for (s,) in rows(f"SELECT ?s {{ ?s <{POEMKG}source> <{BASE}source/droracle2025> }}")}

    assert set(lines(whole)) == own
    assert whole is not None
    headings = [said(e) for e in whole.iter("h3")]
    assert headings[:2] == [
        "Opening paragraph",
        "Treatment Recommendations by Achalasia Subtype > Type I and Type II Achalasia",
    ]
    assert len(set(headings)) == len(headings) > 8
    verified = section(found, "verified-heading")
    assert verified is not None
    for value, number in rows(
        f"SELECT ?v (COUNT(?s) AS ?n) {{ ?s <{POEMKG}source> <{BASE}source/droracle2025> ;"
        f" <{POEMKG}verified> ?v }} GROUP BY ?v"
    ):
        assert f"{number} {documents().pages.graph.label(value)}" in said(verified)


def test_a_source_that_is_cited_lists_what_it_supports() -> None:
    found = page("source/barbieri2015")
    cited = section(found, "cited-heading")
    expected = {
        s
        for (s,) in rows(
            f"SELECT ?s {{ ?s <{POEMKG}cites>/<{POEMKG}resolvesTo> <{BASE}source/barbieri2015> }}"
        )
    }

    assert expected and set(lines(cited)) == expected
    assert found.having("href", "https://doi.org/10.1177/2050640615581732")
    departures = section(found, "departures-heading")
    assert departures is not None and "severity" in said(departures)


def test_a_criterion_says_what_it_asks_about_who_uses_it_and_what_is_ours() -> None:
    found = page("criterion/mechanical-obstruction-ruled-out")
    uses = lines(section(found, "said-heading"))

    assert f"{BASE}statement/droracle2025-C24" in uses
    assert f"{BASE}statement/poem-kg-I04" in lines(section(found, "ours-heading"))
    asked = section(page("criterion/hiatal-hernia"), "meets-heading")
    assert asked is not None
    assert next(asked.iter("a")).get("href") == "/ontology/HiatalHernia"


def test_a_part_of_a_criterion_leads_to_what_the_whole_is_used_for() -> None:
    composite = rows(
        f"SELECT ?c ?p {{ ?c <{POEMKG}part> ?p . ?s <{POEMKG}when> ?c . {A_STATEMENT} }}"
    )

    assert composite
    for whole, part in composite:
        found = page(part.removeprefix(BASE))
        wholes = section(found, "wholes-heading")
        assert wholes is not None and whole in {a.get("title") for a in wholes.iter("a")}
        parts = section(page(whole.removeprefix(BASE)), "parts-heading")
        assert parts is not None and part in {a.get("title") for a in parts.iter("a")}
        (user,) = rows(f"SELECT ?s {{ ?s <{POEMKG}when> <{whole}> . {A_STATEMENT} }}")[:1]
        assert user[0] in {a.get("title") for a in found.all("a")}


def test_a_query_has_its_parameters_and_opens_in_the_editor() -> None:
    found = page("query/ask-claim")
    parameters = section(found, "parameters-heading")

    assert parameters is not None
    assert [[said(cell) for cell in row] for row in list(parameters.iter("tr"))[1:]] == [
        ["claim", "the number of the claim", "C39"],
        ["statement", "the statement", ""],
    ]
    assert found.having("href", "/queries/claim")
    assert found.having("href", "/editor?name=claim")
    assert not page("query/derive-010-as-of").having("class", "button")


@pytest.mark.parametrize(
    "path",
    [
        "ontology/PerOralEndoscopicMyotomy",
        "ontology/strengthNotGraded",
        "source/droracle2025",
        "statement/droracle2025-C40",
    ],
)
def test_a_page_is_made_quickly(path: str) -> None:
    assert seconds(lambda: ask(f"{path}.html")) < 0.2


def test_where_one_is_stands_in_the_navigation() -> None:
    for path in ("ontology/Achalasia", "statement/droracle2025-C16", "ontology/module/disorders"):
        current = [e for e in page(path).all("a") if e.get("aria-current")]
        assert [(said(e), e.get("aria-current")) for e in current] == [("Knowledge", "true")]


@pytest.fixture(scope="module")
def disagreeing(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    """An ontology in which one more statement says the opposite of two of the others."""
    folder = tmp_path_factory.mktemp("disagreeing") / "ontology"
    shutil.copytree(data_dir("ontology"), folder)
    file = folder / "guidelines" / "aga-2017.ttl"
    told = """
stmt:aga2017-X1
	a owl:NamedIndividual , poemkg:Comparison ;
	rdfs:label "Heller myotomy costs less"@en ;
	poemkg:aspect "cost" ;
	poemkg:better poemkg:LaparoscopicHellerMyotomy ;
	poemkg:worse poemkg:PneumaticDilation ;
	poemkg:disorder poemkg:Achalasia ;
	poemkg:source source:aga2017 ;
	.

stmt:aga2017-X2
	a owl:NamedIndividual , poemkg:Preference ;
	rdfs:label "not POEM in type III"@en ;
	poemkg:direction poemkg:directionAgainst ;
	poemkg:therapy poemkg:PerOralEndoscopicMyotomy ;
	poemkg:disorder poemkg:AchalasiaTypeIII ;
	poemkg:restsOn stmt:poem-kg-I03 ;
	poemkg:source source:aga2017 ;
	.

stmt:aga2017-X3
	a owl:NamedIndividual , poemkg:Preference ;
	rdfs:label "nothing on POEM in type III"@en ;
	poemkg:direction poemkg:directionNeutral ;
	poemkg:therapy poemkg:PerOralEndoscopicMyotomy ;
	poemkg:disorder poemkg:AchalasiaTypeIII ;
	poemkg:source source:aga2017 ;
	.
"""
    file.write_text(file.read_text(encoding="utf-8") + told, encoding="utf-8")
    return Documents(publish(KnowledgeBase.load(ontology=folder)))


@pytest.mark.parametrize(
    ("statement", "other"),
    [("aga2017-X1", "droracle2025-C07"), ("aga2017-X2", "droracle2025-C16")],
)
def test_statements_that_say_the_opposite_show_each_other(
    disagreeing: Documents, statement: str, other: str
) -> None:
    for one, against in ((statement, other), (other, statement)):
        found = read(ask(f"statement/{one}.html", of=disagreeing))
        differs = section(found, "differs-heading")
        assert differs is not None and "the other way round" in said(differs)
        assert f"{BASE}statement/{against}" in {a.get("title") for a in differs.iter("a")}
    for one in ("droracle2025-C06", "aga2017-X3"):
        untouched = section(read(ask(f"statement/{one}.html", of=disagreeing)), "differs-heading")
        assert untouched is not None and "the other way round" not in said(untouched), one


def test_a_decision_shows_with_what_rests_on_it_even_if_it_does_not_say_so_itself(
    disagreeing: Documents,
) -> None:
    found = read(ask("statement/aga2017-X2.html", of=disagreeing))

    assert set(lines(section(found, "ours-heading"))) == {f"{BASE}statement/poem-kg-I03"}


def test_a_decision_on_a_criterion_shows_with_the_statements_that_use_it() -> None:
    triples = rows(
        f"SELECT ?s ?i {{ ?s <{POEMKG}requires>|<{POEMKG}when> ?c . {A_STATEMENT} ."
        f" ?c <{POEMKG}part>* ?part . ?part <{POEMKG}restsOn> ?i }}"
    )

    assert len(triples) > 20
    for statement, decision in triples:
        if statement != decision:
            apart = lines(section(page(statement.removeprefix(BASE)), "ours-heading"))
            assert decision in apart, statement
