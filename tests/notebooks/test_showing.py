"""Results show themselves in Jupyter: sound HTML that runs nothing, in words of the ontology."""

from __future__ import annotations

import base64
import pickle
import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Protocol

import html5rdf
import pytest

from poem_kg import KnowledgeBase
from poem_kg.errors import InputError, LimitExceeded, ToolMissing
from poem_kg.limits import Limits
from poem_kg.model import as_json
from tests.project.tree import ROOT

EXAMPLES = ROOT / "examples"
HELD = "S4a-outflow-obstruction-no-imaging.ttl"
READY = "S3a-type-iii.ttl"
SEARCHED = "S2-gastric-cancer.ttl"
"""Where what would change a therapy is soon found."""
STUDY = "S13b-whole-study.ttl"
BAD = "<script>alert(1)</script><img src=x onerror=alert(2)>"
VOID = {"br", "hr", "img"}
ALLOWED = {
    "alt",
    "aria-label",
    "class",
    "colspan",
    "role",
    "scope",
    "src",
    "tabindex",
    "title",
}


class Shows(Protocol):
    """What Jupyter asks for."""

    def _repr_html_(self) -> str | None: ...


@cache
def kb() -> KnowledgeBase:
    return KnowledgeBase.load()


@cache
def results() -> dict[str, Shows]:
    """Return one result of each kind, and the same kinds in their rare states."""
    held = kb().read(EXAMPLES / HELD)
    advice = kb().recommend(held)
    explanation = kb().explain(held)
    return {
        "KnowledgeBase": kb(),
        "Advice": advice,
        "Advice of a ready option": kb().recommend(EXAMPLES / READY),
        "Advice without options": kb().recommend(EXAMPLES / "S5-diverticulum-no-diagnosis.ttl"),
        "Option": advice.options[0],
        "Explanation": explanation,
        "OptionExplanation": explanation.options[0],
        "StudyReport": kb().classify(EXAMPLES / STUDY),
        "StudyReport without a study": kb().classify(EXAMPLES / READY),
        "WhatIf": kb().what_if(kb().read(EXAMPLES / SEARCHED), therapy="LaparoscopicHellerMyotomy"),
        "WhatNext": kb().what_next(held, advice.questions),
        "QueryResult of SELECT": kb().ask("mimics"),
        "QueryResult about a patient": kb().ask("why-not-ready", held),
        "QueryResult of ASK": kb().sparql("ASK { ?s ?p ?o }"),
        "QueryResult of CONSTRUCT": kb().sparql("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"),
    }


KINDS = (
    "KnowledgeBase",
    "Advice",
    "Advice of a ready option",
    "Advice without options",
    "Option",
    "Explanation",
    "OptionExplanation",
    "StudyReport",
    "StudyReport without a study",
    "WhatIf",
    "WhatNext",
    "QueryResult of SELECT",
    "QueryResult about a patient",
    "QueryResult of ASK",
    "QueryResult of CONSTRUCT",
)
ABOUT_NO_PATIENT = ("QueryResult of SELECT", "QueryResult of ASK", "QueryResult of CONSTRUCT")


def html(result: Shows) -> str:
    shown = result._repr_html_()
    assert shown is not None
    return shown


def parsed(text: str) -> ElementTree.Element:
    """Return a piece of HTML as a browser reads it; fail where it has to guess."""
    parser = html5rdf.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(f"<!doctype html><html><body>{text}</body></html>")
    assert parser.errors == []
    assert isinstance(tree, ElementTree.Element)
    return tree


def elements(text: str) -> Iterator[ElementTree.Element]:
    body = parsed(text).find("body")
    assert body is not None
    return body.iter()


def words(text: str) -> str:
    body = parsed(text).find("body")
    assert body is not None
    for style in [e for e in body.iter() if e.tag == "style"]:
        style.text = ""
    return " ".join("".join(body.itertext()).split())


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_sound_html_that_runs_nothing_and_fetches_nothing(kind: str) -> None:
    for element in elements(html(results()[kind])):
        assert element.tag not in {"script", "link", "iframe", "object", "form", "a"}
        assert element.attrib.keys() <= ALLOWED, element.attrib
        source = element.attrib.get("src", "data:image/svg+xml;base64,")
        assert source.startswith("data:image/svg+xml;base64,")
        if element.tag == "style":
            assert element.text is not None
            assert "url(" not in element.text and "@import" not in element.text


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_of_its_style_is_for_it_alone(kind: str) -> None:
    (style,) = (e.text or "" for e in elements(html(results()[kind])) if e.tag == "style")

    selectors = [s.strip() for s in re.findall(r"^(.*?)\{", style, re.MULTILINE)]

    assert selectors
    assert all(part.strip().startswith(".poem-kg") for s in selectors for part in s.split(","))


