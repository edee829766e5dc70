"""An explanation holds the whole chain, and only what the derivation concluded."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest

from poem_kg.explain.formats import written
from poem_kg.explain.model import chain
from poem_kg.namespaces import POEMKG
from tests.derivation.view import SIDES, references
from tests.explain.stories import ROOT, STORIES, advice, index, kb, source, told, words
from tests.stories import each

ROLES = dict(zip(SIDES, ("for", "against", "caution", "gap", "outcome"), strict=True))


@pytest.mark.parametrize("story", each(STORIES))
def test_every_statement_and_requirement_of_every_option_is_explained(story: str) -> None:
    explained = {o.therapy: o for o in told(story).options}

    for option in advice(story).options:
        found = explained[option.therapy]
        said = {
            (ROLES[side], r.statement, r.applies, r.via, r.facts)
            for side in SIDES
            for r in references(option, side)
        }
        assert said == {(s.role, s.statement, s.applies, s.via, s.facts) for s in found.steps}
        asked = {(r.kind, r.criterion, r.state, r.facts) for r in option.requirements}
        assert asked == {(r.kind, r.criterion, r.state, r.facts) for r in found.requirements}
        assert (found.rank, found.standing, found.line) == (
            option.rank,
            option.standing,
            option.line,
        )
    assert len(explained) == len(advice(story).options)


@pytest.mark.parametrize("story", each(STORIES))
def test_the_state_of_every_criterion_is_that_of_the_derivation(story: str) -> None:
    store = kb().derive(source(story)).store
    patient = ox.NamedNode(advice(story).patient)
    for criterion in told(story).criteria:
        node = ox.NamedNode(criterion.criterion)
        held = {
            word
            for word, prop in (("met", "meets"), ("not-met", "fails"))
            if any(store.quads_for_pattern(patient, ox.NamedNode(POEMKG + prop), node))
        }
        assert held == ({criterion.state} - {"unknown"}), criterion


@pytest.mark.parametrize("story", each(STORIES))
def test_every_fact_behind_a_statement_bears_on_one_of_its_criteria(story: str) -> None:
    loose = [link for link in chain(told(story)) if link.fact and not link.criterion]

    assert loose == []


@pytest.mark.parametrize("story", each(STORIES))
def test_a_statement_that_applies_has_all_its_criteria_met_and_a_fact_for_each(story: str) -> None:
    explanation = told(story)
    state = {c.criterion: c for c in explanation.criteria}
    checked = 0
    for step in (s for o in explanation.options for s in o.steps if s.applies == "yes"):
        for criterion in step.criteria:
            checked += 1
            assert state[criterion].state == "met"
            assert set(state[criterion].facts) & set(step.facts), step
    open_ones = [s.applies for o in explanation.options for s in o.steps if s.criteria]
    assert checked or "yes" not in open_ones


@pytest.mark.parametrize("story", each(STORIES))
def test_every_step_names_the_queries_that_concluded_it(story: str) -> None:
    explanation = told(story)
    digests = {q.name: q.digest for q in kb().knowledge.derive}
    tables = {q.name: q.digest for q in explanation.queries}
    for option in explanation.options:
        every = [option.queries, *(s.queries for s in option.steps)]
        every += [r.queries for r in option.requirements]
        for names in every:
            assert names
            assert all(tables[name] == digests[name] for name in names)
    for name in tables:
        assert (ROOT / "queries" / f"{name}.rq").exists()


@pytest.mark.parametrize("story", each(STORIES))
def test_every_reference_has_its_entry(story: str) -> None:
    document = json.loads(json.dumps(told(story).to_json()))
    entries = {
        "facts": {f["record"] for f in document["facts"]},
        "criteria": {c["criterion"] for c in document["criteria"]},
        "statements": {s["statement"] for s in document["statements"]},
        "queries": {q["name"] for q in document["queries"]},
    }
    entries["context"] = entries["criteria"]
    for option in document["options"]:
        for part in (option, *option["steps"], *option["requirements"]):
            for table, known in entries.items():
                assert set(part.get(table, ())) <= known, (table, part)
            assert part.get("statement", option["statement"]) in entries["statements"]
            assert part.get("criterion") in entries["criteria"] | {None}
            assert part.get("via") in entries["statements"] | {None}
    for way in (w for refusal in document["whyNot"] for w in refusal["ways"]):
        assert {way["statement"], way["via"]} - {None} <= entries["statements"]
        assert set(way["criteria"]) <= entries["criteria"]
    for criterion in document["criteria"]:
        for side in ("speaksFor", "speaksAgainst", "raisedBy"):
            assert set(criterion[side]) <= entries["facts"]


@pytest.mark.parametrize("format", ["text", "json", "turtle", "svg"])
@pytest.mark.parametrize("story", ["S1a", "S5"])
def test_the_same_input_gives_the_same_bytes(story: str, format: str) -> None:
    once = written(told(story), words("clinician"), format=format)
    told.cache_clear()
    again = written(told(story), words("clinician"), format=format)

    assert once == again
    assert once.endswith(b"\n")


QUESTION = """PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT DISTINCT ?therapy ?statement ?record ?locator ?source ?verified ?digest
WHERE {
  { ?node poemkg:supports ?option } UNION { ?node poemkg:beside ?option }
  UNION { ?option poemkg:requirement ?node }
  ?option poemkg:therapy ?therapy .
  ?node poemkg:statement ?statement .
  ?node prov:wasDerivedFrom ?record .
  ?record poemkg:concept|poemkg:disorder ?concept .
  ?statement poemkg:locator ?locator .
  ?statement poemkg:source ?source .
  ?statement poemkg:verified ?verified .
  ?node poemkg:derivedBy ?query .
  ?query dcterms:identifier ?digest .
}"""


@pytest.mark.parametrize("story", each(STORIES))
def test_the_turtle_alone_tells_the_chain(story: str) -> None:
    explanation = told(story)
    store = ox.Store()
    turtle = written(explanation, words("clinician"), format="turtle")
    store.load(turtle, format=ox.RdfFormat.TURTLE)

    rows: Any = store.query(QUESTION)
    found = {(r["therapy"].value, r["statement"].value, r["record"].value) for r in rows}

    wanted = {
        (option.therapy, step.statement, fact)
        for option in explanation.options
        for step in option.steps
        for fact in step.facts
    } | {
        (option.therapy, statement, fact)
        for option in explanation.options
        for need in option.requirements
        for statement in need.statements
        for fact in need.facts
    }
    assert found == wanted
    met = ox.NamedNode(POEMKG + "meets")
    held = {str(q.object) for q in store.quads_for_pattern(None, met, None)}
    assert held == {f"<{c.criterion}>" for c in explanation.criteria if c.state == "met"}


def test_the_turtle_of_one_option_leaves_the_others_out() -> None:
    explanation = told("S3a", option="POEM")
    turtle = written(explanation, words("clinician"), format="turtle").decode()

    (option,) = explanation.options
    others = {o.option for o in advice("S3a").options} - {option.option}
    assert option.option in turtle
    assert not [other for other in others if other in turtle]
    assert len(turtle) < len(written(told("S3a"), words("clinician"), format="turtle").decode())


def test_the_json_holds_what_the_documentation_says() -> None:
    text = (ROOT / "docs" / "output.md").read_text()
    section = text.split("## An explanation")[1]
    document = told("S4a").to_json()
    parts = {
        "": document,
        "options": document["options"][0],
        "steps": document["options"][0]["steps"][0],
        "requirements": document["options"][0]["requirements"][0],
        "whyNot": next(w for w in document["whyNot"] if w["ways"]),
        "ways": next(w for w in document["whyNot"] if w["ways"])["ways"][0],
        "facts": document["facts"][0],
        "criteria": document["criteria"][0],
        "statements": document["statements"][0],
    }
    missing = {
        (part, key) for part, keys in parts.items() for key in keys if f"`{key}`" not in section
    }

    assert missing == set()


def test_the_labels_are_those_of_the_ontology() -> None:
    for criterion in told("S1a").criteria:
        assert criterion.label == kb().knowledge.label(criterion.criterion)
        assert criterion.presence_of == index().one(criterion.criterion, POEMKG + "presenceOf")