def test_the_text_has_the_colour_of_the_notebook() -> None:
    (style,) = (e.text or "" for e in elements(html(results()["Advice"])) if e.tag == "style")

    assert not re.search(r"(?<![-\w])color:", style), "on dark ground a fixed colour is not read"
    grounds = re.findall(r"^(.*?)\{.*background: (.*?);", style, re.MULTILINE)
    assert {ground for selector, ground in grounds if "img" not in selector} <= {
        "rgba(127, 127, 127, 0.12)"
    }


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ABOUT_NO_PATIENT])
def test_the_disclaimer_comes_before_the_rest(kind: str) -> None:
    told = words(html(results()[kind]))

    for said in ("It is not for decisions about a person", "not a clinical clearance", "pending"):
        assert said in told[:700], f"{said!r} is not among the first words"


@pytest.mark.parametrize("kind", ["Advice of a ready option", "Option", "OptionExplanation"])
def test_readiness_is_told_in_the_words_of_the_ontology(kind: str) -> None:
    ready = "Nothing that these sources require is open; this is not a clinical clearance."
    held = "Not ready: something that these sources require is not known."

    assert (ready if "ready" in kind else held) in words(html(results()[kind]))


def test_an_advice_tells_its_options_and_what_is_open() -> None:
    advice = kb().recommend(EXAMPLES / HELD)

    told = words(html(advice))

    for option in advice.options:
        assert f"{option.rank}. {option.label}" in told
        for need in option.requirements:
            assert (f"{need.label}: {need.state} ({need.kind})" in told) == (need.state != "met")
        for reference in (*option.for_, *option.cautions, *option.gaps, *option.outcomes):
            assert reference.label in told
    beside = [test.label for test in advice.tests]
    beside += [question.label for question in advice.questions]
    beside += [silence.label for silence in advice.no_statement]
    beside += [n.label for n in advice.notices if n.kind not in ("disclaimer", "review")]
    assert [label for label in beside if label not in told] == []
    assert advice.provenance.ontology_digest in told


def test_an_explanation_comes_with_its_picture() -> None:
    explanation = kb().explain(EXAMPLES / HELD)

    (picture,) = (e for e in elements(html(explanation)) if e.tag == "img")

    data = base64.b64decode(picture.attrib["src"].partition(",")[2])
    assert data.decode() == kb().tell(explanation, format="svg")
    assert ElementTree.fromstring(data).tag == "{http://www.w3.org/2000/svg}svg"
    assert picture.attrib["alt"].startswith("Why")


def test_an_explanation_is_told_as_the_command_tells_it() -> None:
    explanation = kb().explain(EXAMPLES / HELD)

    told = words(html(explanation))

    for line in " ".join(kb().tell(explanation).split()).split(" - "):
        assert line[:40] in told


def test_an_explanation_of_one_option_or_refusal_holds_that_alone() -> None:
    labels = [o.label for o in kb().recommend(EXAMPLES / READY).options]

    one = kb().explain(EXAMPLES / READY, option=labels[1])
    refused = kb().explain(EXAMPLES / READY, why_not=labels[1])

    assert [o.label for o in one.options] == [labels[1]]
    assert [w.label for w in refused.why_not] == [labels[1]]
    assert refused.why_not[0].reason == "outranked"


def test_rows_past_a_hundred_are_counted() -> None:
    result = kb().sparql("SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 103")

    shown = html(result)

    assert shown.count("<tr>") == 101
    assert "… and 3 more rows" in words(shown)


def test_a_result_made_by_hand_is_shown_as_python_writes_it() -> None:
    by_hand = replace(kb().recommend(EXAMPLES / READY), notebook=None)

    assert by_hand._repr_html_() is None


def test_what_shows_a_result_is_no_part_of_it() -> None:
    advice = kb().recommend(EXAMPLES / READY)

    assert advice == replace(advice, notebook=None)
    assert "notebook" not in repr(advice)
    assert "notebook" not in as_json(advice) and "notebook" not in as_json(advice.options[0])

    copied = pickle.loads(pickle.dumps(advice))

    assert copied == advice
    assert copied.notebook is None, "the whole knowledge would travel with each result"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[KnowledgeBase, Path]:
    """Return knowledge and a patient with markup wherever a label or a text may stand."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    for path in sorted((folder / "ontology").rglob("*.ttl")):
        text = path.read_text(encoding="utf-8")
        if path.name != "words.ttl":
            text = re.sub(
                r'((?:rdfs:label|skos:definition|dcterms:title|poemkg:locator) ")',
                rf"\g<1>{BAD}",
                text,
            )
        path.write_text(text, encoding="utf-8")
    patient = (EXAMPLES / HELD).read_text(encoding="utf-8")
    patient, count = re.subn(r'rdfs:label "', f'rdfs:label "{BAD}\u202e', patient)
    assert count
    (folder / "patient.ttl").write_text(patient, encoding="utf-8")
    return KnowledgeBase.load(ontology=folder / "ontology"), folder / "patient.ttl"


def test_markup_in_labels_and_texts_stays_text(hostile: tuple[KnowledgeBase, Path]) -> None:
    base, path = hostile
    source = base.read(path)
    searched = base.read(EXAMPLES / SEARCHED)
    advice, explanation = base.recommend(source), base.explain(source)
    query = "SELECT ?label WHERE { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
    shown: list[Shows] = [
        base,
        advice,
        advice.options[0],
        explanation,
        explanation.options[0],
        base.classify(EXAMPLES / STUDY),
        base.what_if(searched, therapy=base.recommend(searched).options[0].therapy),
        base.what_next(source, advice.questions),
        base.sparql(query, source),
    ]

    for result in shown:
        text = html(result)
        tags = {element.tag for element in elements(text)}
        assert not tags & {"script"}, type(result)
        assert "onerror=alert" in words(text), f"{type(result).__name__} shows no such label"
        assert "\u202e" not in text
        assert all("onerror" not in element.attrib for element in elements(text))


def test_what_validation_found_is_text_as_well(tmp_path: Path) -> None:
    patient = (EXAMPLES / READY).read_text(encoding="utf-8")
    broken, count = re.subn(r'poemkg:date ".*?"\^\^xsd:date', f'poemkg:date "{BAD}"', patient)
    assert count
    (tmp_path / "patient.ttl").write_text(broken, encoding="utf-8")

    advice = kb().recommend(tmp_path / "patient.ttl")

    assert not advice.conforms
    assert "so there is no advice" in words(html(advice))
    assert BAD in words(html(advice))
    assert "script" not in {element.tag for element in elements(html(advice))}
    with pytest.raises(InputError, match="violates the shapes"):
        kb().explain(tmp_path / "patient.ttl")
    with pytest.raises(InputError, match="violates the shapes"):
        kb().ask("why-not-ready", tmp_path / "patient.ttl")


def test_a_query_answers_with_terms_by_name() -> None:
    result = kb().ask("ask/mimics")

    assert result.query == "ask/mimics" == kb().ask("mimics").query
    assert len(result) == len(result.rows) > 0
    assert [set(row) for row in result] == [set(result.variables)] * len(result)


def test_parameters_are_bound_as_terms() -> None:
    every = kb().ask("recommendations")
    therapy = next(iter(every))["therapy"]

    some = kb().ask("recommendations", therapy=str(therapy).strip("<>"))

    assert {str(row["therapy"]) for row in some} == {str(therapy)}
    assert 0 < len(some) < len(every)
    with pytest.raises(InputError, match="names no parameter"):
        kb().ask("recommendations", nobody="x")


def test_a_query_about_a_patient_asks_for_one() -> None:
    with pytest.raises(InputError, match="asks about a patient; hand it in after the name"):
        kb().ask("why-not-ready")
    with pytest.raises(InputError, match="is not about a patient; ask it without one"):
        kb().ask("gates", EXAMPLES / HELD)

    assert kb().ask("why-not-ready", EXAMPLES / HELD)


def test_a_query_of_ones_own_is_held_to_the_limits() -> None:
    with pytest.raises(InputError, match="SERVICE"):
        kb().sparql("SELECT * WHERE { SERVICE <https://example.org/> { ?s ?p ?o } }")
    with pytest.raises(LimitExceeded, match="more than 5 rows"):
        kb().sparql("SELECT * WHERE { ?s ?p ?o }", limits=Limits(rows=5))


def test_a_dataframe_has_numbers_where_the_graph_has_them() -> None:
    frame = kb().ask("harms").to_dataframe()

    assert len(frame) == len(kb().ask("harms"))
    assert frame["value"].dtype.kind == "f"
    assert frame["therapy"].str.startswith("https://w3id.org/poem-kg/ontology/").all()


def test_without_pandas_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)

    with pytest.raises(ToolMissing, match=r"pip install 'poem-kg\[notebooks\]'"):
        kb().ask("harms").to_dataframe()


def test_the_answers_of_ask_and_construct() -> None:
    assert kb().sparql("ASK { ?s ?p ?o }").truth is True
    assert not kb().sparql("ASK { ?s ?p 'nobody said this' }")
    made = kb().sparql("CONSTRUCT { ?s a ?kind } WHERE { ?s a ?kind } LIMIT 7")
    assert len(made.graph) == 7 and made.rows == ()
